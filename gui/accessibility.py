"""Names for those who do not see the window. Every widget gets its name at birth."""

from __future__ import annotations

import re
from typing import TypeVar

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractSpinBox, QComboBox, QLabel, QWidget

W = TypeVar("W", bound=QWidget)


def named(widget: W, name: str, description: str = "") -> W:
    """Name a widget for screen readers and tests, and return it."""
    widget.setAccessibleName(name)
    if description:
        widget.setAccessibleDescription(description)
    if not widget.objectName():
        widget.setObjectName(re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-"))
    return widget


def walk_in_order(first: QWidget, *holders: QWidget) -> None:
    """Let the tab key go from a widget through what each holder holds, as the holders stand now."""
    before = first
    for holder in holders:
        for widget in holder.findChildren(QWidget):
            inner = isinstance(widget.parent(), QComboBox | QAbstractSpinBox)
            inner = inner or widget.window() is not first.window()
            if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and not inner:
                QWidget.setTabOrder(before, widget)
                before = widget


def first_of(pane: QWidget) -> None:
    """Give the focus to the first child that takes it."""
    for child in pane.findChildren(QWidget):
        if child.isVisible() and child.isEnabled() and child.focusPolicy() & Qt.FocusPolicy.TabFocus:
            child.setFocus(Qt.FocusReason.ShortcutFocusReason)
            return


def label_for(label: QLabel, field: QWidget) -> None:
    """Tie a label to its field: the label names it, and its mnemonic leads there."""
    label.setBuddy(field)
    named(field, label.text().replace("&", ""))


def keeps_find(event: QEvent) -> bool:
    """Take Ctrl+F before the place around does, and tell whether it was that."""
    found = (
        event.type() == QEvent.Type.ShortcutOverride
        and isinstance(event, QKeyEvent)
        and event.matches(QKeySequence.StandardKey.Find)
    )
    if found:
        event.accept()
    return found
