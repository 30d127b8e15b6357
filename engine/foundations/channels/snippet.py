"""What is on the screen as a PyTorch script that anybody can run."""

from __future__ import annotations

from engine.foundations.channels.bottleneck import Block, Layer, variants
from engine.foundations.channels.dense import Dense
from engine.foundations.channels.flattening import Order, flattened
from engine.foundations.channels.mixing import Mix
from engine.foundations.snippet import tensor_text
from engine.foundations.spec import FloatArray

_HEAD = ["import torch", "from torch.nn import functional as F", "", "# Made by ConvScope."]
_END = ['print("agrees with ConvScope")', ""]


def mix_script(done: Mix) -> str:
    """The 1x1 convolution, as such and as a linear layer at every pixel."""
    lines = [
        *_HEAD,
        f"x = {tensor_text(done.x)}  # (C, H, W)",
        f"weight = {tensor_text(done.weight)}  # (F, C): the table",
        f"bias = {tensor_text(done.bias)}",
        "",
        "y = F.conv2d(x[None], weight[:, :, None, None], bias)[0]",
        "pixel_by_pixel = F.linear(x.permute(1, 2, 0), weight, bias).permute(2, 0, 1)",
        "torch.testing.assert_close(y, pixel_by_pixel, rtol=1e-9, atol=1e-9)",
        *(["y = torch.relu(y)"] if done.relu else []),
        f"expected = {tensor_text(done.output)}",
        "torch.testing.assert_close(y, expected, rtol=1e-9, atol=1e-9)",
        *_END,
    ]
    return "\n".join(lines)


def flatten_script(x: FloatArray, order: Order) -> str:
    """The volume [C, H, W] as a vector, in the order on show."""
    moved = "x.flatten()" if order == "first" else "x.permute(1, 2, 0).flatten()  # channels last"
    lines = [
        "import torch", "", "# Made by ConvScope.", f"x = {tensor_text(x)}  # (C, H, W)", f"v = {moved}",
        f"expected = {tensor_text(flattened(x, order))}", "assert torch.equal(v, expected)", "print(v)", *_END,
    ]  # fmt: skip
    return "\n".join(lines)


def dense_script(done: Dense) -> str:
    """The fully connected layer as a matrix, as kernels of full size, and slid over the larger picture."""
    lines = [
        *_HEAD,
        f"x = {tensor_text(done.x)}  # (C, H, W)",
        f"weight = {tensor_text(done.weight)}  # (M, C * H * W)",
        f"bias = {tensor_text(done.bias)}",
        f"image = {tensor_text(done.image)}",
        "",
        "y = F.linear(x.flatten(), weight, bias)",
        "kernels = weight.view(len(weight), *x.shape)  # every row folded to the shape of the input",
        "torch.testing.assert_close(F.conv2d(x[None], kernels, bias).flatten(), y, rtol=1e-9, atol=1e-9)",
        "slid = F.conv2d(image[None], kernels, bias)[0]  # one answer for every place of a larger picture",
        f"torch.testing.assert_close(y, {tensor_text(done.output)}, rtol=1e-9, atol=1e-9)",
        f"torch.testing.assert_close(slid, {tensor_text(done.slid)}, rtol=1e-9, atol=1e-9)",
        *_END,
    ]
    return "\n".join(lines)


def costs_script(block: Block) -> str:
    """The three variants as modules, with their counts."""
    lines = [
        "import torch", "from torch import nn", "from torch.utils.flop_counter import FlopCounterMode", "",
        "# Made by ConvScope.", f"x = torch.randn(1, {block.channels}, {block.n}, {block.n})",
    ]  # fmt: skip
    for variant in variants(block):
        lines += [f"{variant.key} = nn.Sequential(", *(f"    {_conv(one)}," for one in variant.layers), ")"]
        lines += [
            "with FlopCounterMode(display=False) as counter, torch.no_grad():",
            f"    {variant.key}(x)",
            f"assert counter.get_total_flops() // 2 == {variant.macs}",
            f"assert sum(p.numel() for p in {variant.key}.parameters()) == {variant.parameters}",
        ]
    return "\n".join([*lines, *_END])


def _conv(one: Layer) -> str:
    groups = f", groups={one.groups}" if one.groups > 1 else ""
    return f'nn.Conv2d({one.c_in}, {one.c_out}, {one.f}, padding="same"{groups})'
