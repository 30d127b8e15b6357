"""Which device computes, what it is called and how full its memory is. Only functions import torch."""

from __future__ import annotations

import gc
import logging
import os
import platform
import sys
import threading
import traceback
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from engine.errors import UserError
from engine.jobs import DeviceInfo as DeviceInfo  # part of this module's interface

if TYPE_CHECKING:
    import torch

Kind = Literal["cpu", "cuda", "mps"]
WITHOUT_TORCH = "this engine was started without torch"
_log = logging.getLogger(__name__)


class ModeLeak(RuntimeError):
    """A handler ended a step with torch's gradient, inference or autocast mode other than it found it."""


@dataclass(frozen=True, slots=True)
class Runtime:
    """What the engine computes with: torch on `device` once `ready`; `failure` says why it never will be."""

    ready: bool = False
    device: torch.device | None = None
    failure: str = ""

    @property
    def settled(self) -> bool:
        """Whether loading is over, with or without success."""
        return self.ready or bool(self.failure)

    @property
    def accelerated(self) -> bool:
        return self.device is not None and self.device.type != "cpu"

    def mode(self, grad: bool) -> AbstractContextManager[None]:
        """The mode for one step of a handler; nothing to set before torch is there."""
        return step_mode(grad) if self.ready else nullcontext()


def load_runtime(preference: str | None) -> tuple[Runtime, str]:
    """Import torch (seconds of work) and choose the device; never raises.

    Returns the runtime, and a sentence for the person at the screen when it is not what was asked for.
    """
    try:
        import torch

        keep_all_digits()
        try:
            return Runtime(ready=True, device=choose(preference)), ""
        except UserError as refused:
            fallback = Runtime(ready=True, device=torch.device("cpu"))
            return fallback, f"{refused.sentence} The CPU is used instead."
    except BaseException as error:
        # A broken installation fails in many ways, among them OSError (a library) and SystemExit.
        # An import that outlasts the program fails in its last moments, which is nobody's concern.
        level = logging.WARNING if threading.main_thread().is_alive() else logging.DEBUG
        _log.log(level, "torch could not be loaded: %s", "".join(traceback.format_exception(error)))
        return Runtime(failure=f"{type(error).__name__}: {error}"), ""


def keep_all_digits() -> None:
    """Let NVIDIA's tensor cores not round float32 to TF32's three digits: what is computed here is read out as numbers.

    torch's default rounds convolutions, but not matrix products.
    """
    import torch

    torch.backends.cudnn.allow_tf32 = False
    torch.backends.cuda.matmul.allow_tf32 = False


def cpu() -> torch.device:
    """The device that always works."""
    import torch

    return torch.device("cpu")


def available() -> tuple[Kind, ...]:
    """The kinds of device that torch can use here, fastest first; the CPU is always the last."""
    import torch

    kinds: list[Kind] = []
    if torch.cuda.is_available():
        kinds.append("cuda")
    if torch.backends.mps.is_available():
        kinds.append("mps")
    return (*kinds, "cpu")


def choose(preference: str | None = None) -> torch.device:
    """The device to use: the one asked for ("cuda", "cuda:1", "mps", "cpu"), or the fastest that works.

    Raises UserError naming what is there when the one asked for is not.
    """
    import torch

    if preference is not None and preference != "auto":
        return _asked_for(preference)
    return next(device for kind in available() if _works(device := torch.device(kind)))


def _asked_for(preference: str) -> torch.device:
    import torch

    present = available()
    kind, _, index = preference.partition(":")
    legal = kind in present and (not index or (index.isdecimal() and _has_index(kind, int(index))))
    if legal and _works(device := torch.device(preference)):
        return device
    raise UserError(
        f"The device “{preference}” cannot be used on this computer; available: {', '.join(present)}.",
        "Choose another device in the settings or with --device.",
    )


def _has_index(kind: str, index: int) -> bool:
    import torch

    return index < (torch.cuda.device_count() if kind == "cuda" else 1)


