"""Rules as trees: what a change of the tree does to the very text of a draft."""

from __future__ import annotations

import pytest

from engine.domain.forms import FormNode, NodeKind, list_node, map_node, value_node
from engine.domain.ids import RuleId
from engine.knowledge.form_tree import rule_form, with_rule_form

PATH = "rules/dabigatran.yaml"
RULE = RuleId("dabigatran.crcl")
TEXT = """\
# Dabigatran, as the label has it.
rules:
  dabigatran.crcl:
    title: Dabigatran below the renal limit  # the EU one
    for: [dabigatran]
    when: {any: [{quantity: crcl, below: 30 mL/min}, {concept: renal.dialysis}]}  # dialysis counts, too
    then:
      # what the clinician reads
      severity: contraindicated
      say: >-
        Creatinine clearance
        is {crcl}.
    sources:
      - {citation: pradaxa-eu, where: "4.3"}
      # the American one
      - citation: pradaxa-us
        where: section 8.6

  # a note
  dabigatran.dyspepsia:
    title: 'Dabigatran and dyspepsia'
    for: [dabigatran]
"""


def _changed(form: FormNode, *way: str | int, to: FormNode | None) -> FormNode:
    """Return a tree with the node at a way replaced; taken out where it becomes None."""
    step, *rest = way
    if form.kind is NodeKind.LIST:
        items = list(form.items)
        assert isinstance(step, int)
        if step == len(items) and to is not None:
            return list_node(*items, to)
        made = to if not rest else _changed(items[step], *rest, to=to)
        items[step : step + 1] = [made] if made is not None else []
        return list_node(*items)
    entries = []
    for key, value in form.entries:
        made = value if key != step else to if not rest else _changed(value, *rest, to=to)
        if made is not None:
            entries.append((key, made))
    if step not in dict(form.entries) and to is not None:
        entries.append((str(step), to))
    return map_node(*entries)


def _after(*way: str | int, to: FormNode | None) -> str:
    form = _changed(rule_form(PATH, TEXT, RULE).tree, *way, to=to)
    text = with_rule_form(PATH, TEXT, RULE, form)
    assert rule_form(PATH, text, RULE).tree == form
    return text


def test_a_rule_is_read_as_it_is_meant_not_as_it_is_spelt() -> None:
    form = rule_form(PATH, TEXT, RULE).tree
    assert [key for key, _ in form.entries] == ["title", "for", "when", "then", "sources"]
    then = form.get("then")
    assert then is not None
    assert then.get("say") == value_node("Creatinine clearance is {crcl}.")
    assert rule_form(PATH, TEXT, RuleId("dabigatran.dyspepsia")).tree.get("title") == value_node(
        "Dabigatran and dyspepsia"
    )


@pytest.mark.parametrize(
    ("way", "to", "before", "after"),
    [
        (("title",), value_node("Renal limit"), "Dabigatran below the renal limit  #", "Renal limit  #"),
        (("when", "any", 0, "below"), value_node("25 mL/min"), "below: 30 mL/min", "below: 25 mL/min"),
        (
            ("when", "any", 2),
            map_node(("condition", value_node("dialysis"))),
            "{concept: renal.dialysis}]",
            "{concept: renal.dialysis}, {condition: dialysis}]",
        ),
        (("when", "any", 0), None, "[{quantity: crcl, below: 30 mL/min}, {", "[{"),
        (("when", "any", 1), None, ", {concept: renal.dialysis}]", "]"),
        (
            ("when", "any", 0, "no_older_than"),
            value_node("90 days"),
            "below: 30 mL/min}",
            "below: 30 mL/min, no_older_than: 90 days}",
        ),
        (
            ("then", "say"),
            value_node("Too low: {crcl}."),
            "say: >-\n        Creatinine clearance\n        is {crcl}.\n",
            'say: "Too low: {crcl}."\n',
        ),
        (
            ("then", "manage"),
            value_node("Choose another."),
            "        is {crcl}.\n",
            "        is {crcl}.\n      manage: Choose another.\n",
        ),
        (("then", "severity"), None, "      severity: contraindicated\n", ""),
        (
            ("sources", 1),
            None,
            "      - citation: pradaxa-us\n        where: section 8.6\n",
            "",
        ),
        (
            ("sources", 2),
            map_node(("citation", value_node("re-ly")), ("where", value_node("table 2"))),
            "        where: section 8.6\n",
            "        where: section 8.6\n      - {citation: re-ly, where: table 2}\n",
        ),
        (("for", 1), value_node("warfarin"), "[dabigatran]\n    when", "[dabigatran, warfarin]\n    when"),
        (
            ("when", "any", 1),
            map_node(("condition", value_node(None))),
            "{concept: renal.dialysis}]",
            "{condition: null}]",
        ),
        (
            ("sources", 1),
            map_node(
                ("citation", value_node("re-ly")), ("note", value_node("seen")), ("where", value_node("x"))
            ),
            "citation: pradaxa-us\n        where: section 8.6\n",
            "citation: re-ly\n        note: seen\n        where: x\n",
        ),
        (
            ("when",),
            map_node(("not", map_node(("sex", value_node("female"))))),
            "{any: [{quantity: crcl, below: 30 mL/min}, {concept: renal.dialysis}]}  #",
            "{not: {sex: female}}  #",
        ),
    ],
    ids=lambda value: ".".join(map(str, value)) if isinstance(value, tuple) else None,
)
def test_only_what_has_changed_is_typed_anew(
    way: tuple[str | int, ...], to: FormNode | None, before: str, after: str
) -> None:
    assert TEXT.count(before) == 1
    assert _after(*way, to=to) == TEXT.replace(before, after)


def test_the_last_line_of_a_file_without_an_end_of_line_grows_a_neighbour() -> None:
    text = TEXT.rstrip("\n")
    rule = RuleId("dabigatran.dyspepsia")
    form = _changed(rule_form(PATH, text, rule).tree, "status", to=value_node("draft"))
    assert with_rule_form(PATH, text, rule, form) == f"{text}\n    status: draft"


def test_a_text_with_a_mark_of_byte_order_and_windows_line_ends_is_changed_in_its_place() -> None:
    text = "\ufeff" + TEXT.replace("\n", "\r\n")
    form = _changed(rule_form(PATH, text, RULE).tree, "title", to=value_node("Ünique"))
    assert with_rule_form(PATH, text, RULE, form) == text.replace(
        "Dabigatran below the renal limit  #", "Ünique  #"
    )


def test_what_would_read_as_something_else_is_quoted() -> None:
    for said in ("null", "a: b", "- x", "yes # no", " x", "{crcl} is low", 'say "so"\nnow', "*x"):
        text = _after("then", "say", to=value_node(said))
        then = rule_form(PATH, text, RULE).tree.get("then")
        assert then is not None
        assert then.get("say") == value_node(said)
