"""Pictures and live frames before detectors: with the bundled net, and with nets that count how often they are run."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
import torch

from engine.context import Context, Idle
from engine.detection import detectors, live
from engine.detection.boxes import nms
from engine.detection.cells import Head
from engine.detection.found import Grid, Raw
from engine.detection.grid_answer import GridAnswer
from engine.detection.live import detect_live, detect_picture, kept, look_at_cell
from engine.detection.requests import (
    Annotated,
    CellLook,
    DetectLive,
    DetectorSettings,
    DetectPicture,
    Kind,
    Letterbox,
    NotDetected,
)
from engine.detection.yolo_digits import find, load_net
from engine.errors import UserError
from engine.images import Frame
from engine.inline import InlineEngine
from engine.jobs import Done, Failed, Notice, Partial
from engine.mailbox import Mailbox
from engine.networks.steps import at_once
from engine.networks.weights import store

DIGITS = "yolo-digits"


def context(**more: Any) -> Context:
    return Context(device=torch.device("cpu"), torch_ready=True, **more)


def run(steps: Generator[Any, None, Any]) -> Any:
    with torch.inference_mode():
        return at_once(steps)


@pytest.fixture(autouse=True)
def nothing_stays() -> Iterator[None]:
    live.forget()
    yield
    live.forget()


@pytest.fixture(scope="module", autouse=True)
def no_net_stays() -> Iterator[None]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # of small nets, two threads on a busy computer mostly wait for one another
    yield
    torch.set_num_threads(threads)
    detectors.forget()


def board(*digits: tuple[int, int, int], size: tuple[int, int] = (320, 320), index: int = 0) -> Frame:
    """A white board with digits of scikit-learn's, (which, left, top), on it."""
    from PIL import Image
    from sklearn.datasets import load_digits

    pixels = np.full((*size, 3), 255, np.uint8)
    images = load_digits().images
    for which, left, top in digits:
        large = Image.fromarray((images[which] / 16 * 255).astype(np.uint8)).resize((64, 64))
        ink = np.clip((np.asarray(large, float) - 90) * 3, 0, 230)[:, :, None]
        pixels[top : top + 64, left : left + 64] = 255 - ink
    return Frame(pixels, "board", index=index)


@dataclass(frozen=True, eq=False)
class Told:
    """A detector of one class with a cell of 10 pixels that says what it is told to; `runs` counts its passes."""

    says: Callable[[Frame], np.ndarray]
    runs: list[Frame] = field(default_factory=list)
    name: str = "told"
    title: str = "A net that is told"
    kind: Kind = "Darknet"
    classes: tuple[str, ...] = ("thing", "other")
    device: torch.device = field(default_factory=lambda: torch.device("cpu"))
    note: str = ""

    def steps(self, frame: Frame) -> Generator[None, None, GridAnswer]:
        self.runs.append(frame)
        yield
        head = Head(Grid(4, 4, 10.0, ((10.0, 10.0),)), 2)
        placed = Letterbox(40, 40, 40 / frame.width, 40 / frame.height, 0.0, 0.0)
        return GridAnswer(frame, placed, (self.says(frame),), (head,), 0.001, 0.002)


def at(row: int, column: int, score: float = 0.9, kind: int = 0) -> np.ndarray:
    """What a net says that sees one thing, in one cell."""
    values = np.full((7, 4, 4), -20.0, np.float32)
    values[:4] = 0
    values[4, row, column] = np.log(score / (1 - score))
    values[5 + kind] = 20
    return values


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch) -> Callable[[Told], Told]:
    def put(net: Told) -> Told:
        def opened(_name: str, _context: Context) -> Generator[None, None, Told]:
            yield
            return net

        monkeypatch.setattr(live, "open_detector", opened)
        return net

    return put


def grey(index: int = 0, time_s: float = 0.0, size: tuple[int, int] = (80, 120)) -> Frame:
    return Frame(np.full((*size, 3), 99, np.uint8), "grey", time_s, index)


# --- one picture --------------------------------------------------------------------------------------------------


