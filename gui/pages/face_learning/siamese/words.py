"""The words of the view "Siamese"."""

from __future__ import annotations

from typing import Final

HOW: Final = "Click a picture of the strip for B, with Shift for A; the keys A and B go to the next one."
WAITING: Final = (
    "A small net learns to embed, then a logistic regression weighs its features. It takes some seconds."
)
COUNT_WAITING: Final = "Then what a gallery costs is counted."
OWN: Final = (
    "Draw, or open a picture: its middle square becomes as small and grey as those that the net knows. Crop a photo to "
    "the face first; this net knows drawn people or digits only."
)

EXPLANATION: Final = """
<p><b>Siamese verification.</b> One net makes D features of each of two pictures; whether they show the same identity
is a binary question: y = σ(Σ<sub>k</sub> w<sub>k</sub> |f<sub>k</sub>(a) − f<sub>k</sub>(b)| + b), or with the
chi-square form (f<sub>k</sub>(a) − f<sub>k</sub>(b))² / (f<sub>k</sub>(a) + f<sub>k</sub>(b)). Weights and bias are a
logistic regression on pairs, half of them of one identity. Negative weights speak against "same" where the features
differ. To have more identities, the net learns digits turned and mirrored, too; a 6 turned round looks much like the 9
that is held out, so the figures of the digits flatter. The features of a gallery are computed once and kept: a visitor
costs one pass through the net and a short sum a person, not a pass a person.</p>
<p>Taigman et al., <i>DeepFace: closing the gap to human-level performance in face verification</i> (2014). Koch, Zemel
and Salakhutdinov, <i>Siamese neural networks for one-shot image recognition</i> (2015).</p>
"""
