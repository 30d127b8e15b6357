"""The words of the view "IoU"."""

from __future__ import annotations

from typing import Final

ERRATUM: Final = (
    "A prediction counts as correct where IoU ≥ 0.5. A widely used set of course notes has the sign the other way "
    "round (≤ 0.5) in one place: a slip. The more two boxes overlap, the better the prediction."
)

EXPLANATION: Final = """
<p><b>IoU.</b> How well a predicted box fits the true one: the area in common over the area of either,
IoU = I / U, from 0 (nothing in common) to 1 (the same box). By convention (PASCAL VOC) a prediction is right where
IoU ≥ 0.5; that it must be <i>at most</i> 0.5, as a widely used set of course notes has it in one place, is a slip.
Stricter evaluations ask for 0.75 or average over 0.5 to 0.95.</p>
<p>Where boxes do not touch, IoU is 0 whatever their distance, and so it tells a net that learns nothing about the
way. GIoU = IoU − (C − U) / C with C the smallest box around both goes on falling.</p>
<p>Everingham et al., <i>The PASCAL Visual Object Classes challenge</i> (2010). Rezatofighi et al., <i>Generalized
intersection over union</i> (2019).</p>
"""
