"""What becomes of a pack that is written well, and how a broken one is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from small_pack import BASE, DAY, a_rule_text, base_files, loaded, text_of

from engine.domain.atoms import HasCondition, HasReportedPhenotype, HasSex, QuantityWithin, TakesDrug
from engine.domain.diagnostics import DiagnosticGrade
from engine.domain.ids import ClassId, ParameterId, QuantityId, RuleId
from engine.domain.quantities import Interval
from engine.domain.rules import AllOf, AnyOf, AtLeast, Derived, Negation, RuleStatus, WhenUnknown, atoms_of
from engine.errors import PackAltered, PackRejected
from engine.knowledge.checks import within_limits
from engine.knowledge.codes import Code
from engine.knowledge.load import load_pack, load_sealed
from engine.knowledge.manifest import seal, with_text
from engine.ports import Program


def premise_of(when: str) -> object:
    """Return the premise of a rule written so."""
    return loaded(base_files(x=a_rule_text(when))).rules[RuleId("x.rule")].when


def test_a_threshold_is_the_value_in_force_on_the_day() -> None:
    before, after = (
        loaded(base_files(), day).rules[RuleId("apixaban.crcl")].when
        for day in (date(2026, 12, 31), date(2027, 1, 1))
    )

    assert before == QuantityWithin(
        quantity=QuantityId("crcl"),
        interval=Interval(unit="mL/min", high=Decimal(15)),
        max_age_days=365,
        parameters=(ParameterId("crcl_floor"),),
    )
    assert isinstance(after, QuantityWithin)
    assert after.interval.high == 20


def test_a_limit_in_another_unit_is_converted_exactly() -> None:
    premise = premise_of('{quantity: crcl, at_least: "0.1 mL/s", at_most: "0.7 mL/s"}')

    assert isinstance(premise, QuantityWithin)
    assert premise.interval == Interval(
        unit="mL/min", low=Decimal(6), low_closed=True, high=Decimal(42), high_closed=True
    )


def test_every_connective_and_atom_can_be_written() -> None:
    premise = premise_of(
        "{any: [{all: [{takes: ketoconazole}, {not: {sex: female}}]},"
        " {at_least_n: {n: 2, of: [{condition: gastrointestinal_bleeding, ever: true},"
        " {concept: bleeding.active},"
        " {reported_phenotype: {gene: CYP2C9, is: [Poor Metabolizer]}}]}}]}"
    )

    assert isinstance(premise, AnyOf)
    both, count = premise.parts
    assert isinstance(both, AllOf)
    assert isinstance(both.parts[0], TakesDrug)
    assert isinstance(both.parts[1], Negation)
    assert isinstance(both.parts[1].part, HasSex)
    assert isinstance(count, AtLeast)
    assert count.count == 2
    assert [type(part) for part in count.parts] == [HasCondition, Derived, HasReportedPhenotype]
    assert isinstance(count.parts[0], HasCondition)
    assert count.parts[0].ever


@pytest.mark.parametrize(
    ("meant", "options"),
    [
        ("[apixaban]", ["apixaban"]),
        ("[doac]", ["apixaban", "rivaroxaban"]),
        ("[rivaroxaban, apixaban]", ["apixaban", "rivaroxaban"]),
    ],
)
def test_a_rule_for_a_drug_or_class_is_for_every_option_with_it(meant: str, options: list[str]) -> None:
    pack = loaded(base_files(x=a_rule_text("{state: pregnant}", options=meant)))

    assert list(pack.rules[RuleId("x.rule")].options) == options


BANDS = """\
indications:
  dose:
    title: Dose
    question: How much?
    no_model_reason: None was made.
    options:
      low:
        title: low
        drug: ritonavir
        dose: 2.5 mg
        route: oral
        burden: ""
        evidence: {order: 1, line: x, strength: low, sources: [{citation: label, where: x}]}
      apixaban-low:
        title: low apixaban
        drug: apixaban
        dose: 2.5 mg
        route: oral
        burden: ""
        evidence: {order: 1, line: x, strength: low, sources: [{citation: label, where: x}]}
