"""What the view "People" says: pure functions."""

from __future__ import annotations

import time
from typing import Final

from engine.faces.gallery.requests import Forgotten, Maker, Person, Snapshot
from gui.pages.faces.names import shown
from gui.pages.faces.view import Subject, Table
from gui.widgets.facts import Fact

NOBODY: Final = (
    "Nobody is enrolled yet. The view Enrol remembers people who agree; an exported file can be imported."
)
READING: Final = "The gallery is being read."
NOT_ENCRYPTED: Final = "The file is not encrypted; it is as safe as the disk that it lies on."
KEEPS: Final = (
    "An exported file keeps everybody who is in it, also those who are forgotten here later. " + NOT_ENCRYPTED
)


def counted(number: int, one: str, many: str = "") -> str:
    """ "1 photo", "3 photos"."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def size(number: int) -> str:
    """Bytes as people say them."""
    return f"{number / 1e6:.1f} MB" if number >= 1e5 else f"{number / 1e3:.0f} kB"


def day(seconds: float) -> str:
    """A day, year first; "never" for a drawn person's 0."""
    return time.strftime("%Y-%m-%d", time.localtime(seconds)) if seconds > 0 else "never"


def maker_words(maker: Maker, subject: Subject) -> str:
    """The title of an embedder, and which file of it where there are several."""
    listed = () if subject.models is None else subject.models.embedders
    title = next((one.title for one in listed if one.name == maker[0]), maker[0])
    current = next((one.made_of for one in listed if one.name == maker[0]), maker[1])
    return title if maker[1] == current else f"{title} (another file)"


def line(person: Person, subject: Subject) -> str:
    """What stands beneath a name."""
    makers = dict.fromkeys(maker for photo in person.photos for maker in photo.makers)
    by = ", ".join(maker_words(maker, subject) for maker in makers) or "no embedding"
    return f"{counted(len(person.photos), 'photo')}, embedded by {by}"


def person_facts(person: Person, subject: Subject) -> list[Fact]:
    """The inspector about one person."""
    rows: list[Fact] = [
        ("person", shown(person.name, 60), "As it was typed."),
        ("agreed", day(person.agreed), "The day of the click on “I agree”."),
        ("photos", str(len(person.photos)), "Pictures of the head, aligned crops, embeddings."),
    ]
    for maker in dict.fromkeys(maker for photo in person.photos for maker in photo.makers):
        having = sum(maker in photo.makers for photo in person.photos)
        words = f"{having} of {len(person.photos)} photos"
        rows.append((maker_words(maker, subject), words, "Embeddings of different nets are never compared."))
    met = [
        when for when, who in (() if subject.people is None else subject.people.log) if who == person.number
    ]
    if met:
        rows.append(("last met", day(max(met)), "Kept only where the log was switched on."))
    return rows


def gallery_facts(people: Snapshot) -> list[Fact]:
    """The inspector about the whole gallery."""
    photos = sum(len(person.photos) for person in people.people)
    return [
        ("people", f"{len(people.people):,}", "In this gallery."),
        ("photos", f"{photos:,}", "Of all of them."),
        ("file", str(people.path), "Everything is in here, and nowhere else."),
        ("size", size(people.bytes), "Of all files of the gallery."),
    ]


def forget_text(person: Person) -> str:
    """What goes when a person is forgotten."""
    photos = counted(len(person.photos), "photo")
    embeddings = sum(len(photo.makers) for photo in person.photos)
    return (
        f"Removed are the name, {photos} with their crops, {counted(embeddings, 'embedding')}, and entries of the log."
        " The file is then written anew and searched for what is left. This cannot be undone. Exported files are not"
        " reached."
    )


def proof(answer: Forgotten) -> list[Fact]:
    """What was looked for, and how often it was there before and is now."""
    rows: list[Fact] = [
        (words, f"{before:,} before, {after:,} now", "How often it stood in the files.")
        for words, before, after in answer.looked_for
    ]
    read = sum(number for _, number in answer.searched)
    files = ", ".join(name for name, _ in answer.searched)
    rows.append(("bytes searched", f"{read:,}", f"All bytes of {files}."))
    return rows


def proof_words(answer: Forgotten) -> str:
    """The verdict on it."""
    removed = ", ".join(f"{count:,} {what}" for what, count in answer.removed if count)
    if answer.clean:
        return f"Forgotten. Removed: {removed}. All files were searched byte by byte: nothing is left."
    return (
        f"Removed: {removed}. But some bytes are still there: another window reads the gallery, or a log names the"
        " person. Close other windows; the next change of the gallery clears its file."
    )


def table(people: Snapshot) -> Table:
    """Everybody as rows."""
    rows = [(one.number, one.name, len(one.photos), day(one.agreed)) for one in people.people]
    return ("number", "name", "photos", "agreed"), rows
