"""The words of the view "Target vector"."""

from __future__ import annotations

from typing import Final

EXPLANATION: Final = """
<p><b>Target vector.</b> What a net is to answer when there is at most one object:
y = [p<sub>c</sub>, b<sub>x</sub>, b<sub>y</sub>, b<sub>h</sub>, b<sub>w</sub>, c<sub>1</sub> … c<sub>n</sub>].
p<sub>c</sub> says whether something is there, b<sub>x</sub> and b<sub>y</sub> where its middle is and b<sub>h</sub>
and b<sub>w</sub> how large it is, all as shares of the picture; the c<sub>i</sub> name the class. Where
p<sub>c</sub> = 0 nothing else counts, and no loss is taken of it.</p>
<p>Squared error: L = Σ (ŷ<sub>i</sub> − y<sub>i</sub>)² over all components if p<sub>c</sub> = 1, and
(p̂<sub>c</sub>)² alone if p<sub>c</sub> = 0. &nbsp; In practice: −log p̂<sub>c</sub> or −log(1 − p̂<sub>c</sub>) for
the presence, squared error for the box, −log ĉ<sub>k</sub> (cross-entropy after a softmax) for the class k.
YOLO compares √b<sub>h</sub> and √b<sub>w</sub>: the same slip weighs more on a small box.</p>
<p>Sermanet et al., <i>OverFeat</i> (2013): one net that answers class and box. Redmon et al., <i>You only look once</i>
(2016), equation 3: the loss with roots.</p>
"""
