"""States as JSON and back; the undo history."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from engine.errors import UserError
from gui.state import ENVELOPE_KEY, ENVELOPE_VERSION, History, envelope, from_json, open_envelope, to_json


@dataclass(frozen=True)
class Inner:
    name: str = "x"
    points: tuple[tuple[float, ...], ...] = ()


@dataclass(frozen=True)
class Outer:
    """One field of every kind that a page's state may have."""

    count: int = 1
    share: float = 0.5
    on: bool = False
    text: str = ""
    view: Literal["a", "b"] = "a"
    maybe: int | None = None
    pair: tuple[int, str] = (0, "")
    inner: Inner = Inner()


finite = st.floats(allow_nan=False, allow_infinity=False)
outers = st.builds(
    Outer, st.integers(), finite, st.booleans(), st.text(), st.sampled_from(["a", "b"]),
    st.none() | st.integers(), st.tuples(st.integers(), st.text()),
    st.builds(Inner, st.text(), st.lists(st.lists(finite, max_size=3).map(tuple), max_size=3).map(tuple)),
)  # fmt: skip
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


class TestJson:
    @given(outers)
    def test_round_trip_through_text(self, state: Outer) -> None:
        page, raw = open_envelope(envelope("somewhere", state))
        assert page == "somewhere"
        assert from_json(Outer, raw) == state

    @given(st.fixed_dictionaries({}, optional=dict.fromkeys(Outer.__dataclass_fields__, json_values)))
    def test_anything_is_taken_or_refused_with_a_sentence(self, data: dict[str, Any]) -> None:
        try:
            state = from_json(Outer, data)
        except UserError as error:
            assert error.sentence.endswith(".") and any(
                name in error.sentence for name in (*data, "saved view")
            )
            return
        assert hash(state) is not None, "every list has become a tuple"
        for name, value in data.items():
            if isinstance(value, str | bool | int):
                assert getattr(state, name) == value

    @given(json_values)
    def test_what_is_no_table_is_refused(self, data: object) -> None:
        if isinstance(data, dict):
            return
        with pytest.raises(UserError):
            from_json(Outer, data)

    @pytest.mark.parametrize(
        "data",
        [
            {"count": True}, {"count": 1.0}, {"count": "1"}, {"count": None}, {"on": 1}, {"text": 3}, {"view": "c"},
            {"maybe": "x"}, {"pair": [1]}, {"pair": [1, "a", 2]}, {"pair": ["a", 1]}, {"pair": 7},
            {"inner": []}, {"inner": {"points": [["x"]]}}, {"share": "0.5"}, {"share": 10**400}, {"share": -(10**400)},
        ],
    )  # fmt: skip
    def test_a_wrong_kind_names_the_field(self, data: dict[str, Any]) -> None:
        with pytest.raises(UserError) as caught:
            from_json(Outer, data)
        assert any(name in caught.value.sentence for name in (*data, "points", "saved view"))

    def test_a_whole_number_is_a_float_where_one_is_wanted(self) -> None:
        share = from_json(Outer, {"share": 2}).share
        assert share == 2.0 and isinstance(share, float)

    def test_numbers_that_json_has_no_words_for_are_not_written(self) -> None:
        with pytest.raises(ValueError, match="JSON"):
            to_json(Outer(share=float("nan")))


class TestEnvelope:
    @pytest.mark.parametrize(
        "text",
        [
            "", "hello", "{", "[]", "5", "null", '"text"', "{}", '{"page": "convolution"}', "[" * 100_000,
            "9" * 5000, '{"convscope": ' + "9" * 5000 + "}",
            json.dumps({ENVELOPE_KEY: ENVELOPE_VERSION}),
            json.dumps({ENVELOPE_KEY: ENVELOPE_VERSION, "page": 3, "state": {}}),
            json.dumps({ENVELOPE_KEY: ENVELOPE_VERSION, "page": "convolution", "state": []}),
        ],
        ids=lambda text: text[:12] or "empty",
    )  # fmt: skip
    def test_what_is_no_view_is_refused(self, text: str) -> None:
        with pytest.raises(UserError) as caught:
            open_envelope(text)
        assert caught.value.sentence.endswith(".") and caught.value.hint

    @pytest.mark.parametrize("version", [0, 2, "1", None])
    def test_another_version_is_said(self, version: object) -> None:
        with pytest.raises(UserError, match="another version"):
            open_envelope(json.dumps({ENVELOPE_KEY: version, "page": "convolution", "state": {}}))

    def test_the_text_can_be_read_by_a_person(self) -> None:
        text = envelope("convolution", Outer(count=3))
        assert '"count": 3' in text and '"page": "convolution"' in text


