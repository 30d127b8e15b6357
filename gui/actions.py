"""The one action table: menus, tooltips, shortcuts and the shortcut sheet are made from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

MENUS: Final = ("File", "Edit", "View", "Step", "Help")


@dataclass(frozen=True, slots=True)
class ActionSpec:
    """One thing a person can do. `run` names a method of the main window.

    `bound` False: the key belongs to the page itself (it must not be taken from a field or a button that has
    the focus), the menu and the sheet only name it.
    """

    name: str
    menu: str
    title: str
    shortcut: str
    run: str
    icon: str = ""
    bound: bool = True
    separated: bool = False
    checkable: bool = False


ACTIONS: Final[tuple[ActionSpec, ...]] = (
    ActionSpec("open", "File", "Open…", "Ctrl+O", "open_dialog", "folder-open-outline"),
    ActionSpec("export", "File", "Export…", "Ctrl+E", "show_share_menu", "export-variant", separated=True),
    ActionSpec(
        "preferences", "File", "Preferences…", "Ctrl+,", "show_preferences", "cog-outline", separated=True
    ),
    ActionSpec("quit", "File", "Quit", "Ctrl+Q", "close", "exit-to-app", separated=True),
    ActionSpec("undo", "Edit", "Undo", "Ctrl+Z", "undo", "undo"),
    ActionSpec("redo", "Edit", "Redo", "Ctrl+Shift+Z", "redo", "redo"),
    ActionSpec(
        "paste", "Edit", "Paste a picture or a view", "Ctrl+V", "paste", "content-paste", separated=True
    ),
    ActionSpec("copy_view", "Edit", "Copy view", "Ctrl+Shift+C", "copy_view", "link-variant"),
    ActionSpec("reset", "Edit", "Reset this page", "F5", "reset_page", "restore", separated=True),
    ActionSpec("controls", "View", "Controls", "Ctrl+L", "toggle_controls", "dock-left"),
    ActionSpec("inspector", "View", "Inspector", "Ctrl+I", "toggle_inspector", "dock-right"),
    ActionSpec("sidebar", "View", "Wide sidebar", "Ctrl+B", "toggle_sidebar", "menu"),
    ActionSpec(
        "theme", "View", "Light or dark", "Ctrl+Shift+T", "toggle_theme", "theme-light-dark", separated=True
    ),
    ActionSpec("full", "View", "Full screen", "F11", "toggle_full_screen", "fullscreen"),
    ActionSpec("play", "Step", "Play or pause", "Space", "play", "play", bound=False),
    ActionSpec("back", "Step", "One step back", "Left", "step_back", "step-backward", bound=False),
    ActionSpec("forward", "Step", "One step forward", "Right", "step_forward", "step-forward", bound=False),
    ActionSpec("first", "Step", "First step", "Home", "first_step", "skip-previous", bound=False),
    ActionSpec("last", "Step", "Last step", "End", "last_step", "skip-next", bound=False),
    ActionSpec("faster", "Step", "Faster", "+", "faster", "", bound=False),
    ActionSpec("slower", "Step", "Slower", "-", "slower", "", bound=False),
    ActionSpec("back_up", "Step", "Back one level", "Esc", "", "", bound=False),
    ActionSpec("shortcuts", "Help", "Keyboard shortcuts", "F1", "show_shortcuts", "keyboard-outline"),
    ActionSpec("explain", "Help", "Explain this page", "Shift+F1", "explain", "information-outline"),
    ActionSpec(
        "log", "Help", "Open the log folder", "", "open_log_folder", "file-document-outline", separated=True
    ),
    ActionSpec("about", "Help", "About ConvScope", "", "show_about", "help-circle-outline"),
)


def find(name: str) -> ActionSpec:
    """The action of that name. Raises KeyError."""
    for action in ACTIONS:
        if action.name == name:
            return action
    raise KeyError(name)
