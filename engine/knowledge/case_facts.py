"""Cases as patients about whom atoms are decided once, for measuring what the cases see."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from engine.domain.atoms import Atom
from engine.domain.ids import QuantityId, RuleId, Symbol
from engine.domain.pack import PackFile, RulePack
from engine.domain.rules import Concept, Premise, Rule, atoms_of
from engine.domain.truth import Truth
from engine.facts.atoms import Decider
from engine.facts.outcomes import Found
from engine.knowledge.case_records import record_of
from engine.knowledge.case_runs import Packs, noon_of
from engine.knowledge.case_schema import Expectation
from engine.knowledge.cases import Case
from engine.knowledge.load import Loaded
from engine.knowledge.words_of_premises import chain_of
from engine.ports import Program, RuleEngine
from engine.terminology.index import VocabularyIndex

_SAID = {
    Truth.TRUE: Expectation.FIRES,
    Truth.FALSE: Expectation.SILENT,
    Truth.UNKNOWN: Expectation.UNDECIDED,
}


class CaseFacts:
    """One case; what was decided of its patient is kept."""

    def __init__(self, case: Case, pack: RulePack, index: VocabularyIndex) -> None:
        """Open the chart of the case's patient on the day of the case."""
        self.case = case
        self.pack = pack
        self._decider = Decider(record_of(case, pack.vocabulary), index, noon_of(case.on))
        self._truths: dict[Symbol, Truth] = {}

    def truth(self, atom: Atom) -> Truth:
        """Return one atom decided."""
        if atom.symbol not in self._truths:
            self._truths[atom.symbol] = self._decider.decide(atom).truth
        return self._truths[atom.symbol]

    def truths(self, premises: Iterable[Premise]) -> Mapping[Symbol, Truth]:
        """Return the atoms of some premises decided."""
        for premise in premises:
            for atom in atoms_of(premise):
                self.truth(atom)
        return self._truths

    def value(self, quantity: QuantityId, max_age_days: int | None) -> Decimal | None:
        """Return what a quantity is, or None where there is no usable value."""
        outcome = self._decider.read(quantity, max_age_days)
        return outcome.reading.value.value if isinstance(outcome, Found) else None

    def binds(self, rule: Rule) -> bool:
        """Tell whether the rule counts where the case plays."""
        return rule.jurisdiction in (None, self.case.jurisdiction)

    def outcome(self, rule: Rule, concepts: tuple[Concept, ...], engine: RuleEngine) -> Expectation:
        """Return what a rule does in the case: one of the other label never fires."""
        if not self.binds(rule):
            return Expectation.SILENT
        truths = self.truths([rule.when, *(each.when for each in concepts)])
        evaluation = engine.evaluate(Program(rules=(rule,), concepts=concepts), truths)
        return _SAID[evaluation.rules[rule.rule_id]]

    def expected(self, rule_id: RuleId) -> Expectation | None:
        """Return what the case expects of a rule."""
        return next((each.expectation for each in self.case.expected if each.rule_id == rule_id), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseBook:
    """All cases of a pack, by the rules they speak of."""

    pack: RulePack
    cases: tuple[CaseFacts, ...]
    skipped: tuple[Case, ...]
    """Cases that play on a day with other thresholds; they cannot be held against this day's rules."""

    def about(self, rule_id: RuleId) -> tuple[CaseFacts, ...]:
        """Return the cases that expect something of a rule."""
        return tuple(each for each in self.cases if each.expected(rule_id) is not None)

    def chain(self, rule: Rule) -> tuple[Concept, ...]:
        """Return the concepts a rule chains on, each after those it needs."""
        return chain_of(rule.when, self.pack.concepts)


def open_cases(files: tuple[PackFile, ...], loaded: Loaded) -> CaseBook | None:
    """Open every case of a pack that could be loaded; None where it could not."""
    if loaded.pack is None:
        return None
    packs = Packs(files, loaded)
    index = VocabularyIndex(loaded.pack.vocabulary)
    same = [case for case in loaded.cases if packs.on(case.on) is loaded.pack]
    other = [case for case in loaded.cases if packs.on(case.on) is not loaded.pack]
    return CaseBook(
        pack=loaded.pack,
        cases=tuple(CaseFacts(case, loaded.pack, index) for case in same),
        skipped=tuple(other),
    )