class HistoryMachine(RuleBasedStateMachine):
    """Undo and redo against the plainest model there is: a list of everything and a place in it."""

    def __init__(self) -> None:
        super().__init__()
        self.history = History(0)
        self.all, self.place = [0], 0

    @rule(value=st.integers(0, 5))
    def record(self, value: int) -> None:
        self.history.record(value)
        if value != self.all[self.place]:
            self.all = [*self.all[: self.place + 1], value]
            self.place += 1

    @rule()
    def undo(self) -> None:
        self.place = max(self.place - 1, 0)
        assert self.history.undo() == self.all[self.place]

    @rule()
    def redo(self) -> None:
        self.place = min(self.place + 1, len(self.all) - 1)
        assert self.history.redo() == self.all[self.place]

    @invariant()
    def agrees(self) -> None:
        assert self.history.present == self.all[self.place]
        assert self.history.can_undo == (self.place > 0)
        assert self.history.can_redo == (self.place < len(self.all) - 1)


TestHistoryAgainstAModel = HistoryMachine.TestCase


class Clock:
    """Time as the test says."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class TestHistory:
    def test_a_gesture_is_one_step(self) -> None:
        history = History(0, clock=Clock())
        for value in (1, 2, 3):
            history.record(value, "drag")
        assert history.undo() == 0 and not history.can_undo
        assert history.redo() == 3

    def test_a_gesture_that_comes_back_is_nothing_to_undo(self) -> None:
        history = History(0, clock=Clock())
        for value in (1, 2, 0):
            history.record(value, "drag")
        assert history.present == 0 and not history.can_undo

    def test_a_long_gesture_is_one_step_a_pause_ends_it(self) -> None:
        """Every change within a second of the one before belongs to it, however long it all takes."""
        clock = Clock()
        history = History(0, clock=clock)
        for value in range(1, 21):
            history.record(value, "drag")
            clock.now += 0.9 * History.GESTURE_SECONDS
        clock.now += History.GESTURE_SECONDS
        history.record(99, "drag")
        assert history.undo() == 20 and history.undo() == 0

    def test_another_gesture_or_none_is_another_step(self) -> None:
        history = History(0, clock=Clock())
        for value, kind in ((1, "drag"), (2, "other"), (3, None), (4, None), (5, "drag")):
            history.record(value, kind)
        assert [history.undo() for _ in range(5)] == [4, 3, 2, 1, 0]

    def test_undo_ends_a_gesture(self) -> None:
        history = History(0, clock=Clock())
        history.record(1, "drag")
        history.undo()
        history.redo()
        history.record(2, "drag")
        assert history.undo() == 1

    def test_reset_forgets_everything(self) -> None:
        history = History(0)
        history.record(1)
        history.undo()
        history.reset(7)
        assert history.present == 7 and not history.can_undo and not history.can_redo

    def test_amend_is_nothing_to_undo(self) -> None:
        history = History(0)
        history.record(1)
        history.amend(9)
        assert history.present == 9 and history.undo() == 0
        assert history.redo() == 9

    def test_a_change_forgets_the_redos(self) -> None:
        history = History(0)
        history.record(1)
        history.undo()
        history.record(2)
        assert not history.can_redo and history.redo() == 2

    def test_it_does_not_grow_for_ever(self) -> None:
        history = History(0)
        for value in range(1, 1000):
            history.record(value)
        steps = 0
        while history.can_undo:
            history.undo()
            steps += 1
        assert steps == History.LIMIT and history.present == 999 - History.LIMIT
