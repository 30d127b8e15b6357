"""The words of the view "Landmarks"."""

from __future__ import annotations

from typing import Final

EXPLANATION: Final = """
<p><b>Landmarks.</b> A net may answer places instead of a box: y = [p<sub>c</sub>, l<sub>1x</sub>, l<sub>1y</sub>,
l<sub>2x</sub>, …], x and y of every point as shares of the picture. What point 1 is, nothing but the labels says: it
must be the same thing in every picture. Where the order changes from picture to picture, the squared error is least
at the mean of several places, where the point never is: the mean face collapses to its middle.</p>
<p>Mirroring a picture (augmentation) changes who is left and who is right: x becomes 1 − x, and counterparts have to
exchange their numbers.</p>
<p>Sun, Wang &amp; Tang, <i>Deep convolutional network cascade for facial point detection</i> (2013). Five points: Wu,
Peng &amp; Yu, <i>YuNet</i> (2023). Hand: Zhang et al., <i>MediaPipe Hands</i> (2020).</p>
"""
