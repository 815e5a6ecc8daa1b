"""A year played through: the limits hold, every due ask has one outcome, and pairs come of room and delay."""

import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.policy.frequency import DEFAULTS, Asked, Limits
from surveys.policy.sampling import end_to_end_only
from surveys.policy.simulation import Policy, Run, live_through

START = datetime(2026, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
COOL_DOWN = Policy(Limits.from_document({"total": ["1 per 30d"], "e2e_only": 0}), waits=False)


def run(name: str, begins: float, *gaps: float) -> Run:
    """A run with a contact after each gap in days, that ends a day after its last one."""
    at = START + begins * DAY
    contacts = [at, *(at := at + gap * DAY for gap in gaps)]
    return Run(name, tuple(contacts), at + DAY)


@st.composite
def lives(draw: st.DrawFn) -> list[Run]:
    chance = random.Random(draw(st.integers(0, 2**32)))
    runs, begins = [], 0.0
    for number in range(draw(st.integers(1, 8))):
        gaps = [chance.expovariate(1 / draw(st.sampled_from([1, 4, 10]))) for _ in range(chance.randint(1, 5))]
        runs.append(run(f"{chance.random()}-{number}", begins, *gaps))
        begins += sum(gaps) + chance.expovariate(1 / 40)
    return runs


documents = st.sampled_from(
    [
        {"touchpoint": ["1 per 14d", "4 per 90d"], "end_to_end": ["1 per 90d"], "total": ["6 per 90d"]},
        {"touchpoint": ["1 per 7d"], "total": ["2 per 45d"], "keep_room_for": "end_to_end"},
        {"total": ["1 per 30d"], "keep_room_for": "end_to_end"},
        {"total": ["3 per 20d", "5 per 100d"], "keep_room_for": "touchpoint"},
        {"end_to_end": ["0 per 1d"], "touchpoint": ["2 per 3d"]},
        {},
    ]
)


def over(limits: Limits, asked: list[Asked]) -> list[str]:
    """The caps of which some stretch holds more than they allow."""
    groups = [(caps, [ask.at for ask in asked if ask.kind == kind]) for kind, caps in limits.by_kind.items()]
    return [
        str(cap)
        for caps, times in [*groups, (limits.total, [ask.at for ask in asked])]
        for cap in caps
        if any(sum(at <= other < at + cap.period.delta for other in times) > cap.count for at in times)
    ]


@settings(max_examples=400, deadline=None)
@given(lives(), documents, st.booleans())
def test_live_through_never_exceeds_a_cap_and_decides_every_ask_once(
    runs: list[Run], document: dict[str, list[str]], waits: bool
) -> None:
    limits = Limits.from_document(document)
    life = live_through(runs, Policy(limits, waits))
    assert over(limits, life.asked) == []
    due = sum(1 + (0 if end_to_end_only(each.name, limits.e2e_only) else len(each.contacts)) for each in runs)
    assert sum(life.outcomes.values()) == due
    assert life.outcomes["sent"] == len(life.asked)


@pytest.mark.slow
def test_live_through_hundred_thousand_histories_no_cap_is_exceeded() -> None:
    chance = random.Random(20)
    policy = Policy(DEFAULTS)
    wrong = []
    for number in range(100_000):
        gaps = [chance.expovariate(1 / 6) for _ in range(chance.randint(1, 4))]
        runs = [run(f"{number}-{k}", chance.uniform(0, 200), *gaps) for k in range(chance.randint(1, 3))]
        wrong += over(DEFAULTS, live_through(runs, policy).asked)
    assert wrong == []


def test_live_through_short_run_is_a_pair_where_room_is_kept_and_none_under_a_cool_down() -> None:
    short = [run("1", 0, 3, 3, 3)]
    limits = Limits.from_document({"total": ["2 per 30d"], "keep_room_for": "end_to_end", "e2e_only": 0})
    assert [live_through(short, policy).pairs() for policy in (COOL_DOWN, Policy(limits))] == [0, 1]
    without_room = Limits.from_document({"total": ["2 per 30d"], "e2e_only": 0})
    assert live_through(short, Policy(without_room, waits=False)).pairs() == 0


def test_live_through_blocked_ask_waits_within_its_life() -> None:
    limits = Limits.from_document({"touchpoint": ["1 per 10d"], "e2e_only": 0})
    life = live_through([run("1", 0, 5)], Policy(limits))
    assert [(ask.kind, (ask.at - START) / DAY) for ask in life.asked] == [
        ("touchpoint", 1.0), ("end_to_end", 6.5), ("touchpoint", 11.0),
    ]  # fmt: skip


def test_live_through_run_held_out_is_asked_about_the_whole_only() -> None:
    limits = Limits.from_document({"e2e_only": 0.5})
    names = [f"run {n}" for n in range(40)]
    kinds = {name: live_through([run(name, 0, 2)], Policy(limits)).about[name] for name in names}
    assert {name for name in names if kinds[name] == {"end_to_end"}} == {
        name for name in names if end_to_end_only(name, 0.5)
    }
    assert 8 <= sum(end_to_end_only(name, 0.5) for name in names) <= 32
