"""Secret links: derived, purpose-bound, revocable."""

from base64 import urlsafe_b64encode
from hashlib import sha256
from hmac import digest as hmac_digest
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxsurvey.lib.tokens import Purpose, derive, digest, looks_like_token

KEY = b"k" * 32
ID = UUID("12345678-1234-5678-1234-567812345678")


def test_derive_known_input_is_truncated_hmac() -> None:
    message = b"cxsurvey.token\0answer\0" + ID.bytes + (1).to_bytes(8, "big")
    expected = urlsafe_b64encode(hmac_digest(KEY, message, "sha256")[:24]).decode()
    assert derive(ID, "answer", 1, KEY) == expected
    assert len(expected) == 32


def test_derive_every_purpose_version_key_and_id_differ() -> None:
    tokens = [derive(ID, purpose, version, KEY) for purpose in Purpose for version in (0, 1, 2)]
    tokens += [derive(ID, Purpose.ANSWER, 1, b"x" * 32), derive(UUID(int=1), Purpose.ANSWER, 1, KEY)]
    assert len(set(tokens)) == 14


@pytest.mark.parametrize(
    ("purpose", "version", "key", "words"),
    [
        ("login", 1, KEY, "'login' is not a valid Purpose"),
        ("answer", -1, KEY, "A token version counts up from 0, not -1."),
        ("answer", 1, b"short", "The token key has 5 bytes; give at least 16."),
    ],
)
def test_derive_bad_argument_is_refused(purpose: str, version: int, key: bytes, words: str) -> None:
    with pytest.raises(ValueError) as caught:
        derive(ID, purpose, version, key)
    assert str(caught.value) == words


def test_digest_is_sha256_and_takes_any_text() -> None:
    assert digest("abc") == sha256(b"abc").digest()
    assert len(digest("\ud800\u0000é")) == 32


@settings(max_examples=50)
@given(st.uuids(), st.sampled_from(Purpose), st.integers(0, 2**64 - 1))
def test_derive_any_object_looks_like_token(public_id: UUID, purpose: Purpose, version: int) -> None:
    assert looks_like_token(derive(public_id, purpose, version, KEY)) is True


@pytest.mark.parametrize("text", ["", "a" * 31, "a" * 33, "a" * 31 + "=", "a" * 31 + "\n", "ä" * 32])
def test_looks_like_token_other_text_is_false(text: str) -> None:
    assert looks_like_token(text) is False
