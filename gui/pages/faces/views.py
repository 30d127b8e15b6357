"""The one table of views. A view is a package, one entry in `VIEWS`, and a field of settings in the page's state."""

from __future__ import annotations

from typing import Final

from gui.pages.faces.view import FacesView
from gui.pages.views.view import ViewEntry

VIEWS: Final[tuple[ViewEntry[FacesView], ...]] = (
    ViewEntry(
        "recognise",
        "Recognise",
        "Who is in the picture: the best match, the runner-up, or somebody unknown",
        "gui.pages.faces.recognise.view:RecogniseView",
    ),
    ViewEntry(
        "enrol",
        "Enrol",
        "Remember a person who agrees: by camera, from photos, from a folder",
        "gui.pages.faces.enrol.view:EnrolView",
    ),
    ViewEntry(
        "verify",
        "Verify",
        "Is it the one whose name was given? The distance, number by number",
        "gui.pages.faces.verify.view:VerifyView",
    ),
)
