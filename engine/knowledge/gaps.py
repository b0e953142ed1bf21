"""Gaps in ranges: stretches of a quantity where nothing speaks although both sides do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from engine.domain.atoms import QuantityWithin
from engine.domain.findings import FindingKind
from engine.domain.ids import OptionId, QuantityId
from engine.domain.rules import Jurisdiction, Rule
from engine.knowledge.case_schema import Expectation
from engine.knowledge.cells import Cell, cells_of, ends_of, in_unit_of, is_whole, value_in
from engine.knowledge.proof_records import Proof, ProofKind
from engine.knowledge.prover import Prover
from engine.knowledge.words_of_premises import atoms_below

if TYPE_CHECKING:
    from z3 import BoolRef


@dataclass(frozen=True, slots=True, kw_only=True)
class Partition:
    """The rules that divide the line of a quantity for one option."""

    option: OptionId
    jurisdiction: Jurisdiction
    quantity: QuantityId
    rules: tuple[Rule, ...]
    cells: tuple[Cell, ...]


def find_gaps(prover: Prover) -> Iterator[Proof]:
    """Find each stretch where, for some patient, only values below and above it are spoken of.

    Asked of the rules that set a dose or exclude, as these divide a range among them. A patient is wanted
    for whom one of them fires with a lower value, one with a higher value, and none in between, everything
    else being the same. The one wide stretch between a low and a high end is the usual range; a second
    one, or a single value left out, is a gap.
    """
    told: set[tuple[object, ...]] = set()
    for partition in partitions_of(prover):
        places = range(len(partition.cells))
        claims = {place: _silent_between(prover, partition, place) for place in places}
        found = {place: prover.possible(*claim) if claim else False for place, claim in claims.items()}
        if any(possible is None for possible in found.values()):
            yield Proof(
                kind=ProofKind.OUT_OF_TIME,
                message=f"the solver could not decide in its time whether {_where(partition)} has a gap.",
                spans=tuple(rule.span for rule in partition.rules),
            )
        runs = [
            [place for place, _ in group]
            for open_, group in groupby(sorted(found.items()), key=lambda item: bool(item[1]))
            if open_
        ]
        wide = [run for run in runs if not all(partition.cells[place].is_point for place in run)]
        for run in runs:
            usual = wide == [run]
            kind = ProofKind.USUAL_RANGE if usual else ProofKind.GAP
            proof = _proof(prover, partition, run, claims, kind)
            key = (kind, partition.quantity, proof.message, proof.rules)
            if key not in told:
                told.add(key)
                yield proof


def partitions_of(prover: Prover) -> Iterator[Partition]:
    """Return each option's rules over each quantity, where at least two of them speak of it."""
    pack = prover.pack
    for indication in pack.indications.values():
        for option in indication.options:
            for jurisdiction in Jurisdiction:
                if option.option_id in indication.marketed_elsewhere(jurisdiction):
                    continue  # nobody is offered it there
                about = [
                    rule
                    for rule in prover.rules
                    if option.option_id in rule.options
                    and rule.jurisdiction in (None, jurisdiction)
                    and _divides(rule)
                ]
                by_quantity: dict[QuantityId, dict[str, Rule]] = {}
                for rule in about:
                    for atom in atoms_below(rule.when, pack.concepts):
                        if isinstance(atom, QuantityWithin):
                            by_quantity.setdefault(atom.quantity, {})[rule.rule_id] = rule
                for quantity, rules in by_quantity.items():
                    if len(rules) > 1:
                        yield Partition(
                            option=option.option_id,
                            jurisdiction=jurisdiction,
                            quantity=quantity,
                            rules=tuple(rules.values()),
                            cells=_cells(prover, quantity, tuple(rules.values())),
                        )


def _divides(rule: Rule) -> bool:
    return (
        rule.then.severity.excludes or rule.then.kind is FindingKind.DOSE_ADJUSTMENT or bool(rule.then.dose)
    )


def _cells(prover: Prover, quantity: QuantityId, rules: Sequence[Rule]) -> tuple[Cell, ...]:
    entry = prover.pack.vocabulary.quantities[quantity]
    intervals = [
        in_unit_of(entry, atom.interval)
        for rule in rules
        for atom in atoms_below(rule.when, prover.pack.concepts)
        if isinstance(atom, QuantityWithin) and atom.quantity == quantity
    ]
    whole = is_whole(quantity)
    cells = cells_of(entry, ends_of(intervals))
    return tuple(cell for cell in cells if value_in(cell, entry, whole=whole) is not None)


def _silent_between(prover: Prover, partition: Partition, place: int) -> tuple[BoolRef, ...]:
    """Return what to ask: nothing speaks in one cell, though something does in one below and one above."""
    import z3

    world, quantity = prover.world, partition.quantity
    formulas = [prover.formula[rule.rule_id] for rule in partition.rules]

    def speaks(cells: Sequence[Cell]) -> BoolRef:
        return z3.Or(*(world.at(each, quantity, cell) for cell in cells for each in formulas))

    below, above = partition.cells[:place], partition.cells[place + 1 :]
    if not below or not above:
        return ()
    return (
        world.in_cell(quantity, partition.cells[place]),
        speaks(below),
        speaks(above),
        *(prover.silent[rule.rule_id] for rule in partition.rules),
    )


def _where(partition: Partition) -> str:
    return f"{partition.quantity} for {partition.option} in the {partition.jurisdiction.value}"


def _proof(
    prover: Prover,
    partition: Partition,
    run: Sequence[int],
    claims: Mapping[int, tuple[BoolRef, ...]],
    kind: ProofKind,
) -> Proof:
    first, last = partition.cells[run[0]], partition.cells[run[-1]]
    silent = dict.fromkeys(partition.rules, Expectation.SILENT)
    widest = next((place for place in run if not partition.cells[place].is_point), run[0])
    return Proof(
        kind=kind,
        message=(
            f"{_where(partition)}: {_words(first, last)} no rule sets a dose or excludes, "
            "although values below and above are spoken of."
        ),
        spans=tuple(rule.span for rule in partition.rules),
        rules=tuple(rule.rule_id for rule in partition.rules),
        options=(partition.option,),
        shown=prover.shown(
            f"nothing speaks of this {partition.quantity} for {partition.option}",
            prover.ask(*claims[widest]),
            partition.jurisdiction,
            silent,
        ),
    )


def _words(first: Cell, last: Cell) -> str:
    whole = Cell(low=first.low, high=last.high)
    if whole.is_point:
        return f"at {whole}"
    low = f"{'from' if first.is_point else 'above'} {first.low}"
    high = f"{'up to' if last.is_point else 'below'} {last.high}"
    return f"{low} {high}"
