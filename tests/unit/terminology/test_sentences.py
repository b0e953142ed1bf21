"""Rules as sentences: exact, and readable in one way only."""

from __future__ import annotations

import enum
import re
from collections.abc import Mapping
from dataclasses import fields, replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_pack import a_rule_text, base_files, loaded, text_of

from engine.domain.atoms import (
    Direction,
    HasAllergy,
    HasCondition,
    HasDiplotype,
    HasReportedPhenotype,
    HasSex,
    HasState,
    InTrimester,
    PlansProcedure,
    QuantityChange,
    QuantityRepeated,
    QuantityWithin,
    StoppedDrug,
    TakesDrug,
)
from engine.domain.ids import AllergenId, ConceptId, ConditionId, GeneId, QuantityId, RuleId, StateId
from engine.domain.patient import AllergyKind, AllergySeverity, ReactionKind, Route, Sex
from engine.domain.quantities import Interval
from engine.domain.rules import AllOf, AnyOf, AtLeast, Derived, Negation, Premise, walk
from engine.terminology.sentences import clause, concept_sentence, sentence

TITLES = """
conditions:
  fall: {title: fall or fracture}
  surgery: {title: major surgery}
states:
  dialysis: {title: on dialysis}
quantities:
  potassium: {title: serum potassium, kind: measured, unit: mmol/L}
  gestational_age: {title: gestational age, kind: measured, unit: wk}
  weight: {title: body weight, kind: measured, unit: kg}
parameters:
  potassium_high:
    title: potassium that is too high
    unit: mmol/L
    values: {2020-01-01: {value: 5.5, source: {citation: label, where: x}}}
"""
PACK = loaded(base_files(titles=TITLES))


def clause_of(when: str) -> str:
    """Return a premise, written so, in words."""
    pack = loaded(base_files(titles=TITLES, x=a_rule_text(when)))
    return clause(pack.rules[RuleId("x.rule")].when, pack)


