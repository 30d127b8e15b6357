"""The stage of the page: its views on tabs, and a line with an offer above the one on show."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from gui.bridge import Bridge
from gui.pages.style.paint.notice import Notice
from gui.pages.style.view import StyleView
from gui.pages.style.views import VIEWS
from gui.pages.views.stage import ViewStage


class StyleStage(ViewStage[StyleView]):
    """`notice`: what the page has to say, whatever view is on show."""

    def __init__(self, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(bridge, VIEWS, parent=parent)
        self.notice = Notice()
        self.column.insertWidget(1, self.notice)

    def close_views(self) -> None:
        """The window closes."""
        for view in self.built_views:
            view.close_view()
