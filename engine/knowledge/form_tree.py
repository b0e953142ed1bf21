"""A rule of a draft as a tree, and a changed tree written back into the text around it.

Writing touches only what has changed: comments, layout and every other rule stay byte for byte. What was
written is read again and must say exactly the tree that was wanted, with nothing else changed.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator

from engine.domain.diagnostics import Diagnostic, DiagnosticGrade
from engine.domain.forms import FormNode, FormPlace, NodeKind, RuleForm
from engine.domain.ids import RuleId
from engine.errors import AuthoringError, InvariantBroken, NotFound
from engine.knowledge.placed_yaml import (
    Placed,
    PlacedList,
    PlacedMap,
    PlacedValue,
    child,
    placed,
    tree_of,
)
from engine.knowledge.splicing import Splicer, line_starts, spliced
from engine.knowledge.yaml_source import read_yaml

_RULES = "rules"
#: How deep parts are changed by themselves: as deep as they go; else whole fields of the rule; else all.
_DEPTHS = (1_000, 2, 1, 0)


def rule_form(path: str, text: str, rule_id: RuleId) -> RuleForm:
    """Return the tree of one rule of a file's text, with the place of each part.

    Raises:
        AuthoringError: the text is no YAML that a rule file may hold.
        NotFound: there is no such rule in it.
    """
    rule = _rule(path, text, rule_id)
    starts = line_starts(text)
    found = [((), rule.start), *_places(rule, ())]
    return RuleForm(
        tree=tree_of(rule),
        places=tuple(FormPlace(way=way, **_at(starts, start)) for way, start in found),
        end=bisect_right(starts, max(rule.end - 1, rule.start)),
    )


def with_rule_form(path: str, text: str, rule_id: RuleId, form: FormNode) -> str:
    """Return the text with one rule saying another tree; of an equal tree, the very same text.

    Raises:
        AuthoringError: the text is no YAML that a rule file may hold.
        NotFound: there is no such rule in it.
        InvariantBroken: no way of writing it was read back as it was meant.
    """
    old = _rule(path, text, rule_id)
    wanted = _with(_whole(path, text), rule_id, form)
    for changed in _attempts(text, old, form):
        if _says(path, changed) == wanted:
            return changed
    raise InvariantBroken(
        f"the form of {rule_id} could not be written into {path} so that it is read back as it is.",
        hint="Change it in the YAML; nothing was changed.",
    )


def _places(node: Placed, way: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], int]]:
    match node:
        case PlacedMap(keys=keys, values=values):
            for key, value in zip(keys, values, strict=True):
                yield (*way, key.text or ""), key.start
                yield from _places(value, (*way, key.text or ""))
        case PlacedList(items=items):
            for place, item in enumerate(items):
                yield (*way, place), item.start
                yield from _places(item, (*way, place))
        case PlacedValue():
            return


def _at(starts: list[int], start: int) -> dict[str, int]:
    line = bisect_right(starts, start)
    return {"line": line, "column": start - starts[line - 1] + 1}


def _attempts(text: str, old: Placed, form: FormNode) -> Iterator[str]:
    for depth in _DEPTHS:
        yield spliced(text, Splicer(text, depth).between(old, form))


def _rule(path: str, text: str, rule_id: RuleId) -> Placed:
    _refuse(path, text)
    found = child(child(placed(text), _RULES), rule_id)
    if found is None:
        raise NotFound(
            f"{path} has no rule {rule_id!r}.",
            hint="It may have been renamed or taken out in this draft; look at the YAML.",
        )
    return found


def _refuse(path: str, text: str) -> None:
    wrong = _wrong(path, text)
    if wrong is not None:
        raise AuthoringError(wrong.message, hint=wrong.hint, place=str(wrong.span))


def _wrong(path: str, text: str) -> Diagnostic | None:
    try:
        content = text.encode()
    except UnicodeEncodeError:
        content = text.encode("utf-8", "surrogatepass")
    _, diagnostics = read_yaml(path, content)
    return next((item for item in diagnostics if item.grade is DiagnosticGrade.ERROR), None)


def _whole(path: str, text: str) -> FormNode | None:
    top = placed(text)
    return None if top is None or _wrong(path, text) is not None else tree_of(top)


def _says(path: str, text: str) -> FormNode | None:
    return None if _wrong(path, text) is not None else _whole(path, text)


def _with(top: FormNode | None, rule_id: RuleId, form: FormNode) -> FormNode:
    """Return the tree of a whole file in which one rule is another."""
    entries = top.entries if top is not None else ()

    def replaced(node: FormNode, key: str, other: FormNode) -> FormNode:
        return FormNode(
            kind=NodeKind.MAP,
            entries=tuple((name, other if name == key else value) for name, value in node.entries),
        )

    whole = FormNode(kind=NodeKind.MAP, entries=entries)
    rules = whole.get(_RULES) or FormNode(kind=NodeKind.MAP)
    return replaced(whole, _RULES, replaced(rules, rule_id, form))
