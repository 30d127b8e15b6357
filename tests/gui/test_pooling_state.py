"""The pooling page's state and what follows from it without a window: legality, changes, what is to be drawn."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QSizeF
from PySide6.QtWidgets import QApplication

from engine.errors import UserError
from engine.foundations.pooling import PoolSpec, trace
from engine.foundations.pooling.presets import INPUTS
from engine.images import Frame
from gui.pages.pooling import tour
from gui.pages.pooling.changes import (
    for_picture,
    made_legal,
    output_hw,
    refusal,
    set_value,
    with_edit,
    with_gradient,
    with_preset,
)
from gui.pages.pooling.controls import KINDS, preset_text
from gui.pages.pooling.formula_tex import formula_note
from gui.pages.pooling.inspector import cost_rows, size_formula, step_rows
from gui.pages.pooling.resolve import Resolver, moved_step, region, small_grey
from gui.pages.pooling.state import PoolingState
from gui.pages.pooling.stepping import at_position, position, scene_of
from gui.state import from_json, to_json
from gui.widgets.source_state import SourceState
from gui.widgets.stage_layout import Table, crisp, largest_cell, table_layout
from tests.gui.window_fixtures import words

KIND_NAMES = [key for key, _ in KINDS]
VIEWS = ("steps", "backward", "stochastic", "shift", "photo")
BOUNDS = {
    "size": (1, 16), "cols": (1, 16), "stride": (1, 16), "pad": (0, 8), "height": (1, 12), "width": (1, 12),
    "channels": (1, 3), "samples": (1, 50), "seed": (0, 99), "shift_x": (-3, 3), "shift_y": (-3, 3),
}  # fmt: skip


@st.composite
def states(draw: st.DrawFn) -> PoolingState:
    """Legal states as a person reaches them: from an example, control after control, refusals skipped."""
    state = with_preset(PoolingState(), draw(st.sampled_from([p.name for p in INPUTS])))
    for name in draw(
        st.lists(st.sampled_from([*BOUNDS, "kind", "ceil_mode", "count_pad", "gradient"]), max_size=7)
    ):
        value: Any
        if name in BOUNDS:
            value = draw(st.integers(*BOUNDS[name]))
        elif name == "kind":
            value = draw(st.sampled_from(KIND_NAMES))
        else:
            value = (
                draw(st.sampled_from(["count", "ones", "signed"]))
                if name == "gradient"
                else draw(st.booleans())
            )
        if refusal(state, name, value) is None:
            state = set_value(state, name, value)
    rows, cols = output_hw(state)
    state = replace(
        state, step=draw(st.integers(0, rows * cols - 1)), channel=draw(st.integers(0, state.channels - 1))
    )
    return replace(state, view=draw(st.sampled_from(VIEWS)), roll=draw(st.integers(0, state.samples - 1)))


@given(states())
@settings(max_examples=60, deadline=None)
def test_what_a_person_can_reach_is_legal_and_survives_the_way_to_json(state: PoolingState) -> None:
    assert state.validated() is state
    assert from_json(PoolingState, to_json(state)) == state
    assert made_legal(state) == state


@given(states(), st.sampled_from(["steps", "backward", "stochastic", "shift"]), st.booleans())
@settings(max_examples=25, deadline=None)
def test_every_view_of_every_state_can_be_drawn(
    qapp: QApplication, state: PoolingState, view: Any, small: bool
) -> None:
    state = replace(state, view=view)
    size = QSizeF(460, 330) if small else QSizeF(900, 640)
    resolver = Resolver()
    resolved = resolver.resolve(state, None)
    scene = scene_of(resolved, resolver, None, None, size)
    assert scene.description and all(np.isfinite(p.rect.width()) and p.cell > 0 for p in scene.plates)
    assert len({p.key for p in scene.plates}) == len(scene.plates)
    assert all(p.title for p in scene.plates)
    for plate in scene.plates:
        assert plate.rect.left() >= 0 and plate.rect.right() <= size.width() + 1, plate.key
    step_rows(resolved), cost_rows(resolved)


@pytest.mark.parametrize(
    ("changes", "words_"),
    [
        ({"rows": 5}, "larger than the input"),
        ({"pad": 2}, "at most half"),
        ({"stride": 0}, "Stride must be 1 to 16"),
        ({"rows": 17}, "window's height must be 1 to 16"),
        ({"channels": 4}, "Channels must be 1 to 3"),
        ({"channel": 1}, "channel 2 cannot be shown"),
        ({"roll": 1000}, "none of them"),
        ({"shift_x": 4}, "shift to the right"),
        ({"source": SourceState(kind="preset", value="nothing")}, "no example named"),
        ({"picture": SourceState(kind="preset", value="ng-4x4")}, "needs a picture"),
        ({"crop": (-1, 0)}, "outside every picture"),
        ({"edits": ((0, 9, 0, 1.0),)}, "outside the input"),
        ({"edits": ((0, 0, 0, float("nan")),)}, "no number"),
        ({"grad_edits": ((0, -1, 0, 1.0),)}, "outside the output"),
        ({"grad_edits": ((0, 0, 0, 1e12),)}, "no number"),
    ],
)
def test_bad_states_say_why(changes: dict[str, Any], words_: str) -> None:
    with pytest.raises(UserError, match=words_):
        replace(PoolingState(), **changes).validated()


def test_the_stride_follows_the_window_while_they_are_equal() -> None:
    state = with_preset(PoolingState(), "random")
    assert set_value(state, "size", 4).stride == 4
    assert set_value(replace(state, stride=1), "size", 4).stride == 1
    assert set_value(state, "cols", 3).stride == 2


def test_refusals_have_a_nearest_value_that_works() -> None:
    state = PoolingState()
    for name, value, nearest in (("size", 7, 4), ("pad", 3, 1), ("height", 1, 2), ("cols", 9, 4)):
        found = refusal(state, name, value)
        assert found is not None and found.nearest == nearest and found.message, name
        assert refusal(state, name, nearest) is None
    assert refusal(state, "seed", 7) is None


def test_the_picture_view_has_room_for_windows_that_the_grid_has_not() -> None:
    photo = replace(PoolingState(), view="photo")
    wide = set_value(photo, "size", 8)
    assert refusal(photo, "size", 8) is None and wide.validated() is wide
    back = made_legal(replace(wide, view="steps"))
    assert back.validated() is back and (back.rows, back.cols) == (4, 4)


def test_edits_go_where_they_are_seen_and_leave_with_their_cells() -> None:
    state = with_gradient(with_edit(PoolingState(), 0, 3, 3, 50), 0, 1, 1, -7.0)
    resolved = Resolver().resolve(state, None)
    assert resolved.trace.output[0, 1, 1] == 50 and resolved.pooled.grad_input[0, 3, 3] == -7
    smaller = set_value(state, "height", 3)
    assert smaller.edits == () and smaller.grad_edits == () and smaller.validated()
    assert with_edit(state, 0, 3, 3, 1.0).edits == ((0, 3, 3, 1.0),)


def test_the_gradient_can_be_counted_ones_or_signed() -> None:
    for kind, expected in (("count", [1, 2, 3, 4]), ("ones", [1, 1, 1, 1])):
        pooled = Resolver().resolve(replace(PoolingState(), gradient=kind), None).pooled  # type: ignore[arg-type]
        assert pooled.grad_output.ravel().tolist() == expected
    signed = Resolver().resolve(replace(PoolingState(), gradient="signed"), None).pooled.grad_output
    assert signed.min() < 0 < signed.max()


def test_the_resolver_pools_once_and_shifts_once() -> None:
    resolver, state = Resolver(), with_preset(PoolingState(), "blobs")
    first = resolver.resolve(state, None)
    again = resolver.resolve(replace(state, step=3), None, hover=(1, 1))
    assert again.pooled is first.pooled and (again.row, again.col) == (1, 1)
    shift = replace(state, view="shift")
    assert resolver.shift(resolver.resolve(shift, None), None) is resolver.shift(
        resolver.resolve(shift, None), None
    )
    other = replace(shift, shift_x=2)
    assert resolver.shift(resolver.resolve(other, None), None)[0].after[0, 0, 1] == 0


def test_the_region_counts_all_rolls_so_far() -> None:
    state = replace(with_preset(PoolingState(), "zeiler-3x3"), view="stochastic", roll=99)
    resolved = Resolver().resolve(state, None)
    found = region(resolved)
    rolled = [trace(resolved.trace.x, resolved.trace.spec, state.seed, r).output.item() for r in range(100)]
    assert found.count == 100 and found.shares[1, 1] == pytest.approx(rolled.count(1.6) / 100)
    assert found.shares.sum() == pytest.approx(1)


def test_the_stepper_counts_windows_or_rolls() -> None:
    state = PoolingState()
    resolved = Resolver().resolve(state, None)
    assert position(state, resolved) == (0, 4, "window") and at_position(state, 3).step == 3
    dice = replace(state, view="stochastic")
    assert position(dice, resolved) == (0, 1000, "roll") and at_position(dice, 5).roll == 5
    assert moved_step(resolved, 1, 1) == 3 and moved_step(resolved, -9, 9) == 1


def test_a_photo_becomes_grey_cells_of_at_most_160() -> None:
    frame = Frame(np.full((300, 500, 3), 77, np.uint8), "grey")
    assert small_grey(frame).shape == (1, 75, 125) and (small_grey(frame) == 77).all()
    assert small_grey(Frame(np.zeros((9, 1000, 3), np.uint8), "thin")).shape == (1, 1, 142)
    state = replace(
        for_picture(replace(PoolingState(), source=SourceState("sample", "x"))), view="shift", channels=1
    )
    kept = Resolver()
    input_, *_ = kept.shift(kept.resolve(state, frame), frame)
    assert input_.before.shape == (1, 69, 119) and input_.same == 1.0


def test_words_about_sizes_and_windows() -> None:
    state = made_legal(
        replace(with_preset(PoolingState(), "random"), rows=3, cols=3, stride=2, pad=1, ceil_mode=True)
    )
    resolved = Resolver().resolve(state, None)
    assert size_formula(resolved) == "⌈(8+2·1−3)/2⌉+1 = 5"
    assert (
        formula_note(resolved.trace.spec, resolved.trace.geometry)
        == "R: rows 2r − 1 … 2r + 1, columns 2q − 1 … 2q + 1."
    )
    assert formula_note(PoolSpec("global_max"), resolved.trace.geometry) == "R: the whole input."
    assert preset_text(PoolingState()).startswith("Andrew Ng")
    assert preset_text(replace(PoolingState(), kind="min")).endswith("pooled in another way.")
    assert preset_text(with_edit(PoolingState(), 0, 0, 0, 5.0)).endswith("changed.")


def test_the_backward_view_names_what_arrives_and_from_where(qapp: QApplication) -> None:
    state = replace(PoolingState(), view="backward", step=2)
    resolver = Resolver()
    scene = scene_of(resolver.resolve(state, None), resolver, None, None, QSizeF(900, 640))
    assert "gradient 3 of output (row 1, column 0) goes whole to input (row 3, column 1)" in scene.description
    assert any("0 parameters" in w for w in words(scene_of(
        resolver.resolve(PoolingState(), None), resolver, None, None, QSizeF(900, 640))))  # fmt: skip


def test_a_table_takes_a_largest_cell_and_leaves_it_where_there_is_no_room() -> None:
    size = (900.0, 640.0)

    def table(largest: float | None = None) -> Table:
        return table_layout(
            size, lines=1, columns=(4, 2), rows=4, heads=(80.0, 80.0), strip=60.0, largest=largest
        )

    assert table().cell == crisp(largest_cell(*size)) and table(30.0).cell == 30
    huge = table(1e6)
    assert table().cell < huge.cell and huge.lefts[1] + huge.widths[1] <= size[0]


def test_small_plates_have_larger_cells_than_large_ones(qapp: QApplication) -> None:
    state = for_picture(replace(PoolingState(), source=SourceState("sample", "x")))
    frame = Frame(np.zeros((64, 64, 3), np.uint8), "black")
    resolver = Resolver()
    scene = scene_of(resolver.resolve(state, frame), resolver, frame, None, QSizeF(780, 720))
    cells = [plate.cell for plate in scene.plates[:3]]
    assert cells[0] < cells[2] < cells[1]
    for above, beneath in zip(scene.plates[:6], scene.plates[3:], strict=False):
        assert above.rect.bottom() < beneath.rect.top()


def test_the_tour_is_made_of_legal_states_and_shows_every_view() -> None:
    stops = tour.stops()
    assert {stop.state.view for stop in stops} == set(VIEWS)
    assert {stop.state.kind for stop in stops} >= {"max", "average", "l2"}
    for stop in stops:
        assert stop.state.validated() is stop.state and stop.title and stop.text