def test_the_bundled_net_reads_a_board() -> None:
    frame = board((0, 40, 40), (4, 180, 60), (7, 90, 200))
    found: Annotated = run(detect_picture(DetectPicture(DIGITS, frame), context()))
    assert sorted(found.label(i) for i in range(len(found.found.classes))) == ["0", "4", "7"]
    assert found.counts() == {"0": 1, "4": 1, "7": 1} and found.device == "cpu" and found.raw is None
    assert found.frame is frame and found.tracks is None and found.raw_count == 20 * 20 * 3
    for box, kind in zip(found.found.boxes, found.found.classes.tolist(), strict=True):
        left, top = {0: (40, 40), 4: (180, 60), 7: (90, 200)}[kind]
        assert abs((box[0] + box[2]) / 2 - left - 32) < 10 and abs((box[1] + box[3]) / 2 - top - 32) < 10
    assert not found.found.boxes.flags.writeable


def test_it_finds_what_the_route_of_the_training_finds() -> None:
    frame = board((0, 40, 40), (4, 180, 60), (7, 90, 200))
    ours: Annotated = run(
        detect_picture(
            DetectPicture(DIGITS, frame, DetectorSettings(0.25, suppression="agnostic")), context()
        )
    )
    net = load_net(store.find(DIGITS).path)
    (theirs,) = find(net, torch.from_numpy(frame.pixels.copy()).permute(2, 0, 1)[None] / 255, 0.25)
    np.testing.assert_array_equal(ours.found.classes, theirs.classes)
    np.testing.assert_allclose(ours.found.scores, theirs.scores, atol=1e-5)
    np.testing.assert_allclose(ours.found.boxes, theirs.boxes, atol=1e-3)


@pytest.mark.parametrize("size", [(1, 1), (1, 900), (900, 1), (17, 333)])
def test_pictures_of_odd_sizes(size: tuple[int, int]) -> None:
    frame = Frame(np.full((*size, 3), 255, np.uint8), "odd")
    found: Annotated = run(detect_picture(DetectPicture(DIGITS, frame, raw=True), context()))
    assert found.raw is not None and np.isfinite(found.raw.boxes).all()
    assert found.raw_count == len(found.raw.boxes)


def test_other_thresholds_do_not_run_the_net_again(use: Callable[[Told], Told]) -> None:
    net = use(Told(lambda _: at(1, 2, 0.6)))
    frame = grey()
    found = [
        run(detect_picture(DetectPicture("told", frame, DetectorSettings(least)), context()))
        for least in (0.5, 0.7, 0.1)
    ]
    assert [len(one.found.boxes) for one in found] == [1, 0, 1] and len(net.runs) == 1
    assert found[0].times.net > 0 and found[1].times.net == 0
    np.testing.assert_allclose(found[0].found.boxes, [[60, 20, 90, 40]], atol=1e-4)  # of 120 x 80 pixels
    run(detect_picture(DetectPicture("told", grey()), context()))
    assert len(net.runs) == 2, "the same pixels in another frame are another picture"


def test_only_a_few_answers_are_kept(use: Callable[[Told], Told]) -> None:
    net = use(Told(lambda _: at(0, 0)))
    frames = [grey(index) for index in range(live.REMEMBERED + 2)]
    for frame in (*frames, frames[-1], frames[0]):
        run(detect_picture(DetectPicture("told", frame), context()))
    assert net.runs == [*frames, frames[0]]


def test_answers_of_another_net_are_given_up_and_all_of_them_where_memory_ran_out(
    use: Callable[[Told], Told],
) -> None:
    first, frame = Told(lambda _: at(0, 0)), grey()
    for net in (first, Told(lambda _: at(1, 1)), first):
        use(net)
        run(detect_picture(DetectPicture("told", frame), context()))
    assert first.runs == [frame, frame]
    run(detect_picture(DetectPicture("told", frame), context(reduced=True)))
    assert first.runs == [frame] * 3


