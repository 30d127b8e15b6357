"""ConvScope: see how convolutional networks work. `python app.py --help` lists the arguments."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

__version__ = "0.1.0"
NO_FONTS = (
    "ConvScope: Qt finds no fonts, so no text can be drawn. "
    "Install some, on Debian and Ubuntu: apt-get install fontconfig fonts-dejavu-core"
)
RESOURCES = Path(__file__).resolve().parent / "resources"


def parse(arguments: list[str]) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="app.py", description="See how convolutional networks work.")
    parser.add_argument(
        "files", nargs="*", metavar="FILE", type=Path, help="pictures, videos or saved views to open"
    )
    parser.add_argument("--page", metavar="NAME", help="the page to start with")
    parser.add_argument(
        "--tour", metavar="DIR", type=Path, help="render every page to pictures in DIR and exit"
    )
    parser.add_argument(
        "--device", choices=("cpu", "cuda", "mps"), help="where networks run (default: the best there is)"
    )
    parser.add_argument("--models", metavar="DIR", type=Path, help="folder of downloaded weights")
    parser.add_argument("--verbose", action="store_true", help="log more, and to the terminal too")
    parser.add_argument("--version", action="version", version=f"ConvScope {__version__}")
    found = parser.parse_args(arguments)
    if found.page is not None:
        _check_page(parser, found.page)
    return found


def _check_page(parser: argparse.ArgumentParser, name: str) -> None:
    from gui.pages import PAGES

    names = [page.name for page in PAGES]
    if name not in names:
        parser.error(f"there is no page {name!r}; there are: {', '.join(names)}")


def main(arguments: list[str] | None = None) -> int:
    """Start the program; returns the exit code."""
    options = parse(sys.argv[1:] if arguments is None else arguments)
    if options.models is not None:
        os.environ["CONVSCOPE_MODELS"] = str(options.models.resolve())
    from PySide6.QtGui import QFontDatabase, QIcon
    from PySide6.QtWidgets import QApplication

    from engine.runner import Engine
    from gui import logs
    from gui.bridge import Bridge
    from gui.main_window import MainWindow
    from gui.pages.base import Services
    from gui.settings import Settings
    from gui.theme import Scheme, theme

    existing = QApplication.instance()
    app = existing if isinstance(existing, QApplication) else QApplication(sys.argv[:1])
    app.setApplicationName("ConvScope")
    app.setApplicationVersion(__version__)
    app.setDesktopFileName("convscope")
    app.setWindowIcon(QIcon(str(RESOURCES / "icon.png")))
    logs.setup(verbose=options.verbose)
    touring = options.tour is not None
    settings = Settings(_scratch_settings()) if touring else Settings()
    theme.set_reduced_motion(settings.reduced_motion)
    theme.apply(Scheme.LIGHT if touring else settings.scheme)
    theme.follow_system()
    if not touring and settings.models_dir is not None:
        from gui import models_folder  # late: with the usual folder the first window needs none of it

        models_folder.put_in_force(settings.models_dir)
    wanted = options.device or (settings.device if settings.device != "auto" else None)
    bridge = Bridge(lambda emit: Engine(emit, device=wanted))
    window = MainWindow(Services(bridge, settings), __version__, options.page)
    window.painted.connect(bridge.begin_loading)
    if not QFontDatabase.families():
        print(NO_FONTS, file=sys.stderr)
    if touring:
        return _tour(window, options.tour)
    window.show()
    for path in options.files:
        window.opening.open_path(path)
    code = app.exec()
    window.shut_down()
    logs.shutdown()
    return code


def _tour(window: object, folder: Path) -> int:
    """Render the tour; 0 only when no page failed and nothing was logged as a warning."""
    from gui import logs, tour
    from gui.main_window import MainWindow

    assert isinstance(window, MainWindow)
    window.services.bridge.begin_loading()
    window.show()
    problems = tour.run(window, folder)
    window.close()
    logs.shutdown()
    for problem in problems:
        print(f"tour: {problem}", file=sys.stderr)
    print(f"tour: {'failed' if problems else 'done'}, open {folder / 'index.html'}")
    return 1 if problems else 0


def _scratch_settings() -> Path:
    """The tour must show the program as a newcomer meets it, and leave no trace in anybody's settings."""
    import tempfile

    return Path(tempfile.mkdtemp(prefix="convscope-tour-")) / "settings.ini"


if __name__ == "__main__":
    sys.exit(main())
