"""Choice and description of the device; a missing accelerator is simulated, never assumed."""

from __future__ import annotations

import mmap
import os
import resource
import subprocess
import sys
import threading
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch

from engine import device
from engine.errors import UserError

CPU = torch.device("cpu")


@pytest.fixture
def cpu_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)


@pytest.fixture
def two_gpus(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    monkeypatch.setattr(device, "_works", lambda chosen: True)


def test_the_cpu_is_chosen_where_nothing_else_is(cpu_only: None) -> None:
    assert device.available() == ("cpu",)
    assert device.choose() == device.choose("auto") == device.choose("cpu") == CPU


@pytest.mark.parametrize("asked", ["cuda", "cuda:0", "mps", "tpu", ""])
def test_an_absent_device_is_refused_with_what_is_there(cpu_only: None, asked: str) -> None:
    with pytest.raises(UserError) as refused:
        device.choose(asked)
    assert f"“{asked}”" in refused.value.sentence
    assert "available: cpu" in refused.value.sentence
    assert refused.value.hint


def test_the_fastest_is_chosen(two_gpus: None) -> None:
    assert device.choose() == torch.device("cuda")
    assert device.choose("cuda:1") == torch.device("cuda:1")
    assert device.choose("cpu") == CPU


@pytest.mark.parametrize("asked", ["cuda:2", "cuda:x", "cuda:-1", "mps"])
def test_an_index_too_far_is_refused(two_gpus: None, asked: str) -> None:
    with pytest.raises(UserError, match="available: cuda, cpu"):
        device.choose(asked)


def test_a_listed_device_that_does_not_work_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 1)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)

    def broken(*args: Any, **keywords: Any) -> None:
        raise RuntimeError("the driver is too old")

    monkeypatch.setattr(torch, "ones", broken)
    assert device.choose() == CPU
    with pytest.raises(UserError):
        device.choose("cuda")


def test_loading_falls_back_to_the_cpu_and_says_so(cpu_only: None) -> None:
    runtime, message = device.load_runtime("cuda")
    assert (runtime.ready, runtime.device, runtime.failure) == (True, CPU, "")
    assert "“cuda”" in message
    assert "CPU" in message
    assert device.load_runtime(None)[1] == ""


def test_loading_switches_the_rounding_of_tensor_cores_off() -> None:
    torch.backends.cudnn.allow_tf32 = torch.backends.cuda.matmul.allow_tf32 = True
    runtime, _ = device.load_runtime("cpu")
    assert runtime.ready
    assert not torch.backends.cudnn.allow_tf32 and not torch.backends.cuda.matmul.allow_tf32


