"""Forms of rules over the shipped pack, in the engine's process and out of it."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import pytest

from engine.bootstrap.local import LocalEngine
from engine.domain.forms import FormLanguage, RuleForm, value_node
from engine.domain.ids import RuleId
from engine.errors import NotFound, PackRejected

PATH = "rules/atrial-fibrillation/apixaban.yaml"
RULE = RuleId("apixaban.hypersensitivity")


def test_a_form_changes_the_draft_and_its_sentence_and_nothing_of_the_pack_in_use(
    shared: LocalEngine,
) -> None:
    text = shared.rule_text(PATH).text
    form = shared.rule_form(PATH, text, RULE).tree
    entries = tuple(
        (key, value_node("Apixaban, allergic") if key == "title" else value) for key, value in form.entries
    )
    changed = shared.with_rule_form(PATH, text, RULE, replace(form, entries=entries))
    assert changed == text.replace("title: Allergy to apixaban", "title: Apixaban, allergic", 1)
    assert shared.drafted_rule(PATH, changed, RULE).summary.title == "Apixaban, allergic"
    assert shared.rule(RULE).summary.title == "Allergy to apixaban"
    assert shared.drafted_rule(PATH, text, RULE).sentence == shared.rule(RULE).sentence
    assert shared.rule_text(PATH).draft is None


def test_a_draft_with_errors_has_no_sentence_and_says_why(shared: LocalEngine) -> None:
    text = shared.rule_text(PATH).text.replace("allergy: apixaban", "allergy: apixabam", 1)
    with pytest.raises(PackRejected, match="apixabam"):
        shared.drafted_rule(PATH, text, RULE)
    with pytest.raises(NotFound):
        shared.rule_form("rules/none.yaml", text, RULE)


def test_forms_and_their_language_cross_the_pipe_as_they_are(shared: LocalEngine) -> None:
    language = shared.form_language()
    assert msgspec.json.decode(msgspec.json.encode(language), type=FormLanguage) == language
    form = shared.rule_form(PATH, shared.rule_text(PATH).text, RULE)
    assert msgspec.json.decode(msgspec.json.encode(form), type=RuleForm) == form
