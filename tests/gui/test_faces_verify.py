"""The view "Verify" through its real widgets: what it says of all people, and that it has room for it."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import QWidget

from engine.faces.examples.scene import ENROLLED
from gui.pages.faces.names import shown
from gui.pages.faces.page import FacesPage
from gui.pages.faces.state import FacesState
from gui.pages.faces.verify.view import VerifyView
from tests.gui.faces_pages import OpenFaces, open_faces, settle
from tests.gui.window_fixtures import calm

__all__ = ["calm", "open_faces"]

VERIFY = FacesState(view="verify")


def verify(page: FacesPage) -> VerifyView:
    return cast(VerifyView, page.stage.view)


def test_the_best_and_the_runner_up_of_all_people_are_told(open_faces: OpenFaces) -> None:
    page = open_faces(VERIFY)
    view, people = verify(page), page.subject.people
    assert people is not None and view.stage.everybody
    index = page.subject.index
    assert index is not None
    for place, who in enumerate(view.stage.everybody):
        page.amend(replace(page.state, verify=replace(page.state.verify, chosen=place)))
        away = ((index.rows.astype(float) - who.face.embedding) ** 2).sum(1)
        best, second = sorted((float(away[index.people == p.number].min()), p.name) for p in people.people)[
            :2
        ]
        words = view.others.text()
        assert f"all {len(ENROLLED)} people" in words
        assert f"{shown(best[1])}, d = {best[0]:.3f}" in words
        assert f"The runner-up is {shown(second[1])}, d = {second[0]:.3f}." in words
        assert ("nobody is near enough" in words) == (best[0] > page.subject.threshold)


def test_a_verdict_speaks_of_the_claim_and_not_of_the_truth(open_faces: OpenFaces) -> None:
    view = verify(open_faces(VERIFY))
    assert view.found is not None
    assert ("is taken for" if view.found.accepted else "is not taken for") in view.verdict.text()


def test_both_embeddings_share_one_scale(open_faces: OpenFaces) -> None:
    view = verify(open_faces(VERIFY))
    assert view.found is not None
    largest = float(np.abs([view.found.first, view.found.second]).max())
    assert view.first.limit == view.second.limit == pytest.approx(largest)


def test_nothing_stays_checked_when_there_is_no_claim(open_faces: OpenFaces) -> None:
    page = open_faces(VERIFY)
    view = verify(page)
    assert view.aside() is not None
    page.change(replace(page.state, people="own"))
    settle(page)
    assert view.found is None and view.aside() is None


@pytest.mark.parametrize("size", [(960, 560), (1400, 900)])
def test_nothing_of_it_covers_anything_else(open_faces: OpenFaces, size: tuple[int, int]) -> None:
    page = open_faces(VERIFY)
    page.resize(*size)
    settle(page)
    view = verify(page)
    parts: list[QWidget] = [
        view.stage, *view.tiles, view.verdict, view.others, view.scale, view.worked, view.parts, view.first
    ]  # fmt: skip
    places = [QRect(part.mapTo(view, QPoint()), part.size()) for part in parts]
    assert not any(a.intersects(b) for n, a in enumerate(places) for b in places[:n])
    assert all(view.rect().contains(place) for place in places)
    assert view.worked.height() >= view.worked.heightForWidth(view.worked.width())
