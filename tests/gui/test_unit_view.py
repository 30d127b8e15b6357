"""One pixel traced: the planes of a path, what is framed, pointing and keys, words, exports."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSizeF, Qt
from PySide6.QtGui import QFontMetricsF, QImage, QMouseEvent, QPainter, QWheelEvent
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from engine.images import Frame
from engine.networks.graphs.graph import Graph, Layer, measure
from engine.networks.graphs.ops import (
    Activation,
    AdaptivePool,
    Add,
    Concat,
    Conv,
    Flatten,
    Input,
    Linear,
    Norm,
    Op,
    Opaque,
    Pool,
)
from engine.networks.graphs.unit_trace import trace_unit
from gui import export
from gui.pages.architectures.pixel import unit_chain_paint
from gui.pages.architectures.pixel.unit_chain_layout import Box, chain_layout, folded_words, lane_text
from gui.pages.architectures.pixel.unit_chain_paint import outline, paint_chain, read_area, read_text
from gui.pages.architectures.pixel.unit_path import unit_path
from gui.pages.architectures.pixel.unit_photo import fitted_image, fitted_words, scale_of
from gui.pages.architectures.pixel.unit_reads import Rect, readers, reads_of
from gui.pages.architectures.pixel.unit_view import UnitView
from gui.pages.architectures.pixel.unit_words import field_growth, unit_words
from gui.theme import Scheme, theme
from gui.widgets.picture import to_pixels
from tests.gui.window_fixtures import calm

__all__ = ["calm"]
Left, NoModifier = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


def chain(ops: list[tuple[str, Op]], shape: tuple[int, ...] = (3, 32, 32)) -> Graph:
    layers = [Layer("input", Input(shape))]
    for name, op in ops:
        layers.append(Layer(name, op, (layers[-1].name,)))
    return measure("chain", "Chain", layers)


def lenet() -> Graph:
    return chain(
        [
            ("conv1", Conv(1, 6, (5, 5))), ("tanh1", Activation("Tanh")), ("pool1", Pool("average", (2, 2), (2, 2))),
            ("conv2", Conv(6, 16, (5, 5))), ("tanh2", Activation("Tanh")), ("pool2", Pool("average", (2, 2), (2, 2))),
            ("flatten", Flatten()), ("fc1", Linear(400, 120)), ("fc2", Linear(120, 10)),
        ],
        (1, 32, 32),
    )  # fmt: skip


def padded() -> Graph:
    return chain([
        ("conv1", Conv(3, 8, (3, 3), padding=(1, 1))), ("relu1", Activation("ReLU")),
        ("pool", Pool("max", (3, 3), (2, 2), (1, 1))), ("conv2", Conv(8, 8, (5, 5), (2, 2), (2, 2))),
    ])  # fmt: skip


def branched() -> Graph:
    """A residual block, then a module with three branches, then global pooling."""
    same = {"padding": (1, 1)}
    return measure(
        "branched", "Branched",
        [
            Layer("input", Input((8, 16, 16))),
            Layer("a1", Conv(8, 8, (3, 3), **same), ("input",)), Layer("r1", Activation("ReLU"), ("a1",)),
            Layer("a2", Conv(8, 8, (3, 3), **same), ("r1",)), Layer("bn", Norm("batch", 8, 16), ("a2",)),
            Layer("add", Add(), ("bn", "input")), Layer("r2", Activation("ReLU"), ("add",)),
            Layer("one", Conv(8, 4, (1, 1)), ("r2",)),
            Layer("three", Conv(8, 4, (3, 3), **same), ("r2",)),
            Layer("five", Conv(8, 4, (5, 5), padding=(2, 2)), ("r2",)),
            Layer("cat", Concat(), ("one", "three", "five")),
            Layer("gap", AdaptivePool("average", (1, 1)), ("cat",)),
            Layer("flat", Flatten(), ("gap",)), Layer("fc", Linear(12, 5), ("flat",)),
        ],
    )  # fmt: skip


def picture(height: int = 40, width: int = 60) -> Frame:
    rng = np.random.default_rng(3)
    return Frame(rng.integers(0, 256, (height, width, 3), dtype=np.uint8), "noise")


class Follower:
    """What a page does: every pick is shown."""

    def __init__(self, view: UnitView, graph: Graph, frame: Frame | None) -> None:
        self.view, self.graph, self.frame = view, graph, frame
        self.units: list[tuple[str, int, int]] = []
        view.unitMoved.connect(self.moved)

    def moved(self, layer: str, row: int, column: int) -> None:
        self.units.append((layer, row, column))
        self.view.show_unit(self.graph, layer, row, column, self.frame)


@pytest.fixture
def view(qtbot: QtBot, calm: None) -> UnitView:
    made = UnitView()
    qtbot.addWidget(made)
    made.resize(900, 820)
    made.show()
    return made


def follow(
    view: UnitView, graph: Graph, layer: str, row: int, column: int, frame: Frame | None = None
) -> Follower:
    follower = Follower(view, graph, frame)
    view.show_unit(graph, layer, row, column, frame)
    QApplication.processEvents()
    return follower


def cell(view: UnitView, plane: int, row: int, column: int) -> QPoint:
    picture = view.chain.picture
    assert picture is not None
    return picture.layout.boxes[plane].cells(row, column, row + 1, column + 1).center().toPoint()


def press(widget: QWidget, point: QPoint) -> None:
    QTest.mouseClick(widget, Left, NoModifier, point)


# --- the path ---------------------------------------------------------------------------------------------


def test_planes_are_the_layers_that_change_rows_and_columns() -> None:
    path = unit_path(lenet(), "conv2")
    assert [plane.layers for plane in path.planes] == [
        ("input",), ("conv1", "tanh1"), ("pool1",), ("conv2", "tanh2"), ("pool2",), ("flatten",), ("fc1",), ("fc2",),
    ]  # fmt: skip
    assert path.planes[path.chosen].name == "conv2" and path.branches == ()
    assert [plane.size for plane in path.planes[:4]] == [(32, 32), (28, 28), (14, 14), (10, 10)]


def test_the_way_with_most_planes_is_the_main_path_and_the_skip_a_branch() -> None:
    path = unit_path(branched(), "r2")
    assert [plane.layers for plane in path.planes[:3]] == [
        ("input",),
        ("a1", "r1"),
        ("a2", "bn", "add", "r2"),
    ]
    assert path.chosen == 2
    skip = path.branches[0]
    assert (skip.start, skip.end, skip.layers) == (0, 2, ())


def test_of_equal_branches_the_one_that_reads_most_is_the_main_path() -> None:
    path = unit_path(branched(), "cat")
    assert path.planes[3].layers == ("five", "cat")
    assert [(b.start, b.end, b.layers) for b in path.branches[1:]] == [(2, 3, ("one",)), (2, 3, ("three",))]


def test_a_layer_on_a_branch_has_its_own_path() -> None:
    path = unit_path(branched(), "three")
    assert path.planes[path.chosen].layers == ("three", "cat")
    assert path.planes[-1].name == "fc"
    one = unit_path(branched(), "one")
    assert one.planes[one.chosen].layers == ("a2", "bn", "add", "r2", "one", "cat")


def test_every_layer_of_a_net_has_a_path_from_the_picture() -> None:
    for graph in (lenet(), padded(), branched()):
        for node in graph.nodes:
            path = unit_path(graph, node.name)
            names = [name for plane in path.planes for name in plane.layers]
            assert names[0] == "input" and node.name in path.planes[path.chosen].layers
            assert all(a in graph.by_name[b].inputs for a, b in pairwise(names))


# --- what is read -----------------------------------------------------------------------------------------


@given(st.integers(0, 7), st.integers(0, 7))
def test_the_frame_holds_exactly_the_pixels_that_reach_the_unit(row: int, column: int) -> None:
    """A second route: pixels are switched on one line at a time, and the arithmetic runs forward on booleans."""
    graph = padded()
    read = reads_of(graph, trace_unit(graph, "conv2", row, column))["input"]
    assert isinstance(read, Rect)
    inside = read.inside(32, 32)
    rows = [line for line in range(32) if _reaches(graph, line, row, axis=0)]
    columns = [line for line in range(32) if _reaches(graph, line, column, axis=1)]
    assert (inside.top, inside.bottom) == (rows[0], rows[-1] + 1)
    assert (inside.left, inside.right) == (columns[0], columns[-1] + 1)


def _reaches(graph: Graph, line: int, place: int, axis: int) -> bool:
    lit = {line}
    for node in graph.nodes[1:]:
        window = getattr(node.op, "window", None)
        if window is None:
            continue
        count = node.out_shape[1 + axis]
        taps = {
            y: [y * window.stride[axis] - window.padding[axis] + i for i in range(window.kernel[axis])]
            for y in range(count)
        }
        lit = {y for y in range(count) if lit & set(taps[y])}
    return place in lit


@given(st.integers(0, 31), st.integers(0, 31))
def test_the_readers_of_a_pixel_are_those_whose_frame_holds_it(row: int, column: int) -> None:
    graph = padded()
    found = readers(graph.by_name["conv2"], row, column)
    assert found is not None
    for y in range(8):
        for x in range(8):
            read = reads_of(graph, trace_unit(graph, "conv2", y, x))["input"]
            assert isinstance(read, Rect)
            holds = read.top <= row < read.bottom and read.left <= column < read.right
            assert holds == (found.top <= y < found.bottom and found.left <= x < found.right)


def test_nobody_may_read_a_pixel() -> None:
    graph = chain([("conv", Conv(3, 4, (1, 1), (4, 4)))])
    found = readers(graph.by_name["conv"], 5, 8)
    assert found is not None and 0 in found.size


def test_joins_hold_what_all_branches_read() -> None:
    graph = branched()
    reads = reads_of(graph, trace_unit(graph, "cat", 8, 8))
    assert reads["r2"] == Rect(6, 6, 11, 11)  # the 5 × 5 branch
    assert reads["input"] == Rect(4, 4, 13, 13)
    assert reads["one"] == Rect(8, 8, 9, 9)


def test_behind_global_pooling_and_fully_connected_layers_everything_is_read() -> None:
    for graph, layer in ((branched(), "gap"), (branched(), "fc"), (lenet(), "fc2")):
        reads = reads_of(graph, trace_unit(graph, layer))
        assert reads["input"] == "everything"
    assert read_text("everything", (1, 32, 32)) == "reads everything"
    assert read_text("everything", (10,), chosen=True) == "any unit"


# --- words ------------------------------------------------------------------------------------------------


def words_of(graph: Graph, layer: str, row: int = 0, column: int = 0) -> dict[str, str]:
    return dict(unit_words(graph, trace_unit(graph, layer, row, column), unit_path(graph, layer), "").facts)


def test_the_numbers_of_a_unit() -> None:
    assert words_of(lenet(), "conv2", 4, 9) == {
        "receptive field": "14 × 14 pixels", "stride": "2 pixels", "centre": "row 14.5, column 24.5",
        "rows": "8 to 21", "columns": "18 to 31", "of the picture": "19 % of 32 × 32",
    }  # fmt: skip
    corner = words_of(padded(), "pool")
    assert corner["receptive field"] == "5 × 5 pixels"
    assert (corner["rows and columns"], corner["rows and columns inside"]) == ("−2 to 2", "0 to 2")
    assert corner["padding"] == "64 % of the field"  # 16 of 25 cells


def test_the_field_grows_by_the_rule_of_the_books() -> None:
    graph = lenet()
    growth = field_growth(graph, unit_path(graph, "conv2"))
    assert growth == (
        ("conv1", "1 + (5 − 1) × 1 = 5"), ("pool1", "5 + (2 − 1) × 1 = 6"), ("conv2", "6 + (5 − 1) × 2 = 14"),
    )  # fmt: skip
    assert field_growth(graph, unit_path(graph, "fc1")) == ()


def test_the_growth_adds_up_to_the_field_of_a_net_with_branches() -> None:
    graph = branched()
    results = [int(text.split("=")[1]) for _, text in field_growth(graph, unit_path(graph, "cat"))]
    fields = [graph.by_name[name].field for name in ("a1", "a2", "five")]
    assert results == [field.size[0] for field in fields if field is not None] == [3, 5, 9]


def test_what_no_window_describes_is_said() -> None:
    attention = Opaque("Self-attention", ((3, 32, 32),), (3, 32, 32), group="attention")
    graph = chain([("mix", attention), ("conv", Conv(3, 4, (3, 3)))])
    trace = trace_unit(graph, "conv", 3, 3)
    words = unit_words(graph, trace, unit_path(graph, "conv"), "")
    assert words.facts == (("receptive field", "no window describes it"),)
    assert "“mix” is not a window" in words.sentences[0]
    fully = unit_words(lenet(), trace_unit(lenet(), "fc2"), unit_path(lenet(), "fc2"), "")
    assert (
        fully.sentences[0] == "It reads everything: from “fc1” on, every unit depends on the whole picture."
    )


def test_a_module_alone_reads_no_picture(view: UnitView) -> None:
    follow(view, branched(), "five", 3, 3, picture())
    words = view.card.words
    assert words is not None and words.sentences[-1].startswith("Relative to the module's input, 16 × 16 × 8")
    assert dict(words.facts)["receptive field"] == "9 × 9 cells" and "of the input" in dict(words.facts)
    assert view.photo.picture is not None and view.photo.picture.image is None
    assert view.chain.picture is not None and view.chain.picture.photo is None
    assert view.chain.picture.layout.boxes[0].words.title == "Input"


def test_the_head_of_the_card_names_layer_and_unit() -> None:
    words = unit_words(lenet(), trace_unit(lenet(), "conv2", 4, 9), unit_path(lenet(), "conv2"), "")
    assert (words.title, words.unit) == ("conv2", "unit in row 4, column 9, counted from 0")
    fully = unit_words(lenet(), trace_unit(lenet(), "fc2"), unit_path(lenet(), "fc2"), "")
    assert fully.unit == "any unit"


def test_what_is_folded_into_a_plane_is_never_cut(qapp: QApplication) -> None:
    assert folded_words([]) == "" and folded_words(["BN", "ReLU"]) == "+ BN, ReLU"
    many = folded_words(["BN", "ReLU", "Conv 1×1, 2048", "BN", "Sum", "ReLU", "Conv 1×1, 512"])
    assert many.startswith("+ BN, ReLU") and many.endswith(" more")
    assert folded_words(["a label far too long for any column of the strip", "BN"]) == "+ 2 layers"
    graph = chain([("c", Conv(3, 8, (3, 3))), *((f"r{i}", Activation("ReLU")) for i in range(12))])
    box = chain_layout(graph, unit_path(graph, "c"), QSizeF(0, 340)).boxes[1]
    assert QFontMetricsF(theme.font("small")).horizontalAdvance(box.words.folded) <= box.column.width()


def test_branches_are_named_by_what_lies_on_them() -> None:
    graph = branched()
    assert lane_text(graph, ()) == "skip: carried on unchanged"
    assert lane_text(graph, ("three",)) == "Conv 3×3, 4"
    projection = measure("p", "P", [
        Layer("input", Input((4, 8, 8))), Layer("a", Conv(4, 8, (3, 3), padding=(1, 1)), ("input",)),
        Layer("s", Conv(4, 8, (1, 1)), ("input",)), Layer("sn", Norm("batch", 8, 16), ("s",)),
        Layer("add", Add(), ("a", "sn")),
    ])  # fmt: skip
    assert lane_text(projection, ("s", "sn")) == "skip through Conv 1×1, 8 (Wₛ)"


# --- the picture ------------------------------------------------------------------------------------------


def test_the_picture_is_fitted_like_the_nets_input() -> None:
    pixels = np.zeros((40, 80, 3), np.uint8)
    pixels[:, 20:60] = (200, 100, 50)  # the middle square
    frame = Frame(pixels, "wide")
    image = to_pixels(fitted_image(frame, 16, 16, 3))
    assert image.shape == (16, 16, 3) and np.all(image == (200, 100, 50))
    grey = to_pixels(fitted_image(frame, 16, 16, 1))
    assert np.all(grey[..., 0] == grey[..., 2]) and abs(int(grey[0, 0, 0]) - 124) <= 8
    assert fitted_words(frame, 16, 16, 1) == (
        "The picture in the size of the net's input: "
        "cut to its middle, scaled from 80 × 40 to 16 × 16 pixels, turned to grey."
    )
    assert fitted_words(frame, 40, 80, 3) == "The picture in the size of the net's input, unchanged."


def test_outside_the_frame_the_picture_is_dimmed(view: UnitView) -> None:
    white = Frame(np.full((32, 32, 3), 255, np.uint8), "white")
    theme.apply(Scheme.DARK)
    follow(view, lenet(), "conv2", 4, 4, white)
    pixels = to_pixels(view.photo.grab().toImage()).astype(int)

    def at(row: float, column: float) -> int:
        place = view.photo.place(row, column).toPoint()
        return int(pixels[place.y(), place.x()].sum())

    assert at(10.4, 10.4) > 700  # rows and columns 8..21 are read
    assert at(5.5, 10.4) < 400 and at(10.4, 25.5) < 400


def test_padding_is_shown_around_the_picture(view: UnitView) -> None:
    follow(view, padded(), "conv2", 0, 0, picture())
    shown = view.photo.picture
    assert shown is not None and isinstance(shown.read, Rect)
    assert shown.read.top == -6 and shown.ground.top < -6
    scale, corner = scale_of(shown, QSizeF(view.photo.size()))
    assert corner.y() >= 6 * scale - 1
    assert any("hatched" in sentence for sentence in view.card.words.sentences if view.card.words)


def deep() -> Graph:
    """Fields of 127 × 127 on a picture of 32 × 32."""
    ops = [(f"c{i}", Conv(3, 3, (3, 3), (2, 2), (1, 1))) for i in range(3)]
    return chain([*ops, *((f"d{i}", Conv(3, 3, (3, 3), padding=(1, 1))) for i in range(7))])


@pytest.mark.parametrize("unit", [(0, 0), (1, 2), (3, 3)])
@pytest.mark.parametrize("layer", ["c1", "d0", "d6"])
def test_the_whole_frame_is_in_sight(view: UnitView, layer: str, unit: tuple[int, int]) -> None:
    follow(view, deep(), layer, *unit, picture())
    shown = view.photo.picture
    assert shown is not None and isinstance(shown.read, Rect)
    for row, column in ((shown.read.top, shown.read.left), (shown.read.bottom, shown.read.right)):
        assert view.photo.rect().contains(view.photo.place(row, column).toPoint())


def test_nothing_moves_under_the_pointer_while_a_unit_is_dragged_on_the_picture(view: UnitView) -> None:
    follower = follow(view, deep(), "d6", 0, 0, picture())
    start, end = (view.photo.place(*place).toPoint() for place in ((1, 1), (30, 30)))
    before = view.photo.place(0, 0)
    QTest.mousePress(view.photo, Left, NoModifier, start)
    QApplication.sendEvent(view.photo, _move(view.photo, QPointF(end)))
    assert follower.units == [("d6", 3, 3)] and view.photo.place(0, 0) == before
    QTest.mouseRelease(view.photo, Left, NoModifier, end)
    assert view.photo.place(0, 0) != before


def test_it_works_without_a_picture(view: UnitView) -> None:
    follow(view, lenet(), "conv2", 1, 1)
    assert "Without a picture" in view.sentence
    assert not view.grab().isNull()


def test_frames_of_a_live_source_change_the_picture_alone(view: UnitView) -> None:
    follow(view, lenet(), "conv2", 4, 9, picture())
    words, trace = view.sentence, view.trace
    before = to_pixels(view.grab().toImage())
    view.show_frame(Frame(np.full_like(picture().pixels, 30), "next"))
    changed = (to_pixels(view.grab().toImage()) != before).any(2)
    assert changed[view.photo.geometry().top() :, : view.photo.width()].any()
    assert changed[view.area.geometry().top() :].any(), "the first plane of the strip, too"
    assert view.trace is trace and view.sentence == words
    view.show_frame(Frame(np.full((90, 30, 3), 30, np.uint8), "another shape"))
    assert "scaled from 30 × 90" in view.sentence and view.trace is trace


# --- pointer and keys -------------------------------------------------------------------------------------


def test_a_click_on_an_earlier_plane_chooses_that_layer(view: UnitView) -> None:
    follower = follow(view, lenet(), "conv2", 4, 9, picture())
    press(view.chain, cell(view, 1, 20, 7))
    assert follower.units == [("conv1", 20, 7)]
    assert view.trace is not None and view.trace.layer == "conv1"


def test_planes_behind_the_unit_can_be_chosen_too(view: UnitView) -> None:
    follower = follow(view, lenet(), "conv1", 4, 9, picture())
    press(view.chain, cell(view, 3, 2, 2))
    assert follower.units == [("conv2", 2, 2)]


def test_dragging_on_the_units_plane_moves_the_unit(view: UnitView) -> None:
    follower = follow(view, lenet(), "conv2", 4, 4, picture())
    plane = 3
    QTest.mousePress(view.chain, Left, NoModifier, cell(view, plane, 4, 5))
    for row, column in ((4, 6), (5, 7), (8, 9)):
        point = QPointF(cell(view, plane, row, column))
        event = _move(view.chain, point)
        QApplication.sendEvent(view.chain, event)
    QTest.mouseRelease(view.chain, Left, NoModifier, cell(view, plane, 8, 9))
    assert follower.units == [("conv2", 4, 5), ("conv2", 4, 6), ("conv2", 5, 7), ("conv2", 8, 9)]


def _move(widget: QWidget, point: QPointF) -> QMouseEvent:
    place = QPointF(widget.mapToGlobal(point.toPoint()))
    return QMouseEvent(QEvent.Type.MouseMove, point, place, Qt.MouseButton.NoButton, Left, NoModifier)


def test_a_folded_layer_stays_chosen_while_it_is_dragged(view: UnitView) -> None:
    follower = follow(view, lenet(), "tanh2", 4, 4, picture())
    press(view.chain, cell(view, 3, 2, 3))
    assert follower.units == [("tanh2", 2, 3)]
    chain_picture = view.chain.picture
    assert chain_picture is not None and chain_picture.layout.boxes[3].words.title == "Tanh"


def test_arrows_move_the_unit_and_page_keys_the_layer(view: UnitView) -> None:
    follower = follow(view, lenet(), "conv2", 0, 5, picture())
    view.setFocus()
    for key in (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Right, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
        QTest.keyClick(view, key)
    assert follower.units == [("conv2", 1, 5), ("conv2", 1, 6), ("pool1", 2, 9), ("conv2", 1, 6)]
    QTest.keyClick(view, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert follower.units[-1] == ("conv2", 9, 6)


def test_a_click_on_the_picture_brings_the_unit_that_looks_there(view: UnitView) -> None:
    follower = follow(view, lenet(), "conv2", 0, 0, picture())
    press(view.photo, view.photo.place(18.5, 10.5).toPoint())
    layer, row, column = follower.units[-1]
    assert layer == "conv2" and view.trace is not None and view.trace.centre is not None
    assert abs(view.trace.centre[0] - 18) <= 1 and abs(view.trace.centre[1] - 10) <= 1
    assert (row, column) == (6, 2)


def test_the_pointer_on_the_picture_tells_who_reads_the_pixel(view: UnitView) -> None:
    follow(view, lenet(), "conv2", 4, 4, picture())
    spy = QSignalSpy(view.pointed)
    QTest.mouseMove(view.photo, view.photo.place(0.5, 16.5).toPoint())
    rows = {name: value for name, value, _ in spy.at(spy.count() - 1)[0]}
    assert rows["pixel"] == "row 0, column 16"
    assert rows["read in conv2 by"] == "7 units (1 × 7)"
    assert view.chain.picture is not None and view.chain.picture.readers == Rect(0, 2, 1, 9)
    QTest.mouseMove(view.photo, QPoint(view.photo.width() - 1, 1))
    assert spy.at(spy.count() - 1)[0] == [] and view.chain.picture.readers is None


def test_the_pointer_on_a_plane_tells_what_is_read_there(view: UnitView) -> None:
    follow(view, lenet(), "conv2", 4, 4, picture())
    spy = QSignalSpy(view.pointed)
    QTest.mouseMove(view.chain, cell(view, 2, 3, 5))
    rows = {name: value for name, value, _ in spy.at(spy.count() - 1)[0]}
    assert rows["layer"] == "pool1" and rows["under the pointer"] == "row 3, column 5"
    assert rows["the chosen unit reads"] == "rows 4 to 8, columns 4 to 8 (5 × 5 of 14 × 14)"


def test_names_choose_layers(view: UnitView) -> None:
    follower = follow(view, lenet(), "conv2", 5, 5, picture())
    box = view.chain.box_rect(1)
    press(view.chain, QPoint(round(box.center().x()), 14))
    assert follower.units == [("conv1", 15, 15)]


def test_free_ground_pans_the_strip(view: UnitView) -> None:
    view.resize(500, 640)
    follower = follow(view, lenet(), "input", 0, 0, picture())
    ground = QPoint(round(view.chain.box_rect(0).right()) + 8, round(view.chain.face_rect(0).center().y()))
    QTest.mousePress(view.chain, Left, NoModifier, ground)
    QApplication.sendEvent(view.chain, _move(view.chain, QPointF(ground - QPoint(60, 0))))
    QTest.mouseRelease(view.chain, Left, NoModifier, ground)
    assert view.area.horizontalScrollBar().value() == 60 and follower.units == []


def test_the_chosen_plane_is_brought_into_view_and_then_left_where_it_is(view: UnitView) -> None:
    view.resize(560, 640)
    follow(view, lenet(), "pool2", 2, 2, picture())
    bar, width = view.area.horizontalScrollBar(), view.area.viewport().width()

    def seen(plane: int) -> bool:
        box = view.chain.box_rect(plane)
        return bar.value() <= box.left() + 1 and box.right() - 1 <= bar.value() + width

    assert view.chain.width() > width and seen(4)
    before = bar.value()
    press(view.chain, cell(view, 4, 1, 1))  # another unit of the same layer
    QApplication.processEvents()
    assert bar.value() == before
    view.show_unit(lenet(), "input", 0, 0, picture())
    QApplication.processEvents()
    assert bar.value() == 0 and seen(0)


def test_the_wheel_scrolls_and_zooms(view: UnitView) -> None:
    view.resize(500, 600)
    follow(view, lenet(), "input", 0, 0, picture())
    width = view.chain.width()
    assert width > view.area.viewport().width()
    _wheel(view, -240, NoModifier)
    assert view.area.horizontalScrollBar().value() == 240
    _wheel(view, 240, Qt.KeyboardModifier.ControlModifier)
    assert view.chain.zoom > 1.3 and view.chain.width() > width


def _wheel(view: UnitView, turn: int, modifier: Qt.KeyboardModifier) -> None:
    at = QPointF(20, 20)
    place = QPointF(view.area.viewport().mapToGlobal(at.toPoint()))
    phase = Qt.ScrollPhase.NoScrollPhase
    event = QWheelEvent(at, place, QPoint(), QPoint(0, turn), Qt.MouseButton.NoButton, modifier, phase, False)
    QApplication.sendEvent(view.area.viewport(), event)


def test_units_beyond_the_edge_are_taken_to_it(view: UnitView) -> None:
    view.show_unit(lenet(), "conv2", 99, -3, None)
    assert view.trace is not None and (view.trace.row, view.trace.column) == (9, 0)
    view.clear()
    assert view.trace is None and view.sentence == ""
    QTest.keyClick(view, Qt.Key.Key_Right)  # nothing to move: no error


# --- layout, looks, exports -------------------------------------------------------------------------------


@pytest.mark.parametrize("graph", [lenet(), padded(), branched()], ids=["lenet", "padded", "branched"])
@pytest.mark.parametrize("room", [(830, 380), (640, 236), (0, 340)])
def test_planes_do_not_overlap_and_the_strip_fits_its_height(
    qapp: QApplication, graph: Graph, room: tuple[int, int]
) -> None:
    for node in graph.nodes:
        layout = chain_layout(graph, unit_path(graph, node.name), QSizeF(*room))
        columns = [box.column for box in layout.boxes]
        assert all(a.right() <= b.left() for a, b in pairwise(columns))
        for box in layout.boxes:
            assert box.column.left() - 1 <= box.face.left() and box.face.right() <= box.column.right() + 1
            assert layout.head_end <= box.face.top() + 0.01 and box.face.bottom() <= layout.foot + 0.01
        assert layout.boxes[-1].column.right() <= layout.size.width()
        assert layout.size.height() <= max(room[1], 300)


def test_a_rectangle_is_drawn_over_its_cells(qapp: QApplication) -> None:
    layout = chain_layout(lenet(), unit_path(lenet(), "conv2"), QSizeF(0, 340))
    box = layout.boxes[2]
    area = read_area(box, Rect(4, 4, 9, 9))
    assert area is not None
    assert area.width() / box.face.width() == pytest.approx(5 / 14)
    assert area.left() == pytest.approx(box.face.left() + box.face.width() * 4 / 14)
    assert box.cell_at(area.center()) == (6, 6)
    assert read_area(box, "everything") == QRectF(box.face) and read_area(box, "unknown") is None


def test_a_side_beyond_what_is_drawn_has_no_line(qapp: QApplication) -> None:
    box = chain_layout(lenet(), unit_path(lenet(), "conv2"), QSizeF(0, 340)).boxes[0]
    assert outline(box, Rect(-1, 0, 9, 9)).elementCount() == 8  # four sides: so little padding is to scale
    assert outline(box, Rect(-40, -40, 9, 9)).elementCount() == 4
    assert outline(box, Rect(-40, -40, 90, 90)).isEmpty() and outline(box, "unknown").isEmpty()


def test_the_picture_stays_in_sight_while_the_strip_is_scrolled(view: UnitView) -> None:
    view.resize(560, 640)
    follower = follow(view, lenet(), "pool2", 2, 2, picture())
    offset, chain_view = view.area.horizontalScrollBar().value(), view.chain
    assert offset > 0 and 0 < chain_view.pinned < view.area.viewport().width() / 2
    at = cell(view, 0, 16, 16) + QPoint(offset, 0)
    QTest.mouseMove(chain_view, at)
    assert chain_view.picture is not None and chain_view.picture.hovered == (0, 16, 16)
    strip = to_pixels(view.area.viewport().grab().toImage()).astype(int)
    face = chain_view.face_rect(0).toRect()
    seen = strip[face.top() + 4 : face.bottom() - 4, face.left() + 4 : face.right() - 4]
    assert seen.std() > 20  # the noise of the picture, not the ground
    press(chain_view, at)
    assert follower.units == [("input", 16, 16)]


def test_only_what_is_in_sight_is_painted_and_that_as_in_the_whole_strip(
    view: UnitView, monkeypatch: pytest.MonkeyPatch
) -> None:
    deep = chain([(f"conv{n}", Conv(3, 3, (3, 3), padding=(1, 1))) for n in range(30)])
    follow(view, deep, "conv24", 3, 3, picture())
    view.area.horizontalScrollBar().setValue(0)  # nothing is pinned over other planes
    strip, width = view.chain, view.area.viewport().width()
    shown = strip.picture
    assert shown is not None and strip.width() > 4 * width and not strip.pinned
    whole = QImage(strip.size(), QImage.Format.Format_RGB32)
    whole.fill(theme.colors.window)
    painter = QPainter(whole)
    paint_chain(painter, shown)
    painter.end()
    painted: list[str] = []
    paint_plane = unit_chain_paint._paint_plane

    def spy(painter: QPainter, box: Box, photo: QImage | None) -> None:
        painted.append(box.plane.name)
        paint_plane(painter, box, photo)

    monkeypatch.setattr(unit_chain_paint, "_paint_plane", spy)
    for left in (0, strip.width() // 3, strip.width() - width):
        sight = QRect(left, 0, width, strip.height())
        part = to_pixels(strip.grab(sight).toImage()).astype(int)
        assert np.abs(part - to_pixels(whole.copy(sight))).max() <= 2
    assert 0 < len(painted) < 31


@pytest.mark.parametrize("scheme", [Scheme.LIGHT, Scheme.DARK])
@pytest.mark.parametrize("size", [(830, 860), (600, 460), (1300, 900)])
def test_it_draws_in_both_themes_at_every_size(view: UnitView, scheme: Scheme, size: tuple[int, int]) -> None:
    theme.apply(scheme)
    view.resize(*size)
    for layer in ("cat", "gap", "fc"):
        follow(view, branched(), layer, 3, 3, picture())
        accent = theme.colors.accent
        pixels = to_pixels(view.grab().toImage()).astype(int)
        assert (np.abs(pixels - [accent.red(), accent.green(), accent.blue()]).sum(2) < 12).sum() > 100
        for part in (view.photo, view.card, view.area):
            assert view.rect().contains(part.geometry())


def test_an_export_shows_the_whole_strip(view: UnitView, tmp_path: Path) -> None:
    follow(view, branched(), "cat", 3, 3, picture())
    svg = export.save_svg(view, tmp_path / "unit.svg").read_text()
    for text in (
        "Input",
        "Global average pool",
        "Fully connected, 5",
        "skip: carried on unchanged",
        "reads 5 × 5",
    ):
        assert text in svg, text
    assert export.render(view).width() == round(view.preferred_size().width())
