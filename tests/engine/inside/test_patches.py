"""Top patches: the index and its merging, mining against a slow loop."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from torch import nn

from engine.context import Context
from engine.errors import UserError
from engine.inside.nets import OpenNet
from engine.inside.patches import index_file, library, mine
from engine.inside.patches.index import (
    MINED,
    PENDING,
    Identity,
    Index,
    LayerUnits,
    PictureFile,
    blank,
    carried_over,
    merge,
)  # fmt: skip
from engine.inside.patches.maxima import Maxima, last_layers, layers_with_maps, peaks
from engine.inside.patches.ordering import NOBODY, strongest, strongest_apart
from engine.inside.patches.tally import Tally
from engine.networks.program import Program, program_of
from engine.networks.steps import at_once
from tests.engine.inside.patches_fixtures import driven, net, own_folder, places, same, slow, values

__all__ = ["net", "own_folder"]

K = 3


LAYERS = (LayerUnits("first", 2, 2, 3), LayerUnits("second", 3, 1, 1))


IDENTITY = Identity("net", "weights", "recipe", LAYERS, K)


# --- the index --------------------------------------------------------------------------------------------


Found = dict[str, tuple[list[float], list[int]]]
"""What one look at a picture gives: a value and a place for every unit."""


def index_of(found: Found, all_names: list[str] | None = None) -> Index:
    """The index that mining pictures of these names would give, one after the other."""
    tally = Tally(blank(IDENTITY, [PictureFile(name) for name in all_names or found]))
    for number, picture in enumerate(tally.index.pictures):
        if picture.name in found:
            values, places = found[picture.name]
            at_once(tally.add([number], np.array([values], np.float32), np.array([places], np.int32)))
    return tally.index


def by_hand(found: Found) -> list[list[tuple[float, str, int]]]:
    """The k strongest of every unit, by sorting all."""
    units = range(IDENTITY.units)
    lists = [[(-values[u], name, places[u]) for name, (values, places) in found.items()] for u in units]
    return [[(-value, name, place) for value, name, place in sorted(one)[:K]] for one in lists]


@given(
    hnp.arrays(
        np.float32, (3, 12), elements=st.sampled_from([-np.inf, -2.5, -1.0, -0.0, 0.0, 1e-30, 0.5, 3.0])
    ),
    st.integers(1, 12),
    st.integers(0, 99),
)
@settings(max_examples=60)
def test_the_strongest_are_those_of_a_plain_sort(entries: np.ndarray, k: int, seed: int) -> None:
    draw = np.random.default_rng(seed)
    pictures = np.stack([draw.permutation(12) for _ in range(3)]).astype(np.int32)
    places = draw.integers(0, 5, (3, 12)).astype(np.int32)
    found = strongest((entries, pictures, places), k)
    for row in range(3):
        expected = sorted(zip(-entries[row], pictures[row], places[row], strict=True))[:k]
        assert [(-v, p, s) for v, p, s in zip(*(part[row] for part in found), strict=True)] == expected
    apart = strongest_apart((entries, pictures, places), k)
    assert all(np.array_equal(a, b) for a, b in zip(found, apart, strict=True))


def as_lists(index: Index) -> list[list[tuple[float, str, int]]]:
    found = []
    for layer in LAYERS:
        for channel in range(layer.channels):
            records = index.records(layer.name, channel)
            found.append([(r.value, r.picture.name, r.row * layer.width + r.column) for r in records])
    return found


looks = st.dictionaries(st.sampled_from("abcdefgh"), st.tuples(values, places), max_size=8)


@given(looks, looks, looks)
@settings(max_examples=60)
def test_merged_shards_are_the_index_of_the_union(a: Found, b: Found, c: Found) -> None:
    a, b = {**b, **a}, {**a, **b}  # pictures that both have are the same pictures
    a, b = {n: a[n] for n in a if n in "abcdef"}, {n: a[n] for n in b if n in "defgh"}
    c = {name: {**a, **b}.get(name, look) for name, look in c.items()}
    union = {**c, **a, **b}
    one, two, three = index_of(a), index_of(b), index_of(c)
    whole = index_of(union)
    assert as_lists(whole) == by_hand(union)
    merged = merge(merge(one, two), three)
    assert same(merged, whole)
    assert same(merge(one, merge(three, two)), whole)
    assert same(merge(one, one), one)


def test_of_a_picture_that_two_machines_saw_a_little_differently_the_stronger_look_counts() -> None:
    one = index_of({"a": ([1.0] * 5, [1, 1, 0, 0, 0]), "b": ([0.5] * 5, [0] * 5)})
    two = index_of({"a": ([1.1] * 5, [2, 2, 0, 0, 0])})
    for merged in (merge(one, two), merge(two, one)):
        first = merged.records("first", 0)
        assert [(round(r.value, 3), r.picture.name, r.row, r.column) for r in first] == [
            (1.1, "a", 0, 2), (0.5, "b", 0, 0),
        ]  # fmt: skip
        assert (merged.numbers[0] == [0, 1, NOBODY]).all() and merged.values[0, 2] == -np.inf


def test_shards_of_different_nets_are_not_merged() -> None:
    one = index_of({})
    other = replace(one, identity=replace(IDENTITY, weights="others"))
    with pytest.raises(UserError, match="different nets"):
        merge(one, other)
    renamed = replace(one, identity=replace(IDENTITY, net="a copy under another name"))
    assert merge(one, renamed).identity.weights == "weights"


@given(looks)
@settings(max_examples=25)
def test_a_file_gives_back_what_was_saved(found: Found) -> None:
    path = library.folder() / "one.npz"
    index = index_of(found, list("abcdefghij"))
    index_file.save(index, path)
    again = index_file.load(path)
    assert same(index, again) and again.identity == IDENTITY
    assert [f.name for f in path.parent.iterdir()] == ["one.npz"], "a half-made file was left"


def test_pictures_that_come_are_carried_over_and_pictures_that_go_are_not() -> None:
    found: Found = {"b": ([1.0] * 5, [0] * 5), "d": ([2.0] * 5, [0] * 5)}
    index = index_of(found, ["b", "c", "d"])
    grown = carried_over(index, [PictureFile(name) for name in "abde"])
    assert grown is not None
    assert grown.states.tolist() == [PENDING, MINED, MINED, PENDING]
    assert as_lists(grown) == by_hand(found)
    assert carried_over(index, [PictureFile("b"), PictureFile("c")]) is None
    assert carried_over(index, [PictureFile("b", time=1), PictureFile("d")]) is None, "b was changed"


@pytest.mark.parametrize("damage", ["cut", "bits", "text", "other arrays"])
def test_a_damaged_file_is_told_and_made_anew(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "one.npz"
    index_file.save(index_of({"a": ([1.0] * 5, [0] * 5)}), path)
    content = bytearray(path.read_bytes())
    if damage == "cut":
        content = content[: len(content) // 2]
    elif damage == "bits":
        place = content.find(np.float32(1.0).tobytes(), 200)
        content[place] ^= 0xFF
    elif damage == "text":
        content = bytearray(b"not an index")
    path.write_bytes(content)
    if damage == "other arrays":
        np.savez(path, header=np.zeros(3))
    with pytest.raises(UserError, match="damaged"):
        index_file.load(path)
    assert index_file.load_if_good(path) is None
    with pytest.raises(UserError, match="no index"):
        index_file.load(tmp_path / "none.npz")


def test_a_write_that_fails_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "one.npz"
    index = index_of({"a": ([1.0] * 5, [0] * 5)})
    index_file.save(index, path)

    def full(*_args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(UserError, match="No space left"):
        index_file.save(index_of({}), path)
    assert same(index_file.load(path), index)
    assert [f.name for f in tmp_path.iterdir() if f.is_file()] == ["one.npz"]


# --- the largest values -----------------------------------------------------------------------------------


@given(
    st.integers(1, 3),
    st.integers(1, 4),
    st.integers(1, 6),
    st.integers(1, 6),
    st.booleans(),
    st.integers(0, 99),
)
@settings(max_examples=40)
def test_peaks_are_the_first_largest_values(n: int, c: int, h: int, w: int, last: bool, seed: int) -> None:
    maps = torch.from_numpy(np.random.default_rng(seed).integers(-2, 3, (n, c, h, w)).astype(np.float32))
    if last:
        maps = maps.contiguous(memory_format=torch.channels_last)
    values, found = peaks(maps)
    flat = maps.numpy().reshape(n, c, h * w)
    assert np.array_equal(values.numpy(), flat.max(2))
    assert np.array_equal(found.numpy(), flat.argmax(2)), "numpy takes the first of several, too"
    least = np.random.default_rng(seed + 1).integers(-2, 3, c).astype(np.float32)
    again, some = peaks(maps, torch.from_numpy(least))
    assert torch.equal(again, values)
    assert np.array_equal(some.numpy(), np.where(flat.max(2) >= least, flat.argmax(2), -1))


def test_a_value_that_is_no_number_is_found() -> None:
    maps = torch.randn(2, 3, 5, 4)
    maps[1, 2, 3, 1] = float("nan")
    maps[0, 1, 2, 2] = float("inf")
    for least in (None, torch.zeros(3)):
        values, _ = peaks(maps, least)
        assert values.isnan().nonzero().tolist() == [[1, 2]]
        assert values.isinf().nonzero().tolist() == [[0, 1]]


def looked_at(program: Program, batch: torch.Tensor) -> tuple[np.ndarray, np.ndarray]:
    layers = layers_with_maps(program)
    watcher = Maxima(program, layers)
    ends = last_layers(program, layers)
    program.run(batch, ends, watch=watcher, override=watcher.run_relu_in_place)
    found = watcher.result()
    return found[0].numpy(), found[1].numpy()


class Branches(nn.Module):
    """Maps that several read, a ReLU whose input is read again, maps put side by side, and two ends."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.left, self.right = (
            nn.Conv2d(3, 4, 3),
            nn.Conv2d(4, 2, 1),
            nn.Conv2d(4, 3, 3, stride=2),
        )
        self.act, self.drop, self.head = nn.ReLU(inplace=True), nn.Dropout(), nn.Linear(6, 3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        a = self.conv(x)
        b = torch.relu(a)
        left = self.drop(self.act(self.left(b + a)))
        joined = torch.cat((left, b), dim=1)
        right = nn.functional.relu(self.right(b))
        return self.head(joined.mean((2, 3))) + right.mean((2, 3))


def test_mining_sees_what_a_slow_loop_sees(net: OpenNet) -> None:
    torch.manual_seed(3)
    for program in (net.program, program_of(Branches().eval(), (3, 12, 12))):
        shape = program.graph.input_shape
        batch = torch.randn(3, *shape).contiguous(memory_format=torch.channels_last)
        with torch.inference_mode():
            found, places = looked_at(program, batch)
            expected, expected_places = slow(program, batch)
        np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)
        assert (
            places == expected_places
        ).mean() > 0.999  # values that differ in the last bit may change places


