"""How often a customer may be asked."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.policy.frequency import ALLOWED, DEFAULTS, SMS_CAPS, Asked, Limits, Verdict, check, check_caps
from surveys.policy.reasons import Reason

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


def asked(*days_ago: float, kind: str = "touchpoint") -> list[Asked]:
    return [Asked(kind, NOW - timedelta(days=days)) for days in days_ago]


def blocked(days_ahead: float | None, cap: str) -> Verdict:
    until = None if days_ahead is None else NOW + timedelta(days=days_ahead)
    return Verdict(allowed=False, reason=Reason.POLICY, until=until, cap=cap)


@pytest.mark.parametrize(
    ("kind", "history", "verdict"),
    [
        ("touchpoint", [], ALLOWED),
        ("touchpoint", asked(13), blocked(1, "1 per 14d")),
        ("touchpoint", asked(14), ALLOWED),
        ("touchpoint", asked(20, 40, 60, 80), blocked(10, "4 per 90d")),
        ("touchpoint", asked(20, 40, 60, 90), ALLOWED),
        ("touchpoint", asked(1, 40, 60, 80), blocked(13, "1 per 14d")),
        ("end_to_end", asked(1), ALLOWED),
        ("end_to_end", asked(50, kind="end_to_end"), blocked(40, "1 per 90d")),
        ("relationship", asked(100, kind="relationship"), blocked(80, "1 per 180d")),
        ("end_to_end", asked(1, 2, 3, 4, 5, 6), blocked(84, "6 per 90d")),
    ],
)
def test_check_defaults(kind: str, history: list[Asked], verdict: Verdict) -> None:
    assert check(kind, NOW, history) == verdict


def test_check_room_wanted_keeps_the_last_place_for_the_journey() -> None:
    limits = Limits.from_document({"total": ["2 per 90d"], "keep_room_for": "end_to_end"})
    history = asked(30)
    assert check("touchpoint", NOW, history, limits, room_wanted=True) == blocked(60, "2 per 90d")
    assert check("touchpoint", NOW, history, limits) == ALLOWED
    assert check("end_to_end", NOW, history, limits, room_wanted=True) == ALLOWED


def test_check_room_wanted_but_journey_already_asked_needs_no_room() -> None:
    limits = Limits.from_document({"total": ["2 per 90d"], "keep_room_for": "end_to_end"})
    history = asked(30, kind="end_to_end")
    assert check("touchpoint", NOW, history, limits, room_wanted=True) == ALLOWED


def test_check_cap_of_zero_blocks_without_end() -> None:
    limits = Limits.from_document({"touchpoint": ["0 per 1d", "1 per 14d"]})
    assert check("touchpoint", NOW, asked(1), limits) == blocked(None, "0 per 1d")


def test_check_caps_of_a_number_block_until_both_are_free() -> None:
    times = [NOW - timedelta(days=days) for days in (0.5, 10, 29)]
    assert check_caps(SMS_CAPS, times, NOW) == blocked(1, "3 per 30d")
    assert check_caps(SMS_CAPS, times[1:], NOW) == ALLOWED
    assert check_caps(SMS_CAPS, times[:1], NOW) == blocked(0.5, "1 per 24h")


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ({"touchpoints": ["1 per 1d"]}, "Unknown in contact_policy: touchpoints."),
        (
            {"keep_room_for": "journey"},
            'keep_room_for is "journey": use touchpoint, end_to_end, relationship.',
        ),
        ({"total": ["often"]}, '"often" is not a limit: write a count, "per" and a period, such as 1 per 14d.'),
    ],
)
def test_limits_from_bad_document_says_what_to_write(document: dict[str, str | list[str]], words: str) -> None:
    with pytest.raises(ValueError) as caught:
        Limits.from_document(document)
    assert str(caught.value) == words


def test_limits_defaults_are_method_2_20() -> None:
    texts = {kind: [str(cap) for cap in caps] for kind, caps in DEFAULTS.by_kind.items()}
    assert texts == {
        "touchpoint": ["1 per 14d", "4 per 90d"],
        "end_to_end": ["1 per 90d"],
        "relationship": ["1 per 180d"],
    }
    assert ([str(cap) for cap in DEFAULTS.total], DEFAULTS.keep_room_for) == (["6 per 90d"], "end_to_end")


@settings(max_examples=100)
@given(
    st.lists(st.tuples(st.sampled_from(["touchpoint", "end_to_end"]), st.integers(0, 200 * 24)), max_size=12),
    st.sampled_from(["touchpoint", "end_to_end", "relationship"]),
    st.booleans(),
)
def test_check_is_allowed_at_until_and_not_just_before(history: list[tuple[str, int]], kind: str, room: bool) -> None:
    asks = [Asked(asked_kind, NOW - timedelta(hours=hours)) for asked_kind, hours in history]
    verdict = check(kind, NOW, asks, room_wanted=room)
    if verdict.allowed:
        return
    assert verdict.until is not None
    assert verdict.until > NOW
    assert check(kind, verdict.until - timedelta(seconds=1), asks, room_wanted=room).allowed is False
