"""Names in the order in which a person would put them."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from engine.natural import in_order, natural


def test_numbers_count_as_numbers_and_letters_as_letters() -> None:
    names = ["s10", "S2", "s1", "b", "2", "10", "x1y10", "x1y2", "", "é", "½"]
    assert sorted(names, key=natural) == ["", "2", "10", "b", "s1", "S2", "s10", "x1y2", "x1y10", "½", "é"]


def test_paths_go_by_their_names_alone() -> None:
    paths = [Path("z/10.png"), Path("a/9.png"), Path("m/1.png")]
    assert [path.name for path in in_order(paths)] == ["1.png", "9.png", "10.png"]


@given(st.lists(st.integers(0, 10**30)), st.text())
def test_numbers_of_any_length_are_in_their_order(numbers: list[int], before: str) -> None:
    names = [f"{before}-{number}" for number in numbers]
    assert sorted(names, key=natural) == [f"{before}-{number}" for number in sorted(numbers)]


@given(st.lists(st.text()))
def test_any_names_can_be_compared(names: list[str]) -> None:
    assert len(sorted(names, key=natural)) == len(names)
