"""From the sections of a .cfg to layers with shapes, sources and counts of numbers. No torch.

Layers are counted from 0 as Darknet counts them, [net] not among them. What changes the answer of a net and is not
known here is refused by its name and line; what is about training only is not looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from engine.detection.darknet.cfg import Section, parse
from engine.detection.darknet.layers import (
    ACTIVATIONS,
    BOX,
    PICTURE,
    Convolution,
    Dropout,
    Head,
    Layer,
    MaxPool,
    Op,
    Reorg,
    Route,
    Shape,
    Shortcut,
    Upsample,
)
from engine.errors import UserError

MOST_PARAMETERS: Final = 1_000_000_000
LARGEST_SIDE: Final = 4096


@dataclass(frozen=True, slots=True)
class Plan:
    """A whole net. `file`: the name of its .cfg; `letterbox`: it was trained on whole pictures between bars."""

    file: str
    channels: int
    height: int
    width: int
    layers: tuple[Layer, ...]
    letterbox: bool = False

    @property
    def heads(self) -> tuple[Layer, ...]:
        """The layers that give boxes, in their order."""
        return tuple(layer for layer in self.layers if isinstance(layer.op, Head))

    @property
    def classes(self) -> int:
        head = self.heads[0].op
        assert isinstance(head, Head)
        return head.classes

    @property
    def coarsest(self) -> int:
        """Pixels a cell of the coarsest grid: sides of pictures are multiples of it."""
        return max(self.height // layer.shape[1] for layer in self.heads)


def plan(text: str, file: str = "the cfg") -> Plan:
    """The net that a .cfg describes. Raises UserError, with the line, for what is wrong or not known."""
    whole, *sections = parse(text, file)
    channels = whole.integer("channels", 3, least=1, most=4)
    if channels != 3:
        whole.refuse(
            f"reads pictures of {channels} channels; those here have red, green and blue", "channels"
        )
    height = whole.integer("height", least=1, most=LARGEST_SIDE)
    width = whole.integer("width", least=1, most=LARGEST_SIDE)
    if not sections:
        raise UserError(f"{file} has no layers.")
    layers: list[Layer] = []
    for section in sections:
        layers.append(_Builder(section, layers, (channels, height, width)).layer())
    found = Plan(file, channels, height, width, tuple(layers), bool(whole.integer("letter_box", 0)))
    _check(found)
    return found


def _check(found: Plan) -> None:
    if not found.heads:
        raise UserError(
            f"{found.file} has neither [yolo] nor [region]: this net gives no boxes.",
            "Nets that classify are brought in as .pth or .safetensors.",
        )
    counts = {layer.op.classes: layer.line for layer in found.heads if isinstance(layer.op, Head)}
    if len(counts) > 1:
        said = " and ".join(f"{number} (line {line})" for number, line in counts.items())
        raise UserError(f"{found.file}: the heads of this net know different numbers of classes: {said}.")
    numbers = sum(layer.op.numbers for layer in found.layers if isinstance(layer.op, Convolution))
    if numbers > MOST_PARAMETERS:
        raise UserError(f"{found.file} describes a net of {numbers:,} numbers, more than can be held here.")
    for layer in found.heads:
        _, rows, columns = layer.shape
        if found.height % rows or found.width % columns:
            raise UserError(
                f"{found.file}: pictures of {found.width} × {found.height} do not divide into the {columns} × {rows} "
                f"cells of line {layer.line}.",
                "Width and height have to be multiples of 32 in most nets.",
            )


class _Builder:
    """Makes one layer of its section and of those before it."""

    def __init__(self, section: Section, before: list[Layer], picture: Shape) -> None:
        self._section = section
        self._before = before
        self._picture = picture

    def layer(self) -> Layer:
        maker = _MAKERS.get(self._section.kind)
        if maker is None:
            known = ", ".join(f"[{kind}]" for kind in _MAKERS)
            self._section.refuse(
                "is a layer that ConvScope does not know", hint=f"Layers that it knows: {known}."
            )
        for key, harmless in _REFUSED.get(self._section.kind, {}).items():
            if self._section.text(key, harmless) not in (harmless, f"{harmless}.0"):
                self._section.refuse(
                    f"has {key}={self._section.text(key, '')[:40]}, which ConvScope does not know", key
                )
        return maker(self)

    def _made(self, op: Op, shape: Shape, sources: tuple[int, ...] | None = None) -> Layer:
        section = self._section
        read = (len(self._before) - 1,) if sources is None else sources
        return Layer(len(self._before), section.kind, section.line, read, shape, op)

    @property
    def _incoming(self) -> Shape:
        return self._shape(len(self._before) - 1)

    def _shape(self, index: int) -> Shape:
        if index == PICTURE:
            return self._picture
        if isinstance(self._before[index].op, Head):
            self._section.refuse(f"reads the boxes of layer {index}; only maps can be read")
        return self._before[index].shape

    def _source(self, key: str, written: int) -> int:
        """The index of a layer that is written as Darknet writes it: below 0 counted back from here."""
        index = written + len(self._before) if written < 0 else written
        if not 0 <= index < len(self._before):
            self._section.refuse(
                f"reads layer {written}, which is not one of the {len(self._before)} before it", key
            )
        return index

    def _activation(self, default: str) -> str:
        name = self._section.text("activation", default).lower()
        if name not in ACTIVATIONS:
            self._section.refuse(
                f"has the activation {name[:40]}, which ConvScope does not know",
                "activation",
                f"Those that it knows: {', '.join(ACTIVATIONS)}.",
            )
        return name

    def convolutional(self) -> Layer:
        section = self._section
        channels, rows, columns = self._incoming
        size = section.integer("size", 1, least=1, most=255)
        padding = section.integer("padding", 0, least=0, most=255)
        padding = size // 2 if section.integer("pad", 0) else padding
        stride = section.integer("stride", 1, least=1, most=255)
        filters = section.integer("filters", 1, least=1, most=100_000)
        groups = section.integer("groups", 1, least=1)
        if channels % groups or filters % groups:
            section.refuse(
                f"has {groups} groups, which do not divide its {channels} inputs and {filters} filters",
                "groups",
            )
        op = Convolution(
            channels, filters, size, stride, padding, groups, bool(section.integer("batch_normalize", 0)),
            self._activation("logistic"),
        )  # fmt: skip
        down, across = (self._windows(n + 2 * padding, size, stride) for n in (rows, columns))
        return self._made(op, (filters, down, across))

    def maxpool(self) -> Layer:
        section = self._section
        channels, rows, columns = self._incoming
        stride = section.integer("stride", 1, least=1, most=255)
        size = section.integer("size", stride, least=1, most=255)
        padding = section.integer("padding", size - 1, least=0, most=255)
        if (padding + 1) // 2 >= size:
            section.refuse(f"pads {padding} cells for windows of {size}: some would be empty", "padding")
        down, across = (self._windows(n + padding, size, stride) for n in (rows, columns))
        return self._made(MaxPool(size, stride, padding), (channels, down, across))

    def _windows(self, length: int, size: int, stride: int) -> int:
        if length < size:
            self._section.refuse(
                f"has windows of {size}, but only {length} cells are left, border included", "size"
            )
        return (length - size) // stride + 1

    def route(self) -> Layer:
        section = self._section
        sources = tuple(self._source("layers", written) for written in section.integers("layers"))
        groups = section.integer("groups", 1, least=1)
        group = section.integer("group_id", 0, least=0, most=groups - 1)
        shapes = [self._shape(index) for index in sources]
        if len({shape[1:] for shape in shapes}) > 1:
            said = " and ".join(f"{columns} × {rows}" for _, rows, columns in shapes)
            section.refuse(f"joins maps of different sizes: {said}", "layers")
        if any(shape[0] % groups for shape in shapes):
            section.refuse(f"takes one of {groups} parts, which do not divide the channels", "groups")
        channels = sum(shape[0] // groups for shape in shapes)
        return self._made(Route(groups, group), (channels, *shapes[0][1:]), sources)

    def shortcut(self) -> Layer:
        section = self._section
        others = tuple(self._source("from", written) for written in section.integers("from"))
        sources = (len(self._before) - 1, *others)
        shapes = [self._shape(index) for index in sources]
        if len(set(shapes)) > 1:
            said = " and ".join(" × ".join(str(n) for n in shape) for shape in shapes)
            section.refuse(f"adds maps of different shapes: {said}", "from")
        return self._made(Shortcut(self._activation("linear")), shapes[0], sources)

    def upsample(self) -> Layer:
        channels, rows, columns = self._incoming
        stride = self._section.integer("stride", 2, least=1, most=32)
        return self._made(Upsample(stride), (channels, rows * stride, columns * stride))

    def reorg(self) -> Layer:
        channels, rows, columns = self._incoming
        stride = self._section.integer("stride", 1, least=1, most=32)
        if rows % stride or columns % stride or channels % stride**2:
            self._section.refuse(
                f"takes {stride} × {stride} cells at a time, which do not divide {channels} maps of {columns} × {rows}",
                "stride",
            )
        return self._made(Reorg(stride), (channels * stride**2, rows // stride, columns // stride))

    def dropout(self) -> Layer:
        probability = self._section.number("probability", 0.5, least=0, most=1)
        return self._made(Dropout(probability), self._incoming)

    def yolo(self) -> Layer:
        section = self._section
        every = self._anchors(section.integer("num", 1, least=1))
        mask = section.integers("mask", tuple(range(len(every))))
        if not all(0 <= index < len(every) for index in mask):
            section.refuse(f"has a mask that names anchors beyond its {len(every)}", "mask")
        anchors = tuple(every[index] for index in mask)
        classes = section.integer("classes", 20, least=1, most=100_000)
        scale = section.number("scale_x_y", 1.0, least=0.1, most=10)
        return self._head(Head("yolo", anchors, classes, scale))

    def region(self) -> Layer:
        section = self._section
        anchors = self._anchors(section.integer("num", 1, least=1))
        if section.integer("softmax", 0) != 1:
            section.refuse("has no softmax=1: scores of its classes have no meaning here", "softmax")
        return self._head(Head("region", anchors, section.integer("classes", 20, least=1, most=100_000)))

    def _anchors(self, number: int) -> tuple[tuple[float, float], ...]:
        values = self._section.numbers("anchors")
        if len(values) != 2 * number:
            self._section.refuse(
                f"has {len(values)} numbers as anchors, but num={number} needs {2 * number}", "anchors"
            )
        if not all(value > 0 for value in values):
            self._section.refuse("has an anchor without width or height", "anchors")
        return tuple(zip(values[::2], values[1::2], strict=True))

    def _head(self, op: Head) -> Layer:
        shape = self._incoming
        wanted = len(op.anchors) * (BOX + op.classes)
        if shape[0] != wanted:
            self._section.refuse(
                f"needs {wanted} maps for {len(op.anchors)} anchors and {op.classes} classes, but {shape[0]} come in",
                "classes",
                f"Set filters={wanted} in the [convolutional] before it, or the right number of classes.",
            )
        return self._made(op, shape)


_MAKERS: Final[Mapping[str, Callable[[_Builder], Layer]]] = {
    "convolutional": _Builder.convolutional,
    "maxpool": _Builder.maxpool,
    "route": _Builder.route,
    "shortcut": _Builder.shortcut,
    "upsample": _Builder.upsample,
    "reorg": _Builder.reorg,
    "dropout": _Builder.dropout,
    "yolo": _Builder.yolo,
    "region": _Builder.region,
}
_REFUSED: Final[Mapping[str, Mapping[str, str]]] = {
    "convolutional": {
        "dilation": "1", "stride_x": "", "stride_y": "", "xnor": "0", "binary": "0", "antialiasing": "0",
        "share_index": "", "sway": "0", "rotate": "0", "stretch": "0", "stretch_sway": "0", "coordconv": "0",
        "assisted_excitation": "0",
    },
    "maxpool": {"stride_x": "", "stride_y": "", "maxpool_depth": "0", "antialiasing": "0"},
    "shortcut": {"weights_type": "none", "weights_normalization": "none"},
    "upsample": {"scale": "1"},
    "reorg": {"reverse": "0", "flatten": "0", "extra": "0"},
    "region": {"coords": "4", "tree": "", "map": "", "background": "0"},
    "yolo": {"map": "", "new_coords": "0"},
}  # fmt: skip
"""Options that change the answer and are not known here, with the value at which they change nothing."""
