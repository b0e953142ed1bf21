"""The shipped words for drugs: enough of them, each to be found by code and by name."""

from __future__ import annotations

import re

from shipped_words import shipped_index

from engine.terminology.suggestions import Suggester, WordKind

_ATC = re.compile(r"[A-Z]\d{2}[A-Z]{2}\d{2}")
_DRUGS = shipped_index().vocabulary.drugs


def test_at_least_350_ingredients_have_an_rxnorm_identifier_and_an_atc_code() -> None:
    assert sum(1 for drug in _DRUGS.values() if drug.rxnorm and drug.atc) >= 350


def test_every_atc_code_is_one_of_an_ingredient() -> None:
    assert [
        (drug.title, code) for drug in _DRUGS.values() for code in drug.atc if not _ATC.fullmatch(code)
    ] == []


def test_a_drug_is_found_by_its_code_and_by_every_one_of_its_names() -> None:
    index = shipped_index()
    for drug in _DRUGS.values():
        for code in drug.rxnorm:
            assert drug.drug_id in index.drugs_by_rxnorm(code)
        for name in (drug.title, *drug.synonyms, *drug.brands):
            assert drug.drug_id in index.drugs_named(name), name


def test_a_misspelt_brand_leads_to_its_drug() -> None:
    suggester = Suggester(shipped_index().vocabulary)
    for written, meant in (("Viagara", "sildenafil"), ("Imigrn", "sumatriptan"), ("Zannaflex", "tizanidine")):
        assert suggester.nearest(written, WordKind.DRUG, 3)[0].word == meant
