"""The states in which the tour shows the weights page, and what its explanation says."""

from __future__ import annotations

from gui.pages.base import TourStop
from gui.pages.weights.state import WeightsState

EXPLANATION = """
<p><b>Weights</b> are the numbers that training has found. A network without them knows nothing; with them it
sees.</p>
<p>Some nets come with ConvScope; they need no network, ever. The others were published by their authors: size,
source, licence and checksum stand here before anything is downloaded, and nothing is downloaded without a click.</p>
<p>A download that breaks off goes on where it stopped. What has arrived is compared with the published checksum, or
with its first digits where no more are published; wrong bytes are deleted. Without a network: fetch the file
elsewhere, copy its address from the right, and bring it in with <b>Import file…</b>, or drop it on the window.</p>
<p>Files of your own (.pth, .safetensors) are read without running any code, compared with every network that
ConvScope knows, and kept under “Your own files”.</p>
<p>Nets of <b>Darknet</b> (YOLO v2 to v4, J. Redmon, A. Farhadi, A. Bochkovskiy, 2016 to 2020) are pairs: the .cfg says
what the layers are, the .weights holds their numbers, one after the other. Neither names the other, so drop both; a
.names file gives the classes their names. What does not fit is refused with the line of the .cfg, or with the layer in
which the .weights ends.</p>
<p>Detectors are compared by <b>mAP</b>, mean average precision: COCO's averages over IoU thresholds from 0.5 to 0.95
(T.-Y. Lin et al., Microsoft COCO, 2014), older figures ask for an IoU of 0.5 only and are higher.</p>
"""


def stops() -> list[TourStop]:
    """The pictures of this page."""
    return [
        TourStop(
            "list",
            "Weights",
            "What comes with the program and what can be fetched, with size, licence and state.",
            WeightsState(selected="resnet50-imagenet-v2"),
        ),
        TourStop(
            "search",
            "Where weights come from",
            "Source, citation, checksum and address, before anything is downloaded.",
            WeightsState(selected="vgg16-imagenet", query="vgg"),
        ),
        TourStop(
            "detectors",
            "Detectors",
            "Pairs of files of Darknet and torchvision's own, with their precision on COCO.",
            WeightsState(selected="yolo-fastest-1.1-xl-coco", task="detection"),
        ),
    ]
