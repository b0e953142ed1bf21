"""The index that a search among decisions looks into: words of each, and nothing of the text.

A word that is typed finds every decision with a word that contains it. The index itself finds whole
words alone, so what was typed is first looked for among all words there are, of which there are few
compared with decisions; the index then streams the decisions that have one of those, newest first.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlite_utils import Database


def put(db: Database, event: int, words: Sequence[str]) -> None:
    """Index the words of a decision, in place of those it had."""
    db.execute("DELETE FROM decision_search WHERE rowid = ?", (event,))
    db.execute("INSERT INTO decision_search (rowid, words) VALUES (?, ?)", (event, " ".join(words)))
    db.execute(
        f"INSERT OR IGNORE INTO search_words (word) VALUES {', '.join(['(?)'] * len(words))}",  # noqa: S608 - places only
        list(words),
    )


def forget(db: Database, events: Iterable[int]) -> None:
    """Take decisions out of the index, and let no word stay behind that only they had.

    The index keeps what is deleted until its parts are merged, so all of it is merged.
    """
    for event in events:
        db.execute("DELETE FROM decision_search WHERE rowid = ?", (event,))
    db.execute("INSERT INTO decision_search (decision_search) VALUES ('optimize')")
    standing = words_in(db)
    known = {word for (word,) in db.execute("SELECT word FROM search_words").fetchall()}
    for word in known - standing:
        db.execute("DELETE FROM search_words WHERE word = ?", (word,))


def words_in(db: Database) -> set[str]:
    """Return every word that the index holds."""
    with_vocabulary(db)
    return {word for (word,) in db.execute("SELECT term FROM temp.words_of_index").fetchall()}


def entries(db: Database) -> Iterable[tuple[int, str]]:
    """Yield every event and word that the index holds, word by word."""
    with_vocabulary(db)
    return ((event, word) for word, event in db.execute("SELECT term, doc FROM temp.entries_of_index"))


def with_vocabulary(db: Database) -> None:
    """Make the views of the index that SQLite offers; they lie in memory."""
    for name, kind in (("words_of_index", "row"), ("entries_of_index", "instance")):
        db.execute(
            f"CREATE VIRTUAL TABLE IF NOT EXISTS temp.{name} USING fts5vocab(main, decision_search, {kind})"
        )


def expression(db: Database, typed: str) -> str:
    """Return what finds decisions with a word that contains this; nothing where there is no such word.

    However many words contain it, all of them are named: a search that leaves some out without a word
    would be worse than a slow one.
    """
    found = db.execute("SELECT word FROM search_words WHERE instr(word, ?) > 0", (typed,)).fetchall()
    return " OR ".join(f'"{word}"' for (word,) in found)
