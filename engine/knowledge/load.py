"""Loading a rule pack: bytes in, a pack or all that is wrong with it out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from engine.domain.diagnostics import Diagnostic, DiagnosticGrade
from engine.domain.pack import PackFile, RulePack
from engine.domain.vocabulary import Vocabulary
from engine.errors import PackRejected
from engine.knowledge import parse, words
from engine.knowledge.cases import Case, StandardPatient, read_cases, read_standard_patients
from engine.knowledge.checks import CHECKS, LAST_CHECKS
from engine.knowledge.codes import Code
from engine.knowledge.conclusions import Conclusions
from engine.knowledge.criteria import CriteriaList, criteria_lists
from engine.knowledge.criteria_schema import CriteriaEntry
from engine.knowledge.entries import Entries, read_entries
from engine.knowledge.manifest import pack_hash, read_pack_files, verify_seal
from engine.knowledge.material import Check, Material
from engine.knowledge.names import Names
from engine.knowledge.notes import Notes
from engine.knowledge.phenotypes import alleles_of, define_phenotypes, phenotypes
from engine.knowledge.premises import Premises
from engine.knowledge.schema import (
    CitationEntry,
    ConceptEntry,
    IndicationEntry,
    PackEntry,
    ParameterEntry,
    PhenotypeTable,
    RuleEntry,
)
from engine.knowledge.selection import Selection
from engine.knowledge.unswept import unswept
from engine.knowledge.word_schema import (
    AllergenEntry,
    ClassEntry,
    ConditionEntry,
    DrugEntry,
    GeneEntry,
    QuantityEntry,
    StateEntry,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """What came of reading a pack."""

    pack: RulePack | None
    """None where there is an error."""
    diagnostics: tuple[Diagnostic, ...]
    """In order of place."""
    cases: tuple[Case, ...]
    criteria: tuple[CriteriaList, ...]
    """Published lists, and which rules say each of their criteria."""
    patients: tuple[StandardPatient, ...]
    """Whom a survey goes through."""
    day: date


def load(
    files: tuple[PackFile, ...], day: date, *, cases: bool = True, extra_checks: tuple[Check, ...] = ()
) -> Loaded:
    """Read a pack from bytes in memory, so that archived packs and drafts load alike.

    Args:
        files: every file of the pack.
        day: the day whose parameter values hold.
        cases: whether to read case files as well, and to ask that every rule has its cases;
            a sealed pack was asked before, so start-up need not.
        extra_checks: checks of other floors, such as the limits of the rule engine.
    """
    with unswept():
        return _load(files, day, cases=cases, extra_checks=extra_checks)


def load_pack(
    files: tuple[PackFile, ...], day: date, *, cases: bool = True, extra_checks: tuple[Check, ...] = ()
) -> tuple[RulePack | None, tuple[Diagnostic, ...]]:
    """Read a pack, as ``load`` does; return it, or None where there is an error, and every diagnostic."""
    loaded = load(files, day, cases=cases, extra_checks=extra_checks)
    return loaded.pack, loaded.diagnostics


def _load(files: tuple[PackFile, ...], day: date, *, cases: bool, extra_checks: tuple[Check, ...]) -> Loaded:
    notes = Notes(day=day)
    entries = read_entries(files, notes, cases=cases)
    material = _material(entries, notes, cases=cases)
    for check in (*CHECKS, *extra_checks):
        notes.diagnostics.extend(check(material))
    if not any(_hides_uses(item) for item in notes.diagnostics):
        for check in LAST_CHECKS:
            notes.diagnostics.extend(check(material))
    diagnostics = tuple(sorted(dict.fromkeys(notes.diagnostics), key=_place))
    refused = any(item.grade is DiagnosticGrade.ERROR for item in diagnostics)
    return Loaded(
        pack=None if refused or not entries.packs else _pack(files, tuple(entries.packs.values()), material),
        diagnostics=diagnostics,
        cases=material.cases,
        criteria=material.criteria,
        patients=material.patients,
        day=day,
    )


def _pack(files: tuple[PackFile, ...], who: tuple[PackEntry, ...], material: Material) -> RulePack:
    return RulePack(
        pack_id="+".join(each.id for each in who),
        title=" with ".join(each.title for each in who),
        version=" with ".join(each.version for each in who),
        status="; ".join(dict.fromkeys(each.status for each in who)),
        pack_hash=pack_hash(files),
        rules=material.rules,
        concepts=material.concepts,
        parameters=material.parameters,
        citations=material.citations,
        indications=material.indications,
        vocabulary=material.vocabulary,
        files=tuple(sorted(files, key=lambda file: file.path)),
    )


def names_of(files: tuple[PackFile, ...], day: date) -> Names:
    """Return what the files of a pack define and refer to, whatever else is wrong with them; no cases."""
    notes = Notes(day=day)
    _material(read_entries(files, notes, cases=False), notes, cases=False)
    return notes.names


def load_sealed(folder: Path, day: date, *, extra_checks: tuple[Check, ...] = ()) -> RulePack:
    """Load the sealed pack of a folder for use.

    Raises:
        PackAltered: a file differs from its seal, is missing or was added.
        PackRejected: there is an error in it; all of them are told.
    """
    files = read_pack_files(folder)
    verify_seal(files)
    pack, diagnostics = load_pack(files, day, cases=False, extra_checks=extra_checks)
    if pack is None:
        raise rejected(diagnostics, str(folder))
    return pack


def rejected(diagnostics: tuple[Diagnostic, ...], place: str) -> PackRejected:
    """Return the error that carries every diagnostic of grade error."""
    errors = [str(item) for item in diagnostics if item.grade is DiagnosticGrade.ERROR]
    return PackRejected(
        "\n".join([f"the rule pack cannot be used: {len(errors)} errors.", *errors]),
        hint="Mend them and load it again.",
        place=place,
    )


def _hides_uses(diagnostic: Diagnostic) -> bool:
    return diagnostic.grade is DiagnosticGrade.ERROR and diagnostic.code != Code.CASES_MISSING


def _place(diagnostic: Diagnostic) -> tuple[str, int, int, str, str]:
    span = diagnostic.span
    return (span.path, span.line, span.column, diagnostic.code, diagnostic.message)


def _material(entries: Entries, notes: Notes, *, cases: bool) -> Material:
    drugs, classes = words.drugs_and_classes(
        entries.of("drugs", DrugEntry), entries.of("classes", ClassEntry), notes
    )
    tables = entries.of("phenotypes", PhenotypeTable)
    vocabulary = Vocabulary(
        drugs=drugs,
        classes=classes,
        conditions=words.conditions(entries.of("conditions", ConditionEntry), notes),
        quantities=words.quantities(entries.of("quantities", QuantityEntry), notes),
        allergens=words.allergens(entries.of("allergens", AllergenEntry), notes),
        states=words.states(entries.of("states", StateEntry)),
        genes=words.genes(entries.of("genes", GeneEntry), alleles_of(tables)),
    )
    citations = parse.citations(entries.of("citations", CitationEntry))
    parameters = parse.parameters(entries.of("parameters", ParameterEntry), notes)
    define_phenotypes(tables, notes)
    spoken_of = parse.drugs_spoken_of(entries.of("rules", RuleEntry), drugs, classes)
    parse.define_options(entries.of("indications", IndicationEntry), spoken_of, notes)
    of_tables = phenotypes(tables, notes)
    indications = parse.indications(
        entries.of("indications", IndicationEntry), drugs, spoken_of, entries.of("drugs", DrugEntry), notes
    )
    premises = Premises(
        notes,
        classes=classes,
        quantities=vocabulary.quantities,
        parameters=parameters,
        phenotypes=of_tables,
    )
    concepts = parse.concepts(entries.of("concepts", ConceptEntry), premises, notes)
    conclusions = Conclusions(notes=notes, limits=premises.limits)
    selection = Selection(notes=notes, limits=premises.limits, indications=indications, classes=classes)
    return Material(
        day=notes.day,
        names=notes.names,
        entries=entries,
        rules=parse.rules(entries.of("rules", RuleEntry), premises, conclusions, selection, notes),
        concepts={**of_tables.concepts, **concepts},
        parameters=parameters,
        citations=citations,
        indications=indications,
        vocabulary=vocabulary,
        cases=read_cases(entries.case_files, notes),
        patients=read_standard_patients(entries.case_files, notes),
        criteria=criteria_lists(entries.of("criteria", CriteriaEntry), notes),
        with_cases=cases,
    )
