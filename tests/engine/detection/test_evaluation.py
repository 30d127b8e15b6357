"""Verdicts, curves and average precision: by hand, by a slow loop, by torch and by pycocotools; pages; folders."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Generator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from engine.context import Context
from engine.detection.evaluation import evaluate
from engine.detection.evaluation.check import check
from engine.detection.evaluation.curves import THRESHOLDS, Curve, How, curve, curve_of, mean, table
from engine.detection.evaluation.digit_pages import SIDE, compose, written
from engine.detection.evaluation.judging import Overlaps, judge
from engine.detection.evaluation.requests import (
    CheckScores,
    Evaluated,
    EvaluateFolder,
    EvaluatePages,
    PageRead,
    ReadPage,
)
from engine.detection.requests import DetectPicture
from engine.detection.scoring import Found, Truth, average_precision
from engine.errors import UserError
from engine.images import Frame
from engine.jobs import Partial


def found(*rows: tuple[float, float, float, float, float, int]) -> Found:
    values = np.array(rows, np.float64).reshape(-1, 6)
    return Found(values[:, :4], values[:, 4], values[:, 5].astype(np.int64))


def truth(*rows: tuple[float, float, float, float, int]) -> Truth:
    values = np.array(rows, np.float64).reshape(-1, 5)
    return Truth(values[:, :4], values[:, 4].astype(np.int64))


THINGS = (truth((0, 0, 10, 10, 0), (20, 0, 30, 10, 1)), truth((0, 0, 10, 10, 0)))
FINDS = (
    found(
        (0, 0, 10, 10, 0.9, 0),  # right
        (0, 0, 10, 8, 0.7, 0),  # a second one of the same thing
        (20, 0, 30, 10, 0.6, 0),  # class 0 where there is a thing of class 1
        (50, 50, 60, 60, 0.5, 0),  # nothing there
    ),
    found((5, 0, 15, 10, 0.8, 0), (0, 0, 10, 5, 0.4, 0)),  # IoU 1/3; IoU 1/2 exactly
)


def test_every_verdict_says_why() -> None:
    verdicts = judge(Overlaps.of(FINDS, THINGS), 0, 0.5)
    assert [(v.picture, v.number, v.why, v.truth) for v in verdicts] == [
        (0, 0, "right", 0), (1, 0, "too little", 0), (0, 1, "duplicate", 0), (0, 2, "wrong class", 1),
        (0, 3, "nothing", -1), (1, 1, "right", 0),
    ]  # fmt: skip
    assert [round(v.iou, 6) for v in verdicts] == [1, 0.333333, 0.8, 1, 0, 0.5]
    assert [v.score for v in verdicts] == [0.9, 0.8, 0.7, 0.6, 0.5, 0.4]


def test_an_iou_of_exactly_the_threshold_counts_as_right() -> None:
    overlaps = Overlaps.of(FINDS, THINGS)
    assert judge(overlaps, 0, 0.5)[-1].right and not judge(overlaps, 0, 0.51)[-1].right


def test_a_find_takes_the_thing_that_is_free_and_nearest() -> None:
    overlaps = Overlaps.of(
        [found((0, 0, 10, 10, 0.9, 0), (1, 0, 11, 10, 0.8, 0))], [truth((0, 0, 10, 10, 0), (2, 0, 12, 10, 0))]
    )
    assert [(v.why, v.truth) for v in judge(overlaps, 0, 0.5)] == [("right", 0), ("right", 1)]


def test_precision_recall_and_the_three_areas_by_hand() -> None:
    made = curve([True, False, True, True, False], 4)
    np.testing.assert_allclose(made.precision, [1, 1 / 2, 2 / 3, 3 / 4, 3 / 5])
    np.testing.assert_allclose(made.recall, [0.25, 0.25, 0.5, 0.75, 0.75])
    np.testing.assert_allclose(made.envelope, [1, 0.75, 0.75, 0.75, 0.6])
    assert made.area("all") == pytest.approx(0.25 * (1 + 0.75 + 0.75))
    assert made.area("11") == pytest.approx((3 * 1 + 5 * 0.75) / 11)  # recalls 0 to 0.2, then 0.3 to 0.7
    assert made.area("101") == pytest.approx((26 * 1 + 50 * 0.75) / 101)
    recall, height = made.corners()
    np.testing.assert_allclose(recall, [0, 0.25, 0.25, 0.5, 0.5, 0.75])
    np.testing.assert_allclose(height, [1, 1, 0.75, 0.75, 0.75, 0.75])
    assert np.trapezoid(height, recall) == pytest.approx(made.area("all"))


def test_nothing_found_is_zero_and_nothing_there_is_no_number() -> None:
    nothing: list[bool] = []
    for how in ("all", "11", "101"):
        assert curve(nothing, 3).area(how) == 0 and np.isnan(curve([False], 0).area(how))
        assert curve([False, False], 3).area(how) == 0 and curve([True] * 3, 3).area(how) == 1
    assert len(curve(nothing, 3).corners()[0]) == 0
    assert np.isnan(mean([float("nan")])) and mean([1.0, float("nan"), 0.0]) == 0.5


def slow_area(right: list[bool], total: int, how: How) -> float:
    """Straight from the definitions: the largest precision among all prefixes that reach a recall."""
    points = [(sum(right[: n + 1]) / total, sum(right[: n + 1]) / (n + 1)) for n in range(len(right))]

    def best(recall: float) -> float:
        return max((p for r, p in points if r >= recall), default=0.0)

    if how == "all":
        return sum(best((hit + 1) / total) for hit in range(sum(right))) / total
    wanted = [k / 10 for k in range(11)] if how == "11" else np.linspace(0, 1, 101).tolist()
    return float(np.mean([best(recall) for recall in wanted]))


@given(st.lists(st.booleans(), max_size=30), st.integers(0, 20), st.sampled_from(["all", "11", "101"]))
def test_areas_agree_with_the_definition(right: list[bool], more: int, how: How) -> None:
    total = max(sum(right) + more, 1)
    assert curve(right, total).area(how) == pytest.approx(slow_area(right, total, how), abs=1e-12)


numbers = st.integers(0, 12)
box = st.tuples(numbers, numbers, st.integers(1, 8), st.integers(1, 8))
thing = st.tuples(box, st.integers(0, 2))
find = st.tuples(box, st.integers(0, 2), st.integers(0, 20))
pictures = st.lists(
    st.tuples(st.lists(thing, max_size=5), st.lists(find, max_size=8)), min_size=1, max_size=3
)


def sets(drawn: Any) -> tuple[list[Found], list[Truth]]:
    """Finds and things with whole corners and coarse scores, so that ties of both kinds come up."""
    finds = [found(*((x, y, x + w, y + h, s / 20, k) for (x, y, w, h), k, s in some)) for _, some in drawn]
    things = [truth(*((x, y, x + w, y + h, k) for (x, y, w, h), k in some)) for some, _ in drawn]
    return finds, things


@settings(deadline=None)
@given(pictures, st.sampled_from([0.1, 0.5, 0.75]))
def test_every_class_agrees_with_the_plain_function(drawn: Any, least: float) -> None:
    finds, things = sets(drawn)
    values = table(Overlaps.of(finds, things), 3, "all", [least])[:, 0]
    for kind in range(3):
        np.testing.assert_allclose(values[kind], average_precision(finds, things, kind, least), atol=1e-12)


@settings(deadline=None, max_examples=20)
@given(pictures, st.sampled_from([0.1, 0.5, 0.75]), st.sampled_from(["all", "11", "101"]))
def test_torch_says_the_same(drawn: Any, least: float, how: How) -> None:
    finds, things = sets(drawn)
    values = table(Overlaps.of(finds, things), 3, how, [least])[:, 0]
    request = CheckScores(tuple(finds), tuple(things), values, least, how)
    result = run(check(request, Context()))[1]
    assert result.agrees, result
    if np.isfinite(values).any():
        assert not run(check(replace(request, values=values + 0.01), Context()))[1].agrees


def coco_precision(finds: list[Found], things: list[Truth], classes: int) -> np.ndarray:
    """float64[classes, thresholds] as pycocotools computes it (Lin et al. 2014), NaN where a class is nowhere."""
    from pycocotools.coco import COCO
    from pycocotools.cocoeval import COCOeval

    annotations = [
        {"image_id": i, "category_id": int(k), "bbox": _xywh(b), "area": float(_xywh(b)[2] * _xywh(b)[3]), "iscrowd": 0}
        for i, t in enumerate(things) for b, k in zip(t.boxes, t.classes, strict=True)
    ]  # fmt: skip
    for number, one in enumerate(annotations, start=1):
        one["id"] = number
    results = [
        {"image_id": i, "category_id": int(k), "bbox": _xywh(b), "score": float(s)}
        for i, f in enumerate(finds) for b, k, s in zip(f.boxes, f.classes, f.scores, strict=True)
    ]  # fmt: skip
    with contextlib.redirect_stdout(io.StringIO()):
        there = COCO()
        there.dataset = {
            "info": {}, "images": [{"id": i} for i in range(len(things))], "annotations": annotations,
            "categories": [{"id": kind} for kind in range(classes)],
        }  # fmt: skip
        there.createIndex()
        said = there.loadRes(results) if results else COCO()
        evaluation = COCOeval(there, said, "bbox")
        evaluation.params.imgIds = list(range(len(things)))
        evaluation.params.catIds = list(range(classes))
        evaluation.evaluate()
        evaluation.accumulate()
    precision = evaluation.eval["precision"][:, :, :, 0, -1]  # thresholds, recalls, classes
    values = precision.mean(1).T
    return np.where(values < 0, np.nan, values)


def _xywh(corners: np.ndarray) -> list[float]:
    x1, y1, x2, y2 = (float(value) for value in corners)
    return [x1, y1, x2 - x1, y2 - y1]


@pytest.mark.parametrize("seed", range(6))
def test_the_101_recalls_agree_with_pycocotools(seed: int) -> None:
    draw = np.random.default_rng(seed)
    things, finds = [], []
    for _ in range(6):
        corner, sides = draw.uniform(0, 80, (7, 2)), draw.uniform(8, 40, (7, 2))
        kinds = draw.integers(0, 3, 7)
        there = np.concatenate([corner, corner + sides], 1)
        things.append(Truth(there, kinds))
        again = draw.integers(0, 7, 14)  # near a thing, sometimes twice, sometimes under another name
        boxes = there[again] + draw.normal(0, 3, (14, 4)) * draw.integers(0, 2, (14, 1))
        named = np.where(draw.random(14) < 0.8, kinds[again], draw.integers(0, 3, 14))
        finds.append(Found(boxes, draw.random(14).round(2), named))
    ours = table(Overlaps.of(finds, things), 4, "101")
    theirs = coco_precision(finds, things, 4)
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-12)
    assert np.isnan(ours[3]).all() and 0.1 < mean(ours) < 0.95


# --- pages --------------------------------------------------------------------------------------------------------


def bars() -> tuple[np.ndarray, np.ndarray]:
    digits = np.zeros((10, 8, 8))
    for kind in range(10):
        digits[kind, 1:7, 2 : 4 + kind % 3] = 16
    return digits, np.arange(10)


def test_a_page_is_the_same_every_time_and_its_boxes_hold_the_ink() -> None:
    digits, labels = bars()
    page, again, other = (compose(n, digits, labels) for n in (3, 3, 4))
    np.testing.assert_array_equal(page.pixels, again.pixels)
    assert not np.array_equal(page.pixels, other.pixels)
    assert page.pixels.shape == (SIDE, SIDE, 3) and not page.pixels.flags.writeable
    assert len(page.boxes) == len(page.kinds) >= 4
    assert (page.boxes >= 0).all() and (page.boxes <= SIDE).all()
    for x1, y1, x2, y2 in page.boxes.astype(int).tolist():
        assert page.pixels[y1:y2, x1:x2].min() < page.pixels.mean() - 40


def test_a_written_digit_is_cut_to_its_ink() -> None:
    mask = written(bars()[0][2], 40, 12.0)
    assert mask.dtype == np.float32 and mask.min() >= 0 and mask.max() == 1
    for edge in (mask[0], mask[-1], mask[:, 0], mask[:, -1]):
        assert edge.max() > 0.3


# --- the handlers -------------------------------------------------------------------------------------------------


def run(steps: Generator[Any, None, Any]) -> tuple[list[Any], Any]:
    partials = []
    while True:
        try:
            step = next(steps)
        except StopIteration as stop:
            return partials, stop.value
        if isinstance(step, Partial):
            partials.append(step.value)


def test_the_bundled_detector_reads_pages_of_digits() -> None:
    partials, result = run(evaluate.pages(EvaluatePages(2), Context()))
    assert isinstance(result, Evaluated) and result.complete and [len(p.frames) for p in partials] == [1]
    assert result.classes == tuple("0123456789") and result.title == "2 pages of digits"
    values = table(result.overlaps(), 10, "all")
    assert mean(values[:, 0]) > 0.7 and mean(values) < mean(values[:, 0])
    request = CheckScores(result.found, result.truth, values[:, 0], THRESHOLDS[0], "all")
    assert run(check(request, Context()))[1].agrees
    np.testing.assert_allclose(
        table(result.overlaps(), 10, "101"),
        coco_precision(list(result.found), list(result.truth), 10),
        atol=1e-12,
    )
    with pytest.raises(UserError, match="1 and 24"):
        run(evaluate.pages(EvaluatePages(0), Context()))


def test_a_page_is_read_cell_by_cell() -> None:
    _, page = run(evaluate.read_page(ReadPage(2), Context()))
    assert isinstance(page, PageRead) and page.annotated.raw is not None
    assert len(page.annotated.raw.boxes) == 20 * 20 * 3 and len(page.boxes) == len(page.kinds) > 4
    own = Frame(np.full((90, 160, 3), 255, np.uint8), "white")
    _, page = run(evaluate.read_page(ReadPage(0, own), Context()))
    assert page.frame is own and not len(page.kinds) and not len(page.annotated.found.scores)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two pages of digits with YOLO labels, one file that is no picture."""
    from sklearn.datasets import load_digits

    digits = load_digits()
    for number in (0, 1):
        page = compose(number, digits.images, digits.target)
        Image.fromarray(page.pixels).resize((800, 800)).save(tmp_path / f"{number}.png")
        lines = []
        for (x1, y1, x2, y2), kind in zip(page.boxes / SIDE, page.kinds, strict=True):
            lines.append(f"{kind} {(x1 + x2) / 2:.6f} {(y1 + y2) / 2:.6f} {x2 - x1:.6f} {y2 - y1:.6f}")
        (tmp_path / f"{number}.txt").write_text("\n".join(lines))
    (tmp_path / "classes.txt").write_text("\n".join("0123456789"))
    return tmp_path


