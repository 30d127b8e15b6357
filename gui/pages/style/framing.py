"""A camera or a film is looked at until a picture of it is taken for the chosen tile."""

from __future__ import annotations

from pathlib import Path

from engine.errors import UserError
from engine.images import Frame
from gui.widgets import pasted
from gui.widgets.picture import to_image
from gui.widgets.source_state import SourceState


class Framing:
    """Whether a person looks for a picture to take, and what plays meanwhile."""

    def __init__(self) -> None:
        self._instead_of: SourceState | None = None
        self._frame: Frame | None = None

    @property
    def on(self) -> bool:
        return self._instead_of is not None

    @property
    def frame(self) -> Frame | None:
        """The newest frame of what plays, None before the first and where nobody looks."""
        return self._frame if self.on else None

    def begin(self, source: SourceState) -> None:
        """What plays is shown in the tile that has this picture."""
        self._instead_of = source

    def end(self) -> None:
        """Nobody looks any more."""
        self._instead_of = self._frame = None

    def concerns(self, source: SourceState) -> bool:
        """Whether the chosen tile still has the picture that it had when a person began to look."""
        return self._instead_of == source

    def came(self, frame: Frame) -> None:
        """The next frame."""
        self._frame = frame

    def keep(self) -> Path:
        """Write the frame on show to a file, so that a session can bring it back. Raises UserError where it cannot."""
        assert self._frame is not None
        try:
            return pasted.keep(to_image(self._frame.pixels), pasted.default_folder())
        except OSError as error:
            raise UserError(
                f"The picture cannot be kept ({error}). Save one as a file and open that."
            ) from error
