"""What a report of a decision says, in order, before any form is given to it."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date, datetime

from engine.domain.decision import Decision, RankingStatus, Response
from engine.domain.explanation import Explanation
from engine.domain.findings import Finding, FindingKind, MissingDatum, Severity, ToSettle, Undecided, Watch
from engine.domain.ids import OptionId
from engine.domain.options import Assessment, OrderedBy, RankedOption, Verdict
from engine.domain.patient import NotUnderstood, Understanding
from engine.domain.provenance import Checked, Citation, SourceRef
from engine.domain.replies import DecisionDossier
from engine.domain.rules import RuleStatus
from engine.domain.therapy import TherapyOption
from engine.report.not_offered import not_offered_lines

#: The order of a report is the order of reading: what is left, then what is open, then what is out.
TIERS: tuple[tuple[Verdict, str, str], ...] = (
    (Verdict.CLEAR, "Clear", "No rule fired against these; what is still open is named beside each."),
    (Verdict.CAUTION, "With caution", "Possible, with the cautions named."),
    (
        Verdict.UNASSESSABLE,
        "Cannot be assessed",
        "A rule that could exclude these is undecided; this does not mean that they are safe.",
    ),
    (Verdict.EXCLUDED, "Excluded", "A rule excludes these for this patient."),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One option in its tier."""

    assessment: Assessment
    ranked: RankedOption | None
    explanation: Explanation | None
    score_note: str
    """What must stand beside a score: that it orders nothing here, or what it is made of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """One feature's share in a score, by both methods; None where a method does not name it."""

    title: str
    value: str
    lime: float | None
    exact: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tier:
    """Options of one verdict, in the order to show them."""

    verdict: Verdict
    title: str
    meaning: str
    entries: tuple[Entry, ...]


def banners(decision: Decision) -> tuple[str, ...]:
    """Return what must stand above everything else, on screen and on paper."""
    said: list[str] = []
    if decision.record.synthetic:
        said.append("Synthetic: this is a demonstration patient, not a real person.")
    status = decision.versions.pack_status
    if status != RuleStatus.APPROVED:
        said.append(
            f"Not clinically reviewed: the rules are of status \N{LEFT DOUBLE QUOTATION MARK}{status}"
            "\N{RIGHT DOUBLE QUOTATION MARK}."
        )
    if decision.ranking.synthetic:
        said.append("Synthetic: the model did not learn from real patients alone.")
    if decision.not_covered:
        said.append(not_covered_line(decision))
    said += not_offered_lines(decision)
    if decision.engine.faults or not decision.engine.agreed:
        said.append("Engine fault: the rule evaluators failed or disagreed, so nothing could be assessed.")
    return tuple(said)


def identity(dossier: DecisionDossier) -> tuple[tuple[str, str], ...]:
    """Return who, what, when and under which hash."""
    decision, record = dossier.decision, dossier.decision.record
    born = f"born {record.birth_date}" if record.birth_date else "birth date not known"
    age = age_on(record.birth_date, decision.decided_at.date())
    years = f" ({age} years)" if age is not None else ""
    return (
        ("Patient", f"{record.name} ({record.patient_id}), {record.sex.value}, {born}{years}"),
        ("Asked by", decision.request.requested_by),
        ("Decided at", moment(decision.decided_at)),
        ("Label", decision.request.jurisdiction.value),
        ("Decision", decision.decision_id),
        ("SHA-256", dossier.content),
    )


def versions(decision: Decision) -> tuple[tuple[str, str], ...]:
    """Return exactly what computed the decision."""
    used = decision.versions
    agreed = "agreed" if decision.engine.agreed else "did not agree"
    return (
        ("WhyRx", used.whyrx),
        ("Rule pack", f"{used.pack_id} {used.pack_version}, {used.pack_status}"),
        ("Pack SHA-256", used.pack_hash),
        ("Model", decision.ranking.model_id or "none"),
        ("Model SHA-256", used.model_hash or "none"),
        ("Evaluators", f"{decision.engine.engine}; they {agreed}"),
        ("Seed", str(decision.seed)),
    )


def tiers(decision: Decision) -> tuple[Tier, ...]:
    """Return the tiers that have options; eligible options by place, others as the indication has them."""
    ranked = {item.option_id: item for item in decision.ranked}
    explained = {item.option_id: item for item in decision.explanations}
    found: list[Tier] = []
    for verdict, title, meaning in TIERS:
        entries = [
            Entry(
                assessment=assessment,
                ranked=ranked.get(assessment.option.option_id),
                explanation=explained.get(assessment.option.option_id),
                score_note=_score_note(decision),
            )
            for assessment in decision.assessments
            if assessment.verdict is verdict
        ]
        entries.sort(key=lambda entry: entry.ranked.place if entry.ranked else len(decision.assessments))
        if entries:
            found.append(Tier(verdict=verdict, title=title, meaning=meaning, entries=tuple(entries)))
    return tuple(found)


def place_of(ranked: RankedOption | None) -> str:
    """Return an option's place; ties look tied.

    An excluded or unassessable option has none.
    """
    if ranked is None:
        return "\N{EN DASH}"
    return f"{ranked.place}=" if ranked.tied else f"{ranked.place}"


