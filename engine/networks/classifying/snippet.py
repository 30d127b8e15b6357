"""The answer on the screen as a PyTorch script that anybody can run."""

from __future__ import annotations

import base64
import textwrap

from engine.errors import UserError
from engine.images import encode_png
from engine.networks import catalogue
from engine.networks.requests import Classification

_WIDTH = 100
_RENAMED = ("densenet", "googlenet", "inception")
"""Architectures whose published files torchvision's own loader rewrites; these are built by ConvScope."""


def classify_snippet(answer: Classification) -> str:
    """A script that feeds the net the very pixels it saw and compares its logits with the answer.

    The pixels are in the script (PNG, base64); the weights are read from where they lie. Raises UserError for an answer
    without guesses.
    """
    if not answer.guesses or answer.logits is None:
        raise UserError("There is no answer to write a script for.", "Choose a picture and a net first.")
    expected = ", ".join(f"{guess.index}: {guess.logit!r}" for guess in answer.guesses)
    labels = ", ".join(f"{guess.index}: {guess.label!r}" for guess in answer.guesses)
    steps = "\n".join(f"#   {number}. {step}" for number, step in enumerate(answer.steps, start=1))
    return "\n".join(
        [
            f"# Made by ConvScope: what the weights {answer.weights} say to the picture {answer.frame.name!r}.",
            "# The pixels below came about like this:",
            steps,
            "import base64",
            "import io",
            "",
            "import numpy as np",
            "import torch",
            "from PIL import Image",
            *_imports(answer),
            "",
            "PNG = (",
            *(f'    "{line}"' for line in textwrap.wrap(_png(answer), _WIDTH)),
            ")",
            "pixels = torch.from_numpy(np.array(Image.open(io.BytesIO(base64.b64decode(PNG)))))",
            "x = pixels[None] if pixels.ndim == 2 else pixels.permute(2, 0, 1)  # channels first",
            f"mean, std = torch.tensor({list(answer.mean)!r}), torch.tensor({list(answer.std)!r})",
            "x = ((x.float() / 255 - mean[:, None, None]) / std[:, None, None])[None]",
            "",
            *_net(answer),
            "with torch.inference_mode():",
            "    logits = net(x)[0]",
            "probabilities = torch.softmax(logits, 0)",
            f"labels = {{{labels}}}",
            "for index, label in labels.items():",
            '    print(f"{probabilities[index]:8.2%}  {label}")',
            "",
            f"expected = {{{expected}}}",
            "found = logits[list(expected)]",
            "torch.testing.assert_close(found, torch.tensor(list(expected.values())), rtol=1e-3, atol=1e-3)",
            'print("agrees with ConvScope")',
            "",
        ]
    )


def _png(answer: Classification) -> str:
    return base64.b64encode(encode_png(answer.seen)).decode("ascii")


def _by_torchvision(answer: Classification) -> bool:
    """Whether torchvision alone can build the net and read its file."""
    entry = catalogue.architecture(answer.architecture)
    published = answer.path is not None and answer.path.suffix == ".pth"
    return published and entry.builder.startswith("torchvision:") and not entry.name.startswith(_RENAMED)


def _imports(answer: Classification) -> list[str]:
    if _by_torchvision(answer):
        return ["from torchvision.models import get_model"]
    return ["", "from engine.networks.catalogue import build  # of ConvScope: run this in its folder"]


def _net(answer: Classification) -> list[str]:
    path = str(answer.path)
    if _by_torchvision(answer):
        return [
            f"net = get_model({answer.architecture!r}, weights=None).eval()",
            f"net.load_state_dict(torch.load({path!r}, weights_only=True))",
        ]
    return [f"net = build({answer.architecture!r}, {path!r})"]
