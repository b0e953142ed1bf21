"""Packs used together are one pack: one hash, one set of names, every file once."""

from __future__ import annotations

from pathlib import Path

import pytest
from shipped_words import RULESETS
from site_pack import rules_text, write_site_pack
from small_pack import DAY

from engine.domain.ids import RuleId
from engine.errors import PackAltered, PackRejected
from engine.knowledge.browse import kind_of
from engine.knowledge.load import load_pack
from engine.knowledge.manifest import pack_hash, read_pack_files
from engine.knowledge.merge import read_packs


def test_one_pack_stays_what_it_is() -> None:
    assert read_packs([RULESETS], sealed=True) == read_pack_files(RULESETS)


def test_a_second_pack_adds_its_rules_under_its_own_folder(tmp_path: Path) -> None:
    files = read_packs([RULESETS, write_site_pack(tmp_path / "ours")], sealed=True)
    pack, diagnostics = load_pack(files, DAY)
    assert pack is not None, diagnostics
    alone, _ = load_pack(read_pack_files(RULESETS), DAY, cases=False)
    assert alone is not None
    assert set(pack.rules) - set(alone.rules) == {RuleId("site.apixaban"), RuleId("site.warfarin")}
    assert pack.rules[RuleId("site.apixaban")].span.path == "site/rules.yaml"
    assert pack.pack_id == "whyrx-starter+site"
    assert pack.title == f"{alone.title} with The site's rules"
    assert pack.version == f"{alone.version} with first"
    assert pack.status == f"{alone.status}; draft"
    assert pack.pack_hash == pack_hash(files) != alone.pack_hash
    assert {kind_of(file) for file in pack.files if file.path.endswith("manifest.yaml")} == {"manifest"}


def test_the_files_of_the_whole_load_again_as_they_are_archived(tmp_path: Path) -> None:
    files = read_packs([RULESETS, write_site_pack(tmp_path / "ours")], sealed=True)
    pack, _ = load_pack(files, DAY, cases=False)
    assert pack is not None
    again, diagnostics = load_pack(pack.files, DAY, cases=False)
    assert again == pack, diagnostics


def test_a_name_that_two_packs_define_is_told_with_both_places(tmp_path: Path) -> None:
    both = [write_site_pack(tmp_path / name, name=name) for name in ("north", "south")]
    pack, diagnostics = load_pack(read_packs([RULESETS, *both], sealed=True), DAY, cases=False)
    assert pack is None
    said = [str(item) for item in diagnostics if "site.apixaban" in item.message]
    assert any(
        line.startswith("south/rules.yaml:2:") and "defined twice; first in north/rules.yaml:2" in line
        for line in said
    )


def test_two_packs_of_one_id_are_refused_with_both_places(tmp_path: Path) -> None:
    one, two = (write_site_pack(tmp_path / name) for name in ("one", "two"))
    with pytest.raises(PackRejected) as caught:
        read_packs([RULESETS, one, two], sealed=True)
    assert caught.value.message.startswith(f'the rule pack has "site" already, in {one};')
    assert caught.value.place == str(two / "manifest.yaml")


def test_a_pack_without_an_id_cannot_stand_beside_another(tmp_path: Path) -> None:
    folder = write_site_pack(tmp_path / "ours")
    (folder / "manifest.yaml").write_text("files: {}\n", encoding="utf-8")
    with pytest.raises(PackRejected, match="the rule pack has no id"):
        read_packs([RULESETS, folder], sealed=False)


def test_a_broken_seal_says_whose(tmp_path: Path) -> None:
    folder = write_site_pack(tmp_path / "ours")
    (folder / "rules.yaml").write_text(rules_text("second"), encoding="utf-8")
    with pytest.raises(PackAltered) as caught:
        read_packs([RULESETS, folder], sealed=True)
    assert caught.value.place == str(folder / "manifest.yaml")
    assert "rules.yaml" in caught.value.message
    assert read_packs([RULESETS, folder], sealed=False)
