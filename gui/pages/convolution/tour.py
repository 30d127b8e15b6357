"""The states in which the tour shows the convolution page."""

from __future__ import annotations

from dataclasses import replace

from gui.pages.base import TourStop
from gui.pages.convolution.state import ConvolutionState, refit, with_preset
from gui.widgets.source_state import SourceState


def stops() -> list[TourStop]:
    """One stop for everything that the page can show."""
    start = ConvolutionState(step=6)
    edge = replace(with_preset(start, "edge-6x6"), step=9)
    volume = with_preset(start, "cs231n")
    photo = refit(
        replace(
            start,
            source=SourceState(kind="sample", value="cat"),
            step=40,
            crop_x=110,
            crop_y=60,
            pixel_size=10,
        ),
        height=12,
        width=12,
        channels=3,
        kernel="sobel-vertical",
    )
    return [
        TourStop("edge", "A vertical edge", "Six by six numbers, half of them bright: the kernel finds the edge.", edge),
        TourStop("numbers", "One output cell", "Nine products, one sum: the first example of most courses.", start),
        TourStop("volume", "A volume and two filters", "The CS231n example: three channels, padding 1, stride 2, two filters.", replace(volume, step=11)),
        TourStop("slow", "Slow motion", "The same step in five phases; here the channel sums are next.", replace(volume, step=4, slow=True, phase=1)),
        TourStop("predict", "Predict, then reveal", "The next cell is blank until somebody says what goes in.", replace(start, predict=True)),
        TourStop("photo", "A real photograph", "A crop of a photo in three channels, with the crop frame on the left.", photo),
        TourStop("whole", "The whole picture", "The same kernel on the full photo; one cursor reads both.", replace(photo, view="image")),
        TourStop("coverage", "Who reads what", "The border is read less often; stride 2 leaves cells over.", replace(start, view="coverage", stride=2, step=1)),
        TourStop("shift", "Translation equivariance", "Shift the input: the output shifts with it.", replace(edge, view="shift", shift_x=2, shift_y=1)),
        TourStop("dilated", "Dilation", "The kernel reads every second cell.", refit(replace(with_preset(start, "ramp"), dilation=2, step=3), height=8, width=8)),
        TourStop("transposed", "Transposed convolution", "Zeros between the cells, then a convolution: upsampling.", refit(replace(start, transposed=True, stride=2, padding="valid", step=20), height=3, width=3)),
        TourStop("flip", "True convolution", "The impulse shows it: the flipped kernel comes out as it was written.", replace(with_preset(start, "impulse"), flip=True, step=12, kernel="custom", weights=((((1.0, 2.0, 3.0), (4.0, 5.0, 6.0), (7.0, 8.0, 9.0)),),))),
    ]  # fmt: skip