@pytest.mark.parametrize(
    ("when", "words"),
    [
        ("{takes: ketoconazole}", "the patient takes ketoconazole"),
        ("{takes: strong_cyp3a4_inhibitor}", "the patient takes any strong CYP3A4 inhibitor"),
        ("{condition: gastrointestinal_bleeding}", "the patient has gastrointestinal bleeding"),
        (
            "{condition: gastrointestinal_bleeding, ever: true}",
            "the patient has at some time had gastrointestinal bleeding",
        ),
        (
            "{condition: fall, past: yes, began_within: 90 days, began_before: 2 weeks}",
            "the patient no longer has “fall or fracture” (begun more than 14 but at most 90 days ago)",
        ),
        (
            "{takes: strong_cyp3a4_inhibitor, count: 2}",
            "the patient takes at least 2 different drugs that each are any strong CYP3A4 inhibitor",
        ),
        (
            (
                "{takes: strong_cyp3a4_inhibitor, besides: [ritonavir], route: [oral, intravenous],"
                " dose: {at_least: 200 mg}, daily_dose: {above: 0.4 g, at_most: 1 g}, started_within: 1 day}"
            ),
            (
                "the patient takes any strong CYP3A4 inhibitor (not counting ritonavir;"
                " by one of intravenous, oral"
                " route; single dose at least 200 mg; daily dose above 400 but at most 1000 mg;"
                " begun at most 1 day ago)"
            ),
        ),
        (
            "{takes: ketoconazole, route: oral, started_before: 90 days}",
            "the patient takes ketoconazole (by oral route; begun more than 90 days ago)",
        ),
        (
            "{stopped: strong_cyp3a4_inhibitor, within: 2 weeks}",
            "the patient stopped any strong CYP3A4 inhibitor (at most 14 days ago)",
        ),
        ("{planned: surgery, within: 1 day}", "the patient is to have major surgery (within 1 day)"),
        ("{allergy: penicillins, kind: intolerance}", "the patient has an intolerance of penicillins"),
        (
            "{allergy: penicillins, kind: allergy, severity: severe, reaction: [urticaria, anaphylaxis]}",
            (
                "the patient has an immune allergy to penicillins (at least severe; with one of anaphylaxis,"
                " urticaria)"
            ),
        ),
        (
            "{change: potassium, rises_by: 0.5 mmol/L, within: 7 days}",
            (
                "serum potassium rose by at least 0.5 mmol/L (against its lowest value of the 7 days before"
                " the newest one)"
            ),
        ),
        (
            "{change: crcl, falls_by: {above: 30 %}, within: 30 days}",
            (
                "creatinine clearance fell by above 30 % (against its highest value of the 30 days before"
                " the newest one)"
            ),
        ),
        (
            "{repeated: potassium, above: potassium_high, times: 2, within: 90 days, apart: 1 day}",
            (
                "at least 2 values of serum potassium are above 5.5 mmol/L [potassium_high]"
                " (of the last 90 days;"
                " each at least 1 day after the one before)"
            ),
        ),
        ("{trimester: 1}", "the patient is pregnant (trimester 1)"),
        ("{trimester: [3, 2]}", "the patient is pregnant (trimester one of 2, 3)"),
        (
            "{activity_score: {gene: CYP2C9, above: 0, below: 1.5}}",
            "the CYP2C9 activity score is above 0 but below 1.5",
        ),
        (
            "{activity_score: {gene: CYP2C9, below: 1.5}}",
            (
                "(the CYP2C9 activity score is below 1.5"
                " or, where none was called, the reported phenotype is Poor Metabolizer)"
            ),
        ),
        ("{all: [{sex: female}]}", "all of this holds: the recorded sex is female"),
        ("{any: [{sex: female}]}", "any of this holds: the recorded sex is female"),
        ("{condition: fall}", "the patient has “fall or fracture”"),
        ("{allergy: penicillins}", "the patient is allergic to penicillins"),
        ("{state: dialysis}", "the patient is reported as on dialysis"),
        ("{sex: female}", "the recorded sex is female"),
        ("{concept: bleeding.active}", "“active bleeding” holds"),
        ('{quantity: crcl, below: "15 mL/min"}', "creatinine clearance is below 15 mL/min"),
        (
            '{quantity: crcl, at_least: crcl_floor, at_most: "0.5 mL/s", no_older_than: 1 day}',
            "creatinine clearance is at least 15 but at most 30 mL/min [crcl_floor] (at most 1 day old)",
        ),
        ('{quantity: age, at_least: "75 a"}', "age is at least 75 years"),
        ('{diplotype: {gene: CYP2C9, is: ["*3/*3"]}}', "the CYP2C9 diplotype is *3/*3"),
        (
            '{diplotype: {gene: CYP2C9, is: ["*2/*3", "*3/*3"]}}',
            "the CYP2C9 diplotype is one of *2/*3, *3/*3",
        ),
        (
            "{reported_phenotype: {gene: CYP2C9, is: [Poor Metabolizer]}}",
            "the phenotype reported for CYP2C9 is Poor Metabolizer",
        ),
        ("{not: {state: pregnant}}", "it is not so that the patient is reported as pregnant"),
        (
            "{any: [{state: pregnant}, {all: [{sex: female}, {not: {takes: ritonavir}}]}]}",
            (
                "the patient is reported as pregnant or"
                " (the recorded sex is female and (it is not so that the patient takes ritonavir))"
            ),
        ),
        (
            "{at_least_n: {n: 2, of: [{sex: female}, {any: [{state: pregnant}, {sex: male}]}]}}",
            (
                "at least 2 of these hold: the recorded sex is female |"
                " (the patient is reported as pregnant or the recorded sex is male)"
            ),
        ),
    ],
)
def test_each_kind_of_premise_has_its_words(when: str, words: str) -> None:
    assert clause_of(when) == words


def test_a_rule_is_one_sentence_that_says_all_it_does() -> None:
    assert sentence(PACK.rules[RuleId("apixaban.crcl")], PACK) == (
        "Under the EU label, when creatinine clearance is below 15 mL/min [crcl_floor] (at most 365 days"
        " old),"
        " apixaban is to be avoided (contraindication, moderate evidence);"
        " as long as that is undecided, it cannot be assessed."
    )


def test_a_rule_on_several_options_speaks_in_the_plural() -> None:
    assert sentence(PACK.rules[RuleId("doac.bleeding")], PACK) == (
        "When “active bleeding” holds or (the patient takes any strong CYP3A4 inhibitor and"
        " “CYP2C9 poor metaboliser” holds and (it is not so that the patient is reported as pregnant)),"
        " apixaban and rivaroxaban need caution (precaution, low evidence);"
        " as long as that is undecided, caution is needed all the same."
    )


