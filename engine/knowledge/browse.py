"""A rule pack as pages to be read: files, rules, texts."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache

from engine.domain.diagnostics import CaseResult
from engine.domain.ids import RuleId
from engine.domain.pack import PackFile, RulePack
from engine.domain.pages import Draft
from engine.domain.provenance import Checked
from engine.domain.replies import CitedSource, RuleFile, RuleSummary, RuleText, RuleView
from engine.domain.rules import FileSpan, Rule, concepts_of
from engine.errors import NotFound
from engine.knowledge.entries import CASES_SUFFIX, is_manifest
from engine.knowledge.manifest import file_hash
from engine.knowledge.schema import SECTIONS
from engine.knowledge.yaml_source import ListNode, MapNode, read_yaml
from engine.terminology.alike import did_you_mean
from engine.terminology.sentences import concept_sentence, sentence

_TOP_LEVEL = re.compile(r"^(\w+):", re.MULTILINE)
_WORDS = frozenset({"drugs", "classes", "conditions", "quantities", "allergens", "states", "genes"})


def rule_files(pack: RulePack, drafted: Collection[str] = ()) -> tuple[RuleFile, ...]:
    """Return the files of a pack in order of path, each with its rules in order of line."""
    cases = _cases_by_rule(pack)
    by_path: dict[str, list[Rule]] = {}
    for rule in pack.rules.values():
        by_path.setdefault(rule.span.path, []).append(rule)
    return tuple(
        RuleFile(
            path=file.path,
            kind=kind_of(file),
            rules=tuple(
                _summary(rule, pack, cases)
                for rule in sorted(by_path.get(file.path, ()), key=lambda rule: rule.span.line)
            ),
            drafted=file.path in drafted,
        )
        for file in pack.files
    )


def kind_of(file: PackFile) -> str:
    """Return what a file holds, from its first section."""
    if is_manifest(file.path):
        return "manifest"
    if file.path.endswith(CASES_SUFFIX):
        return "cases"
    names = _TOP_LEVEL.findall(_decoded(file))
    section = next((name for name in names if name in SECTIONS), "rules")
    return "vocabulary" if section in _WORDS else section


def _cases_by_rule(pack: RulePack) -> Mapping[RuleId, int]:
    """Count the cases that speak of each rule."""
    return _counted(tuple(file for file in pack.files if file.path.endswith(CASES_SUFFIX)))


@lru_cache(maxsize=4)
def _counted(files: tuple[PackFile, ...]) -> Mapping[RuleId, int]:
    cases: Counter[RuleId] = Counter()
    for file in files:
        top = read_yaml(file.path, file.content)[0]
        listed = top.entries.get("cases") if top else None
        for case in listed.items if isinstance(listed, ListNode) else ():
            then = case.entries.get("then") if isinstance(case, MapNode) else None
            cases.update(RuleId(name) for name in (then.entries if isinstance(then, MapNode) else ()))
    return cases


def _summary(rule: Rule, pack: RulePack, cases: Mapping[RuleId, int]) -> RuleSummary:
    return RuleSummary(
        rule_id=rule.rule_id,
        title=rule.title,
        severity=rule.then.severity,
        options=rule.options,
        span=rule.span,
        jurisdiction=rule.jurisdiction,
        sources_seen=all(pack.citations[each.citation].checked is Checked.SEEN for each in rule.sources),
        cases=cases.get(rule.rule_id, 0),
    )


def rule_view(pack: RulePack, rule_id: RuleId, results: Sequence[CaseResult] = ()) -> RuleView:
    """Return one rule to be read, with those results of cases that speak of it.

    Raises:
        NotFound: the pack has no such rule.
    """
    rule = pack.rules.get(rule_id)
    if rule is None:
        raise NotFound(
            f'there is no rule "{rule_id}" in this pack.',
            hint=did_you_mean(rule_id, pack.rules, listed_by="They stand in the rule files."),
        )
    return RuleView(
        summary=_summary(rule, pack, _cases_by_rule(pack)),
        sentence=sentence(rule, pack),
        say=rule.then.say,
        manage=rule.then.manage,
        status=rule.status.value,
        review_by=rule.review_by.isoformat(),
        author=rule.author,
        version=rule.version,
        sources=tuple(CitedSource(ref=ref, citation=pack.citations[ref.citation]) for ref in rule.sources),
        concepts=tuple(
            (concept.title, concept_sentence(concept, pack))
            for concept in reversed(pack.concepts_below(concepts_of(rule.when)))
        ),
        yaml=excerpt(file_text(pack.files, rule.span.path), rule.span),
        cases=tuple(result for result in results if rule_id in result.rules),
    )


def rule_text(pack: RulePack, path: str, draft: Draft | None) -> RuleText:
    """Return one file as text, with the user's draft of it.

    Raises:
        NotFound: the pack has no such file.
    """
    file = _file(pack.files, path)
    return RuleText(path=path, text=_decoded(file), content=file_hash(file.content), draft=draft)


def file_text(files: Sequence[PackFile], path: str) -> str:
    """Return the text of one file of a pack.

    Raises:
        NotFound: there is no such file.
    """
    return _decoded(_file(files, path))


def excerpt(text: str, span: FileSpan) -> str:
    """Return the entry that begins in a line, with the comments inside it, its indentation taken off."""
    lines = text.splitlines()[span.line - 1 :]
    if not lines:
        return ""
    margin = len(lines[0]) - len(lines[0].lstrip())
    kept = [lines[0]]
    for line in lines[1:]:
        if line.strip() and len(line) - len(line.lstrip()) <= margin:
            break
        kept.append(line)
    return "\n".join(line[margin:] for line in kept).rstrip() + "\n"


def _file(files: Sequence[PackFile], path: str) -> PackFile:
    file = next((each for each in files if each.path == path), None)
    if file is None:
        raise NotFound(
            f'there is no file "{path}" in this pack.', hint=did_you_mean(path, [each.path for each in files])
        )
    return file


def _decoded(file: PackFile) -> str:
    return file.content.decode("utf-8-sig")
