"""What assessing an indication takes, worked out once a pack: it hangs on no patient."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from operator import itemgetter

from engine.decision.conclusions import quantities_of, titles, watches
from engine.domain.atoms import Atom
from engine.domain.facts import Fact, FactBase
from engine.domain.findings import Watch
from engine.domain.ids import IndicationId, OptionId, QuantityId, RuleId, Symbol
from engine.domain.pack import RulePack
from engine.domain.provenance import Checked
from engine.domain.rules import Jurisdiction, Rule, atoms_of, concepts_of
from engine.domain.therapy import Indication
from engine.domain.truth import MostlyFalse
from engine.ports import Program

#: Indications kept planned, of all packs together: a pack has some twenty, and each list of drugs under
#: review is one more, as is each drug tried instead of one of them.
_PLANS_KEPT = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What a rule that fires says of every patient alike."""

    sources_seen: bool
    watch: tuple[Watch, ...]
    starts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The rules about some options of one pack, ready to be assessed."""

    pack: RulePack
    program: Program
    atoms: tuple[Atom, ...]
    """Every atom that the program asks for, each once."""
    by_symbol: Mapping[Symbol, Atom]
    """The same by their symbols."""
    symbols: tuple[Symbol, ...]
    """Their symbols, in the order of the alphabet."""
    decided: frozenset[Symbol]
    """The same, as a set."""
    quantities: tuple[QuantityId, ...]
    """What is read besides: for display, and for doses to be computed."""
    rules: Mapping[RuleId, Rule]
    alternatives: Mapping[RuleId, tuple[OptionId, ...]]
    """What each rule names instead, where it names anything."""
    in_force: Mapping[tuple[OptionId, Jurisdiction], int]
    """How many rules speak of each option under each jurisdiction."""
    _in_order: Callable[[Mapping[Symbol, Fact]], tuple[Fact, ...]]
    """Takes the facts of these symbols out of others, in their order."""
    _standing: dict[RuleId, Standing] = field(default_factory=dict)
    """Of rules that fired once: what they say of everybody."""

    @classmethod
    def of(cls, pack: RulePack, indication: Indication) -> Plan:
        """Plan one indication."""
        program = program_of(pack, indication)
        atoms = atoms_of_program(program)
        in_force: dict[tuple[OptionId, Jurisdiction], int] = {
            (option.option_id, jurisdiction): 0
            for option in indication.options
            for jurisdiction in Jurisdiction
        }
        for rule in program.rules:
            for jurisdiction in Jurisdiction if rule.jurisdiction is None else (rule.jurisdiction,):
                for option_id in rule.options:
                    if (option_id, jurisdiction) in in_force:
                        in_force[option_id, jurisdiction] += 1
        symbols = tuple(sorted(atom.symbol for atom in atoms))
        return cls(
            pack=pack,
            program=program,
            atoms=atoms,
            by_symbol={atom.symbol: atom for atom in atoms},
            symbols=symbols,
            decided=frozenset(symbols),
            quantities=tuple(dict.fromkeys((*indication.display_quantities, *quantities_of(program.rules)))),
            rules={rule.rule_id: rule for rule in program.rules},
            alternatives={
                rule.rule_id: rule.then.alternatives for rule in program.rules if rule.then.alternatives
            },
            in_force=in_force,
            _in_order=_taker(symbols),
        )

    def facts(self, base: FactBase) -> tuple[Fact, ...]:
        """Return what the facts floor decided of these atoms, in the order of their symbols.

        Raises:
            KeyError: it left one undecided, which it must not: an unknown is a fact as well.
        """
        return self._in_order(base.facts)

    def standing(self, rule: Rule) -> Standing:
        """Return what one of these rules says of every patient alike; worked out when it first fires."""
        known = self._standing.get(rule.rule_id)
        if known is None:
            citations = self.pack.citations
            known = self._standing[rule.rule_id] = Standing(
                sources_seen=all(
                    citations[source.citation].checked is Checked.SEEN for source in rule.sources
                ),
                watch=watches(rule.then.monitoring),
                starts=titles(rule.then.starts, self.pack),
            )
        return known

    def truths(self, base: FactBase) -> MostlyFalse[Symbol]:
        """Return the bare truths of these atoms: all that the rule engines may see.

        An atom that was left out counts as false here: nothing may be said of a base that ``facts`` does not
        find whole.
        """
        told = base.not_false
        if not told.keys() <= self.decided:
            told = {symbol: truth for symbol, truth in told.items() if symbol in self.decided}
        return MostlyFalse(self.decided, told)


def _taker(symbols: tuple[Symbol, ...]) -> Callable[[Mapping[Symbol, Fact]], tuple[Fact, ...]]:
    """Return what takes the facts of these symbols, by one call for all of them where there are several."""
    if len(symbols) > 1:
        return itemgetter(*symbols)
    return lambda facts: tuple(facts[symbol] for symbol in symbols)


class Plans:
    """The plans that were asked for last."""

    def __init__(self) -> None:
        """Begin with none."""
        self._kept: OrderedDict[tuple[int, IndicationId, tuple[OptionId, ...]], Plan] = OrderedDict()
        self._keeping = threading.Lock()

    def plan(self, pack: RulePack, indication: Indication) -> Plan:
        """Return the plan for an indication of a pack, with the options it has for a patient.

        It hangs on which options there are and not on their doses, which may be those of a record. A plan
        keeps its pack alive, so no other can have come to its identity. Two threads that ask at once may both
        work it out; the plans are equal.
        """
        key = (
            id(pack),
            indication.indication_id,
            tuple(option.option_id for option in indication.options),
        )
        with self._keeping:
            plan = self._kept.get(key)
            if plan is not None:
                self._kept.move_to_end(key)
                return plan
        plan = Plan.of(pack, indication)
        with self._keeping:
            self._kept[key] = plan
            while len(self._kept) > _PLANS_KEPT:
                self._kept.popitem(last=False)
        return plan


def program_of(pack: RulePack, indication: Indication) -> Program:
    """Return the rules that speak of an indication's options, with the concepts they need."""
    rules = pack.rules_for(tuple(option.option_id for option in indication.options))
    roots = [concept for rule in rules for concept in concepts_of(rule.when)]
    return Program(
        rules=rules, concepts=pack.concepts_below(tuple(dict.fromkeys([*roots, *indication.context])))
    )


def atoms_of_program(program: Program) -> tuple[Atom, ...]:
    """Return every atom that a program asks for, each once."""
    premises = [rule.when for rule in program.rules] + [item.when for item in program.concepts]
    found = {atom.symbol: atom for premise in premises for atom in atoms_of(premise)}
    return tuple(found.values())