def test_places_that_no_index_wants_are_not_looked_for(net: OpenNet) -> None:
    """With what an index has already as the least: the same index as with all places."""
    identity = driven(library.identify(net, Context()))
    batch = np.random.default_rng(5).normal(size=(12, 32, 32, 3)).astype(np.float32)
    files = [PictureFile(f"{number:02}") for number in range(12)]
    tallies = Tally(blank(identity, files)), Tally(blank(identity, files))
    for tally, least in zip(tallies, (False, True), strict=True):
        for first in range(0, 12, 4):
            weakest = tally.index.values[:, -1] if least else None
            values, places = driven(mine.strongest_places(net, identity, batch[first : first + 4], weakest))
            at_once(tally.add(range(first, first + 4), values.numpy(), places.numpy()))
    assert same(tallies[0].index, tallies[1].index)
    assert tallies[1].index.places.min() >= 0


def test_only_what_leads_to_maps_is_computed() -> None:
    program = program_of(Branches().eval(), (3, 12, 12))
    layers = layers_with_maps(program)
    ends = last_layers(program, layers)
    assert len(ends) == 2, "joined and right"
    computed: list[str] = []
    program.run(torch.zeros(1, 3, 12, 12), ends, watch=lambda call, _value: computed.append(call.layer))
    assert {layer.name for layer in layers} <= set(computed)
    assert not {layer.name for layer in program.layers if not program.has_maps(layer.name)} & set(computed)
