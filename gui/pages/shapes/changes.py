"""The ways to change a chain: examples, layers added, taken away and moved, settings, and cures of impossible joins."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from engine.errors import UserError
from engine.foundations.calculator.joins import Remedy
from engine.foundations.calculator.layers import Kind, Layer
from engine.foundations.calculator.presets import preset
from gui.pages.shapes.state import CUSTOM, MOST_LAYERS, ShapesState

FRESH: dict[Kind, Layer] = {
    "conv": Layer("conv", f=3, padding="same", filters=16),
    "transposed": Layer("transposed", f=2, s=2, filters=16),
    "maxpool": Layer("maxpool", f=2, s=2),
    "avgpool": Layer("avgpool", f=2, s=2),
    "relu": Layer("relu"),
    "batchnorm": Layer("batchnorm"),
    "flatten": Layer("flatten"),
    "linear": Layer("linear", filters=10),
    "globalpool": Layer("globalpool"),
    "upsample": Layer("upsample", s=2),
}
"""What a new layer of each kind looks like."""


def with_preset(state: ShapesState, name: str) -> ShapesState:
    """An example; how one looks at it stays."""
    found = preset(name)
    channels, height, width = found.input_shape
    step = 1 if not state.predict else min(state.step, 1)
    return replace(
        state, preset=name, channels=channels, height=height, width=width, layers=found.layers, step=step
    )


def with_input(state: ShapesState, name: str, value: int) -> ShapesState:
    """The height, width, channels or batch of the input."""
    kept = state.preset if name == "batch" else CUSTOM
    return replace(state, preset=kept, **{name: value})  # type: ignore[arg-type]  # names of whole numbers


def with_setting(state: ShapesState, index: int, name: str, value: Any) -> ShapesState:
    """One setting of layer `index` (counted from 1)."""
    return _with_layer(state, index, replace(state.layers[index - 1], **{name: value}))


def with_padding(state: ShapesState, index: int, padding: str | int) -> ShapesState:
    """The padding of a layer: "valid", "same", "custom", or a number of pixels."""
    layer = state.layers[index - 1]
    if isinstance(padding, int):
        return _with_layer(state, index, replace(layer, padding="custom", p=padding))
    if padding == "custom":  # begin where the named one was
        return _with_layer(state, index, replace(layer, padding="custom", p=layer.pad))
    return _with_layer(state, index, replace(layer, padding=padding))  # type: ignore[arg-type]  # one of the three


def with_kind(state: ShapesState, index: int, kind: Kind) -> ShapesState:
    """Another kind of layer in the same place; settings that both kinds have stay, the others are fresh."""
    old, fresh = state.layers[index - 1], FRESH[kind]
    shared = {name: getattr(old, name) for name in fresh.uses if name in old.uses}
    return _with_layer(state, index, replace(fresh, **shared))


def added(state: ShapesState, kind: Kind) -> ShapesState:
    """A new layer behind the one on show, which it becomes.

    Raises:
        UserError: the chain is as long as it may be.
    """
    return _inserted(state, state.step, FRESH[kind])


def duplicated(state: ShapesState) -> ShapesState:
    """The layer on show a second time, behind itself.

    Raises:
        UserError: the input is on show, or the chain is as long as it may be.
    """
    layer = state.selected
    if layer is None:
        raise UserError("The input is there once. Choose a layer to duplicate.")
    return _inserted(state, state.step, layer)


def removed(state: ShapesState) -> ShapesState:
    """The chain without the layer on show.

    Raises:
        UserError: the input is on show.
    """
    if state.step == 0:
        raise UserError("The input cannot be taken away. Choose a layer to remove.")
    layers = (*state.layers[: state.step - 1], *state.layers[state.step :])
    return replace(state, preset=CUSTOM, layers=layers, step=min(state.step, len(layers)))


def moved(state: ShapesState, index: int, to: int) -> ShapesState:
    """Layer `index` at place `to` (both counted from 1; beyond the ends: at the end); it is then on show."""
    if not 1 <= index <= len(state.layers):
        return state
    layers = list(state.layers)
    layer = layers.pop(index - 1)
    place = min(max(to, 1), len(state.layers))
    layers.insert(place - 1, layer)
    if tuple(layers) == state.layers:
        return replace(state, step=place)
    return replace(state, preset=CUSTOM, layers=tuple(layers), step=place)


def cured(state: ShapesState, index: int, remedy: Remedy) -> ShapesState:
    """The chain with one of the changes that were offered for layer `index`."""
    if remedy.instead is not None:
        return replace(_with_layer(state, index, remedy.instead), step=index)
    if remedy.before is not None:
        return _inserted(state, index - 1, remedy.before)
    return state


def _with_layer(state: ShapesState, index: int, layer: Layer) -> ShapesState:
    if layer == state.layers[index - 1]:
        return state
    layers = (*state.layers[: index - 1], layer, *state.layers[index:])
    return replace(state, preset=CUSTOM, layers=layers)


def _inserted(state: ShapesState, behind: int, layer: Layer) -> ShapesState:
    if len(state.layers) >= MOST_LAYERS:
        raise UserError(f"A chain can have up to {MOST_LAYERS} layers. Remove one first.")
    layers = (*state.layers[:behind], layer, *state.layers[behind:])
    return replace(state, preset=CUSTOM, layers=layers, step=behind + 1)
