"""A site's own rule pack beside the shipped one: two rules, in one of two versions."""

from __future__ import annotations

from pathlib import Path

from engine.knowledge.manifest import seal

_RULE = """\
  site.{option}:
    title: {title}
    for: [{option}]
    when: {{quantity: age, at_least: 18 years}}
    then: {{kind: {kind}, severity: {severity}, strength: low, say: "{title} at {{age}}."}}
    sources: [{{citation: eliquis-eu, where: renal impairment}}]
    review_by: 2027-11-30
    author: the authors of the tests
    version: 1
    status: draft
"""
_CASES = """\
cases:
  - name: an adult
    on: 2026-11-01
    indication: atrial-fibrillation
    given: {birth_date: 1956-05-01}
    then: {site.apixaban: fires, site.warfarin: fires}
  - name: a child
    on: 2026-11-01
    indication: atrial-fibrillation
    given: {birth_date: 2016-05-01}
    then: {site.apixaban: silent, site.warfarin: silent}
  - name: nobody knows
    on: 2026-11-01
    indication: atrial-fibrillation
    given: {}
    then: {site.apixaban: undecided, site.warfarin: undecided}
"""


def rules_text(version: str, *options: str) -> str:
    """Return the rules of a version: the first forbids what the second warns of, and the other way round."""
    severity = {"first": "contraindicated", "second": "caution"}[version]
    kind = {"first": "contraindication", "second": "precaution"}[version]
    texts = [
        _RULE.format(option=option, title=f"The {version} rule", severity=severity, kind=kind)
        for option in options or ("apixaban", "warfarin")
    ]
    return "".join(["rules:\n", *texts])


def write_site_pack(
    folder: Path, version: str = "first", *, name: str = "site", rules: str = "", sealed: bool = True
) -> Path:
    """Write the pack, over one that is there, and seal it whatever its rules say."""
    folder.mkdir(exist_ok=True)
    manifest = f"pack: {{id: {name}, title: The site's rules, version: {version}, status: draft}}\n"
    (folder / "manifest.yaml").write_text(manifest, encoding="utf-8")
    (folder / "rules.yaml").write_text(rules or rules_text(version), encoding="utf-8")
    (folder / "rules.cases.yaml").write_text(_CASES, encoding="utf-8")
    if sealed:
        seal(folder)
    return folder
