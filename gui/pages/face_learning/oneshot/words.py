"""The words of the view "One-shot"."""

from __future__ import annotations

from typing import Final

HOW: Final = "Everybody has given one photo. Step through what happens when somebody new joins."
WAITING: Final = (
    "An embedding learns from other people, then classifiers learn the class. It takes some seconds."
)

EXPLANATION: Final = """
<p><b>One-shot.</b> A softmax classifier has an output for everybody in the class. Somebody new gets none: it answers
with somebody else, often confidently. It needs a further output and has to be trained again; on the new photo alone it
forgets the others (catastrophic forgetting), so everybody's photo is needed again. An embedding that was trained on
other people compares: enrolling is one more row, nothing is trained, and a threshold lets it say "unknown". The
embedding of the digits has seen few identities (the digits that are not in the class, turned and mirrored) and makes
many mistakes; that of the drawn people few. All figures are those of the nets on show.</p>
<p>Koch, Zemel and Salakhutdinov, <i>Siamese neural networks for one-shot image recognition</i> (2015). McCloskey and
Cohen, <i>Catastrophic interference in connectionist networks</i> (1989).</p>
"""
