"""The floors of the engine, composed: what needs no database once, what works on one for each session."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from engine import __version__
from engine.bootstrap.answers import Answers
from engine.bootstrap.drafts import Drafts
from engine.bootstrap.exports import Exports
from engine.bootstrap.packs import FactsByPack, PackShelf
from engine.bootstrap.records import Records
from engine.bootstrap.setup import EngineSetup
from engine.bootstrap.system import fresh_secret
from engine.decision.assessment import RuleAssessor
from engine.decision.service import DecisionService, Models, Packs
from engine.domain.decision import ModelInUse
from engine.domain.ids import ContentHash, ModelId
from engine.domain.pack import RulePack
from engine.explanation.explainer import LimeExplainer
from engine.inference.crosscheck import CrosscheckedEngine
from engine.ports import Clock, Explainer, IdFactory, Ranker
from engine.ranking.ranker import ArchivedRanker, ModelRanker
from engine.store.adoptions import Adoptions
from engine.store.codec import JsonCodec
from engine.store.sqlite_store import SqliteStore


@dataclass(frozen=True, slots=True, kw_only=True)
class Workroom:
    """What works on one open database, for the one who is signed in."""

    store: SqliteStore
    service: DecisionService
    records: Records
    answers: Answers
    drafts: Drafts
    exports: Exports


class Floors:
    """Rules, models and words: loaded once, whoever signs in."""

    def __init__(
        self,
        setup: EngineSetup,
        clock: Clock,
        ids: IdFactory,
        rules: CrosscheckedEngine,
        store: Callable[[], SqliteStore],
    ) -> None:
        """Load the rule pack; ``store`` returns the open database, for what is archived in it."""
        self._clock = clock
        self._ids = ids
        self._store = store
        today = clock.now().date()
        self.shelf = PackShelf(setup.rulesets, today, lambda name: store().archived_pack(name))
        self.facts = FactsByPack()
        pack = self.shelf.current(today)
        self._vocabulary = pack.vocabulary
        self.ranker = ModelRanker(setup.models, self.facts(pack))
        self.explainer = LimeExplainer(self.ranker)
        self.assessor = RuleAssessor(self.facts, rules)
        self._archived: dict[ContentHash, tuple[Ranker, Explainer]] = {}

    def work(self, store: SqliteStore) -> Workroom:
        """Compose what works on an open database."""
        user = store.session.user
        service = DecisionService(
            packs=Packs(self.shelf.current, self.shelf.archived),
            assessor=self.assessor,
            ranker=self.ranker,
            explainer=self.explainer,
            store=store,
            codec=JsonCodec(),
            clock=self._clock,
            ids=self._ids,
            software=__version__,
            models=Models(self._files_of, self.archived_model, lambda model_id: _in_use(store, model_id)),
        )
        return Workroom(
            store=store,
            service=service,
            records=Records(store, self._vocabulary, self._clock, user),
            answers=Answers(store, self.shelf.archived, self.facts, self.assessor),
            drafts=Drafts(store, self.shelf, self.assessor, self._clock, user),
            exports=Exports(store, self.shelf.archived, self._clock, user, __version__, fresh_secret),
        )

    def read_with(self, pack: RulePack) -> None:
        """Read records for the models with the words of a pack that has come into use."""
        self._vocabulary = pack.vocabulary
        self.ranker.read_with(self.facts(pack))
        self._archived.clear()

    def archived_model(self, model_id: ModelId, wanted: ContentHash) -> tuple[Ranker, Explainer]:
        """Return what ranks and explains with a model as it was archived.

        Raises:
            NotFound: no such model was archived.
            ModelAltered: the archive's bytes are no longer that model.
        """
        if wanted not in self._archived:
            files: Mapping[str, bytes] = {
                file.path: file.content for file in self._store().archived_model(wanted)
            }
            pack = self.shelf.current(self._clock.now().date())
            ranker = ArchivedRanker(model_id, wanted, files, self.facts(pack))
            self._archived[wanted] = (ranker, LimeExplainer(ranker))
        return self._archived[wanted]

    def _files_of(self, model_id: ModelId) -> Mapping[str, bytes]:
        return self.ranker.files_of(model_id)


def _in_use(store: SqliteStore, model_id: ModelId) -> ModelInUse | None:
    """Return which model was taken into use; a demonstration asks nobody."""
    return None if store.session.demo else ModelInUse(model_hash=Adoptions(store.room).in_use(model_id))
