"""Which other net is offered for a picture."""

from __future__ import annotations

from engine.networks import catalogue
from engine.networks.requests import Classification, WeightsStatus
from gui.pages.classify.state import DIGITS_NET, PHOTO_NET, ClassifyState


class Offer:
    """Offers a net that suits the picture; where a digit may be on paper, only when there is no good answer.

    What was offered stays: the frames of a film are answered well and badly in turns.
    """

    def __init__(self) -> None:
        self._subject: tuple[str, str, str] | None = None

    def net(
        self,
        state: ClassifyState,
        current: WeightsStatus | None,
        nets: tuple[WeightsStatus, ...],
        answer: Classification | None,
    ) -> WeightsStatus | None:
        """One of `nets`, or None. `current`: the net of the state, as far as it is listed; `answer`: what it says."""
        offered = suggestion(current, state.drawing, nets)
        subject = (state.weights, state.source.kind, state.source.value)
        good = answer is not None and bool(answer.guesses) and not answer.note
        if state.source.kind in ("file", "camera", "video") and good and self._subject != subject:
            offered = None
        self._subject = None if offered is None else subject
        return offered


def suggestion(
    current: WeightsStatus | None, drawing: bool, nets: tuple[WeightsStatus, ...]
) -> WeightsStatus | None:
    """A net of `nets` that suits the picture better than the present one: for a drawing one that reads digits.

    None where the present one is among them and suits.
    """
    if current is not None and current in nets and reads_digits(current.architecture) == drawing:
        return None
    fitting = [net for net in nets if reads_digits(net.architecture) == drawing]
    preferred = DIGITS_NET if drawing else PHOTO_NET
    return next((net for net in fitting if net.name == preferred), fitting[0] if fitting else None)


def reads_digits(architecture: str) -> bool:
    """Whether a net reads one channel: drawn digits, not photos."""
    known = {entry.name: entry for entry in catalogue.architectures()}.get(architecture)
    return known is not None and known.input_shape[0] == 1
