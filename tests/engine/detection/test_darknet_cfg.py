"""Descriptions of Darknet nets: what they say, and what is refused with its line."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.detection import class_names
from engine.detection.darknet import cfg
from engine.detection.darknet.layers import Convolution, Head, MaxPool, Route
from engine.detection.darknet.plan import Plan, plan
from engine.detection.darknet.weights_file import bytes_of
from engine.errors import UserError
from tests.engine.detection.darknet_files import (
    conv,
    described,
    last,
    yolov2,
    yolov2_tiny,
    yolov3_tiny,
    yolov4_tiny,
)

YOLO = "yolo mask=0,1 anchors=4,6,10,8,20,24 num=3 classes=2"


def test_sections_options_and_comments() -> None:
    text = "# a comment\n; another\n[net]\n width = 32 # the side\nheight=32\n\n[Convolutional]\nfilters=4\n"
    whole, layer = cfg.parse(text, "a.cfg")
    assert (whole.kind, whole.line, whole.integer("width")) == ("net", 3, 32)
    assert (layer.kind, layer.line, layer.options["filters"].line) == ("convolutional", 7, 8)
    assert layer.text("activation", "logistic") == "logistic" and not layer.has("size")
    assert cfg.parse("[net]\r\na=1, 2,3,\r\n", "a.cfg")[0].integers("a") == (1, 2, 3)
    assert cfg.parse("[net]\na=.5,1e1\n", "a.cfg")[0].numbers("a") == (0.5, 10.0)
    assert cfg.parse("[net]\na=1\na=1\n", "a.cfg")[0].integer("a") == 1  # said twice, but the same


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no sections"),
        ("# only this\n", "no sections"),
        ("width=3\n[net]\n", "line 1: “width” stands before the first section"),
        ("[net\n", r"line 1: \[net is not the name of a section"),
        ("[net] x\n", "line 1"),
        ("[]\n", "line 1"),
        ("[net]\nwidth\n", "line 2: width is neither a section nor an option"),
        ("[net]\n=3\n", "line 2"),
        ("[net]\nwidth=32\nwidth=64\n", "line 3: width=64, but line 2 of the same section says width=32"),
        ("[convolutional]\nfilters=3\n", r"line 1: \[convolutional\] comes first"),
        ("[net]\n" + "[dropout]\n" * 3000, "no net that can be shown has so many"),
    ],
)
def test_texts_that_are_no_description(text: str, words: str) -> None:
    with pytest.raises(UserError, match=words):
        cfg.parse(text, "a.cfg")


@pytest.mark.parametrize("value", ["", "three", "3.5", "1" * 30, "0x10", "nan"])
def test_what_is_no_whole_number(value: str) -> None:
    with pytest.raises(UserError, match=r"a\.cfg, line 2: \[net\] has width=.*, which is no whole number"):
        cfg.parse(f"[net]\nwidth={value}\n", "a.cfg")[0].integer("width")


@pytest.mark.parametrize("value", ["", "a", "nan", "inf", "1,,2"])
def test_what_is_no_number(value: str) -> None:
    with pytest.raises(UserError, match=r"line 2: .* which is no number"):
        cfg.parse(f"[net]\nanchors={value}\n", "a.cfg")[0].numbers("anchors")


def test_what_is_missing_or_out_of_bounds() -> None:
    (section,) = cfg.parse("[net]\nwidth=-3\n", "a.cfg")
    with pytest.raises(UserError, match=r"line 1: \[net\] has no “height”"):
        section.integer("height")
    with pytest.raises(UserError, match=r"line 2: \[net\] has width=-3, which is not between 1 and 9"):
        section.integer("width", least=1, most=9)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="is not there"):
        cfg.read(tmp_path / "a.cfg")
    (tmp_path / "b.cfg").write_bytes(b"\xff\xfe\x00\x01")
    with pytest.raises(UserError, match="is not a text"):
        cfg.read(tmp_path / "b.cfg")
    (tmp_path / "c.cfg").write_bytes(b" " * 2_000_001)
    with pytest.raises(UserError, match="too long"):
        cfg.read(tmp_path / "c.cfg")
    (tmp_path / "d.cfg").mkdir()
    with pytest.raises(UserError, match="could not be read"):
        cfg.read(tmp_path / "d.cfg")


@given(st.text(alphabet="[]net=,#; \n0123456789-.abconvlutial", max_size=120))
def test_any_text_gives_a_plan_or_a_sentence(text: str) -> None:
    try:
        found = plan(text)
    except UserError as error:
        assert error.sentence
    else:
        assert found.heads  # nothing so short has any


# --- plans --------------------------------------------------------------------------------------------------


def heads_of(found: Plan) -> list[Head]:
    return [layer.op for layer in found.heads if isinstance(layer.op, Head)]


@pytest.mark.parametrize(
    ("text", "header", "published_bytes", "grids"),
    [
        (yolov2_tiny(), 16, 44_948_596, [(425, 13, 13)]),
        (yolov2(), 16, 203_934_260, [(425, 19, 19)]),
        (yolov3_tiny(), 20, 35_434_956, [(255, 13, 13), (255, 26, 26)]),
        (yolov4_tiny(), 20, 24_251_276, [(255, 13, 13), (255, 26, 26)]),
    ],
    ids=["yolov2-tiny", "yolov2", "yolov3-tiny", "yolov4-tiny"],
)
def test_well_known_nets_need_as_many_bytes_as_their_authors_publish(
    text: str, header: int, published_bytes: int, grids: list[tuple[int, int, int]]
) -> None:
    found = plan(text, "net.cfg")
    assert bytes_of(found, header) == published_bytes
    assert [layer.shape for layer in found.heads] == grids
    assert (found.classes, found.coarsest, found.letterbox) == (80, 32, False)


def test_anchors_and_their_masks() -> None:
    coarse, fine = heads_of(plan(yolov3_tiny()))
    assert coarse.anchors == ((81, 82), (135, 169), (344, 319)) and fine.anchors[0] == (10, 14)
    assert coarse.kind == "yolo" and coarse.scale_xy == 1.0
    assert heads_of(plan(yolov4_tiny()))[1].scale_xy == 1.05
    (region,) = heads_of(plan(yolov2_tiny()))
    assert region.kind == "region" and region.anchors[0] == (0.57273, 0.677385)
    (every,) = heads_of(plan(described(last(14), "yolo anchors=4,6,10,8 num=2 classes=2")))
    assert every.anchors == ((4, 6), (10, 8))  # without a mask: all of them


def test_padding_as_darknet_has_it() -> None:
    layers = plan(
        described(
            "convolutional filters=4 size=5 stride=1 pad=1", "convolutional filters=4 size=5 padding=1",
            "maxpool size=2 stride=2", "maxpool stride=3", last(14), YOLO, side=30,
        )
    ).layers  # fmt: skip
    first, second = (layer.op for layer in layers[:2])
    assert isinstance(first, Convolution) and (first.padding, first.activation) == (2, "logistic")
    assert isinstance(second, Convolution) and second.padding == 1
    assert [layer.shape for layer in layers[:4]] == [(4, 30, 30), (4, 28, 28), (4, 14, 14), (4, 5, 5)]
    assert layers[3].op == MaxPool(3, 3, 2)


def test_sources_are_counted_from_the_front_or_back_from_here() -> None:
    found = plan(
        described(
            "dropout", conv(8), "route layers=-1 groups=4 group_id=3", "route layers=-1,1,0", last(14), YOLO
        )
    )
    part, joined = found.layers[2:4]
    assert (part.sources, part.shape, part.op) == ((1,), (2, 32, 32), Route(4, 3))
    assert (joined.sources, joined.shape, joined.name) == ((2, 1, 0), (13, 32, 32), "route_3")


SMALL = (conv(8), last(14), YOLO)
REFUSED = {
    "an unknown section": ((conv(8), "lstm output=3"), r"line 14: \[lstm\] is a layer that ConvScope does not know"),
    "an activation": (("convolutional activation=gelu",), "line 7: .*activation gelu, which ConvScope does not know"),
    "groups": ((conv(8, extra="groups=3"),), "3 groups, which do not divide its 3 inputs and 8 filters"),
    "a route to itself": ((conv(8), "route layers=1"), "reads layer 1, which is not one of the 1 before it"),
    "a route beyond the picture": ((conv(8), "route layers=-2"), "reads layer -2"),
    "a route of different sizes": ((conv(8), conv(8, 3, 2), "route layers=0,1"), "32 × 32 and 16 × 16"),
    "a route to boxes": ((*SMALL, "route layers=-1"), "reads the boxes of layer 2"),
    "a layer behind boxes": ((*SMALL, conv(8)), "reads the boxes of layer 2"),
    "part 2 of 2": ((conv(8), "route layers=-1 groups=2 group_id=2"), "group_id=2, which is not between 0 and 1"),
    "parts of channels": ((conv(8), "route layers=-1 groups=3"), "one of 3 parts, which do not divide"),
    "a sum of shapes": ((conv(8), conv(4), "shortcut from=-2"), r"different shapes: 4 × 32 × 32 and 8 × 32 × 32"),
    "a weighted sum": ((conv(8), conv(8), "shortcut from=-2 weights_type=per_layer"), "weights_type=per_layer"),
    "dilation": ((conv(8, extra="dilation=2"),), "dilation=2, which ConvScope does not know"),
    "Scaled-YOLOv4": ((conv(8), last(14), f"{YOLO} new_coords=1"), "new_coords=1, which ConvScope does not know"),
    "a class count": ((last(255), YOLO), "needs 14 maps for 2 anchors and 2 classes, but 255 come in"),
    "anchors": ((last(14), "yolo mask=0,1 anchors=1,2,3 num=2 classes=2"), "3 numbers as anchors, but num=2 needs 4"),
    "a mask": ((last(14), "yolo mask=0,2 anchors=1,2,3,4 num=2 classes=2"), "names anchors beyond its 2"),
    "an empty anchor": ((last(14), "yolo anchors=1,2,3,0 num=2 classes=2"), "without width or height"),
    "no softmax": ((last(14), "region anchors=1,2,3,4 num=2 classes=2"), "no softmax=1"),
    "a tree of classes": ((last(14), "region anchors=1,2,3,4 num=2 classes=2 softmax=1 tree=9k.tree"), "tree=9k.tree"),
    "no head": ((conv(8),), r"neither \[yolo\] nor \[region\]"),
    "two class counts": (
        (*SMALL, "route layers=-2", "yolo mask=0 anchors=4,6 num=1 classes=9"), "different numbers of classes",
    ),
    "a pool of nothing": (("maxpool size=3 padding=5",), "some would be empty"),
    "a window too large": (("convolutional size=35 filters=4",), "windows of 35, but only 32 cells"),
    "reorg": ((conv(8), "reorg stride=3"), "3 × 3 cells at a time, which do not divide 8 maps"),
    "a probability": (("dropout probability=2",), "probability=2, which is not between 0 and 1"),
    "a giant": (tuple(conv(100_000) for _ in range(3)) + SMALL[1:], "more than can be held"),
}  # fmt: skip


@pytest.mark.parametrize(("sections", "words"), REFUSED.values(), ids=REFUSED.keys())
def test_what_is_refused(sections: tuple[str, ...], words: str) -> None:
    with pytest.raises(UserError, match=words) as refused:
        plan(described(*sections), "a.cfg")
    assert refused.value.sentence.startswith("a.cfg")


def test_pictures_that_do_not_divide_into_cells() -> None:
    with pytest.raises(UserError, match="pictures of 30 × 30 do not divide into the 8 × 8 cells"):
        plan(described(conv(8, 3, 2), conv(8, 3, 2), last(14), YOLO, side=30))
    with pytest.raises(UserError, match="reads pictures of 1 channels"):
        plan("[net]\nwidth=8\nheight=8\nchannels=1\n[dropout]\n")
    with pytest.raises(UserError, match="has no “height”"):
        plan("[net]\nwidth=8\n[dropout]\n")
    with pytest.raises(UserError, match="has no layers"):
        plan("[net]\nwidth=8\nheight=8\n")


# --- names of classes ---------------------------------------------------------------------------------------


def test_lists_that_come_with_the_program() -> None:
    from torchvision.models.detection import SSD300_VGG16_Weights

    published = SSD300_VGG16_Weights.COCO_V1.meta["categories"]
    assert list(class_names.known("coco")) == [n for n in published if n not in ("__background__", "N/A")]
    assert len(class_names.known("voc")) == 20 and class_names.known("voc")[11] == "dog"
    assert class_names.usual(80) == class_names.known("coco") and class_names.usual(3)[2] == "class 2"
    with pytest.raises(KeyError):
        class_names.known("imagenet")


def test_lists_of_a_person(tmp_path: Path) -> None:
    path = tmp_path / "my.names"
    path.write_text("\ufeffcup\n  paper   clip \n\nlamp\n\n", encoding="utf-8")
    assert class_names.read(path, 4) == ("cup", "paper clip", "class 2", "lamp")
    with pytest.raises(UserError, match=r"my\.names has 4 names, but the net knows 80 classes"):
        class_names.read(path, 80)
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(UserError, match="no list of classes"):
        class_names.read(path, 1)
    with pytest.raises(UserError, match="is not there"):
        class_names.read(tmp_path / "none.names", 1)
