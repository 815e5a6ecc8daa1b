"""How often a customer may be asked."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.policy.frequency import (
    ALLOWED,
    DEFAULTS,
    SMS_CAPS,
    Asked,
    Limits,
    Verdict,
    check,
    check_caps,
    check_reminder,
    look_again,
)
from surveys.policy.reasons import Reason

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


def asked(*days_ago: float, kind: str = "touchpoint") -> list[Asked]:
    return [Asked(kind, NOW - timedelta(days=days)) for days in days_ago]


def blocked(days_ahead: float | None, cap: str, reason: Reason = Reason.POLICY) -> Verdict:
    until = None if days_ahead is None else NOW + timedelta(days=days_ahead)
    return Verdict(allowed=False, reason=reason, until=until, cap=cap)


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
    assert check("touchpoint", NOW, history, limits, room_wanted=True) == blocked(
        60, "2 per 90d", Reason.ROOM_FOR_JOURNEY
    )
    assert check("touchpoint", NOW, history, limits) == ALLOWED
    assert check("end_to_end", NOW, history, limits, room_wanted=True) == ALLOWED


def test_check_room_wanted_but_journeys_own_limit_blocks_it_needs_no_room() -> None:
    document = {"end_to_end": ["1 per 90d"], "total": ["2 per 90d"], "keep_room_for": "end_to_end"}
    limits = Limits.from_document(document)
    long_ago, lately = asked(70, kind="end_to_end"), asked(30, kind="end_to_end")
    assert check("touchpoint", NOW, lately, limits, room_wanted=True) == ALLOWED
    assert check("touchpoint", NOW, long_ago, limits, room_wanted=True).reason == Reason.ROOM_FOR_JOURNEY


def test_check_total_of_one_leaves_it_to_the_journey() -> None:
    limits = Limits.from_document({"total": ["1 per 30d"], "keep_room_for": "end_to_end"})
    assert check("touchpoint", NOW, [], limits, room_wanted=True) == blocked(1, "1 per 30d", Reason.ROOM_FOR_JOURNEY)


def test_check_planned_asks_ahead_count_too() -> None:
    assert check("touchpoint", NOW, asked(-10)) == blocked(24, "1 per 14d")
    assert check("touchpoint", NOW, asked(-14)) == ALLOWED


def test_check_reminders_are_messages() -> None:
    reminder = [Asked("touchpoint", NOW - timedelta(days=5), reminder=True)]
    assert check("touchpoint", NOW, [*asked(19), *reminder]) == blocked(9, "1 per 14d")


def test_check_reminder_its_own_ask_does_not_stand_in_its_way() -> None:
    own = Asked("touchpoint", NOW - timedelta(days=4))
    assert check_reminder("touchpoint", NOW, [own], own) == ALLOWED
    assert check_reminder("touchpoint", NOW, [own, *asked(10)], own) == blocked(4, "1 per 14d")
    full = [own, *asked(20, 30, kind="end_to_end")]
    total = Limits.from_document({"total": ["3 per 90d"]})
    assert check_reminder("touchpoint", NOW, full, own, total) == blocked(60, "3 per 90d")


@pytest.mark.parametrize(
    ("block", "life", "days"),
    [
        (blocked(5, "x"), 14, 5),
        (blocked(14, "x"), 14, None),
        (blocked(None, "x"), 14, None),
        (blocked(5, "x", Reason.ROOM_FOR_JOURNEY), 14, 1),
        (blocked(0.5, "x", Reason.ROOM_FOR_JOURNEY), 14, 0.5),
        (blocked(5, "x", Reason.ROOM_FOR_JOURNEY), 1, None),
    ],
)
def test_look_again_within_the_life_or_never(block: Verdict, life: int, days: float | None) -> None:
    expected = None if days is None else NOW + timedelta(days=days)
    assert look_again(block, NOW, NOW + timedelta(days=life)) == expected


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
        ({"e2e_only": 1.0}, 'e2e_only is "1.0": use a share from 0 to less than 1, such as 0.1.'),
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


messages = st.lists(
    st.tuples(st.sampled_from(["touchpoint", "end_to_end", "relationship"]), st.integers(0, 400 * 24), st.booleans()),
    max_size=30,
)
documents = st.fixed_dictionaries(
    {},
    optional={
        "touchpoint": st.lists(st.sampled_from(["1 per 14d", "2 per 20d", "4 per 90d"]), max_size=2),
        "end_to_end": st.lists(st.sampled_from(["1 per 90d", "2 per 30d"]), max_size=1),
        "total": st.lists(st.sampled_from(["6 per 90d", "2 per 30d", "1 per 10d", "3 per 7d"]), max_size=2),
        "keep_room_for": st.just("end_to_end"),
    },
)


@settings(max_examples=300, deadline=None)
@given(messages, documents)
def test_check_decided_in_any_order_no_stretch_of_any_period_holds_more_than_its_cap(
    wanted: list[tuple[str, int, bool]], document: dict[str, list[str]]
) -> None:
    limits = Limits.from_document(document)
    history: list[Asked] = []
    for kind, hours, room in wanted:
        at = NOW + timedelta(hours=hours)
        if check(kind, at, history, limits, room_wanted=room).allowed:
            history.append(Asked(kind, at))
    groups = [(caps, [ask.at for ask in history if ask.kind == kind]) for kind, caps in limits.by_kind.items()]
    for caps, times in [*groups, (limits.total, [ask.at for ask in history])]:
        for cap in caps:
            assert (
                max((sum(at <= other < at + cap.period.delta for other in times) for at in times), default=0)
                <= cap.count
            )
