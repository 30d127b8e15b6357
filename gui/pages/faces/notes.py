"""What stands in the way on the page "Faces", said in the line above the picture, and what helps."""

from __future__ import annotations

from typing import Final

from gui.pages.faces.nets import here
from gui.pages.faces.view import Subject
from gui.widgets.notice import Note

RECONNECT, AGAIN, REEMBED, READ, LOG_OFF = "reconnect", "again", "reembed", "read", "log off"
"""Keys of the buttons."""
LOGGED: Final = "The log is on: the time is written down whenever somebody is recognised."


def note_of(subject: Subject, lost: str, *, logs: bool) -> Note:
    """The gravest that there is to say; `lost`: the source that stopped; `logs`: this view writes the log."""
    if lost:
        return Note(f"{lost} has stopped delivering pictures.", ((RECONNECT, "Reconnect"),))
    if subject.people_trouble:
        return Note(subject.people_trouble, ((READ, "Read it again"),))
    if subject.trouble:
        return Note(subject.trouble, ((AGAIN, "Ask again"),))
    if subject.unseen and not subject.drawn:
        return _unseen(subject)
    return Note(LOGGED, ((LOG_OFF, "Switch it off"),)) if subject.logging and logs else Note()


def _unseen(subject: Subject) -> Note:
    """Photos that the embedder in use has not read; without its weights the panel says what to do."""
    status = subject.embedder
    if status is None or not here(status.weights):
        return Note()
    photos = "photo has" if subject.unseen == 1 else "photos have"
    sentence = f"{subject.unseen} enrolled {photos} no embedding by {status.title} yet."
    return Note(sentence, ((REEMBED, "Embed now"),))
