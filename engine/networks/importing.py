"""Importing what takes a second, without keeping the engine from anything."""

from __future__ import annotations

import sys
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module

from engine.context import Context, Idle


def imported(module: str, context: Context) -> Generator[Idle, None, None]:
    """Import a module in a thread of its own; where that was done, nothing happens.

    Raises what the import raises. A job that is cancelled meanwhile lets the import come to its end.
    """
    if module in sys.modules:
        return
    pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix=f"import {module}")
    try:
        done = pool.submit(import_module, module)
        done.add_done_callback(lambda _: context.wake())
        while not done.done():
            yield context.idle(0.1)
        done.result()
    finally:
        pool.shutdown(wait=False)
