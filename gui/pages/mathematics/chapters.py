"""The one table of views: a view is a package beside this module and one line here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from gui.pages.mathematics.adjoint.chapter import Adjoint
from gui.pages.mathematics.chapter import Chapter
from gui.pages.mathematics.filters.chapter import Filters
from gui.pages.mathematics.fourier.chapter import Fourier
from gui.pages.mathematics.laws.chapter import Laws
from gui.pages.mathematics.sums.chapter import Sums

_ALL: Final[tuple[Chapter[Any, Any], ...]] = (Sums(), Laws(), Filters(), Adjoint(), Fourier())
CHAPTERS: Final[Mapping[str, Chapter[Any, Any]]] = {one.name: one for one in _ALL}
"""By name, in the order of the stage's bar; the part of the state that belongs to a view has its name."""