def _works(device: torch.device) -> bool:
    """Whether a tiny computation succeeds: with a wrong driver a device is listed and still of no use."""
    import torch

    if device.type == "cpu":
        return True
    try:
        return bool((torch.ones(2, device=device) + 1).sum().item() == 4)
    except Exception as error:
        _log.info("device %s is listed but does not work: %s", device, error)
        return False


def describe(device: torch.device) -> DeviceInfo:
    """The device with its present memory figures; call it in the engine thread (threads are per thread)."""
    import torch

    used, total = memory(device)
    kind: Kind = "cuda" if device.type == "cuda" else "mps" if device.type == "mps" else "cpu"
    return DeviceInfo(kind, _name(device), total, used, torch.get_num_threads(), torch.__version__)


def memory(device: torch.device | None = None) -> tuple[int | None, int | None]:
    """(used, total) bytes: the accelerator's memory, or for the CPU this process's share of the RAM."""
    if device is not None and device.type != "cpu":
        try:
            return _accelerator_memory(device)
        except Exception as error:
            _log.info("the memory of %s cannot be read: %s", device, error)
            return None, None
    return _process_memory(), _ram()


def _accelerator_memory(device: torch.device) -> tuple[int | None, int | None]:
    import torch

    if device.type == "cuda":
        free, total = torch.cuda.mem_get_info(device)
        return total - free, total
    return torch.mps.driver_allocated_memory(), torch.mps.recommended_max_memory()


def _process_memory() -> int | None:
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError, AttributeError):
        return None


def _ram() -> int | None:
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, AttributeError):
        return None


def _name(device: torch.device) -> str:
    import torch

    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    if device.type == "mps":
        return "Apple GPU"
    return _cpu_name()


@cache
def _cpu_name() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        lines = []
    models = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(models, "") or platform.processor() or platform.machine() or "CPU"


def tune_this_thread() -> None:
    """Limit torch to all cores but one (the window's) in the calling thread; torch must be imported."""
    import torch

    torch.set_num_threads(max(1, _cores() - 1))


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def lower_this_thread() -> None:
    """Give the window's thread precedence over the calling one (Linux, where niceness is per thread)."""
    if not sys.platform.startswith("linux"):
        return
    try:
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 10)
    except OSError as error:
        _log.info("the priority of %s stays as it is: %s", threading.current_thread().name, error)


def release_caches() -> None:
    """Give memory back after an out-of-memory error: collect garbage, empty torch's device caches."""
    gc.collect()
    torch = sys.modules.get("torch")
    if torch is None:
        return
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
    if torch.backends.mps.is_available():
        torch.mps.empty_cache()


_NO_MEMORY = ("out of memory", "can't allocate memory", "not enough memory", "insufficient memory")


def is_out_of_memory(error: BaseException) -> bool:
    """Whether numpy, torch (on any device) or OpenCV ran out of memory."""
    if isinstance(error, MemoryError):
        return True
    if isinstance(error, RuntimeError) or type(error).__module__.partition(".")[0] == "cv2":
        text = str(error).lower()
        return any(words in text for words in _NO_MEMORY)
    return False


@contextmanager
def step_mode(grad: bool) -> Iterator[None]:
    """Torch's mode for one step of a handler: inference, or gradients where it needs them.

    Both modes are per thread. The mode before is restored on every way out; ModeLeak is raised when the step
    itself came to its end with another mode than it was given.
    """
    import torch

    with torch.inference_mode(not grad), torch.set_grad_enabled(grad), torch.autocast("cpu", enabled=False):
        given = _modes()
        yield
        left = _modes()
    if left != given:
        raise ModeLeak(f"(gradients, inference, autocast) was {given} before this step and {left} after it")


def _modes() -> tuple[bool, bool, bool]:
    import torch

    return torch.is_grad_enabled(), torch.is_inference_mode_enabled(), torch.is_autocast_enabled("cpu")
