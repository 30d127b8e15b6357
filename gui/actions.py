"""The one action table: menus, tooltips, shortcuts and the shortcut sheet are made from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

MENUS: Final = ("File", "Edit", "View", "Step", "Help")


@dataclass(frozen=True, slots=True)
class ActionSpec:
    """One thing a person can do. `run` is the path from the main window to a method.

    `parted`: a line stands above it in the menu.
    """

    name: str
    menu: str
    title: str
    shortcut: str
    run: str
    icon: str = ""
    parted: bool = False

    @property
    def bound(self) -> bool:
        """False: the page takes the key unless a field or button with the focus needs it; the menu only names it."""
        return self.menu != "Step"


ACTIONS: Final[tuple[ActionSpec, ...]] = (
    ActionSpec("open", "File", "Open…", "Ctrl+O", "opening.open_dialog", "folder-open-outline"),
    ActionSpec("export", "File", "Export…", "Ctrl+E", "page.show_share_menu", "export-variant", parted=True),
    ActionSpec("preferences", "File", "Preferences…", "Ctrl+,", "dialogs.preferences", "cog-outline", parted=True),
    ActionSpec("quit", "File", "Quit", "Ctrl+Q", "close", "exit-to-app", parted=True),
    ActionSpec("undo", "Edit", "Undo", "Ctrl+Z", "page.undo", "undo"),
    ActionSpec("redo", "Edit", "Redo", "Ctrl+Shift+Z", "page.redo", "redo"),
    ActionSpec("paste", "Edit", "Paste a picture or a view", "Ctrl+V", "opening.paste", "content-paste", parted=True),
    ActionSpec("copy_view", "Edit", "Copy view", "Ctrl+Shift+C", "opening.copy_view", "link-variant"),
    ActionSpec("reset", "Edit", "Reset this page", "F5", "page.reset", "restore", parted=True),
    ActionSpec("controls", "View", "Controls", "Ctrl+L", "page.toggle_controls", "dock-left"),
    ActionSpec("inspector", "View", "Inspector", "Ctrl+I", "page.toggle_inspector", "dock-right"),
    ActionSpec("sidebar", "View", "Wide sidebar", "Ctrl+B", "toggle_sidebar", "menu"),
    ActionSpec("theme", "View", "Light or dark", "Ctrl+Shift+T", "dialogs.flip_theme", "theme-light-dark", parted=True),
    ActionSpec("full", "View", "Full screen", "F11", "toggle_full_screen", "fullscreen"),
    ActionSpec("play", "Step", "Play or pause", "Space", "page.stepper.toggle", "play"),
    ActionSpec("back", "Step", "One step back", "Left", "page.stepper.step_back", "step-backward"),
    ActionSpec("forward", "Step", "One step forward", "Right", "page.stepper.step_forward", "step-forward"),
    ActionSpec("first", "Step", "First step", "Home", "page.stepper.go_first", "skip-previous"),
    ActionSpec("last", "Step", "Last step", "End", "page.stepper.go_last", "skip-next"),
    ActionSpec("faster", "Step", "Faster", "+", "page.stepper.faster", ""),
    ActionSpec("slower", "Step", "Slower", "-", "page.stepper.slower", ""),
    ActionSpec("back_up", "Step", "Back one level", "Esc", "", ""),
    ActionSpec("shortcuts", "Help", "Keyboard shortcuts", "F1", "dialogs.shortcuts", "keyboard-outline"),
    ActionSpec("explain", "Help", "Explain this page", "Shift+F1", "page.explain", "information-outline"),
    ActionSpec("log", "Help", "Open the log folder", "", "dialogs.log_folder", "file-document-outline", parted=True),
    ActionSpec("about", "Help", "About ConvScope", "", "dialogs.about", "help-circle-outline"),
)  # fmt: skip


def find(name: str) -> ActionSpec:
    """The action of that name. Raises KeyError."""
    for action in ACTIONS:
        if action.name == name:
            return action
    raise KeyError(name)
