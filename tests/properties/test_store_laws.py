"""Laws of the store that hold for every value and every change."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from builders import a_decision, a_patient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from stores import decision_ids, fill, fill_besides, opened, past_the_fences

from engine.domain.decision import Decision, DecisionRequest, EngineReport, RankingNote, Versions
from engine.domain.explanation import Explanation
from engine.domain.facts import Fact
from engine.domain.findings import ToSettle
from engine.domain.patient import PatientRecord
from engine.domain.provenance import Citation
from engine.domain.trace import TraceKind, TraceNode
from engine.domain.truth import Truth
from engine.errors import WhyRxError
from engine.store.codec import JsonCodec
from engine.store.columns import folded
from engine.store.driver import open_connection
from engine.store.packing import PackedBytesDamaged, pack, unpack

CODEC = JsonCodec()

st.register_type_strategy(float, st.floats(allow_nan=False, allow_infinity=False))
st.register_type_strategy(Decimal, st.decimals(allow_nan=False, allow_infinity=False))
st.register_type_strategy(datetime, st.datetimes(timezones=st.just(UTC)))
st.register_type_strategy(
    TraceNode,
    st.recursive(
        st.builds(TraceNode, children=st.just(())),
        lambda below: st.builds(
            TraceNode,
            kind=st.sampled_from(TraceKind),
            truth=st.sampled_from(Truth),
            label=st.text(max_size=8),
            children=st.lists(below, max_size=2).map(tuple),
        ),
        max_leaves=4,
    ),
)

slowly = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)


@st.composite
def decisions(draw: st.DrawFn) -> Decision:
    """Draw a decision in which every part but the assessments is anything its type allows."""
    return a_decision(
        record=draw(st.from_type(PatientRecord)),
        request=draw(st.from_type(DecisionRequest)),
        facts=tuple(draw(st.lists(st.from_type(Fact), max_size=2))),
        context=tuple(draw(st.lists(st.from_type(TraceNode), max_size=2))),
        to_settle=tuple(draw(st.lists(st.from_type(ToSettle), max_size=2))),
        ranking=draw(st.from_type(RankingNote)),
        explanations=tuple(draw(st.lists(st.from_type(Explanation), max_size=1))),
        citations=tuple(draw(st.lists(st.from_type(Citation), max_size=2))),
        engine=draw(st.from_type(EngineReport)),
        versions=draw(st.from_type(Versions)),
        seed=draw(st.integers(min_value=0, max_value=2**63 - 1)),
        decided_at=draw(st.datetimes(timezones=st.just(UTC))),
    )


@slowly
@given(decisions())
def test_every_decision_comes_back_equal_and_is_written_to_the_same_bytes(decision: Decision) -> None:
    written = CODEC.encode(decision)
    assert CODEC.decode(written) == decision
    assert CODEC.encode(CODEC.decode(written)) == written


@slowly
@given(position=st.integers(min_value=0, max_value=10**6), other=st.integers(min_value=1, max_value=255))
def test_no_altered_byte_of_a_decision_is_read_as_the_same_decision(position: int, other: int) -> None:
    written = bytearray(CODEC.encode(a_decision()))
    written[position % len(written)] ^= other
    try:
        read = CODEC.decode(bytes(written))
    except WhyRxError:
        return
    assert read != a_decision()
    assert CODEC.encode(read) == bytes(written)


@given(st.binary(max_size=2000))
def test_every_content_comes_back_from_packing(content: bytes) -> None:
    assert unpack(pack(content)) == content


@given(st.binary(max_size=200), st.integers(min_value=0, max_value=10**6), st.integers(1, 255))
def test_every_altered_byte_of_a_packed_content_is_found(content: bytes, position: int, other: int) -> None:
    packed = bytearray(pack(content))
    packed[position % len(packed)] ^= other
    with pytest.raises(PackedBytesDamaged):
        unpack(bytes(packed))


@given(st.text())
def test_folding_a_text_twice_changes_nothing_more(text: str) -> None:
    assert folded(folded(text)) == folded(text)


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a filled database that nobody changes."""
    path = tmp_path_factory.mktemp("pristine") / "whyrx.sqlite"
    with opened(path) as store:
        fill(store)
        fill_besides(store)
    return path


#: What the fast verification leaves to the thorough one: finding aids, and keys that it does not use.
THOROUGH_ONLY = {("patient_keys", "key"), ("search_words", "word")}


