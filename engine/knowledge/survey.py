"""What every option of an indication comes to for the standard patients of a pack, and by which rules.

Standard patients are those that case files below a folder ``survey`` describe. Each is given the condition
that the indication names first, for nobody is asked about a disease they do not have.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeVar

from engine.domain.ids import IndicationId, OptionId, QuantityId
from engine.domain.options import Assessment
from engine.domain.pack import PackFile, RulePack
from engine.domain.patient import ConditionStatus
from engine.domain.rules import Jurisdiction
from engine.domain.therapy import Indication, OptionsFrom
from engine.domain.vocabulary import Vocabulary
from engine.errors import NotFound
from engine.knowledge.case_records import record_of
from engine.knowledge.case_runs import load_to_run, noon_of
from engine.knowledge.case_schema import AllergyGiven, DiagnosisGiven, MedicationGiven, Outcome, PlannedGiven
from engine.knowledge.cases import Case, Given, StandardPatient
from engine.knowledge.load import Loaded, rejected
from engine.knowledge.material import Check
from engine.ports import Assessor, Progress
from engine.terminology.alike import did_you_mean

_EntryT = TypeVar("_EntryT", DiagnosisGiven, MedicationGiven, AllergyGiven, PlannedGiven)


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyedOption:
    """What one option comes to for one patient."""

    option_id: OptionId
    outcome: Outcome
    rules: tuple[str, ...]
    """That fired, worst first."""
    undecided: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyedPatient:
    """What every option comes to for one patient."""

    name: str
    options: tuple[SurveyedOption, ...]
    """In the order of the indication."""
    as_the_first: bool
    """No rule noticed a difference to the first patient."""
    unspoken: tuple[str, ...]
    """What is said of the patient that this pack has no word for."""
    faults: tuple[str, ...]
    """Of the rule engine; with any, no option could be assessed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """The standard patients of a pack in one indication, under one label."""

    indication_id: IndicationId
    title: str
    condition: str
    """Which all of them were given; empty where the indication names none."""
    jurisdiction: Jurisdiction
    on: date
    version: str
    pack_hash: str
    patients: tuple[SurveyedPatient, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedOption:
    """An option that comes to something else, or by other rules."""

    option_id: OptionId
    before: SurveyedOption | None
    """None where the other version has no such option."""
    after: SurveyedOption | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedPatient:
    """A patient of whom two versions say different things."""

    name: str
    changes: tuple[ChangedOption, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What one version of a pack says otherwise than another one, patient by patient."""

    before: Survey
    after: Survey
    changed: tuple[ChangedPatient, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What a survey is asked."""

    indication_id: IndicationId
    jurisdiction: Jurisdiction
    on: date
    patients: tuple[str, ...] = ()
    """By name; empty: all."""


def load_for_survey(
    files: tuple[PackFile, ...], on: date, extra_checks: tuple[Check, ...] = (), *, where: str = ""
) -> Loaded:
    """Load a pack with its patients.

    Args:
        files: every file of the pack.
        on: the day for which it is checked.
        extra_checks: as for ``load_pack``.
        where: the folders it comes from; of two versions, which one cannot be used.

    Raises:
        PackRejected: there is an error in it.
    """
    loaded = load_to_run(files, on, extra_checks)
    if loaded.pack is None:
        raise rejected(loaded.diagnostics, where)
    return loaded


def surveyed(
    pack: RulePack,
    patients: Sequence[StandardPatient],
    question: Question,
    assessor: Assessor,
    progress: Progress,
) -> Survey:
    """Assess the standard patients.

    Args:
        pack: with the thresholds of the day.
        patients: of this version of the pack, or of the one it is compared with.
        question: of which indication, under which label, on which day.
        assessor: what assesses options.
        progress: told after each patient.

    Raises:
        NotFound: there is no such indication or patient, or no standard patient at all.
        Cancelled: the user asked for it to stop.
    """
    indication = pack.indications.get(question.indication_id)
    if indication is None:
        raise NotFound(
            f"the rule pack {pack.title} has no indication {question.indication_id!r}.",
            hint=did_you_mean(question.indication_id, sorted(pack.indications)),
        )
    chosen = _chosen(patients, question.patients)
    found: list[SurveyedPatient] = []
    for number, patient in enumerate(chosen, start=1):
        found.append(_surveyed(patient, pack, indication, question, assessor))
        if found[-1].options == found[0].options and number > 1:
            found[-1] = replace(found[-1], as_the_first=True)
        progress.step(number, len(chosen), patient.name)
    return Survey(
        indication_id=indication.indication_id,
        title=indication.title,
        condition=next(iter(indication.conditions), ""),
        jurisdiction=question.jurisdiction,
        on=question.on,
        version=pack.version,
        pack_hash=pack.pack_hash,
        patients=tuple(found),
    )


def compared(before: Survey, after: Survey) -> Comparison:
    """Return what is said otherwise of the patients of two surveys of one question."""
    old = {patient.name: _by_id(patient) for patient in before.patients}
    changed = [
        ChangedPatient(name=patient.name, changes=tuple(_changes(old.get(patient.name, {}), _by_id(patient))))
        for patient in after.patients
    ]
    return Comparison(before=before, after=after, changed=tuple(each for each in changed if each.changes))


def _chosen(patients: Sequence[StandardPatient], names: Sequence[str]) -> tuple[StandardPatient, ...]:
    if not patients:
        raise NotFound(
            "the rule pack describes no standard patients.",
            hint="Describe them under patients in a case file below a folder survey.",
        )
    by_name = {patient.name: patient for patient in patients}
    for name in names:
        if name not in by_name:
            raise NotFound(
                f'there is no standard patient "{name}".',
                hint=did_you_mean(name, by_name, listed_by="List them by: main.py survey --list-patients"),
            )
    return tuple(by_name[name] for name in names) or tuple(patients)


def _surveyed(
    patient: StandardPatient,
    pack: RulePack,
    indication: Indication,
    question: Question,
    assessor: Assessor,
) -> SurveyedPatient:
    given, unspoken = _in_words_of(pack.vocabulary, _with_condition(patient.given, indication))
    case = Case(
        name=patient.name,
        span=patient.span,
        on=question.on,
        jurisdiction=question.jurisdiction,
        indication_id=indication.indication_id,
        given=given,
        expected=(),
        verdicts=(),
    )
    record = record_of(case, pack.vocabulary)
    assessments = assessor.assess(
        pack, record, indication.indication_id, question.jurisdiction, noon_of(question.on)
    )
    return SurveyedPatient(
        name=patient.name,
        options=tuple(_options(assessments, indication)),
        as_the_first=False,
        unspoken=unspoken,
        faults=tuple(dict.fromkeys(fault for each in assessments for fault in each.faults)),
    )


def _options(assessments: Sequence[Assessment], indication: Indication) -> Iterator[SurveyedOption]:
    """Yield every option; of those that a pack lists also the ones that are not offered under the label."""
    came = {each.option.option_id: each for each in assessments}
    listed = indication.options_from is OptionsFrom.LISTED
    for option_id in (option.option_id for option in indication.options):
        each = came.get(option_id)
        if each is not None:
            yield SurveyedOption(
                option_id=option_id,
                outcome=Outcome(each.verdict.value),
                rules=tuple(finding.rule_id for finding in each.findings),
                undecided=tuple(item.rule_id for item in each.undecided),
            )
        elif listed:
            yield SurveyedOption(option_id=option_id, outcome=Outcome.NOT_OFFERED, rules=(), undecided=())


def _with_condition(given: Given, indication: Indication) -> Given:
    """Return a patient with the condition that an indication names first."""
    first = next(iter(indication.conditions), None)
    if first is None or any(each.id == first for each in given.conditions):
        return given
    own = DiagnosisGiven(id=first, status=ConditionStatus.ACTIVE)
    return replace(given, conditions=[own, *given.conditions])


def _in_words_of(words: Vocabulary, given: Given) -> tuple[Given, tuple[str, ...]]:
    """Return a patient in the words of a pack that may be of before some of them, and what it lacks.

    An entry of a list that it does not know is one that it does not understand, as it would be in a record;
    no rule of it can ask for a value it has no name for.
    """
    quantities = {
        name: each for name, each in given.quantities.items() if QuantityId(name) in words.quantities
    }
    states = {name: each for name, each in given.states.items() if name in words.states}
    genotypes = {name: each for name, each in given.genotypes.items() if name in words.genes}
    drugs, conditions = frozenset[str](words.drugs), frozenset[str](words.conditions)
    allergens = drugs.union(words.allergens)
    lists = (
        (given.conditions, conditions),
        (given.medications, drugs),
        (given.allergies, allergens),
        (given.planned, conditions),
    )
    unspoken = [
        *(name for name in given.quantities if name not in quantities),
        *(name for name in given.states if name not in states),
        *(name for name in given.genotypes if name not in genotypes),
        *(
            each.id
            for entries, known in lists
            for each in entries
            if each.id is not None and each.id not in known
        ),
    ]
    if not unspoken:
        return given, ()
    return (
        replace(
            given,
            quantities=quantities,
            states=states,
            genotypes=genotypes,
            conditions=[_spoken(each, conditions) for each in given.conditions],
            medications=[_spoken(each, drugs) for each in given.medications],
            allergies=[_spoken(each, allergens) for each in given.allergies],
            planned=[_spoken(each, conditions) for each in given.planned],
        ),
        tuple(dict.fromkeys(unspoken)),
    )


def _spoken(entry: _EntryT, known: frozenset[str]) -> _EntryT:
    if entry.id is None or entry.id in known:
        return entry
    return entry.model_copy(update={"id": None, "text": entry.id})


def _by_id(patient: SurveyedPatient) -> dict[OptionId, SurveyedOption]:
    return {option.option_id: option for option in patient.options}


def _changes(
    before: Mapping[OptionId, SurveyedOption], after: Mapping[OptionId, SurveyedOption]
) -> Iterator[ChangedOption]:
    for option_id in dict.fromkeys((*after, *before)):
        old, new = before.get(option_id), after.get(option_id)
        if old != new:
            yield ChangedOption(option_id=option_id, before=old, after=new)
