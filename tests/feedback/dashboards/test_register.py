"""Pay, outcomes and improvements: what works against the customer is warned of, what is linked to nothing is listed."""

from datetime import date
from typing import Any

import pytest

from feedback.dashboards.comparison import Query, build_comparison
from feedback.models import Improvement, Outcome, PayMetric
from tests.factories import published_journey
from tests.factories.history import Row, scored_runs
from tests.factories.listening import measured_journey

pytestmark = pytest.mark.django_db


def shop() -> Outcome:
    version = published_journey(("quote",), code="shop")
    measured_journey(version)
    scored_runs(version, [Row(n, experience=60.0) for n in range(6)])
    return Outcome.objects.create(
        journey=version.journey, code="fast", statement="Done in a day", measure="elapsed_days", level="experience"
    )


def compared() -> dict[str, Any]:
    return build_comparison(Query("shop"))


def codes(value: dict[str, Any]) -> list[str]:
    return [item["code"] for item in value["warnings"] if item["code"] in ("paid_alone", "misaligned")]


def test_pay_by_handling_time_alone_against_a_faster_journey_is_warned_of() -> None:
    shop()
    PayMetric.objects.create(metric="aht", note="bonus of the call centre")
    value = compared()
    assert codes(value) == ["paid_alone", "misaligned"]
    assert value["incentives"]["paid"] == [
        {"metric": "aht", "label": "handling time per call", "note": "bonus of the call centre"}
    ]


def test_pay_by_handling_time_beside_calls_again_is_not_alone() -> None:
    shop().delete()
    PayMetric.objects.create(metric="aht")
    PayMetric.objects.create(metric="recontact")
    assert codes(compared()) == []


def test_measures_without_outcome_are_listed() -> None:
    shop()
    listed = [(row["code"], row["level"]) for row in compared()["register"]["not_linked"]]
    assert listed == [
        ("csat", "service"),
        ("experience", "experience"),
        ("service", "service"),
        ("steps", "experience"),
    ]


def test_improvement_that_nobody_judged_in_ninety_days_is_listed() -> None:
    outcome = shop()
    Improvement.objects.create(outcome=outcome, name="Say what is next", kind="process", changed_on=date(2023, 1, 1))
    (row,) = compared()["register"]["not_evaluated"]
    assert (row["improvement"], row["changed_on"], row["owner"]) == ("Say what is next", "2023-01-01", None)
