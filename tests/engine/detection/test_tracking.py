"""The tracker on made-up motion, and against a slow second one."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from engine.detection.scoring import Found
from engine.detection.tracking import MOST, Tracker

Box = tuple[float, float, float, float]
Frame = list[tuple[int, Box]]


def found(frame: Frame) -> Found:
    return Found(
        np.array([box for _, box in frame], np.float64).reshape(-1, 4),
        np.linspace(1, 0.5, len(frame)),
        np.array([kind for kind, _ in frame], np.int64),
    )


def square(x: float, y: float = 0.0, side: float = 10.0) -> Box:
    return (x, y, x + side, y + side)


def walk(frames: list[Frame], **how: float | int) -> list[list[int]]:
    tracker = Tracker(**how)  # type: ignore[arg-type]
    return [tracker.update(found(frame)).tolist() for frame in frames]


def test_things_keep_their_numbers_when_their_order_changes() -> None:
    frames = [[(0, square(3 * t)), (0, square(100 - 3 * t, 50))] for t in range(6)]
    frames[1::2] = [frame[::-1] for frame in frames[1::2]]
    assert walk(frames) == [[1, 2], [2, 1]] * 3


def test_a_thing_of_another_class_is_another_thing() -> None:
    assert walk([[(0, square(0))], [(1, square(0))], [(0, square(0)), (1, square(0))]]) == [[1], [2], [1, 2]]


def test_a_thing_that_comes_back_in_time_is_the_same_one() -> None:
    gone: Frame = []
    assert walk([[(0, square(0))], gone, gone, [(0, square(1))]], max_age=2) == [[1], [], [], [1]]


def test_a_thing_that_was_away_too_long_is_a_new_one() -> None:
    gone: Frame = []
    assert walk([[(0, square(0))], gone, gone, gone, [(0, square(0))]], max_age=2) == [[1], [], [], [], [2]]


def test_a_jump_is_a_new_thing() -> None:
    assert walk([[(0, square(0))], [(0, square(8))]]) == [[1], [2]]  # IoU 2 / 18


def test_two_for_one_the_nearer_goes_on() -> None:
    assert walk([[(0, square(0))], [(0, square(2)), (0, square(1))]]) == [[1], [2, 1]]


def test_boxes_without_area_never_match() -> None:
    assert walk([[(0, (5, 5, 5, 5))], [(0, (5, 5, 5, 5))]], least_iou=0.0) == [[1], [2]]


def slow(frames: list[Frame], least: float, max_age: int) -> list[list[int]]:
    """The same rules with loops over everything, and fractions of whole numbers."""
    tracks: list[tuple[int, int, Box, int]] = []  # number, class, box, frames out of sight
    answer, started = [], 0
    for frame in frames:
        numbers = [0] * len(frame)
        taken: dict[int, Box] = {}
        while True:
            best: tuple[float, int, int] | None = None
            for place, (number, kind, box, _) in enumerate(tracks):
                for index, (other, where) in enumerate(frame):
                    if number in taken or numbers[index] or kind != other:
                        continue
                    shared = overlap(box, where)
                    if shared >= least and shared > 0 and (best is None or shared > best[0]):
                        best = shared, place, index
            if best is None:
                break
            number = tracks[best[1]][0]
            numbers[best[2]], taken[number] = number, frame[best[2]][1]
        tracks = [
            (number, kind, taken.get(number, box), 0 if number in taken else away + 1)
            for number, kind, box, away in tracks
        ]
        tracks = [track for track in tracks if track[3] <= max_age]
        for index, (kind, box) in enumerate(frame):
            if not numbers[index]:
                started += 1
                numbers[index] = started
                tracks.append((started, kind, box, 0))
        answer.append(numbers)
    return answer


def overlap(a: Box, b: Box) -> float:
    width, height = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    if width <= 0 or height <= 0:
        return 0.0
    both = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1])
    return width * height / (both - width * height)


corner = st.integers(0, 12)
boxes = st.tuples(corner, corner, st.integers(1, 8), st.integers(1, 8)).map(
    lambda b: (float(b[0]), float(b[1]), float(b[0] + b[2]), float(b[1] + b[3]))
)
videos = st.lists(st.lists(st.tuples(st.integers(0, 1), boxes), max_size=4), max_size=6)


@given(videos, st.sampled_from([0.0, 0.3, 0.5]), st.integers(0, 2))
def test_the_slow_way_gives_the_same_numbers(frames: list[Frame], least: float, max_age: int) -> None:
    assert walk(frames, least_iou=least, max_age=max_age) == slow(frames, least, max_age)


@given(videos)
def test_no_number_is_used_twice(frames: list[Frame]) -> None:
    last: dict[int, int] = {}
    for time, numbers in enumerate(walk(frames, max_age=1)):
        assert len(set(numbers)) == len(numbers) and all(numbers)
        for number in numbers:
            assert time - last.get(number, time) <= 2, "a track that had ended came back"
            last[number] = time


def test_only_so_many_things_are_followed() -> None:
    frame: Frame = [(0, square(20 * index)) for index in range(MOST + 5)]
    numbers = walk([frame, frame])
    assert numbers[0] == numbers[1] == [*range(1, MOST + 1), 0, 0, 0, 0, 0]
