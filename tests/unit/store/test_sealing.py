"""Seals and slots: what they protect comes back whole, and nothing else opens them."""

from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from fakes import FixedClock
from hypothesis import given
from hypothesis import strategies as st
from stores import ADMINISTRATOR, CHEAP, PASSPHRASE, founded

from engine.domain.ids import UserName
from engine.errors import InputError, SignInRefused, StoreUnavailable
from engine.store.sealing import SealBroken, new_key, seal, seal_text, unseal, unseal_text
from engine.store.vault import Vault
from engine.store.wrapping import Stretching, new_secrets, unwrap, wrap

KEY = new_key()


@given(st.binary(max_size=300), st.text(max_size=20))
def test_what_was_sealed_comes_back(content: bytes, place: str) -> None:
    assert unseal(KEY, seal(KEY, content, place), place) == content


@given(st.binary(max_size=60), st.integers(min_value=0), st.integers(min_value=1, max_value=255))
def test_no_altered_byte_of_a_seal_opens(content: bytes, position: int, other: int) -> None:
    sealed = bytearray(seal(KEY, content, "event 1"))
    sealed[position % len(sealed)] ^= other
    with pytest.raises(SealBroken):
        unseal(KEY, bytes(sealed), "event 1")


@given(st.text(max_size=100))
def test_a_sealed_sentence_comes_back_and_opens_nowhere_else(text: str) -> None:
    sealed = seal_text(KEY, text, "event 7")
    assert unseal_text(KEY, sealed, "event 7") == text
    for key, said, place in (
        (new_key(), sealed, "event 7"),
        (KEY, sealed, "event 8"),
        (KEY, "", "event 7"),
        (KEY, "no seal", "event 7"),
        (KEY, sealed[:-4], "event 7"),
    ):
        with pytest.raises(SealBroken):
            unseal_text(key, said, place)


def test_the_same_content_is_never_sealed_to_the_same_bytes() -> None:
    assert len({seal(KEY, b"the same", "event 1") for _ in range(100)}) == 100


@pytest.mark.parametrize("typed", ["\u00dcber-Stra\u00dfe 1900", "U\u0308ber-Stra\u00dfe 1900"])
def test_a_passphrase_opens_however_its_letters_are_composed(typed: str) -> None:
    held = new_secrets()
    slot = wrap(held, ADMINISTRATOR, "\u00dcber-Stra\u00dfe 1900", "db", CHEAP)
    assert unwrap(slot, typed, "db") == held


@pytest.mark.parametrize("passphrase", ["", "short", "elevenchars"])
def test_a_passphrase_that_can_be_guessed_is_refused(passphrase: str) -> None:
    with pytest.raises(InputError, match="at least 12"):
        wrap(new_secrets(), ADMINISTRATOR, passphrase, "db", CHEAP)


@pytest.mark.parametrize(
    "stretching",
    [
        Stretching(passes=10**9, memory_kib=8, lanes=1),
        Stretching(passes=1, memory_kib=10**9, lanes=1),
        Stretching(passes=0, memory_kib=8, lanes=1),
        Stretching(passes=1, memory_kib=8, lanes=10**9),
    ],
)
def test_a_slot_that_was_altered_to_stall_the_machine_is_refused_at_once(stretching: Stretching) -> None:
    slot = wrap(new_secrets(), ADMINISTRATOR, PASSPHRASE, "db", CHEAP)
    with pytest.raises(SignInRefused):
        unwrap(
            type(slot)(
                user=slot.user, kind=slot.kind, stretching=stretching, salt=slot.salt, wrapped=slot.wrapped
            ),
            PASSPHRASE,
            "db",
        )


def test_guessing_costs_what_rfc_9106_recommends() -> None:
    assert Stretching() == Stretching(passes=3, memory_kib=65536, lanes=4)


def test_the_operating_system_keeps_a_key_until_it_is_told_to_forget_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: dict[tuple[str, str], str] = {}
    ring = SimpleNamespace(
        get_password=lambda service, name: kept.get((service, name)),
        set_password=lambda service, name, secret: kept.update({(service, name): secret}),
        delete_password=lambda service, name: kept.pop((service, name)),
    )
    monkeypatch.setitem(sys.modules, "keyring", ring)
    path = tmp_path / "whyrx.sqlite"
    with founded(path) as vault:
        vault.remember()
        assert vault.remembered == (ADMINISTRATOR,)
        assert PASSPHRASE not in str(kept)
    vault = Vault(path, FixedClock(), CHEAP)
    assert vault.sign_in(ADMINISTRATOR, None).session.user == ADMINISTRATOR
    vault.forget()
    vault.lock("next")
    assert kept == {}
    with pytest.raises(SignInRefused, match="keeps no key"):
        vault.sign_in(ADMINISTRATOR, None)
    assert vault.remembered == ()
    assert vault.sign_in(ADMINISTRATOR, PASSPHRASE).session.user == UserName(ADMINISTRATOR)
    vault.lock("done")


def test_a_system_that_keeps_no_keys_says_so_and_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    with founded(tmp_path / "whyrx.sqlite") as vault:
        with pytest.raises(StoreUnavailable, match="not installed"):
            vault.remember()
        assert vault.remembered == ()
