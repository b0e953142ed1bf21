"""What a missing datum may turn out to be: hypothetical records, one for each answer rules can tell apart.

Each record is made as the real one would be: where a clinician can enter the datum, by the statement they
would enter. Entries of lists, birth date and sex come by import only and are put in place directly.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from engine.decision.drug_details import detail_statements
from engine.decision.list_entries import medications, procedures
from engine.decision.turning_points import Grid, Regions
from engine.domain.atoms import Atom, HasDiplotype
from engine.domain.details import detail_of
from engine.domain.findings import MissingDatum, MissingKind
from engine.domain.ids import AllergenId, ConditionId, DrugId, GeneId, QuantityId, Symbol
from engine.domain.patient import (
    Allergy,
    AllergyKind,
    ConditionStatus,
    Diagnosis,
    ListKind,
    PatientRecord,
    Sex,
    Statement,
    StatementKind,
)
from engine.domain.provenance import Method, Provenance
from engine.domain.quantities import plain
from engine.domain.vocabulary import Vocabulary
from engine.errors import InputError
from engine.facts.reach import BIRTH, SEX, Key, Reach
from engine.terminology.spelling import read_aloud

#: Adds a statement to a record as a clinician's entry would, or refuses it with an ``InputError``.
Enter = Callable[[PatientRecord, Statement], PatientRecord]

_HYPOTHETICAL = Provenance(method=Method.ENTERED, resource="a hypothesis")
_AGE = QuantityId("age")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hypothesis:
    """One answer, and the record as it would be then."""

    says: str
    record: PatientRecord
    touched: frozenset[Key]
    """What it may change, counted from the hypothesis it builds on."""
    statement: Statement | None
    upon: int | None = None
    """The number of the hypothesis it builds on; None: the record as it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hypotheses:
    """Makes the hypotheses of one record."""

    record: PatientRecord
    vocabulary: Vocabulary
    reach: Reach
    atoms: Sequence[Atom]
    """Every atom that the rules ask for."""
    heard: Mapping[Key, frozenset[Symbol]]
    """What each key reaches, of these atoms and of the terms of their scores."""
    regions: Regions
    enter: Enter
    today: date

    def of(self, datum: MissingDatum) -> tuple[Hypothesis, ...]:
        """Return what a datum may turn out to be, in an order that reads well."""
        return tuple(self._of(datum))

    def _of(self, datum: MissingDatum) -> Iterator[Hypothesis]:
        match datum.kind:
            case MissingKind.QUANTITY:
                yield from self._quantity(QuantityId(datum.subject), datum.title)
            case MissingKind.STATE:
                yield from self._state(datum)
            case MissingKind.LIST_REVIEW:
                yield from self._list(ListKind(datum.subject), datum.title)
            case MissingKind.GENOTYPE:
                yield from self._genotype(GeneId(datum.subject), datum.title)
            case MissingKind.DRUG_IDENTITY:
                yield from self._identity(datum.subject)
            case MissingKind.MEDICATION_DETAIL:
                yield from self._detail(datum)
            case MissingKind.PERSON:
                yield from self._sex() if datum.subject == "sex" else self._birth()

    def _entered(self, says: str, statement: Statement, *touched: Key) -> Iterator[Hypothesis]:
        """Yield what entering a statement makes of the record; nothing where it would be refused."""
        try:
            record = self.enter(self.record, statement)
        except InputError:
            return
        yield Hypothesis(says=says, record=record, touched=frozenset(touched), statement=statement)

    def _quantity(self, quantity: QuantityId, title: str) -> Iterator[Hypothesis]:
        known = self.vocabulary.quantities.get(quantity)
        if known is None:
            return

        def at(value: Decimal) -> Statement:
            return Statement(
                kind=StatementKind.QUANTITY, subject=quantity, value=plain(value), unit=known.unit
            )

        def record_at(value: Decimal) -> PatientRecord | None:
            try:
                return self.enter(self.record, at(value))
            except InputError:
                return None

        edges = self.reach.edges(quantity, self.atoms)
        computed = [(item, self.reach.edges(item, self.atoms)) for item in self.reach.computed_from(quantity)]
        moving = self.reach.moving(quantity, self.atoms)
        unit = read_aloud(known.unit)
        for region in self.regions.of(Grid.of(known, edges), edges, computed, record_at, moving):
            says = f"{title} {region.said(unit)}"
            yield from self._entered(says, at(region.inside), ("quantity", quantity))

    def _state(self, datum: MissingDatum) -> Iterator[Hypothesis]:
        for answer in ("yes", "no"):
            statement = Statement(kind=StatementKind.STATE, subject=datum.subject, value=answer)
            yield from self._entered(f"{datum.title}: {answer}", statement, ("state", datum.subject), SEX)

    def _list(self, kind: ListKind, title: str) -> Iterator[Hypothesis]:
        review = Statement(kind=StatementKind.LIST_REVIEWED, subject=kind.value, value="")
        for reviewed in self._entered(f"{title} reviewed, nothing to add", review, ("list", kind.value)):
            yield reviewed
            for named, touched, record in self._entries(kind, reviewed.record):
                says = f"{title} reviewed, with {named}"
                yield Hypothesis(says=says, record=record, touched=touched, statement=None, upon=0)

    def _entries(  # noqa: C901 - one case a kind of list
        self, kind: ListKind, record: PatientRecord
    ) -> Iterator[tuple[str, frozenset[Key], PatientRecord]]:
        """Yield the record with one entry more, an entry for each that rules can tell apart."""
        words = self.vocabulary
        match kind:
            case ListKind.CONDITIONS:
                for several in self._alike("condition", words.conditions):
                    condition = ConditionId(several[0])
                    entry = Diagnosis(
                        condition=condition,
                        text=words.conditions[condition].title,
                        status=ConditionStatus.ACTIVE,
                        provenance=self._provenance,
                    )
                    changed = replace(record, diagnoses=(*record.diagnoses, entry))
                    yield entry.text, frozenset({("condition", condition)}), changed
            case ListKind.MEDICATIONS:
                for several in self._alike("drug", words.drugs):
                    drug = DrugId(several[0])
                    heard = self._hearing(("drug", drug))
                    title = words.drugs[drug].title
                    for said, taken in medications(drug, title, heard, self.today, self._provenance):
                        changed = replace(record, medications=(*record.medications, taken))
                        yield f"{self._or_alike(several)}{said}", frozenset({("drug", drug)}), changed
            case ListKind.ALLERGIES:
                for several in self._alike("allergen", words.allergens):
                    allergen = AllergenId(several[0])
                    allergy = Allergy(
                        allergen=allergen,
                        drug=None,
                        text=words.allergens[allergen].title,
                        kind=AllergyKind.ALLERGY,
                        provenance=self._provenance,
                    )
                    changed = replace(record, allergies=(*record.allergies, allergy))
                    named = f"an allergy to {allergy.text}"
                    yield named, frozenset({("allergen", allergen)}), changed

            case ListKind.PROCEDURES:
                for several in self._alike("procedure", words.conditions):
                    procedure = ConditionId(several[0])
                    heard = self._hearing(("procedure", procedure))
                    title = words.conditions[procedure].title
                    for said, planned in procedures(procedure, title, heard, self.today, self._provenance):
                        changed = replace(record, planned=(*record.planned, planned))
                        yield f"{title}{said}", frozenset({("procedure", procedure)}), changed

    def _hearing(self, key: Key) -> tuple[Atom, ...]:
        """Return the atoms that hear of a key, those of the terms of scores included."""
        symbols = self.heard.get(key, frozenset())
        every = {atom.symbol: atom for atom in (*self.atoms, *self.reach.terms(self.atoms))}
        return tuple(atom for symbol, atom in every.items() if symbol in symbols)

    def _detail(self, datum: MissingDatum) -> Iterator[Hypothesis]:
        asked = detail_of(datum.subject)
        if asked is None:
            return
        drug, detail = asked
        key: Key = ("drug", drug)
        for said, statement in detail_statements(drug, detail, self._hearing(key), self.today):
            yield from self._entered(f"{datum.title}: {said}", statement, key)

    @property
    def _provenance(self) -> Provenance:
        return replace(_HYPOTHETICAL, recorded=self.today)

    def _alike(self, kind: str, words: Iterable[str]) -> tuple[tuple[str, ...], ...]:
        """Return the words that some atom hears, in groups that no atom tells apart."""
        groups: dict[frozenset[Symbol], list[str]] = {}
        for word in words:
            groups.setdefault(self.heard.get((kind, word), frozenset()), []).append(word)
        return tuple(tuple(sorted(group)) for symbols, group in groups.items() if symbols)

    def _or_alike(self, drugs: tuple[str, ...]) -> str:
        first, *others = (self.vocabulary.drugs[DrugId(drug)].title for drug in drugs)
        if len(others) < 2:
            return " or ".join((first, *others))
        return f"{first} or one of {len(others)} drugs alike for these rules"

    def _genotype(self, gene: GeneId, title: str) -> Iterator[Hypothesis]:
        asked = [atom for atom in self.atoms if isinstance(atom, HasDiplotype) and atom.gene == gene]
        counted = [frozenset(atom.diplotypes) for atom in asked]
        groups: dict[tuple[bool, ...], list[str]] = {}
        for diplotype in self._diplotypes(gene, asked):
            groups.setdefault(tuple(diplotype in several for several in counted), []).append(diplotype)
        for several in groups.values():
            first = min(several, key=lambda one: (len(one), one))
            others = f" or one of {len(several) - 1} more" if len(several) > 1 else ""
            statement = Statement(kind=StatementKind.GENOTYPE, subject=gene, value=first)
            yield from self._entered(f"{title} {first}{others}", statement, ("gene", gene))

    def _diplotypes(self, gene: GeneId, asked: list[HasDiplotype]) -> tuple[str, ...]:
        """Return every diplotype that a table or an atom knows; without a table, what reports can write."""
        table = dict.fromkeys(one for atom in asked for one in (*atom.known, *atom.diplotypes))
        if not any(atom.known for atom in asked):
            known = self.vocabulary.genes.get(gene)
            written = [spelling for _, spelling in known.aliases] if known is not None else []
            starred = any(one.startswith("*") for one in (*table, *written))
            table |= dict.fromkeys([*(["*1/*1"] if starred else []), *written])
        return tuple(sorted(table))

    def _identity(self, text: str) -> Iterator[Hypothesis]:
        """Yield the text as each drug that the rules tell apart, and as one that no rule hears."""
        heard = self._alike("drug", self.vocabulary.drugs)
        silent = tuple(sorted(set(self.vocabulary.drugs) - {drug for several in heard for drug in several}))
        listed: Key = ("list", ListKind.MEDICATIONS.value)

        def named(several: tuple[str, ...], says: str) -> Iterator[Hypothesis]:
            statement = Statement(kind=StatementKind.DRUG_IDENTIFIED, subject=text, value=several[0])
            yield from self._entered(f"{text} is {self._or_alike(several)}{says}", statement, listed)

        if silent:
            yield from named(silent, ", of which no rule here speaks")
        for several in heard:
            for found in named(several, ""):
                # Beside a drug that nobody hears, only what hears this one can differ.
                only = frozenset({("drug", several[0])})
                yield replace(found, touched=only, upon=0) if silent else found

    def _sex(self) -> Iterator[Hypothesis]:
        for sex in (Sex.FEMALE, Sex.MALE):
            record = replace(self.record, sex=sex)
            yield Hypothesis(says=f"sex {sex}", record=record, touched=frozenset({SEX}), statement=None)

    def _birth(self) -> Iterator[Hypothesis]:
        known = self.vocabulary.quantities.get(_AGE)
        if known is None:
            return

        def record_at(years: Decimal) -> PatientRecord | None:
            return replace(self.record, birth_date=self._born(int(years)))

        edges = self.reach.edges(_AGE, self.atoms)
        computed = [(item, self.reach.edges(item, self.atoms)) for item in self.reach.computed_from(_AGE)]
        for region in self.regions.of(Grid.of(known, edges), edges, computed, record_at):
            record = replace(self.record, birth_date=self._born(int(region.inside)))
            says = f"age {region.said('years')}"
            yield Hypothesis(says=says, record=record, touched=frozenset({BIRTH}), statement=None)

    def _born(self, years: int) -> date:
        day = min(self.today.day, 28)
        return self.today.replace(year=self.today.year - years, day=day)