@contextmanager
def copy_of(pristine: Path) -> Iterator[Path]:
    """Copy a database to a place of its own."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "whyrx.sqlite"
        shutil.copyfile(pristine, path)
        yield path


#: Every column of every row that the chain stands for, and those that lists are made of.
COLUMNS = {
    "audit": ("sequence", "subject", "body", "previous", "hash"),
    "records": ("event", "patient_id", "sha256", "content"),
    "decisions": ("event", "decision_id", "patient_id", "sha256", "content"),
    "responses": ("event", "decision_id", "sha256", "content"),
    "decision_list": (
        *("event", "patient_id", "patient_name", "indication_id", "indication_title", "decided_at"),
        *("requested_by", "first", "verdicts", "choice", "chosen", "reason"),
    ),
    "promises": ("event", "patient_id", "kept"),
    "models": ("event", "model_hash", "sha256", "content"),
    "releases": ("event", "pack_hash", "sha256", "content"),
    "user_changes": ("event", "sha256", "content"),
    "users": ("name", "event", "active"),
    "holds": ("event", "patient_id", "placed"),
    "erasures": ("event", "patient_id", "key_sha256"),
    "patient_keys": ("patient_id", "key"),
    "search_words": ("word",),
    "packs": ("event", "pack_hash", "sha256", "content"),
    "files": ("sha256", "content"),
    "drafts": ("path", "author", "event", "sha256", "content"),
    "patients": ("patient_id", "event", "name", "name_key", "search", "sex", "changed_at", "not_understood"),
}


def altered(value: Any, position: int, other: int) -> Any:
    """Return a value with one byte, letter or unit changed."""
    match value:
        case bytes():
            changed = bytearray(value)
            changed[position % len(changed)] ^= other
            return bytes(changed)
        case str():
            place = position % len(value)
            return f"{value[:place]}{chr(ord(value[place]) ^ 1)}{value[place + 1 :]}"
        case int():
            return value + 1000 * other
        case _:
            raise AssertionError(value)


def problems_of(path: Path, *, thorough: bool = True) -> tuple[tuple[str, ...], WhyRxError | None]:
    """Return what verification finds, or why the database was refused."""
    try:
        with opened(path) as store:
            return store.verify(thorough=thorough).problems, None
    except WhyRxError as error:
        return (), error


@settings(slowly, max_examples=200)
@given(
    place=st.sampled_from([(table, column) for table, columns in COLUMNS.items() for column in columns]),
    row=st.integers(min_value=0, max_value=100),
    position=st.integers(min_value=0, max_value=10**6),
    other=st.integers(min_value=1, max_value=255),
    thorough=st.booleans(),
)
def test_every_single_byte_changed_behind_the_fences_is_found(
    pristine: Path, place: tuple[str, str], row: int, position: int, other: int, *, thorough: bool
) -> None:
    table, column = place
    # The table of words has no rowid.
    key = "word" if table == "search_words" else "rowid"
    with copy_of(pristine) as path:
        with past_the_fences(path) as attacker:
            rows = attacker.execute(
                f"SELECT {key}, {column} FROM {table} WHERE length({column}) > 0 ORDER BY {key}"
            ).fetchall()
            rowid, value = rows[row % len(rows)]
            attacker.execute(
                f"UPDATE OR IGNORE {table} SET {column} = ? WHERE {key} = ?",
                (altered(value, position, other), rowid),
            )
            changed = attacker.execute("SELECT changes()").fetchall() != [(0,)]
        problems, told = problems_of(path, thorough=thorough)
        if not changed or (place in THOROUGH_ONLY and not thorough):
            return
        if told is not None:
            # Only the last event is looked at before anything is asked.
            assert table == "audit"
            return
        assert problems
        if table in ("audit", "records", "decisions", "responses", "packs"):
            numbers = {f"event {rowid}:"} | (
                {f"event {rowid + 1000 * other}:"} if isinstance(value, int) else set()
            )
            assert any(number in problem for number in numbers for problem in problems)


@settings(max_examples=150, deadline=None)
@given(position=st.integers(min_value=0), other=st.integers(min_value=1, max_value=255))
def test_a_byte_changed_in_the_file_is_found_or_touched_nothing(
    pristine: Path, position: int, other: int
) -> None:
    with copy_of(pristine) as path:
        content = bytearray(path.read_bytes())
        content[position % len(content)] ^= other
        path.write_bytes(bytes(content))
        problems, told = problems_of(path)
        if told is not None:
            assert told.hint
        elif not problems:
            with opened(path) as store:
                assert decision_ids(store)[:2] == ["dec-0001", "dec-0002"]
                assert [store.decision(name) for name in decision_ids(store)[:2]] == [
                    a_decision(name) for name in ("dec-0001", "dec-0002")
                ]
                assert store.record(a_patient().patient_id) == a_patient()


def test_the_columns_named_here_are_all_there_are(pristine: Path) -> None:
    connection = open_connection(pristine, 1.0)
    tables = {
        name
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        if not name.startswith(("decision_search", "_sqlite", "sqlite"))
    }
    connection.close()
    assert tables == COLUMNS.keys() | {"meta"}