def ordering_of(ranked: RankedOption, score_note: str) -> str:
    """Return what put an option in its place, as a sentence, with the note on its score."""
    parts = [f"Place {place_of(ranked)}, by {ranked.ordered_by.value}"]
    if ranked.tied:
        parts.append("tied: nothing separates it from its neighbours")
    if ranked.moved_by_model and ranked.ordered_by is OrderedBy.MODEL:
        parts.append("evidence alone would have put it elsewhere")
    if ranked.score is not None:
        parts.append(f"model score {ranked.score.score:.3f}{f' ({score_note})' if score_note else ''}")
        if ranked.score.probability is not None:
            parts.append(f"probability {ranked.score.probability:.0%}")
    return "; ".join(parts) + "."


def _score_note(decision: Decision) -> str:
    note = decision.ranking
    if note.status is RankingStatus.NOT_ADOPTED:
        return "not used: the model is not validated at this site"
    return note.score_label


def shares(explanation: Explanation) -> tuple[Share, ...]:
    """Return every feature that either method names, in the order of the exact shares."""
    lime = {item.feature: item for item in explanation.lime}
    exact = {item.feature: item for item in explanation.exact}
    return tuple(
        Share(
            title=named.title,
            value=named.value,
            lime=lime[feature].contribution if feature in lime else None,
            exact=exact[feature].contribution if feature in exact else None,
        )
        for feature, named in (
            exact | {name: item for name, item in lime.items() if name not in exact}
        ).items()
    )


def fidelity_line(explanation: Explanation) -> str:
    """Return how far the explanation can be believed."""
    fidelity = explanation.fidelity
    return (
        f"{capitalised(fidelity.grade.value)}: {fidelity.reason} "
        f"Correlation with the exact attributions {fidelity.correlation:.4f}, "
        f"same sign in {fidelity.sign_agreement:.0%} of the largest, local R² {fidelity.local_r2:.3f}, "
        f"{explanation.samples} samples, seed {explanation.seed}."
    )


def signed(share: float | None) -> str:
    """Return a share with its sign, or a dash where there is none."""
    return "\N{EN DASH}" if share is None else f"{share:+.3f}"


def ranking_lines(decision: Decision) -> tuple[str, ...]:
    """Return what must stand beside any order."""
    note = decision.ranking
    lines = [" ".join(sentence(part) for part in (note.status.value, note.reason) if part)]
    if note.inputs_missing:
        lines.append(f"The model did not have: {', '.join(note.inputs_missing)}.")
    if note.changed_order:
        lines.append("The model changed the order that evidence alone would give.")
    return tuple(lines)


def option_line(entry: Entry) -> str:
    """Return dose, route and burden of an option."""
    option = entry.assessment.option
    return ", ".join(part for part in (option.dose, option.route, option.burden) if part)


def evidence_line(option: TherapyOption) -> str:
    """Return what guidelines and trials say of an option; nothing of one that is not compared here."""
    if option.evidence is None:
        return ""
    return f"Evidence ({option.evidence.strength.value}): {option.evidence.line}"


def evidence_sources(option: TherapyOption) -> tuple[SourceRef, ...]:
    """Return the sources of that."""
    return option.evidence.sources if option.evidence is not None else ()


def not_covered_line(decision: Decision) -> str:
    """Return which drugs of the record no rule speaks of: silence about them must not be taken for safety."""
    if not decision.not_covered:
        return ""
    return f"No rule speaks of {', '.join(decision.not_covered)}: nothing was checked for them."


def finding_heading(finding: Finding) -> str:
    """Return severity, kind and rule of a finding."""
    said = [finding.severity.value]
    if (finding.severity, finding.kind) != (Severity.CONTRAINDICATED, FindingKind.CONTRAINDICATION):
        said.append(finding.kind.value)
    return f"{capitalised(', '.join(said))}: {finding.rule_title}"


def finding_notes(finding: Finding) -> tuple[str, ...]:
    """Return what qualifies a finding: strength, review, whether its source was seen."""
    notes = [f"Evidence {finding.strength.value}", f"rule {finding.rule_id}"]
    if finding.status != RuleStatus.APPROVED:
        notes.append(finding.status)
    if not finding.sources_seen:
        notes.append("a source of it was not before the authors' eyes")
    return tuple(notes)


def advice(finding: Finding, titles: dict[OptionId, str]) -> tuple[tuple[str, str], ...]:
    """Return what a finding asks to be done: a word for each line, and the line."""
    said = [("What to do", finding.manage), ("Dose", finding.dose)]
    if finding.computed is not None:
        said.append(("Computed", "; ".join(finding.computed.steps)))
    said += [("Monitor", watch_line(watch)) for watch in finding.watch]
    if finding.starts:
        said.append(("Start beside it", ", ".join(finding.starts)))
    if finding.alternatives:
        named = ", ".join(titles.get(option, option) for option in finding.alternatives)
        said.append(("Instead, not excluded for this patient", named))
    if finding.no_alternative:
        said.append(("Nothing instead", f"because {finding.no_alternative}."))
    for each in finding.replacements:
        careful = f"; with caution: {' '.join(each.cautions)}" if each.cautions else "; nothing against it"
        said.append(("In its place", f"{each.title}, put through {each.rules_checked} rules{careful}"))
    return tuple((word, line) for word, line in said if line)


