"""Layered drawings: what they promise, for any net and for the shapes of real ones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gui.widgets.graph.layout import Box, Direction, Edge, Placed, Point, Rect, lay_out
from tests.gui.graph_nets import NETS, chain, densenet121, inception, resnet50

EPS = 1e-6
Segment = tuple[Point, Point]


@st.composite
def nets(draw: st.DrawFn) -> tuple[list[Box], list[Edge]]:
    """Any net without circles: boxes of all sizes, edges from earlier to later ones."""
    count = draw(st.integers(1, 24))
    sizes = st.tuples(st.integers(24, 220), st.integers(10, 70), st.integers(0, 160), st.integers(0, 20))
    boxes = []
    for i in range(count):
        width, height, label_width, label_height = draw(sizes)
        above, below, margin = draw(st.sampled_from([(0, 0, 0), (20, 0, 8), (0, 10, 8)]))
        boxes.append(
            Box(f"n{i}", width, height, label_width, label_height, above=above, below=below, margin=margin)
        )
    pairs = [(a, b) for b in range(count) for a in range(b)]
    chosen = draw(st.lists(st.sampled_from(pairs), max_size=3 * count)) if pairs else []
    return boxes, [(f"n{a}", f"n{b}") for a, b in dict.fromkeys(chosen)]


def segments(points: Sequence[Point]) -> Iterator[Segment]:
    yield from pairwise(points)


def span(a: float, b: float) -> tuple[float, float]:
    return (a, b) if a < b else (b, a)


def crosses(segment: Segment, rect: Rect) -> bool:
    """Whether a segment runs through the inside of a rectangle."""
    (x1, y1), (x2, y2) = segment
    (left, right), (top, bottom) = span(x1, x2), span(y1, y2)
    return (
        left < rect.right - EPS and right > rect.x + EPS and top < rect.bottom - EPS and bottom > rect.y + EPS
    )


def coincide(one: Segment, other: Segment) -> bool:
    """Whether two segments share more than a point."""
    for axis in (0, 1):
        if all(abs(p[axis] - one[0][axis]) < EPS for p in (*one, *other)):
            (a, b), (c, d) = (span(s[0][1 - axis], s[1][1 - axis]) for s in (one, other))
            return min(b, d) - max(a, c) > EPS
    return False


def check(
    boxes: Sequence[Box], edges: Sequence[Edge], drawing: Placed, direction: Direction = "down"
) -> None:
    """All promises of the layout."""
    by_key = {box.key: box for box in boxes}
    assert set(drawing.boxes) == set(by_key)
    assert set(drawing.edges) == set(edges)
    for key, rect in drawing.boxes.items():
        assert (rect.width, rect.height) == (by_key[key].width, by_key[key].height)
        assert rect.x >= -EPS and rect.y >= -EPS
        assert rect.right <= drawing.width + EPS and rect.bottom <= drawing.height + EPS
    for one, other in combinations(drawing.boxes.values(), 2):
        apart = one.right <= other.x or other.right <= one.x or one.bottom <= other.y or other.bottom <= one.y
        assert apart, (one, other)
    for (source, target), points in drawing.edges.items():
        check_ends(points, drawing.boxes[source], drawing.boxes[target], direction)
        for segment in segments(points):
            assert segment[0][0] == segment[1][0] or segment[0][1] == segment[1][1]
            assert segment[0] != segment[1]
            for key, rect in drawing.boxes.items():
                assert not crosses(segment, rect), (source, target, key)
            for x, y in segment:
                assert -EPS <= x <= drawing.width + EPS and -EPS <= y <= drawing.height + EPS
    for one_edge, other_edge in combinations(drawing.edges, 2):
        if one_edge[0] == other_edge[0] or one_edge[1] == other_edge[1]:
            continue
        for first in segments(drawing.edges[one_edge]):
            for second in segments(drawing.edges[other_edge]):
                assert not coincide(first, second), (one_edge, other_edge)


def check_ends(points: Sequence[Point], source: Rect, target: Rect, direction: Direction) -> None:
    (x1, y1), (x2, y2) = points[0], points[-1]
    if direction == "down":
        assert (x1, y1) == (source.centre[0], source.bottom)
        assert y2 == target.y and target.x < x2 < target.right
        assert points[1][1] > y1 and points[-2][1] < y2
    else:
        assert (x1, y1) == (source.right, source.centre[1])
        assert x2 == target.x and target.y < y2 < target.bottom
        assert points[1][0] > x1 and points[-2][0] < x2


@given(nets(), st.sampled_from(["down", "right"]), st.sampled_from([None, (900.0, 300.0), (2000.0, 500.0)]))
def test_any_net_keeps_all_promises(
    net: tuple[list[Box], list[Edge]], direction: Direction, room: tuple[float, float] | None
) -> None:
    boxes, edges = net
    check(boxes, edges, lay_out(boxes, edges, direction, room), direction)


@pytest.mark.parametrize("width", [24, 60, 200])
@pytest.mark.parametrize("count", [2, 3, 6, 11])
def test_boxes_that_read_the_same_boxes_keep_their_lines_apart(width: int, count: int) -> None:
    """Everything is read by everything: lines would have to change places."""
    rows = [[Box(f"{name}{i}", width, 20) for i in range(count)] for name in "abc"]
    edges = [(s.key, t.key) for upper, lower in pairwise(rows) for s in upper for t in lower]
    boxes = [box for row in rows for box in row]
    check(boxes, edges, lay_out(boxes, edges))


@pytest.mark.parametrize("name", NETS)
@pytest.mark.parametrize("direction", ["down", "right"])
@pytest.mark.parametrize("room", [None, (1552.0, 952.0)], ids=["one column", "columns"])
def test_real_nets_keep_all_promises(
    name: str, direction: Direction, room: tuple[float, float] | None
) -> None:
    boxes, edges = NETS[name]()
    check(boxes, edges, lay_out(boxes, edges, direction, room), direction)


def test_a_large_net_keeps_boxes_and_edges_apart() -> None:
    boxes, edges = densenet121()
    drawing = lay_out(boxes, edges)
    rects = sorted(drawing.boxes.values(), key=lambda r: r.y)
    for one, other in pairwise(rects):
        assert one.bottom <= other.y
    ends = [rect.y for rect in rects]
    for points in drawing.edges.values():
        for a, b in segments(points):
            assert a[0] == b[0] or a[1] == b[1]
            if a[1] == b[1]:
                assert not any(top < a[1] < top + rects[i].height for i, top in enumerate(ends))


@given(nets())
def test_the_same_net_gives_the_same_drawing(net: tuple[list[Box], list[Edge]]) -> None:
    from gui.widgets.graph import layout

    boxes, edges = net
    first = lay_out(boxes, edges)
    layout._lay_out.cache_clear()
    assert lay_out(boxes, edges) == first


def test_the_main_chain_is_straight_and_skips_run_beside_it() -> None:
    boxes, edges = resnet50()
    drawing = lay_out(boxes, edges)
    main = [key for key in drawing.boxes if "down" not in key]
    assert len({drawing.boxes[key].centre[0] for key in main}) == 1
    skip = drawing.edges["layer1.0.relu3", "layer1.1.add"]
    right = max(drawing.boxes[key].right for key in main)
    assert max(x for x, _ in skip) > right
    assert len(drawing.edges["conv1", "bn1"]) == 2


def test_branches_stand_in_the_order_in_which_they_are_joined() -> None:
    boxes, edges = inception()
    drawing = lay_out(boxes, edges)
    places = [drawing.boxes[f"3a.b{i}.conv"].centre[0] for i in (1, 2, 3, 4)]
    assert places == sorted(places)
    assert len(set(places)) == 4


def test_every_layer_comes_after_what_it_reads() -> None:
    boxes, edges = densenet121()
    drawing = lay_out(boxes, edges)
    assert all(drawing.layer[source] < drawing.layer[target] for source, target in edges)
    assert all(drawing.boxes[source].bottom < drawing.boxes[target].y for source, target in edges)


def test_a_long_chain_goes_on_in_further_columns() -> None:
    boxes, edges = chain(40)
    one, many = lay_out(boxes, edges), lay_out(boxes, edges, room=(1552.0, 952.0))
    assert one.columns == 1 and many.columns >= 2
    assert min(1552 / many.width, 952 / many.height) >= 0.7  # 13 px text is 9 px high or more
    for column in range(many.columns):
        members = [key for key in many.boxes if many.column[key] == column]
        tops = [many.boxes[key].y for key in members]
        assert tops == sorted(tops) and len({many.boxes[key].x for key in members}) == 1
    lefts = [many.boxes[key].x for key in sorted(many.boxes, key=lambda k: many.layer[k])]
    assert lefts == sorted(lefts)  # columns are read from left to right


def test_a_chain_that_fits_is_not_cut() -> None:
    boxes, edges = chain(5)
    assert lay_out(boxes, edges, room=(1552.0, 952.0)).columns == 1


def test_what_keeps_together_stays_in_one_column() -> None:
    boxes, edges = resnet50()
    drawing = lay_out(boxes, edges, room=(1552.0, 952.0))
    assert drawing.columns > 3
    for box in boxes:
        if box.keep:
            members = {drawing.column[other.key] for other in boxes if other.keep == box.keep}
            assert len(members) == 1


def test_a_circle_is_refused() -> None:
    boxes = [Box("a", 40, 20), Box("b", 40, 20)]
    with pytest.raises(ValueError, match="circle"):
        lay_out(boxes, [("a", "b"), ("b", "a")])


def test_an_edge_to_nowhere_is_refused() -> None:
    with pytest.raises(ValueError, match="not there"):
        lay_out([Box("a", 40, 20)], [("a", "b")])


def test_no_boxes_make_an_empty_drawing() -> None:
    drawing = lay_out([], [])
    assert drawing.boxes == {} and (drawing.width, drawing.height) == (0, 0)


def test_labels_keep_clear_of_boxes_and_other_edges() -> None:
    """The room beside the line that leaves a box, as it was asked for, is free."""
    boxes, edges = inception()
    drawing = lay_out(boxes, edges)
    for box in boxes:
        rect = drawing.boxes[box.key]
        label = Rect(rect.centre[0] + 1, rect.bottom, box.label_width, box.label_height)
        for key, other in drawing.boxes.items():
            apart = label.right <= other.x or other.right <= label.x or label.bottom <= other.y
            assert apart or other.bottom <= label.y, (box.key, key)
        for points in drawing.edges.values():
            assert not any(crosses(segment, label) for segment in segments(points))
