"""Segments and the order of states."""

from itertools import permutations

import pytest

from surveys.channels.sms.base import RANK, Segments, moves_forward, plain_signs, segments


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", Segments(1, "GSM-7")),
        ("a" * 160, Segments(1, "GSM-7")),
        ("a" * 161, Segments(2, "GSM-7")),
        ("a" * 307, Segments(3, "GSM-7")),
        ("€" * 80, Segments(1, "GSM-7")),
        ("€" * 81, Segments(2, "GSM-7")),
        ("Grüße é", Segments(1, "GSM-7")),
        ("ж" * 70, Segments(1, "UCS-2", "ж")),
        ("ж" * 71, Segments(2, "UCS-2", "ж")),
        ("it’s ok…", Segments(1, "UCS-2", "’…")),
        ("a`b", Segments(1, "UCS-2", "`")),
        ("😀" * 35, Segments(1, "UCS-2", "😀")),
        ("😀" * 36, Segments(2, "UCS-2", "😀")),
    ],
)
def test_segments_counts_as_carriers_do(text: str, expected: Segments) -> None:
    assert segments(text) == expected


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("it’s ok…", "it's ok..."),
        ("«\u00a0C’était comment\u202f?\u00a0»", '" C\'était comment ? "'),
        ("„Gut“ – 1‑2", '"Gut" - 1-2'),
        ("it’s forêt", "it’s forêt"),
        ("«مرحبا»", "«مرحبا»"),
        ("Grüße", "Grüße"),
    ],
)
def test_plain_signs_where_they_bring_the_text_into_the_alphabet(text: str, plain: str) -> None:
    """Typographic signs are replaced only where no other character forces UCS-2 anyway."""
    assert plain_signs(text) == plain


def test_moves_forward_every_order_of_receipts_ends_the_same() -> None:
    for order in permutations(["queued", "sent", "delivered", "sending", "sent"]):
        state = "queued"
        for new in order:
            state = new if moves_forward(state, new) else state
        assert state == "delivered"


def test_moves_forward_never_back_and_never_to_the_unknown() -> None:
    assert moves_forward("delivered", "sent") is False
    assert moves_forward("failed", "undelivered") is False
    assert [moves_forward(state, "teleported") for state in RANK] == [False] * len(RANK)
