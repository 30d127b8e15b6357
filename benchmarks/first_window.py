"""Opens a window, says on stdout how many milliseconds after its own first line it was painted, and ends.

A script of its own, run by `first_paint`: `python first_window.py bare|app|everything`.
"""

from __future__ import annotations

import time

START = time.perf_counter()

import os  # noqa: E402
import sys  # noqa: E402
import tempfile  # noqa: E402
from pathlib import Path  # noqa: E402

SIZE = (1440, 900)


def painted() -> None:
    """The first frame is complete: everything that was to be painted has been."""
    print(f"{(time.perf_counter() - START) * 1000:.3f}", flush=True)
    os._exit(0)  # how long it takes to leave is not what is measured


def watch(window: object) -> object:
    """Calls `painted` once the first paint of a window is over."""
    from PySide6.QtCore import QEvent, QObject, QTimer

    class Watch(QObject):
        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            if event.type() is QEvent.Type.Paint:
                QTimer.singleShot(0, painted)
            return False

    assert isinstance(window, QObject)
    eye = Watch(window)
    window.installEventFilter(eye)
    return eye


def bare() -> None:
    """What Qt itself costs."""
    from PySide6.QtWidgets import QApplication, QMainWindow

    app = QApplication(sys.argv[:1])
    window = QMainWindow()
    window.resize(*SIZE)
    watch(window)
    window.show()
    app.exec()


def ours() -> None:
    """The program as a person starts it; torch would come 30 ms after the first paint."""
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    from PySide6.QtCore import QSettings

    import app
    from gui.main_window import MainWindow

    folder = tempfile.gettempdir() + "/convscope-bench-no-settings"
    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, folder)
    show = MainWindow.show

    def watched_show(window: MainWindow) -> None:
        watch(window)
        show(window)

    MainWindow.show = watched_show  # type: ignore[method-assign, assignment]
    app.main([])


def everything() -> None:
    """The program if it imported at the top of its files what it uses."""
    import cv2  # noqa: F401
    import matplotlib.textpath  # noqa: F401
    import pyqtgraph  # noqa: F401
    import skimage  # noqa: F401
    import torch  # noqa: F401
    import torchvision  # noqa: F401

    # What importing OpenCV does to Qt's environment.
    for name in ("QT_QPA_PLATFORM_PLUGIN_PATH", "QT_QPA_FONTDIR"):
        os.environ.pop(name, None)
    ours()


if __name__ == "__main__":
    {"bare": bare, "app": ours, "everything": everything}[sys.argv[1]]()
