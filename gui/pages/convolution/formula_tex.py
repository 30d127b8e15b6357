"""The formula of one output cell, as it is for the convolution on show.

Letters: x input, w weights, z output; (r, q) the output's row and column, (i, j) the kernel's, c the channel;
k kernel size, s stride, d dilation, p padding, b bias. What has no effect (s = 1, d = 1, p = 0) is left out.
"""

from __future__ import annotations

from engine.foundations.spec import ConvSpec, Geometry

_OUTSIDE = {
    "zeros": "outside the input x is 0",
    "reflect": "outside the input x is mirrored",
    "replicate": "outside the input x repeats its edge",
    "circular": "outside the input x begins again at the other side",
}


def formula_tex(spec: ConvSpec, geometry: Geometry) -> tuple[str, ...]:
    """The lines of the formula in mathtext."""
    sums = r"z(r,q) &= \sum_{c}\,\sum_{i,j}\;"
    place = ",\\, ".join(_index(axis, spec, geometry) for axis in (0, 1))
    x = rf"\tilde{{x}}_{{c}}({place})" if spec.transposed else f"x_{{c}}({place})"
    turned = spec.flip != spec.transposed
    w = r"w_{c}(k-1-i,\, k-1-j)" if turned else r"w_{c}(i,\, j)"
    long = turned or bool(_letters(spec, geometry))
    lines = [f"{sums} {x}", rf"& \quad\cdot\; {w} \,+\, b"] if long else [rf"{sums} {x}\; {w} \,+\, b"]
    if spec.activation == "relu":
        lines.append(r"a &= \mathrm{ReLU}(z) = \max(0, z)")
    return tuple(lines)


def formula_note(spec: ConvSpec, geometry: Geometry) -> str:
    """What the letters stand for here, and what x means outside the input; empty where nothing is to be said."""
    turned = ["k = " + _of(geometry.kernel_hw)] if spec.flip != spec.transposed else []
    words = ", ".join([*turned, *_letters(spec, geometry)])
    if spec.transposed:
        return _sentences(words, _stretched(geometry))
    outside = _OUTSIDE[spec.padding_mode] if any(geometry.pads) else ""
    return _sentences(words, outside)


def _sentences(*found: str) -> str:
    return "; ".join(text for text in found if text) + "." if any(found) else ""


def _stretched(geometry: Geometry) -> str:
    zeros = max(geometry.spacing) - 1
    between = f"with s − 1 = {zeros} {'zero' if zeros == 1 else 'zeros'} between its cells" if zeros else ""
    around = "with padding around" if any(geometry.pads) else ""
    if between and around:
        return f"x̃ is x {between} and padding around"
    return f"x̃ is x {between or around}".rstrip()


def _index(axis: int, spec: ConvSpec, geometry: Geometry) -> str:
    """One coordinate of the input cell that is read."""
    output, tap = ("r", "i") if axis == 0 else ("q", "j")
    stride, dilation = geometry.stride[axis], geometry.dilation[axis]
    first = output if stride == 1 else rf"s\,{output}"
    second = tap if dilation == 1 else rf"d\,{tap}"
    pad = 0 if spec.transposed else geometry.pads[2 * axis]
    return f"{first}+{second}" + (f"-{_pad_letter(axis, geometry)}" if pad else "")


def _pad_letter(axis: int, geometry: Geometry) -> str:
    top, _, left, _ = geometry.pads
    if top == left:
        return "p"
    return r"p_{\mathrm{top}}" if axis == 0 else r"p_{\mathrm{left}}"


def _letters(spec: ConvSpec, geometry: Geometry) -> list[str]:
    """The letters that the formula has beyond its simplest form, with their numbers."""
    found = []
    if max(geometry.stride) > 1:
        found.append(f"s = {_of(geometry.stride)}")
    if max(geometry.dilation) > 1:
        found.append(f"d = {_of(geometry.dilation)}")
    top, _, left, _ = geometry.pads
    if spec.transposed or not (top or left):
        return found
    if top == left:
        return [*found, f"p = {top}"]
    return [*found, *(f"p {name} = {pad}" for name, pad in (("top", top), ("left", left)) if pad)]


def _of(pair: tuple[int, int]) -> str:
    return str(pair[0]) if pair[0] == pair[1] else f"{pair[0]} and {pair[1]}"
