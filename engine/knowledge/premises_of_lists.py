"""Premises on the lists of a record: medications, conditions, plans and allergies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.domain.atoms import HasAllergy, HasCondition, PlansProcedure, StoppedDrug, TakesDrug
from engine.domain.ids import AllergenId, ClassId, ConditionId, DrugId
from engine.domain.patient import AllergyKind, Route
from engine.domain.vocabulary import DrugClass
from engine.knowledge.codes import Code
from engine.knowledge.limits import Limits
from engine.knowledge.names import Sort
from engine.knowledge.notes import Notes
from engine.knowledge.premise_schema import PremiseEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPremises:
    """Reads what premises ask of lists."""

    notes: Notes
    limits: Limits
    classes: Mapping[ClassId, DrugClass]

    def takes(self, entry: PremiseEntry, by: str) -> TakesDrug | None:
        """Return ``takes`` with its details, or None where one of them was refused."""
        name = entry.takes or ""
        known = self.notes.refer(by, entry.at("takes"), name, Sort.DRUG, Sort.CLASS)
        besides = self._besides(entry, name, by)
        routes = self._routes(entry, by)
        ranges = [
            self.limits.of_dose(bounds, key, entry.at(key), by) if bounds else None
            for key, bounds in (("dose", entry.dose), ("daily_dose", entry.daily_dose))
        ]
        refused = [
            bounds is not None and made is None
            for bounds, made in zip((entry.dose, entry.daily_dose), ranges, strict=True)
        ]
        timed = entry.started_within is not None or entry.started_before is not None
        started = (
            self.limits.of_days(entry.started_before, entry.started_within, "start", entry.at("takes"), by)
            if timed
            else None
        )
        if besides is None or routes is None or any(refused) or (timed and started is None) or not known:
            return None
        if not self._countable(entry, name, besides, by):
            return None
        return TakesDrug(
            drug=DrugId(name),
            besides=besides,
            count=1 if entry.count is None else entry.count,
            routes=routes,
            dose=ranges[0],
            daily_dose=ranges[1],
            started=started,
        )

    def stopped(self, entry: PremiseEntry, by: str) -> StoppedDrug | None:
        """Return ``stopped`` with the time since."""
        name = entry.stopped or ""
        known = self.notes.refer(by, entry.at("stopped"), name, Sort.DRUG, Sort.CLASS)
        if entry.within is None and entry.before is None:
            self._lacks(entry, "stopped", "how long ago", "Write within: 14 days, or before: 14 days.", by)
            return None
        ago = self.limits.of_days(entry.before, entry.within, "day", entry.at("stopped"), by)
        return StoppedDrug(drug=DrugId(name), ago=ago) if known and ago else None

    def condition(self, entry: PremiseEntry, by: str) -> HasCondition | None:
        """Return ``condition`` with its time."""
        name = entry.condition or ""
        known = self.notes.refer(by, entry.at("condition"), name, Sort.CONDITION)
        if entry.ever and entry.past:
            self.notes.refuse(
                Code.PREMISE,
                entry.at("past"),
                f"{by}: {name} cannot be asked for at any time and in the past only.",
                "Write ever: yes, which counts it now as well, or past: yes, which does not.",
            )
            return None
        timed = entry.began_within is not None or entry.began_before is not None
        began = (
            self.limits.of_days(entry.began_before, entry.began_within, "onset", entry.at("condition"), by)
            if timed
            else None
        )
        if not known or (timed and began is None):
            return None
        return HasCondition(
            condition=ConditionId(name), ever=bool(entry.ever), past=bool(entry.past), began=began
        )

    def planned(self, entry: PremiseEntry, by: str) -> PlansProcedure | None:
        """Return ``planned`` with the days ahead."""
        name = entry.planned or ""
        known = self.notes.refer(by, entry.at("planned"), name, Sort.CONDITION)
        if entry.within is None:
            self._lacks(entry, "planned", "within how many days", "Write within: 7 days.", by)
            return None
        return PlansProcedure(procedure=ConditionId(name), within_days=entry.within) if known else None

    def allergy(self, entry: PremiseEntry, by: str) -> HasAllergy | None:
        """Return ``allergy`` with what must be known of the reaction."""
        name = entry.allergy or ""
        known = self.notes.refer(by, entry.at("allergy"), name, Sort.ALLERGEN)
        if entry.kind is AllergyKind.UNKNOWN:
            self.notes.refuse(
                Code.PREMISE,
                entry.at("kind"),
                f"{by}: nobody can be asked for an allergy of unknown kind.",
                "Write kind: allergy or kind: intolerance, or leave it out for either.",
            )
            return None
        if entry.reaction == []:
            self._empty(entry, "reaction", by)
            return None
        if not known:
            return None
        return HasAllergy(
            allergen=AllergenId(name),
            kind=entry.kind,
            at_least=entry.severity,
            reactions=tuple(sorted(set(entry.reaction or ()))),
        )

    def _routes(self, entry: PremiseEntry, by: str) -> tuple[Route, ...] | None:
        if entry.route == []:
            self._empty(entry, "route", by)
            return None
        return tuple(sorted(set(entry.route or ())))

    def _besides(self, entry: PremiseEntry, name: str, by: str) -> tuple[DrugId, ...] | None:
        """Return the drugs that do not count, classes spelled out."""
        found: set[DrugId] = set()
        known = True
        of_class = self.classes.get(ClassId(name))
        for index, each in enumerate(entry.besides):
            span = entry.at("besides", index)
            known &= self.notes.refer(by, span, each, Sort.DRUG, Sort.CLASS)
            inner = self.classes.get(ClassId(each))
            drugs = {DrugId(each)} if inner is None else set(inner.members)
            if of_class is not None and known and not drugs.intersection(of_class.members):
                self.notes.warn(
                    Code.DEAD_MEMBER,
                    span,
                    f'{by}: "{each}" is not in {name}, so it would not count in any case.',
                    "Take it out, or name a drug of the class.",
                )
            found |= drugs
        if entry.besides and of_class is None and self.notes.names.has(Sort.DRUG, name):
            self.notes.refuse(
                Code.PREMISE,
                entry.at("besides"),
                f"{by}: besides leaves drugs out of a class; {name} is one drug.",
                "Name a class in takes, or take besides out.",
            )
            return None
        return tuple(sorted(found)) if known else None

    def _countable(self, entry: PremiseEntry, name: str, besides: tuple[DrugId, ...], by: str) -> bool:
        """Tell whether so many different drugs can be taken at all."""
        count = 1 if entry.count is None else entry.count
        of_class = self.classes.get(ClassId(name))
        drugs = {DrugId(name)} if of_class is None else set(of_class.members)
        most = len(drugs.difference(besides))
        if count >= 1 and (count <= most or not drugs):
            return True
        self.notes.refuse(
            Code.PREMISE,
            entry.at("takes") if entry.count is None else entry.at("count"),
            f"{by}: at least {count} of the {most} drugs that count as {name} is "
            f"{'always' if count < 1 else 'never'} so.",
            f"Write a number from 1 to {most}." if most else "Let besides leave at least one drug.",
        )
        return False

    def _lacks(self, entry: PremiseEntry, key: str, what: str, hint: str, by: str) -> None:
        self.notes.refuse(Code.PREMISE, entry.at(key), f"{by}: {key} does not say {what}.", hint)

    def _empty(self, entry: PremiseEntry, key: str, by: str) -> None:
        self.notes.refuse(
            Code.PREMISE,
            entry.at(key),
            f"{by}: {key} lists nothing, so this never holds.",
            "Name at least one, or leave it out for any.",
        )
