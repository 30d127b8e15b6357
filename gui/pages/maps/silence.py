"""Which units have not answered to anything that was shown so far."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.images import Frame
from engine.inside.maps.requests import Maps


class Silence:
    """Counts the pictures of a layer and remembers which units had one value everywhere in all of them."""

    def __init__(self) -> None:
        self._subject: tuple[str, str] | None = None
        self._never: npt.NDArray[np.bool_] = np.zeros(0, np.bool_)
        self._last: Frame | None = None
        self.pictures = 0

    def hear(self, maps: Maps) -> None:
        """Another answer; the same picture again counts once, another net or layer begins anew."""
        subject = (maps.net, maps.layer.name)
        if subject != self._subject:
            self._subject, self.pictures, self._last = subject, 0, None
            self._never = np.ones(len(maps.maps), np.bool_)
        if maps.frame is not self._last:
            self.pictures += 1
            self._last = maps.frame
        self._never = self._never & maps.statistics.silent

    @property
    def never(self) -> npt.NDArray[np.bool_]:
        """bool[C]: silent on every picture so far."""
        return self._never


def named(channels: npt.NDArray[np.bool_], most: int = 24) -> str:
    """The numbers of the channels that are set, such as "3, 7, 12"; "none" where there are none."""
    numbers = np.flatnonzero(channels).tolist()
    if not numbers:
        return "none"
    text = ", ".join(str(number) for number in numbers[:most])
    return text if len(numbers) <= most else f"{text} and {len(numbers) - most} more"
