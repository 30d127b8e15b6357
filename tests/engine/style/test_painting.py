"""Runs of a painting: what the costs do, what weights do, and that a branch is the run it left."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from engine.context import Context
from engine.errors import UserError
from engine.networks.steps import at_once
from engine.style.costs import gram
from engine.style.objective import terms_of
from engine.style.opening import Opened, open_backbone
from engine.style.painting import Painting, Subject, check_subject
from engine.style.pictures import Pixels
from engine.style.settings import StyleSettings

SMALL = StyleSettings(size=48, steps=24, precision="float32")
Paint = Callable[..., Painting]


@pytest.fixture(scope="module")
def opened() -> Opened:
    with torch.no_grad():
        return at_once(open_backbone(SMALL, Context(device=torch.device("cpu"))))


@pytest.fixture(scope="module")
def photos() -> tuple[Pixels, Pixels]:
    from skimage import data

    return data.chelsea()[::6, ::6].copy(), data.coffee()[::8, ::8].copy()


@pytest.fixture
def paint(opened: Opened, photos: tuple[Pixels, Pixels]) -> Paint:
    def made(settings: StyleSettings = SMALL, **more: Any) -> Painting:
        content, style = photos
        subject = more.pop("subject", Subject(content, (style,), more.pop("mask", None)))
        return Painting(opened.features, opened.backbone, subject, settings, **more)

    return made


def run(painting: Painting, steps: int | None = None) -> Painting:
    for _ in range(painting.total if steps is None else steps):
        painting.step()
    return painting


@pytest.mark.parametrize("method", ["lbfgs", "adam", "descent"])
def test_the_loss_falls_over_windows(paint: Paint, method: Any) -> None:
    painting = run(paint(replace(SMALL, method=method)))
    (rows,) = painting.costs()
    windows = rows.values[:, -1].reshape(4, 6).mean(1)
    assert (np.diff(windows) < 0).all(), windows
    assert rows.names == ("content", *(name for name, _ in painting.objective.terms.style), "variation")


def test_every_cost_is_what_the_formula_says(paint: Paint, opened: Opened) -> None:
    """The course's J, written out in numpy from the features of the three pictures."""
    settings = replace(SMALL, normalise="course", alpha=10.0, beta=40.0, variation=0.5, start="noise")
    painting = paint(settings)
    terms = terms_of(settings, opened.backbone)
    with torch.no_grad():
        of = {
            name: {k: v.double().numpy()[0] for k, v in opened.features.of(picture, terms.layers).items()}
            for name, picture in (
                ("C", painting._content), ("S", painting._styles[0]), ("G", painting.picture),
            )
        }  # fmt: skip
    generated = painting.picture[0].double().numpy()
    painting.step()
    (rows,) = painting.costs()
    expected = [
        ((of["C"][terms.content] - of["G"][terms.content]) ** 2).sum() / (4 * of["C"][terms.content].size)
    ]
    for layer, _ in terms.style:
        style, ours = (of[name][layer].reshape(of[name][layer].shape[0], -1) for name in "SG")
        places = ours.shape[1]
        target = style @ style.T / style.shape[1] * places
        expected.append(((ours @ ours.T - target) ** 2).sum() / (2 * places * len(ours)) ** 2)
    expected.append((np.diff(generated, axis=1) ** 2).mean() + (np.diff(generated, axis=2) ** 2).mean())
    np.testing.assert_allclose(rows.values[0, :-1], expected, rtol=2e-4)
    weights = [10.0, *(40.0 * weight for _, weight in terms.style), 0.5 * 10.0]
    assert rows.values[0, -1] == pytest.approx(np.dot(expected, weights), rel=2e-4)


def test_without_style_the_content_stays_and_without_content_it_goes(paint: Paint) -> None:
    still = run(paint(replace(SMALL, beta=0.0, variation=0.0)), 5)
    assert np.abs(still.pixels().astype(int) - paint().pixels()).max() <= 1
    assert still.names == ("content", "variation")
    free = run(paint(replace(SMALL, alpha=0.0, start="noise")))
    held = run(paint(replace(SMALL, alpha=20.0, start="noise")))
    assert free.names[0] != "content"
    content = paint().picture
    assert (free.picture - content).square().mean() > (held.picture - content).square().mean()


def test_content_only_from_noise_finds_the_content_again(paint: Paint) -> None:
    painting = run(paint(replace(SMALL, beta=0.0, variation=0.0, start="noise", steps=60)))
    (rows,) = painting.costs()
    assert rows.values[-1, 0] < 0.02 * rows.values[0, 0]


def test_the_same_seed_paints_the_same_picture(paint: Paint) -> None:
    settings = replace(SMALL, start="noise", seed=3)
    one, two, other = (
        run(paint(settings), 4),
        run(paint(settings), 4),
        run(paint(replace(settings, seed=4)), 4),
    )
    assert np.array_equal(one.iterate(), two.iterate()) and not np.array_equal(one.iterate(), other.iterate())


@pytest.mark.parametrize("method", ["lbfgs", "adam"])
def test_other_weights_on_the_way_are_a_branch_from_there(paint: Paint, method: Any) -> None:
    settings = replace(SMALL, method=method)
    other = replace(settings, alpha=0.2, style_layers=(("features.relu1_1", 0.7), ("features.relu3_1", 0.3)))
    on_the_way = run(paint(settings), 6)
    iterate = on_the_way.iterate()
    on_the_way.change(other)
    branch = paint(other, begin=iterate)
    for _ in range(4):
        on_the_way.step()
        branch.step()
    np.testing.assert_array_equal(on_the_way.iterate(), branch.iterate())
    first, second = on_the_way.costs()
    assert (first.first, len(first.values), second.first) == (0, 6, 6)
    assert "features.relu3_1" in second.names and "features.relu2_1" not in second.names


