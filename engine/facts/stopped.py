"""Whether a drug, or a drug of a class, was stopped so many days ago: a wash-out."""

from __future__ import annotations

from decimal import Decimal

from engine.domain.atoms import StoppedDrug
from engine.domain.details import MedicationDetail
from engine.domain.facts import Fact
from engine.domain.ids import ClassId, DrugId
from engine.domain.patient import ListKind, Medication, MedicationStatus
from engine.domain.truth import Truth
from engine.errors import InvariantBroken
from engine.facts.chart import REVIEW_MAX_AGE_DAYS, Chart
from engine.facts.details import between, detail_missing, in_days
from engine.facts.listing import Sentences, Sifting, review_needed, weighed
from engine.facts.standing import Standing, identity_needed, medication_node, standing
from engine.facts.wording import ago, listed, with_article


def stopped_drug(atom: StoppedDrug, chart: Chart) -> Fact:
    """Decide whether a drug that is no longer taken was last taken so many days ago.

    An entry with its last day decides by it. One that ended without a day is in doubt, unless its first day
    leaves no room; so is one that may or may not have lapsed. A drug that any entry has in force was not
    stopped, as a change of dose ends one entry and begins another.

    What makes it false is harder to say than for a drug that is taken, since many lists hold current drugs
    only, and a drug stopped last week may have left no trace. Whoever reviews a medication list goes through
    what was taken lately as well (the section of a document that counts as such a review is called *history
    of medication use*), and the review of a year is what a drug's absence rests on everywhere here. So a
    reviewed list without such an entry makes a wash-out false as far back as a review may reach; nobody
    keeps a drug on a list for longer than that, so that *ever stopped*, or *stopped two years ago*, stays
    unknown where no entry says so.
    """
    wanted = chart.index.drugs_of(atom.drug)
    if not wanted and atom.drug not in chart.vocabulary.classes:
        raise InvariantBroken(
            f"the vocabulary has no drug or class {atom.drug!r}; the rule pack was not checked"
        )
    sifting = Sifting()
    by_drug: dict[DrugId, list[Medication]] = {}
    for entry in chart.record.medications:
        if entry.drug is None or entry.drug not in chart.vocabulary.drugs:
            if _ended(entry, atom, chart) is not Truth.FALSE:
                sifting.doubts.append(medication_node(entry, chart))
                sifting.missing.append(identity_needed(entry))
        elif entry.drug in wanted:
            by_drug.setdefault(entry.drug, []).append(entry)
    stopped = {
        drug: days for drug in sorted(by_drug) if (days := _sift(atom, drug, by_drug[drug], sifting, chart))
    }
    horizon = atom.ago.high
    if horizon is None or horizon > REVIEW_MAX_AGE_DAYS:
        reason = f"a list does not keep what was stopped more than {REVIEW_MAX_AGE_DAYS} days ago"
        sifting.missing.append(review_needed(ListKind.MEDICATIONS, reason))
    names = listed(f"{chart.vocabulary.drugs[drug].title} {days}" for drug, days in stopped.items())
    titles = listed(chart.vocabulary.drugs[drug].title for drug in stopped)
    bindings = (("drugs", titles), (str(atom.drug), titles), ("days", listed(stopped.values())))
    return weighed(
        chart,
        ListKind.MEDICATIONS,
        atom.symbol,
        sifting,
        _sentences(atom, chart, names),
        bindings if stopped else (),
    )


def _sift(atom: StoppedDrug, drug: DrugId, entries: list[Medication], sifting: Sifting, chart: Chart) -> str:
    """Sort the entries of one drug; return how long ago it was stopped, where that is what was asked."""
    in_force = {standing(entry, chart) for entry in entries}
    doubtful = Standing.DOUBTFUL in in_force
    days: set[int] = set()
    for entry in entries:
        ended = Truth.FALSE if Standing.TAKEN in in_force else _ended(entry, atom, chart)
        node = medication_node(entry, chart)
        if ended is Truth.FALSE:
            sifting.beside.append(node)
        elif ended is Truth.TRUE and not doubtful and entry.stop is not None:
            sifting.present.append(node)
            days.add(chart.days_since(entry.stop))
        else:
            sifting.doubts.append(node)
            _ask(sifting, entry, drug, chart, doubtful=doubtful)
    return listed(ago(day) for day in sorted(days))


def _ask(sifting: Sifting, entry: Medication, drug: DrugId, chart: Chart, *, doubtful: bool) -> None:
    if doubtful:
        title = chart.vocabulary.drugs[drug].title
        reason = f"it is not stated whether {title} is still taken"
        sifting.missing.append(review_needed(ListKind.MEDICATIONS, reason))
    if entry.status is MedicationStatus.STOPPED and (entry.stop is None or entry.stop > chart.last_day):
        reason = "stopped, and the last day is not stated"
        if entry.stop is not None:
            reason = f"stopped, yet its last day {entry.stop.isoformat()} lies ahead"
        sifting.missing.append(detail_missing(drug, MedicationDetail.LAST_DAY, chart, reason=reason))


def _ended(entry: Medication, atom: StoppedDrug, chart: Chart) -> Truth:
    """Tell whether an entry's last day lies in the interval, from the span of days it must lie in."""
    ahead = entry.start is not None and entry.start > chart.last_day
    if entry.status is MedicationStatus.PLANNED or ahead:
        return Truth.FALSE
    found = standing(entry, chart)
    if found is Standing.TAKEN:
        return Truth.FALSE
    first = Decimal(chart.days_since(entry.start)) if entry.start is not None else None
    if entry.stop is None or entry.stop > chart.last_day:
        span = between(atom.ago, Decimal(0), first)
    else:
        last = Decimal(chart.days_since(entry.stop))
        # A prescription that lapsed may have been taken on, and may have ended on any day since.
        span = between(atom.ago, last if found is Standing.NOT_TAKEN else Decimal(0), last)
    return Truth.UNKNOWN if found is Standing.DOUBTFUL and span is Truth.TRUE else span


def _sentences(atom: StoppedDrug, chart: Chart, names: str) -> Sentences:
    drug_class = chart.vocabulary.classes.get(ClassId(atom.drug))
    title = drug_class.title if drug_class is not None else chart.vocabulary.drugs[DrugId(atom.drug)].title
    within = f"{in_days(atom.ago)} ago"
    whose = f" ({title})" if drug_class is not None else ""
    none = f"no {title} was" if drug_class is not None else f"{title} was not"
    any_one = with_article(title) if drug_class is not None else title
    return Sentences(
        holds=f"stopped {names}{whose}, {within}",
        fails=f"{none} stopped {within}",
        open=f"not known whether {any_one} was stopped {within}",
    )
