"""The facts floor's door: atoms decided and quantities read for one record at one moment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from engine.domain.atoms import Atom, QuantityChange, QuantityRepeated, QuantityWithin
from engine.domain.facts import Fact, FactBase, Reading
from engine.domain.ids import QuantityId, Symbol
from engine.domain.patient import PatientRecord
from engine.domain.vocabulary import Vocabulary
from engine.facts.atoms import Decider
from engine.facts.outcomes import Found
from engine.facts.scores import SCORES
from engine.facts.summing import words_needed
from engine.terminology.index import VocabularyIndex


class Facts:
    """Decides atoms and reads quantities with one vocabulary: the ports FactSource and ReadingSource."""

    def __init__(self, vocabulary: Vocabulary, index: VocabularyIndex | None = None) -> None:
        """Index the vocabulary once, or share an index of it."""
        self._index = index if index is not None else VocabularyIndex(vocabulary)

    @property
    def index(self) -> VocabularyIndex:
        """Return the indexed words, so that others need not index them again."""
        return self._index

    def assemble(
        self,
        record: PatientRecord,
        atoms: Sequence[Atom],
        quantities: Sequence[QuantityId],
        as_of: datetime,
    ) -> FactBase:
        """Decide the atoms, and read these quantities besides.

        The readings are those of the quantities asked for, then those the atoms looked at; one that has no
        value is left out, as its fact says why.
        """
        decider = Decider(record, self._index, as_of)
        facts: dict[Symbol, Fact] = {atom.symbol: decider.decide(atom) for atom in atoms}
        looked_at: list[tuple[QuantityId, int | None]] = [(quantity, None) for quantity in quantities]
        looked_at += [
            (atom.quantity, atom.max_age_days) for atom in atoms if isinstance(atom, QuantityWithin)
        ]
        looked_at += [
            (atom.quantity, None) for atom in atoms if isinstance(atom, QuantityChange | QuantityRepeated)
        ]
        readings: dict[QuantityId, Reading] = {}
        for quantity, max_age_days in looked_at:
            outcome = decider.read(quantity, max_age_days)
            if isinstance(outcome, Found):
                readings.setdefault(quantity, outcome.reading)
        return FactBase(facts=facts, readings=tuple(readings.values()))

    def decide(
        self, record: PatientRecord, atoms: Sequence[Atom], as_of: datetime, given: Mapping[Symbol, Fact]
    ) -> dict[Symbol, Fact]:
        """Decide the atoms, taking given facts as they are: those that what was changed cannot reach."""
        decider = Decider(record, self._index, as_of, given)
        facts = map(decider.decide, atoms)
        return {fact.symbol: fact for fact in facts}

    def read(self, record: PatientRecord, quantity: QuantityId, as_of: datetime) -> Reading | None:
        """Return the one value of a quantity that holds, or None where there is no usable one."""
        outcome = Decider(record, self._index, as_of).read(quantity)
        return outcome.reading if isinstance(outcome, Found) else None


def words_missing(vocabulary: Vocabulary) -> tuple[tuple[QuantityId, str], ...]:
    """Return each score of a vocabulary with a word that its terms speak of and the vocabulary lacks.

    Such a score is never decided; whoever checks a rule pack should say so. A score that is reported first
    and computed only where it can be is left out.
    """
    return tuple(
        (quantity, word)
        for quantity, score in SCORES.items()
        if quantity in vocabulary.quantities and not score.report_first
        for word in words_needed(score, vocabulary)
    )
