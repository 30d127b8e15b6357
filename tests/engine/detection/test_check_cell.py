"""The badge of a cell: another pass of the net, read by torch; it says so where any number on show is another one."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pytest
import torch

from engine.context import Context
from engine.detection.cells import Head, cell_answers
from engine.detection.checks import cell as checks
from engine.detection.checks.cell import check_cell
from engine.detection.checks.requests import CheckCell
from engine.detection.found import Grid
from engine.detection.grid_answer import GridAnswer
from engine.detection.live import look_at_cell
from engine.detection.requests import AnchorAnswer, Cell, CellLook, Kind, Letterbox
from engine.errors import UserError
from engine.foundations.requests import CheckResult
from engine.images import Frame
from engine.networks.steps import at_once

GRID = Grid(3, 5, 16.0, ((12.0, 18.0), (40.0, 30.0)))
CLASSES = ("cat", "dog", "frog")
FRAME = Frame(np.full((30, 90, 3), 7, np.uint8), "grey")
LIES = Letterbox(80, 48, 80 / 90, 26 / 30, 0.0, 11.0)


@dataclass(frozen=True, eq=False)
class Told:
    """A detector that answers with numbers drawn before."""

    head: Head
    numbers: np.ndarray
    name: str = "told"
    title: str = "Told"
    kind: Kind = "Darknet"
    classes: tuple[str, ...] = CLASSES
    device: torch.device = field(default_factory=lambda: torch.device("cpu"))
    note: str = ""

    def steps(self, frame: Frame) -> Generator[None, None, GridAnswer]:
        yield
        return GridAnswer(frame, LIES, (self.numbers,), (self.head,), 0.001, 0.002)

    def cell(self, row: int, column: int) -> Cell:
        """What the page shows."""
        anchors = cell_answers(self.numbers, self.head, LIES, row, column)
        look = CellLook("told", FRAME, 0, row, column)
        return Cell(look, CLASSES, GRID, anchors, LIES, self.head.scale_xy, self.head.normalised_by)


Use = Callable[..., Told]


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch) -> Iterator[Use]:
    def make(numbers: np.ndarray | None = None, **head: Any) -> Told:
        drawn = np.random.default_rng(3).normal(0, 3, (16, 3, 5)).astype(np.float32)
        net = Told(Head(GRID, len(CLASSES), **head), drawn if numbers is None else numbers)

        def opened(_name: str, _context: Context) -> Generator[None, None, Told]:
            yield
            return net

        monkeypatch.setattr(checks, "open_detector", opened)
        return net

    yield make


def checked(cell: Cell) -> CheckResult:
    with torch.inference_mode():
        result: CheckResult = at_once(
            check_cell(CheckCell(cell), Context(device=torch.device("cpu"), torch_ready=True))
        )
    return result


@pytest.mark.parametrize(
    "head",
    [{}, {"normalised_by": "sigmoid"}, {"normalised_by": "sigmoid", "scale_xy": 1.05}, {"largest": 1.0}],
)
def test_torch_reads_and_decodes_the_same(use: Use, head: dict[str, Any]) -> None:
    net = use(**head)
    for row, column in ((0, 0), (1, 4), (2, 3)):
        result = checked(net.cell(row, column))
        assert result.agrees and result.max_abs_difference < 1e-5, result


@pytest.mark.parametrize(
    "changes",
    [
        {"logit": 9.0}, {"objectness": 0.5}, {"offsets": (0.0, 0.0, 0.0, 0.0)}, {"box": (0.0, 0.0, 9.0, 9.0)},
        {"picture_box": (0.0, 0.0, 9.0, 9.0)}, {"classes": np.full(3, 1 / 3)}, {"scores": np.full(3, 0.1)},
        {"class_logits": np.zeros(3)},
    ],
    ids=lambda changes: next(iter(changes)),
)  # fmt: skip
def test_one_wrong_number_is_noticed(use: Use, changes: dict[str, Any]) -> None:
    cell = use().cell(1, 2)
    wrong: AnchorAnswer = replace(cell.anchors[1], **changes)
    assert not checked(replace(cell, anchors=(cell.anchors[0], wrong))).agrees


def test_the_cell_beside_it_is_noticed(use: Use) -> None:
    net = use()
    there, beside = net.cell(1, 2), net.cell(2, 1)
    assert not checked(replace(there, anchors=beside.anchors)).agrees


def test_values_that_are_no_numbers_are_the_same_in_both(use: Use) -> None:
    numbers = np.zeros((16, 3, 5), np.float32)
    numbers[4] = np.nan
    net = use(numbers)
    assert checked(net.cell(0, 0)).agrees
    cell = net.cell(0, 0)
    wrong = replace(cell.anchors[0], logit=1.0)
    assert not checked(replace(cell, anchors=(wrong, cell.anchors[1]))).agrees


def test_a_detector_that_is_another_one_by_now(use: Use) -> None:
    cell = use().cell(0, 0)
    with pytest.raises(UserError, match="no such grid"):
        checked(replace(cell, look=replace(cell.look, grid=1)))
    with pytest.raises(UserError, match="other anchors"):
        checked(replace(cell, anchors=cell.anchors[:1]))


def test_the_bundled_net(request: pytest.FixtureRequest) -> None:
    from engine.detection import detectors, live

    request.addfinalizer(detectors.forget)
    request.addfinalizer(live.forget)
    pixels = np.full((200, 300, 3), 255, np.uint8)
    pixels[60:140, 148:156] = 20
    context = Context(device=torch.device("cpu"), torch_ready=True)
    with torch.inference_mode():
        cell = at_once(look_at_cell(CellLook("yolo-digits", Frame(pixels, "one"), 0, 6, 10), context))
    result = checked(cell)
    assert result.agrees and result.max_abs_difference < 1e-4 and "torch" in result.reference
