"""What a person can set on the view of the top patches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, Self

from engine.errors import UserError
from engine.inside.patches.requests import KEPT, KINDS, Pictures

LONGEST_PATH: Final = 4096


@dataclass(frozen=True, slots=True)
class PatchesSettings:
    """`kind` and `path`: the collection that is looked through. `opened`: the patch whose whole picture is on show,
    None for all of them. `sharp`: patches with all pixels of the photo, rather than those that the net gets."""

    kind: Literal["bundled", "folder", "video"] = "bundled"
    path: str = ""
    opened: int | None = None
    sharp: bool = True

    @property
    def pictures(self) -> Pictures:
        """The collection."""
        return Pictures(self.kind, self.path)

    def validated(self) -> Self:
        """The settings themselves, or a UserError; whether the folder is there shows when it is listed."""
        if self.kind not in KINDS:
            raise UserError(f"There is no collection of pictures called “{self.kind}”.")
        if bool(self.path) != (self.kind != "bundled") or len(self.path) > LONGEST_PATH:
            raise UserError("The saved view names no folder or film to look through.")
        if self.opened is not None and not 0 <= self.opened < KEPT:
            raise UserError(f"There is no patch {self.opened}.", f"They are counted from 0 to {KEPT - 1}.")
        return self