def test_an_exclusion_that_is_only_mentioned_says_why() -> None:
    text = a_rule_text(
        "{state: pregnant}",
        more="    when_unknown: mention\n    unknown_because: A test is done first in any case.\n",
    ).replace("severity: caution", "severity: contraindicated")
    pack = loaded(base_files(x=text))

    assert sentence(pack.rules[RuleId("x.rule")], pack) == (
        "When the patient is reported as pregnant, apixaban is contraindicated (precaution, low evidence);"
        " as long as that is undecided, it is only mentioned because a test is done first in any case."
    )


def test_an_exclusion_that_names_no_option_instead_says_why() -> None:
    text = a_rule_text("{state: pregnant}", then=", no_alternative: every other bleeds as well.").replace(
        "severity: caution", "severity: contraindicated"
    )
    pack = loaded(base_files(x=text))

    assert sentence(pack.rules[RuleId("x.rule")], pack) == (
        "When the patient is reported as pregnant, apixaban is contraindicated (precaution, low evidence);"
        " nothing instead, because every other bleeds as well;"
        " as long as that is undecided, it cannot be assessed."
    )


def test_a_phenotype_says_its_diplotypes_and_its_reports() -> None:
    assert concept_sentence(PACK.concepts[ConceptId("cyp2c9.normal")], PACK) == (
        "“CYP2C9 normal metaboliser” holds when (the CYP2C9 diplotype is one of *1/*1, *1/*2"
        " or, where none was called, the reported phenotype is Normal Metabolizer)."
    )


def test_the_many_diplotypes_of_a_table_are_counted_not_read_out() -> None:
    alleles = ", ".join(f'"*{number}": 1' for number in range(1, 9))
    table = text_of("knowledge.yaml").replace('{"*1": 1, "*2": 0.5, "*3": 0}', f"{{{alleles}}}")
    pack = loaded(base_files(knowledge=table))

    assert concept_sentence(pack.concepts[ConceptId("cyp2c9.normal")], pack) == (
        "“CYP2C9 normal metaboliser” holds when (the CYP2C9 diplotype is one of the 36 from *1/*1 to *8/*8"
        " that the table counts so or, where none was called, the reported phenotype is Normal Metabolizer)."
    )


def test_diplotypes_that_an_author_lists_are_all_read_out() -> None:
    many = [f"*1/*{number}" for number in range(2, 40)]
    listed = ", ".join(f'"{each}"' for each in many)

    assert clause_of(f"{{diplotype: {{gene: CYP2C9, is: [{listed}]}}}}") == (
        f"the CYP2C9 diplotype is one of {', '.join(many)}"
    )


@pytest.mark.parametrize(
    ("kind", "then", "words"),
    [
        (
            "dose adjustment",
            ", compute: {amount: 6 mg, per: kg, of: weight, at_most: 0.4 g, round_to: 50 mg, every: 1 day}",
            "the dose is 6 mg for each kg of body weight, at most 400 mg, in steps of 50 mg, every 24 hours",
        ),
        (
            "dose adjustment",
            ", compute: {amount: 5 mg, per: mL/min, of: crcl, plus: 25 mL/min, at_least: 100 mg}",
            "the dose is 5 mg for each mL/min of (creatinine clearance plus 25 mL/min), at least 100 mg",
        ),
        ("dose adjustment", ", dose: Half of it.", "the dose is “Half of it”"),
        (
            "monitoring",
            (
                ", monitor: [{what: potassium, before: yes, after: [1 week, 1 day], every: 90 days,"
                " above: potassium_high, act: Halve the dose.},"
                " {what: yellow skin, every: 1 day, act: Stop it.},"
                " {what: crcl, before: yes}]"
            ),
            (
                "to watch: serum potassium before the first dose, after 1 day, after 7 days, every 90 days"
                " (above 5.5 mmol/L [potassium_high]: “Halve the dose”);"
                " to watch: “yellow skin” every 1 day (where it is found: “Stop it”);"
                " to watch: creatinine clearance before the first dose"
            ),
        ),
        (
            "therapy to start",
            ", starts: [ketoconazole, strong_cyp3a4_inhibitor]",
            "to start beside it: ketoconazole, any strong CYP3A4 inhibitor",
        ),
        ("precaution", ", alternatives: [rivaroxaban]", "instead: rivaroxaban"),
    ],
)
def test_each_part_of_a_conclusion_has_its_words(kind: str, then: str, words: str) -> None:
    text = a_rule_text("{sex: female}", then=then).replace("kind: precaution", f"kind: {kind}")
    pack = loaded(base_files(titles=TITLES, x=text))

    assert sentence(pack.rules[RuleId("x.rule")], pack) == (
        f"When the recorded sex is female, apixaban needs caution ({kind}, low evidence); {words};"
        " as long as that is undecided, caution is needed all the same."
    )


