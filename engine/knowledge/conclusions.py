"""What a rule says: texts, a computed dose, what to monitor, what to start, what to prefer."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from engine.domain.ids import DrugId, OptionId, QuantityId
from engine.domain.quantities import Quantity
from engine.domain.rules import Conclusion, DoseFormula, FileSpan, Monitoring
from engine.domain.vocabulary import MeasuredQuantity
from engine.knowledge.codes import Code
from engine.knowledge.fields import is_name
from engine.knowledge.limits import Limits
from engine.knowledge.measures import amount, canonical, unit_hint
from engine.knowledge.names import Sort
from engine.knowledge.notes import Notes
from engine.knowledge.premise_schema import BOUNDS
from engine.knowledge.schema import ComputeEntry, MonitorEntry, ThenEntry
from engine.terminology.alike import nearest
from engine.terminology.doses import dose_amount
from engine.terminology.spelling import read_aloud, ucum

_ONE = "1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Conclusions:
    """Reads conclusions with the words and thresholds of one pack."""

    notes: Notes
    limits: Limits

    def read(self, entry: ThenEntry, by: str) -> Conclusion | None:
        """Return the conclusion, or None where something in it was noted as wrong."""
        for index, name in enumerate(entry.alternatives):
            self.notes.refer(by, entry.at("alternatives", index), name, Sort.OPTION)
        for index, name in enumerate(entry.starts):
            self.notes.refer(by, entry.at("starts", index), name, Sort.DRUG, Sort.CLASS)
        formula = self._formula(entry.compute, by) if entry.compute is not None else None
        watched = [self._monitoring(each, by) for each in entry.monitor]
        if (entry.compute is not None and formula is None) or None in watched:
            return None
        return Conclusion(
            kind=entry.kind,
            severity=entry.severity,
            strength=entry.strength,
            say=entry.say.strip(),
            manage=entry.manage.strip(),
            dose=entry.dose.strip(),
            formula=formula,
            monitoring=tuple(each for each in watched if each is not None),
            alternatives=tuple(OptionId(each) for each in entry.alternatives),
            no_alternative=entry.no_alternative.strip().rstrip("."),
            starts=tuple(DrugId(each) for each in entry.starts),
        )

    def _formula(self, entry: ComputeEntry, by: str) -> DoseFormula | None:
        """Return the arithmetic of a dose, every amount in the unit of the dose."""
        dose = self._positive(entry, "amount", entry.amount, by)
        quantity, per = self._measure(entry, by)
        if dose is None or (entry.of is not None and quantity is None) or per is None:
            return None
        limits = {
            key: self._in_unit(entry, key, written, dose.unit, by)
            for key in ("at_least", "at_most", "round_to")
            if (written := getattr(entry, key)) is not None
        }
        plus = self._plus(entry, quantity, per, by)
        if None in limits.values() or plus is None or not self._fits_its_step(entry, limits, by):
            return None
        return DoseFormula(
            amount=dose,
            quantity=QuantityId(entry.of) if entry.of else None,
            per_unit=per,
            plus=plus,
            at_least=limits.get("at_least"),
            at_most=limits.get("at_most"),
            round_to=limits.get("round_to"),
            every_hours=entry.every,
        )

    def _measure(self, entry: ComputeEntry, by: str) -> tuple[MeasuredQuantity | None, str | None]:
        """Return the quantity a dose goes by, and the unit that the amount is for; no unit where refused."""
        if (entry.of is None) is not (entry.per is None) or (entry.of is None and entry.plus is not None):
            self._refuse(
                entry.at("plus" if entry.plus is not None else "per" if entry.per else "of"),
                f"{by}: a dose by a quantity says both of what and per which unit.",
                "Write per: kg and of: weight, or neither of them and no plus.",
            )
            return None, None
        if entry.of is None or entry.per is None:
            return None, _ONE
        self.notes.refer(by, entry.at("of"), entry.of, Sort.QUANTITY)
        quantity = self.limits.quantities.get(QuantityId(entry.of))
        per = ucum(entry.per)
        if quantity is not None and canonical(Quantity(value=Decimal(1), unit=per), quantity) is None:
            self.notes.refuse(
                Code.UNIT,
                entry.at("per"),
                f"{by}: {quantity.title} is not measured per {entry.per}; "
                f"it is in {read_aloud(quantity.unit) or 'numbers without a unit'}.",
                unit_hint(entry.per, quantity),
            )
            return quantity, None
        return quantity, per

    def _plus(
        self, entry: ComputeEntry, quantity: MeasuredQuantity | None, per: str, by: str
    ) -> Decimal | None:
        if entry.plus is None or quantity is None:
            return Decimal(0)
        added = amount(entry.plus)
        if added is None or ucum(added.unit) != per:
            self.notes.refuse(
                Code.UNIT,
                entry.at("plus"),
                f"{by}: plus {entry.plus} cannot be added to {quantity.title} "
                f"in {read_aloud(per) or 'numbers without a unit'}.",
                f"Write it in {read_aloud(per) or 'no unit'}, as per says.",
            )
            return None
        return added.value

    def _positive(self, entry: ComputeEntry, key: str, written: str, by: str) -> Quantity | None:
        """Return an amount of a drug above nothing, in the unit in which it was written."""
        given = amount(written)
        made = dose_amount(given.value, given.unit) if given else None
        if given is None or made is None or made.value <= 0:
            self.notes.refuse(
                Code.UNIT,
                entry.at(key),
                f'{by}: {key} "{written}" is no dose.',
                "Write an amount of the drug above nothing: mg, g, ug, mmol, mL or IU.",
            )
            return None
        return Quantity(value=given.value, unit=ucum(given.unit))

    def _in_unit(self, entry: ComputeEntry, key: str, written: str, unit: str, by: str) -> Decimal | None:
        given = self._positive(entry, key, written, by)
        if given is None:
            return None
        made, one = dose_amount(given.value, given.unit), dose_amount(Decimal(1), unit)
        if made is None or one is None or made.unit != one.unit:
            self.notes.refuse(
                Code.UNIT,
                entry.at(key),
                f"{by}: {key} {written} cannot be compared with a dose in {read_aloud(unit)}.",
                f"Write it in {read_aloud(unit)}.",
            )
            return None
        return made.value / one.value

    def _fits_its_step(self, entry: ComputeEntry, limits: dict[str, Decimal | None], by: str) -> bool:
        """Tell whether limits are in order, and rounding cannot carry a dose past one of them."""
        low, high, step = (limits.get(key) for key in ("at_least", "at_most", "round_to"))
        if low is not None and high is not None and low > high:
            self.notes.refuse(
                Code.EMPTY_INTERVAL,
                entry.at("at_least"),
                f"{by}: no dose is at least {entry.at_least} and at most {entry.at_most}.",
                "Exchange the two limits.",
            )
            return False
        ends = (("at_least", low, entry.at_least), ("at_most", high, entry.at_most))
        off = [(key, written) for key, end, written in ends if end is not None and step and end % step]
        for key, written in off:
            self._refuse(
                entry.at(key),
                f"{by}: {key} {written} is no multiple of {entry.round_to}, "
                "so rounding could carry a dose past it.",
                "Let the limit be a dose that can be given, or make the step smaller.",
            )
        return not off

    def _monitoring(self, entry: MonitorEntry, by: str) -> Monitoring | None:
        """Return what to watch; None where it was refused."""
        bounded = any(getattr(entry, key) is not None for key in BOUNDS)
        quantity = self.limits.quantities.get(QuantityId(entry.what))
        if bounded or quantity is not None:
            self.notes.refer(by, entry.at("what"), entry.what, Sort.QUANTITY)
        elif self._misspelt(entry, by):
            return None
        found = (
            self.limits.of_quantity(entry, quantity, entry.what, entry.at("what"), by) if bounded else None
        )
        timed = entry.before or entry.after or entry.every is not None
        if not timed or (entry.every is not None and entry.every < 1):
            self._tell(
                entry, f"{by}: nothing says when to watch {entry.what}.", "Write before, after or every."
            )
            return None
        if bounded and not entry.act.strip():
            self._tell(
                entry,
                f"{by}: {entry.what} has a limit, but nothing says what to do beyond it.",
                "Write act: ..",
            )
            return None
        if bounded and found is None:
            return None
        return Monitoring(
            what=quantity.title if quantity is not None else entry.what.strip(),
            quantity=quantity.quantity_id if quantity is not None else None,
            before=entry.before,
            after_days=tuple(sorted(set(entry.after))),
            every_days=entry.every,
            threshold=found.interval if found is not None else None,
            parameters=found.parameters if found is not None else (),
            act=entry.act.strip(),
        )

    def _misspelt(self, entry: MonitorEntry, by: str) -> bool:
        """Tell whether one word stands where the id of a quantity seems to have been meant."""
        near = (
            nearest(entry.what, [str(each) for each in self.limits.quantities])
            if is_name(entry.what)
            else None
        )
        if near is not None:
            self.notes.refuse(
                Code.MONITORING,
                entry.at("what"),
                f'{by}: "{entry.what}" is no quantity, but looks like one.',
                f'Did you mean "{near}"? Write a sign that is no quantity in several words.',
            )
        return near is not None

    def _tell(self, entry: MonitorEntry, message: str, hint: str) -> None:
        self.notes.refuse(Code.MONITORING, entry.at("what"), message, hint)

    def _refuse(self, span: FileSpan, message: str, hint: str) -> None:
        self.notes.refuse(Code.DOSE, span, message, hint)
