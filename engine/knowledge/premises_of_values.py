"""Premises on quantities: their newest value, a change, several values; and on the trimester."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from engine.domain.atoms import Direction, InTrimester, QuantityChange, QuantityRepeated, QuantityWithin
from engine.domain.ids import QuantityId
from engine.domain.vocabulary import MeasuredQuantity
from engine.knowledge.codes import Code
from engine.knowledge.limits import Limits, Range
from engine.knowledge.names import Sort
from engine.knowledge.notes import Notes
from engine.knowledge.premise_schema import PremiseEntry

_ALL = Decimal(100)
#: What a trimester is told from; a pack with a premise on it must have both words.
GESTATIONAL_AGE = "gestational_age"
PREGNANT = "pregnant"


@dataclass(frozen=True, slots=True, kw_only=True)
class ValuePremises:
    """Reads what premises ask of values."""

    notes: Notes
    limits: Limits

    def quantity(self, entry: PremiseEntry, by: str) -> QuantityWithin | None:
        """Return ``quantity`` with its range."""
        name = QuantityId(entry.quantity or "")
        quantity = self._known(entry, "quantity", name, by)
        found = self.limits.of_quantity(entry, quantity, name, entry.at("quantity"), by)
        if quantity is None or found is None:
            return None
        return QuantityWithin(
            quantity=name,
            interval=found.interval,
            max_age_days=entry.no_older_than,
            parameters=found.parameters,
        )

    def change(self, entry: PremiseEntry, by: str) -> QuantityChange | None:
        """Return ``change`` with its direction, size and window."""
        name = QuantityId(entry.change or "")
        quantity = self._known(entry, "change", name, by)
        if (entry.rises_by is None) is (entry.falls_by is None):
            self._refuse(
                entry, "change", f"{name} needs either rises_by or falls_by.", "Write rises_by: 50 %.", by
            )
            return None
        key = "rises_by" if entry.rises_by is not None else "falls_by"
        size = self._size(entry, quantity, key, by)
        if not entry.within:
            self._refuse(
                entry,
                "change",
                f"a change of {name} needs a window of at least a day.",
                "Write within: 7 days.",
                by,
            )
            return None
        if size is None:
            return None
        return QuantityChange(
            quantity=name,
            direction=Direction.RISES if key == "rises_by" else Direction.FALLS,
            by=size.interval,
            within_days=entry.within,
            parameters=size.parameters,
        )

    def _size(
        self, entry: PremiseEntry, quantity: MeasuredQuantity | None, key: str, by: str
    ) -> Range | None:
        bounds = entry.rises_by or entry.falls_by
        if bounds is None or quantity is None:
            return None
        if quantity.unit == "%":
            self._refuse(
                entry,
                key,
                f"{quantity.title} is measured in %, so a change of it can be read in two ways.",
                "Give the quantity another canonical unit, such as mmol/mol.",
                by,
            )
            return None
        size = self.limits.of_change(bounds, quantity, key, entry.at(key), by)
        if size is None:
            return None
        ends = [end for end in (size.interval.low, size.interval.high) if end is not None]
        more_than_all = key == "falls_by" and size.interval.unit == "%" and max(ends) > _ALL
        if size.interval.low is None or min(ends) <= 0 or more_than_all:
            self._refuse(
                entry,
                key,
                f"{key} {size.interval} is no change that can be told from none."
                if not more_than_all
                else f"nothing falls by more than all of it, but {key} says {size.interval}.",
                "Write by how much at least, as a number above 0"
                + (" and up to 100 %." if more_than_all else "."),
                by,
            )
            return None
        return size

    def repeated(self, entry: PremiseEntry, by: str) -> QuantityRepeated | None:
        """Return ``repeated`` with its range, count and window."""
        name = QuantityId(entry.repeated or "")
        quantity = self._known(entry, "repeated", name, by)
        found = self.limits.of_quantity(entry, quantity, name, entry.at("repeated"), by)
        if entry.times is None or entry.within is None or entry.times < 1:
            self._refuse(
                entry,
                "repeated",
                f"{name} needs how many values count, and within how many days.",
                "Write times: 2 and within: 90 days.",
                by,
            )
            return None
        apart = entry.apart or 0
        if (entry.times - 1) * apart > entry.within:
            self._refuse(
                entry,
                "apart",
                f"{entry.times} values {apart} days apart never lie within {entry.within} days.",
                "Widen the window, or let them lie closer together.",
                by,
            )
            return None
        if quantity is None or found is None:
            return None
        return QuantityRepeated(
            quantity=name,
            interval=found.interval,
            times=entry.times,
            within_days=entry.within,
            apart_days=apart,
            parameters=found.parameters,
        )

    def trimester(self, entry: PremiseEntry, by: str) -> InTrimester | None:
        """Return ``trimester`` with one or two of the three."""
        wanted = sorted(set(entry.trimester or ()))
        by_age = self.notes.refer(by, entry.at("trimester"), GESTATIONAL_AGE, Sort.QUANTITY)
        by_state = self.notes.refer(by, entry.at("trimester"), PREGNANT, Sort.STATE)
        if not wanted or not set(wanted) < {1, 2, 3}:
            written = ", ".join(map(str, wanted)) or "none"
            self._refuse(
                entry,
                "trimester",
                f"a trimester is 1, 2 or 3, and one at least is left out; here is {written}.",
                "Write trimester: 1 or trimester: [2, 3]; for any of them write state: pregnant.",
                by,
            )
            return None
        return InTrimester(trimesters=tuple(wanted)) if by_age and by_state else None

    def _known(self, entry: PremiseEntry, key: str, name: QuantityId, by: str) -> MeasuredQuantity | None:
        self.notes.refer(by, entry.at(key), name, Sort.QUANTITY)
        return self.limits.quantities.get(name)

    def _refuse(self, entry: PremiseEntry, key: str, message: str, hint: str, by: str) -> None:
        self.notes.refuse(Code.PREMISE, entry.at(key), f"{by}: {message}", hint)