def watch_line(watch: Watch) -> str:
    """Return what to monitor, when, and what to do at which value."""
    line = " ".join(part for part in (watch.what, watch.when) if part)
    limit = f"if {watch.threshold}" if watch.threshold else ""
    act = ", ".join(part for part in (limit, watch.act) if part)
    return f"{line}; {act}" if act else line


def undecided_heading(undecided: Undecided) -> str:
    """Return an undecided rule with what it does to the option."""
    effect = "so the option cannot be assessed" if undecided.blocks else "mentioned only"
    return f"Undecided ({undecided.severity.value}), {undecided.kind.value}: {undecided.rule_title}, {effect}"


def missing_line(datum: MissingDatum) -> str:
    """Return a missing datum with the reason."""
    unit = f" [{datum.unit}]" if datum.unit and datum.unit != "1" else ""
    return f"{datum.title}{unit}: {datum.reason}"


def settle_line(item: ToSettle, titles: dict[OptionId, str]) -> str:
    """Return what a missing datum would settle."""
    rules = f"{len(item.rules)} rule{'s' if len(item.rules) != 1 else ''}"
    options = ", ".join(titles.get(option, option) for option in item.options)
    return f"{missing_line(item.datum)}. Would settle {rules} for {options}; at worst {item.worst.value}."


def titles_of(decision: Decision) -> dict[OptionId, str]:
    """Return the titles of the options, by id."""
    return {item.option.option_id: item.option.title for item in decision.assessments}


def not_understood(decision: Decision) -> tuple[NotUnderstood, ...]:
    """Return what was not understood, loud entries first."""
    return tuple(
        sorted(decision.record.not_understood, key=lambda item: item.level is not Understanding.LOUD)
    )


def not_understood_line(item: NotUnderstood) -> str:
    """Return one entry that was not understood, with reason and remedy."""
    remedy = f" {item.remedy}" if item.remedy else ""
    return f"{item.what}: {item.reason}.{remedy}"


def response_lines(response: Response | None, decision: Decision) -> tuple[str, ...]:
    """Return the clinician's choice."""
    if response is None:
        return ("No choice has been recorded.",)
    title = titles_of(decision).get(response.option_id, response.option_id)
    lines = [f"{capitalised(response.choice.value)}: {title}, by {response.by}, {moment(response.at)}."]
    if response.reason is not None:
        lines.append(f"Reason: {response.reason.value}.")
    if response.text:
        lines.append(response.text)
    return tuple(lines)


def source_label(source: SourceRef, citations: dict[str, Citation]) -> str:
    """Return a source with the place in it, and whether it was seen."""
    citation = citations.get(source.citation)
    if citation is None:
        return f"{source.citation}, {source.where} (not among the citations of this decision)"
    seen = "" if citation.checked is Checked.SEEN else " (not seen)"
    return f"{citation.title} ({citation.year}), {source.where}{seen}"


def citation_check(citation: Citation) -> str:
    """Return how a citation was checked."""
    return f"{capitalised(citation.checked.value)}: {citation.how} ({citation.on})"


def checked_line(assessment: Assessment) -> str:
    """Return how many rules were checked, and what came of them, worst first."""
    counts = [
        f"{count} {severity.value}"
        for severity in Severity
        if (count := sum(item.severity is severity for item in assessment.findings))
    ]
    if assessment.undecided:
        counts.append(f"{len(assessment.undecided)} undecided")
    return f"{assessment.rules_checked} rules checked: {', '.join(counts) or 'none speaks against it'}."


def moment(at: datetime) -> str:
    """Return a moment to the second, with its offset from UTC."""
    return at.strftime("%Y-%m-%d %H:%M:%S ") + (at.tzname() or "")


def age_on(birth_date: date | None, day: date) -> int | None:
    """Return completed years."""
    if birth_date is None or birth_date > day:
        return None
    return day.year - birth_date.year - ((day.month, day.day) < (birth_date.month, birth_date.day))


def sentence(text: str) -> str:
    """Return a text with a large first letter and an end."""
    return capitalised(text) + ("" if text.endswith((".", "!", "?")) else ".")


def capitalised(text: str) -> str:
    """Return a text with its first letter large and the rest as it is."""
    return text[:1].upper() + text[1:]


def plain(text: str) -> str:
    """Return imported text without anything that acts instead of being read.

    Control characters drive terminals, and marks of direction turn a sentence around.
    """
    return "".join(
        " " if char in "\n\t" else "\N{REPLACEMENT CHARACTER}" if _acts(char) else char for char in text
    )


def _acts(char: str) -> bool:
    # Control characters and lone surrogates by category; joiners, which some scripts need, are kept.
    return char in _DIRECTION or unicodedata.category(char) in ("Cc", "Cs")


_DIRECTION = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
