"""The Rules place: the pack's files and rules, one of them open, its draft and its cases."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field, replace

from engine.api import EngineApi
from engine.domain.ids import OptionId, RuleId
from engine.domain.replies import RuleFile, RulesReloaded, RuleView
from engine.errors import AuthoringError, NotFound, WhyRxError
from engine.ports import Progress
from gui.faults import Fault, explain
from gui.messages import rules as say
from gui.presenters.base import Presenter
from gui.presenters.changes import Change, Changes
from gui.presenters.lines import Line
from gui.presenters.rules_cases import Cases
from gui.presenters.rules_draft import Drafting
from gui.presenters.rules_form import RuleForming
from gui.presenters.rules_list import FILE, RULE, RuleFilter, listing_of
from gui.presenters.rules_reading import Reading, reading_of
from gui.presenters.session import Place, Session, SessionState
from gui.presenters.wording import Now, spoken
from gui.tasks import TaskRunner


class Tab(enum.Enum):
    """How the open rule is shown."""

    SENTENCE = enum.auto()
    FORM = enum.auto()
    YAML = enum.auto()
    CASES = enum.auto()
    """Where there is no room for the cases beside what is open."""


class Basis(enum.Enum):
    """Of which text the sentence is."""

    PACK = enum.auto()
    DRAFT = enum.auto()
    BROKEN = enum.auto()
    """Of the pack in use, because the draft has errors."""
    MISSING = enum.auto()
    """Of the pack in use, because the draft does not have the rule."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesState:
    """What the Rules place shows."""

    asked: bool = False
    fault: Fault | None = None
    filters: RuleFilter = field(default_factory=RuleFilter)
    options: tuple[tuple[OptionId, str], ...] = ()
    """Every option that a rule speaks of, with its title."""
    lines: tuple[Line, ...] = ()
    count: str = ""
    reloading: bool = False
    reloaded: str = ""
    """What the last reload came to; empty before the first."""
    path: str = ""
    """The file that is open."""
    key: str = ""
    """The line of the list that is open."""
    tab: Tab = Tab.SENTENCE
    reading: Reading | None = None
    """The rule that is open, in words; None where a file is open as a whole."""
    basis: Basis = Basis.PACK
    reading_fault: Fault | None = None


