"""The drawing board, and the state of a source that holds a drawing."""

from __future__ import annotations

import json
import math
from dataclasses import asdict

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QPointingDevice, QTabletEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.errors import UserError
from engine.images import Frame
from gui.widgets.drawing_board import DrawingBoard, Strokes, render
from gui.widgets.source_state import MAX_POINTS, SourceState, Stroke

LINE: Stroke = (0.1, False, ((0.2, 0.5), (0.8, 0.5)))
DOT: Stroke = (0.2, False, ((0.5, 0.2),))
SIDE = 200


@pytest.fixture
def board(qtbot: QtBot) -> DrawingBoard:
    board = DrawingBoard()
    qtbot.addWidget(board)
    board.paper.resize(SIDE, SIDE)
    return board


def hand(board: DrawingBoard, kind: QEvent.Type, x: float, y: float) -> None:
    held = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseButtonRelease else Qt.MouseButton.LeftButton
    button = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseMove else Qt.MouseButton.LeftButton
    place = QPointF(x, y)
    modifiers = Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(
        board.paper, QMouseEvent(kind, place, board.paper.mapToGlobal(place), button, held, modifiers)
    )


def draw(board: DrawingBoard, *places: tuple[float, float]) -> None:
    hand(board, QEvent.Type.MouseButtonPress, *places[0])
    for place in places[1:]:
        hand(board, QEvent.Type.MouseMove, *place)
    hand(board, QEvent.Type.MouseButtonRelease, *places[-1])


def recorded(board: DrawingBoard) -> tuple[list[Strokes], list[Frame]]:
    strokes: list[Strokes] = []
    frames: list[Frame] = []
    board.strokesChanged.connect(strokes.append)
    board.frameReady.connect(frames.append)
    return strokes, frames


def test_where_the_paper_is_elsewhere_the_keys_of_the_pen_are_too(board: DrawingBoard) -> None:
    board.draw_elsewhere("Draw over there.")
    before = board.thickness
    for key in (Qt.Key.Key_BracketRight, Qt.Key.Key_E):
        QTest.keyClick(board, key)
    assert board.thickness == before and not board.eraser_button.isChecked()
    assert board.hint.text() == "Draw over there."
    board.set_strokes((LINE,))
    assert board.clear_button.isEnabled()
    assert np.array_equal(board.frame().pixels, render((LINE,)))


# --- the picture of a drawing -----------------------------------------------------------------------------


def test_an_empty_drawing_is_paper() -> None:
    assert (render(()) == 255).all() and render(()).shape == (256, 256, 3)
    assert (render((), 28, "light") == 0).all()


