"""A painting as a PNG that knows how it was made, and the way back from such a file to its settings."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from engine.errors import UserError
from engine.images import encode_png, text_of_png
from gui.pages.style.state import StyleState
from gui.state import envelope, from_json, open_envelope

KEY: Final = "convscope"
"""The keyword of the text within the file."""
PAGE: Final = "style"


def stamped(pixels: npt.NDArray[np.uint8], state: StyleState) -> bytes:
    """The bytes of a PNG of uint8[H, W, 3] with a state in its metadata."""
    return encode_png(pixels, {KEY: envelope(PAGE, state)})


def state_in(path: Path) -> StyleState | None:
    """The state with which a picture was painted, None where the file says nothing that this version can use."""
    text = text_of_png(path, KEY)
    if text is None:
        return None
    try:
        page, data = open_envelope(text)
        return from_json(StyleState, data).validated() if page == PAGE else None
    except UserError:
        return None  # the picture itself can still be used, which is what is done with it then
