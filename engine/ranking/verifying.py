"""What models of every sort share: a card that is the sealed one, files that are the card's, trees."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from engine.errors import ModelAltered
from engine.ranking.card import AnyCard, sealed

if TYPE_CHECKING:
    import xgboost

_ASK_FOR_ANOTHER: Final = "Install the model again from a copy you trust; no order is given until then."


def verified_card(
    content: Mapping[str, bytes],
    place: Path,
    decode: Callable[[bytes], AnyCard],
    promised: Callable[[AnyCard], Sequence[tuple[str, str]]],
) -> AnyCard:
    """Return the card of a model whose files are, each, the ones that the card was written with.

    Args:
        content: The files of the model, by name.
        place: Where the card lies.
        decode: How a card of this sort is read.
        promised: The other files that a card names, each with its SHA-256.

    Raises:
        ModelAltered: a file differs from the card, or the card from its seal.
    """
    try:
        card = decode(content[place.name])
    except msgspec.DecodeError as error:
        raise _altered(f"the model card cannot be read: {error}.", place) from error
    if sealed(card).seal != card.seal:
        raise _altered("the model card differs from its seal.", place)
    files: Sequence[tuple[str, str]] = promised(card)
    for name, expected in files:
        if hashlib.sha256(content.get(name, b"")).hexdigest() != expected:
            raise _altered("the file differs from the hash on the model card.", place.with_name(name))
    if {place.name, *(name for name, _ in files)} != set(content):
        raise _altered("the model card speaks of other files than a model has.", place)
    return card


def load_trees(trees: bytes) -> xgboost.Booster:
    """Return trees that can be asked; importing XGBoost takes seconds."""
    import xgboost

    return xgboost.Booster(params={"nthread": 1}, model_file=bytearray(trees))


def _altered(what: str, place: Path) -> ModelAltered:
    return ModelAltered(what, place=str(place), hint=_ASK_FOR_ANOTHER)
