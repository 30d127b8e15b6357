"""The classification page: first visit, drawing, nets, state, exports."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QPushButton, QWidget

from engine.errors import UserError
from gui import export
from gui.pages import verbs as page_verbs
from gui.pages.classify.drawings import FIVE, THREE
from gui.pages.classify.exports import ClassifyExports
from gui.pages.classify.page import ClassifyPage
from gui.pages.classify.state import DIGITS_NET, PHOTO_NET, ClassifyState, unedited, with_source
from gui.state import from_json, to_json
from gui.theme import Scheme, theme
from gui.widgets.source_state import SourceState
from tests.gui import classify_fixtures
from tests.gui.classify_fixtures import (
    CAT,
    LABELS,
    NETS,
    LeftButton,
    NoModifier,
    OpenPage,
    at,
    drag,
    expected,
    open_page,
    page,
    photo,
    shown,
    status,
)
from tests.gui.page_fixtures import process_events
from tests.gui.window_fixtures import calm, pixels_of

__all__ = ["calm", "open_page", "page", "photo"]


class TestFirstVisit:
    def test_a_drawn_digit_is_answered_at_once(self, page: ClassifyPage) -> None:
        assert page.state.weights == DIGITS_NET and page.state.source.strokes == FIVE
        assert len(page.stage.bars.bars) == 5 and not page.stage.bars.stale
        assert shown(page) == expected(page)
        assert page.stage.seen.view.picture_size == (32, 32)
        assert "1,024 numbers" in page.stage.seen.caption.text()
        assert page.tour_ready() and not page.stepper.isVisible()
        assert not page.stage.suggest.isVisible()

    def test_there_is_no_run_button(self, page: ClassifyPage) -> None:
        names = {button.text().casefold() for button in page.findChildren(QPushButton)}
        assert not names & {"run", "classify", "go", "start"}

    def test_the_nets_that_are_here(self, page: ClassifyPage) -> None:
        combo = page.panel.nets.combo
        assert [combo.itemText(i) for i in range(combo.count())] == ["Digits", "Photos"]
        assert "98.8 %" in page.panel.about.text() and "MIT" in page.panel.about.text()
        assert page.panel.more.isVisible() and page.panel.more.toolTip().startswith("1 net can")
        net = page.details.net.texts()
        assert net["parameters"] == "61,706" and net["architecture"] == "LeNet-5, modern form"
        assert net["licence"] == "MIT" and net["file"] == "250 kB"

    def test_everything_has_an_accessible_name(self, page: ClassifyPage) -> None:
        tools = page.stage.tools
        widgets: list[QWidget] = [
            page.stage.picture, page.stage.seen.view, page.stage.bars, page.panel.nets.combo, tools.size_slider,
            tools.angle_slider, tools.reset, tools.whole, tools.straight, page.panel.compare,
        ]  # fmt: skip
        assert all(widget.accessibleName() for widget in widgets)

    def test_how_sure(self, page: ClassifyPage) -> None:
        answer = page.answer
        assert answer is not None
        p = answer.probabilities.astype(float)
        bits = -sum(float(x) * np.log2(float(x)) for x in p)
        texts = page.details.sure.texts()
        assert texts["entropy"] == f"{bits:.2f} of {np.log2(7):.2f} bits"
        assert texts["as unsure as between"] == f"{2**bits:.1f} classes"
        assert "one of its 7 classes" in page.details.honest.text()


class TestDrawing:
    def test_a_stroke_on_the_stage_is_answered_while_it_grows(self, page: ClassifyPage) -> None:
        before, spy = shown(page), QSignalSpy(page._answers.answered)
        drag(page.stage.picture, (0.1, 0.9), (0.5, 0.92), (0.9, 0.9), release=False)
        assert spy.count() >= 3 and shown(page) != before, "live, with the button down"
        assert page.state.source.strokes == FIVE, "the state waits until the hand lets go"
        QTest.mouseRelease(page.stage.picture, LeftButton, NoModifier, at(page.stage.picture, 0.9, 0.9))
        process_events()
        thickness, erases, points = page.state.source.strokes[-1]
        assert len(page.state.source.strokes) == 3 and thickness == page.state.pen and not erases
        assert points[0] == pytest.approx((0.1, 0.9), abs=0.01) and points[-1] == pytest.approx(
            (0.9, 0.9), abs=0.01
        )
        assert shown(page) == expected(page) and not page.stage.bars.stale
        assert page.picker.board.strokes == page.state.source.strokes, "the board in the panel follows"
        page.undo()
        process_events()
        assert page.state.source.strokes == FIVE and shown(page) == before

    def test_esc_gives_a_stroke_up(self, page: ClassifyPage) -> None:
        before = shown(page)
        drag(page.stage.picture, (0.1, 0.9), (0.9, 0.9), release=False)
        assert shown(page) != before
        QTest.keyClick(page.stage.picture, Qt.Key.Key_Escape)
        QTest.mouseRelease(page.stage.picture, LeftButton, NoModifier, at(page.stage.picture, 0.9, 0.9))
        process_events()
        assert page.state.source.strokes == FIVE and shown(page) == before
        assert not page.history.can_undo and not page.stage.bars.stale

    def test_the_board_draws_on_the_stage(self, page: ClassifyPage) -> None:
        page.picker.board.clear()
        process_events()
        assert page.state.source.strokes == ()
        assert page.stage.bars.bars == () and "Nothing is drawn yet." in page.stage.bars.empty_text
        assert not page.stage.bars.stale and page.stage.picture.frame is not None
        assert page.stage.seen.view.picture_size == (0, 0)
        page.undo()
        process_events()
        assert len(page.stage.bars.bars) == 5

    def test_the_eraser_takes_ink_away(self, page: ClassifyPage) -> None:
        page.stage.tools.pens.button("erase").click()
        assert page.state.erase and not page.history.can_undo
        drag(page.stage.picture, (0.3, 0.5), (0.7, 0.5))
        assert page.state.source.strokes[-1][1] is True
        page.stage.tools.pens.button("ink").click()
        assert not page.state.erase

    def test_the_pen_has_a_size(self, page: ClassifyPage) -> None:
        page.stage.tools.size_slider.setValue(120)
        assert page.state.pen == 0.12 and page.state.brush == ClassifyState().brush
        QTest.keyClick(page.stage.picture, Qt.Key.Key_BracketRight)
        assert page.state.pen == pytest.approx(0.138)
        QTest.keyClick(page.stage.picture, Qt.Key.Key_BracketLeft)
        assert page.state.pen == pytest.approx(0.12, abs=1e-3)

    def test_there_is_one_paper_and_one_pen(self, page: ClassifyPage) -> None:
        board = page.picker.board
        assert board.isVisible() and "middle of the page" in board.hint.text()
        assert not board.paper.isVisible() and not board.slider.isVisible()
        assert board.ink_button.isVisible() and board.clear_button.isVisible()

    def test_blank_paper_invites(self, page: ClassifyPage) -> None:
        stage = page.stage.picture
        assert stage.invitation == ""
        page.picker.board.clear()
        process_events()
        assert "Draw a digit here" in stage.accessibleDescription()
        for ink in ("dark", "light"):
            page.picker.board.set_ink(ink)
            process_events()
            with_words = pixels_of(stage.grab(stage.area().toRect()).toImage())
            assert with_words.min() < 110 and with_words.max() > 140, "words stand out from the paper"
        drag(stage, (0.3, 0.3), (0.6, 0.6), release=False)
        assert stage.invitation == "", "the first stroke needs the room"
        QTest.keyClick(stage, Qt.Key.Key_Escape)
        assert stage.invitation == "Draw a digit here"

    def test_the_comparison_waits_for_something_to_compare(self, page: ClassifyPage) -> None:
        assert not page.panel.compare.isEnabled()
        assert page.panel.compare.toolTip().startswith("Crop or turn the drawing")
        page.change(replace(page.state, angle=20.0))
        assert page.panel.compare.isEnabled() and "before the picture" in page.panel.compare.toolTip()
        page.change(replace(page.state, angle=0.0, source=CAT))
        process_events()
        assert not page.panel.compare.isEnabled() and "paint over" in page.panel.compare.toolTip()

    def test_delete_clears_an_unedited_drawing(self, page: ClassifyPage) -> None:
        assert page.stage.tools.reset.toolTip().startswith("Clear the paper")
        page.stage.picture.setFocus()
        QTest.keyClick(page.stage.picture, Qt.Key.Key_Delete)
        process_events()
        assert page.state.source.strokes == () and not page.stage.tools.reset.isEnabled()


class TestNets:
    def test_a_photo_before_a_digit_net_is_no_dead_end(self, page: ClassifyPage) -> None:
        page.picker.pick(CAT)
        process_events()
        assert page.state.weights == DIGITS_NET, "suggested, never forced"
        assert page.stage.suggest.isVisible() and page.stage.suggest.text() == "Use Photos"
        page.stage.suggest.click()
        process_events()
        assert page.state.weights == PHOTO_NET and not page.stage.suggest.isVisible()
        assert shown(page) == expected(page)
        page.undo()
        assert page.state.weights == DIGITS_NET

    def test_a_drawing_before_a_photo_net(self, page: ClassifyPage) -> None:
        page.panel.nets.combo.setCurrentIndex(1)
        process_events()
        assert page.state.weights == PHOTO_NET
        assert page.stage.suggest.isVisible() and page.stage.suggest.text() == "Use Digits"
        assert not page.stage.suggest.property("primary"), "there is an answer, too"

    def test_weights_that_are_not_here(self, open_page: OpenPage) -> None:
        page = open_page(state=replace(ClassifyState(), weights="alexnet-imagenet", source=CAT))
        assert page.stage.bars.bars == ()
        assert "are not here" in page.stage.bars.empty_text and "page Weights" in page.stage.bars.empty_text
        assert page.panel.nets.combo.itemText(0) == "AlexNet (not here)"
        assert "not on this computer" in page.panel.about.text()
        assert page.stage.suggest.text() == "Use Photos" and page.stage.suggest.isVisible()
        assert page.stage.suggest.property("primary") and not page.stage.bars.stale

    def test_words_of_a_foreign_file_are_shown_as_they_are(
        self, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        foreign = "<b>Cats</b> & dogs"
        own = status("own", foreign, "tinyvgg", "imported", source=foreign)
        monkeypatch.setattr(classify_fixtures, "NETS", (own,))
        page = open_page(state=replace(ClassifyState(), weights="own"))
        page.panel.nets.combo.setCurrentIndex(0)
        about = page.panel.about
        assert about.text() == foreign and about.textFormat() is Qt.TextFormat.PlainText
        tip = page.panel.nets.combo.itemData(0, Qt.ItemDataRole.ToolTipRole)
        assert "&lt;b&gt;Cats&lt;/b&gt; &amp; dogs" in tip
        page.change(replace(page.state, weights=DIGITS_NET, source=CAT))
        assert page.stage.suggest.text() == "Use <b>Cats</b> && dogs"

    def test_the_list_is_read_again_when_the_page_comes_back(
        self, page: ClassifyPage, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        own = status("imported/own", "My own", "tinyvgg", "imported")
        page.deactivated()
        monkeypatch.setattr(classify_fixtures, "NETS", (*NETS, own))
        page.activated()
        process_events()
        combo = page.panel.nets.combo
        assert [combo.itemText(i) for i in range(combo.count())] == ["Digits", "Photos", "My own"]

    def test_the_way_to_the_page_weights(self, page: ClassifyPage) -> None:
        asked = QSignalSpy(page.pageAsked)
        page.panel.more.click()
        assert asked.count() == 1 and asked.at(0) == ["weights", {}]


class TestState:
    def test_to_json_and_back(self) -> None:
        state = ClassifyState(
            PHOTO_NET, CAT, (0.1, 0.2, 0.8, 0.9), -20.0, ((0.1, ((0.5, 0.5), (0.6, 0.6))),), "white", 0.1, 0.05, True,
            "crop", False, True,
        )  # fmt: skip
        assert from_json(ClassifyState, json.loads(json.dumps(to_json(state)))).validated() == state

    @pytest.mark.parametrize(
        "changes",
        [
            {"weights": ""}, {"crop": (0.5, 0.0, 0.4, 1.0)}, {"crop": (0.0, 0.0, float("nan"), 1.0)},
            {"angle": 181.0}, {"angle": float("nan")}, {"brush": 0.0}, {"brush": 0.9}, {"pen": 0.9},
            {"strokes": ((0.5, ((0.5, 0.5),)),)}, {"strokes": ((0.1, ()),)},
            {"strokes": ((0.1, ((9.0, 0.5),)),)}, {"strokes": ((0.1, ((0.5, 0.5),)),) * 401},
        ],
        ids=str,
    )  # fmt: skip
    def test_what_cannot_be_is_refused(self, changes: dict[str, Any]) -> None:
        with pytest.raises(UserError):
            replace(ClassifyState(), **changes).validated()

    def test_edits_belong_to_their_picture(self) -> None:
        state = replace(ClassifyState(source=CAT), angle=5.0)
        assert not with_source(state, SourceState("sample", "coffee")).edited
        assert with_source(state, replace(CAT)).edited
        camera = replace(state, source=SourceState("camera", "c"))
        assert with_source(camera, SourceState("camera", "c", frozen=True)).edited
        drawing = replace(ClassifyState(), angle=5.0)
        assert with_source(drawing, SourceState("drawing", "dark", strokes=THREE)).edited
        assert unedited(drawing).source == drawing.source

    def test_every_tour_stop_is_shown(self, page: ClassifyPage) -> None:
        stops = page.tour()
        assert 5 <= len(stops) <= 6 and len({stop.name for stop in stops}) == len(stops)
        for stop in stops:
            page.change(stop.state)
            process_events()
            assert page.state == stop.state.validated(), stop.name
            assert page.tour_ready() and page.stage.bars.bars, stop.name


class TestExports:
    def test_the_table(self, photo: ClassifyPage) -> None:
        header, rows = ClassifyExports(photo).table()
        answer = photo.answer
        assert answer is not None and answer.logits is not None
        assert header == ["index", "class", "probability", "logit"] and len(rows) == 7
        assert [row[2] for row in rows] == sorted((row[2] for row in rows), reverse=True)  # type: ignore[type-var]
        for index, label, probability, logit in rows:
            assert LABELS[index] == label  # type: ignore[call-overload]
            assert (probability, logit) == (answer.probabilities[index], answer.logits[index])  # type: ignore[call-overload]
        photo.change(replace(photo.state, angle=20.0))
        process_events()
        assert ClassifyExports(photo).table()[0][-1] == "before the edits"
        assert export.table_csv(*ClassifyExports(photo).table()).count("\n") == 8

    def test_pictures(self, photo: ClassifyPage, tmp_path: Path) -> None:
        exports = ClassifyExports(photo)
        assert export.save_png(exports.picture(), tmp_path / "a.png").stat().st_size > 10_000
        text = export.save_svg(exports.picture(), tmp_path / "a.svg").read_text(encoding="utf-8")
        assert "bright" in text or "light" in text or "middling" in text, "names stay text"
        export.save_pdf(exports.picture(), tmp_path / "a.pdf", "Classify", exports.caption)
        assert photo.answer is not None and photo.answer.guesses[0].label in exports.caption

    def test_the_verbs(self, photo: ClassifyPage) -> None:
        titles = [verb.title for verb in photo.verbs()]
        for part in ("PNG", "SVG", "PDF", "CSV", "PyTorch", "Copy view"):
            assert any(part in title for title in titles), part
        assert isinstance(ClassifyExports(photo), page_verbs.HasTable)
        assert isinstance(ClassifyExports(photo), page_verbs.HasScript)

    def test_the_script_is_python_with_the_pixels_in_it(self, photo: ClassifyPage) -> None:
        script = ClassifyExports(photo).script()
        compile(script, "script", "exec")
        assert "build('tinyvgg', 'net.safetensors')" in script and "agrees with ConvScope" in script


@pytest.mark.parametrize("size", [(1300, 850), (820, 560)])
@pytest.mark.parametrize("scheme", [Scheme.LIGHT, Scheme.DARK])
def test_nothing_is_cut_off(open_page: OpenPage, size: tuple[int, int], scheme: Scheme) -> None:
    theme.apply(scheme)
    page = open_page(size=size, state=replace(ClassifyState(), weights=PHOTO_NET, source=CAT, angle=15.0))
    stage = page.stage
    for widget in (stage.picture, stage.seen, stage.bars, stage.tools):
        box = QRectF(widget.rect()).translated(widget.mapTo(stage, QPointF(0, 0)))
        assert QRectF(stage.rect()).contains(box), widget.accessibleName()
    assert stage.picture.height() > 120 and stage.seen.view.height() >= 96
    assert stage.bars.height() == stage.bars.sizeHint().height()
    shown_here = stage.seen.steps.isVisible()
    assert page.details._sections["How the input was made"].isHidden() == shown_here
