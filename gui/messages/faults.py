"""Sentences around errors: who can put it right, and what to do next."""

from __future__ import annotations

from typing import Final

AUTHORING: Final = "The rule file cannot be used as it stands"
INPUT: Final = "This cannot be used as it stands"
NOT_IMPORTED: Final = "Nothing was imported"
ACCESS: Final = "Not allowed, or not yet"
OPERATIONAL: Final = "The machine is in the way"
ENGINE_GONE: Final = "The engine is not available"
CANCELLED: Final = "Stopped"
INTEGRITY: Final = "Stop: something changed that must never change"
INTERNAL: Final = "WhyRx has failed here, and we are sorry"

NEXT_AUTHORING: Final = "Mend the file at the place named, then check it again."
NEXT_INPUT: Final = "Correct it and try again; nothing was stored."
NEXT_OPERATIONAL: Final = "Check what is named here and try again; nothing was half-stored."
NEXT_ACCESS: Final = "Sign in as someone whose duty it is, or ask the administrator."
NEXT_INTEGRITY: Final = (
    "Do not use WhyRx for patients until your safety officer has looked at this. Keep the machine as it is."
)
NEXT_INTERNAL: Final = (
    "Nothing was recorded and nothing is shown. Copy the details for whoever supports WhyRx."
)
NEXT_CANCELLED: Final = "Nothing was kept. Start it again when you are ready."
WHERE: Final = "Where: {place}"
CODE: Final = "Code {code}"
FAULT: Final = "Error"
