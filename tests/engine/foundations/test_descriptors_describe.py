"""The handlers of descriptors: what is scaled first, what is answered, what is checked with."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from engine.foundations.descriptors.colour_histogram import ColourHistogram, HistogramSpec
from engine.foundations.descriptors.hog import Hog, HogSpec
from engine.foundations.descriptors.requests import CheckDescriptor, DescribePicture, Spec
from engine.foundations.descriptors.words import VisualWords, WordsSpec
from engine.foundations.requests import CheckResult
from engine.handlers import HANDLERS, lookup
from engine.images import Frame
from engine.inline import InlineEngine
from engine.jobs import Done, Event, Failed


class Asked:
    """An engine without torch, asked and answered at once."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.engine = InlineEngine(self.events.append, load_torch=False)

    def __call__(self, request: object) -> Any:
        self.events.clear()
        self.engine.submit(request)
        last = next(event for event in reversed(self.events) if isinstance(event, Done | Failed))
        return last.value if isinstance(last, Done) else last.report


@pytest.fixture(scope="module")
def large() -> Frame:
    y, x = np.mgrid[:700, :900]
    shades = np.stack([x % 256, y % 256, (x * y) % 256], -1).astype(np.uint8)
    return Frame(shades, "large")


@pytest.mark.parametrize(
    ("spec", "kind", "size"),
    [
        (HistogramSpec(), ColourHistogram, (398, 512)),
        (HogSpec(side=128), Hog, (100, 128)),
        (WordsSpec(words=3), VisualWords, (398, 512)),
    ],
)
def test_large_pictures_are_scaled_and_it_is_said(
    large: Frame, spec: Spec, kind: type, size: tuple[int, int]
) -> None:
    found = Asked()(DescribePicture(large, spec))
    assert isinstance(found, kind) and found.spec == spec and found.frame is large
    assert found.pixels.shape[:2] == size
    assert found.note == f"Scaled from 900 × 700 to {size[1]} × {size[0]} pixels."
    check = Asked()(CheckDescriptor(found))
    assert isinstance(check, CheckResult) and check.agrees, check


def test_small_pictures_stay_as_they_are() -> None:
    frame = Frame(np.zeros((30, 20, 3), np.uint8), "small")
    found = Asked()(DescribePicture(frame, HistogramSpec()))
    assert found.pixels is frame.pixels and found.note == ""


def test_a_refusal_is_a_sentence() -> None:
    report = Asked()(DescribePicture(Frame(np.zeros((8, 8, 3), np.uint8), "tiny"), HogSpec()))
    assert report.sentence == "This picture of 8 × 8 pixels holds no block of 16 × 16 pixels."
    assert "larger picture" in report.hint


def test_descriptors_wait_for_no_torch() -> None:
    frame = Frame(np.zeros((8, 8, 3), np.uint8), "tiny")
    assert not lookup(DescribePicture(frame, HistogramSpec()), HANDLERS).needs_torch
