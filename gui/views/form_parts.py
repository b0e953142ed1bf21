"""The parts of a form, from the tree down: fields, lists, maps, and premises that nest."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from engine.domain.forms import FieldKind, FormField, FormLanguage, FormNode, FormShape, NodeKind
from gui.accessibility import named
from gui.messages import forms as say
from gui.presenters import form_edits as edits
from gui.presenters.form_edits import Way
from gui.presenters.rules_form import FormMark
from gui.presenters.tones import Tone
from gui.theme.look import GRID, Look
from gui.views.form_controls import FormControls
from gui.views.form_slots import Change, Slot, keyed
from gui.widgets.layouts import Flow, row
from gui.widgets.text import button, column, line, text, toned

_LABEL = 104
#: What may be wider than this takes the whole row.
_FULL = 2000


class FormParts:
    """Builds the parts of one tree."""

    def __init__(
        self, look: Look, language: FormLanguage, tree: FormNode, change: Change, *, editing: bool
    ) -> None:
        """Take the tree and who takes changed ones; only while ``editing`` can parts come and go."""
        self._look = look
        self._editing = editing
        self._language = language
        self._tree = tree
        self._change = change
        self._controls = FormControls(look, language)
        self._slots: dict[Way, Slot] = {}

    def build(self) -> QWidget:
        """Return the whole form."""
        shape = self._language.shape(self._language.root)
        box = QWidget()
        self._controls.still.setParent(box)
        lines = column(box, gap=GRID)
        if shape is not None:
            self._fields(lines, shape, self._tree, ())
        return box

    def mark(self, marks: Sequence[FormMark]) -> None:
        """Show what is wrong in the room that is kept for it: a part of the form, or what it is part of."""
        found: dict[Way, list[FormMark]] = {}
        for mark in marks:
            ways = (mark.way[:length] for length in range(len(mark.way), 0, -1))
            way = next((way for way in ways if way in self._slots), None)
            if way is not None:
                found.setdefault(way, []).append(mark)
        for way, slot in self._slots.items():
            slot.tell(found.get(way, []))

    # -- maps

    def _fields(self, lines: QVBoxLayout, shape: FormShape, node: FormNode, way: Way) -> None:
        """Add a row for each field that is there or is needed, then what else may be added."""
        for field in shape.fields:
            held = node.get(field.key)
            if held is not None or field.required:
                lines.addWidget(self._row(field, held, (*way, field.key)))
        for key, held in node.entries:
            if shape.field(key) is None:
                lines.addWidget(self._stranger(key, held, (*way, key)))
        free = [field for field in shape.fields if not field.required and node.get(field.key) is None]
        if free and self._editing:
            lines.addWidget(self._adder(free, way), 0, Qt.AlignmentFlag.AlignLeft)

    def _row(self, field: FormField, node: FormNode | None, way: Way) -> QWidget:
        if field.kind is FieldKind.ENTRY and (node is None or node.kind is not NodeKind.VALUE):
            return self._section(field, node, way)
        box, held = self._labelled(field.title, field.says, way)
        content = self._content(field, node, way)
        held.addWidget(content, 1)
        if content.maximumWidth() < self._look.px(_FULL):
            held.addStretch(1)
        if node is None:
            held.addWidget(toned(say.NEEDED, Tone.CAUTION), 0, Qt.AlignmentFlag.AlignVCenter)
        elif not field.required:
            self._removable(held, way)
        return box

    def _stranger(self, key: str, node: FormNode, way: Way) -> QWidget:
        """Return a key that the language does not have: seen, and easily taken out."""
        box, held = self._labelled(say.OTHER.format(key=key), "", way)
        if node.kind is NodeKind.VALUE:
            held.addWidget(self._value(None, node, way), 1)
        else:
            held.addStretch(1)
        self._removable(held, way)
        return box

    def _slot(self, way: Way) -> Slot:
        self._slots[way] = Slot(self._look)
        return self._slots[way]

    def _labelled(self, title: str, tip: str, way: Way) -> tuple[QWidget, QHBoxLayout]:
        box = QWidget()
        held = row(box, gap=GRID // 2)
        held.addWidget(self._slot(way), 0, Qt.AlignmentFlag.AlignTop)
        label = text(title, "small", tip=tip)
        label.setFixedWidth(self._look.px(_LABEL))
        label.setMinimumHeight(self._look.px(30))
        held.addWidget(label, 0, Qt.AlignmentFlag.AlignTop)
        return box, held

    def _section(self, field: FormField, node: FormNode | None, way: Way) -> QWidget:
        """Return a map of its own, or a list of such, under its title."""
        box = named(QWidget(), edits.said(way))
        lines = column(box, gap=GRID // 2)
        head = row(gap=GRID // 2)
        head.addWidget(self._slot(way))
        title = text(field.title, "caption", tip=field.says)
        head.addWidget(title)
        if node is None:
            head.addWidget(toned(say.NEEDED, Tone.CAUTION))
        head.addStretch(1)
        if not field.required:
            self._removable(head, way)
        lines.addLayout(head)
        shape = self._language.shape(field.shape)
        if shape is None:
            return box
        if field.many:
            lines.addWidget(self._several(field, shape, node, way))
        else:
            inner = node if node is not None else edits.blank_map(self._language, shape)
            lines.addWidget(self._indented(self._map(shape, inner, way)))
        return box

    def _several(self, field: FormField, shape: FormShape, node: FormNode | None, way: Way) -> QWidget:
        """Return the maps of a list, each with what can be done to it, and a button for one more."""
        box = QWidget()
        lines = column(box, gap=GRID)
        for place, item in enumerate(node.items if node is not None else ()):
            inside = self._map(shape, item, (*way, place), in_list=True)
            lines.addWidget(self._indented(inside))
        if self._editing:
            lines.addWidget(self._one_more(field, (*way, len(node.items) if node is not None else 0)))
        return box

    def _map(self, shape: FormShape, node: FormNode, way: Way, *, in_list: bool = False) -> QWidget:
        if shape.alternatives:
            return self._premise(shape, node, way)
        box = QWidget()
        lines = column(box, gap=GRID // 2)
        if in_list:
            head = row(gap=GRID)
            head.addStretch(1)
            self._removable(head, way)
            lines.addLayout(head)
        self._fields(lines, shape, node, way)
        return box

    def _indented(self, inside: QWidget) -> QWidget:
        box = QFrame()
        held = row(box, gap=GRID)
        held.setContentsMargins(GRID // 2, 0, 0, 0)
        held.addWidget(line(upright=True))
        held.addWidget(inside, 1)
        return box

    # -- premises: one key decides what a node says

    def _premise(self, shape: FormShape, node: FormNode, way: Way) -> QWidget:
        key = edits.alternative_of(shape, node)
        field = shape.field(key) if key is not None else None
        held = node.get(key) if key is not None else None
        box = named(QWidget(), say.GROUP.format(where=edits.said(way), kind=key or say.NOT_WRITTEN_YET))
        lines = column(box, gap=GRID // 2)
        top = QWidget()
        across = row(top, gap=GRID)
        # Beside the wrapping row, so that what wraps begins under the kind and not under the mark.
        across.addWidget(self._slot(way), 0, Qt.AlignmentFlag.AlignTop)
        said = QWidget()
        flow = Flow(said, gap=GRID, lines=GRID // 2)
        across.addWidget(said, 1)
        flow.addWidget(self._kind(shape, node, key, way))
        nests = field is not None and field.kind is FieldKind.ENTRY and held is not None
        nests = nests and held is not None and held.kind is not NodeKind.VALUE
        if field is not None and not nests:
            flow.addWidget(self._content(field, held, (*way, field.key)))
        for name, value in node.entries:
            if name != key:
                flow.addWidget(self._companion(shape, name, value, (*way, name)))
        alternative = shape.alternative(key or "")
        beside = [shape.field(name) for name in (alternative.beside if alternative else ())]
        free = [each for each in beside if each is not None and node.get(each.key) is None]
        if free and self._editing:
            flow.addWidget(self._adder(free, way))
        if self._editing:
            flow.addWidget(self._more(shape, key, way))
        lines.addWidget(top)
        if nests and field is not None and held is not None:
            lines.addWidget(self._nested(field, held, (*way, field.key)))
        return box

    def _nested(self, field: FormField, held: FormNode, way: Way) -> QWidget:
        shape = self._language.shape(field.shape)
        if shape is None:
            return QWidget()
        if held.kind is NodeKind.LIST:
            return self._several(field, shape, held, way)
        return self._indented(self._map(shape, held, way))

    def _kind(self, shape: FormShape, node: FormNode, key: str | None, way: Way) -> QWidget:
        offers = [(each.key, each.key.replace("_", " ")) for each in shape.alternatives]
        if key is None:
            offers.insert(0, ("", say.NOT_WRITTEN_YET))

        def turn(chosen: str) -> None:
            now = edits.node_at(self._tree, way) or node
            made = edits.turned(self._language, shape, now, chosen)
            self._put(way, made, focus=f"kind:{way}")

        name = say.KIND_NAMED.format(where=edits.said(way))
        return keyed(self._controls.pick(tuple(offers), key or "", name, turn), f"kind:{way}")

    def _companion(self, shape: FormShape, key: str, node: FormNode, way: Way) -> QWidget:
        field = shape.field(key)
        box = QWidget()
        held = row(box, gap=GRID // 2)
        held.addWidget(self._slot(way))
        title = field.title if field is not None else say.OTHER.format(key=key)
        held.addWidget(text(title, "small", wrap=False, tip=field.says if field is not None else ""))
        if field is not None and field.kind is FieldKind.ENTRY and node.kind is NodeKind.MAP:
            shape_of = self._language.shape(field.shape)
            held.addWidget(self._map(shape_of, node, way) if shape_of is not None else QWidget(), 1)
        elif field is not None:
            held.addWidget(self._content(field, node, way), 1)
        else:
            held.addWidget(self._value(None, node, way), 1)
        self._removable(held, way, short=True)
        return box

    def _more(self, shape: FormShape, key: str | None, way: Way) -> QWidget:
        groups = edits.groups_of(shape)
        field = shape.field(key) if key is not None else None
        offers = [("", say.MORE)]
        if way and isinstance(way[-1], int):
            offers += [("up", say.UP), ("down", say.DOWN)]
        offers += [(f"inside {group.key}", say.INSIDE.format(key=_words(group.key))) for group in groups]
        if field is not None and field in groups:
            offers.append(("dissolve", say.DISSOLVE.format(key=_words(field.key))))
        if way and isinstance(way[-1], int):
            offers.append(("remove", say.TAKE_OUT))
        by_key = {f"inside {group.key}": group for group in groups}

        def act(chosen: str) -> None:
            if chosen in ("up", "down"):
                by = -1 if chosen == "up" else 1
                to = (*way[:-1], int(way[-1]) + by)
                self._change(edits.moved(self._tree, way, by), same=False, focus=f"more:{to}")
            elif chosen in by_key:
                made = edits.wrapped(self._tree, way, by_key[chosen])
                self._change(made, same=False, focus=f"kind:{way}")
            elif chosen == "dissolve" and key is not None:
                self._change(edits.dissolved(self._tree, way, key), same=False, focus=f"kind:{way}")
            elif chosen == "remove":
                self._put(way, None, focus=f"add:{way[:-1]}")

        name = say.MORE_NAMED.format(where=edits.said(way))
        return keyed(self._controls.act(tuple(offers), name, act), f"more:{way}")

    # -- values

    def _content(self, field: FormField, node: FormNode | None, way: Way) -> QWidget:
        """Return the control of a field: one value, or a list of values with one more to add."""
        if not field.many or (node is not None and node.kind is NodeKind.VALUE):
            return self._value(field, node, way)
        box = QWidget()
        flow = Flow(box, gap=GRID, lines=GRID // 2)
        items = node.items if node is not None else ()
        for place, item in enumerate(items):
            one = QWidget()
            held = row(one, gap=2)
            held.addWidget(self._value(field, item, (*way, place)), 1)
            self._removable(held, (*way, place), short=True)
            flow.addWidget(one)
        if self._editing:
            flow.addWidget(self._one_more(field, (*way, len(items))))
        return box

    def _value(self, field: FormField | None, node: FormNode | None, way: Way) -> QWidget:
        before = node.text if node is not None and node.kind is NodeKind.VALUE else None

        def commit(words: str) -> None:
            held = edits.node_at(self._tree, way)
            if words != (held.text or "" if held is not None else ""):
                self._tree = edits.with_node(self._tree, way, edits.retyped(held, words))
                self._change(self._tree, same=held is not None)

        name = edits.said(way)
        made = keyed(self._controls.value(field, before, name, commit), f"value:{way}")
        if field is not None and field.says:
            made.setToolTip(field.says)
        return made

    # -- what every part has

    def _adder(self, free: list[FormField], way: Way) -> QWidget:
        offers = (("", say.ADD_FIELD), *((field.key, field.title) for field in free))
        by_key = {field.key: field for field in free}

        def add(chosen: str) -> None:
            if chosen in by_key:
                field, to = by_key[chosen], (*way, chosen)
                made = edits.blank(self._language, field)
                self._put(to, made, focus=f"value:{(*to, 0) if field.many else to}")

        name = say.ADD_FIELD_NAMED.format(where=edits.said(way) or say.FORM.lower())
        return keyed(self._controls.act(offers, name, add), f"adder:{way}")

    def _removable(self, held: QHBoxLayout, way: Way, *, short: bool = False) -> None:
        if not self._editing:
            return
        made = button("×" if short else say.REMOVE, "link")  # noqa: RUF001 - the sign of a crossed-out thing
        named(made, say.REMOVE_NAMED.format(where=edits.said(way)))
        made.clicked.connect(lambda: self._put(way, None, focus=f"adder:{way[:-1]}"))
        held.addWidget(keyed(made, f"remove:{way}"), 0, Qt.AlignmentFlag.AlignVCenter)

    def _one_more(self, field: FormField, way: Way) -> QWidget:
        """Return the button that adds to a list what will stand at the end of this way."""
        add = button(say.ADD_ONE.format(title=field.title), "link")
        named(add, say.ADD_ONE_NAMED.format(where=edits.said(way[:-1])))
        add.clicked.connect(lambda: self._add(field, way))
        return keyed(add, f"add:{way[:-1]}")

    def _add(self, field: FormField, way: Way) -> None:
        one = edits.blank_one(self._language, field)
        kind = "kind" if field.kind is FieldKind.ENTRY else "value"
        self._put(way, one, focus=f"{kind}:{way}")

    def _put(self, way: Way, node: FormNode | None, focus: str) -> None:
        self._change(edits.with_node(self._tree, way, node), same=False, focus=focus)


def _words(key: str) -> str:
    return key.replace("_", " ")
