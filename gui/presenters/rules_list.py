"""The pack as a list: which files and rules pass the filters, as lines under their files."""

from __future__ import annotations

import enum
from collections.abc import Collection
from dataclasses import dataclass

from engine.domain.findings import Severity
from engine.domain.ids import OptionId
from engine.domain.replies import RuleFile, RuleSummary
from engine.domain.rules import Jurisdiction
from gui.messages import rules as say
from gui.presenters.lines import Line
from gui.presenters.tones import tone_of_severity
from gui.presenters.wording import spoken

FILE, RULE = "file:", "rule:"


class Label(enum.Enum):
    """Under whose label a rule holds."""

    ANY = "any"
    EU = Jurisdiction.EU
    US = Jurisdiction.US
    BOTH = "both"


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleFilter:
    """Which rules are listed; empty fields do not filter."""

    text: str = ""
    """Part of a rule's title or id, or of a file's path."""
    severity: Severity | None = None
    option: OptionId | None = None
    label: Label = Label.ANY
    not_seen: bool = False
    drafted: bool = False

    @property
    def about_rules(self) -> bool:
        """Tell whether only rules can pass."""
        return (
            self.severity is not None
            or self.option is not None
            or self.label is not Label.ANY
            or self.not_seen
        )

    @property
    def active(self) -> bool:
        """Tell whether anything is filtered at all."""
        return self != RuleFilter()


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """The files and rules that passed."""

    lines: tuple[Line, ...]
    count: str


def listing_of(
    files: tuple[RuleFile, ...],
    filters: RuleFilter,
    unfolded: Collection[str],
    unsaved: Collection[str],
) -> Listing:
    """Return the files that pass, in sections by kind, and the rules of those that are unfolded."""
    kept = [(file, found) for file in files if (found := _passing(file, filters)) is not None]
    lines: list[Line] = []
    for kind, title in say.KINDS.items():
        of_kind = [(file, rules) for file, rules in kept if file.kind == kind]
        for folder in dict.fromkeys(_folder(file.path) for file, _ in of_kind):
            section = [pair for pair in of_kind if _folder(pair[0].path) == folder]
            named = say.SECTION_IN.format(title=title, folder=spoken(folder)) if folder else title
            lines.append(Line(text=say.SECTION.format(title=named, count=len(section)), heading=True))
            for file, rules in section:
                opened = bool(rules) and (filters.active or file.path in unfolded)
                lines.append(_file_line(file, rules, opened=opened, unsaved=file.path in unsaved))
                if opened:
                    lines += [_rule_line(rule) for rule in rules]
    return Listing(lines=tuple(lines), count=_count(files, kept, filters))


def _passing(file: RuleFile, filters: RuleFilter) -> tuple[RuleSummary, ...] | None:
    """Return the file's rules that pass, or None where the file itself does not."""
    if filters.drafted and not file.drafted:
        return None
    text = filters.text.strip().casefold()
    whole = text in file.path.casefold()
    rules = tuple(
        rule
        for rule in file.rules
        if (whole or text in rule.title.casefold() or text in rule.rule_id.casefold())
        and filters.severity in (None, rule.severity)
        and (filters.option is None or filters.option in rule.options)
        and _under(filters.label, rule.jurisdiction)
        and not (filters.not_seen and rule.sources_seen)
    )
    return rules if rules or (whole and not filters.about_rules) else None


def _under(label: Label, jurisdiction: Jurisdiction | None) -> bool:
    if label is Label.ANY:
        return True
    return jurisdiction is None if label is Label.BOTH else label.value is jurisdiction


def _count(
    files: tuple[RuleFile, ...],
    kept: list[tuple[RuleFile, tuple[RuleSummary, ...]]],
    filters: RuleFilter,
) -> str:
    shown = sum(len(rules) for _, rules in kept)
    total = sum(len(file.rules) for file in files)
    in_files = say.FILE_ONE if len(kept) == 1 else say.FILES.format(count=len(kept))
    if filters.active:
        return say.COUNT_OF.format(rules=shown, total=rule_count(total), files=in_files)
    return say.COUNT.format(rules=rule_count(shown), files=in_files)


def rule_count(count: int) -> str:
    """Return a number of rules in words."""
    return say.RULE_ONE if count == 1 else say.RULES.format(count=count)


def short_path(path: str) -> str:
    """Return a path without what its section says already.

    >>> short_path("rules/atrial-fibrillation/apixaban.yaml")
    'apixaban'
    """
    return path.removesuffix(".yaml").removesuffix(".cases").rsplit("/", 1)[-1]


def _folder(path: str) -> str:
    """Return the folder inside the folder of its kind, empty where there is none."""
    parts = path.split("/")
    return "/".join(parts[1:-1])


def _file_line(file: RuleFile, rules: tuple[RuleSummary, ...], *, opened: bool, unsaved: bool) -> Line:
    title = short_path(file.path)
    unseen = sum(not rule.sources_seen for rule in rules)
    parts = [rule_count(len(rules))] if rules else []
    if unseen:
        parts.append(say.NOT_SEEN_COUNT.format(count=unseen))
    if rules:
        title = (say.UNFOLDED if opened else say.FOLDED).format(title=title)
    return Line(
        text=title,
        note=" · ".join(parts),
        aside=say.UNSAVED if unsaved else say.DRAFT if file.drafted else "",
        word=(say.SPOKEN_UNFOLDED if opened else say.SPOKEN_FOLDED) if rules else "",
        strong=bool(rules),
        key=f"{FILE}{file.path}",
    )


def _rule_line(rule: RuleSummary) -> Line:
    parts = [say.OF_LABEL.format(label=rule.jurisdiction.value)] if rule.jurisdiction is not None else []
    if not rule.sources_seen:
        parts.append(say.NOT_SEEN_ONLY.lower())
    return Line(
        text=rule.title,
        note=" · ".join(parts),
        tone=tone_of_severity(rule.severity),
        word=rule.severity.value,
        level=1,
        key=f"{RULE}{rule.rule_id}",
    )
