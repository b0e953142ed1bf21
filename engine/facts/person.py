"""Who the patient is: sex, birth date, and reported states such as pregnancy."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

from engine.domain.atoms import HasSex, HasState
from engine.domain.facts import Fact
from engine.domain.findings import MissingDatum, MissingKind
from engine.domain.ids import StateId
from engine.domain.patient import Flag, Sex, StateReport
from engine.domain.provenance import Method
from engine.domain.trace import TraceKind, TraceNode
from engine.domain.truth import Truth
from engine.errors import InvariantBroken
from engine.facts.chart import Chart
from engine.facts.wording import ago, listed, missing_nodes, on_day

#: States that recorded male sex rules out. No age does: which age rules out a pregnancy is for a rule to say.
FEMALE_ONLY = frozenset(map(StateId, ("pregnant", "breastfeeding", "childbearing_potential")))
PREGNANT = StateId("pregnant")
CHILDBEARING_POTENTIAL = StateId("childbearing_potential")


@dataclass(frozen=True, slots=True, kw_only=True)
class StateFinding:
    """What the reports of one state come to."""

    report: StateReport | None
    """The report in force; None where there is none that can be used."""
    reason: str
    """Why none can be used; empty where one can."""
    looked_at: tuple[StateReport, ...]


class Person:
    """Sex and states of one patient, contradictions made unknown."""

    def __init__(self, chart: Chart) -> None:
        """Look at one chart."""
        self._chart = chart
        self._identity = chart.record.identity

    @cached_property
    def sex(self) -> Sex:
        """The sex that equations and rules may use: unknown where the record contradicts itself."""
        return Sex.UNKNOWN if self.sex_doubt else self._chart.record.sex

    @cached_property
    def sex_doubt(self) -> str:
        """Why the sex is unknown; empty where it is known."""
        recorded = self._chart.record.sex
        if recorded is Sex.UNKNOWN:
            return "not recorded"
        finding = self.reports_of(PREGNANT)
        saying = (finding.report,) if finding.report is not None else finding.looked_at
        pregnant = [report for report in saying if report.holds and self._speaks(report)]
        if recorded is Sex.MALE and pregnant:
            return f"recorded as male, yet reported pregnant {on_day(pregnant[0].at)}"
        return ""

    @staticmethod
    def _speaks(report: StateReport) -> bool:
        """Tell whether a report is of use, or is of none only because it contradicts the recorded sex."""
        return set(report.flags) <= {Flag.CONTRADICTORY}

    @property
    def missing_sex(self) -> MissingDatum:
        """The datum to ask for where the sex is unknown."""
        return MissingDatum(kind=MissingKind.PERSON, subject="sex", title="sex", reason=self.sex_doubt)

    @property
    def sex_node(self) -> TraceNode:
        """The recorded sex with its place."""
        return TraceNode(
            kind=TraceKind.DATUM,
            label=f"sex recorded as {self._chart.record.sex.value}",
            truth=Truth.TRUE,
            reference="sex",
            provenance=self._identity,
        )

    def has_sex(self, atom: HasSex) -> Fact:
        """Decide the recorded sex."""
        if self.sex_doubt:
            missing = (self.missing_sex,)
            return Fact(
                symbol=atom.symbol,
                truth=Truth.UNKNOWN,
                statement=f"not known whether the patient is {atom.sex.value}: {self.sex_doubt}",
                evidence=(self.sex_node, *missing_nodes(missing)),
                missing=missing,
            )
        truth = Truth.TRUE if self.sex is atom.sex else Truth.FALSE
        return Fact(
            symbol=atom.symbol, truth=truth, statement=f"is {self.sex.value}", evidence=(self.sex_node,)
        )

    def has_state(self, atom: HasState) -> Fact:
        """Decide a state by its newest usable report; for what only women can be, male sex decides.

        Who is pregnant could become pregnant, whatever was reported of that before.
        """
        state = self._chart.vocabulary.states.get(atom.state)
        if state is None:
            raise InvariantBroken(
                f"the vocabulary has no state {atom.state!r}; the rule pack was not checked"
            )
        if atom.state == CHILDBEARING_POTENTIAL and PREGNANT in self._chart.vocabulary.states:
            pregnant = self.has_state(HasState(state=PREGNANT))
            if pregnant.truth is Truth.TRUE:
                return replace(pregnant, symbol=atom.symbol, statement=f"{state.title}: {pregnant.statement}")
        finding = self.reports_of(atom.state)
        nodes = tuple(self._report_node(state.title, report) for report in finding.looked_at)
        male = self._chart.record.sex is Sex.MALE and atom.state in FEMALE_ONLY
        report = finding.report
        if male and (report is None or not report.holds) and not any(one.holds for one in finding.looked_at):
            return Fact(
                symbol=atom.symbol,
                truth=Truth.FALSE,
                statement=f"not {state.title}: recorded as male",
                evidence=(self.sex_node, *nodes),
            )
        if report is not None and not (male and report.holds):
            days = ago(self._chart.days_since(report.at)) if report.at else ""
            return Fact(
                symbol=atom.symbol,
                truth=Truth.TRUE if report.holds else Truth.FALSE,
                statement=f"{'' if report.holds else 'not '}{state.title} (reported {days})",
                evidence=nodes,
            )
        reason = finding.reason or f"reported {on_day(report.at if report else None)}, yet recorded as male"
        missing = [MissingDatum(kind=MissingKind.STATE, subject=atom.state, title=state.title, reason=reason)]
        if male:
            doubt = self.sex_doubt or f"recorded as male, yet reported {state.title}"
            missing.append(MissingDatum(kind=MissingKind.PERSON, subject="sex", title="sex", reason=doubt))
        return Fact(
            symbol=atom.symbol,
            truth=Truth.UNKNOWN,
            statement=f"not known whether {state.title}: {reason}",
            evidence=(*nodes, *missing_nodes(missing)),
            missing=tuple(missing),
        )

    def reports_of(self, state: StateId) -> StateFinding:
        """Return the newest usable report of a state; two of one day that differ leave none.

        A report entered here by hand goes before others of its day, as it was entered to settle the matter.
        """
        reports = tuple(sorted(self._chart.states.get(state, ()), key=repr))
        if not reports:
            return StateFinding(report=None, reason="never reported", looked_at=())
        usable = [
            report
            for report in reports
            if not report.flags and report.at is not None and report.at <= self._chart.last_day
        ]
        newest = max((report.at for report in usable if report.at), default=None)
        if newest is None:
            flags = {flag.value for report in reports for flag in report.flags}
            why = listed(sorted(flags)) or "undated or dated in the future"
            return StateFinding(report=None, reason=f"no usable report: {why}", looked_at=reports)
        newer = [
            report
            for report in reports
            if Flag.CONTRADICTORY in report.flags and report.at is not None and report.at > newest
        ]
        if newer:
            reason = f"a newer report {on_day(newer[0].at)} contradicts another entry"
            return StateFinding(report=None, reason=reason, looked_at=tuple(newer))
        of_day = [report for report in usable if report.at == newest]
        entered = [report for report in of_day if report.provenance.method is Method.ENTERED]
        in_force = tuple(entered or of_day)
        if len({report.holds for report in in_force}) > 1:
            reason = f"two reports of one day disagree ({newest.isoformat()})"
            return StateFinding(report=None, reason=reason, looked_at=in_force)
        days = self._chart.days_since(newest)
        entry = self._chart.vocabulary.states.get(state)
        limit = entry.max_age_days if entry is not None else None
        if limit is not None and days > limit:
            reason = f"reported {days} days ago, at most {limit} allowed"
            return StateFinding(report=None, reason=reason, looked_at=in_force)
        return StateFinding(report=in_force[0], reason="", looked_at=in_force)

    @staticmethod
    def _report_node(title: str, report: StateReport) -> TraceNode:
        flags = f" ({listed(flag.value for flag in report.flags)})" if report.flags else ""
        return TraceNode(
            kind=TraceKind.DATUM,
            label=f"{title}: {'yes' if report.holds else 'no'}, reported {on_day(report.at)}{flags}",
            truth=Truth.TRUE,
            reference=report.state,
            provenance=report.provenance,
        )
