"""Content under the key of the patient it is about: destroy the key, and it is gone everywhere at once.

Each patient has a random key of their own. Everything that the database keeps of a patient for good
(records, decisions, answers, the sentences of audit events) lies encrypted under it, AES-256 in Galois
counter mode (NIST SP 800-38D), bound to the event that recorded it. The chain names the hash of these
sealed bytes, so it verifies with and without the key. Erasing a patient destroys the key, and with it
every copy of the content in this file, without changing a byte of what the chain speaks of.

A nonce is 96 random bits. One key seals at most the events of one patient, far below the 2^32 at
which the standard asks for another.
"""

from __future__ import annotations

import base64
import secrets

from sqlite_utils import Database

from engine.domain.ids import PatientId
from engine.errors import NotFound, PatientErased

KEY_BYTES = 32
_NONCE_BYTES = 12
_TAG_BYTES = 16


class SealBroken(ValueError):
    """Sealed bytes were altered, moved to another event, or belong to another key."""


def new_key() -> bytes:
    """Return a random key."""
    return secrets.token_bytes(KEY_BYTES)


def seal(key: bytes, content: bytes, place: str) -> bytes:
    """Return content encrypted for one place, such as ``decision 41``."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415 - heavy

    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, content, place.encode())


def unseal(key: bytes, sealed: bytes, place: str) -> bytes:
    """Return the content of sealed bytes.

    Raises:
        SealBroken: any bit of them, the key or the place is another.
    """
    from cryptography.exceptions import InvalidTag  # noqa: PLC0415 - heavy
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415 - heavy

    if len(sealed) < _NONCE_BYTES + _TAG_BYTES:
        raise SealBroken("the sealed bytes are too short")
    try:
        return AESGCM(key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], place.encode())
    except InvalidTag:
        raise SealBroken("the sealed bytes do not open under the patient's key") from None


def seal_text(key: bytes, text: str, place: str) -> str:
    """Return a sentence encrypted for one place, as ASCII."""
    return base64.b64encode(seal(key, text.encode(), place)).decode("ascii")


def unseal_text(key: bytes, sealed: str, place: str) -> str:
    """Return a sealed sentence.

    Raises:
        SealBroken: it was altered, or belongs to another key or place.
    """
    try:
        return unseal(key, base64.b64decode(sealed, validate=True), place).decode()
    except ValueError as error:
        raise SealBroken(str(error)) from error


def key_of(db: Database, patient_id: PatientId) -> bytes:
    """Return the key of a patient.

    Raises:
        PatientErased: it was destroyed.
        NotFound: there is no such patient.
    """
    key = find_key(db, patient_id)
    if key is not None:
        return key
    if is_erased(db, patient_id):
        raise PatientErased(
            f"Patient {patient_id} was erased; what was recorded can no longer be read.",
            hint="The audit log says when and by whom.",
        )
    raise NotFound(
        f"There is no patient {patient_id} in this database.",
        hint="Search for the patient by name, or import the record first.",
    )


def find_key(db: Database, patient_id: PatientId) -> bytes | None:
    """Return the key of a patient, or None where there is none, or none any more."""
    found = db.execute("SELECT key FROM patient_keys WHERE patient_id = ?", (patient_id,)).fetchall()
    return found[0][0] if found else None


def is_erased(db: Database, patient_id: PatientId) -> bool:
    """Tell whether a patient was erased."""
    return bool(db.execute("SELECT 1 FROM erasures WHERE patient_id = ?", (patient_id,)).fetchall())


def key_for(db: Database, patient_id: PatientId) -> bytes:
    """Return the key of a patient, made at their first record.

    Raises:
        PatientErased: it was destroyed; a patient who comes again needs another id.
    """
    key = find_key(db, patient_id)
    if key is not None:
        return key
    if is_erased(db, patient_id):
        return key_of(db, patient_id)
    key = new_key()
    db.execute("INSERT INTO patient_keys (patient_id, key) VALUES (?, ?)", (patient_id, key))
    return key
