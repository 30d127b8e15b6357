"""One pixel traced: the planes of a path, what is framed, words."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QSizeF
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import QApplication

from engine.networks.graphs.graph import Graph, Layer, measure
from engine.networks.graphs.ops import (
    Activation,
    Add,
    Conv,
    Input,
    Norm,
    Opaque,
)
from engine.networks.graphs.unit_trace import trace_unit
from gui.pages.architectures.pixel.unit_chain_layout import chain_layout, folded_words, lane_text
from gui.pages.architectures.pixel.unit_chain_paint import read_text
from gui.pages.architectures.pixel.unit_path import unit_path
from gui.pages.architectures.pixel.unit_reads import Rect, readers, reads_of
from gui.pages.architectures.pixel.unit_view import UnitView
from gui.pages.architectures.pixel.unit_words import field_growth, unit_words
from gui.theme import theme
from tests.gui.unit_view_fixtures import branched, chain, follow, lenet, padded, picture, view
from tests.gui.window_fixtures import calm

__all__ = ["calm", "view"]

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
