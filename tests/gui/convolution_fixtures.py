"""Kernels and typing for the tests of the convolution page."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from gui.pages.convolution.changes import freeze
from gui.pages.convolution.page import ConvolutionPage
from gui.pages.convolution.state import CUSTOM
from gui.widgets.fields import NumberField
from tests.gui.window_fixtures import (
    page,
)

__all__ = ["page"]

NoModifier = Qt.KeyboardModifier.NoModifier


SIX = np.array([[-5, -4, 0, 8], [-10, -2, 2, 3], [0, -2, -4, -7], [-3, -2, -3, -16]], dtype=float)


KERNEL_5 = np.arange(1.0, 10).reshape(3, 3)


def show(page: ConvolutionPage, **changes: Any) -> None:
    """Show another state of the page."""
    page.change(replace(page.state, **changes))


def own_kernel(page: ConvolutionPage, kernel: np.ndarray[Any, Any], **changes: Any) -> None:
    show(page, kernel=CUSTOM, size=len(kernel), weights=freeze(kernel[None, None]), **changes)


def type_into(field: NumberField, text: str) -> None:
    """Type a value into a field and press Enter."""
    field.edit.setFocus()
    field.edit.selectAll()
    QTest.keyClick(field.edit, Qt.Key.Key_Delete)
    QTest.keyClicks(field.edit, text)
    QTest.keyClick(field.edit, Qt.Key.Key_Return)
