"""Given-when-then cases as values: who the patient is, what is expected of which rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from engine.domain.ids import IndicationId, OptionId, RuleId
from engine.domain.patient import ListKind, Sex
from engine.domain.rules import FileSpan, Jurisdiction
from engine.knowledge.case_schema import (
    AllergyGiven,
    CaseEntry,
    DiagnosisGiven,
    Expectation,
    GenotypeGiven,
    GivenEntry,
    MedicationGiven,
    Outcome,
    PlannedGiven,
)
from engine.knowledge.codes import Code
from engine.knowledge.entries import CaseFile
from engine.knowledge.fields import Refused
from engine.knowledge.measures import dated_amount, dose_of
from engine.knowledge.names import Sort
from engine.knowledge.notes import Notes
from engine.terminology.alike import did_you_mean

SURVEY = "survey"
"""The folder whose case files describe standard patients."""
_Listed = DiagnosisGiven | MedicationGiven | AllergyGiven | PlannedGiven
_PERSON = ("sex", "birth_date", "race")
_SORTS = (Sort.QUANTITY, Sort.CONDITION, Sort.DRUG, Sort.ALLERGEN, Sort.GENE, Sort.STATE)


@dataclass(slots=True, kw_only=True)
class Given:
    """A patient as a case describes them, templates merged in."""

    sex: Sex | None = None
    birth_date: date | None = None
    race: str | None = None
    quantities: dict[str, list[str]] = field(default_factory=dict)
    conditions: list[DiagnosisGiven] = field(default_factory=list)
    medications: list[MedicationGiven] = field(default_factory=list)
    allergies: list[AllergyGiven] = field(default_factory=list)
    planned: list[PlannedGiven] = field(default_factory=list)
    states: dict[str, bool] = field(default_factory=dict)
    genotypes: dict[str, GenotypeGiven] = field(default_factory=dict)
    reviewed: list[ListKind] = field(default_factory=list)

    def take_away(self, name: str) -> None:
        """Remove what is known under a name."""
        self.quantities.pop(name, None)
        self.states.pop(name, None)
        self.genotypes.pop(name, None)
        self.conditions = [each for each in self.conditions if each.id != name]
        self.medications = [each for each in self.medications if each.id != name]
        self.allergies = [each for each in self.allergies if each.id != name]
        self.planned = [each for each in self.planned if each.id != name]
        self.reviewed = [each for each in self.reviewed if each.value != name]
        if name in _PERSON:
            setattr(self, name, None)

    def add(self, entry: GivenEntry) -> None:
        """Merge mappings, replace lists and single data."""
        for name in _PERSON:
            if getattr(entry, name) is not None:
                setattr(self, name, getattr(entry, name))
        self.quantities |= entry.quantities
        self.states |= entry.states
        self.genotypes |= entry.genotypes
        self.conditions = self.conditions if entry.conditions is None else entry.conditions
        self.medications = self.medications if entry.medications is None else entry.medications
        self.allergies = self.allergies if entry.allergies is None else entry.allergies
        self.planned = self.planned if entry.planned is None else entry.planned
        self.reviewed = self.reviewed if entry.reviewed is None else entry.reviewed


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What a case expects of one rule."""

    rule_id: RuleId
    expectation: Expectation
    span: FileSpan


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One case, ready to run."""

    name: str
    span: FileSpan
    on: date
    jurisdiction: Jurisdiction
    indication_id: IndicationId
    given: Given
    expected: tuple[Expected, ...]
    verdicts: tuple[tuple[OptionId, Outcome], ...]

    @property
    def rules(self) -> tuple[RuleId, ...]:
        """The rules it speaks of."""
        return tuple(each.rule_id for each in self.expected)


@dataclass(frozen=True, slots=True, kw_only=True)
class StandardPatient:
    """A patient whom every indication can be surveyed for."""

    name: str
    given: Given
    span: FileSpan


def read_standard_patients(files: Sequence[CaseFile], notes: Notes) -> tuple[StandardPatient, ...]:
    """Return the patients that files below a folder ``survey`` describe, in order of file and line."""
    patients = _Patients(files, notes)
    return tuple(
        StandardPatient(name=name, given=given, span=entry.at())
        for file in files
        if SURVEY in file.path.split("/")[:-1]
        for name, entry in file.patients.items()
        if (given := patients.given(file, entry, f'patient "{name}"')) is not None
    )


def read_cases(files: Sequence[CaseFile], notes: Notes) -> tuple[Case, ...]:
    """Return the cases of all files; what they name is noted, so that checks can tell what is undefined."""
    patients = _Patients(files, notes)
    return tuple(
        case for file in files for entry in file.cases for case in _case(file, entry, patients, notes)
    )


def _case(file: CaseFile, entry: CaseEntry, patients: _Patients, notes: Notes) -> Iterator[Case]:
    by = f'case "{entry.name}"'
    notes.refer(by, entry.at("indication"), entry.indication, Sort.INDICATION)
    for rule in entry.then:
        notes.refer(by, entry.at("then", rule), rule, Sort.RULE)
    for option in entry.verdicts:
        notes.refer(by, entry.at("verdicts", option), option, Sort.OPTION)
    if not entry.then and not entry.verdicts:
        notes.refuse(
            Code.MISSING_KEY,
            entry.at("then"),
            f"{by} expects nothing.",
            "Write then: {RULE: fires}, or verdicts: {OPTION: clear}.",
        )
    given = patients.given(file, entry.given, by)
    if given is not None:
        yield Case(
            name=entry.name,
            span=entry.at("name"),
            on=entry.on,
            jurisdiction=entry.jurisdiction,
            indication_id=IndicationId(entry.indication),
            given=given,
            expected=tuple(
                Expected(rule_id=RuleId(rule), expectation=expectation, span=entry.at("then", rule))
                for rule, expectation in entry.then.items()
            ),
            verdicts=tuple((OptionId(option), verdict) for option, verdict in entry.verdicts.items()),
        )


class _Patients:
    """The patients that cases start from: those of the same file first, then those of any other."""

    def __init__(self, files: Sequence[CaseFile], notes: Notes) -> None:
        self._notes = notes
        self._own = {file.path: file.patients for file in files}
        self._all: dict[str, GivenEntry] = {}
        for file in files:
            for name, entry in file.patients.items():
                self._all.setdefault(name, entry)
                self._note_names(entry, f'patient "{name}"')

    def given(self, file: CaseFile, entry: GivenEntry, by: str) -> Given | None:
        """Return the patient of a case, or None where what it starts from is not to be had."""
        self._note_names(entry, by)
        chain = [entry]
        seen: set[str] = set()
        while chain[-1].like is not None:
            like = chain[-1].like
            base = self._known(file).get(like)
            if base is None or like in seen:
                self._notes.refuse(
                    Code.CYCLE if base else Code.UNDEFINED_NAME,
                    chain[-1].at("like"),
                    f'{by} starts from the patient "{like}", '
                    + ("who starts from themselves." if base else "whom no case file describes."),
                    "Begin one of them without like."
                    if base
                    else did_you_mean(
                        like,
                        sorted(self._known(file)),
                        listed_by="They stand under patients, in this case file and those below survey.",
                    ),
                )
                return None
            seen.add(like)
            chain.append(base)
        made = Given()
        for each in reversed(chain):
            for name in each.without:
                made.take_away(name)
            made.add(each)
        return made

    def _known(self, file: CaseFile) -> Mapping[str, GivenEntry]:
        return {**self._all, **self._own[file.path]}

    def _note_names(self, entry: GivenEntry, by: str) -> None:
        refer = self._notes.refer
        for name, texts in entry.quantities.items():
            span = entry.at("quantities", name)
            refer(by, span, name, Sort.QUANTITY)
            self._try_amounts(name, texts, span, by)
        for name in entry.states:
            refer(by, entry.at("states", name), name, Sort.STATE)
        for name in entry.genotypes:
            refer(by, entry.at("genotypes", name), name, Sort.GENE)
        groups: tuple[tuple[str, Sequence[_Listed], tuple[Sort, ...]], ...] = (
            ("conditions", entry.conditions or (), (Sort.CONDITION,)),
            ("medications", entry.medications or (), (Sort.DRUG,)),
            ("allergies", entry.allergies or (), (Sort.ALLERGEN, Sort.DRUG)),
            ("planned", entry.planned or (), (Sort.CONDITION,)),
        )
        for key, items, sorts in groups:
            for index, item in enumerate(items):
                if item.id is not None:
                    refer(by, entry.at(key, index), item.id, *sorts)
                elif item.text is None:
                    self._notes.refuse(
                        Code.MISSING_KEY,
                        entry.at(key, index),
                        f"{by}: an entry of {key} says neither id nor text.",
                        "Write an id, or {text: ..} for one that no vocabulary knows.",
                    )
        self._try_medications(entry, by)
        for index, name in enumerate(entry.without):
            if name not in _PERSON and name not in list(ListKind):
                refer(by, entry.at("without", index), name, *_SORTS)

    def _try_medications(self, entry: GivenEntry, by: str) -> None:
        for index, item in enumerate(entry.medications or ()):
            for key, written in (("dose", item.dose), ("daily_dose", item.daily_dose)):
                if written is not None and dose_of(written) is None:
                    self._notes.refuse(
                        Code.UNIT,
                        entry.at("medications", index, key),
                        f'{by}: {key} "{written}" is no dose.',
                        "Write an amount of the drug: mg, g, ug, mmol, mL or IU.",
                    )
            if item.since is not None and item.stopped is not None and item.stopped > item.since:
                self._notes.refuse(
                    Code.BAD_VALUE,
                    entry.at("medications", index, "stopped"),
                    f"{by}: {item.id or item.text} was stopped before it was begun.",
                    "Both count back from the day of the case: since is the larger one.",
                )

    def _try_amounts(self, name: str, texts: Sequence[str], span: FileSpan, by: str) -> None:
        for text in texts:
            try:
                dated_amount(text)
            except Refused as exc:
                self._notes.refuse(Code.BAD_VALUE, span, f"{by}: {name}: {exc.message}", exc.hint)
