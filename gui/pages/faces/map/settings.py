"""What a person can set on the view "Map"."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, Self

from engine.errors import UserError
from gui.pages.faces.group import Whom, checked_whom

Layout = Literal["pca", "tsne"]
LAYOUTS: Final[tuple[tuple[str, str, str], ...]] = (
    ("pca", "PCA", "The two directions in which the embeddings vary most: distances keep a meaning"),
    ("tsne", "t-SNE", "Neighbours stay neighbours; distances between groups mean nothing"),
)


@dataclass(frozen=True, slots=True)
class MapSettings:
    """`group`: who is on the map. `layout`: how the plane is made. `thumbnails`: faces instead of dots. `photo`: the
    number of the one that is looked into, None for none."""

    group: Whom = "crowd"
    layout: Layout = "pca"
    thumbnails: bool = True
    photo: int | None = None

    def validated(self) -> Self:
        """The settings themselves, or a UserError that says what is wrong with them."""
        checked_whom(self.group)
        if self.layout not in {key for key, _, _ in LAYOUTS}:
            raise UserError(f"There is no map of the kind “{self.layout}”.", "Choose PCA or t-SNE.")
        return self