DRUGS = st.sampled_from(("ketoconazole", "ritonavir", "strong_cyp3a4_inhibitor", "doac"))
CONDITIONS = st.sampled_from([ConditionId(name) for name in ("fall", "surgery", "atrial_fibrillation")])
ENDS = st.sampled_from([None, *map(Decimal, ("0.5", "1", "14", "15"))])


def intervals(unit: str) -> st.SearchStrategy[Interval]:
    """Return intervals of one unit; a missing end is closed below and open above, as they are read."""

    def made(low: Decimal | None, high: Decimal | None, low_closed: bool, high_closed: bool) -> Interval:  # noqa: FBT001
        return Interval(
            unit=unit,
            low=low,
            high=high,
            low_closed=low_closed or low is None,
            high_closed=high_closed and high is not None,
        )

    return (
        st.tuples(ENDS, ENDS, st.booleans(), st.booleans())
        .filter(lambda each: each[0] is not None or each[1] is not None)
        .filter(lambda each: each[0] is None or each[1] is None or each[0] < each[1])
        .map(lambda each: made(*each))
    )


def _some(kind: type[enum.StrEnum]) -> st.SearchStrategy[tuple[enum.StrEnum, ...]]:
    return st.sets(st.sampled_from(list(kind)), max_size=2).map(lambda several: tuple(sorted(several)))


QUANTITIES = st.sampled_from([("potassium", "mmol/L"), ("crcl", "mL/min")])
PARAMETERS = st.sampled_from([(), ("crcl_floor",), ("potassium_high",)])
DAYS = st.sampled_from((1, 7, 14))
MAYBE_DAYS = st.none() | intervals("d")


def _of_quantity(kind: type[Premise], **more: st.SearchStrategy[object]) -> st.SearchStrategy[Premise]:
    """Return atoms of one kind on quantities, each interval in the unit of its quantity or in percent."""
    size = "by" if kind is QuantityChange else "interval"

    def of(quantity: tuple[str, str]) -> st.SearchStrategy[Premise]:
        spans = intervals(quantity[1]) | (intervals("%") if kind is QuantityChange else st.nothing())
        named = st.just(QuantityId(quantity[0]))
        return st.builds(kind, quantity=named, parameters=PARAMETERS, **{size: spans}, **more)

    return QUANTITIES.flatmap(of)


TAKEN = st.builds(
    TakesDrug,
    drug=DRUGS,
    besides=st.sampled_from([(), ("ketoconazole",), ("ketoconazole", "ritonavir")]),
    count=st.integers(1, 3),
    routes=_some(Route),
    dose=st.none() | intervals("mg"),
    daily_dose=st.none() | intervals("mg") | intervals("[IU]"),
    started=MAYBE_DAYS,
)
KINDS: tuple[st.SearchStrategy[Premise], ...] = (
    TAKEN,
    st.builds(StoppedDrug, drug=DRUGS, ago=intervals("d")),
    st.builds(
        lambda condition, time, began: HasCondition(condition=condition, **time, began=began),
        CONDITIONS,
        st.sampled_from([{}, {"ever": True}, {"past": True}]),
        MAYBE_DAYS,
    ),
    st.builds(PlansProcedure, procedure=CONDITIONS, within_days=DAYS),
    st.builds(
        HasAllergy,
        allergen=st.just(AllergenId("penicillins")),
        kind=st.sampled_from([None, AllergyKind.ALLERGY, AllergyKind.INTOLERANCE]),
        at_least=st.none() | st.sampled_from(AllergySeverity),
        reactions=_some(ReactionKind),
    ),
    _of_quantity(QuantityWithin, max_age_days=st.none() | DAYS),
    _of_quantity(QuantityChange, direction=st.sampled_from(Direction), within_days=DAYS),
    _of_quantity(QuantityRepeated, times=st.integers(1, 3), within_days=DAYS, apart_days=st.integers(0, 2)),
    st.builds(InTrimester, trimesters=st.sampled_from([(1,), (2,), (3,), (1, 2), (1, 3), (2, 3)])),
    st.builds(HasState, state=st.sampled_from([StateId("pregnant"), StateId("dialysis")])),
    st.builds(HasSex, sex=st.sampled_from([Sex.FEMALE, Sex.MALE])),
    st.builds(
        HasDiplotype,
        gene=st.just(GeneId("CYP2C9")),
        diplotypes=st.frozensets(st.sampled_from(("*1/*1", "*1/*2", "*3/*3")), min_size=1),
        reported=st.sampled_from([(), ("Poor Metabolizer", "Normal Metabolizer"), ("Poor Metabolizer",)]),
    ),
    st.builds(
        HasReportedPhenotype,
        gene=st.just(GeneId("CYP2C9")),
        phenotypes=st.sampled_from([("Poor Metabolizer",), ("Poor Metabolizer", "Normal Metabolizer")]),
    ),
    st.builds(Derived, concept=st.sampled_from([ConceptId("bleeding.active"), ConceptId("cyp2c9.poor")])),
)
EVERY_ATOM = st.one_of(KINDS)
PREMISES = st.recursive(
    EVERY_ATOM,
    lambda inner: st.one_of(
        st.builds(lambda parts: AllOf(parts=tuple(parts)), st.lists(inner, min_size=1, max_size=3)),
        st.builds(lambda parts: AnyOf(parts=tuple(parts)), st.lists(inner, min_size=1, max_size=3)),
        st.builds(lambda part: Negation(part=part), inner),
        st.builds(
            lambda count, parts: AtLeast(count=count, parts=tuple(parts)),
            st.integers(1, 2),
            st.lists(inner, min_size=1, max_size=3),
        ),
    ),
    max_leaves=12,
)