@pytest.mark.parametrize("size", [28, 64, 256])
def test_a_line_covers_the_area_of_its_capsule(size: int) -> None:
    ink = (255 - render((LINE,), size)[..., 0].astype(float)) / 255
    thickness, length = 0.1 * size, 0.6 * size
    assert ink.sum() == pytest.approx(thickness * length + math.pi * thickness**2 / 4, rel=0.04)
    assert ink[size // 2, size // 2] == 1 and ink[size // 5, size // 2] == 0
    assert ((ink > 0) & (ink < 1)).any(), "not antialiased"


def test_a_dot_is_a_disc_of_its_thickness() -> None:
    ink = (255 - render((DOT,), 100)[..., 0].astype(float)) / 255
    assert ink.sum() == pytest.approx(math.pi * 100, rel=0.04)
    rows, columns = np.nonzero(ink > 0.5)
    assert (rows.mean() + 0.5, columns.mean() + 0.5) == pytest.approx((20, 50), abs=0.1)


def test_light_ink_is_the_negative_of_dark_ink() -> None:
    eraser: Stroke = (0.05, True, ((0.1, 0.1), (0.9, 0.8)))
    strokes = (LINE, DOT, eraser)
    difference = render(strokes, 64, "light").astype(int) + render(strokes, 64, "dark") - 255
    assert abs(difference).max() <= 1


def test_the_eraser_takes_only_what_was_drawn_before() -> None:
    eraser: Stroke = (0.15, True, ((0.1, 0.5), (0.9, 0.5)))
    assert (render((LINE, eraser)) == 255).all()
    assert np.array_equal(render((eraser, LINE)), render((LINE,)))


def test_pressure_scales_the_thickness() -> None:
    soft: Stroke = (0.1, False, ((0.2, 0.5, 0.5), (0.8, 0.5, 0.5)))
    half: Stroke = (0.05, False, ((0.2, 0.5), (0.8, 0.5)))
    assert abs(render((soft,)).astype(int) - render((half,))).mean() < 0.5
    assert render((soft,)).sum() > render((LINE,)).sum()


# --- the hand ---------------------------------------------------------------------------------------------


def test_what_the_hand_draws_becomes_a_stroke_and_its_picture(board: DrawingBoard) -> None:
    strokes, frames = recorded(board)
    draw(board, (40, 100), (100, 60), (160, 100))
    assert strokes == [((board.thickness, False, ((0.2, 0.5), (0.5, 0.3), (0.8, 0.5))),)]
    assert board.strokes == strokes[0]
    assert np.array_equal(frames[-1].pixels, render(board.strokes))
    assert (frames[-1].pixels < 255).any()


def test_frames_are_throttled_while_drawing_and_the_last_one_always_comes(board: DrawingBoard) -> None:
    strokes, frames = recorded(board)
    hand(board, QEvent.Type.MouseButtonPress, 20, 20)
    for step in range(100):  # no event loop runs here, so that the clock cannot tick between two of these
        hand(board, QEvent.Type.MouseMove, 20 + step, 20 + step)
    assert len(frames) == 1 and strokes == []
    hand(board, QEvent.Type.MouseButtonRelease, 119, 119)
    assert len(frames) == 2 and len(strokes) == 1
    assert np.array_equal(frames[-1].pixels, render(strokes[-1]))
    assert frames[-1].index > frames[0].index


def test_a_long_stroke_is_shown_before_it_ends(board: DrawingBoard, qtbot: QtBot) -> None:
    hand(board, QEvent.Type.MouseButtonPress, 20, 20)
    with qtbot.waitSignal(board.frameReady) as waiting:
        hand(board, QEvent.Type.MouseMove, 180, 20)
    assert waiting.args is not None
    assert (waiting.args[0].pixels[25, 128] == 0).all()
    assert board.strokes == ()
    hand(board, QEvent.Type.MouseButtonRelease, 180, 20)


def test_a_pen_draws_with_its_pressure_and_erases_with_its_other_end(board: DrawingBoard) -> None:
    kinds, pointers = QPointingDevice.DeviceType, QPointingDevice.PointerType
    capability = QPointingDevice.Capability.All

    def stroke(pointer: QPointingDevice.PointerType) -> None:
        pen = QPointingDevice("pen", 1, kinds.Stylus, pointer, capability, 1, 2)
        for kind, x, pressure in (
            (QEvent.Type.TabletPress, 20, 0.2),
            (QEvent.Type.TabletMove, 100, 0.6),
            (QEvent.Type.TabletRelease, 100, 0.0),
        ):
            place, tip = QPointF(x, 50), Qt.MouseButton.LeftButton
            event = QTabletEvent(
                kind, pen, place, place, pressure, 0, 0, 0, 0, 0, Qt.KeyboardModifier.NoModifier, tip, tip
            )
            QApplication.sendEvent(board.paper, event)
            assert event.isAccepted(), "Qt would make a mouse event of it"

    stroke(pointers.Pen)
    stroke(pointers.Eraser)
    points = ((0.1, 0.25, 0.2), (0.5, 0.25, 0.6))
    assert board.strokes == ((board.thickness, False, points), (board.thickness, True, points))


def test_undo_redo_and_clear(board: DrawingBoard) -> None:
    draw(board, (20, 20), (60, 60))
    draw(board, (90, 20))
    both = board.strokes
    strokes, frames = recorded(board)
    board.undo()
    board.undo()
    assert strokes == [both[:1], ()] and (frames[-1].pixels == 255).all()
    board.undo()
    assert len(strokes) == 2
    board.redo()
    board.redo()
    assert board.strokes == both
    board.clear_button.click()
    assert board.strokes == () and not board.clear_button.isEnabled()
    board.undo_button.click()
    assert board.strokes == both
    board.undo()
    draw(board, (10, 10))
    assert not board.can_redo and not board.redo_button.isEnabled()


def test_a_state_set_from_outside_is_silent_and_takes_part_in_undo(board: DrawingBoard) -> None:
    draw(board, (20, 20), (60, 60))
    one = board.strokes
    strokes, frames = recorded(board)
    board.set_strokes(())  # the page's own undo
    assert board.can_redo and not board.can_undo
    board.set_strokes(one)
    assert board.can_undo and not board.can_redo
    assert strokes == [] and frames == []
    assert np.array_equal(board.frame().pixels, render(one))
    board.set_strokes((LINE,), "light")
    assert np.array_equal(board.frame().pixels, render((LINE,), ink="light"))
    assert board.ink_button.isChecked()
    board.undo()
    assert board.strokes == one


def test_keys_change_thickness_and_tool(board: DrawingBoard) -> None:
    before = board.thickness
    QTest.keyClick(board, Qt.Key.Key_BracketRight)
    QTest.keyClick(board, Qt.Key.Key_BracketRight)
    QTest.keyClick(board, Qt.Key.Key_BracketLeft)
    assert board.thickness == pytest.approx(before + 0.01)
    QTest.keyClick(board, Qt.Key.Key_E)
    draw(board, (20, 20))
    assert board.eraser_button.isChecked() and board.strokes[0][:2] == (board.thickness, True)
    QTest.keyClick(board, Qt.Key.Key_E)
    draw(board, (20, 20))
    assert not board.strokes[1][1]


def test_the_ink_turns_the_picture_and_keeps_the_strokes(board: DrawingBoard, qtbot: QtBot) -> None:
    draw(board, (20, 20), (100, 60))
    with qtbot.waitSignals([board.inkChanged, board.frameReady]):
        board.ink_button.click()
    assert board.ink == "light" and np.array_equal(board.frame().pixels, render(board.strokes, ink="light"))


def test_a_drawing_that_no_view_could_save_is_not_taken(board: DrawingBoard) -> None:
    full: Stroke = (0.05, False, tuple((0.5, 0.5) for _ in range(MAX_POINTS)))
    board.set_strokes((full,))
    draw(board, (20, 20), (60, 60))
    assert board.strokes == (full,)
    SourceState("drawing", "", strokes=board.strokes).validated()


def test_the_paper_shows_the_picture_and_fits_a_narrow_panel(board: DrawingBoard, qtbot: QtBot) -> None:
    board.set_strokes((LINE,))
    image = board.paper.grab().toImage()
    middle = image.width() // 2
    assert image.pixelColor(middle, middle).lightness() < 20
    assert image.pixelColor(middle, middle * 3 // 2).lightness() > 240
    assert board.minimumSizeHint().width() <= 256
    assert board.paper.heightForWidth(272) == 272


# --- the state --------------------------------------------------------------------------------------------

share = st.floats(0, 1)
points = st.lists(st.tuples(share, share) | st.tuples(share, share, share), min_size=1, max_size=4).map(tuple)
drawings = st.lists(st.tuples(st.floats(0.01, 0.25), st.booleans(), points), max_size=4).map(tuple)
states = st.builds(
    SourceState, st.just("drawing"), st.sampled_from(["", "dark", "light"]), strokes=drawings
) | (
    st.builds(
        SourceState,
        st.sampled_from(["sample", "file", "camera", "video", "preset"]),
        st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1),
        st.booleans(),
    )
)


@given(states)
def test_a_state_survives_json(state: SourceState) -> None:
    assert SourceState.from_json(json.loads(json.dumps(asdict(state)))) == state


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ([], "table of settings"),
        ({"kind": "carrier pigeon"}, "kind"),
        ({"kind": "file", "value": 7}, "value"),
        ({"kind": "file", "value": ""}, "has no name"),
        ({"kind": "file", "value": "a\0b"}, "character"),
        ({"frozen": "yes"}, "frozen"),
        ({"kind": "sample", "strokes": [[0.1, False, [[0, 0]]]]}, "cannot hold a drawing"),
        ({"kind": "drawing", "value": "red"}, "ink"),
        ({"kind": "drawing", "value": "", "strokes": [[0.1, False]]}, "strokes"),
        ({"kind": "drawing", "value": "", "strokes": [[0.1, False, []]]}, "Stroke 1 .* no points"),
        ({"kind": "drawing", "value": "", "strokes": [[0, False, [[0, 0]]]]}, "thickness"),
        ({"kind": "drawing", "value": "", "strokes": [[math.nan, False, [[0, 0]]]]}, "thickness"),
        ({"kind": "drawing", "value": "", "strokes": [[0.1, False, [[0, 0, 0, 0]]]]}, "point"),
        ({"kind": "drawing", "value": "", "strokes": [[0.1, False, [[math.inf, 0]]]]}, "point"),
        ({"kind": "drawing", "value": "", "strokes": [[0.1, False, [[0, 0]]]] * 5000}, "too long"),
    ],
)
def test_a_damaged_state_is_refused_with_a_sentence(data: object, words: str) -> None:
    with pytest.raises(UserError, match=words):
        SourceState.from_json(data)
