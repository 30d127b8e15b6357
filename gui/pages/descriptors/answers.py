"""What the page asks the engine: descriptions of the picture, feature maps, the test on digits, and the checks."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal, Slot

from engine.foundations.descriptors.colour_histogram import HistogramSpec
from engine.foundations.descriptors.hog import HogSpec
from engine.foundations.descriptors.requests import CheckDescriptor, Described, DescribePicture, Spec
from engine.images import Frame
from engine.jobs import ErrorReport, Priority
from engine.networks.learned_features.requests import DigitTest, MapFeatures
from gui.bridge import Bridge
from gui.checking import LIVE, Checking
from gui.latest import Latest
from gui.pages.descriptors.resolve import Owed
from gui.question import Question

CHECK_AFTER_MS = 200


@dataclass(frozen=True, slots=True)
class _Subject:
    """What an answer belongs to. Frames compare by identity; holding them keeps identities unique."""

    about: Spec | int
    frame: Frame


class _Named(QObject):
    """Says of which question it is that something happens."""

    outdated = Signal(str)
    failed = Signal(str, object)

    def __init__(self, name: str, question: Latest | Question, parent: QObject) -> None:
        super().__init__(parent)
        self._called = name
        question.outdated.connect(self._outdated)
        question.refused.connect(self._refused)

    @Slot()
    def _outdated(self) -> None:
        self.outdated.emit(self._called)

    @Slot(object)
    def _refused(self, report: ErrorReport) -> None:
        self.failed.emit(self._called, report)


class Answers(QObject):
    """Owns the page's questions.

    described(description, bool) and mapped(FeatureMaps, bool) say whether they are about what is on show;
    tested(DigitScores).
    """

    described = Signal(object, bool)
    outdated = Signal(str)
    """The kind of answer that is on its way: "histogram", "hog", "words", "maps" or "test"."""
    mapped = Signal(object, bool)
    tested = Signal(object)
    failed = Signal(str, object)

    def __init__(self, bridge: Bridge, parent: QObject) -> None:
        super().__init__(parent)
        self._kinds: dict[str, Latest] = {}
        for name in ("histogram", "hog", "words", "maps"):
            channel = bridge.channel(f"descriptors.{name}", Priority.INTERACTIVE, self, handles_failures=True)
            latest = self._kinds[name] = Latest(channel, self)
            latest.answered.connect(self.mapped if name == "maps" else self.described)
            self._name(name, latest)
        test = bridge.channel("descriptors.test", Priority.LONG, self, handles_failures=True)
        self.check = Checking(bridge, "descriptors.check", self, after_ms=CHECK_AFTER_MS, needs_torch=False)
        self._test = Question(test, self)
        self._test.answered.connect(self.tested)
        self._name("test", self._test)

    def _name(self, name: str, question: Latest | Question) -> None:
        named = _Named(name, question, self)
        named.outdated.connect(self.outdated)
        named.failed.connect(self.failed)

    def want(self, owed: Owed, frame: Frame | None) -> None:
        """Ask for what a view needs and give up what it does not."""
        wanted = {kind_of(spec): spec for spec in owed.specs}
        for name, latest in self._kinds.items():
            about = owed.layer if name == "maps" else wanted.get(name)
            if about is None:
                latest.drop()
            elif frame is not None:
                self._ask(latest, about, frame)
        if owed.test is None:
            self._test.drop()
        else:
            self._want_test(owed.test)

    def _ask(self, latest: Latest, about: Spec | int, frame: Frame) -> None:
        if isinstance(about, int):
            request: object = MapFeatures(frame, layer=about)
        else:
            request = DescribePicture(frame, about)
        latest.want(_Subject(about, frame), lambda: request)

    def _want_test(self, test: DigitTest) -> None:
        self._test.want(test, lambda: test)

    def want_check(self, described: Described | None, *, live: bool) -> None:
        """Check a description against a library a moment after it came; a live picture only while it pauses."""
        if described is None:
            self.check.drop()
        elif live:
            self.check.pause(LIVE)
        else:
            self.check.want(described, lambda: CheckDescriptor(described))

    def settled(self, owed: Owed) -> bool:
        """Whether all that a view needs was answered or refused."""
        names = [kind_of(spec) for spec in owed.specs] + (["maps"] if owed.layer is not None else [])
        return all(self._kinds[name].settled for name in names) and (owed.test is None or self._test.settled)

    def stop(self) -> None:
        """The page is hidden: nothing of it may keep the engine busy."""
        for latest in self._kinds.values():
            latest.drop()
        self._test.drop()
        self.check.drop()


def kind_of(spec: Spec) -> str:
    """The name of a kind of description."""
    if isinstance(spec, HistogramSpec):
        return "histogram"
    return "hog" if isinstance(spec, HogSpec) else "words"
