"""The data behind a decision, as rows: what the record held, what was read from it, what it decided."""

from __future__ import annotations

from dataclasses import dataclass

from engine.domain.decision import Decision
from engine.domain.facts import Reading
from engine.domain.patient import Flag, PatientRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One datum: what it is, what is said of it, where it came from."""

    title: str
    value: str
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Data of one kind."""

    title: str
    rows: tuple[Row, ...]


def readings(decision: Decision) -> Table:
    """Return the values that were read, derived ones with their inputs."""
    return Table(
        title="Values used",
        rows=tuple(
            Row(
                title=reading.title,
                value=_joined(
                    str(reading.value),
                    f"on {reading.at}" if reading.at else "not dated",
                    reading.note,
                    _flags(reading.flags),
                ),
                place=_reading_place(reading),
            )
            for reading in decision.readings
        ),
    )


def facts(decision: Decision) -> Table:
    """Return every fact as it was decided."""
    return Table(
        title="Facts",
        rows=tuple(
            Row(title=fact.truth.value, value=fact.statement, place=fact.symbol) for fact in decision.facts
        ),
    )


def record(decision: Decision) -> tuple[Table, ...]:
    """Return the record that was sealed into the decision, by kind; kinds without entries are left out."""
    held = decision.record
    tables = (
        _medications(held),
        _diagnoses(held),
        _planned(held),
        _allergies(held),
        _observations(held),
        _genotypes(held),
        _states(held),
        Table(
            title="Lists reviewed",
            rows=tuple(
                Row(title=item.kind.value, value=f"on {item.on}", place=str(item.provenance))
                for item in held.reviews
            ),
        ),
        Table(
            title="Documents",
            rows=tuple(
                Row(title=item.name, value=item.kind, place=f"SHA-256 {item.sha256}")
                for item in held.documents
            ),
        ),
    )
    return tuple(table for table in tables if table.rows)


def _medications(held: PatientRecord) -> Table:
    return Table(
        title="Medications",
        rows=tuple(
            Row(
                title=item.text,
                value=_joined(
                    item.status.value,
                    item.drug or "drug not known to WhyRx",
                    item.dose,
                    item.route.value if item.route is not None else "",
                    f"{item.daily_dose} a day" if item.daily_dose is not None else "",
                    f"from {item.start}" if item.start else "",
                    f"until {item.stop}" if item.stop else "",
                ),
                place=str(item.provenance),
            )
            for item in held.medications
        ),
    )


def _diagnoses(held: PatientRecord) -> Table:
    return Table(
        title="Diagnoses",
        rows=tuple(
            Row(
                title=item.text,
                value=_joined(
                    item.status.value,
                    item.condition or "outside the vocabulary",
                    f"since {item.onset}" if item.onset else "",
                ),
                place=str(item.provenance),
            )
            for item in held.diagnoses
        ),
    )


def _planned(held: PatientRecord) -> Table:
    return Table(
        title="Planned procedures",
        rows=tuple(
            Row(
                title=item.text,
                value=_joined(
                    item.procedure or "outside the vocabulary",
                    f"on {item.on}" if item.on else "no day is fixed",
                ),
                place=str(item.provenance),
            )
            for item in held.planned
        ),
    )


def _allergies(held: PatientRecord) -> Table:
    return Table(
        title="Allergies",
        rows=tuple(
            Row(
                title=item.text,
                value=_joined(
                    item.kind.value,
                    item.allergen or item.drug or "not known to WhyRx",
                    item.reaction or ", ".join(kind.value for kind in item.reactions),
                    item.severity,
                ),
                place=str(item.provenance),
            )
            for item in held.allergies
        ),
    )


def _observations(held: PatientRecord) -> Table:
    return Table(
        title="Observations",
        rows=tuple(
            Row(
                title=item.quantity,
                value=_joined(
                    str(item.value) if item.value is not None else "",
                    f"written as {item.as_written}",
                    f"on {item.at}" if item.at else "not dated",
                    _flags(item.flags),
                ),
                place=str(item.provenance),
            )
            for item in held.observations
        ),
    )


def _genotypes(held: PatientRecord) -> Table:
    return Table(
        title="Genotypes",
        rows=tuple(
            Row(
                title=item.gene,
                value=_joined(
                    " or ".join(item.diplotypes),
                    item.phenotype or "",
                    f"called by {item.source.value}",
                    f"on {item.at}" if item.at else "",
                ),
                place=str(item.provenance),
            )
            for item in held.genotypes
        ),
    )


def _states(held: PatientRecord) -> Table:
    return Table(
        title="States",
        rows=tuple(
            Row(
                title=item.state,
                value=_joined(
                    "yes" if item.holds else "no",
                    f"on {item.at}" if item.at else "not dated",
                    _flags(item.flags),
                ),
                place=str(item.provenance),
            )
            for item in held.states
        ),
    )


def _reading_place(reading: Reading) -> str:
    inputs = ", ".join(f"{item.title} {item.value}" for item in reading.inputs)
    return _joined(str(reading.provenance), f"from {inputs}" if inputs else "")


def _flags(flags: tuple[Flag, ...]) -> str:
    return f"unknown to rules: {', '.join(flag.value for flag in flags)}" if flags else ""


def _joined(*parts: str) -> str:
    return "; ".join(part for part in parts if part)
