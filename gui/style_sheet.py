"""The tokens as Qt wants them: a palette and a style sheet."""

from __future__ import annotations

from dataclasses import fields
from typing import Final

from PySide6.QtGui import QPalette

from gui.tokens import CONTROL_HEIGHT, FOCUS_OFFSET, FOCUS_RING, Colors, radius, space, type_scale

_TINTS: Final = ("hover", "pressed", "selected", "accent_text", "faded", "field", "handle")
TOOL_PADDING: Final = 6


def palette(colors: Colors) -> QPalette:
    """What is drawn by Qt itself, such as menus and dialogs of the system."""
    result = QPalette()
    role = QPalette.ColorRole
    for target, color in (
        (role.Window, colors.window), (role.WindowText, colors.text), (role.Base, colors.surface),
        (role.AlternateBase, colors.raised), (role.Text, colors.text), (role.Button, colors.raised),
        (role.ButtonText, colors.text), (role.ToolTipBase, colors.raised), (role.ToolTipText, colors.text),
        (role.Highlight, colors.accent), (role.HighlightedText, colors.on_accent), (role.Link, colors.accent),
        (role.PlaceholderText, colors.muted), (role.BrightText, colors.error), (role.Mid, colors.line),
        (role.Light, colors.raised), (role.Dark, colors.line), (role.Accent, colors.accent),
    ):  # fmt: skip
        result.setColor(target, color)
    for target in (role.WindowText, role.Text, role.ButtonText):
        result.setColor(QPalette.ColorGroup.Disabled, target, colors.faded)
    return result


def _boxes() -> dict[str, str]:
    """Heights and insets. A focused box is the same box, its ring a little inside and its text where it was."""
    ring, inset = FOCUS_RING + FOCUS_OFFSET, FOCUS_RING + FOCUS_OFFSET - 1
    return {
        "radius": f"{radius.control}px",
        "card": f"{radius.card}px",
        "control": f"{CONTROL_HEIGHT - 2}px",
        "ring": f"{FOCUS_RING}px",
        "offset": f"{FOCUS_OFFSET}px",
        "control_in_ring": f"{CONTROL_HEIGHT - 2 * ring}px",
        "tool_padding": f"{TOOL_PADDING}px",
        "tool_padding_in_ring": f"{TOOL_PADDING - inset}px",
        "space_m_in_ring": f"{space.m - inset}px",
        "space_s_in_ring": f"{space.s - inset}px",
    }


def style_sheet(colors: Colors) -> str:
    """The style sheet of the whole program."""
    tokens = {field.name: getattr(colors, field.name).name() for field in fields(colors)}
    tokens |= {name: getattr(colors, name).name() for name in _TINTS}
    tokens |= {f"space_{field.name}": f"{getattr(space, field.name)}px" for field in fields(space)}
    tokens |= {f"type_{field.name}": f"{getattr(type_scale, field.name)}px" for field in fields(type_scale)}
    tokens |= _boxes()
    text = _TEMPLATE.replace("{", "{{").replace("}", "}}").replace("<<", "{").replace(">>", "}")
    return text.format(**tokens)


