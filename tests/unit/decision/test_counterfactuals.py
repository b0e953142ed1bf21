"""The smallest change that would change the answer: on a hand-made world where the answer is known."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from builders import a_decision, an_assessment, an_option
from charts import takes
from dosing import dosing_patient

from engine.decision.counterfactuals import Again, counterfactual_text, counterfactuals
from engine.domain.decision import Decision
from engine.domain.ids import OptionId
from engine.domain.options import Assessment, OrderedBy, RankedOption, Verdict
from engine.domain.patient import MedicationStatus, PatientRecord

A, B = OptionId("a"), OptionId("b")
TITLES = {A: "option A", B: "option B"}


def _answer(
    first: OptionId, excluded: Sequence[OptionId]
) -> tuple[tuple[Assessment, ...], tuple[RankedOption, ...]]:
    assessments = tuple(
        an_assessment(name, Verdict.EXCLUDED if name in excluded else Verdict.CLEAR, option=an_option(name))
        for name in (A, B)
    )
    ranked = tuple(
        RankedOption(
            option_id=name,
            place=1 if name == first else 2,
            tied=False,
            ordered_by=OrderedBy.EVIDENCE,
            score=None,
            moved_by_model=False,
        )
        for name in (A, B)
        if name not in excluded
    )
    return assessments, ranked


def _taken(record: PatientRecord) -> set[str]:
    return {str(item.drug) for item in record.medications if item.status is MedicationStatus.ACTIVE}


def _weight(record: PatientRecord) -> Decimal:
    return next(
        item.value.value
        for item in record.observations
        if item.quantity == "weight" and item.value is not None
    )


def _decision(record: PatientRecord, again: Again) -> Decision:
    assessments, ranked = again(record)
    return a_decision(record=record, assessments=tuple(assessments), ranked=tuple(ranked))


def test_one_drug_that_excludes_an_option_is_found_alone() -> None:
    def again(record: PatientRecord) -> tuple[tuple[Assessment, ...], tuple[RankedOption, ...]]:
        return _answer(B, [A]) if "amiodarone" in _taken(record) else _answer(B, [])

    record = dosing_patient(medications=(takes("amiodarone"), takes("aspirin")))
    (found,) = counterfactuals(_decision(record, again), again)
    assert found.changes == ("without amiodarone",)
    assert found.lifted == (A,)
    assert not found.top_changed


def test_two_drugs_are_tried_together_only_where_neither_is_enough() -> None:
    def again(record: PatientRecord) -> tuple[tuple[Assessment, ...], tuple[RankedOption, ...]]:
        return _answer(A, []) if not _taken(record) & {"amiodarone", "fluconazole"} else _answer(B, [A])

    record = dosing_patient(medications=(takes("amiodarone"), takes("fluconazole"), takes("aspirin")))
    (found,) = counterfactuals(_decision(record, again), again)
    assert found.changes == ("without amiodarone", "without fluconazole")
    assert found.top == (A,)
    text = counterfactual_text([found], TITLES)
    assert text.startswith(
        "without amiodarone and without fluconazole: first would stand option A; no longer"
    )
    assert "no advice" in text


def test_a_weight_is_changed_within_what_is_plausible_and_never_twice_at_once() -> None:
    asked: list[Decimal] = []

    def again(record: PatientRecord) -> tuple[tuple[Assessment, ...], tuple[RankedOption, ...]]:
        asked.append(_weight(record))
        return _answer(A if _weight(record) > 65 else B, [])

    record = dosing_patient(height="160", weight="62")
    found = counterfactuals(_decision(record, again), again)
    assert [item.changes for item in found] == [
        ("weight 65.1 kg instead of 62 kg",),
        ("weight 68.2 kg instead of 62 kg",),
    ]
    assert set(asked) == {Decimal(62), Decimal("58.9"), Decimal("65.1"), Decimal("55.8"), Decimal("68.2")}


def test_a_weight_nobody_could_have_is_not_tried() -> None:
    asked: set[Decimal] = set()

    def again(record: PatientRecord) -> tuple[tuple[Assessment, ...], tuple[RankedOption, ...]]:
        asked.add(_weight(record))
        return _answer(A, [])

    record = dosing_patient(height="180", weight="56")
    assert counterfactuals(_decision(record, again), again) == ()
    assert min(asked) == Decimal(56)


def test_age_sex_genes_and_diagnoses_are_never_changed() -> None:
    seen: list[PatientRecord] = []

    def again(record: PatientRecord) -> tuple[tuple[Assessment, ...], tuple[RankedOption, ...]]:
        seen.append(record)
        return _answer(A, [])

    record = dosing_patient(medications=(takes("amiodarone"), takes("simvastatin")))
    counterfactuals(_decision(record, again), again)
    assert len(seen) > 5
    for other in seen:
        assert (other.birth_date, other.sex) == (record.birth_date, record.sex)
        assert (other.genotypes, other.diagnoses) == (record.genotypes, record.diagnoses)


def test_nothing_found_is_said() -> None:
    assert counterfactual_text([], TITLES).startswith("No change")
