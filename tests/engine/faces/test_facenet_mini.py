"""The bundled net for faces: what it takes and gives, and the file that comes with the program."""

from __future__ import annotations

import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from engine.networks import catalogue
from engine.networks.weights import records, store
from engine.networks.zoo.facenet_mini import DIMENSIONS, GREY, HEIGHT, WIDTH, FacenetMini, evened

NAME = "facenet-mini"


@pytest.fixture(scope="module")
def net() -> FacenetMini:
    net = FacenetMini().eval()
    net.load_state_dict(load_file(store.find(NAME).path))
    return net


def faces(count: int, seed: int = 0) -> Tensor:
    """Smooth coloured patterns."""
    rng = torch.Generator().manual_seed(seed)
    coarse = torch.rand(count, 3, 7, 6, generator=rng)
    return nn.functional.interpolate(coarse, (HEIGHT, WIDTH), mode="bicubic").clamp(0, 1)


def test_embeddings_have_length_1_and_do_not_hang_on_the_batch(net: FacenetMini) -> None:
    pictures = faces(5)
    with torch.inference_mode():
        found = net(pictures)
        singles = torch.cat([net(picture[None]) for picture in pictures])
    assert found.shape == (5, DIMENSIONS) and found.dtype == torch.float32
    torch.testing.assert_close(found.square().sum(1), torch.ones(5), rtol=0, atol=1e-5)
    torch.testing.assert_close(found, singles, rtol=0, atol=1e-5)


def test_what_the_net_sees_against_a_loop() -> None:
    picture = faces(1, seed=3)
    grey = [
        [
            sum(
                GREY[c] * float(picture[0, c, 2 * row + i, 2 * column + j]) / 4
                for c in range(3)
                for i in range(2)
                for j in range(2)
            )
            for column in range(WIDTH // 2)
        ]
        for row in range(HEIGHT // 2)
    ]
    flat = torch.tensor(grey, dtype=torch.float64)
    mean = flat.sum() / flat.numel()
    spread = ((flat - mean).square().sum() / flat.numel()).sqrt()
    found = evened(picture)
    assert found.shape == (1, 1, HEIGHT // 2, WIDTH // 2)
    torch.testing.assert_close(found[0, 0].double(), (flat - mean) / spread, rtol=0, atol=1e-4)


def test_brightness_contrast_and_colour_do_not_count(net: FacenetMini) -> None:
    picture = faces(1, seed=4)
    grey = (picture * torch.tensor(GREY)[None, :, None, None]).sum(1, keepdim=True).expand(-1, 3, -1, -1)
    with torch.inference_mode():
        answers = [net(other) for other in (picture, grey, 0.5 * picture + 0.2, 255 * picture)]
    for other in answers[1:]:
        torch.testing.assert_close(other, answers[0], rtol=0, atol=1e-4)


def test_a_mirror_image_is_the_same_person_exactly(net: FacenetMini) -> None:
    pictures = faces(3, seed=6)
    with torch.inference_mode():
        torch.testing.assert_close(net(pictures.flip(3)), net(pictures), rtol=0, atol=1e-5)


@pytest.mark.parametrize("level", [0.0, 0.5, 1.0])
def test_a_flat_picture_has_an_embedding_too(net: FacenetMini, level: float) -> None:
    with torch.inference_mode():
        found = net(torch.full((1, 3, HEIGHT, WIDTH), level))
    assert torch.isfinite(found).all() and float(found.norm()) == pytest.approx(1, abs=1e-5)


def test_the_file_is_small_and_the_net_has_few_parameters(net: FacenetMini) -> None:
    assert sum(parameter.numel() for parameter in net.parameters()) <= 1_500_000
    path = store.find(NAME).path
    assert path.stat().st_size <= 4_000_000
    header = records.read_header(path)
    assert set(header.dtypes.values()) <= {"F16", "I64"}
    assert 0 < float(header.metadata["threshold"]) < 4


def test_the_store_lists_it_as_a_net_for_faces_and_not_as_a_classifier() -> None:
    found = store.find(NAME)
    assert (found.entry.task, found.entry.origin, found.architecture) == (
        "face embedding",
        "bundled",
        "facenet_mini",
    )
    assert found.entry.auc is not None and found.entry.auc >= 0.98
    assert found.entry.figures == f"AUC {found.entry.auc:.3f} (pairs of unseen people)"
    assert found.path.with_suffix(".md").is_file()
    assert found.architecture not in catalogue.names()
    status = store.status(found.entry)
    assert (status.state, status.task, status.figures) == ("bundled", "face embedding", found.entry.figures)


def test_the_card_says_what_the_file_says() -> None:
    found = store.find(NAME)
    card = found.path.with_suffix(".md").read_text(encoding="utf-8")
    meta = records.read_header(found.path).metadata
    assert f"**{meta['test_auc']}**" in card and f"**{meta['portraits_auc']}**" in card
    assert f"d^2 <= {meta['threshold']}**" in card
    assert "It teaches and does not identify strangers." in card and "Olivetti Research Laboratory" in card