class Rules(Presenter[RulesState]):
    """Lists, filters and opens; the draft and the cases of what is open are presenters of their own."""

    def __init__(self, runner: TaskRunner, changes: Changes, session: Session, now: Now) -> None:
        super().__init__(RulesState())
        self._runner = runner
        self._session = session
        self._files: tuple[RuleFile, ...] = ()
        self._unfolded: frozenset[str] = frozenset()
        self._read_of: tuple[str, str | None] | None = None
        """Line and working text that the reading is of, or is being asked for."""
        self.draft = Drafting(runner, changes, self._text_changed)
        self.form = RuleForming(runner, self.draft)
        self.cases = Cases(runner, now, self.draft.text_of)
        session.watch(self._visited)
        changes.on(Change.RULES, self.refresh)
        changes.on(Change.ENGINE, self._engine_there)

    def refresh(self) -> None:
        """Ask for the files of the pack."""
        self._runner.ask("rule files", lambda engine, _: engine.rule_files(), self._listed, self._not_listed)

    def reload(self) -> None:
        """Put the rules on disk in use; those that are refused leave in use what is."""
        if self._state.reloading:
            return
        self._become(replace(self._state, reloading=True, reloaded=say.RELOADING, fault=None))
        self._runner.act(lambda engine, _: engine.reload_rules(), self._reloaded, self._not_reloaded)

    def filter(self, filters: RuleFilter) -> None:
        """List what passes these filters."""
        if filters != self._state.filters:
            listing = listing_of(self._files, filters, self._unfolded, self.draft.unsaved)
            self._become(replace(self._state, filters=filters, lines=listing.lines, count=listing.count))

    def fold(self, path: str, *, folded: bool) -> None:
        """Hide or show the rules under a file."""
        change = frozenset({path})
        self._unfolded = self._unfolded - change if folded else self._unfolded | change
        self._list()

    def toggle(self, key: str) -> None:
        """Fold a file that is unfolded, unfold one that is folded."""
        path = key.removeprefix(FILE)
        self.fold(path, folded=path in self._unfolded)

    def choose(self, key: str) -> None:
        """Open the file or rule of a line."""
        if key == self._state.key:
            return
        if key.startswith(RULE):
            self._open_rule(RuleId(key.removeprefix(RULE)))
        elif key.startswith(FILE):
            self._open_file(key.removeprefix(FILE))

    def go(self, place: str) -> None:
        """Go to ``path:line``, in the text."""
        path, _, line = place.rpartition(":")
        if path != self._state.path:
            self._open_file(path, int(line))
        else:
            self.draft.go_to(int(line))
        self.turn(Tab.YAML)

    def turn(self, tab: Tab) -> None:
        """Show the open rule as a sentence, as a form or as text: the same rule each time."""
        before = self._state.tab
        self._become(replace(self._state, tab=tab))
        self.form.turn(shown=tab is Tab.FORM)
        if tab is Tab.SENTENCE and before is not tab:
            self._ask_reading()

    def read_again(self) -> None:
        """Ask for the open rule again."""
        key = self._state.key
        self._read_of = None
        self._become(replace(self._state, key="", reading_fault=None))
        self.choose(key)

    def dismiss(self) -> None:
        """Put the errors away."""
        self._become(replace(self._state, fault=None, reading_fault=None))

    def _open_rule(self, rule_id: RuleId) -> None:
        file, summary = next(
            ((file, rule) for file in self._files for rule in file.rules if rule.rule_id == rule_id),
            (None, None),
        )
        if file is None or summary is None:
            return
        self._unfolded |= {file.path}
        self._become(
            replace(
                self._state,
                path=file.path,
                key=f"{RULE}{rule_id}",
                tab=self._state.tab if self._state.reading is not None else Tab.SENTENCE,
            )
        )
        self.draft.open(file.path, summary.span.line)
        self.form.stand_at(file.path, rule_id)
        self.cases.stand_beside(file.path, rule_id, cased=True)
        self._ask_reading()

    def _open_file(self, path: str, line: int = 0) -> None:
        file = next((file for file in self._files if file.path == path), None)
        if file is None:
            return
        self._unfolded |= {path}
        self._become(
            replace(
                self._state,
                path=path,
                key=f"{FILE}{path}",
                tab=Tab.YAML,
                reading=None,
                reading_fault=None,
            )
        )
        self._read_of = None
        self.form.turn(shown=False)
        self._list()
        self.form.stand_at(path, None)
        self.draft.open(path, line)
        self.cases.stand_beside(path, None, cased=bool(file.rules) or file.kind == "cases")

    def _visited(self, state: SessionState) -> None:
        if state.place is Place.RULES and not self._state.asked and state.status is not None:
            self.refresh()

    def _engine_there(self) -> None:
        if self._state.asked:
            self.refresh()
            self.draft.reopen()

    def _listed(self, files: tuple[RuleFile, ...]) -> None:
        self._files = files
        self._become(replace(self._state, asked=True, fault=None, options=self._options()))
        self._list()

    def _options(self) -> tuple[tuple[OptionId, str], ...]:
        titles = self._titles()
        named = {option for file in self._files for rule in file.rules for option in rule.options}
        ordered = [option for option in titles if option in named]
        ordered += sorted(named - set(titles))
        return tuple((option, titles.get(option, spoken(option))) for option in ordered)

    def _titles(self) -> dict[OptionId, str]:
        return {
            option.option_id: option.title
            for indication in self._session.state.indications
            for option in indication.options
        }

    def _list(self) -> None:
        listing = listing_of(self._files, self._state.filters, self._unfolded, self.draft.unsaved)
        self._become(replace(self._state, lines=listing.lines, count=listing.count))

    def _text_changed(self) -> None:
        self.cases.look_again()
        self.form.look()
        self._list()
        if self._state.tab is Tab.SENTENCE:
            self._ask_reading()

    def _ask_reading(self) -> None:
        """Ask for the open rule in words: as the draft has it, where there is one that can be read."""
        key, path = self._state.key, self._state.path
        if not key.startswith(RULE):
            return
        rule_id, text = RuleId(key.removeprefix(RULE)), self.draft.text_of(path)
        if (key, text) == self._read_of:
            return
        self._read_of = (key, text)

        def work(engine: EngineApi, _: Progress) -> tuple[RuleView, Basis]:
            if text is None:
                return engine.rule(rule_id), Basis.PACK
            try:
                return engine.drafted_rule(path, text, rule_id), Basis.DRAFT
            except AuthoringError:
                return engine.rule(rule_id), Basis.BROKEN
            except NotFound:
                return engine.rule(rule_id), Basis.MISSING

        self._runner.ask("rule", work, lambda found: self._read(*found), self._not_read)

    def _read(self, view: RuleView, basis: Basis) -> None:
        if self._state.key == f"{RULE}{view.summary.rule_id}":
            reading = reading_of(view, self._titles())
            self._become(replace(self._state, reading=reading, basis=basis, reading_fault=None))
            self._list()

    def _not_read(self, error: WhyRxError) -> None:
        self._read_of = None
        self._become(replace(self._state, reading=None, reading_fault=explain(error, say.NOT_READ)))

    def _reloaded(self, reply: RulesReloaded) -> None:
        same = reply.before == reply.after
        words = say.RELOADED.format(title=reply.title, version=reply.version, rules=reply.rules)
        told = say.RELOADED_SAME if same else words
        self._become(replace(self._state, reloading=False, reloaded=told))
        if not same:
            self._session.begin()

    def _not_reloaded(self, error: WhyRxError) -> None:
        fault = explain(error, say.NOT_RELOADED)
        self._become(replace(self._state, reloading=False, reloaded="", fault=fault))

    def _not_listed(self, error: WhyRxError) -> None:
        self._become(replace(self._state, asked=True, fault=explain(error, say.NOT_LISTED)))
