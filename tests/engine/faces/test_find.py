"""Faces of pictures by the engine: the cascade on drawn people and a real photo, embedders, tracks, live jobs."""

from __future__ import annotations

import json
import time
from collections.abc import Generator
from dataclasses import replace
from pathlib import Path
from typing import cast

import numpy as np
import pytest

from engine.context import Context
from engine.cv import cv2
from engine.errors import UserError
from engine.faces import drawn, embedders
from engine.faces.align import TEMPLATE
from engine.faces.detect import FaceTracks, overlap, sightings
from engine.faces.embedders import MINI_READS, SFACE_READS, inputs_of
from engine.faces.examples.scene import scene
from engine.faces.live import (
    EVERYWHERE_EVERY,
    Gaze,
    embed_crops,
    faces_of,
    find_faces,
    find_faces_live,
    list_models,
    maker_of,
)
from engine.faces.requests import (
    HAAR,
    MINI,
    YUNET,
    EmbedCrops,
    Faces,
    FaceSettings,
    FindFaces,
    ListFaceModels,
    LiveFaces,
    NotFound,
)
from engine.images import Frame
from engine.jobs import Partial
from engine.mailbox import Mailbox
from engine.networks.steps import at_once, timed
from engine.sources import load_sample
from tests.engine.networks.onnx_graphs import write_embedder

ONLY = FaceSettings(embedder="")


