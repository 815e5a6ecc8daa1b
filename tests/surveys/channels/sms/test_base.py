"""Segments and the order of states."""

from itertools import permutations

import pytest

from surveys.channels.sms.base import RANK, Segments, moves_forward, segments


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
