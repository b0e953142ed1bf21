"""Where an input of a model stands in a patient record: part of the card, so that a model carries it."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class SourceKind(enum.StrEnum):
    """What is asked of a record."""

    QUANTITY = "quantity"
    """The value of one quantity, in the feature's unit."""
    DECADE = "decade"
    """The value of one quantity in whole tens, the last label taking in all above."""
    SEX = "sex"
    """Female 0, male 1."""
    DRUG = "drug"
    """Any of these drugs is taken."""
    CONDITION = "condition"
    """Any of these conditions is present."""
    STATE = "state"
    """Any of these states is reported."""
    DIPLOTYPE = "diplotype"
    """The place of the diplotype of one gene among the feature's labels."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordSource:
    """How one feature is read from a record."""

    kind: SourceKind
    names: tuple[str, ...] = ()
    """Ids of the vocabulary; none for sex."""
