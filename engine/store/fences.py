"""Fences: triggers that let rows be added and nothing else."""

from __future__ import annotations

from collections.abc import Mapping

_CHAIN_FENCE = """CREATE TRIGGER audit_in_order BEFORE INSERT ON audit
    WHEN NEW.sequence IS NOT (SELECT coalesce(max(sequence), 0) + 1 FROM audit)
    OR NEW.previous IS NOT
        coalesce((SELECT hash FROM audit ORDER BY sequence DESC LIMIT 1), zeroblob(32))
    BEGIN SELECT RAISE(ABORT, 'the audit chain goes on from its last link only'); END"""


def fences(tables: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    """Return the triggers that keep tables append-only, and the chain in order, by name.

    ``INSERT OR REPLACE`` deletes without firing a delete trigger where ``recursive_triggers`` is
    off, which any other program may leave off: so adding a row under a taken key is fenced too.

    Args:
        tables: the columns by which a row of each table is known; no second row may take one.
    """
    triggers = {"audit_in_order": _CHAIN_FENCE}
    for table, keys in tables.items():
        refusal = f"SELECT RAISE(ABORT, '{table} is append-only');"
        taken = " OR ".join(f"{key} = NEW.{key}" for key in keys)
        present = f"EXISTS (SELECT 1 FROM {table} WHERE {taken})"  # noqa: S608 - names are ours
        triggers |= {
            f"{table}_no_update": f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} "
            f"BEGIN {refusal} END",
            f"{table}_no_delete": f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} "
            f"BEGIN {refusal} END",
            f"{table}_no_replace": f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "
            f"WHEN {present} BEGIN {refusal} END",
        }
    return triggers
