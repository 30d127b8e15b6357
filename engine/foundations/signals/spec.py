"""How a window slides along any number of axes, and why it sometimes cannot."""

from __future__ import annotations

from dataclasses import dataclass, replace

from engine.foundations.problems import Problem, ShapeError
from engine.foundations.sizes import effective_kernel, leftover, output_size

Sizes = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class SlideSpec:
    """Stride, zero padding of each side and dilation, in cells, the same along every axis."""

    stride: int = 1
    padding: int = 0
    dilation: int = 1


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the windows lie. The window of an output cell starts at cell * stride of the padded input.

    All fields have one entry an axis: ``extent`` is what a dilated kernel spans, ``leftover`` what the floor leaves
    over at the end.
    """

    sizes: Sizes
    kernel: Sizes
    padded: Sizes
    extent: Sizes
    output: Sizes
    leftover: Sizes


def layout(spec: SlideSpec, sizes: Sizes, kernel: Sizes) -> Layout:
    """Where the windows lie for an input of ``sizes`` and a kernel, both one number an axis. Raises ShapeError."""
    found = problems(spec, sizes, kernel)
    if found:
        raise ShapeError(found)
    stride, padding, dilation = spec.stride, spec.padding, spec.dilation
    pairs = tuple(zip(sizes, kernel, strict=True))
    return Layout(
        sizes=sizes,
        kernel=kernel,
        padded=tuple(n + 2 * padding for n in sizes),
        extent=tuple(effective_kernel(k, dilation) for k in kernel),
        output=tuple(output_size(n, k, padding, stride, dilation) for n, k in pairs),
        leftover=tuple(leftover(n, k, padding, stride, dilation) for n, k in pairs),
    )


def problems(spec: SlideSpec, sizes: Sizes, kernel: Sizes) -> tuple[Problem, ...]:
    """Every reason why this window cannot slide, with the nearest value of the field to blame; empty where it can.

    Fields: "size" (of the kernel), "stride", "padding", "dilation".
    """
    found = [
        Problem(field, f"{field.capitalize()} has to be at least {low}.", low)
        for field, value, low in (
            ("size", min(kernel), 1),
            ("stride", spec.stride, 1),
            ("padding", spec.padding, 0),
            ("dilation", spec.dilation, 1),
        )
        if value < low
    ]
    return tuple(found) or _misfits(spec, sizes, kernel)


def _misfits(spec: SlideSpec, sizes: Sizes, kernel: Sizes) -> tuple[Problem, ...]:
    """Windows of nothing but padding, or a kernel longer than the padded input along the axis where it is worst."""
    extents = [effective_kernel(k, spec.dilation) for k in kernel]
    if spec.padding >= max(extents):
        text = (
            f"Padding of {spec.padding} makes windows of {max(extents)} cells that see nothing but padding."
        )
        return (Problem("padding", text, max(extents) - 1),)
    worst = max(range(len(sizes)), key=lambda axis: extents[axis] - sizes[axis])
    size, longest, extent = sizes[worst], kernel[worst], extents[worst]
    padded = size + 2 * spec.padding
    if extent <= padded:
        return ()
    spans = f", spread over {extent} by the dilation," if spec.dilation > 1 else ""
    text = f"A kernel of {longest} cells{spans} is longer than the padded input of {padded}."
    fits = (padded - 1) // spec.dilation + 1
    more, closer = -(-(extent - size) // 2), (padded - 1) // max(longest - 1, 1)
    cures = (
        (Problem("size", text, fits), spec, (fits,) * len(kernel)),
        (Problem("padding", text, more), replace(spec, padding=more), kernel),
        (Problem("dilation", text, closer), replace(spec, dilation=max(closer, 1)), kernel),
    )
    helping = [problem for problem, changed, k in cures if _fits(changed, sizes, k)]
    return tuple(helping) or (Problem("size", text),)


def _fits(spec: SlideSpec, sizes: Sizes, kernel: Sizes) -> bool:
    """Whether every window lies inside the padded input and reads some of the input itself."""
    extents = [effective_kernel(k, spec.dilation) for k in kernel]
    inside = all(e <= n + 2 * spec.padding for e, n in zip(extents, sizes, strict=True))
    return spec.padding < max(extents) and inside