def test_raw_boxes_come_whole(use: Callable[[Told], Told]) -> None:
    use(Told(lambda _: at(1, 2)))
    found: Annotated = run(detect_picture(DetectPicture("told", grey(), raw=True), context()))
    assert found.raw is not None and found.raw.objectness is not None and found.raw.places is not None
    assert len(found.raw.boxes) == found.raw_count == 16 and len(found.found.boxes) == 1
    assert not any(
        part.flags.writeable for part in (found.raw.boxes, found.raw.classes, found.raw.objectness)
    )
    assert found.grids == (Grid(4, 4, 10.0, ((10.0, 10.0),)),)


def test_values_that_are_no_numbers(use: Callable[[Told], Told]) -> None:
    values = at(1, 2)
    values[4, 0, 0] = np.nan
    use(Told(lambda _: values))
    found: Annotated = run(detect_picture(DetectPicture("told", grey()), context()))
    assert found.no_numbers == 1 and len(found.found.boxes) == 1
    use(Told(lambda _: np.full((7, 4, 4), np.nan, np.float32)))
    with pytest.raises(UserError, match="values that are no numbers"):
        run(detect_picture(DetectPicture("told", grey()), context()))


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        (DetectorSettings(least=1.5), "The score 1.5 is not between 0 and 1"),
        (DetectorSettings(least=float("nan")), "The score nan"),
        (DetectorSettings(iou_threshold=-0.1), "The IoU threshold -0.1"),
        (DetectorSettings(suppression="soft"), "no way of suppression called “soft”"),  # type: ignore[arg-type]
        (DetectorSettings(only=(-1,)), "counted from 0"),
        (DetectorSettings(most=0), "Between 1 and 20,000"),
    ],
)
def test_bad_settings_are_refused_in_a_sentence(settings: DetectorSettings, sentence: str) -> None:
    with pytest.raises(UserError, match=sentence):
        run(detect_picture(DetectPicture(DIGITS, grey(), settings), context()))


# --- from raw boxes to finds --------------------------------------------------------------------------------------


def clutter(count: int = 60) -> Raw:
    draw = np.random.default_rng(8)
    corner = draw.uniform(0, 60, (count, 2))
    boxes = np.concatenate([corner, corner + draw.uniform(10, 30, (count, 2))], axis=1)
    classes = draw.dirichlet(np.ones(3), count)
    return Raw(boxes, classes, draw.uniform(0, 1, count))


def slowly(raw: Raw, settings: DetectorSettings) -> list[tuple[float, int]]:
    """Score and class of the finds, by loops and the plain nms."""
    assert raw.objectness is not None
    scores = [float(o * c.max()) for o, c in zip(raw.objectness, raw.classes, strict=True)]
    kinds = raw.classes.argmax(axis=1).tolist()
    chosen = [
        i
        for i, score in enumerate(scores)
        if score >= settings.least and (not settings.only or kinds[i] in settings.only)
    ]
    if settings.suppression != "none":
        groups = [kinds[i] if settings.suppression == "per class" else 0 for i in chosen]
        survivors = []
        for group in sorted(set(groups)):
            members = [i for i, g in zip(chosen, groups, strict=True) if g == group]
            kept_ = nms(raw.boxes[members], [scores[i] for i in members], settings.iou_threshold)
            survivors += [members[k] for k in kept_.tolist()]
        chosen = survivors
    best = sorted(chosen, key=lambda i: -scores[i])[: settings.most]
    return [(round(scores[i], 9), kinds[i]) for i in best]


@pytest.mark.parametrize("suppression", ["per class", "agnostic", "none"])
@pytest.mark.parametrize("only", [(), (1,), (0, 2)])
@pytest.mark.parametrize("most", [300, 4])
def test_finds_against_loops(suppression: Any, only: tuple[int, ...], most: int) -> None:
    settings = DetectorSettings(0.1, 0.3, suppression, only, most)
    raw = clutter()
    found = kept(raw, settings)
    ours = [(round(s, 9), k) for s, k in zip(found.scores.tolist(), found.classes.tolist(), strict=True)]
    assert ours == slowly(raw, settings) and len(ours) > 2


def test_nothing_at_all() -> None:
    empty = Raw(np.zeros((0, 4)), np.zeros((0, 3)), np.zeros(0))
    for suppression in ("per class", "agnostic", "none"):
        found = kept(empty, DetectorSettings(suppression=suppression, only=(1,)))
        assert found.boxes.shape == (0, 4) and found.scores.shape == found.classes.shape == (0,)


