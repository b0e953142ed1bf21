"""Indications and their treatment options."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass

from engine.domain.findings import EvidenceStrength
from engine.domain.ids import (
    ClassId,
    ConceptId,
    ConditionId,
    DrugId,
    IndicationId,
    ModelId,
    OptionId,
    QuantityId,
)
from engine.domain.patient import Route
from engine.domain.provenance import SourceRef
from engine.domain.quantities import Quantity
from engine.domain.rules import Jurisdiction


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What guidelines and trials say of one option for one indication."""

    order: int
    """1 is best supported; options of equal order are tied by evidence."""
    line: str
    strength: EvidenceStrength
    sources: tuple[SourceRef, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TherapyOption:
    """One thing that could be done for the indication: a drug, a regimen or a dose band."""

    option_id: OptionId
    title: str
    drug: DrugId
    classes: tuple[ClassId, ...]
    dose: str
    route: str
    burden: str
    """Pills a day, visits, monitoring, in a few words."""
    evidence: Evidence | None
    """None for a drug that is taken already and is not compared with others here."""
    administered: Route | None = None
    """The route as rules select by it; None where the words name no single one."""
    single_dose: Quantity | None = None
    """Of one administration, in UCUM; None where the dose is a range or not fixed."""
    daily_dose: Quantity | None = None
    """Of 24 hours, in UCUM; None as above."""
    model_level: int | None = None
    """The option's place in the model's catalogue (dose band 0, 1, 2); None where no model knows it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Marketing:
    """An option that can be had under one label alone."""

    option_id: OptionId
    only: Jurisdiction
    sources: tuple[SourceRef, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NotOffered:
    """An option that was not assessed: it is not marketed under the label of the place."""

    option_id: OptionId
    title: str
    only: Jurisdiction
    """Under whose label it is marketed."""
    sources: tuple[SourceRef, ...]
    sources_seen: bool


class OptionsFrom(enum.StrEnum):
    """Where the options of an indication come from."""

    LISTED = "listed"
    """From the rule pack, the same for every patient."""
    MEDICATIONS = "medications"
    """From the record: each drug that is taken, planned, or may be taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Indication:
    """Why a therapy is considered, with all its options."""

    indication_id: IndicationId
    title: str
    question: str
    """What is being decided, as a clinician would ask it."""
    options: tuple[TherapyOption, ...]
    """Where they come from the record, one for each drug that a rule speaks of."""
    model: ModelId | None
    no_model_reason: str
    """Shown where no model orders the options; empty where one does."""
    conditions: tuple[ConditionId, ...] = ()
    """Recorded conditions that suggest this indication."""
    context: tuple[ConceptId, ...] = ()
    """Derived concepts worth showing above the options, such as the stroke risk class."""
    display_quantities: tuple[QuantityId, ...] = ()
    """Quantities worth showing above the options: ``cha2ds2_vasc``, ``crcl``."""
    options_from: OptionsFrom = OptionsFrom.LISTED
    marketing: tuple[Marketing, ...] = ()
    """The options that are not marketed everywhere."""

    def marketed_elsewhere(self, jurisdiction: Jurisdiction) -> Mapping[OptionId, Marketing]:
        """Return the options that are marketed under the other label alone."""
        return {each.option_id: each for each in self.marketing if each.only is not jurisdiction}
