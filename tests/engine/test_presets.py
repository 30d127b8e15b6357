"""Every preset makes what it says, in every size."""

from __future__ import annotations

import numpy as np
import pytest

from engine.foundations.convolution import ConvSpec, problems, trace
from engine.foundations.presets import INPUTS, KERNELS, InputPreset, KernelPreset, input_preset, kernel_preset

SIZES = [*range(1, 12), (3, 5), (4, 2), (1, 3), (3, 1)]


@pytest.mark.parametrize("preset", INPUTS, ids=lambda p: p.name)
@pytest.mark.parametrize("shape", [(1, 1, 1), (1, 6, 6), (3, 7, 4), (4, 32, 32)])
def test_inputs_have_the_shape_that_is_asked_for(preset: InputPreset, shape: tuple[int, int, int]) -> None:
    x = preset.make(shape[1], shape[2], shape[0])
    assert x.shape == (preset.fixed or shape) and x.dtype == np.float64 and np.isfinite(x).all()
    np.testing.assert_array_equal(preset.make(shape[1], shape[2], shape[0]), x)
    x[:] = -1  # a new array each time: nobody can spoil a preset
    assert preset.make(shape[1], shape[2], shape[0]).min() >= 0


@pytest.mark.parametrize("preset", [p for p in INPUTS if p.weight is not None], ids=lambda p: p.name)
def test_examples_can_be_computed(preset: InputPreset) -> None:
    assert preset.weight is not None and preset.spec is not None and preset.fixed is not None
    assert not problems(preset.spec, preset.fixed, preset.weight.shape)  # type: ignore[arg-type]


def test_names_are_unique_and_found() -> None:
    for presets, find in ((INPUTS, input_preset), (KERNELS, kernel_preset)):
        assert len({p.name for p in presets}) == len(presets)  # type: ignore[attr-defined]
        assert all(find(p.name) is p and p.title and p.description for p in presets)  # type: ignore[attr-defined]
        with pytest.raises(KeyError):
            find("no such preset")


def test_the_half_bright_square_answers_30_at_the_edge() -> None:
    preset = input_preset("edge-6x6")
    assert preset.weight is not None
    assert trace(preset.make(), preset.weight).output.tolist() == [[[0, 30, 30, 0]] * 4]


def test_edges_answer_with_the_sign_of_their_direction() -> None:
    kernel = kernel_preset("vertical-edge").make(3)[None]
    bright_dark = trace(input_preset("bright-dark").make(6, 6, 1), kernel).output
    assert bright_dark.tolist() == [[[0, 30, 30, 0]] * 4]
    np.testing.assert_array_equal(
        trace(input_preset("dark-bright").make(6, 6, 1), kernel).output, -bright_dark
    )
    both = trace(input_preset("bright-dark-bright").make(6, 9, 1), kernel).output[0, 0]
    assert both.tolist() == [0, 30, 30, 0, -30, -30, 0]


def test_the_impulse_prints_the_kernel() -> None:
    kernel = np.arange(9.0).reshape(1, 1, 3, 3)
    x = input_preset("impulse").make(5, 5, 1)
    assert x.sum() == 1 and x[0, 2, 2] == 1
    np.testing.assert_array_equal(trace(x, kernel, spec=ConvSpec(flip=True)).output[0], kernel[0, 0])
    np.testing.assert_array_equal(trace(x, kernel).output[0], kernel[0, 0, ::-1, ::-1])


def test_generic_inputs() -> None:
    assert input_preset("ramp").make(2, 3, 2).ravel().tolist() == list(range(12))
    assert input_preset("checkerboard").make(2, 3, 1).tolist() == [[[10, 0, 10], [0, 10, 0]]]
    assert (input_preset("diagonal").make(3, 3, 1)[0] > 0).tolist() == np.tri(3).astype(bool).tolist()
    random = input_preset("random").make(20, 20, 2)
    assert set(np.unique(random)) == set(range(10)) and not np.array_equal(random[0], random[1])
    blob = input_preset("blob").make(7, 7, 1)[0]
    assert (
        blob.argmax() == 24 and np.allclose(blob, blob.T) and np.allclose(blob, blob[::-1]) and blob[0, 0] < 1
    )


@pytest.mark.parametrize("preset", KERNELS, ids=lambda p: p.name)
@pytest.mark.parametrize("size", SIZES, ids=str)
def test_kernels_in_every_size(preset: KernelPreset, size: int | tuple[int, int]) -> None:
    kh, kw = size if isinstance(size, tuple) else (size, size)
    for channels in (1, 3):
        kernel = preset.make(size, channels)
        assert kernel.shape == (channels, kh, kw) and kernel.dtype == np.float64 and np.isfinite(kernel).all()
        if not preset.fits(size):
            assert not kernel.any()
        elif preset.keeps_brightness:
            assert kernel.sum() == pytest.approx(1)
        elif preset.name != "random":
            assert kernel.any() and kernel.sum() == pytest.approx(0)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("identity", [[0, 0, 0], [0, 1, 0], [0, 0, 0]]),
        ("vertical-edge", [[1, 0, -1], [1, 0, -1], [1, 0, -1]]),
        ("horizontal-edge", [[1, 1, 1], [0, 0, 0], [-1, -1, -1]]),
        ("sobel-vertical", [[1, 0, -1], [2, 0, -2], [1, 0, -1]]),
        ("sobel-horizontal", [[1, 2, 1], [0, 0, 0], [-1, -2, -1]]),
        ("scharr-vertical", [[3, 0, -3], [10, 0, -10], [3, 0, -3]]),
        ("scharr-horizontal", [[3, 10, 3], [0, 0, 0], [-3, -10, -3]]),
        ("laplacian", [[0, 1, 0], [1, -4, 1], [0, 1, 0]]),
        ("sharpen", [[0, -1, 0], [-1, 5, -1], [0, -1, 0]]),
        ("emboss", [[-2, -1, 0], [-1, 1, 1], [0, 1, 2]]),
    ],
)
def test_the_classical_3x3_kernels(name: str, expected: list[list[int]]) -> None:
    assert kernel_preset(name).make(3)[0].tolist() == expected


def test_blurs() -> None:
    np.testing.assert_allclose(kernel_preset("box-blur").make((2, 3))[0], 1 / 6)
    np.testing.assert_allclose(kernel_preset("gaussian").make(3)[0] * 16, [[1, 2, 1], [2, 4, 2], [1, 2, 1]])
    np.testing.assert_allclose(kernel_preset("gaussian").make(4)[0, 0] * 64, [1, 3, 3, 1])


def test_larger_derivatives() -> None:
    assert kernel_preset("sobel-vertical").make(5)[0, 2].tolist() == [6, 12, 0, -12, -6]
    assert kernel_preset("vertical-edge").make(5)[0, 0].tolist() == [2, 1, 0, -1, -2]
    assert kernel_preset("vertical-edge").make(2)[0].tolist() == [[1, -1], [1, -1]]
    assert not kernel_preset("vertical-edge").fits(1) and kernel_preset("identity").fits(1)


def test_random_kernels_differ_by_channel_and_seed() -> None:
    preset = kernel_preset("random")
    first = preset.make(3, 2, seed=1)
    np.testing.assert_array_equal(first, preset.make(3, 2, seed=1))
    assert not np.array_equal(first, preset.make(3, 2, seed=2)) and not np.array_equal(first[0], first[1])
    assert set(np.unique(preset.make(11, 4))) == {-2, -1, 0, 1, 2}
