"""The convolution on the screen as a PyTorch script that anybody can run."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.foundations.problems import geometry
from engine.foundations.spec import ConvSpec, Geometry

_TORCH_MODES = {"zeros": "constant", "reflect": "reflect", "replicate": "replicate", "circular": "circular"}
_INDENT = "    "


def pytorch_snippet(
    x: npt.ArrayLike,
    weight: npt.ArrayLike,
    bias: npt.ArrayLike | None,
    spec: ConvSpec,
    expected: npt.ArrayLike,
) -> str:
    """A script that rebuilds the tensors, computes the convolution and compares it with ``expected``.

    ``x`` [C, H, W], ``weight`` [F, C/groups, kh, kw], ``bias`` [F] or None, ``expected`` [F, Ho, Wo]. The
    numbers are written out in full, in float64. Raises ShapeError where the shapes do not go together.
    """
    volume, filters = np.asarray(x, np.float64), np.asarray(weight, np.float64)
    g = geometry(spec, (volume.shape[0], volume.shape[1], volume.shape[2]), (*filters.shape,))
    result = np.asarray(expected, np.float64)
    lines = [
        "import torch",
        "from torch.nn import functional as F",
        "",
        "# Made by ConvScope. Shapes: input (1, C, H, W), weight (F, C / groups, kh, kw).",
        f"x = {tensor_text(volume)}.unsqueeze(0)",
        f"weight = {tensor_text(filters)}",
        f"bias = {tensor_text(np.asarray(bias, np.float64))}" if bias is not None else "bias = None",
        "",
    ]
    if spec.flip:
        lines += ["weight = weight.flip(2, 3)  # true convolution: the kernel rotated by 180 degrees"]
    lines += _transposed_lines(spec, g, filters.shape) if spec.transposed else _forward_lines(spec, g)
    if spec.activation == "relu":
        lines += ["y = torch.relu(y)"]
    # Rounding grows with the numbers that are added up.
    largest_sum = float(np.abs(filters).sum((1, 2, 3)).max() * np.abs(volume).max())
    tolerance = max(1e-9, 1e-12 * largest_sum)
    lines += [
        "",
        "print(y.squeeze(0))",
        f"expected = {tensor_text(result)}.unsqueeze(0)",
        f"torch.testing.assert_close(y, expected, rtol=1e-9, atol={tolerance:.1e})",
        'print("agrees with ConvScope")',
        "",
    ]
    return "\n".join(lines)


def _forward_lines(spec: ConvSpec, g: Geometry) -> list[str]:
    top, bottom, left, right = g.pads
    lines, padding = [], (0, 0)
    if spec.padding_mode == "zeros" and top == bottom and left == right:
        padding = (top, left)
    elif any(g.pads):
        mode = _TORCH_MODES[spec.padding_mode]
        lines.append(
            f'x = F.pad(x, ({left}, {right}, {top}, {bottom}), mode="{mode}")  # left, right, top, bottom'
        )
    arguments = f"stride={g.stride}, padding={padding}, dilation={g.dilation}, groups={spec.groups}"
    return [*lines, f"y = F.conv2d(x, weight, bias, {arguments})"]


def _transposed_lines(spec: ConvSpec, g: Geometry, shape: tuple[int, ...]) -> list[str]:
    """conv_transpose2d wants (C, F / groups, kh, kw), and cuts the same number of pixels off both sides."""
    filters, depth, kh, kw = shape
    top, left = g.effective_kernel_hw[0] - 1 - g.pads[0], g.effective_kernel_hw[1] - 1 - g.pads[2]
    bottom = g.effective_kernel_hw[0] - 1 - g.pads[1] + spec.output_padding
    right = g.effective_kernel_hw[1] - 1 - g.pads[3] + spec.output_padding
    even = top == bottom and left == right
    lines = ["# conv_transpose2d keeps its weight as (C, F / groups, kh, kw)."]
    if spec.groups == 1:
        lines.append("weight = weight.transpose(0, 1)")
    else:
        split = f"{spec.groups}, {filters // spec.groups}, {depth}, {kh}, {kw}"
        joined = f"{spec.groups * depth}, {filters // spec.groups}, {kh}, {kw}"
        lines.append(f"weight = weight.reshape({split}).transpose(1, 2).reshape({joined})")
    arguments = (
        f"stride={g.spacing}, padding={(top, left) if even else (0, 0)}, "
        f"output_padding={spec.output_padding}, groups={spec.groups}, dilation={g.dilation}"
    )
    if even:
        return [*lines, f"y = F.conv_transpose2d(x, weight, bias, {arguments})"]
    lines.append(f"y = F.conv_transpose2d(x, weight, None, {arguments})")
    lines.append(f"y = F.pad(y, ({-left}, {-right}, {-top}, {-bottom}))  # below zero: cut off")
    return [*lines, "y = y if bias is None else y + bias[:, None, None]"]


def tensor_text(values: npt.NDArray[np.float64]) -> str:
    """A torch.tensor(...) expression with all digits of an array of any shape, one row a line."""
    return f"torch.tensor({_nested(values, 1)}, dtype=torch.float64)"


def _nested(values: npt.NDArray[np.float64], depth: int) -> str:
    """A list literal with one row of numbers a line."""
    if values.ndim == 1:
        return "[" + ", ".join(_literal(float(v)) for v in values) + "]"
    inner = ",\n".join(_INDENT * depth + _nested(part, depth + 1) for part in values)
    return f"[\n{inner},\n{_INDENT * (depth - 1)}]"


def _literal(value: float) -> str:
    """Shortest text that reads back as the same number; whole ones without a point (never -0)."""
    return str(int(value)) if value == int(value) else repr(value)
