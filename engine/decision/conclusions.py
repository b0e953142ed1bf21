"""What a fired rule asks for beyond its sentence: doses, monitoring, therapies to start, alternatives."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from engine.decision.doses import computed_dose
from engine.domain.facts import FactBase
from engine.domain.findings import ComputedDose, Watch
from engine.domain.ids import ClassId, DrugId, OptionId, QuantityId
from engine.domain.options import Verdict
from engine.domain.pack import RulePack
from engine.domain.rules import Conclusion, Monitoring, Rule
from engine.facts.wording import limits


def quantities_of(rules: Iterable[Rule]) -> tuple[QuantityId, ...]:
    """Return the quantities that doses are computed from, each once, in the order of the rules."""
    formulas = (rule.then.formula for rule in rules)
    return tuple(
        dict.fromkeys(each.quantity for each in formulas if each is not None and each.quantity is not None)
    )


def dose_of(then: Conclusion, pack: RulePack, base: FactBase) -> tuple[ComputedDose | None, str]:
    """Return the computed dose, and why there is none where the rule has a formula all the same."""
    if then.formula is None:
        return None, ""
    wanted = then.formula.quantity
    reading = next((each for each in base.readings if each.quantity == wanted), None)
    known = pack.vocabulary.quantities.get(wanted) if wanted is not None else None
    dose = computed_dose(then.formula, reading, known)
    title = known.title if known is not None else str(wanted)
    return dose, "" if dose is not None else f"cannot be computed: {title} is not known"


def watches(monitoring: Iterable[Monitoring]) -> tuple[Watch, ...]:
    """Return monitoring in words."""
    return tuple(
        Watch(
            what=each.what,
            when=", ".join(_times(each)),
            threshold=limits(each.threshold) if each.threshold is not None else "",
            act=each.act,
        )
        for each in monitoring
    )


def _times(each: Monitoring) -> list[str]:
    times = ["before the first dose"] if each.before else []
    times += [f"after {_days(days)}" for days in each.after_days]
    if each.every_days is not None:
        times.append(f"every {_days(each.every_days)}")
    return times


def _days(days: int) -> str:
    return "1 day" if days == 1 else f"{days} days"


def titles(names: Iterable[DrugId | ClassId], pack: RulePack) -> tuple[str, ...]:
    """Return drugs and classes by their titles."""
    words = pack.vocabulary
    return tuple(
        words.classes[ClassId(name)].title
        if ClassId(name) in words.classes
        else words.drugs[DrugId(name)].title
        for name in names
    )


def offered(named: Iterable[OptionId], verdicts: Mapping[OptionId, Verdict]) -> tuple[OptionId, ...]:
    """Return of the options a rule names instead those eligible here and now, clear ones first.

    What is itself excluded, or cannot be assessed, is never offered instead of something else.
    """
    eligible = [each for each in named if each in verdicts and verdicts[each].eligible]
    return tuple(sorted(eligible, key=lambda each: verdicts[each] is not Verdict.CLEAR))
