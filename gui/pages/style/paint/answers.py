"""What the view "Paint" asks beside its runs: the nets on this computer, and what a run would take."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, Signal, Slot

from engine.images import Frame
from engine.jobs import Priority
from engine.networks.requests import ListWeights
from engine.style.requests import Plan, PlanStyle
from engine.style.settings import StyleSettings
from gui.bridge import Bridge
from gui.latest import Latest


class Answers(QObject):
    """listed(tuple of WeightsStatus), planned(Plan), planFailed(ErrorReport)."""

    listed = Signal(object)
    listFailed = Signal(object)
    planned = Signal(object)
    planFailed = Signal(object)

    def __init__(self, bridge: Bridge, parent: QObject, key: str = "style") -> None:
        super().__init__(parent)
        self._list = bridge.channel(f"{key}.weights", Priority.INTERACTIVE, self, handles_failures=True)
        plan = bridge.channel(f"{key}.plan", Priority.INTERACTIVE, self, handles_failures=True)
        self._plan = Latest(plan, self)
        self._list.done.connect(self.listed)
        self._list.failed.connect(self.listFailed)
        self._plan.answered.connect(self._plan_came)
        self._plan.refused.connect(self.planFailed)

    def list_weights(self) -> None:
        """Ask which nets there are."""
        self._list.ask(ListWeights())

    def want_plan(self, settings: StyleSettings, content: Frame, styles: tuple[Frame, ...]) -> None:
        """A run with these settings is thought of."""
        shapes = tuple((style.width, style.height) for style in styles)
        request = PlanStyle(bare(settings), (content.width, content.height), shapes)
        self._plan.want(request, lambda: request, urgent=request.settings.net)

    @property
    def settled(self) -> bool:
        """Whether the plan is there, or was refused."""
        return not self._plan.waiting and not self._list.busy

    def stop(self) -> None:
        """The view is out of sight."""
        self._plan.drop()

    @Slot(object, bool)
    def _plan_came(self, plan: Plan, fresh: bool) -> None:
        if fresh:
            self.planned.emit(plan)


def bare(settings: StyleSettings) -> StyleSettings:
    """Only what decides how much memory a run takes, so that a weight's slider asks for no other plan."""
    usual = StyleSettings()
    used = tuple((layer, 1.0) for layer, weight in settings.style_layers if weight > 0)
    return replace(
        usual, net=settings.net, pooling=settings.pooling, precision=settings.precision, size=settings.size,
        levels=settings.levels, alpha=float(settings.alpha > 0), beta=float(settings.beta > 0), style_layers=used,
        content_layer=settings.content_layer,
    )  # fmt: skip
