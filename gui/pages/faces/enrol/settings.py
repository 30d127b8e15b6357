"""What a person can set on the view "Enrol". Names and pictures are no settings: they stay out of saved views."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Self


@dataclass(frozen=True, slots=True)
class EnrolSettings:
    """`way`: what plays (guided, pose by pose), photos, or a folder with one sub-folder a person."""

    way: Literal["guided", "photos", "folder"] = "photos"

    def validated(self) -> Self:
        """The settings themselves: every way is possible."""
        return self
