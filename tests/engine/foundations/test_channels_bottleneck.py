"""What the three variants cost: against the course's numbers, against loops and torch, and the clock."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Generator
from dataclasses import replace
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.utils.flop_counter import FlopCounterMode

from engine.context import Context
from engine.errors import UserError
from engine.foundations.channels import measuring
from engine.foundations.channels.bottleneck import (
    EXAMPLES,
    MOST_MACS,
    RANGES,
    Block,
    Variant,
    break_even,
    example,
    problem,
    variants,
)
from engine.foundations.channels.check import check_costs, module
from engine.foundations.channels.measuring import ROUNDS, measure
from engine.foundations.channels.requests import CheckCosts, Measured, MeasureVariants
from engine.foundations.channels.snippet import costs_script

blocks = st.builds(
    Block,
    st.integers(1, 8),
    st.integers(1, 9),
    st.sampled_from([1, 3, 5]),
    st.integers(1, 7),
    st.integers(1, 6),
)


def test_the_numbers_of_the_course() -> None:
    direct, bottleneck, separable = variants(Block())
    assert direct.macs == 120_422_400
    assert [layer.macs for layer in bottleneck.layers] == [2_408_448, 10_035_200]
    assert bottleneck.macs == 12_443_648
    assert [layer.macs for layer in separable.layers] == [3_763_200, 4_816_896]
    assert (direct.parameters, bottleneck.parameters) == (153_632, 192 * 16 + 16 + 25 * 16 * 32 + 32)
    assert (direct.memory, bottleneck.memory) == (4 * 28 * 28 * 32, 4 * 28 * 28 * 48)


@settings(max_examples=20, deadline=None)
@given(blocks)
def test_counts_are_those_of_the_definition(block: Block) -> None:
    """Every output of every layer counts its taps."""
    for variant in variants(block):
        for layer in variant.layers:
            taps = layer.f * layer.f * (layer.c_in // layer.groups)
            outputs = layer.c_out * block.n * block.n
            assert layer.macs == sum(taps for _ in range(outputs))
            assert layer.parameters == layer.c_out * (taps + 1) and layer.memory == 4 * outputs
        with torch.no_grad():
            out = module(variant.layers)(torch.zeros(1, block.channels, block.n, block.n))
        assert tuple(out.shape) == (1, block.filters, block.n, block.n)


@settings(max_examples=8, deadline=None)
@given(blocks)
def test_the_badge_counts_with_torch(block: Block) -> None:
    found = check_costs(CheckCosts(block), Context())
    assert found.agrees and found.max_abs_difference == 0 and "Conv2d" in found.reference


@settings(max_examples=4, deadline=None)
@given(blocks)
def test_torchs_own_counter_finds_the_same(block: Block) -> None:
    for variant in variants(block):
        counter = FlopCounterMode(display=False)
        with torch.no_grad(), counter:
            module(variant.layers)(torch.zeros(1, block.channels, block.n, block.n))
        assert counter.get_total_flops() == 2 * variant.macs


def test_counting_does_not_import_torchs_compiler() -> None:
    """It takes seconds, in which the engine could do nothing else and the window could not be closed."""
    code = (
        "import sys; from engine.context import Context; from engine.foundations.channels.bottleneck import Block; "
        "from engine.foundations.channels.check import check_costs; "
        "from engine.foundations.channels.requests import CheckCosts; import torch; before = len(sys.modules); "
        "assert check_costs(CheckCosts(Block()), Context()).agrees; sys.exit(len(sys.modules) - before > 20)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("count", ["macs", "parameters"])
def test_the_badge_sees_a_wrong_count(count: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Variant, count, property(lambda _self: 1))
    assert not check_costs(CheckCosts(Block(n=4, channels=8)), Context()).agrees


@settings(max_examples=60, deadline=None)
@given(blocks)
def test_break_even_is_where_it_stops_being_cheaper(block: Block) -> None:
    most = break_even(block)
    for reduced in (most, most + 1):
        if reduced < 1:
            continue
        direct, bottleneck, _ = variants(replace(block, reduced=reduced))
        assert (bottleneck.macs < direct.macs) == (reduced <= most)


def test_examples_are_in_range_and_one_of_them_costs_more() -> None:
    for one in EXAMPLES:
        assert problem(one.block) == "" and example(one.name) is one
    dearer = [one.name for one in EXAMPLES if variants(one.block)[1].macs >= variants(one.block)[0].macs]
    assert dearer == ["useless"]
    assert all(variants(one.block)[0].macs <= MOST_MACS for one in EXAMPLES)


@pytest.mark.parametrize(
    ("changes", "words"),
    [({"n": 0}, "side n"), ({"f": 4}, "odd"), ({"f": 13}, "1 to 11"), ({"reduced": 999}, "bottleneck")],
)
def test_blocks_out_of_range_say_why(changes: dict[str, int], words: str) -> None:
    assert words in problem(replace(Block(), **changes))
    assert set(RANGES) == set(Block.__dataclass_fields__)


def finished(steps: Generator[Any, None, Measured]) -> tuple[int, Measured]:
    count = 0
    while True:
        try:
            next(steps)
        except StopIteration as stop:
            return count, stop.value
        count += 1


def test_all_three_are_run_and_timed_in_short_steps() -> None:
    block = Block(n=8, channels=16, f=3, filters=8, reduced=4)
    dice = torch.random.get_rng_state()
    with torch.inference_mode():
        steps, found = finished(measure(MeasureVariants(block), Context()))
    assert steps == 3 * (ROUNDS + 1)
    assert torch.equal(torch.random.get_rng_state(), dice), "nobody else's random numbers change"
    assert (
        found.block == block and found.rounds == ROUNDS and all(0 < seconds < 5 for seconds in found.seconds)
    )
    assert "cpu" in found.where and torch.__version__.partition("+")[0] in found.where


def test_what_would_take_too_long_is_refused_with_the_reason() -> None:
    with pytest.raises(UserError, match="multiplications would keep"):
        finished(measure(MeasureVariants(Block(112, 512, 11, 512, 1)), Context()))


@pytest.mark.parametrize("block", [Block(n=6, channels=4, f=3, filters=5, reduced=2), Block(n=3, channels=1)])
def test_the_script_counts_the_same(block: Block) -> None:
    printed: list[str] = []
    text = costs_script(block)
    exec(text, {"print": lambda *words: printed.append(" ".join(map(str, words)))})
    assert printed == ["agrees with ConvScope"]
    first = variants(block)[0].macs
    with pytest.raises(AssertionError):
        exec(text.replace(f"== {first}", f"== {first + 1}", 1), {"print": lambda *_: None})


def test_the_fastest_run_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """A computer that is busy with something else, half of the time, changes nothing; neither does the first run."""
    turns = [[9.0, 0.5, 9.0, 0.4, 9.0, 9.0, 0.6, 9.0], [0.1] + [2.0] * 7, [5.0] * 7 + [1.0]]
    seconds = iter([turns[variant][turn] for turn in range(ROUNDS + 1) for variant in range(3)])
    monkeypatch.setattr(measuring, "_timed", lambda _net, _x: next(seconds))
    _, found = finished(
        measure(MeasureVariants(Block(n=2, channels=2, f=1, filters=2, reduced=1)), Context())
    )
    assert found.seconds == (0.4, 2.0, 1.0)
