"""Why the curves of deep nets at initialisation look as they do: a sentence or two for every setting."""

from __future__ import annotations

from typing import Final

from engine.networks.requests import MeasureGradients

_CARRIED: Final = "In the residual net the skip connections carry it around every block."
_SUMS_ADD: Final = (
    "In the residual net every sum adds the variance of its block to what the skip connection carries"
)
_HALVED: Final = "ReLU halves the mean square of what passes, and Glorot's weights do not make up for it"
_GRADIENT: Final = {
    "batch norm": (
        "Here nothing vanishes: at initialisation, batch norm makes the gradient of a plain net grow on its way back, "
        "layer by layer (Yang et al., A mean field theory of batch normalization, 2019). Skip connections hold that "
        "growth down."
    ),
    "he": (
        f"He's weights are made to keep the gradient of a plain net about level. {_SUMS_ADD}; without batch norm "
        "nothing takes it back, so signal, loss and all gradients grow with the depth."
    ),
    "glorot": f"{_HALVED}: signal and gradient of the plain net vanish with the depth. {_CARRIED}",
    "small": (
        "Weights as small as these shrink what passes at every layer: the gradient of the plain net vanishes, in "
        f"float32 down to 0 where the net is deep. {_CARRIED}"
    ),
}
_SIGNAL: Final = {
    "batch norm": (
        "Batch norm brings every layer of the plain net back to the same spread. "
        f"{_SUMS_ADD}, so that it grows with the depth."
    ),
    "he": (
        f"He's weights are made to keep the signal of a plain net about level. {_SUMS_ADD}; without batch norm "
        "nothing takes it back."
    ),
    "glorot": f"{_HALVED}: the signal of the plain net vanishes with the depth. {_CARRIED}",
    "small": (
        f"Weights as small as these shrink the signal at every layer: that of the plain net vanishes. {_CARRIED}"
    ),
}


def reason(request: MeasureGradients, quantity: str) -> str:
    """What makes the curves of a setting; `quantity` is "gradient" or "signal"."""
    reasons = _GRADIENT if quantity == "gradient" else _SIGNAL
    return reasons["batch norm" if request.batch_norm else request.init]
