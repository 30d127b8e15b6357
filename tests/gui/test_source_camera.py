"""The picker of pictures: cameras that are asked for, lost, hidden and given back."""

from __future__ import annotations

import threading

import pytest
from PySide6.QtWidgets import QAbstractButton, QApplication
from pytestqt.qtbot import QtBot

from engine.errors import UserError
from engine.sources import CameraInfo
from gui.widgets.source_cameras import SessionConsent
from gui.widgets.source_picker import SourcePicker
from gui.widgets.source_state import SourceState
from tests.gui.source_picker_fixtures import (
    ASTRONAUT,
    CAT,
    Devices,
    FakeGrabber,
    Log,
    bridge,
    cameras,
    click,
    consent,
    devices,
    log,
    picker,
    shown,
)

__all__ = ["bridge", "cameras", "consent", "devices", "log", "picker", "shown"]

BRIO, BUILT_IN = CameraInfo(0, "BRIO"), CameraInfo(2, "Built-in camera")


def start_camera(
    picker: SourcePicker, consent: SessionConsent, cameras: list[CameraInfo], qtbot: QtBot
) -> None:
    cameras[:] = [BRIO, BUILT_IN]
    consent.camera_consent = True
    with qtbot.waitSignal(picker.frameChanged):
        click(picker, "camera")


# --- camera -----------------------------------------------------------------------------------------------


def test_without_a_camera_there_are_a_sentence_and_other_choices(
    shown: SourcePicker, log: Log, qtbot: QtBot
) -> None:
    click(shown, "camera")
    qtbot.waitUntil(lambda: "No camera was found" in shown.camera.sentence.text())
    assert shown.state == ASTRONAUT and log.problems == []
    others = shown.camera.others.findChildren(QAbstractButton)
    assert [button.text() for button in others] == ["Photos", "File", "Draw"]
    others[2].click()
    assert shown.kind_shown == "drawing" and log.states[-1].kind == "drawing"


def test_a_camera_plugged_in_later_is_found(
    shown: SourcePicker, cameras: list[CameraInfo], qtbot: QtBot
) -> None:
    click(shown, "camera")
    qtbot.waitUntil(lambda: not shown.camera.again_button.isHidden())
    cameras.append(BRIO)
    shown.camera.again_button.click()
    qtbot.waitUntil(lambda: shown.camera.name == "BRIO")


def test_the_camera_is_not_opened_before_the_person_agrees(
    shown: SourcePicker,
    log: Log,
    devices: Devices,
    cameras: list[CameraInfo],
    consent: SessionConsent,
    qtbot: QtBot,
) -> None:
    cameras[:] = [BRIO, BUILT_IN]
    click(shown, "camera")
    qtbot.waitUntil(lambda: not shown.camera.use_button.isHidden())
    shown.set_state(SourceState("camera", "BRIO"))  # not even for a restored session
    assert devices.opened == [] and "May ConvScope use your camera?" in shown.camera.sentence.text()
    assert log.states == [] and shown.state == ASTRONAUT
    shown.camera.device.combo.setCurrentIndex(1)
    assert devices.opened == []
    with qtbot.waitSignal(shown.frameChanged):
        shown.camera.use_button.click()
    assert consent.camera_consent and [what for what, _ in devices.opened] == [BUILT_IN]
    assert log.states[-1] == SourceState("camera", "Built-in camera")
    assert shown.live and log.live == [True] and shown.frames is not None
    qtbot.waitUntil(lambda: len(log.frames) >= 3)


def test_another_camera_of_the_list_replaces_the_first(
    shown: SourcePicker,
    log: Log,
    devices: Devices,
    cameras: list[CameraInfo],
    consent: SessionConsent,
    qtbot: QtBot,
) -> None:
    start_camera(shown, consent, cameras, qtbot)
    with qtbot.waitSignal(shown.stateChanged):
        shown.camera.device.combo.setCurrentIndex(1)
    assert [what for what, _ in devices.opened] == [BRIO, BUILT_IN]
    assert devices.opened[0][1].closed.is_set(), "the first was open while the second was opened"
    assert log.states[-1] == SourceState("camera", "Built-in camera")


