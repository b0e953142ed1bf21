"""Sentences of the form of a rule."""

from __future__ import annotations

from typing import Final

FORM: Final = "Form of the rule"
READING: Final = "The form is being read off the text"
UNREADABLE: Final = "This text cannot be shown as a form"
UNREADABLE_NEXT: Final = "{why} Mend it in the YAML."
NOT_WRITTEN: Final = "The change was not written into the draft"
NOT_LEARNT: Final = "It cannot be told what a rule may hold"

FIELD: Final = "{title}"
NEEDED: Final = "needed"
NOT_WRITTEN_YET: Final = "not written"
ADD_FIELD: Final = "Add…"
ADD_FIELD_NAMED: Final = "Add to {where}"
ADD_ONE: Final = "Add to “{title}”"
ADD_ONE_NAMED: Final = "Add one to {where}"
REMOVE: Final = "Remove"
REMOVE_NAMED: Final = "Remove {where}"
KIND_NAMED: Final = "{where}: what it asks for"
MORE: Final = "More…"
MORE_NAMED: Final = "{where}: move, group or remove"
UP: Final = "Move up"
DOWN: Final = "Move down"
INSIDE: Final = "Put inside “{key}”"
DISSOLVE: Final = "Dissolve “{key}”"
TAKE_OUT: Final = "Remove it"
OTHER: Final = "{key} (not in the language)"
NAME_HINT: Final = "Type to find a name"
OFFER: Final = "{title} ({name})"
GROUP: Final = "{where}, {kind}"
