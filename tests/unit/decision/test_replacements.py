"""What may be taken in the place of an excluded drug of the list: only what passed all rules itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal

from fakes import PlainEngine
from packs import INDICATION, ToldFacts, a_bare_record, a_pack, a_rule, an_option, has

from engine.decision.assessment import Appraisal, RuleAssessor
from engine.domain.atoms import Atom, StoppedDrug, TakesDrug
from engine.domain.facts import FactBase
from engine.domain.findings import Severity
from engine.domain.ids import DrugId, OptionId, QuantityId, Symbol
from engine.domain.options import Verdict
from engine.domain.pack import RulePack
from engine.domain.patient import Medication, MedicationStatus, PatientRecord
from engine.domain.provenance import Method, Provenance
from engine.domain.quantities import Interval
from engine.domain.rules import Jurisdiction, Rule
from engine.domain.therapy import OptionsFrom
from engine.domain.truth import Truth
from engine.ports import Evaluation, Program

_NOW = datetime(2026, 11, 1, tzinfo=UTC)
_TWO_WEEKS = Interval(unit="d", high=Decimal(14))


@dataclass(frozen=True)
class _OfTheList(ToldFacts):
    """Decides what is taken and what was stopped by the record's list, and the rest as told."""

    seen: list[PatientRecord] = field(default_factory=list)

    def assemble(
        self, record: PatientRecord, atoms: Sequence[Atom], quantities: Sequence[QuantityId], as_of: datetime
    ) -> FactBase:
        self.seen.append(record)
        base = super().assemble(record, atoms, quantities, as_of)
        wanted = {TakesDrug: MedicationStatus.ACTIVE, StoppedDrug: MedicationStatus.STOPPED}
        listed = {
            atom.symbol: replace(base.facts[atom.symbol], truth=_on(record, atom.drug, wanted[type(atom)]))
            for atom in atoms
            if isinstance(atom, TakesDrug | StoppedDrug)
        }
        return replace(base, facts={**base.facts, **listed})


def _on(record: PatientRecord, drug: str, status: MedicationStatus) -> Truth:
    found = any(entry.drug == drug and entry.status is status for entry in record.medications)
    return Truth.TRUE if found else Truth.FALSE


def _taken(drug: str) -> Medication:
    return Medication(
        drug=DrugId(drug),
        text=drug,
        status=MedicationStatus.ACTIVE,
        provenance=Provenance(method=Method.ENTERED, resource="test"),
    )


def _review(*more: Rule) -> RulePack:
    excluded = a_rule("r", has("x"), "a")
    excluded = replace(excluded, then=replace(excluded.then, alternatives=tuple(map(OptionId, "bcd"))))
    options = [replace(an_option(name), evidence=None) for name in "abcd"]
    pack = a_pack(rules=[excluded, *more], options=options)
    indication = replace(pack.indications[INDICATION], options_from=OptionsFrom.MEDICATIONS)
    return replace(pack, indications={INDICATION: indication})


def _appraised(pack: RulePack, facts: _OfTheList, *taken: str, faults: tuple[str, ...] = ()) -> Appraisal:
    record = replace(a_bare_record(), medications=tuple(map(_taken, taken)))
    assessor = RuleAssessor(lambda _: facts, PlainEngine(faults))
    return assessor.appraise(pack, record, INDICATION, Jurisdiction.EU, _NOW)


def _in_its_place(pack: RulePack, *taken: str, **told: Truth) -> list[tuple[str, tuple[str, ...]]]:
    found = _appraised(pack, _OfTheList({"x": Truth.TRUE, **told}), *taken)
    first = next(each for each in found.assessments if each.option.option_id == "a")
    return [(each.title, each.cautions) for each in first.findings[0].replacements]


def test_what_the_rule_names_is_offered_after_it_passed_every_rule_and_clear_ones_come_first() -> None:
    pack = _review(
        a_rule("careful", has("x"), "b", severity=Severity.CAUTION, say="Measure potassium."),
        a_rule("forbidden", has("x"), "c"),
    )

    assert _in_its_place(pack, "a") == [("d", ()), ("b", ("Measure potassium.",))]


def test_what_cannot_be_assessed_is_not_offered_and_what_is_open_is_told() -> None:
    pack = _review(
        a_rule("open", has("unknown"), "b"),
        a_rule("mentioned", has("unknown"), "c", severity=Severity.NOTE),
    )

    assert _in_its_place(pack, "a") == [("c", ("mentioned: not decided",)), ("d", ())]


def test_a_drug_that_is_taken_already_is_not_offered_in_the_place_of_another() -> None:
    assert _in_its_place(_review(), "a", "b") == [("c", ()), ("d", ())]


def test_the_excluded_drug_counts_as_stopped_that_day_and_the_rest_of_the_list_as_taken() -> None:
    def takes(drug: str) -> TakesDrug:
        return TakesDrug(drug=DrugId(drug))

    pack = _review(
        a_rule("with the excluded", takes("a"), "b"),
        a_rule("with another of the list", takes("e"), "c"),
        a_rule("after the excluded", StoppedDrug(drug=DrugId("a"), ago=_TWO_WEEKS), "d"),
    )

    assert _in_its_place(pack, "a", "e") == [("b", ())]


def test_nothing_is_tried_for_an_option_that_is_not_excluded() -> None:
    facts = _OfTheList({"x": Truth.FALSE})
    found = _appraised(_review(), facts, "a")

    assert [each.verdict for each in found.assessments] == [Verdict.CLEAR]
    assert len(facts.seen) == 1


def test_under_an_engine_fault_nothing_is_offered() -> None:
    found = _appraised(_review(), _OfTheList({"x": Truth.TRUE}), "a", faults=("the evaluators disagree",))

    assert [finding.replacements for each in found.assessments for finding in each.findings] == [()]


class _FailsLater(PlainEngine):
    """Answers the first question soundly, and reports a fault in every later one."""

    def evaluate_all(
        self,
        program: Program,
        patients: Sequence[Mapping[Symbol, Truth]],
        meanwhile: Callable[[int, Evaluation], None] | None = None,
    ) -> tuple[Evaluation, ...]:
        found = super().evaluate_all(program, patients, meanwhile)
        self._faults = ("the evaluators disagree",)
        return found


def test_a_fault_in_trying_is_told_and_nothing_is_offered() -> None:
    record = replace(a_bare_record(), medications=(_taken("a"),))
    facts = _OfTheList({"x": Truth.TRUE})
    assessor = RuleAssessor(lambda _: facts, _FailsLater())

    found = assessor.appraise(_review(), record, INDICATION, Jurisdiction.EU, _NOW)

    assert found.engine.faults == ("the evaluators disagree",)
    assert not found.engine.agreed
    assert [finding.replacements for each in found.assessments for finding in each.findings] == [()]
