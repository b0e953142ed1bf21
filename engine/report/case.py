"""A decision as a case without its patient: what rules and models saw and said, and nothing that names.

The eighteen kinds of identifiers of 45 CFR 164.514(b)(2) are removed or generalised: names, ids, contacts,
document names and hashes and their places are left out; so is every text that is not a word of the rule
pack; ages over 89 become one group, with all that would give them away; dates are moved back by a secret
number of days. Moved dates keep intervals and are not what the rule's *safe harbor* allows (the year alone):
whether a case may leave the site is for the site's privacy officer to say. Rare combinations of conditions,
drugs and genotypes can identify a person without any identifier; no export can rule that out.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from engine.domain.decision import Decision
from engine.domain.explanation import Attribution, Explanation
from engine.domain.facts import Reading
from engine.domain.findings import Finding, MissingDatum, Undecided
from engine.domain.patient import PatientRecord, Understanding
from engine.domain.quantities import Quantity
from engine.domain.replies import DecisionDossier
from engine.errors import IdentityLeaked
from engine.report import content
from engine.report.case_words import RACES, SEVERITIES, is_diplotype
from engine.report.date_shift import DateShift, shift_for
from engine.report.leaks import leaks

_OLDEST: Final = 89
_AGED: Final = "90 or older"
NOTICE: Final = (
    "De-identified: names, ids, free text, documents and their places were left out, ages over 89 grouped, "
    "and all dates moved back by one secret number of days. Dates are not reduced to years, and rare "
    "combinations can still identify a person: ask the privacy officer before it leaves the site."
)

Part = dict[str, Any]


def de_identified(dossier: DecisionDossier, words: frozenset[str], secret: bytes) -> bytes:
    """Return a case as JSON, once it was searched for everything that tells who the patient is.

    Args:
        dossier: The decision with what followed it.
        words: The only texts that may pass: see ``case_words``.
        secret: Random bytes that are kept nowhere; they choose the shift of dates and the name of the case.

    Raises:
        IdentityLeaked: the search found something; the case is not to be had then.
    """
    days = frozenset(_days(dossier))
    # What a model calls its inputs is as little of the record as the rules are.
    words |= {item.feature for each in dossier.decision.explanations for item in (*each.lime, *each.exact)}
    maker = _Maker(dossier=dossier, words=words, shift=shift_for(days, secret))
    name = hashlib.sha256(b"whyrx case name" + secret).hexdigest()[:12]
    written = json.dumps(maker.case(f"case-{name}"), ensure_ascii=False, indent=1) + "\n"
    found = leaks(written, dossier, days, words | {NOTICE, _AGED})
    if found:
        raise IdentityLeaked(
            f"The case would still tell who the patient is, in {len(found)} places; nothing was written.",
            hint="Do not export this case. Report the places: they name no patient.",
            place="; ".join(found[:10]),
        )
    return written.encode("utf-8")


def _days(value: object) -> Iterable[date]:
    """Yield every date in a value of the domain, however deep."""
    seen: set[int] = set()
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, datetime):
            yield item.date()
        elif isinstance(item, date):
            yield item
        elif isinstance(item, tuple):
            waiting += item
        elif hasattr(item, "__dataclass_fields__") and id(item) not in seen:
            seen.add(id(item))
            # Of a citation the dates are those of the source.
            waiting += [getattr(item, name) for name in item.__dataclass_fields__ if name != "citations"]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Maker:
    """Says what may be said."""

    dossier: DecisionDossier
    words: frozenset[str]
    shift: DateShift

    @property
    def _decision(self) -> Decision:
        return self.dossier.decision

    @property
    def _age(self) -> int | None:
        return content.age_on(self._decision.record.birth_date, self._decision.decided_at.date())

    @property
    def _aged(self) -> bool:
        """Tell whether the age is one of those that are grouped; one that is not known may be."""
        return self._age is None or self._age > _OLDEST

    def case(self, name: str) -> Part:
        decision, record = self._decision, self._decision.record
        return {
            "whyrx_case": 1,
            "notice": NOTICE,
            "case": name,
            "marks": {
                "synthetic": record.synthetic,
                "rules_approved": decision.versions.pack_status == "approved",
                "model_synthetic": decision.ranking.synthetic,
                "engine_agreed": decision.engine.agreed and not decision.engine.faults,
            },
            "indication": self._word(decision.request.indication_id),
            "label": decision.request.jurisdiction.value,
            "decided_on": self.shift.moved(decision.decided_at.date()),
            "patient": {
                "sex": record.sex.value,
                "age": _AGED if self._age is not None and self._aged else self._age,
                "race": record.race if record.race in RACES else None,
            },
            "record": self._record(record),
            "readings": [self._reading(item) for item in decision.readings if self._may_tell(item)],
            "facts": [
                {"atom": self._word(fact.symbol), "truth": fact.truth.value} for fact in decision.facts
            ],
            "options": [self._option(place) for place in range(len(decision.assessments))],
            "to_settle": [self._missing(item.datum) for item in decision.to_settle],
            "ranking": {"status": decision.ranking.status.name.lower(),
                        "changed_order": decision.ranking.changed_order},
            "explanations": [self._explanation(item) for item in decision.explanations],
            "response": self._response(),
            "versions": {
                "whyrx": decision.versions.whyrx,
                "pack_hash": decision.versions.pack_hash,
                "model_hash": decision.versions.model_hash,
            },
        }  # fmt: skip

    def _record(self, record: PatientRecord) -> Part:
        return {
            "observations": [
                {"quantity": self._word(item.quantity), **self._amount(item.value), "on": self._day(item.at),
                 "flags": [flag.value for flag in item.flags]}
                for item in record.observations
                if not (self._aged and item.quantity == "age")
            ],
            "medications": [
                {"drug": self._word(item.drug), "status": item.status.value,
                 "from": self._day(item.start), "until": self._day(item.stop)}
                for item in record.medications
            ],
            "diagnoses": [
                {"condition": self._word(item.condition), "status": item.status.value,
                 "since": self._day(item.onset)}
                for item in record.diagnoses
            ],
            "allergies": [
                {"allergen": self._word(item.allergen), "drug": self._word(item.drug),
                 "kind": item.kind.value,
                 "severity": item.severity if item.severity in SEVERITIES else None}
                for item in record.allergies
            ],
            "genotypes": [
                {"gene": self._word(item.gene),
                 "diplotypes": [self._diplotype(one) for one in item.diplotypes],
                 "phenotype": self._word(item.phenotype), "source": item.source.value,
                 "on": self._day(item.at)}
                for item in record.genotypes
            ],
            "states": [
                {"state": self._word(item.state), "holds": item.holds, "on": self._day(item.at),
                 "flags": [flag.value for flag in item.flags]}
                for item in record.states
            ],
            "lists_reviewed": [
                {"list": item.kind.value, "on": self._day(item.on)} for item in record.reviews
            ],
            "not_understood": {
                level.value: sum(item.level is level for item in record.not_understood)
                for level in Understanding
            },
        }  # fmt: skip

    def _reading(self, reading: Reading) -> Part:
        return {
            "quantity": self._word(reading.quantity),
            **self._amount(reading.value),
            "on": self._day(reading.at),
            "flags": [flag.value for flag in reading.flags],
        }

    def _may_tell(self, reading: Reading) -> bool:
        """Tell whether a reading keeps an age over 89 to itself: a clearance can be solved for it."""
        return not self._aged or not _rests_on_age(reading)

    def _option(self, place: int) -> Part:
        assessment = self._decision.assessments[place]
        ranked = {item.option_id: item for item in self._decision.ranked}.get(assessment.option.option_id)
        return {
            "option": self._word(assessment.option.option_id),
            "verdict": assessment.verdict.value,
            "place": ranked.place if ranked else None,
            "tied": ranked.tied if ranked else None,
            "ordered_by": ranked.ordered_by.value if ranked else None,
            "score": ranked.score.score if ranked and ranked.score else None,
            "findings": [self._finding(item) for item in assessment.findings],
            "findings_elsewhere": [self._finding(item) for item in assessment.elsewhere],
            "undecided": [self._undecided(item) for item in assessment.undecided],
            "rules_checked": assessment.rules_checked,
            "faults": len(assessment.faults),
        }

    def _finding(self, finding: Finding) -> Part:
        return {
            "rule": self._word(finding.rule_id),
            "kind": finding.kind.value,
            "severity": finding.severity.value,
            "strength": finding.strength.value,
        }

    def _undecided(self, undecided: Undecided) -> Part:
        return {
            "rule": self._word(undecided.rule_id),
            "severity": undecided.severity.value,
            "blocks": undecided.blocks,
            "missing": [self._missing(item) for item in undecided.missing],
        }

    def _missing(self, datum: MissingDatum) -> Part:
        return {"kind": datum.kind.value, "subject": self._word(datum.subject)}

    def _explanation(self, explanation: Explanation) -> Part:
        return {
            "option": self._word(explanation.option_id),
            "score": explanation.score,
            "base": explanation.base,
            "grade": explanation.fidelity.grade.value,
            "lime": _shares(explanation.lime),
            "exact": _shares(explanation.exact),
        }

    def _response(self) -> Part | None:
        response = self.dossier.response
        if response is None:
            return None
        return {
            "choice": response.choice.value,
            "option": self._word(response.option_id),
            "reason": response.reason.value if response.reason else None,
            "on": self.shift.moved(response.at.date()),
        }

    def _amount(self, quantity: Quantity | None) -> Part:
        if quantity is None:
            return {"value": None, "unit": None}
        return {"value": str(quantity.value), "unit": self._word(quantity.unit)}

    def _day(self, day: date | None) -> str | None:
        """Return a moved date; one that lies more than 89 years back tells of an age over 89."""
        if day is None or day < self._decision.decided_at.date() - timedelta(days=365 * _OLDEST):
            return None
        return self.shift.moved(day)

    def _diplotype(self, text: str) -> str | None:
        return text if is_diplotype(text) else self._word(text)

    def _word(self, text: str | None) -> str | None:
        """Return a text where it is a word that may pass, and nothing where it is not."""
        return text if text in self.words else None


def _rests_on_age(reading: Reading) -> bool:
    return reading.quantity == "age" or any(map(_rests_on_age, reading.inputs))


def _shares(attributions: Iterable[Attribution]) -> list[Part]:
    # Shares alone: the value beside each can be free text, or an age.
    return [{"feature": item.feature, "share": item.contribution} for item in attributions]
