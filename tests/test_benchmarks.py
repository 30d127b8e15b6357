"""That every benchmark runs and says what it should; how fast anything is decides nothing here."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

from benchmarks import __main__ as command
from benchmarks import report
from benchmarks.measure import Row, interleaved, spread
from gui.theme import theme

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")  # before there is an application

EXPECTED = {
    "convolution": {"convolution/step", "convolution/sums_vs_loops", "convolution/sums_vs_torch"},
    "whole_image": {"whole_image/respond", "whole_image/end_to_end", "whole_image/floor"},
    "frames": {"frame/640x480", "frame/720p"},
    "live": {"live/delivered", "live/shown"},
    "timer_lateness": {"timer/busy_p99", "timer/busy_max", "timer/torch_import"},
    "click_to_paint": {f"{kind}/{case}" for kind in ("click", "hover") for case in ("6x6", "cs231n", "crop")},
    "shapes": {"shapes/course", "shapes/alexnet", "shapes/long"},
    "networks": {
        "networks/load lenet5-digits",
        "networks/load tinyvgg-cifar10",
        "networks/describe resnet50",
        "networks/live",
        "networks/what if",
        "networks/edit shown",
        "networks/pan",
    },
    "descriptors": {"descriptors/histogram", "descriptors/hog", "descriptors/hog 512"},
    "edges": {"edges/grid", "edges/angle", "edges/gabor", "edges/colour", "edges/gradient", "edges/compare"},
    "learned": {"learned/rate", "learned/angle", "learned/step", "learned/update"},
    "pooling": {"pooling/grid", "pooling/shift", "pooling/picture"},
    "channels": {"channels/mix", "channels/bottleneck", "channels/dense"},
    "signals": {"signals/signal", "signals/whole_signal", "signals/volume", "signals/whole_volume"},
    "mathematics": {f"mathematics/{view}" for view in ("sums", "laws", "filters", "adjoint", "fourier")},
    "inside_maps": {"maps/live alexnet", "maps/live squeezenet", "maps/painting", "maps/answer"},
    "inside_patches": {"patches/mining", "patches/lookup"},
    "inside_occlusion": {
        f"occlusion/{what} {net}" for what in ("sweep", "place") for net in ("tinyvgg", "squeezenet")
    },
    "faces": {"faces/live haar", "faces/identify"},
    "faces_page": {"faces_page/threshold", "faces_page/live frame"},
    "faces_threshold": {
        "faces_threshold/threshold, distances",
        "faces_threshold/threshold, many",
        "faces_threshold/threshold, people",
        "faces_threshold/map",
    },
    "style": {
        *(f"style/{what}" for what in ("iteration tinyvgg", "previews", "live frame")),
        *(f"style/time to loss{how}" for how in ("", ", one size")),
    },
    "style_page": {"style_page/slider", "style_page/first change"},
    "inside_units": {
        *(
            f"units/{way} {net}"
            for way in ("down", "up and down")
            for net in ("alexnet", "squeezenet", "resnet18")
        ),
        "units/answer",
    },
    "detection": {"darknet/yolov3-tiny", "darknet/yolov3-tiny bf16"},
    "live_detection": {"detection/after", "detection/live yolo-digits", "detection/timer"},
    "sliding": {f"sliding/{what}" for what in ("step", "fold", "size", "pass", "crops", "answer")},
    "scoring": {"grid/label", "grid/prediction", "grid/threshold", "scoring/threshold", "scoring/step"},
    "face_learning": {f"face_learning/{what}" for what in ("point", "margin", "moment", "gallery")},
    "boxes": {"boxes/target", "boxes/overlap", "boxes/landmarks"},
    "suppression": {
        *(f"suppression/{what}" for what in ("raw boxes", "threshold", "forty cards")),
        *(f"anchors/{what}" for what in ("cell", "k-means")),
    },
    "proposals": {f"proposals/{what}" for what in ("search", "step", "count", "shared pass")},
    "first_paint": {"start/app", "start/app_wall"},
}


@pytest.fixture(autouse=True)
def same_theme(qapp: QApplication) -> Iterator[None]:
    """Benchmarks put a theme in force; the tests after them get the one there was, and event loops that run."""
    before = theme.scheme, qapp.styleSheet(), qapp.palette(), qapp.font()
    yield
    loop = QEventLoop()
    QTimer.singleShot(0, loop.quit)
    assert loop.exec() == 0, "the application was told to quit: no test after this one has an event loop"
    theme.set_reduced_motion(None)
    if before[1]:
        theme.apply(before[0])
    else:
        qapp.setStyleSheet(before[1])
        qapp.setPalette(before[2])
        qapp.setFont(before[3])


def test_all_benchmarks_are_known_here() -> None:
    assert set(EXPECTED) == set(command.NAMES)


@pytest.mark.parametrize("name", command.NAMES)
def test_a_benchmark_yields_positive_numbers(name: str) -> None:
    rows: list[Row] = import_module(f"benchmarks.{name}").measure(quick=True)
    assert {row.name for row in rows} == EXPECTED[name]
    for row in rows:
        figures = {"value": row.value, **row.details}
        # A timer may be in time; everything else takes some.
        low = 0.0 if name in ("timer_lateness", "live_detection") else 1e-12
        assert all(math.isfinite(v) and v >= low for v in figures.values()), (row.name, figures)
        assert row.unit in ("ms", "x")


def test_interleaved_calls_every_job_in_every_round() -> None:
    calls: list[str] = []
    medians = interleaved(
        {"a": lambda: calls.append("a"), "b": lambda: calls.append("b")}, rounds=2, repeat={"b": 3}
    )
    assert "".join(calls) == "ab" + 2 * "abbb"
    assert set(medians) == {"a", "b"}


def test_the_spread_of_a_distribution() -> None:
    found = spread([n / 1000 for n in range(101)])
    assert found == pytest.approx({"p50_ms": 50.0, "p99_ms": 99.0, "max_ms": 100.0, "samples": 101.0})


def test_a_target_is_a_ceiling_or_a_floor() -> None:
    assert Row("a", "", 1.0, "x", target=1.0).met is True
    assert Row("a", "", 1.1, "x", target=1.0).met is False
    assert Row("a", "", 1.1, "x", target=1.0, at_least=True).met is True
    assert Row("a", "", 1.1, "x").met is None


def test_the_table_and_the_file_say_the_same(tmp_path: Path) -> None:
    rows = [
        Row("a/fast", "one thing", 1 / 180, "x", "another", target=1 / 150, details={"ours_ms": 0.2}),
        Row("b/slow", "a third", 17.3, "ms", target=16.0),
    ]
    lines = report.table(rows).splitlines()
    assert lines[2].split()[:7] == ["a/fast", "1/180", "x", "<=", "1/150", "x", "met"]
    assert lines[3].split()[:7] == ["b/slow", "17.3", "ms", "<=", "16.0", "ms", "MISSED"]
    report.write(rows, report.machine(), tmp_path / "results.json")
    data = json.loads((tmp_path / "results.json").read_text("utf-8"))
    assert [(r["name"], r["value"], r["met"]) for r in data["results"]] == [
        ("a/fast", 1 / 180, True),
        ("b/slow", 17.3, False),
    ]
    assert {"date", "machine", "versions"} <= set(data)
    assert {"python", "torch", "numpy", "PySide6-Essentials"} <= set(data["versions"])


def test_an_unknown_benchmark_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as refused:
        command.main(["speed"])
    assert refused.value.code == 2
    assert "there is no benchmark speed" in capsys.readouterr().err
