"""Photographs and videos as people have them. Skipped, saying so, where CONVSCOPE_ASSETS has none."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np

from engine import images, sources, video
from engine.cv import cv2
from engine.images import Frame
from engine.mailbox import Mailbox


def test_photographs_as_opencv_reads_them(assets: Path) -> None:
    paths = sorted((assets / "images").glob("*.jpg")) + sorted((assets / "images").glob("*/*.JPEG"))
    assert len(paths) > 20
    for path in paths:
        assert sources.classify(path) == "picture"
        frame = images.open_picture(path)
        reference = cv2.imread(str(path), cv2.IMREAD_COLOR_RGB)
        assert reference is not None and max(reference.shape) <= images.MAX_SIDE
        assert frame.pixels.shape == reference.shape, path.name
        # Both use libjpeg, in versions that may round the colour conversion differently.
        assert np.abs(frame.pixels.astype(int) - reference).mean() < 1.5, path.name
        assert frame.note == ""


def test_faces_in_pgm_files(assets: Path) -> None:
    path = assets / "faces" / "orl" / "s1" / "1.pgm"
    assert sources.classify(path) == "picture"
    content = path.read_bytes()
    assert content.split()[:4] == [b"P5", b"92", b"112", b"255"]
    expected = np.frombuffer(content[-112 * 92 :], np.uint8).reshape(112, 92)
    assert np.array_equal(images.open_picture(path).pixels[..., 0], expected)


def test_the_weights_are_known_for_what_they_are(assets: Path) -> None:
    paths = [path for path in (assets / "models").iterdir() if path.suffix in sources.WEIGHTS_SUFFIXES]
    assert len(paths) >= 6
    assert {sources.classify(path) for path in paths} == {"weights"}
    assert sources.classify(assets / "images") == "folder"


def test_a_video_plays_whole_and_begins_again(assets: Path) -> None:
    path = assets / "videos" / "people.mp4"
    assert sources.classify(path) == "video"
    length = 105
    box: Mailbox[Frame] = Mailbox()
    frames: list[Frame] = []

    def take() -> None:
        frame = box.take()
        if frame is not None:
            # One strip of each: all frames whole would be 290 MB.
            strip, shape = frame.pixels[300:310].copy(), str(frame.pixels.shape)
            frames.append(Frame(strip, frame.name, index=frame.index, note=shape))
        if len(frames) == length + 3:
            done.set()
            capture.stop()

    done = threading.Event()
    box.subscribe(take)
    capture = video.Capture(lambda: video.open_video(path), box, paced=False, loop=True, name=path.name)
    capture.start()
    assert done.wait(60)
    assert capture.stop() and capture.error is None
    assert [frame.index for frame in frames] == list(range(length + 3))
    assert {frame.note for frame in frames} == {"(720, 1280, 3)"}
    for again in range(3):
        assert np.array_equal(frames[length + again].pixels, frames[again].pixels)
    assert not np.array_equal(frames[length - 1].pixels, frames[0].pixels)
