"""What the gallery can be asked, and what it answers. Free of torch: pages import it.

Every change answers with the whole gallery as it is then: a page shows that and nothing that it remembers.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from engine.faces.found import Face

LONGEST_NAME: Final = 300
Maker = tuple[str, str]
"""Name and make of an embedder. Embeddings of different makers are never compared."""


@dataclass(frozen=True, slots=True, eq=False)
class Photo:
    """One enrolled view of a person.

    `crop`: uint8[112, 112, 3] RGB as it was aligned; `taken`: seconds since 1970. `origin`: "camera", or the name of
    the file that it came from. `makers`: who made embeddings of it.
    """

    number: int
    crop: npt.NDArray[np.uint8]
    origin: str
    taken: float
    makers: tuple[Maker, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Person:
    """Somebody who agreed to be remembered. `name` is shown as it was typed. `agreed`: when, in seconds since 1970."""

    number: int
    name: str
    agreed: float
    photos: tuple[Photo, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Index:
    """The embeddings of one maker: `rows` float32[N, D] of length 1; `people`, `photos` int64[N]: whose, of which."""

    maker: Maker
    rows: npt.NDArray[np.float32]
    people: npt.NDArray[np.int64]
    photos: npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Snapshot:
    """The gallery at one moment. `bytes`: of its files.

    `log`: when who was met, the newest first; of the `met` entries that there are, the last ones only.
    """

    path: Path
    people: tuple[Person, ...] = ()
    indexes: tuple[Index, ...] = ()
    bytes: int = 0
    log: tuple[tuple[float, int | None], ...] = ()
    met: int = 0

    def index(self, maker: Maker) -> Index:
        """The embeddings of one maker, an empty index where there are none."""
        for index in self.indexes:
            if index.maker == maker:
                return index
        nobody = np.zeros(0, np.int64)
        return Index(maker, np.zeros((0, 0), np.float32), nobody, nobody)

    def person(self, number: int) -> Person | None:
        """The person with this number."""
        return next((person for person in self.people if person.number == number), None)


@dataclass(frozen=True, slots=True)
class Change:
    """`path`: the gallery's file, None for the usual one of this computer."""

    path: Path | None = field(default=None, kw_only=True)


@dataclass(frozen=True, slots=True)
class ReadGallery(Change):
    """The gallery as it is; it is made where there is none. Answer: Snapshot."""


@dataclass(frozen=True, slots=True, eq=False)
class Enrol(Change):
    """Remember faces as a person. Answer: Snapshot; everything or nothing is stored.

    `person`: the number of one who is enrolled already, None for a new one. `consent`: whether the person clicked
    "I agree"; without it a UserError. `maker`: of the faces' embeddings. `origins`: one a face.
    """

    name: str
    faces: tuple[Face, ...]
    maker: Maker
    origins: tuple[str, ...]
    consent: bool
    person: int | None = None


@dataclass(frozen=True, slots=True)
class Rename(Change):
    """Another name for a person. Answer: Snapshot."""

    person: int
    name: str


@dataclass(frozen=True, slots=True)
class Merge(Change):
    """Two enrolments are one person: all photos of `other` become those of `person`. Answer: Snapshot."""

    person: int
    other: int


@dataclass(frozen=True, slots=True)
class Split(Change):
    """Photos of one person are another one's, who gets `name`. Answer: Snapshot. At least one photo has to stay."""

    person: int
    photos: tuple[int, ...]
    name: str


@dataclass(frozen=True, slots=True)
class DeletePhoto(Change):
    """One photo with its embeddings. Answer: Snapshot. The last photo goes with the person only (Forget)."""

    photo: int


@dataclass(frozen=True, slots=True)
class Forget(Change):
    """A person goes, with name, pictures, crops, embeddings, log entries; the file is vacuumed. Answer: Forgotten.

    `also`: further files that are searched for traces (a log): they are read, never written.
    """

    person: int
    also: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Forgotten:
    """What was removed, and the proof: all files of the gallery were read again, byte by byte.

    `removed`: (what, how many). `searched`: (file, bytes read). `looked_for`: what was looked for, in words, and how
    often it was there before and is now.
    """

    snapshot: Snapshot
    removed: tuple[tuple[str, int], ...]
    searched: tuple[tuple[str, int], ...]
    looked_for: tuple[tuple[str, int, int], ...]

    @property
    def clean(self) -> bool:
        """Whether nothing of the person was found."""
        return all(after == 0 for _, _, after in self.looked_for)


@dataclass(frozen=True, slots=True, eq=False)
class AddEmbeddings(Change):
    """Embeddings float32[N, D] by another maker, of photos that have none of it. Answer: Snapshot."""

    photos: tuple[int, ...]
    maker: Maker
    rows: npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Reembed(Change):
    """Embeddings of all photos by `embedder` where they are missing. Answer: Snapshot; progress is told."""

    embedder: str


@dataclass(frozen=True, slots=True)
class WriteLog(Change):
    """Somebody was met. Answer: Snapshot. Kept only where a person switched the log on."""

    person: int | None


@dataclass(frozen=True, slots=True)
class EmptyLog(Change):
    """All entries of the log go, and their bytes are overwritten. Answer: Snapshot."""


@dataclass(frozen=True, slots=True)
class LookAtPhoto(Change):
    """What is kept of the photo of an enrolled face. Answer: Kept."""

    photo: int


@dataclass(frozen=True, slots=True, eq=False)
class Kept:
    """Answer to LookAtPhoto. `around`: uint8[h, w, 3] RGB."""

    photo: Photo
    around: npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class ExportGallery(Change):
    """A copy in one file, without the log. Not encrypted, unless the operating system encrypts its disk.

    Answer: Snapshot.
    """

    to: Path


@dataclass(frozen=True, slots=True)
class ImportGallery(Change):
    """People of an exported file join the gallery; photos that are there already are not doubled. Answer: Snapshot."""

    source: Path


@dataclass(frozen=True, slots=True)
class SetAside(Change):
    """A file that cannot be used keeps lying there under another name, and an empty gallery begins.

    Answer: Snapshot. A UserError where the file is sound, or somebody is busy with it.
    """
