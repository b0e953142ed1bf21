"""Fields that classes gained after values without them were recorded.

A record of before lacks them. It reads with their defaults, and the bytes it was recorded in are the
canonical ones all the same: those of today with these fields left out where they say nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from engine.domain.decision import Decision, DecisionRequest
from engine.domain.findings import Finding
from engine.domain.patient import Allergy, Medication, PatientRecord
from engine.domain.therapy import TherapyOption

#: What format 1 did not have when it was first written. A field added later belongs here.
GAINED: Final[Mapping[type, frozenset[str]]] = {
    Medication: frozenset({"route", "single_dose", "daily_dose"}),
    Allergy: frozenset({"reactions"}),
    PatientRecord: frozenset({"planned"}),
    TherapyOption: frozenset({"administered", "single_dose", "daily_dose"}),
    Finding: frozenset({"computed", "watch", "alternatives", "no_alternative", "starts", "replacements"}),
    Decision: frozenset({"not_covered", "not_offered"}),
    DecisionRequest: frozenset({"model_in_use"}),
}
