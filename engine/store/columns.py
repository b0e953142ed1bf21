"""What lists, filters and searches need of stored content, computed from it and from nothing else.

Verification computes the same again: a list can therefore never say anything that the content
does not.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

import msgspec
from sqlite_utils import Database

from engine.domain.decision import Decision, Response
from engine.domain.ids import ContentHash, OptionId
from engine.domain.options import Verdict
from engine.domain.patient import PatientRecord, Understanding
from engine.errors import InputError
from engine.store.codec import sha256

Columns = dict[str, str | int | bytes | None]

#: What divides words. The index takes every sign beyond ASCII for a letter, and so does this; a hyphen or
#: a point inside a word belongs to it, so that an id is one word.
_BETWEEN_WORDS: Final = re.compile(r"[\x00-,/:-@\[-`{-\x7f\s]+")
#: Longer words are known by their beginning.
_LONGEST_WORD: Final = 40


def of_patient(record: PatientRecord, changed_at: datetime) -> Columns:
    """Return the columns of a patient's row in the list."""
    name_key = folded(record.name)
    return {
        "patient_id": record.patient_id,
        "name": record.name,
        "name_key": name_key,
        "search": _joined((record.name, record.patient_id)),
        "birth_date": record.birth_date.isoformat() if record.birth_date else None,
        "sex": record.sex.value,
        "changed_at": stamp(changed_at),
        "not_understood": sum(item.level is Understanding.LOUD for item in record.not_understood),
        "synthetic": int(record.synthetic),
    }


def of_decision(decision: Decision) -> Columns:
    """Return the columns of a decision's row in the list."""
    counted = Counter(assessment.verdict for assessment in decision.assessments)
    return {
        "patient_id": decision.request.patient_id,
        "patient_name": decision.record.name,
        "indication_id": decision.request.indication_id,
        "indication_title": decision.indication_title,
        "decided_at": stamp(decision.decided_at),
        "requested_by": decision.request.requested_by,
        "first": _first(decision),
        "verdicts": json.dumps(
            [[verdict.value, counted[verdict]] for verdict in Verdict if counted[verdict]]
        ),
    }


def of_response(response: Response, decision: Decision) -> Columns:
    """Return the columns of a response's row in the list.

    Raises:
        InputError: the decision offers no such option.
    """
    said = (response.reason.value if response.reason else "", response.text)
    return {
        "choice": response.choice.value,
        "chosen": _title(decision, response.option_id),
        "reason": ": ".join(part for part in said if part),
    }


def answer(db: Database, event: int, listed: Columns) -> None:
    """Show in the list what became of a decision."""
    db.execute(
        "UPDATE decision_list SET choice = ?, chosen = ?, reason = ? WHERE event = ?",
        (listed["choice"], listed["chosen"], listed["reason"], event),
    )


def words(decision: Decision, response: Response | None) -> tuple[str, ...]:
    """Return the words that find a decision, folded, each once: patient, drugs, rules, reason, user.

    Ids are no words: there is one for each decision, and lists find them by columns of their own.
    """
    texts = [
        decision.record.name,
        decision.indication_title,
        _first(decision),
        decision.request.requested_by,
    ]
    texts += [medication.text for medication in decision.record.medications]
    texts += [finding.rule_id for item in decision.assessments for finding in item.findings]
    if response is not None:
        columns = of_response(response, decision)
        texts += [str(columns["chosen"]), str(columns["reason"]), response.choice.value, response.by]
    return tuple(sorted({word for text in texts for word in words_of(text)}))


def words_of(text: str) -> tuple[str, ...]:
    """Return the words of a text as they are indexed and searched.

    >>> words_of("Müller, ANNE-Marie")
    ('muller', 'anne-marie')
    """
    found = (word.strip("-.") for word in _BETWEEN_WORDS.split(folded(text)))
    return tuple(word[:_LONGEST_WORD].rstrip("-.") for word in found if word)


_in_order = msgspec.json.Encoder(order="sorted")


def hash_of(listed: Columns) -> ContentHash:
    """Return the hash by which the chain knows the row that a list shows."""
    return sha256(_in_order.encode(listed))


def folded(text: str) -> str:
    """Return a text as it is compared: without case, accents and control characters.

    >>> folded("Müller, ANNE-Marie")
    'muller, anne-marie'
    """
    # Folding case can give letters that decompose, and decomposing letters that have case.
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold()).casefold()
    kept = (char for char in plain if not unicodedata.combining(char))
    return "".join(" " if unicodedata.category(char).startswith("C") else char for char in kept)


def stamp(moment: datetime) -> str:
    """Return a moment in UTC as text whose order is that of time."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def _first(decision: Decision) -> str:
    return ", ".join(
        decision.assessed(ranked.option_id).option.title for ranked in decision.ranked if ranked.place == 1
    )


def _title(decision: Decision, option_id: OptionId) -> str:
    for assessment in decision.assessments:
        if assessment.option.option_id == option_id:
            return assessment.option.title
    offered = ", ".join(assessment.option.option_id for assessment in decision.assessments)
    raise InputError(
        f"{decision.decision_id} offers no option {option_id}.",
        hint=f"Choose one of: {offered}.",
        place=decision.decision_id,
    )


def _joined(texts: Iterable[str]) -> str:
    # One line a field: a word searched for has no line break and so never spans two fields.
    return "\n".join(folded(text) for text in texts)
