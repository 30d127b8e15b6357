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

LOG: Final = (
    "While it is on, the view Recognise writes down whom of these people it recognises and when, each of them once a"
    " minute at most: a number and the time, no picture. The log lies in the gallery's file, is not exported, and goes"
    " with the person who is forgotten."
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


def moment(seconds: float) -> str:
    """A day and the time of it."""
    return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(seconds))


def log_title(people: Snapshot | None) -> str:
    """How much is in the log, and how much of it is on show."""
    if people is None or not people.met:
        return "Nobody is in the log."
    shown_ones = len(people.log)
    more = f"; the last {shown_ones:,} are shown" if shown_ones < people.met else ", the newest first"
    return f"The log has {counted(people.met, 'entry', 'entries')}{more}."


def log_lines(people: Snapshot) -> list[str]:
    """Who was recognised when, the newest first."""
    names = {person.number: shown(person.name, 60) for person in people.people}
    return [f"{moment(when)}  {names.get(who or 0, 'somebody unknown')}" for when, who in people.log]


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
        rows.append(("last met", moment(max(met)), "Kept only while the log was switched on."))
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
        " The file is then written anew and searched for what is left. This cannot be undone. Files that were exported"
        " or set aside are not reached."
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
    removed = ", ".join(f"{what} ({count:,})" for what, count in answer.removed if count)
    if answer.clean:
        return f"Forgotten. Removed: {removed}. All files were searched byte by byte: nothing is left."
    return (
        f"Removed: {removed}. But some bytes are still there: another window reads the gallery, or a log names the"
        " person. Close other windows; the next change of the gallery clears its file."
    )


def imported(before: Snapshot, after: Snapshot) -> str:
    """What an imported file brought."""
    known = {person.number for person in before.people}
    new = [person for person in after.people if person.number not in known]
    photos = sum(len(p.photos) for p in after.people) - sum(len(p.photos) for p in before.people)
    if photos <= 0:
        return "All photos of that file are here already: nothing was added."
    return (
        f"{counted(photos, 'photo')} joined the gallery; {counted(len(new), 'person is', 'people are')} new."
    )


def table(people: Snapshot) -> Table:
    """Everybody as rows."""
    rows = [(one.number, one.name, len(one.photos), day(one.agreed)) for one in people.people]
    return ("number", "name", "photos", "agreed"), rows
