"""Tells pages that the weights on this computer are others than before."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QObject, Signal


class WeightsNews(QObject):
    """`changed()`: weights came or went; who lists weights asks ListWeights again."""

    changed = Signal()


news: Final = WeightsNews()
