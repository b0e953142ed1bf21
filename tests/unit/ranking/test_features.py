"""How a record becomes the inputs of the dose model."""

from __future__ import annotations

from charts import NOW, takes
from dosing import CARD, FEATURES, dosing_patient, facts

from engine.domain.ids import FeatureName
from engine.domain.patient import ListKind, MedicationStatus, PatientRecord, Sex
from engine.ranking.features import PatientInputs, read_inputs


def _read(record: PatientRecord) -> PatientInputs:
    return read_inputs(CARD.features, record, facts(), NOW)


def _value(record: PatientRecord, name: str) -> float | None:
    return _read(record).value(FeatureName(name))


def test_a_well_documented_patient_misses_nothing() -> None:
    assert _read(dosing_patient()).missing == ()


def test_values_read_as_a_clinician_would() -> None:
    patient = _read(dosing_patient())
    said = {str(item.feature): item.text for item in patient.inputs}
    assert said["age"] == "72 years"
    assert said["weight"] == "62 kg"
    assert said["cyp2c9"] == "*1/*1"
    assert said["amiodarone"] == "no"
    assert said["sex"] == "female"


def test_age_is_read_in_decades() -> None:
    assert _value(dosing_patient(age=72), "age") == 7
    assert _value(dosing_patient(age=99), "age") == 9


def test_a_drug_that_is_taken_is_yes_and_one_of_a_reviewed_list_no() -> None:
    record = dosing_patient(drugs=("phenytoin",))
    assert _value(record, "enzyme_inducer") == 1
    assert _value(record, "amiodarone") == 0


def test_a_drug_that_was_stopped_is_not_taken() -> None:
    record = dosing_patient(medications=(takes("amiodarone", MedicationStatus.STOPPED),))
    assert _value(record, "amiodarone") == 0


def test_what_an_unreviewed_list_lacks_is_not_known() -> None:
    record = dosing_patient(lists_reviewed=False)
    assert _value(record, "amiodarone") is None
    assert _value(record, "diabetes") is None
    assert _value(record, "atrial_fibrillation") == 1


def test_an_unmapped_drug_leaves_every_untaken_drug_not_known() -> None:
    record = dosing_patient(medications=(takes(None), takes("simvastatin")))
    assert _value(record, "amiodarone") is None
    assert _value(record, "simvastatin") == 1


def test_a_narrower_condition_counts() -> None:
    assert _value(dosing_patient(conditions=("pulmonary_embolism",)), "thromboembolism") == 1
    assert _value(dosing_patient(conditions=("bioprosthetic_heart_valve",)), "heart_valve") == 1


def test_a_missing_genotype_stays_missing_and_is_no_refusal() -> None:
    patient = _read(dosing_patient(cyp2c9=None, vkorc1=None))
    assert {feature.name for feature in patient.missing} == {"cyp2c9", "vkorc1"}
    assert patient.outside == ()


def test_an_allele_the_model_never_saw_lies_outside() -> None:
    patient = _read(dosing_patient(cyp2c9=("*1/*5",)))
    assert "CYP2C9" in patient.outside[0]
    assert patient.value(FeatureName("cyp2c9")) is None


def test_a_call_between_two_diplotypes_lies_outside() -> None:
    assert _read(dosing_patient(cyp2c9=("*1/*2", "*1/*3"))).outside


def test_race_changes_nothing() -> None:
    told = dosing_patient(race="Asian")
    assert _read(told) == _read(dosing_patient())


def test_sex_that_is_not_recorded_is_missing() -> None:
    assert _value(dosing_patient(sex=Sex.UNKNOWN), "sex") is None


def test_reviewing_one_list_says_nothing_of_another() -> None:
    reviews = tuple(item for item in dosing_patient().reviews if item.kind is ListKind.CONDITIONS)
    record = dosing_patient(reviews=reviews)
    assert _value(record, "diabetes") == 0
    assert _value(record, "amiodarone") is None


def test_every_feature_has_bins_and_a_meaning() -> None:
    for feature in FEATURES:
        assert feature.meaning
        assert feature.bins >= 2
        assert bool(feature.cuts) != bool(feature.labels)
