"""Modules that take long to import: in a thread of their own, once, and what goes wrong is raised."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from engine.context import Context, Idle
from engine.networks.importing import imported

HELD = "held_for_tests"
SLOW = f"import threading\nimport {HELD}\n{HELD}.gate.wait(10)\nTHREAD = threading.get_ident()\n"


@pytest.fixture
def gate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """What the module "slow_for_tests" waits for before it is imported."""
    event = threading.Event()
    (tmp_path / "slow_for_tests.py").write_text(SLOW)
    (tmp_path / "broken_for_tests.py").write_text("raise RuntimeError('no such luck')\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setitem(sys.modules, HELD, SimpleNamespace(gate=event))  # type: ignore[arg-type]
    yield event
    event.set()
    for thread in threading.enumerate():
        if thread.name.startswith("import slow_for_tests"):
            thread.join(10)
    sys.modules.pop("slow_for_tests", None)


def test_others_are_served_meanwhile_and_it_is_woken_at_the_end(gate: threading.Event) -> None:
    woken = threading.Event()
    steps = imported("slow_for_tests", Context(wake=woken.set))
    assert isinstance(next(steps), Idle) and isinstance(next(steps), Idle) and not woken.is_set()
    gate.set()
    assert woken.wait(10) and list(steps) == []
    assert threading.get_ident() != sys.modules["slow_for_tests"].THREAD
    assert list(imported("slow_for_tests", Context())) == []


def test_a_cancelled_job_does_not_wait(gate: threading.Event) -> None:
    steps = imported("slow_for_tests", Context())
    next(steps)
    steps.close()
    assert not gate.is_set()


def test_what_the_import_raises_is_raised(gate: threading.Event) -> None:
    with pytest.raises(RuntimeError, match="no such luck"):
        for _ in imported("broken_for_tests", Context()):
            pass