@pytest.fixture(autouse=True)
def own_models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A models folder with nothing in it."""
    folder = tmp_path / "models"
    (folder / "imported").mkdir(parents=True)
    monkeypatch.setenv("CONVSCOPE_MODELS", str(folder))
    return folder


def wall(*people: int, side: int = 220) -> np.ndarray:
    """Drawn heads side by side."""
    return np.concatenate([drawn.draw_window(person, 0, drawn.AROUND, side) for person in people], 1)


class TestDetecting:
    def test_a_real_face_with_its_points(self) -> None:
        faces = faces_of(load_sample("astronaut").pixels, ONLY)
        best = faces[0]
        left, top, right, bottom = best.box
        assert 150 < (left + right) / 2 < 300 and 50 < (top + bottom) / 2 < 200
        assert best.landmarks is not None and best.landmarks.shape == (5, 2)
        right, eye, nose, *_, mouth = best.landmarks
        assert right[0] < nose[0] < eye[0] and eye[1] < nose[1] < mouth[1] and best.embedding is None
        assert best.quality.yaw is not None and abs(best.quality.yaw) < 25
        assert best.crop.shape == (112, 112, 3) and not best.crop.flags.writeable

    def test_a_cat_is_nobody(self) -> None:
        assert faces_of(load_sample("cat").pixels, ONLY) == ()

    @pytest.mark.parametrize("shape", [(1, 1), (30, 2000), (5, 5)])
    def test_pictures_in_which_no_face_has_room(self, shape: tuple[int, int]) -> None:
        assert faces_of(np.zeros((*shape, 3), np.uint8), ONLY) == ()

    def test_a_large_picture_is_looked_at_small_and_its_boxes_are_its_own(self) -> None:
        small = load_sample("astronaut").pixels
        large = np.repeat(np.repeat(small, 6, 0), 6, 1)
        found, wanted = faces_of(large, ONLY)[0].box, faces_of(small, ONLY)[0].box
        assert overlap(tuple(v / 6 for v in found), wanted) > 0.7  # type: ignore[arg-type]

    def test_the_largest_come_first_and_small_ones_do_not_count(self) -> None:
        pixels = load_sample("astronaut").pixels
        canvas = np.full((620, 800, 3), 128, np.uint8)
        canvas[:512, :512] = pixels
        canvas[300:556, 540:796] = pixels[::2, ::2]
        faces = faces_of(canvas, FaceSettings(embedder="", smallest=20))
        assert len(faces) >= 2
        assert [f.quality.size for f in faces] == sorted((f.quality.size for f in faces), reverse=True)
        alone = faces_of(canvas, FaceSettings(embedder="", smallest=80))
        assert len(alone) == 1
        assert len(faces_of(canvas, FaceSettings(embedder="", smallest=20, most=1))) == 1

    @pytest.mark.parametrize("smallest", [20, 40, 90])  # of 90 pixels there is no face in one of the pictures
    def test_the_cascade_in_steps_finds_what_it_finds_at_once(self, smallest: int) -> None:
        folder = Path(cv2.data.haarcascades)  # type: ignore[attr-defined]
        cascade = cv2.CascadeClassifier(str(folder / "haarcascade_frontalface_default.xml"))
        for pixels in (load_sample("astronaut").pixels, scene().pixels[::2, ::2], wall(0, 1, 2)):
            grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
            boxes, counts = cascade.detectMultiScale2(grey, 1.1, 5, minSize=(smallest, smallest))
            agreed = zip(boxes, counts, strict=True)
            wanted = [tuple(box) for box, count in agreed if count >= 8 or box[2] < 48]
            steps = sightings(pixels, FaceSettings(embedder="", smallest=smallest))
            found = [(x, y, right - x, bottom - y) for x, y, right, bottom in (s.box for s in at_once(steps))]
            assert sorted(found) == sorted(wanted)

    def test_the_cascade_lets_others_run_in_between(self) -> None:
        steps = sightings(load_sample("astronaut").pixels, ONLY)
        others = sightings(scene().pixels, ONLY)
        taken = 0
        for _ in steps:
            next(others, None)  # in the same thread: whoever kept OpenCV to himself would wait for ever
            taken += 1
        assert taken > 20

    @pytest.mark.parametrize(("right", "down"), [(0, 0), (9, -6), (-14, 11)])
    def test_around_a_face_of_the_frame_before_it_is_found_again(self, right: int, down: int) -> None:
        before = load_sample("astronaut").pixels
        (face,) = at_once(sightings(before, ONLY))
        now = np.roll(before, (down, right), (0, 1))
        (wanted,) = at_once(sightings(now, ONLY))
        (again,) = at_once(sightings(now, ONLY, (face.box,)))
        assert overlap(again.box, wanted.box) > 0.8
        assert np.abs(again.landmarks - wanted.landmarks).max() < 0.1 * wanted.smaller_side
        near, everywhere = sightings(now, ONLY, (face.box,)), sightings(now, ONLY)
        assert sum(1 for _ in near) < 0.5 * sum(1 for _ in everywhere), "fewer sizes"

    def test_faces_that_stand_close_are_found_once_each(self) -> None:
        astronaut = load_sample("astronaut").pixels[:240, 120:330]
        pixels = np.concatenate([astronaut, astronaut[:, ::-1], astronaut], 1)
        everywhere = [one.box for one in at_once(sightings(pixels, ONLY))]
        near = [one.box for one in at_once(sightings(pixels, ONLY, (*everywhere, *everywhere)))]
        assert len(near) == len(everywhere) == 3
        assert all(max(overlap(box, other) for other in everywhere) > 0.7 for box in near)

    @pytest.mark.parametrize(
        "box", [(0.0, 0.0, 60.0, 60.0), (480.0, 470.0, 560.0, 550.0), (-90.0, -90.0, -20.0, -20.0)]
    )
    def test_where_no_face_is_none_is_found(self, box: tuple[float, float, float, float]) -> None:
        assert at_once(sightings(load_sample("astronaut").pixels, ONLY, (box,))) == []

    def test_what_ran_between_two_steps_is_not_counted(self) -> None:
        def work() -> Generator[None, None, str]:
            yield
            yield
            return "done"

        steps = timed(work())
        while True:
            try:
                next(steps)
            except StopIteration as stop:
                told, seconds = stop.value
                break
            time.sleep(0.1)
        assert told == "done" and 0 <= seconds < 0.1

    def test_a_detector_that_is_not_here_says_where_to_get_it(self) -> None:
        with pytest.raises(UserError) as caught:
            faces_of(wall(0), FaceSettings(detector=YUNET))
        assert "YuNet" in str(caught.value) and "Weights" in caught.value.hint
        with pytest.raises(UserError, match="no detector"):
            at_once(sightings(wall(0), FaceSettings(detector="eyes of an owl")))

    def test_a_damaged_file_is_named(self, own_models: Path) -> None:
        (own_models / "face_detection_yunet_2023mar.onnx").write_bytes(b"no net at all")
        with pytest.raises(UserError, match="damaged"):
            faces_of(wall(0), FaceSettings(detector=YUNET))


class TestOverlap:
    def test_by_hand(self) -> None:
        assert overlap((0, 0, 2, 2), (1, 0, 3, 2)) == pytest.approx(1 / 3)
        assert overlap((0, 0, 1, 1), (1, 1, 2, 2)) == 0.0
        assert overlap((0, 0, 1, 1), (0, 0, 1, 1)) == 1.0

    def test_faces_keep_their_numbers_while_they_move_and_for_a_moment_without(self) -> None:
        tracks = FaceTracks()
        a, b = (0.0, 0.0, 10.0, 10.0), (50.0, 0.0, 60.0, 10.0)
        assert tracks.update([a, b]) == [1, 2]
        assert tracks.update([(51.0, 0.0, 61.0, 10.0), (1.0, 0.0, 11.0, 10.0)]) == [2, 1]
        assert tracks.update([(1.0, 0.0, 11.0, 10.0)]) == [1]
        assert tracks.update([(52.0, 0.0, 62.0, 10.0)]) == [2]
        for _ in range(FaceTracks.PATIENCE + 1):
            tracks.update([])
        assert tracks.update([a]) == [3]


class TestEmbedding:
    def test_rows_have_length_1_and_do_not_hang_on_the_batch(self) -> None:
        crops = np.stack([drawn.draw_face(person) for person in range(5)])
        rows, status = embedders.embed(crops, MINI)
        assert rows.shape == (5, status.dimensions) and np.allclose(
            np.linalg.norm(rows, axis=1), 1, atol=1e-5
        )
        alone = np.concatenate([embedders.embed(crop[None], MINI)[0] for crop in crops])
        assert np.allclose(rows, alone, atol=1e-5)

    def test_the_net_gets_what_it_was_trained_on(self) -> None:
        import torch
        from safetensors.torch import load_file

        from engine.networks.weights import store
        from engine.networks.zoo.facenet_mini import FacenetMini

        net = FacenetMini().eval()
        net.load_state_dict(load_file(store.find(MINI).path))
        crop = drawn.draw_face(2)
        narrow = torch.from_numpy(crop[:, 8:104].copy()).permute(2, 0, 1)[None].float() / 255
        with torch.inference_mode():
            theirs = net(narrow)[0].numpy()
        assert np.allclose(embedders.embed(crop[None], MINI)[0][0], theirs, atol=1e-5)

    def test_its_threshold_is_the_one_that_was_measured(self) -> None:
        from engine.networks.weights import records, store

        told = records.read_header(store.find(MINI).path).metadata["threshold"]
        assert maker_of(MINI).threshold == float(told) and len(maker_of(MINI).made_of) == embedders.DIGITS

    def test_nobody_is_an_empty_table(self) -> None:
        rows, status = embedders.embed(np.zeros((0, 112, 112, 3), np.uint8), MINI)
        assert rows.shape == (0, status.dimensions)

    def test_what_a_net_reads_by_hand(self) -> None:
        crops = np.random.default_rng(0).integers(0, 256, (2, 112, 112, 3), np.uint8)
        found = inputs_of(crops, MINI_READS)
        assert found.shape == (2, 3, 112, 96)
        assert found[1, 2, 7, 5] == pytest.approx(crops[1, 7, 8 + 5, 2] / 255)
        whole = inputs_of(crops, SFACE_READS)
        assert whole.shape == (2, 3, 112, 112) and whole[0, 0, 3, 4] == crops[0, 3, 4, 0]

    def test_an_embedder_that_is_gone_is_named(self) -> None:
        with pytest.raises(UserError, match="gone"):
            embedders.status_of("gone")
        with pytest.raises(UserError, match="imported/gone"):
            embedders.status_of("imported/gone.onnx")

    def test_an_answer_that_is_no_number_is_refused(self, monkeypatch: pytest.MonkeyPatch) -> None:
        class Broken:
            def rows(self, crops: np.ndarray) -> np.ndarray:
                return np.full((len(crops), 4), np.nan, np.float32)

        monkeypatch.setattr(embedders, "embedder_of", lambda _: (Broken(), maker_of(MINI)))
        with pytest.raises(UserError, match="no numbers"):
            embedders.embed(np.zeros((1, 112, 112, 3), np.uint8), MINI)

    def test_ones_own_file_is_listed_with_its_description(self, own_models: Path) -> None:
        path = own_models / "imported" / "mine.onnx"
        path.write_bytes(b"no net at all")
        assert len(list_models(ListFaceModels(), Context()).embedders) == 2
        path.with_suffix(".json").write_text(
            json.dumps({"title": "Mine", "size": [96, 112], "threshold": 0.9})
        )
        status = list_models(ListFaceModels(), Context()).embedders[-1]
        assert (status.name, status.title, status.size) == ("imported/mine.onnx", "Mine", (96, 112))
        assert status.window == embedders.NARROW and status.threshold == 0.9
        with pytest.raises(UserError, match=r"mine\.onnx cannot be read"):
            embedders.embed(np.zeros((1, 112, 112, 3), np.uint8), status.name)
        path.with_suffix(".json").write_text("{")
        assert [one.name for one in list_models(ListFaceModels(), Context()).embedders] == [MINI, "sface"]

    def test_another_description_makes_other_embeddings(self, own_models: Path) -> None:
        weight = np.random.default_rng(1).normal(size=(48, 3, 7, 7)).astype(np.float32)
        path = write_embedder(own_models / "imported" / "mine.onnx", weight)
        found = []
        for told in ({"threshold": 1}, {"threshold": 0.5}, {"rgb": False}, {"mean": 0}, {"size": [113, 113]}):
            path.with_suffix(".json").write_text(json.dumps(told))
            rows, status = embedders.embed(drawn.draw_face(4)[None], "imported/mine.onnx")
            found.append((status.made_of, status.threshold, rows[0]))
        makers = [made_of for made_of, *_ in found]
        assert makers[0] == makers[1] and len(set(makers)) == 4 and found[1][1] == 0.5
        assert np.array_equal(found[0][2], found[1][2])
        assert all(not np.allclose(found[0][2], rows, atol=1e-3) for *_, rows in found[2:4])

    @pytest.mark.parametrize("rgb", [True, False])
    def test_the_numbers_of_ones_own_file_by_hand(self, own_models: Path, rgb: bool) -> None:
        weight = np.random.default_rng(1).normal(size=(48, 3, 7, 6)).astype(np.float32)
        path = write_embedder(own_models / "imported" / "mine.onnx", weight)
        path.with_suffix(".json").write_text(
            json.dumps({"size": [96, 112], "mean": 100, "scale": 0.5, "rgb": rgb, "dimensions": 48})
        )
        crops = np.stack([drawn.draw_face(person) for person in range(3)])
        rows, status = embedders.embed(crops, "imported/mine.onnx")
        narrow = (crops[:, :, 8:104].astype(np.float64) - 100) * 0.5
        means = narrow.reshape(3, 7, 16, 6, 16, 3).mean((2, 4))[..., :: 1 if rgb else -1]
        wanted = np.einsum("nyxc,dcyx->nd", means, weight)
        wanted /= np.linalg.norm(wanted, axis=1, keepdims=True)
        assert rows.shape == (3, status.dimensions) and np.allclose(rows, wanted, atol=1e-4)


class TestHandlers:
    def test_faces_of_a_picture(self) -> None:
        frame = load_sample("astronaut")
        found = at_once(find_faces(FindFaces(frame, FaceSettings()), Context()))
        assert isinstance(found, Faces) and found.frame is frame and found.embedder[0] == MINI
        face = found.faces[0]
        assert face.embedding is not None and np.linalg.norm(face.embedding) == pytest.approx(1, abs=1e-5)
        assert found.times.captured <= found.times.begun <= found.times.done and found.times.detect > 0

    def test_the_same_face_twice_is_at_no_distance(self) -> None:
        pixels = load_sample("astronaut").pixels
        a, b = (faces_of(pixels, FaceSettings())[0].embedding for _ in range(2))
        assert a is not None and b is not None and float(((a - b) ** 2).sum()) == 0.0

    def test_crops_are_embedded_as_faces_are(self) -> None:
        face = faces_of(load_sample("astronaut").pixels, FaceSettings())[0]
        found = at_once(embed_crops(EmbedCrops(face.crop[None].repeat(10, 0), MINI), Context()))
        assert found.embeddings.shape[0] == 10 and found.embedder[0] == MINI
        assert np.allclose(found.embeddings, face.embedding, atol=1e-5)
        nobody = at_once(embed_crops(EmbedCrops(np.zeros((0, 112, 112, 3), np.uint8), MINI), Context()))
        assert nobody.embeddings.shape == (0, 128)

    def test_what_there_is(self) -> None:
        models = list_models(ListFaceModels(), Context())
        assert [d.name for d in models.detectors] == [HAAR, YUNET]
        assert models.detectors[0].weights is None and models.detectors[0].points == "Landmarks mini"
        assert models.detectors[1].points == ""
        assert models.detectors[1].weights is not None and models.detectors[1].weights.state == "absent"
        assert [e.name for e in models.embedders] == [MINI, "sface"]
        assert models.embedders[0].weights is not None and models.embedders[0].weights.state == "bundled"

    def live(
        self, settings: FaceSettings, frames: list[Frame], *, liveness: bool = False
    ) -> list[Faces | NotFound]:
        source: Mailbox[Frame] = Mailbox()
        steps = find_faces_live(LiveFaces(source, settings, liveness=liveness), Context())
        found = []
        for frame in frames:
            source.put(frame)
            for _ in range(200):
                told = next(steps)
                if isinstance(told, Partial):
                    found.append(cast(Faces | NotFound, told.value))
                    break
        source.close()
        assert sum(1 for _ in steps) < 3, "it ends with its frames"
        return found

    @pytest.mark.parametrize(("embedder", "steps"), [(MINI, 2), ("imported/mine.onnx", 9)])
    def test_nets_that_take_faces_one_by_one_let_others_run_after_each(
        self, embedder: str, steps: int, own_models: Path
    ) -> None:
        weight = np.random.default_rng(1).normal(size=(48, 3, 7, 6)).astype(np.float32)
        path = write_embedder(own_models / "imported" / "mine.onnx", weight)
        path.with_suffix(".json").write_text(json.dumps({"size": [96, 112], "dimensions": 48}))
        crops = np.stack([drawn.draw_face(person) for person in range(9)])
        work = embed_crops(EmbedCrops(crops, embedder), Context())
        assert sum(1 for _ in work) == steps

    def test_live_faces_have_numbers_and_a_challenge(self) -> None:
        frames = [load_sample("astronaut"), load_sample("astronaut")]
        found = self.live(ONLY, frames, liveness=True)
        assert len(found) == 2 and all(isinstance(one, Faces) for one in found)
        first, second = found
        assert isinstance(first, Faces) and isinstance(second, Faces)
        assert first.faces[0].track == second.faces[0].track == 1
        assert second.liveness is not None and len(second.liveness.challenge) == 3

    def test_whoever_jumps_or_goes_is_seen_to_in_the_same_frame(self) -> None:
        here = load_sample("astronaut")
        away = Frame(np.roll(here.pixels, 230, 1), "elsewhere")
        empty = Frame(np.full_like(here.pixels, 90), "grey")
        found = self.live(ONLY, [here, here, away, empty, here])
        assert [len(one.faces) for one in found if isinstance(one, Faces)] == [1, 1, 1, 0, 1]
        boxes = [one.faces[0].box for one in found if isinstance(one, Faces) and one.faces]
        assert overlap(boxes[0], boxes[1]) > 0.8 and overlap(boxes[1], boxes[2]) < 0.1

    def test_whoever_comes_into_a_running_picture_is_found_soon(self) -> None:
        astronaut = load_sample("astronaut").pixels[:240, 120:330]
        one = Frame(np.concatenate([astronaut, np.full_like(astronaut, 128)], 1), "one")
        two = Frame(np.concatenate([astronaut, astronaut[:, ::-1]], 1), "two")
        found = self.live(ONLY, [one, *[two] * EVERYWHERE_EVERY])
        counts = [len(answer.faces) for answer in found if isinstance(answer, Faces)]
        assert counts[0] == 1 and counts[-1] == 2

    def test_other_settings_and_other_sizes_are_looked_at_everywhere(self) -> None:
        gaze, frame = Gaze(), load_sample("astronaut")
        assert gaze.near(frame, ONLY) == ()
        seen = at_once(find_faces(FindFaces(frame, ONLY), Context()))
        gaze.saw(seen, near=False)
        assert gaze.near(frame, ONLY) == (seen.faces[0].box,)
        assert gaze.near(frame, replace(ONLY, smallest=60)) == ()
        assert gaze.near(Frame(np.ascontiguousarray(frame.pixels[::2, ::2]), "half"), ONLY) == ()
        for _ in range(EVERYWHERE_EVERY - 1):
            assert gaze.near(frame, ONLY)
            gaze.saw(seen, near=True)
        assert gaze.near(frame, ONLY) == (), "everywhere again"
        gaze.saw(NotFound(frame, "no net"), near=False)
        assert gaze.near(frame, ONLY) == ()

    def test_a_live_net_that_is_not_here_is_said_for_each_frame(self) -> None:
        (found,) = self.live(FaceSettings(detector=YUNET), [load_sample("astronaut")])
        assert isinstance(found, NotFound) and "YuNet" in found.reason

    def test_landmarks_in_one_place_do_not_end_it(self, monkeypatch: pytest.MonkeyPatch) -> None:
        from engine.faces import live
        from engine.faces.detect import Sighting

        odd = Sighting((10.0, 10.0, 90.0, 90.0), 1.0, np.zeros((5, 2), np.float32))

        def seen(*_: object) -> Generator[None, None, list[Sighting]]:
            yield
            return [odd]

        monkeypatch.setattr(live, "sightings", seen)
        found = at_once(find_faces(FindFaces(Frame(wall(0), "wall"), ONLY), Context()))
        (face,) = found.faces
        assert face.crop.shape == (112, 112, 3) and face.landmarks is None and face.quality.yaw is None
        assert face.aligned == "box"
        assert "box alone" in found.note


def test_the_template_of_the_bundled_net_is_the_middle_of_this_one() -> None:
    from engine.training.face_photos import TEMPLATE as NARROW_TEMPLATE

    assert np.allclose(np.array(NARROW_TEMPLATE) + np.array([8, 0]), TEMPLATE, atol=1e-3)
