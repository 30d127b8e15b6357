"""The only importer of OpenCV: quiet, and without the traces it leaves in the environment.

`import cv2` points Qt at its own plugins and fonts (QT_QPA_*) and puts its folder on LD_LIBRARY_PATH. This
program's own Qt and every program started from here would inherit both, so they are put back.
"""

from __future__ import annotations

import os

_TOUCHED_BY_CV2 = ("QT_QPA_PLATFORM_PLUGIN_PATH", "QT_QPA_FONTDIR", "LD_LIBRARY_PATH")

# Read by OpenCV itself. A person who sets one of them keeps the own value.
_SETTINGS = {
    "OPENCV_LOG_LEVEL": "SILENT",
    "OPENCV_FFMPEG_LOGLEVEL": "-8",  # AV_LOG_QUIET: a broken video is told in a sentence, not on stderr
    "OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT": "1",  # seconds; by default a dead camera would block for 10
}

_before = {name: os.environ.get(name) for name in _TOUCHED_BY_CV2}
for _name, _value in _SETTINGS.items():
    os.environ.setdefault(_name, _value)

import cv2  # noqa: E402  (the lines above must come first)

for _name, _old in _before.items():
    if _old is None:
        os.environ.pop(_name, None)
    else:
        os.environ[_name] = _old

# The work here is small conversions and scalings. Beside a busy torch on two cores a second thread did not
# make them faster (6-14 ms a 1080p frame with one, 6-15 ms with two), and takes the core torch computes on.
cv2.setNumThreads(1)

__all__ = ["cv2"]
