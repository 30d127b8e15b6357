"""The people who agreed to be remembered: kept on this computer, forgotten without a trace."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from engine.faces.gallery.gallery import Gallery

__all__ = ["Gallery"]


def __getattr__(name: str) -> Any:
    """`Gallery` needs what imports this package's requests: it is loaded when it is first asked for."""
    if name == "Gallery":
        from engine.faces.gallery.gallery import Gallery

        return Gallery
    raise AttributeError(name)