"""


@pytest.mark.parametrize(
    ("meant", "options"),
    [
        ("[ritonavir]", {"low"}),
        ("[apixaban]", {"apixaban"}),
        ("[doac]", {"apixaban", "apixaban-low", "rivaroxaban"}),
        ("[apixaban-low, rivaroxaban]", {"apixaban-low", "rivaroxaban"}),
    ],
)
def test_an_options_own_id_means_it_alone_and_a_drug_every_option_with_it(
    meant: str, options: set[str]
) -> None:
    pack = loaded(base_files(bands=BANDS, x=a_rule_text("{state: pregnant}", options=meant)))

    assert set(pack.rules[RuleId("x.rule")].options) == options


def test_classes_may_hold_classes_and_even_each_other() -> None:
    words = (
        "classes:\n  one: {title: one, members: [two, apixaban]}\n"
        "  two: {title: two, members: [one, ritonavir]}\n"
    )
    vocabulary = loaded(base_files(words=words)).vocabulary

    assert {
        name: set(each.members) for name, each in vocabulary.classes.items() if name in ("one", "two")
    } == {
        "one": {"apixaban", "ritonavir"},
        "two": {"apixaban", "ritonavir"},
    }


def test_a_class_says_where_its_members_stand() -> None:
    sources = loaded(base_files()).vocabulary.classes[ClassId("strong_cyp3a4_inhibitor")].sources

    assert [(source.citation, source.where) for source in sources] == [("label", "4.5")]


@pytest.mark.parametrize(
    ("severity", "when_unknown"),
    [
        ("contraindicated", WhenUnknown.CANNOT_BE_ASSESSED),
        ("avoid", WhenUnknown.CANNOT_BE_ASSESSED),
        ("caution", WhenUnknown.MENTION),
        ("note", WhenUnknown.MENTION),
    ],
)
def test_what_excludes_blocks_while_undecided_and_all_else_is_mentioned(
    severity: str, when_unknown: WhenUnknown
) -> None:
    text = a_rule_text("{state: pregnant}").replace("severity: caution", f"severity: {severity}")

    assert loaded(base_files(x=text)).rules[RuleId("x.rule")].when_unknown is when_unknown


def test_a_retired_rule_is_checked_but_never_fires() -> None:
    text = a_rule_text("{state: pregnant}").replace("status: draft", "status: retired")
    good, _ = load_pack(base_files(x=text), DAY)
    bad, _ = load_pack(base_files(x=text.replace("pregnant", "pregnat")), DAY)

    assert good is not None
    assert RuleId("x.rule") not in good.rules
    assert bad is None


def test_a_starter_rule_says_that_nobody_reviewed_it() -> None:
    assert loaded(base_files()).rules[RuleId("apixaban.crcl")].status is RuleStatus.STARTER


def test_the_place_of_a_rule_is_the_line_of_its_name() -> None:
    rule = loaded(base_files()).rules[RuleId("doac.bleeding")]

    line = text_of(rule.span.path).splitlines()[rule.span.line - 1]
    assert line == "  doac.bleeding:"


def test_the_order_of_files_never_matters() -> None:
    files = base_files()

    assert load_pack(files, DAY) == load_pack(tuple(reversed(files)), DAY)


def test_a_pack_in_use_is_the_same_whether_or_not_its_cases_were_read() -> None:
    assert load_pack(base_files(), DAY)[0] == load_pack(base_files(), DAY, cases=False)[0]


def test_all_mistakes_of_all_files_are_told_at_once_in_order_of_place() -> None:
    files = base_files(
        a=a_rule_text("{takes: ketoconzole}", name="a.rule"),
        b="rules: [",
        c=a_rule_text("{all: []}", name="c.rule"),
    )
    pack, diagnostics = load_pack(files, DAY, cases=False)

    assert pack is None
    assert [item.span.path for item in diagnostics] == ["b.yaml", "c.yaml"]
    mended, diagnostics = load_pack(tuple(file for file in files if file.path != "b.yaml"), DAY, cases=False)
    assert mended is None
    assert [item.span.path for item in diagnostics] == ["a.yaml", "c.yaml"]


def test_one_unreadable_file_does_not_make_every_name_in_it_an_error() -> None:
    _, diagnostics = load_pack(base_files(vocabulary=text_of("vocabulary.yaml") + "\n  - ["), DAY)

    assert {item.span.path for item in diagnostics if item.grade is DiagnosticGrade.ERROR} == {
        "vocabulary.yaml"
    }


def test_one_entry_of_wrong_shape_does_not_make_its_name_undefined() -> None:
    text = text_of("vocabulary.yaml").replace(
        "title: gastrointestinal bleeding", "titel: gastrointestinal bleeding"
    )
    _, diagnostics = load_pack(base_files(vocabulary=text), DAY)

    assert {item.code for item in diagnostics} == {Code.UNKNOWN_KEY, Code.MISSING_KEY}


def test_a_pack_without_a_manifest_is_refused() -> None:
    files = tuple(file for file in base_files() if file.path != "manifest.yaml")
    pack, (diagnostic,) = load_pack(files, DAY)

    assert pack is None
    assert diagnostic.code == Code.NO_MANIFEST
    assert str(diagnostic).startswith("manifest.yaml:1: error: the pack does not say who it is.")


def test_a_pack_of_no_files_is_refused_not_crashed_on() -> None:
    assert load_pack((), DAY)[0] is None


def test_a_rule_outside_the_engines_limits_is_an_error_at_its_line() -> None:
    def refuse(program: Program) -> tuple[str, ...]:
        assert {concept.concept_id for concept in program.concepts} == {"bleeding.active", "cyp2c9.poor"}
        return ("rule doac.bleeding is outside the engine's limits: too long.", "all together are too many.")

    pack, diagnostics = load_pack(base_files(), DAY, extra_checks=(within_limits(refuse),))

    assert pack is None
    assert [(item.code, str(item.span)) for item in diagnostics] == [
        (Code.ENGINE_LIMIT, "knowledge.yaml:39"),
        (Code.ENGINE_LIMIT, "rules/apixaban.yaml:18"),
    ]


def test_limits_are_not_asked_about_while_concepts_go_in_circles() -> None:
    circle = "concepts:\n  one: {title: one, when: {concept: one}, sources: [{citation: label, where: x}]}\n"

    def fail(program: Program) -> tuple[str, ...]:
        raise AssertionError(program)

    pack, diagnostics = load_pack(base_files(c=circle), DAY, extra_checks=(within_limits(fail),))

    assert pack is None
    assert [item.code for item in diagnostics] == [Code.CYCLE]


def test_a_draft_is_checked_in_place_of_the_file_it_replaces() -> None:
    text = text_of("rules/apixaban.yaml").replace("bleeding.active", "bleeding.activ")
    pack, diagnostics = load_pack(with_text(base_files(), "rules/apixaban.yaml", text), DAY)

    assert pack is None
    assert [str(item.span) for item in diagnostics] == ["rules/apixaban.yaml:23"]


def test_a_sealed_pack_loads_and_an_altered_one_does_not(tmp_path: Path) -> None:
    for file in base_files():
        path = tmp_path / file.path
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(file.content)
    sealed = seal(tmp_path)

    assert load_sealed(tmp_path, DAY).pack_hash == sealed
    with (tmp_path / "knowledge.yaml").open("a", encoding="utf-8") as stream:
        stream.write("# one more comment\n")
    with pytest.raises(PackAltered, match=r"changed since the pack was sealed: knowledge\.yaml"):
        load_sealed(tmp_path, DAY)


def test_a_rejected_pack_names_every_error_but_no_warning(tmp_path: Path) -> None:
    (tmp_path / "manifest.yaml").write_text(
        "pack: {id: x, title: x, version: 1, status: x}\n", encoding="utf-8"
    )
    (tmp_path / "a.yaml").write_text(a_rule_text("{all: []}"), encoding="utf-8")
    seal(tmp_path)

    with pytest.raises(PackRejected) as caught:
        load_sealed(tmp_path, DAY)

    said = str(caught.value)
    assert "all joins nothing" in said
    assert '"apixaban"' in said
    assert '"label"' in said
    assert "warning" not in said


def test_atoms_of_a_rule_that_chains_are_found_below_its_concepts() -> None:
    pack = loaded(base_files())
    rule = pack.rules[RuleId("doac.bleeding")]

    assert {atom.symbol for atom in atoms_of(rule.when)} == {
        "takes:strong_cyp3a4_inhibitor",
        "state:pregnant",
    }
    assert BASE.is_dir()
    assert replace(rule, version=2) != rule