@pytest.mark.expected_log("torch could not be loaded")
def test_a_torch_that_cannot_be_imported_is_a_reason_not_a_crash(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    runtime, _ = device.load_runtime(None)
    assert not runtime.ready
    assert runtime.settled
    assert "torch" in runtime.failure


def test_an_import_that_outlasts_the_program_warns_nobody(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    class Over:
        def is_alive(self) -> bool:
            return False

    monkeypatch.setitem(sys.modules, "torch", None)
    monkeypatch.setattr("threading.main_thread", Over)
    with caplog.at_level("INFO"):
        assert not device.load_runtime(None)[0].ready
    assert not caplog.records


def test_description_of_the_cpu() -> None:
    info = device.describe(CPU)
    assert info.kind == "cpu"
    assert info.name
    assert info.threads == torch.get_num_threads()
    assert info.torch_version == torch.__version__


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_memory_is_that_of_this_process() -> None:
    used, total = device.memory()
    assert used is not None
    assert total is not None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    # statm and the peak are counted lazily by the kernel: a few pages per thread may be missing in one.
    assert 10 * 2**20 < used < peak + 16 * 2**20
    assert used < total
    # Pages of its own: an array might get memory that the process has taken, and given back to itself, before.
    with mmap.mmap(-1, 2**26, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS) as block:
        for start in range(0, len(block), mmap.PAGESIZE):
            block[start] = 1
        grown, _ = device.memory()
        assert grown is not None
        assert grown - used > len(block) // 2


def test_memory_is_none_where_the_system_does_not_tell(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(*args: Any, **keywords: Any) -> Any:
        raise OSError

    monkeypatch.setattr(device.Path, "read_text", absent)
    monkeypatch.delattr(os, "sysconf")
    assert device.memory() == (None, None)


def test_memory_of_an_accelerator(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda chosen: (30, 100))
    assert device.memory(torch.device("cuda")) == (70, 100)

    def gone(chosen: torch.device) -> tuple[int, int]:
        raise RuntimeError("the driver does not answer")

    monkeypatch.setattr(torch.cuda, "mem_get_info", gone)
    assert device.memory(torch.device("cuda")) == (None, None)


def test_a_core_is_left_to_the_window(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    monkeypatch.setattr(torch, "set_num_threads", asked.append)
    for cores in (8, 2, 1):
        monkeypatch.setattr(device, "_cores", lambda cores=cores: cores)
        device.tune_this_thread()
    assert asked == [7, 1, 1]


@pytest.mark.skipif(sys.platform != "linux", reason="niceness is per thread on Linux")
def test_only_the_calling_thread_becomes_nicer() -> None:
    seen: list[int] = []

    def work() -> None:
        device.lower_this_thread()
        seen.append(os.getpriority(os.PRIO_PROCESS, threading.get_native_id()))

    before = os.getpriority(os.PRIO_PROCESS, threading.get_native_id())
    thread = threading.Thread(target=work)
    thread.start()
    thread.join(20)
    assert seen == [max(10, before)]
    assert os.getpriority(os.PRIO_PROCESS, threading.get_native_id()) == before


def _cv2_error() -> Exception:
    return type("error", (Exception,), {"__module__": "cv2"})("(-4:Insufficient memory) Failed to allocate")


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (MemoryError(), True),
        (np._core._exceptions._ArrayMemoryError((10, 10), np.dtype(float)), True),
        (torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB"), True),
        (RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried"), True),
        (RuntimeError("DefaultCPUAllocator: not enough memory: you tried"), True),
        (RuntimeError("MPS backend out of memory"), True),
        (_cv2_error(), True),
        (RuntimeError("shape mismatch"), False),
        (ValueError("out of memory"), False),
    ],
)
def test_out_of_memory_is_recognised(error: BaseException, expected: bool) -> None:
    assert device.is_out_of_memory(error) is expected


def test_a_real_allocation_that_is_too_large_is_recognised() -> None:
    with pytest.raises((RuntimeError, MemoryError)) as torch_error:
        torch.empty(2**60)
    assert device.is_out_of_memory(torch_error.value)
    with pytest.raises(MemoryError) as numpy_error:
        np.empty(2**58)
    assert device.is_out_of_memory(numpy_error.value)


def test_caches_are_released_only_where_there_are_any(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []
    fake = SimpleNamespace(
        cuda=SimpleNamespace(is_available=lambda: True, empty_cache=lambda: calls.append("cuda")),
        backends=SimpleNamespace(mps=SimpleNamespace(is_available=lambda: False)),
    )
    monkeypatch.setitem(sys.modules, "torch", fake)
    device.release_caches()
    assert calls == ["cuda"]
    monkeypatch.delitem(sys.modules, "torch")
    device.release_caches()
    assert "torch" not in sys.modules


def _modes() -> tuple[bool, bool, bool]:
    return torch.is_grad_enabled(), torch.is_inference_mode_enabled(), torch.is_autocast_enabled("cpu")


@pytest.mark.parametrize(("grad", "inside"), [(False, (False, True, False)), (True, (True, False, False))])
def test_step_mode_sets_and_restores(grad: bool, inside: tuple[bool, bool, bool]) -> None:
    before = _modes()
    with device.step_mode(grad):
        assert _modes() == inside
        x = torch.ones(1, requires_grad=grad)
        assert (x * 2).requires_grad is grad
    assert _modes() == before
    with pytest.raises(ZeroDivisionError), device.step_mode(grad):
        raise ZeroDivisionError
    assert _modes() == before


@pytest.mark.parametrize("grad", [False, True])
@pytest.mark.parametrize("kind", ["grad", "inference", "autocast"])
def test_a_step_that_leaves_a_mode_on_is_found_out(grad: bool, kind: str) -> None:
    before = _modes()
    with pytest.raises(device.ModeLeak), device.step_mode(grad):
        if kind == "grad":
            torch.set_grad_enabled(not grad)
        elif kind == "inference":
            left = torch.inference_mode(grad)
            left.__enter__()
        else:
            torch.autocast("cpu", dtype=torch.bfloat16).__enter__()
    assert _modes() == before


def test_importing_the_engine_imports_neither_torch_nor_qt() -> None:
    code = (
        "import sys, engine.runner, engine.device, engine.handlers, engine.mailbox; "
        "print([m for m in ('torch', 'cv2', 'PySide6', 'numpy') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
