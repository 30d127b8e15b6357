"""`python -m engine.inside.patches FOLDER --net NAME`: mine a folder, or a shard of it; `--merge`: put shards together.

Shards can be mined by any number of processes and machines, and killed at any time: the same command goes on.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Generator
from functools import reduce
from pathlib import Path
from typing import Any

import torch

from engine import sources
from engine.context import Context, Idle
from engine.errors import UserError
from engine.inside.nets import open_net
from engine.inside.patches import index_file, library
from engine.inside.patches.galleries import gallery_of
from engine.inside.patches.index import merge
from engine.inside.patches.mine import Mining
from engine.inside.patches.requests import MinePatches, MiningReport, Pictures
from engine.jobs import Progress


def main(arguments: list[str] | None = None) -> int:
    """Mine or merge. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m engine.inside.patches", description=__doc__)
    parser.add_argument(
        "paths", nargs="+", type=Path, metavar="PATH", help="a folder or film; with --merge: indexes"
    )
    parser.add_argument("--net", help='a name of the weights store, or "random:ARCHITECTURE"')
    parser.add_argument(
        "--shard", type=_shard, default=(1, 1), metavar="I/N", help="every N-th picture from the I-th"
    )
    parser.add_argument("--merge", action="store_true", help="put indexes together")
    parser.add_argument(
        "-o", "--out", type=Path, metavar="FILE", help="the index (default: where the program looks for it)"
    )
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    options = parser.parse_args(arguments)
    if options.merge and options.out is None:
        parser.error("--merge needs -o FILE")
    if not options.merge and (options.net is None or len(options.paths) != 1):
        parser.error("name one folder and a --net, or indexes with --merge")
    torch.set_num_threads(options.threads)
    try:
        return _merge(options.paths, options.out) if options.merge else _mine(options)
    except UserError as error:
        print(error, file=sys.stderr)
        return 1


def _shard(text: str) -> tuple[int, int]:
    part, _, count = text.partition("/")
    if not (part.isdecimal() and count.isdecimal() and 1 <= int(part) <= int(count)):
        raise argparse.ArgumentTypeError(f"{text!r} is no shard; the second of four is 2/4")
    return int(part), int(count)


def _merge(paths: list[Path], out: Path) -> int:
    index = reduce(merge, map(index_file.load, paths))
    index_file.save(index, out)
    print(f"{out}: {index.mined:,} of {len(index.pictures):,} pictures, {len(index.skipped):,} skipped")
    return 0


def _mine(options: argparse.Namespace) -> int:
    path = options.paths[0].resolve()
    film = path.is_file() and sources.classify(path) == "video"
    pictures = Pictures("video" if film else "folder", str(path))
    context = Context()
    with torch.inference_mode():
        net = _driven(open_net(options.net, context))
        gallery = gallery_of(pictures, net.net.preprocessing.kind == "digit")
        identity = _driven(library.identify(net, context))
        request = MinePatches(options.net, pictures)
        out = options.out or library.file_of(identity, pictures)
        report: MiningReport = _driven(
            Mining(net, gallery, identity, out, request, options.shard).steps(context)
        )
    for one in report.skipped:
        print(f"skipped {one.name}: {one.reason}")
    print(
        f"\n{report.file}: {report.mined:,} of {report.total:,} pictures ({report.before:,} were there before), "
        f"{report.skipped_count:,} skipped, {report.units:,} units, {report.rate:.1f} pictures a second"
    )
    return 0


def _driven(steps: Generator[Any, None, Any]) -> Any:
    """Carry steps out as an engine would, with a line that tells how far they are."""
    while True:
        try:
            step = next(steps)
        except StopIteration as stop:
            return stop.value
        if isinstance(step, Idle):
            time.sleep(step.seconds)
        elif isinstance(step, Progress) and step.total > 1:
            print(
                f"\r{step.done:,.0f} of {step.total:,.0f}  {step.message}",
                end="",
                file=sys.stderr,
                flush=True,
            )


if __name__ == "__main__":
    sys.exit(main())