@given(PREMISES)
def test_a_clause_can_be_read_back_as_the_very_tree_it_was_made_from(premise: Premise) -> None:
    atoms = {clause(atom, PACK): atom for atom in walk(premise) if not isinstance(atom, CONNECTIVES)}

    assert read_back(clause(premise, PACK), atoms) == premise


@given(st.lists(EVERY_ATOM, min_size=2, max_size=40))
def test_two_different_atoms_never_have_the_same_words(atoms: list[Premise]) -> None:
    said: dict[str, Premise] = {}
    for atom in atoms:
        assert said.setdefault(clause(atom, PACK), atom) == atom


@given(st.sampled_from(KINDS).flatmap(lambda kind: st.tuples(kind, kind)), st.data())
def test_an_atom_with_one_detail_changed_has_other_words(
    atoms: tuple[Premise, Premise], data: st.DataObject
) -> None:
    atom, other = atoms
    name = data.draw(st.sampled_from([field.name for field in fields(atom)]))
    # A condition is looked for now, ever or in the past: one detail, kept in two fields.
    names = ("ever", "past") if name in {"ever", "past"} else (name,)
    changed = replace(atom, **{each: getattr(other, each) for each in names})

    assert (clause(changed, PACK) == clause(atom, PACK)) is (changed == atom)


CONNECTIVES = (AllOf, AnyOf, AtLeast, Negation)


def read_back(text: str, atoms: Mapping[str, Premise]) -> Premise:
    """Read a clause as a careful person does: the outermost connective first."""
    if text in atoms:
        return atoms[text]
    if _in_brackets(text):
        return read_back(text[1:-1], atoms)
    if text.startswith("it is not so that "):
        return Negation(part=read_back(text.removeprefix("it is not so that "), atoms))
    for words, kind in (("all of this holds: ", AllOf), ("any of this holds: ", AnyOf)):
        if text.startswith(words):
            return kind(parts=(read_back(text.removeprefix(words), atoms),))
    counted = re.match(r"at least (\d+) of these hold: ", text)
    word = " | " if counted else " and " if len(_split(text, " and ")) > 1 else " or "
    parts = _split(text[counted.end() :] if counted else text, word)
    read = tuple(read_back(part, atoms) for part in parts)
    if counted:
        return AtLeast(count=int(counted[1]), parts=read)
    return AllOf(parts=read) if word == " and " else AnyOf(parts=read)


def _in_brackets(text: str) -> bool:
    """Tell whether one pair of brackets holds the whole text."""
    depth = 0
    for at, sign in enumerate(text):
        depth += (sign == "(") - (sign == ")")
        if depth == 0:
            return text.startswith("(") and at == len(text) - 1
    return False


def _split(text: str, word: str) -> list[str]:
    """Split at a word that stands outside brackets and quotation marks."""
    parts, depth, begin, at = [], 0, 0, 0
    while at < len(text):
        depth += (text[at] in "(“") - (text[at] in ")”")
        if depth == 0 and text.startswith(word, at):
            parts.append(text[begin:at])
            at = begin = at + len(word)
        else:
            at += 1
    return [*parts, text[begin:]]
