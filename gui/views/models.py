"""The Models place: each installed model's card."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QTextBrowser, QWidget

from engine.domain.replies import ModelStatus
from gui.accessibility import named
from gui.messages import shell as say
from gui.presenters.session import Session, SessionState
from gui.theme.look import GRID, Look
from gui.widgets.layouts import row
from gui.widgets.text import column, text


class ModelsView(QWidget):
    """A list of models and the card of the one chosen."""

    def __init__(self, look: Look, session: Session) -> None:
        super().__init__()
        self._models: tuple[ModelStatus, ...] | None = None
        outer = column(self, gap=GRID * 2, margin=GRID * 3)
        outer.addWidget(text(say.MODELS, "title"))
        self._empty = text(say.MODELS_WAIT, "muted")
        outer.addWidget(self._empty)
        self._list = named(QListWidget(), say.MODELS_LIST)
        self._list.setWordWrap(True)
        self._list.setFixedWidth(look.px(288))
        self._card = named(QTextBrowser(), say.MODEL_CARD)
        self._card.setOpenLinks(False)
        both = row(gap=GRID * 2)
        both.addWidget(self._list)
        both.addWidget(self._card, 1)
        outer.addLayout(both, 1)
        outer.addStretch(0)
        self._list.currentRowChanged.connect(self._choose)
        session.watch(self._render)

    def _render(self, state: SessionState) -> None:
        models = state.status.models if state.status is not None else None
        self._list.setVisible(bool(models))
        self._card.setVisible(bool(models))
        self._empty.setVisible(not models)
        self._empty.setText(say.MODELS_WAIT if models is None else say.MODELS_EMPTY)
        if models is None or models == self._models:
            return
        self._models = models
        self._list.clear()
        for model in models:
            item = QListWidgetItem(f"{model.title}\n{model.trained_on}")
            item.setToolTip(model.model_hash)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{model.title}, {model.trained_on}")
            self._list.addItem(item)
        self._list.setCurrentRow(0)

    def _choose(self, index: int) -> None:
        if self._models and 0 <= index < len(self._models):
            self._card.setMarkdown(self._models[index].card)
