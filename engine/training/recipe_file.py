"""Reading recipes: all problems at once, in the words of whoever wrote the file."""

from __future__ import annotations

import dataclasses
import typing
from pathlib import Path
from typing import Final

from pydantic import TypeAdapter, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from engine.errors import AuthoringError, UnknownName, in_words
from engine.terminology.alike import did_you_mean
from engine.training.recipe import OutcomeKind, Recipe

SHIPPED: Final = Path(__file__).resolve().parent / "recipes"


def shipped_recipes() -> tuple[str, ...]:
    """Return the names of the recipes that ship with WhyRx."""
    return tuple(sorted(path.stem for path in SHIPPED.glob("*.yaml")))


def find_recipe(name: str) -> Path:
    """Return the file of a shipped recipe, or of one given as a path.

    Raises:
        UnknownName: it is neither.
    """
    path = Path(name)
    if path.suffix in {".yaml", ".yml"}:
        return path
    if name in shipped_recipes():
        return SHIPPED / f"{name}.yaml"
    raise UnknownName(
        f"there is no recipe {name!r}.",
        hint=f"{did_you_mean(name, shipped_recipes())} Or give the path of a recipe in YAML.",
    )


def read_recipe(path: Path) -> Recipe:
    """Read a recipe.

    Raises:
        AuthoringError: it cannot be used; the message lists every problem.
    """
    try:
        document = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, YAMLError) as error:
        raise AuthoringError(
            f"the recipe cannot be read: {in_words(error)}",
            place=str(path),
            hint="A recipe is a YAML file in UTF-8.",
        ) from error
    unknown = list(_unknown_words(document, Recipe))
    try:
        recipe = TypeAdapter(Recipe).validate_python(document)
    except ValidationError as error:
        found = [f"{'.'.join(map(str, item['loc']))}: {item['msg']}" for item in error.errors()]
        raise _refused(path, [*unknown, *found]) from error
    if problems := [*unknown, *_problems(recipe)]:
        raise _refused(path, problems)
    return recipe


def _refused(path: Path, problems: list[str]) -> AuthoringError:
    return AuthoringError(
        "the recipe cannot be used:\n" + "\n".join(f"  - {problem}" for problem in problems),
        place=str(path),
        hint="Mend each line and try again; the shipped recipes show every field in use.",
    )


def _unknown_words(document: object, kind: type, way: str = "") -> list[str]:
    """Return the keys of mappings that no field has: a typing error must not pass for an absent field."""
    if not isinstance(document, dict) or not dataclasses.is_dataclass(kind):
        return []
    hints = typing.get_type_hints(kind)
    fields = {item.name: hints[item.name] for item in dataclasses.fields(kind)}
    found = [
        f"{way}{key}: there is no such field; there are {', '.join(fields)}"
        for key in document
        if key not in fields
    ]
    for key, hint in fields.items():
        value = document.get(key)
        for inner in (hint, *typing.get_args(hint)):
            if not dataclasses.is_dataclass(inner) or not isinstance(inner, type):
                continue
            items = value if isinstance(value, list) else [value]
            for place, item in enumerate(items):
                step = f"{way}{key}.{place}." if isinstance(value, list) else f"{way}{key}."
                found += _unknown_words(item, inner, step)
    return found


def _problems(recipe: Recipe) -> list[str]:
    """Return what each field alone cannot show."""
    outcome, names = recipe.outcome, [feature.name for feature in recipe.features]
    groups = [group.name for group in recipe.groups]
    found = [f"features: {name} stands twice" for name in {*names} if names.count(name) > 1]
    found += [
        f"features.{feature.name}: give either cuts or labels, one at least"
        for feature in recipe.features
        if bool(feature.cuts) == bool(feature.labels)
    ]
    found += [
        f"features.{feature.name}: give either first or any, one at least"
        for feature in recipe.features
        if bool(feature.first) == bool(feature.any)
    ]
    if outcome.kind is OutcomeKind.BAND and len(outcome.edges) != len(outcome.levels) - 1:
        found.append("outcome.edges: there must be one fewer than levels")
    if outcome.kind is OutcomeKind.EVENT and len(recipe.options) < 2:
        found.append("options: an event needs two options or more that could be given")
    if outcome.kind is OutcomeKind.EVENT and not (outcome.event and outcome.no_event):
        found.append("outcome: say which cells mean an event, and which mean none")
    if recipe.leave_out is not None and recipe.leave_out not in groups:
        found.append(f"leave_out: {recipe.leave_out} is none of the groups {', '.join(groups)}")
    told = {
        "learnt_without": recipe.learnt_without,
        "measured_on": recipe.measured_on,
        "by_groups": recipe.by_groups,
        "flips": recipe.flips,
        "linked": [name for item in recipe.linked for name in (*item.given, *item.drawn)],
        "guard": [*recipe.guard.columns, *recipe.guard.logged] if recipe.guard else [],
        "teacher": [*recipe.teacher.numbers, *recipe.teacher.codes, *recipe.teacher.yes]
        if recipe.teacher
        else [],
        "equations": [name for item in recipe.equations for name in (*item.numbers, *item.codes, *item.yes)],
    }
    found += [
        f"{where}: {name} is no feature"
        for where, several in told.items()
        for name in several
        if name not in names
    ]
    return found
