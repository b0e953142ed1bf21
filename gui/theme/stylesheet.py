"""The one style sheet: widgets say what they are by the property ``role``, never how they look."""

from __future__ import annotations

from collections.abc import Callable

from gui.presenters.tones import Tone
from gui.theme.tokens import Tokens


def style_sheet(t: Tokens, px: Callable[[float], int], monospaced: tuple[str, ...]) -> str:
    """Return the style sheet of these tokens at this scale."""
    fixed = ", ".join(f'"{family}"' for family in monospaced)
    return "\n".join(
        (_ground(t, px, fixed), _controls(t, px), _surfaces(t, px), _lists(t, px), _tones(t, px))
    )


def _ground(t: Tokens, px: Callable[[float], int], fixed: str) -> str:
    return f"""
QWidget {{ color: {t.text}; }}
QMainWindow, QWidget[role="canvas"], QScrollArea[role="canvas"] > QWidget > QWidget {{
  background: {t.canvas}; }}
QScrollArea, QScrollArea > QWidget > QWidget {{ background: transparent; border: none; }}
QLabel {{ background: transparent; }}
QLabel[role="title"] {{ font-size: {px(20)}px; font-weight: 600; }}
QLabel[role="strong"] {{ font-weight: 600; }}
QLabel[role="muted"] {{ color: {t.muted}; }}
QLabel[role="small"] {{ color: {t.muted}; font-size: {px(12)}px; }}
QLabel[role="caption"] {{ color: {t.muted}; font-size: {px(12)}px; font-weight: 600; }}
QLabel[role="place"] {{ font-size: {px(20)}px; font-weight: 600; color: {t.text}; }}
QLabel[role="code"], QPlainTextEdit[role="code"] {{ font-family: {fixed}; font-size: {px(12)}px; }}
QToolTip {{ background: {t.raised}; color: {t.text}; border: 1px solid {t.strong_line}; padding: {px(4)}px; }}
QSplitter::handle {{ background: {t.line}; }}
QSplitter[role="airy"]::handle {{ background: transparent; }}
QSplitter::handle:hover, QSplitter::handle:focus {{ background: {t.accent}; }}
QMenu {{ background: {t.surface}; border: 1px solid {t.strong_line}; padding: {px(4)}px; }}
QMenu::item {{ padding: {px(6)}px {px(16)}px; }}
QMenu::item:selected {{ background: {t.selection}; }}
"""


def _controls(t: Tokens, px: Callable[[float], int]) -> str:
    pad = f"{px(5)}px {px(12)}px"
    field = f"padding: {px(4)}px {px(8)}px; min-height: {px(20)}px;"
    return f"""
QPushButton {{ background: {t.surface}; border: 1px solid {t.strong_line}; border-radius: {px(4)}px;
  padding: {pad}; min-height: {px(18)}px; }}
QPushButton:hover {{ background: {t.raised}; }}
QPushButton:pressed {{ background: {t.selection}; }}
QPushButton:focus {{ border: 2px solid {t.accent}; padding: {px(5) - 1}px {px(12) - 1}px; }}
QPushButton:disabled {{ color: {t.muted}; border-color: {t.line}; background: {t.raised}; }}
QPushButton[role="primary"] {{ background: {t.accent}; color: {t.on_accent}; border-color: {t.accent};
  font-weight: 600; }}
QPushButton[role="primary"]:focus {{ border: 2px solid {t.text}; }}
QPushButton[role="primary"]:disabled {{ background: {t.raised}; color: {t.muted}; border-color: {t.line}; }}
QPushButton[role="link"] {{ background: transparent; border: 2px solid transparent; color: {t.accent};
  padding: {px(2)}px {px(4)}px; text-align: left; min-height: {px(16)}px; }}
QPushButton[role="link"]:hover {{ text-decoration: underline; }}
QPushButton[role="link"]:focus {{ border: 2px solid {t.accent}; border-radius: {px(4)}px; }}
QPushButton[role="link"]:disabled {{ color: {t.muted}; background: transparent; border-color: transparent; }}
QPushButton[role="link"]:checked {{ background: {t.selection}; border-radius: {px(4)}px; }}
QPushButton[role="rail"] {{ background: transparent; border: 2px solid transparent; border-radius: {px(4)}px;
  text-align: left; padding: {px(8)}px {px(12)}px; color: {t.text}; }}
QPushButton[role="rail"]:hover {{ background: {t.raised}; }}
QPushButton[role="rail"]:checked {{ background: {t.selection}; color: {t.text}; font-weight: 600; }}
QPushButton[role="rail"]:focus {{ border-color: {t.accent}; }}
QPushButton[role="tab"] {{ background: transparent; border: none; border-bottom: 3px solid transparent;
  border-radius: 0; padding: {px(8)}px {px(4)}px; color: {t.muted}; }}
QPushButton[role="tab"]:hover {{ color: {t.text}; }}
QPushButton[role="tab"]:checked {{ color: {t.text}; border-bottom: 3px solid {t.accent}; }}
QPushButton[role="tab"]:focus {{ background: {t.selection}; }}
QPushButton[role="chip"] {{ border-radius: {px(12)}px; padding: {px(5)}px {px(16)}px; }}
QPushButton[role="chip"]:checked {{ background: {t.selection}; border: 2px solid {t.accent};
  }}
QPushButton[role="chip"]:focus {{ border: 2px solid {t.accent}; padding: {px(4)}px {px(15)}px; }}
QLineEdit, QComboBox, QPlainTextEdit, QTextEdit {{ background: {t.surface};
  border: 1px solid {t.strong_line}; border-radius: {px(4)}px; selection-background-color: {t.selection};
  selection-color: {t.text}; {field} }}
QLineEdit:focus, QComboBox:focus, QPlainTextEdit:focus, QTextEdit:focus,
  QTextBrowser:focus {{
  border: 2px solid {t.accent}; padding: {px(4) - 1}px {px(8) - 1}px; }}
QLineEdit:disabled, QComboBox:disabled {{ background: {t.raised}; color: {t.muted}; border-color: {t.line}; }}
QComboBox[role="quiet"] {{ background: transparent; border-color: transparent; color: {t.accent}; }}
QComboBox[role="quiet"]:focus {{ border-color: {t.accent}; }}
QComboBox[role="quiet"]:disabled {{ color: {t.muted}; }}
QComboBox::drop-down {{ border: none; width: {px(24)}px; }}
QComboBox QLineEdit, QComboBox QLineEdit:focus,
QAbstractSpinBox QLineEdit, QAbstractSpinBox QLineEdit:focus {{ border: none; padding: 0; min-height: 0;
  background: transparent; }}
QComboBox QAbstractItemView {{ background: {t.surface}; border: 1px solid {t.strong_line};
  selection-background-color: {t.selection}; selection-color: {t.text}; }}
QCheckBox:focus, QRadioButton:focus {{ background: {t.selection}; border-radius: {px(4)}px; }}
QProgressBar {{ border: none; background: {t.raised}; border-radius: {px(2)}px; max-height: {px(4)}px;
  min-height: {px(4)}px; }}
QProgressBar::chunk {{ background: {t.accent}; border-radius: {px(2)}px; }}
"""