def test_more_steps_and_colours_do_not_disturb_a_run(paint: Paint) -> None:
    plain, fiddled = run(paint(), 5), run(paint(), 5)
    fiddled.change(replace(SMALL, steps=99, keep_colours=True))
    assert fiddled.total == 99
    np.testing.assert_array_equal(run(plain, 3).iterate(), run(fiddled, 3).iterate())
    with pytest.raises(UserError, match="next run"):
        fiddled.change(replace(SMALL, size=64))


def test_the_contents_colours_are_kept(paint: Paint) -> None:
    painting = run(paint(replace(SMALL, keep_colours=True)), 8)
    shown, content = painting.pixels().astype(float), paint().pixels().astype(float)
    luma = np.array([0.299, 0.587, 0.114])
    chroma, was = shown - (shown @ luma)[..., None], content - (content @ luma)[..., None]
    inside = ((shown > 0) & (shown < 255)).all(2)
    assert inside.mean() > 0.5 and np.abs(chroma - was)[inside].max() <= 1.5


def test_outside_of_the_mask_the_content_stays(paint: Paint) -> None:
    mask = np.zeros((30, 40), np.float32)
    mask[:, :20] = 1
    painting = run(paint(mask=mask), 8)
    before, after = paint().pixels().astype(int), painting.pixels().astype(int)
    right = after.shape[1] // 2 + 2
    assert np.abs(after - before)[:, right:].max() <= 1 and np.abs(after - before)[:, : right - 4].max() > 10


def test_levels_grow_and_carry_the_picture_on(paint: Paint) -> None:
    painting = paint(replace(SMALL, size=64, levels=2, steps=8))
    sizes = []
    while not painting.finished:
        painting.step()
        sizes.append(painting.size[0])
    assert sizes == [32] * 4 + [64] * 4
    assert sum(len(rows.values) for rows in painting.costs()) == 8
    assert painting.pixels().shape[1] == 64


def test_few_steps_still_end_at_the_size_that_was_asked_for(paint: Paint) -> None:
    assert run(paint(replace(SMALL, levels=3, steps=2, size=128))).size[0] == 128
    painting = paint(replace(SMALL, levels=3, steps=60, size=128))
    for _ in range(3):
        painting.step()
    painting.change(replace(painting.settings, steps=2))
    assert painting.size[0] == 32 and not painting.finished
    while not painting.finished:
        painting.step()
    assert painting.size[0] == 128 and painting.done == painting.total == 5


def test_what_is_ahead_counts_larger_sizes_by_their_pixels(paint: Paint) -> None:
    painting = paint(replace(SMALL, size=96, levels=2, steps=8))
    small, large = (width * height for width, height in painting.sizes)
    for step in range(4):
        assert painting.ahead == pytest.approx(4 - step + 4 * large / small)
        painting.step()
    assert painting.ahead == pytest.approx(4 * large / small)
    painting.step()
    assert painting.ahead == 3
    painting.change(replace(painting.settings, steps=5))
    assert painting.finished and painting.ahead == 0


def test_several_styles_blend_their_gram_matrices(paint: Paint, opened: Opened, photos: Any) -> None:
    content, style = photos
    both = Subject(content, (style, content[::-1].copy()))
    painting = paint(replace(SMALL, blend=(3.0, 1.0)), subject=both)
    layer = painting.objective.terms.style[0][0]
    grams = []
    with torch.no_grad():
        for picture in painting._styles:
            found = opened.features.of(picture, [layer])[layer]
            grams.append(gram(found) / (found.shape[2] * found.shape[3]))
        places = painting.picture.shape[2] * painting.picture.shape[3]
    torch.testing.assert_close(
        painting.objective.targets[layer], (0.75 * grams[0] + 0.25 * grams[1]) * places
    )


def test_identical_content_and_style_stay_what_they_are(paint: Paint, photos: Any) -> None:
    content, _ = photos
    painting = run(paint(replace(SMALL, variation=0.0), subject=Subject(content, (content,))), 6)
    assert painting.sane() and np.abs(painting.pixels().astype(int) - paint().pixels()).max() <= 2


@pytest.mark.parametrize("shape", [(2, 2), (2, 900), (700, 3)])
def test_odd_shapes_are_painted(paint: Paint, photos: Any, shape: tuple[int, int]) -> None:
    picture = np.random.default_rng(0).integers(0, 256, (*shape, 3), np.uint8)
    painting = run(paint(subject=Subject(picture, (photos[1],))), 2)
    assert painting.sane() and painting.pixels().shape == (*painting.size[::-1], 3)


def test_what_is_too_small_is_refused() -> None:
    dot, fine = np.zeros((1, 1, 3), np.uint8), np.zeros((9, 9, 3), np.uint8)
    for content, styles, word in ((dot, [fine], "content"), (fine, [dot], "style"), (fine, [], "no style")):
        with pytest.raises(UserError, match=word):
            check_subject(content, styles)


def test_no_hook_and_no_gradient_is_left_on_the_net(paint: Paint, opened: Opened) -> None:
    run(paint(), 3)
    net = opened.net.net
    assert all(not module._forward_hooks and not module._backward_hooks for module in net.modules())
    assert all(parameter.grad is None and not parameter.requires_grad for parameter in net.parameters())
