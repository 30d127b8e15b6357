"""The cues for a living person, on eyes, rasters and motions that are drawn here, and the challenge step by step."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from skimage.draw import disk, line
from skimage.transform import resize

from engine.faces import liveness
from engine.faces.found import Face, Quality
from engine.faces.liveness import Blinks, LivenessCheck, moved_apart, openness, raster, small_grey

Pixels = npt.NDArray[np.uint8]
SKIN = 180
BOX = (24.0, 24.0, 136.0, 136.0)


def crop(shut: bool, light: float = 1.0, seed: int = 0) -> Pixels:
    """A face of 112 pixels with open or shut eyes."""
    values = np.full((112, 112), SKIN, np.float64)
    for x, y in liveness.EYES:
        if shut:
            for dy in (0, 1):
                values[line(round(y) + dy, round(x) - 9, round(y) + dy, round(x) + 9)] = 60
        else:
            for row in range(-5, 6):
                half = round(10 * (1 - (row / 6) ** 2) ** 0.5)
                values[round(y) + row, round(x) - half : round(x) + half + 1] = 235
            values[disk((y, x), 5, shape=values.shape)] = 40
    noise = np.random.default_rng(seed).normal(0, 1.0, values.shape)
    return np.repeat(np.clip((values + noise) * light, 0, 255).astype(np.uint8)[..., None], 3, 2)


def face(shut: bool = False, yaw: float | None = 0.0, seed: int = 0) -> Face:
    quality = Quality(112, 100, 128, 40, yaw, 0.0 if yaw is not None else None, 0.0)
    pixels = crop(shut, seed=seed)
    return Face(BOX, 1.0, None, pixels, pixels, quality)


def scene(shift: int = 0, whole: bool = False, seed: int = 1) -> Pixels:
    """A textured room of 160 x 160 with a textured square head; the head moves by `shift`, or the whole picture."""
    generator = np.random.default_rng(seed)
    room = resize(generator.random((24, 30)), (160, 200), order=3) * 255
    head = resize(generator.random((18, 18)), (112, 112), order=3) * 200 + generator.normal(0, 6, (112, 112))
    if whole:
        picture = room[:, 20 - shift : 180 - shift].copy()
        picture[24:136, 24 + shift : 136 + shift] = head
    else:
        picture = room[:, 20:180].copy()
        picture[24:136, 24 + shift : 136 + shift] = head
    return np.repeat(np.clip(picture, 0, 255).astype(np.uint8)[..., None], 3, 2)


class TestEyes:
    def test_open_eyes_have_more_upright_edges(self) -> None:
        assert openness(crop(True)) < liveness.SHUT * openness(crop(False))

    @pytest.mark.parametrize("light", [0.3, 0.6])
    def test_the_light_does_not_matter(self, light: float) -> None:
        assert openness(crop(False, light)) == pytest.approx(openness(crop(False)), rel=0.15)

    def test_a_flat_picture_is_no_division_by_nothing(self) -> None:
        assert openness(np.zeros((112, 112, 3), np.uint8)) == 0.0

    def test_a_blink_is_counted_once(self) -> None:
        blinks = Blinks()
        for at, value in enumerate([0.5] * 10 + [0.2] * 4 + [0.5] * 10):
            blinks.update(value, at / 30)
        assert blinks.count == 1

    @pytest.mark.parametrize(
        "values",
        [
            [0.5] * 40,
            [0.5] * 10 + [0.2] * 40 + [0.5] * 10,  # asleep
            [0.5] * 10 + [0.38] * 4 + [0.5] * 10,  # not shut
            [0.5] * 2 + [0.2] * 3 + [0.5] * 5,  # nothing is usual yet
        ],
    )
    def test_what_is_no_blink(self, values: list[float]) -> None:
        blinks = Blinks()
        for at, value in enumerate(values):
            blinks.update(value, at / 30)
        assert blinks.count == 0

    def test_after_another_light_blinks_are_counted_again(self) -> None:
        blinks = Blinks()
        values = [0.5] * 10 + [0.25] * 80 + [0.1] * 4 + [0.25] * 4
        for at, value in enumerate(values):
            blinks.update(value, at / 30)
        assert blinks.count == 1


class TestRaster:
    def test_dots_of_a_print_stand_out_and_skin_does_not(self) -> None:
        generator = np.random.default_rng(0)
        skin = (
            150
            + resize(generator.random((12, 12)), (160, 160), order=3) * 60
            + generator.normal(0, 4, (160, 160))
        )
        y, x = np.mgrid[:160, :160]
        dots = skin + 25 * np.sin(2 * np.pi * x / 4) * np.sin(2 * np.pi * y / 4)
        as_pixels = [np.repeat(np.clip(v, 0, 255).astype(np.uint8)[..., None], 3, 2) for v in (skin, dots)]
        plain, printed = (raster(pixels, BOX) for pixels in as_pixels)
        assert plain < liveness.RASTER / 2 and printed > liveness.RASTER

    @pytest.mark.parametrize(
        "box", [(0, 0, 10, 10), (-50, -50, -10, -10), (150, 150, 400, 400), (20, 20, 20, 20)]
    )
    def test_a_face_too_small_or_outside_says_nothing(self, box: tuple[float, float, float, float]) -> None:
        assert raster(scene(), box) == 0.0

    def test_one_grey_says_nothing(self) -> None:
        assert raster(np.full((160, 160, 3), 99, np.uint8), BOX) == 0.0


class TestMotion:
    def apart(self, after: Pixels) -> float | None:
        return moved_apart(small_grey(scene())[0], small_grey(after)[0], BOX)

    def test_a_head_before_a_still_room_moves_apart(self) -> None:
        found = self.apart(scene(2))
        assert found is not None and found > 0.5

    def test_a_photo_in_a_hand_moves_as_one_piece(self) -> None:
        found = self.apart(scene(2, whole=True))
        assert found is not None and found < liveness.APART

    def test_without_motion_nothing_is_known(self) -> None:
        assert self.apart(scene()) is None

    def test_a_face_that_fills_the_frame_has_no_surroundings(self) -> None:
        small = small_grey(scene())[0]
        assert moved_apart(small, small, (0.0, 0.0, 160.0, 160.0)) is None

    def test_large_frames_are_measured_small(self) -> None:
        small, scale = small_grey(np.zeros((480, 640, 3), np.uint8))
        assert small.shape == (120, 160) and scale == 0.25


class Player:
    """Shows a check one frame after another."""

    def __init__(self, seed: int = 0, whole: bool = False, moving: bool = True) -> None:
        self.check = LivenessCheck(seed)
        self.whole, self.moving = whole, moving
        self.frames = 0

    def show(self, count: int, shut: bool = False, yaw: float | None = 0.0) -> liveness.Liveness:
        for _ in range(count):
            shift = (0, 1, 2, 3, 2, 1)[self.frames % 6] if self.moving else 0
            told = self.check.update(
                face(shut, yaw, seed=self.frames), scene(shift, self.whole), self.frames / 30
            )
            self.frames += 1
        return told

    def step(self, step: str) -> liveness.Liveness:
        if step == "blink":
            self.show(4, shut=True)
        else:
            self.show(3, yaw=25.0 if step == "left" else -25.0)
        return self.show(8)


class TestChallenge:
    @pytest.mark.parametrize("seed", range(4))
    def test_whoever_does_what_is_asked_lives(self, seed: int) -> None:
        player = Player(seed)
        told = player.show(8)
        assert not told.live and told.word == told.challenge[0][0]
        for at, step in enumerate(player.check._steps):
            assert [done for _, done in told.challenge] == [n < at for n in range(3)]
            told = player.step(step)
        assert (
            told.live and told.blinks == 1 and told.turned == (25.0, 25.0) and "very good film" in told.word
        )

    def test_the_order_is_one_of_chance(self) -> None:
        assert len({LivenessCheck(seed)._steps for seed in range(40)}) == 6

    def test_steps_in_another_order_do_not_count(self) -> None:
        player = Player(0)
        player.show(8)
        for step in reversed(player.check._steps):
            told = player.step(step)
        assert not told.live and [done for _, done in told.challenge] == [True, False, False]

    def test_a_photo_in_a_hand_is_told_by_its_motion(self) -> None:
        told = Player(whole=True).show(12)
        assert not told.live and "one piece" in told.word and told.motion is not None

    def test_a_photo_at_rest_never_blinks(self) -> None:
        told = Player(moving=False).show(60)
        assert not told.live and told.blinks == 0 and told.motion is None

    def test_without_landmarks_a_turn_cannot_be_asked_for(self) -> None:
        seed = next(seed for seed in range(20) if LivenessCheck(seed)._steps[0] != "blink")
        told = Player(seed).show(8, yaw=None)
        assert "five landmarks" in told.word and not told.live

    def test_a_turn_is_done_when_the_head_is_back(self) -> None:
        seed = next(seed for seed in range(20) if LivenessCheck(seed)._steps[0] == "left")
        player = Player(seed)
        player.show(6)
        told = player.show(3, yaw=30.0)
        assert "back" in told.word and not told.challenge[0][1]
        assert player.show(2, yaw=1.0).challenge[0][1]
