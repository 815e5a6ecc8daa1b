"""Secret links: a token is derived, never stored; the database keeps only its SHA-256 (reliability R10)."""

import hashlib
import hmac
import re
from base64 import urlsafe_b64encode
from enum import StrEnum
from typing import Final
from uuid import UUID

TOKEN_BYTES: Final = 24  # 192 bits, 32 characters of base64url without padding
MIN_KEY_BYTES: Final = 16
_SHAPE: Final = re.compile(r"[A-Za-z0-9_-]{32}", re.ASCII)


class Purpose(StrEnum):
    """What a token opens. A token of one purpose never opens another."""

    ANSWER = "answer"
    PREFERENCES = "preferences"
    UNSUBSCRIBE = "unsubscribe"
    EXPORT = "export"


def derive(public_id: UUID, purpose: str, version: int, key: bytes) -> str:
    """The token of this object for this purpose: 32 characters of base64url (192 bits of HMAC-SHA256).

    Raising `version` on the object revokes every token handed out before. ValueError for an unknown
    purpose, a negative version, or a key shorter than 16 bytes.
    """
    if len(key) < MIN_KEY_BYTES:
        raise ValueError(f"The token key has {len(key)} bytes; give at least {MIN_KEY_BYTES}.")
    if not 0 <= version < 2**64:
        raise ValueError(f"A token version counts up from 0, not {version}.")
    message = b"\0".join((b"cxsurvey.token", Purpose(purpose).value.encode(), public_id.bytes + version.to_bytes(8)))
    return urlsafe_b64encode(hmac.digest(key, message, "sha256")[:TOKEN_BYTES]).decode("ascii")


def digest(token: str) -> bytes:
    """SHA-256 of the token (32 bytes): what is stored and looked up. A plain hash is enough at 192 random bits."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def looks_like_token(text: str) -> bool:
    """Whether the text could be a token at all, so that rubbish needs no look-up."""
    return _SHAPE.fullmatch(text) is not None
