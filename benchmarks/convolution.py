"""One step of a convolution and all of its sums (32 x 32 x 3, eight filters 5 x 5), against Python loops and torch."""

from __future__ import annotations

from itertools import product

import numpy as np
import numpy.typing as npt

from benchmarks.measure import Row, interleaved, milliseconds
from engine.foundations.convolution import Trace, trace

FloatArray = npt.NDArray[np.float64]
INPUT, WEIGHT = (3, 32, 32), (8, 3, 5, 5)


def measure(quick: bool = False) -> list[Row]:
    """Rows "convolution/..."."""
    rng = np.random.default_rng(0)
    x, weight = rng.normal(size=INPUT), rng.normal(size=WEIGHT)
    return [_one_step(trace(x, weight), quick), *_all_sums(x, weight, quick)]


def _one_step(done: Trace, quick: bool) -> Row:
    count = 20 if quick else 1000
    order = iter(np.random.default_rng(1).integers(0, len(done), 100 * count).tolist())
    medians = interleaved(
        {"step": lambda: done.step(next(order))}, rounds=3 if quick else 15, repeat=count // 5
    )
    return Row(
        "convolution/step", "one step, with all of its products", medians["step"] * 1000, "ms", target=0.1
    )


def _all_sums(x: FloatArray, weight: FloatArray, quick: bool) -> list[Row]:
    import torch
    from torch.nn.functional import conv2d

    image, kernel = torch.from_numpy(x)[None].float(), torch.from_numpy(weight).float()
    lists, filters = x.tolist(), weight.tolist()
    with torch.inference_mode():
        torch.set_num_threads(1)
        medians = interleaved(
            {
                "ours": lambda: trace(x, weight).output,
                "loops": lambda: python_loops(lists, filters),
                "torch": lambda: conv2d(image, kernel),
            },
            rounds=3 if quick else 15,
            repeat={"ours": 1 if quick else 100, "torch": 1 if quick else 100},
        )
    details = milliseconds(medians)
    ours = medians["ours"]
    return [
        Row(
            "convolution/sums_vs_loops",
            "all sums, checked and padded",
            ours / medians["loops"],
            "x",
            "pure Python loops",
            target=1 / 150,
            details=details,
        ),
        Row(
            "convolution/sums_vs_torch",
            "all sums, float64",
            ours / medians["torch"],
            "x",
            "torch conv2d, float32, one thread",
            details=details,
        ),
    ]


def python_loops(
    x: list[list[list[float]]], weight: list[list[list[list[float]]]]
) -> list[list[list[float]]]:
    """The sums as a textbook writes them: [C][H][W], [F][C][k][k] -> [F][Ho][Wo], stride 1, no padding."""
    rows, columns, k = len(x[0]), len(x[0][0]), len(weight[0][0])
    result = []
    for kernel in weight:
        plane = [[0.0] * (columns - k + 1) for _ in range(rows - k + 1)]
        for row, column in product(range(rows - k + 1), range(columns - k + 1)):
            total = 0.0
            for c in range(len(x)):
                for i in range(k):
                    for j in range(k):
                        total += x[c][row + i][column + j] * kernel[c][i][j]
            plane[row][column] = total
        result.append(plane)
    return result
