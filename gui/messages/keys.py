"""The keyboard, as one table: what F1 shows is what the window binds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Key:
    """One shortcut."""

    sequence: str
    does: str


PALETTE: Final = Key("Ctrl+K", "Go to a patient, place or indication")
KEYS: Final = Key("F1", "Show these keys")
PATIENTS: Final = Key("Ctrl+1", "Patients")
DECIDE: Final = Key("Ctrl+2", "Decide")
RULES: Final = Key("Ctrl+3", "Rules")
AUDIT: Final = Key("Ctrl+4", "Audit")
MODELS: Final = Key("Ctrl+5", "Models")
SETTINGS: Final = Key("Ctrl+,", "Settings")
IMPORT: Final = Key("Ctrl+O", "Import files of one patient")
FIND: Final = Key("Ctrl+F", "Find in this place")
RECOMMENDATION: Final = Key("Alt+1", "Recommendation of the open patient")
RECORD: Final = Key("Alt+2", "Record of the open patient")
DECISIONS: Final = Key("Alt+3", "Decisions about the open patient")
ASK_AGAIN: Final = Key("F5", "Recommend again")
WHY: Final = Key("Ctrl+Y", "Open or close why, for the option in focus")
WHY_NOT: Final = Key("Ctrl+Shift+Y", "Open or close which rules did not fire, for the option in focus")
EXACT: Final = Key("Ctrl+E", "Change between LIME and exact attributions")
TABLE: Final = Key("Ctrl+T", "Change between bars and table")
CONTROL: Final = Key("Ctrl+Shift+E", "Show the negative control in place of the attributions, or back")
SOURCES: Final = Key("Ctrl+U", "Show the sources of the option in focus")
CLOSE: Final = Key("Esc", "Close the panel in front, or stop what runs")
NEXT_PANE: Final = Key("F6", "Go to the next pane, in Rules and Audit")
SAVE_DRAFT: Final = Key("Ctrl+S", "Save the draft of a rule file")
RUN_CASES: Final = Key("Ctrl+R", "Run the cases of the open rule file")
LOCK: Final = Key("Ctrl+L", "Sign out and lock the database")
EMERGENCY: Final = Key("Ctrl+Shift+B", "Break the glass in an emergency, without a clinician's role")
LARGER: Final = Key("Ctrl++", "Larger text")
SMALLER: Final = Key("Ctrl+-", "Smaller text")

ALL: Final = (
    PALETTE, KEYS, PATIENTS, DECIDE, RULES, AUDIT, MODELS, SETTINGS, IMPORT, FIND, RECOMMENDATION, RECORD,
    DECISIONS, ASK_AGAIN, WHY, WHY_NOT, EXACT, TABLE, CONTROL, SOURCES, CLOSE, NEXT_PANE, SAVE_DRAFT,
    RUN_CASES, LOCK, EMERGENCY, LARGER, SMALLER,
)  # fmt: skip