def _surfaces(t: Tokens, px: Callable[[float], int]) -> str:
    return f"""
QFrame[role="rail"] {{ background: {t.surface}; border: none; border-right: 1px solid {t.line}; }}
QFrame[role="banner"] {{ background: {t.surface}; border: none; border-bottom: 1px solid {t.line}; }}
QFrame[role="status"] {{ background: {t.surface}; border: none; border-top: 1px solid {t.line}; }}
QFrame[role="card"] {{ background: {t.surface}; border: 1px solid {t.line}; border-radius: {px(6)}px; }}
QFrame[role="card"][open="true"] {{ border: 1px solid {t.accent}; background: {t.surface}; }}
QFrame[role="card"]:focus {{ border: 2px solid {t.accent}; }}
QFrame[role="panel"] {{ background: {t.surface}; border: none; }}
QFrame[role="overlay"] {{ background: {t.surface}; border: 2px solid {t.strong_line};
  border-radius: {px(8)}px; }}
QFrame[role="rule"] {{ background: {t.line}; border: none; max-height: 1px; min-height: 1px; }}
QFrame[role="upright"] {{ background: {t.line}; border: none; max-width: 1px; min-width: 1px; }}
QFrame[role="drop"] {{ background: {t.selection}; border: 3px dashed {t.accent}; border-radius: {px(8)}px; }}
QLabel[role="badge"] {{ border: 1px solid {t.strong_line}; border-radius: {px(4)}px; font-size: {px(12)}px;
  padding: {px(1)}px {px(6)}px; color: {t.text}; }}
QLabel[role="synthetic"] {{ background: {t.unknown.ink}; color: {t.surface}; border-radius: {px(4)}px;
  font-size: {px(12)}px; font-weight: 600; padding: {px(2)}px {px(8)}px; }}
"""


def _lists(t: Tokens, px: Callable[[float], int]) -> str:
    return f"""
QAbstractItemView {{ background: {t.surface}; border: 1px solid {t.line}; border-radius: {px(4)}px;
  outline: 0;
  alternate-background-color: {t.surface}; gridline-color: {t.line}; }}
QAbstractItemView:focus {{ border: 2px solid {t.accent}; }}
QListView[role="bare"] {{ border: 2px solid transparent; background: transparent; }}
QListView[role="bare"]:focus {{ border: 2px solid {t.accent}; }}
QTableView::item {{ padding: 0 {px(8)}px; border-bottom: 1px solid {t.line}; }}
QTableView::item:selected, QListView::item:selected {{ background: {t.selection}; color: {t.text}; }}
QListWidget::item {{ padding: {px(6)}px {px(12)}px; }}
QHeaderView {{ background: {t.surface}; border: none; }}
QHeaderView::section {{ background: {t.surface}; color: {t.muted}; border: none;
  border-bottom: 1px solid {t.strong_line}; padding: {px(6)}px {px(11)}px; font-size: {px(12)}px;
  font-weight: 600; }}
QTextBrowser {{ background: {t.surface}; border: 1px solid {t.line}; border-radius: {px(4)}px; }}
QScrollBar:vertical {{ background: transparent; width: {px(12)}px; margin: 0; }}
QScrollBar:horizontal {{ background: transparent; height: {px(12)}px; margin: 0; }}
QScrollBar::handle {{ background: {t.strong_line}; border-radius: {px(3)}px; margin: {px(3)}px; }}
QScrollBar::handle:vertical {{ min-height: {px(32)}px; }}
QScrollBar::handle:horizontal {{ min-width: {px(32)}px; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
"""


def _tones(t: Tokens, px: Callable[[float], int]) -> str:
    parts = []
    for tone in Tone:
        hue = t.hue(tone)
        parts.append(
            f'QLabel[tone="{tone.value}"] {{ color: {hue.ink}; font-weight: 600; }}\n'
            f'QFrame[role="notice"][tone="{tone.value}"] {{ background: {hue.tint}; border: none;'
            f" border-left: {px(4)}px solid {hue.ink}; border-radius: {px(4)}px; }}"
        )
    return "\n".join(parts)
