"""The figures that the net for faces states, counted again on people that it never saw."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from safetensors.torch import load_file
from sklearn.metrics import roc_auc_score

from engine.faces.embedders import MINI_SUGGESTED
from engine.networks.weights import records, store
from engine.networks.zoo.facenet_mini import FacenetMini
from engine.training.face_photos import FacePhotos, Finder, held_out, orl, portraits
from engine.training.faces import embedded
from engine.training.faces_release import NAME, YUNET


@pytest.fixture(scope="module")
def net() -> FacenetMini:
    net = FacenetMini().eval()
    net.load_state_dict(load_file(store.find(NAME).path))
    return net


@pytest.fixture(scope="module")
def finder(assets: Path) -> Finder:
    return Finder(assets / "models" / YUNET)


def stated(name: str) -> float:
    return float(records.read_header(store.find(NAME).path).metadata[name])


def area(net: FacenetMini, photos: FacePhotos) -> float:
    """Of all pairs, by scikit-learn."""
    rows, people = embedded(net, photos.crops).double(), photos.people.tolist()
    pairs = list(itertools.combinations(range(len(people)), 2))
    same = [people[i] == people[j] for i, j in pairs]
    return float(roc_auc_score(same, [-float((rows[i] - rows[j]).square().sum()) for i, j in pairs]))


def rates(net: FacenetMini, photos: FacePhotos) -> tuple[float, float]:
    """False accepts and false rejects at the suggested threshold, of all pairs."""
    rows, people = embedded(net, photos.crops).double(), photos.people.tolist()
    pairs = list(itertools.combinations(range(len(people)), 2))
    near = [float((rows[i] - rows[j]).square().sum()) <= stated("threshold") for i, j in pairs]
    same = [people[i] == people[j] for i, j in pairs]
    accepted = sum(n and not s for n, s in zip(near, same, strict=True))
    rejected = sum(s and not n for n, s in zip(near, same, strict=True))
    return accepted / (len(same) - sum(same)), rejected / sum(same)


def test_what_is_told_of_the_suggested_threshold(assets: Path, net: FacenetMini, finder: Finder) -> None:
    _, unseen = held_out(orl(assets / "faces" / "orl", finder))
    press = portraits(assets / "faces" / "portraits", finder)
    (far, frr), (press_far, press_frr) = rates(net, unseen), rates(net, press)
    assert f"(ORL, one laboratory): {far:.1%} and {frr:.0%}" in MINI_SUGGESTED.replace(" %", "%")
    assert f"press photographs: {press_far:.1%} and {press_frr:.0%}" in MINI_SUGGESTED.replace(" %", "%")


def test_subjects_that_were_never_seen(assets: Path, net: FacenetMini, finder: Finder) -> None:
    _, unseen = held_out(orl(assets / "faces" / "orl", finder))
    assert len(unseen.people) == 80 and unseen.people.unique().tolist() == list(range(8))
    found = area(net, unseen)
    assert found >= 0.98
    assert found == pytest.approx(stated("test_auc"), abs=0.005)


def test_press_photographs(assets: Path, net: FacenetMini, finder: Finder) -> None:
    press = portraits(assets / "faces" / "portraits", finder)
    assert press.people.bincount().tolist() == [2, 4, 5, 2]
    found = area(net, press)
    assert found == pytest.approx(stated("portraits_auc"), abs=0.005)
