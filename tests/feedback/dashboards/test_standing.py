"""What stands on the page: judged among all tests of the page, on closed months, in the direction shown."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from feedback.actions.refresh_runs import refresh_runs
from feedback.dashboards.comparison import Query, build_comparison
from feedback.dashboards.standing import closed_month, mark, verdict
from feedback.dashboards.text_report import text_report
from feedback.dashboards.words_page import NOTHING, WATCHING
from tests.factories import published_journey
from tests.factories.listening import answered_run, measured_journey

NOVEMBER = datetime(2026, 11, 1, tzinfo=UTC)
MID = datetime(2026, 11, 14, 10, tzinfo=UTC)
Value = dict[str, Any]


def value_of(**tests: Any) -> Value:
    """A value with a gap (p, gap, finding) and themes; themes are (p, difference, finding)."""
    p, gap, finding = tests.get("gap", (0.5, 1.0, False))
    themes = [
        {"source": "comments", "theme": f"t{n}", "p": p, "difference": {"value": d}, "finding": f}
        for n, (p, d, f) in enumerate(tests.get("themes", ()))
    ]
    findings = [{"test": f"theme:comments:t{n}"} for n, row in enumerate(themes) if row["finding"]]
    return {
        "gap": {"p": p, "p_permutation": None, "gap": gap, "finding": finding},
        "segments": [],
        "drivers": None,
        "text": {"themes": themes},
        "trends": tests.get("trends", []),
        "before_after": tests.get("before_after", []),
        "commercial": None,
        "coverage": {},
        "handle_time": None,
        "findings": ([{"test": "gap"}] if finding else []) + findings,
    }


def stand(value: Value) -> list[bool]:
    mark(value, verdict(value))
    return [item["stands"] for item in value["findings"]]


@pytest.mark.parametrize(
    ("query", "until"),
    [
        (Query("a"), NOVEMBER),
        (Query("a", start=datetime(2026, 9, 5, tzinfo=UTC)), NOVEMBER),
        (Query("a", start=datetime(2026, 11, 5, tzinfo=UTC)), None),
        (Query("a", end=datetime(2026, 11, 14, tzinfo=UTC)), None),
        (Query("a", end=datetime(2026, 12, 1, tzinfo=UTC)), NOVEMBER),
    ],
)
def test_closed_month_is_the_last_unless_the_window_is_over(query: Query, until: datetime | None) -> None:
    assert closed_month(query, MID) == until


def test_mark_by_hand_all_tests_count_and_what_stands_comes_first() -> None:
    # Bound .05 / 12 = .00417; q of five tests: .01 x 5 / 2 and .0001 x 5.
    value = value_of(themes=[(0.01, -8.0, True), (0.0001, -8.0, True), (0.4, 1.0, False), (None, 0.0, False)])
    value["gap"]["p"] = 0.6
    assert stand(value) == [True, False]
    assert [row["stands"] for row in value["text"]["themes"]] == [False, True, False, False]
    assert (value["findings"][0]["test"], value["gap"]["stands"]) == ("theme:comments:t1", False)
    assert value["page"] == {"judged_until": None, "tests": 4, "looks": 12, "bound": pytest.approx(0.05 / 12)}


def test_mark_without_its_own_finding_nothing_stands() -> None:
    value = value_of(gap=(1e-9, 2.0, False))
    assert (stand(value), value["gap"]["stands"]) == ([], False)


def test_mark_the_other_way_round_does_not_stand() -> None:
    judged = verdict(value_of(gap=(1e-9, 9.0, True)))
    value = value_of(gap=(1e-9, -9.0, True))
    mark(value, judged)
    assert value["gap"]["stands"] is False


def test_mark_finding_of_no_known_test_is_only_watched() -> None:
    value = value_of()
    value["findings"] = [{"text": "something else"}]
    assert stand(value) == [False]


@pytest.mark.parametrize("two_way", [True, False])
def test_mark_change_that_does_not_allow_for_weeks_is_only_watched(two_way: bool) -> None:
    change = {"value": 8.0, "lo": 6.0, "hi": 10.0, "p": 1e-9}
    contrast: Value = {"measure": "experience", "finding": True, "two_way": two_way, "change": change}
    contrast |= dict.fromkeys(("recovery", "compared", "case_mix"))
    row = {"outcome": "o", "changed_on": "2026-06-01", "improvement": "i", "contrasts": [contrast]}
    value = value_of(before_after=[row])
    stand(value)
    assert contrast["stands"] is two_way


def journey_with(days_and_answers: list[tuple[datetime, int]]) -> None:
    version = published_journey(("apply",), code="months")
    surveys = measured_journey(version)
    for ended, overall in days_and_answers:
        answered_run(version, surveys, {"apply": 9, "": overall}, ended_at=ended)
    refresh_runs()


@pytest.mark.django_db
def test_comparison_first_month_is_judged_as_it_is() -> None:
    journey_with([(NOVEMBER + timedelta(days=1), 4 + n % 2) for n in range(20)])
    value = build_comparison(Query("months"), MID)
    assert (value["gap"]["finding"], value["gap"]["stands"], value["page"]["judged_until"]) == (True, True, None)
    assert [(item["kind"], item["stands"]) for item in value["findings"]] == [("gap", True)]
    assert "No closed month holds enough to judge yet" in text_report(value)


@pytest.mark.django_db
def test_comparison_gap_of_this_month_only_is_shown_but_does_not_stand() -> None:
    before = [(NOVEMBER - timedelta(days=20), 8 + n % 3) for n in range(21)]
    journey_with([*before, *((NOVEMBER + timedelta(days=2), 3 + n % 2) for n in range(20))])
    value = build_comparison(Query("months"), MID)
    assert (value["gap"]["finding"], value["gap"]["stands"]) == (True, False)
    assert value["page"]["judged_until"] == NOVEMBER.isoformat()
    assert value["sentence"].endswith("is worth watching, but does not stand yet.")
    lines = text_report(value)
    assert (str(NOTHING) in lines, str(WATCHING) in lines) == (True, True)
    later = build_comparison(Query("months"), NOVEMBER + timedelta(days=35))
    assert (later["gap"]["gap"], later["gap"]["stands"]) == (value["gap"]["gap"], True)