# --- live ---------------------------------------------------------------------------------------------------------


class Watched:
    """A live job that is taken a step at a time."""

    def __init__(self, request: DetectLive, context: Context | None = None) -> None:
        self.context = context or Context(device=torch.device("cpu"), torch_ready=True)
        self.steps = detect_live(request, self.context)

    def partial(self) -> Any:
        """The next answer."""
        with torch.inference_mode():
            for event in self.steps:
                if isinstance(event, Partial):
                    return event.value
        raise AssertionError("the job has ended")

    def idles(self) -> bool:
        with torch.inference_mode():
            return any(isinstance(event, Idle) for event in self.steps)


def test_the_newest_frame_is_taken_and_the_others_are_counted(use: Callable[[Told], Told]) -> None:
    net = use(Told(lambda _: at(1, 2)))
    box: Mailbox[Frame] = Mailbox()
    job = Watched(DetectLive("told", box))
    box.put(grey(0))
    assert job.partial().dropped == 0
    for index in (1, 2, 3):
        box.put(grey(index))
    answer = job.partial()
    assert answer.frame.index == 3 and answer.dropped == 2 and [frame.index for frame in net.runs] == [0, 3]
    assert job.idles()
    box.put(grey(4))
    box.close()
    assert job.partial().frame.index == 4, "what was put before closing is still looked at"
    with torch.inference_mode(), pytest.raises(StopIteration):
        next(job.steps)


def test_things_keep_their_numbers(use: Callable[[Told], Told]) -> None:
    places = [(1, 1), (1, 1), (3, 3)]
    use(Told(lambda frame: at(*places[frame.index])))
    box: Mailbox[Frame] = Mailbox()
    job = Watched(DetectLive("told", box))
    numbers = []
    for index in range(3):
        box.put(grey(index))
        numbers += job.partial().tracks.tolist()
    assert numbers == [1, 1, 2]
    for request in (
        DetectLive("told", box, track=False), DetectLive("told", box, DetectorSettings(suppression="none"))
    ):  # fmt: skip
        box.put(grey(0))
        assert Watched(request).partial().tracks is None


def test_newer_settings_reach_a_running_job_and_outlast_it(use: Callable[[Told], Told]) -> None:
    use(Told(lambda _: at(1, 2, 0.6)))
    box: Mailbox[Frame] = Mailbox()
    changes: Mailbox[DetectorSettings] = Mailbox()
    request = DetectLive("told", box, DetectorSettings(0.5), changes=changes)
    job = Watched(request)
    box.put(grey(0))
    first = job.partial()
    assert len(first.found.boxes) == 1 and first.tracks.tolist() == [1]
    changes.put(DetectorSettings(0.9))
    box.put(grey(1))
    assert len(job.partial().found.boxes) == 0
    job.steps.close()
    again = Watched(request)  # as after memory ran out
    box.put(grey(2))
    assert again.partial().settings == DetectorSettings(0.9)


def test_answers_go_into_the_mailbox_that_was_given(use: Callable[[Told], Told]) -> None:
    use(Told(lambda _: at(1, 2)))
    box: Mailbox[Frame] = Mailbox()
    out: Mailbox[Annotated | NotDetected] = Mailbox()
    job = Watched(DetectLive("told", box, out=out))
    for index in range(2):
        box.put(grey(index))
        assert job.idles()
    newest = out.take()
    assert isinstance(newest, Annotated) and newest.frame.index == 1 and out.dropped == 1


def test_a_frame_that_cannot_be_worked_on_does_not_end_the_job(use: Callable[[Told], Told]) -> None:
    use(Told(lambda f: np.full((7, 4, 4), np.nan, np.float32) if f.index == 0 else at(1, 1)))
    box: Mailbox[Frame] = Mailbox()
    job = Watched(DetectLive("told", box))
    box.put(grey(0))
    answer = job.partial()
    assert isinstance(answer, NotDetected) and "no numbers" in answer.why
    box.put(grey(1))
    assert isinstance(job.partial(), Annotated)


