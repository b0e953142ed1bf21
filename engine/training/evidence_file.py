"""Evidence recipes and their tables of trial arms."""

from __future__ import annotations

import csv
import hashlib
from pathlib import Path
from typing import Final

from pydantic import TypeAdapter, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from engine.domain.ids import ContentHash, ModelId
from engine.errors import AuthoringError, NotReadable, UnknownName, in_words
from engine.ranking.card import encode
from engine.ranking.evidence_model import EVIDENCE_CARD, EVIDENCE_TREES
from engine.terminology.alike import did_you_mean
from engine.training.evidence import EvidenceRanking, card_of, rank_evidence
from engine.training.evidence_page import evidence_text
from engine.training.evidence_recipe import EvidenceRecipe
from engine.training.mean_table import read_means
from engine.training.network import Study, study_of_counts
from engine.training.training_run import write_model

_SHIPPED: Final = Path(__file__).resolve().parent / "recipes" / "evidence"


def shipped_evidence() -> tuple[str, ...]:
    """Return the names of the evidence recipes that ship with WhyRx."""
    return tuple(sorted(path.stem for path in _SHIPPED.glob("*.yaml")))


def read_evidence_recipe(name: str) -> EvidenceRecipe:
    """Read a shipped evidence recipe, or one given as a path.

    Raises:
        UnknownName: it is neither.
        AuthoringError: it cannot be used; the message lists every problem.
    """
    named = Path(name).suffix in {".yaml", ".yml"}
    path = Path(name) if named else _SHIPPED / f"{name}.yaml"
    if not named and name not in shipped_evidence():
        raise UnknownName(
            f"there is no evidence recipe {name!r}.",
            hint=f"{did_you_mean(name, shipped_evidence())} Or give the path of a recipe in YAML.",
        )
    try:
        document = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
        return TypeAdapter(EvidenceRecipe).validate_python(document)
    except (OSError, UnicodeDecodeError, YAMLError, ValidationError) as error:
        raise AuthoringError(
            f"the evidence recipe cannot be used: {in_words(error)}",
            place=str(path),
            hint="The shipped recipes show every field in use.",
        ) from error


def read_studies(path: Path, recipe: EvidenceRecipe, events: str) -> tuple[Study, ...]:
    """Read the arms of every study; studies with one arm, or that say nothing of an odds ratio, are left out.

    Raises:
        NotReadable: the file is no such table.
    """
    arms: dict[str, list[tuple[str, float, float]]] = {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            for row in csv.DictReader(stream, delimiter=recipe.separator):
                cells = (row[recipe.study], row[recipe.option], row[events], row[recipe.total])
                if all(cell not in {"", "NA"} for cell in cells):
                    arms.setdefault(cells[0], []).append((cells[1], float(cells[2]), float(cells[3])))
    except (OSError, UnicodeDecodeError, csv.Error, ValueError, KeyError) as error:
        raise NotReadable(
            f"the trial arms cannot be read: {in_words(error)}.",
            place=str(path),
            hint=f"Give a table with the columns {recipe.study}, {recipe.option}, {events}, {recipe.total}.",
        ) from error
    merged = {study: _merged(several) for study, several in arms.items()}
    counted = [study_of_counts(study, several) for study, several in merged.items() if len(several) > 1]
    found = tuple(study for study in counted if study is not None)
    if not found:
        raise NotReadable(
            "it has no trial that can be pooled: at least two options of one trial, with events in one.",
            place=str(path),
            hint=f"Give a table with the columns {recipe.study}, {recipe.option}, {events}, {recipe.total}.",
        )
    return found


def _merged(arms: list[tuple[str, float, float]]) -> list[tuple[str, float, float]]:
    """Return one arm an option: doses of one drug in one trial are one arm."""
    found: dict[str, tuple[float, float]] = {}
    for option, events, total in arms:
        before = found.get(option, (0.0, 0.0))
        found[option] = (before[0] + events, before[1] + total)
    return [(option, events, total) for option, (events, total) in found.items()]


def evidence(name: str, data: Path | None = None, out: Path | None = None) -> tuple[EvidenceRanking, str]:
    """Pool and order by the name of an evidence recipe; return the ranking, and it as Markdown.

    Args:
        name: of a shipped recipe, or the path of one.
        data: the table that the recipe speaks of; the one that ships beside it without.
        out: the folder to write the ranker to, with its card; nothing is written without.

    Raises:
        UnknownName: no such recipe ships.
        AuthoringError: the recipe cannot be used, or no table was given and none ships.
        NotReadable: the table cannot be used, or its trials do not connect.
        OperationalError: the folder cannot be written.
    """
    recipe = read_evidence_recipe(name)
    table = data or shipped_table(recipe)
    if table is None:
        raise AuthoringError(
            f"no table of trial arms ships for {name}.",
            hint="Give the table that the recipe cites with --data.",
        )
    ranking = _ranked(recipe, table)
    if out is not None:
        card = card_of(
            ranking, ModelId(out.name), ContentHash(hashlib.sha256(table.read_bytes()).hexdigest())
        )
        write_model(out, {EVIDENCE_TREES: ranking.trees, EVIDENCE_CARD: encode(card)})
    return ranking, evidence_text(ranking)


def shipped_table(recipe: EvidenceRecipe) -> Path | None:
    """Return the table that ships beside a recipe, if one does."""
    return _SHIPPED / "tables" / recipe.table if recipe.table else None


def _ranked(recipe: EvidenceRecipe, table: Path) -> EvidenceRanking:
    if recipe.measure == "mean difference":
        return rank_evidence(recipe, read_means(table).studies())
    harms = read_studies(table, recipe, recipe.harms) if recipe.harms else ()
    return rank_evidence(recipe, read_studies(table, recipe, recipe.events), harms)
