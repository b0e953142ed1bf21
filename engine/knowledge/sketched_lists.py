"""The lists of a patient that a solver found, as a case describes them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from engine.domain.atoms import Atom, HasAllergy, HasCondition, PlansProcedure, StoppedDrug, TakesDrug
from engine.domain.patient import AllergySeverity, ReactionKind
from engine.domain.quantities import plain
from engine.knowledge.cells import decimal_of
from engine.knowledge.sketches import Listed
from engine.knowledge.world import World
from engine.knowledge.world_lists import ACTIVE, ALLERGIC, PLANNED, RESOLVED, ROUTES, STOPPED, TAKEN

if TYPE_CHECKING:
    from z3 import ModelRef

#: Key of a case -> the sorts of entries that stand there.
_LISTS = {
    "conditions": (ACTIVE, RESOLVED),
    "medications": (TAKEN, STOPPED),
    "allergies": (ALLERGIC,),
    "planned": (PLANNED,),
}
#: Details that count days -> key of a case.
_DAYS = {"started": "since", "ago": "stopped", "began": "since", "ahead": "in"}


def sketched_lists(world: World, model: ModelRef, asked: Iterable[Atom]) -> Mapping[str, tuple[Listed, ...]]:
    """Return each list of a patient, as far as some atoms look at it."""
    words = frozenset[str]().union(
        *(
            world.ground.names_in(world.atom(atom))
            for atom in asked
            if isinstance(atom, TakesDrug | StoppedDrug | HasCondition | HasAllergy | PlansProcedure)
        )
    )
    holds = world.holds_in(model)
    present = [
        key for key, flag in world.ground.flags.items() if f"{key[0]}: {key[1]}" in words and holds(flag)
    ]
    return {
        key: tuple(
            Listed(name=entry.partition(" #")[0], details=_details(world, model, sort, entry, words))
            for sort in sorts
            for of, entry in present
            if of == sort
        )
        for key, sorts in _LISTS.items()
    }


def _details(
    world: World, model: ModelRef, sort: str, entry: str, words: frozenset[str]
) -> Mapping[str, str | tuple[str, ...]]:
    """Return what was asked of an entry, by the keys of a case."""
    said: dict[str, str | tuple[str, ...]] = {"status": "resolved"} if sort == RESOLVED else {}
    reactions: list[str] = []
    asked_of_reactions = False
    for (of, name, detail), value in world.lists.details.items():
        if (of, name) != (sort, entry) or f"{of} {name} {detail}" not in words:
            continue
        if detail in _KINDS_OF_REACTION:
            asked_of_reactions = True
            reactions += [detail] if world.holds_in(model)(value) else []
        elif detail == "kind":
            said["kind"] = "allergy" if world.holds_in(model)(value) else "intolerance"
        else:
            number = world.number_in(model, value)
            key, _, unit = detail.partition(" ")
            if detail in _DAYS:
                said[_DAYS[detail]] = f"{int(number)} days"
            elif detail == "route":
                said["route"] = ROUTES[int(number)].value
            elif detail == "severity":
                said["severity"] = list(AllergySeverity)[int(number)].value
            else:
                said[key] = f"{plain(decimal_of(number))} {unit}"
    if asked_of_reactions:
        said["reaction"] = tuple(reactions) or (ReactionKind.OTHER.value,)
    return said


_KINDS_OF_REACTION = frozenset(kind.value for kind in ReactionKind)