def test_a_frozen_frame_costs_no_run(use: Callable[[Told], Told]) -> None:
    net = use(Told(lambda _: at(1, 2, 0.6)))
    box: Mailbox[Frame] = Mailbox()
    job = Watched(DetectLive("told", box))
    frames = [grey(index) for index in range(3)]
    for frame in frames:
        box.put(frame)
        job.partial()
    for frame in frames:  # the window is a frame or two behind
        run(detect_picture(DetectPicture("told", frame, DetectorSettings(0.1)), context()))
        run(look_at_cell(CellLook("told", frame, 0, 1, 2), context()))
    assert net.runs == frames


def test_times_are_those_of_the_frame(use: Callable[[Told], Told]) -> None:
    use(Told(lambda _: at(1, 2)))
    box: Mailbox[Frame] = Mailbox()
    job = Watched(DetectLive("told", box))
    box.put(grey(0, time_s=5.0))
    times = job.partial().times
    assert times.captured == 5.0 and times.begun <= times.done and times.age == times.done - 5.0
    assert (times.prepare, times.net) == (0.001, 0.002) and times.after > 0


def test_no_subscription_stays_behind(use: Callable[[Told], Told]) -> None:
    use(Told(lambda _: at(1, 2)))
    woken = []
    box: Mailbox[Frame] = Mailbox()
    job = Watched(DetectLive("told", box), Context(wake=lambda: woken.append(1)))
    assert job.idles()
    box.put(grey())
    assert woken == [1]
    job.steps.close()
    box.put(grey())
    assert woken == [1]


def test_memory_that_runs_out_is_tried_again_with_less(use: Callable[[Told], Told]) -> None:
    tries = []

    def says(_frame: Frame) -> np.ndarray:
        tries.append(1)
        if len(tries) == 1:
            raise MemoryError
        return at(1, 2)

    use(Told(says))
    events: list[Any] = []
    engine = InlineEngine(events.append)
    engine.submit(DetectPicture("told", grey()))
    assert engine.close()
    assert any(isinstance(event, Notice) and "memory" in event.message for event in events)
    (done,) = (event for event in events if isinstance(event, Done | Failed))
    assert isinstance(done, Done) and len(done.value.found.boxes) == 1


# --- one cell -----------------------------------------------------------------------------------------------------


def test_a_cell_of_the_bundled_net_explains_a_find() -> None:
    frame = board((4, 130, 110))
    found: Annotated = run(detect_picture(DetectPicture(DIGITS, frame, raw=True), context()))
    assert found.raw is not None and found.raw.places is not None and found.raw.objectness is not None
    best = int((found.raw.objectness * found.raw.classes.max(axis=1)).argmax())
    grid, row, column, anchor = found.raw.places[best].tolist()
    cell = run(look_at_cell(CellLook(DIGITS, frame, grid, row, column), context()))
    assert cell.best.anchor == anchor and cell.classes[int(cell.best.scores.argmax())] == "4"
    np.testing.assert_allclose(cell.best.picture_box, found.found.boxes[0], atol=1e-6)
    left, top, right, bottom = cell.cell_box
    x, y = (cell.best.picture_box[0] + cell.best.picture_box[2]) / 2, np.mean(cell.best.picture_box[1::2])
    assert left <= x <= right and top <= y <= bottom, "the centre lies in the cell"
    t = cell.best.offsets
    width = cell.best.size[0] * np.exp(t[2])
    assert cell.best.box[2] - cell.best.box[0] == pytest.approx(width)
    assert x * cell.letterbox.scale_x == pytest.approx(16 * (column + 1 / (1 + np.exp(-t[0]))), rel=1e-5)


@pytest.mark.parametrize("where", [(1, 0, 0), (0, 4, 0), (0, 0, -1)])
def test_a_cell_that_is_not_there(use: Callable[[Told], Told], where: tuple[int, int, int]) -> None:
    use(Told(lambda _: at(1, 2)))
    with pytest.raises(UserError, match="there is no"):
        run(look_at_cell(CellLook("told", grey(), *where), context()))
