"""What a form may hold: nothing but what the models and the reader of the rule language say themselves."""

from __future__ import annotations

from questions import NOW
from shipped_words import RULESETS

from engine.domain.findings import Severity
from engine.domain.forms import FieldKind, FormField, FormLanguage
from engine.knowledge.entry import Entry
from engine.knowledge.form_language import form_language, shapes
from engine.knowledge.manifest import read_pack_files
from engine.knowledge.premise_schema import PREMISE_KEYS, PremiseEntry
from engine.knowledge.schema import RuleEntry


def _language() -> FormLanguage:
    return form_language(read_pack_files(RULESETS), NOW.date())


def _field(language: FormLanguage, shape: str, key: str) -> FormField:
    found = language.shape(shape)
    assert found is not None
    field = found.field(key)
    assert field is not None, key
    return field


def _models(model: type[Entry]) -> dict[str, type[Entry]]:
    """Return every model of the language by its name."""
    found = {model.__name__: model}
    for inner in model.__subclasses__():
        found |= _models(inner)
    return found


def test_every_key_of_every_model_is_a_field_and_no_other() -> None:
    models = _models(Entry)
    made = shapes()
    assert {"RuleEntry", "ThenEntry", "PremiseEntry", "SourceEntry"} <= {shape.name for shape in made}
    for shape in made:
        keys = {info.alias or name for name, info in models[shape.name].model_fields.items()}
        assert {field.key for field in shape.fields} == keys


def test_what_must_be_written_and_what_may_be_listed_is_as_the_models_have_it() -> None:
    language = _language()
    assert language.root == RuleEntry.__name__
    assert _field(language, "RuleEntry", "for").many
    assert _field(language, "RuleEntry", "for").required
    assert not _field(language, "RuleEntry", "jurisdiction").required
    assert _field(language, "RuleEntry", "review_by").kind is FieldKind.DAY
    assert _field(language, "RuleEntry", "when").shape == PremiseEntry.__name__
    assert _field(language, "ThenEntry", "severity").choices == tuple(map(str, Severity))


def test_one_of_the_keys_that_make_a_premise_decides_what_may_stand_beside_it() -> None:
    shape = _language().shape(PremiseEntry.__name__)
    assert shape is not None
    assert {each.key: each.beside for each in shape.alternatives} == {
        key: tuple(beside) for key, beside in PREMISE_KEYS.items()
    }
    known = {field.key for field in shape.fields}
    assert known >= {key for each in shape.alternatives for key in (each.key, *each.beside)}


def test_the_reader_tells_which_names_may_stand_in_a_field() -> None:
    language = _language()
    assert set(_field(language, "PremiseEntry", "takes").sorts) == {"drug", "drug class"}
    assert _field(language, "PremiseEntry", "condition").sorts == ("condition",)
    assert _field(language, "PremiseEntry", "below").sorts == ("parameter",)
    assert _field(language, "SourceEntry", "citation").sorts == ("citation",)
    assert set(_field(language, "RuleEntry", "for").sorts) == {"option", "drug", "drug class"}
    limits = dict(language.offered(_field(language, "PremiseEntry", "at_least")))
    assert "apixaban.crcl_floor" in limits
    drugs = dict(language.offered(_field(language, "PremiseEntry", "takes")))
    assert drugs["amiodarone"] == "amiodarone"
    assert not any(name.startswith("asked.") for names in language.names for name, _ in names.names)


def test_every_field_that_takes_a_name_offers_some() -> None:
    language = _language()
    empty = [
        (shape.name, field.key)
        for shape in language.shapes
        for field in shape.fields
        if field.kind is FieldKind.NAME and not language.offered(field)
    ]
    assert empty == []