def test_a_folder_is_scored_like_the_pages_themselves(folder: Path) -> None:
    _, result = run(evaluate.folder(EvaluateFolder(folder, "yolo-digits"), Context()))
    assert result.complete and result.frames[0].width == 640 and result.note == ""
    _, pages = run(evaluate.pages(EvaluatePages(2), Context()))
    for mine, theirs in zip(result.truth, pages.truth, strict=True):
        np.testing.assert_allclose(mine.boxes, theirs.boxes * 2, atol=1e-3)
    assert mean(table(result.overlaps(), 10, "all")[:, 0]) > 0.7


def test_what_a_folder_lacks_is_said(folder: Path) -> None:
    Image.new("RGB", (64, 64), "white").save(folder / "bad.png")
    (folder / "bad.txt").write_text("0 0.5 0.5 0.2 0.2")
    content = (folder / "bad.png").read_bytes()
    (folder / "bad.png").write_bytes(content[:60])
    _, result = run(evaluate.folder(EvaluateFolder(folder, "yolo-digits"), Context()))
    assert result.complete and len(result.frames) == 2 and "1 file could not be used" in result.note
    (folder / "classes.txt").write_text("\n".join(f"animal {n}" for n in range(10)))
    with pytest.raises(UserError, match="knows none of the classes"):
        run(evaluate.folder(EvaluateFolder(folder, "yolo-digits"), Context()))
    for path in folder.glob("*.txt"):
        path.unlink()
    with pytest.raises(UserError, match="holds no labels"):
        run(evaluate.folder(EvaluateFolder(folder, "yolo-digits"), Context()))


def test_finds_of_classes_that_the_folder_lacks_are_counted(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = evaluate.detect_picture

    def renamed(request: DetectPicture, context: Context) -> Generator[Any, None, Any]:
        answer = yield from original(request, context)
        return replace(answer, classes=("other", *answer.classes[1:]))

    monkeypatch.setattr(evaluate, "detect_picture", renamed)
    _, result = run(evaluate.folder(EvaluateFolder(folder, "yolo-digits"), Context()))
    assert "finds of classes that the folder does not label" in result.note
    assert all((one.classes > 0).all() for one in result.found)


def test_a_curve_follows_from_verdicts() -> None:
    overlaps = Overlaps.of(FINDS, THINGS)
    verdicts = judge(overlaps, 0, 0.5)
    made = curve_of(verdicts, overlaps.total(0))
    assert isinstance(made, Curve) and made.total == 2 and overlaps.total(None) == 3
    np.testing.assert_allclose(made.recall, [0.5, 0.5, 0.5, 0.5, 0.5, 1])
    assert made.area("all") == pytest.approx((1 + 1 / 3) / 2)
