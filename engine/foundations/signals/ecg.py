"""A synthetic electrocardiogram: every beat is a sum of Gaussian waves on the circle of the heart's phase.

After McSharry, Clifford, Tarassenko & Smith, *A dynamical model for generating synthetic electrocardiogram signals*
(IEEE Trans. Biomed. Eng., 2003): angles and widths of P, Q, R, S and T as in its table I. The heights are millivolts as
lead II shows them, and the sum is written down instead of integrated. No diagnosis should be made from it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from engine.foundations.spec import FloatArray

SECONDS = 10.0
OVERSAMPLED = (
    4  # a sample is the mean over its interval, as a converter takes it; 4 points stand for the interval
)
_BREATHS_HZ = 0.25
_SEED = 2003


@dataclass(frozen=True, slots=True)
class Wave:
    """One wave of a beat: where (radians after R), how wide (standard deviation, radians), how high (mV)."""

    angle: float
    width: float
    height: float


NORMAL = (
    Wave(-math.pi / 3, 0.25, 0.12),
    Wave(-math.pi / 12, 0.1, -0.16),
    Wave(0.0, 0.1, 1.2),
    Wave(math.pi / 12, 0.1, -0.28),
    Wave(math.pi / 2, 0.4, 0.28),
)
"""P, Q, R, S, T."""
ECTOPIC = (Wave(0.0, 0.3, 1.5), Wave(0.75, 0.28, -0.7), Wave(2.0, 0.45, -0.4))
"""A ventricular extrasystole: no P wave, a broad and high QRS complex, a T wave the other way up."""
ECTOPIC_BEAT = 5
EARLY = 0.38
"""The share of a beat by which the extrasystole comes too early; the pause after it makes up for that."""


@dataclass(frozen=True, slots=True, eq=False)
class Signal:
    """``samples`` float64[n] (read-only) in ``unit``, ``rate`` samples a second (0: not known).

    ``beats``: sample numbers of R peaks where they are known. ``note`` says what was done to a file on reading.
    """

    samples: FloatArray
    rate: float
    unit: str
    name: str
    note: str = ""
    beats: tuple[int, ...] = ()


@lru_cache(maxsize=8)
def ecg(rate: int = 50, heart_rate: int = 66, noise: float = 0.0, ectopic: bool = False) -> Signal:
    """Ten seconds of ECG at ``rate`` samples a second; ``heart_rate`` beats a minute, ``noise`` mV (deviation).

    The same numbers for the same arguments.
    """
    fine = rate * OVERSAMPLED
    time = (np.arange(int(SECONDS * fine)) + 0.5) / fine
    peaks, lengths = _beats(heart_rate, ectopic)
    volts = 0.04 * np.sin(2 * np.pi * _BREATHS_HZ * time)  # the base line moves with the breath
    for number, (peak, length) in enumerate(zip(peaks, lengths, strict=True)):
        _add_beat(volts, time, peak, length, ECTOPIC if ectopic and number == ECTOPIC_BEAT else NORMAL)
    samples = volts.reshape(-1, OVERSAMPLED).mean(1)
    samples += noise * np.random.default_rng(_SEED).standard_normal(len(samples))
    samples.flags.writeable = False
    seen = tuple(int(peak * rate) for peak in peaks if 0 <= peak < SECONDS)
    return Signal(samples, rate, "mV", "Synthetic ECG", beats=seen)


def qrs_template(size: int, rate: float, heart_rate: int = 66) -> FloatArray:
    """float64[size]: the Q, R and S waves with R in the middle, at ``rate`` samples a second, in mV."""
    time = np.asarray((np.arange(size) - (size - 1) / 2) / rate, np.float64)
    template = np.zeros(size)
    _add_beat(template, time, 0.0, 60 / heart_rate, NORMAL[1:4])
    return template


def _beats(heart_rate: int, ectopic: bool) -> tuple[FloatArray, FloatArray]:
    """R peaks and lengths of all beats that reach into the record, in seconds.

    The intervals follow the breath (respiratory sinus arrhythmia) and chance.
    """
    mean = 60 / heart_rate
    count = math.ceil(SECONDS / mean) + 3
    chance = 0.012 * np.random.default_rng(_SEED + 1).standard_normal(count)
    lengths = mean * (1 + 0.03 * np.sin(2 * np.pi * _BREATHS_HZ * mean * np.arange(count)) + chance)
    peaks = np.cumsum(lengths) - 1.45 * mean
    if ectopic:
        peaks[ECTOPIC_BEAT] -= EARLY * mean
    return peaks, lengths


def _add_beat(
    volts: FloatArray, time: FloatArray, peak: float, length: float, waves: tuple[Wave, ...]
) -> None:
    for wave in waves:
        middle = peak + wave.angle / (2 * np.pi) * length
        spread = wave.width / (2 * np.pi) * length
        near = slice(*np.searchsorted(time, (middle - 6 * spread, middle + 6 * spread)))
        volts[near] += wave.height * np.exp(-((time[near] - middle) ** 2) / (2 * spread**2))