_TEMPLATE: Final = """
QToolTip {
  background: <<raised>>; color: <<text>>; border: 1px solid <<line>>; border-radius: 4px; padding: 4px 8px;
  font-size: <<type_small>>; }
QMainWindow, QDialog { background: <<window>>; }
QLabel { background: transparent; }
QLabel[role="muted"] { color: <<muted>>; font-size: <<type_small>>; }
QLabel[role="caption"] { color: <<muted>>; font-size: <<type_small>>; }
QLabel[role="section"] { font-size: <<type_body>>; font-weight: 600; color: <<text>>; }
QLabel[role="lead"] { font-size: <<type_section>>; color: <<text>>; }
QLabel[role="title"] { font-size: <<type_title>>; font-weight: 600; }
QLabel[role="good"] { color: <<good>>; }
QLabel[role="error"] { color: <<error>>; font-size: <<type_small>>; }
QLabel[role="warn"] { color: <<warn>>; }
QWidget#surface, QFrame#surface { background: <<surface>>; }
QFrame#card { background: <<surface>>; border: 1px solid <<line>>; border-radius: <<card>>; }
QFrame#hairline { background: <<line>>; border: none; }

QPushButton, QToolButton {
  min-height: <<control>>; border: 1px solid <<line>>; border-radius: <<radius>>; padding: 0 <<space_m>>;
  background: <<raised>>; }
QToolButton { padding: 0 <<tool_padding>>; }
QPushButton:hover, QToolButton:hover { background: <<hover>>; }
QPushButton:pressed, QToolButton:pressed { background: <<pressed>>; }
QPushButton:disabled, QToolButton:disabled { color: <<faded>>; }
QPushButton[primary="true"] {
  background: <<accent>>; color: <<on_accent>>; border-color: <<accent>>; font-weight: 600; }
QPushButton[primary="true"]:disabled {
  background: <<raised>>; color: <<faded>>; border-color: <<line>>; }
QToolButton[flat="true"], QPushButton[flat="true"] { border-color: transparent; background: transparent; }
QToolButton[flat="true"]:hover, QPushButton[flat="true"]:hover { background: <<hover>>; }
QToolButton:checked, QPushButton:checked,
QToolButton[flat="true"]:checked, QPushButton[flat="true"]:checked {
  background: <<selected>>; border-color: <<accent>>; color: <<accent_text>>; }
QPushButton:focus, QToolButton:focus, QPushButton[flat="true"]:focus, QToolButton[flat="true"]:focus {
  margin: <<offset>>; border: <<ring>> solid <<accent>>; min-height: <<control_in_ring>>; }
QPushButton:focus, QPushButton[flat="true"]:focus { padding: 0 <<space_m_in_ring>>; }
QToolButton:focus, QToolButton[flat="true"]:focus { padding: 0 <<tool_padding_in_ring>>; }
QPushButton[primary="true"]:focus { border-color: <<text>>; }
QToolButton::menu-indicator { image: none; width: 0; }

QLineEdit, QSpinBox, QDoubleSpinBox, QComboBox, QPlainTextEdit {
  min-height: <<control>>; border: 1px solid <<line>>; border-radius: <<radius>>; padding: 0 <<space_s>>;
  background: <<field>>; selection-background-color: <<accent>>; selection-color: <<on_accent>>; }
QLineEdit:focus, QSpinBox:focus, QDoubleSpinBox:focus, QComboBox:focus, QPlainTextEdit:focus {
  margin: <<offset>>; border: <<ring>> solid <<accent>>; min-height: <<control_in_ring>>;
  padding: 0 <<space_s_in_ring>>; }
QLineEdit[invalid="true"], QSpinBox[invalid="true"], QComboBox[invalid="true"] { border-color: <<error>>; }
QLineEdit:disabled, QSpinBox:disabled, QComboBox:disabled { color: <<faded>>; background: <<window>>; }
QComboBox::drop-down { border: none; width: 24px; }
QComboBox QAbstractItemView {
  background: <<raised>>; border: 1px solid <<line>>; selection-background-color: <<selected>>;
  selection-color: <<text>>; outline: none; padding: 4px; }
QCheckBox { spacing: <<space_s>>; min-height: 24px; background: transparent; }

QSlider { min-height: 24px; background: transparent; }
QSlider::groove:horizontal { height: 4px; border-radius: 2px; background: <<line>>; }
QSlider::sub-page:horizontal { height: 4px; border-radius: 2px; background: <<accent>>; }
QSlider::handle:horizontal {
  width: 14px; height: 14px; margin: -5px 0; border-radius: 7px; background: <<accent>>;
  border: 2px solid <<surface>>; }
QSlider::handle:horizontal:focus {
  border: <<ring>> solid <<accent>>;
  background: qradialgradient(cx: 0.5, cy: 0.5, radius: 0.5, fx: 0.5, fy: 0.5,
    stop: 0 <<accent>>, stop: 0.5 <<accent>>, stop: 0.6 <<surface>>, stop: 1 <<surface>>); }
QSlider::sub-page:horizontal:disabled, QSlider::handle:horizontal:disabled { background: <<faded>>; }

QScrollArea, QScrollArea > QWidget > QWidget#panel { background: <<surface>>; border: none; }
QScrollArea[drawer="right"] { border-left: 1px solid <<muted>>; }
QScrollArea[drawer="left"] { border-right: 1px solid <<muted>>; }
QScrollBar:vertical { width: 10px; background: transparent; margin: 0; }
QScrollBar::handle:vertical { background: <<handle>>; border-radius: 3px; min-height: 32px; margin: 2px; }
QScrollBar:horizontal { height: 10px; background: transparent; margin: 0; }
QScrollBar::handle:horizontal { background: <<handle>>; border-radius: 3px; min-width: 32px; margin: 2px; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }

QMenuBar { background: <<surface>>; padding: 2px <<space_s>>; border-bottom: 1px solid <<line>>; }
QMenuBar::item { padding: 4px <<space_s>>; border-radius: 4px; background: transparent; }
QMenuBar::item:selected { background: <<hover>>; }
QMenu { background: <<raised>>; border: 1px solid <<line>>; padding: 4px; }
QMenu::item { padding: 6px 24px 6px 12px; border-radius: 4px; }
QMenu::item:selected { background: <<selected>>; }
QMenu::item:disabled { color: <<faded>>; }
QMenu::separator { height: 1px; background: <<line>>; margin: 4px 8px; }

QStatusBar { background: <<surface>>; border-top: 1px solid <<line>>; }
QStatusBar::item { border: none; }
QProgressBar { border: none; border-radius: 2px; background: <<line>>; max-height: 4px; min-height: 4px; }
QProgressBar::chunk { background: <<accent>>; border-radius: 2px; }

QTableWidget, QTreeWidget, QListWidget {
  background: <<surface>>; border: 1px solid <<line>>; border-radius: <<radius>>; gridline-color: <<line>>;
  outline: none; }
QListWidget::item { padding: 4px <<space_s>>; border-radius: 4px; }
QListWidget::item:selected, QTableWidget::item:selected { background: <<selected>>; color: <<text>>; }
QHeaderView::section {
  background: <<surface>>; color: <<muted>>; border: none; border-bottom: 1px solid <<line>>;
  padding: 4px <<space_s>>; }
QSplitter::handle { background: <<line>>; }
QTabBar { background: transparent; }
"""
