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
    ViewEntry(
        "gallery",
        "People",
        "Who is enrolled: rename, merge, split, delete, forget without a trace",
        "gui.pages.faces.people.view:PeopleView",
    ),
    ViewEntry(
        "errors",
        "Threshold",
        "What a threshold makes of a group: false accepts, false rejects, and why",
        "gui.pages.faces.threshold.view:ThresholdView",
    ),
    ViewEntry(
        "map",
        "Map",
        "All embeddings in a plane, by principal components or t-SNE",
        "gui.pages.faces.map.view:MapView",
    ),
)