def test_a_picture_that_was_scaled_down_is_said_to_be(
    shown: SourcePicker, cameras: list[CameraInfo], consent: SessionConsent, qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(FakeGrabber, "original", (1920, 1080))
    start_camera(shown, consent, cameras, qtbot)
    shown.camera.freeze_button.click()
    assert (
        shown.camera.stats.text().replace("\N{NO-BREAK SPACE}", " ")
        == "1920 × 1080 pixels, worked on at 8 × 6, standing still"
    )


def test_freezing_holds_the_picture_and_ends_live_jobs(
    shown: SourcePicker, log: Log, cameras: list[CameraInfo], consent: SessionConsent, qtbot: QtBot
) -> None:
    start_camera(shown, consent, cameras, qtbot)
    shown.camera.freeze_button.click()
    assert log.states[-1] == SourceState("camera", "BRIO", frozen=True)
    assert not shown.live and shown.frames is None and log.live == [True, False]
    assert shown.camera.freeze_button.isChecked()
    assert shown.camera.stats.text().replace("\N{NO-BREAK SPACE}", " ") == "8 × 6 pixels, standing still"
    shown.set_state(SourceState("camera", "BRIO"))
    assert shown.live and not shown.camera.freeze_button.isChecked()
    assert shown.camera.stats.text().endswith("frames a second")
    with qtbot.waitSignal(shown.frameChanged):
        log.frames.clear()


def test_a_camera_that_does_not_open_leaves_the_old_source(
    shown: SourcePicker,
    log: Log,
    devices: Devices,
    cameras: list[CameraInfo],
    consent: SessionConsent,
    qtbot: QtBot,
) -> None:
    cameras[:] = [BRIO]
    consent.camera_consent = True
    devices.failure = UserError("The camera BRIO did not open.", hint="Choose a photo.")
    before = shown.frame
    with qtbot.waitSignal(shown.problem) as said:
        click(shown, "camera")
    assert said.args == ["The camera BRIO did not open. Choose a photo."]
    assert shown.state == ASTRONAUT and shown.frame is before and log.states == []
    assert not shown.camera.use_button.isHidden(), "no way to try again"


def test_an_unplugged_camera_leaves_its_last_picture(
    shown: SourcePicker,
    log: Log,
    devices: Devices,
    cameras: list[CameraInfo],
    consent: SessionConsent,
    qtbot: QtBot,
) -> None:
    devices.ends_after = 3
    start_camera(shown, consent, cameras, qtbot)
    with qtbot.waitSignal(shown.problem) as said:
        pass
    assert said.args is not None and "unplugged" in said.args[0] and "The last picture stays." in said.args[0]
    assert shown.state == SourceState("camera", "BRIO", frozen=True) and not shown.live
    assert shown.frame is log.frames[-1]


def test_a_lost_camera_is_reconnected_by_its_button(
    shown: SourcePicker,
    log: Log,
    devices: Devices,
    cameras: list[CameraInfo],
    consent: SessionConsent,
    qtbot: QtBot,
) -> None:
    lost: list[str] = []
    shown.lostChanged.connect(lost.append)
    devices.ends_after = 3
    start_camera(shown, consent, cameras, qtbot)
    qtbot.waitUntil(lambda: lost == ["BRIO"])
    assert shown.lost == "BRIO" and not shown.camera.reconnect_button.isHidden()
    assert "BRIO has stopped" in shown.camera.sentence.text() and shown.camera.freeze_button.isHidden()
    cameras[:] = [BUILT_IN]
    with qtbot.waitSignal(shown.problem) as said:
        shown.camera.reconnect_button.click()
    assert said.args == ["The camera BRIO is not plugged in."]
    assert shown.lost == "BRIO" and shown.state == SourceState("camera", "BRIO", frozen=True)
    cameras[:] = [CameraInfo(7, "BRIO")]
    devices.ends_after = None
    with qtbot.waitSignal(shown.frameChanged):
        shown.camera.reconnect_button.click()
    assert devices.opened[-1][0] == CameraInfo(7, "BRIO"), "it may have another number by now"
    assert lost == ["BRIO", ""] and shown.live and shown.camera.reconnect_button.isHidden()


def test_another_source_forgets_the_lost_camera(
    shown: SourcePicker, devices: Devices, cameras: list[CameraInfo], consent: SessionConsent, qtbot: QtBot
) -> None:
    devices.ends_after = 3
    start_camera(shown, consent, cameras, qtbot)
    qtbot.waitUntil(lambda: shown.lost == "BRIO")
    with qtbot.waitSignal(shown.stateChanged):
        shown.pick(CAT)
    assert shown.lost == ""
    shown.reconnect()
    assert shown.state == CAT, "there is nothing to reconnect"


def test_a_restored_camera_that_is_not_plugged_in_is_said(
    shown: SourcePicker, log: Log, cameras: list[CameraInfo], consent: SessionConsent, qtbot: QtBot
) -> None:
    cameras[:] = [BRIO]
    consent.camera_consent = True
    with qtbot.waitSignal(shown.reverted) as changed:
        shown.set_state(SourceState("camera", "Old webcam"))
    assert changed.args == [ASTRONAUT] and log.problems == ["The camera Old webcam is not plugged in."]


def test_a_hidden_camera_is_given_back(
    shown: SourcePicker,
    log: Log,
    devices: Devices,
    cameras: list[CameraInfo],
    consent: SessionConsent,
    qtbot: QtBot,
) -> None:
    start_camera(shown, consent, cameras, qtbot)
    mailbox = shown.frames
    shown.set_active(False)
    assert devices.opened[0][1].closed.wait(2) and not shown.live and mailbox is not None and mailbox.closed
    QApplication.processEvents()
    log.frames.clear()
    with qtbot.waitSignal(shown.frameChanged):
        shown.set_active(True)
    assert len(devices.opened) == 2 and shown.live and log.states == [SourceState("camera", "BRIO")]


def test_another_source_gives_the_camera_back(
    shown: SourcePicker, log: Log, devices: Devices, cameras: list[CameraInfo], consent: SessionConsent, qtbot: QtBot
) -> None:  # fmt: skip
    start_camera(shown, consent, cameras, qtbot)
    with qtbot.waitSignal(shown.stateChanged):
        shown.pick(CAT)
    assert devices.opened[0][1].closed.wait(2) and not shown.live and log.live == [True, False]
    assert log.frames[-1].name == "Chelsea the cat"


def test_closing_twice_leaves_no_thread(
    shown: SourcePicker, cameras: list[CameraInfo], consent: SessionConsent, qtbot: QtBot
) -> None:
    start_camera(shown, consent, cameras, qtbot)
    shown.close()
    shown.close()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("capture")]
    shown.pick(CAT)
    assert shown.frames is None
