"""The planted worlds on the page: the lift of E, the drop of C, what nothing happened to, and what customers did."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from feedback.dashboards.comparison import Query
from feedback.dashboards.context import context_of
from feedback.dashboards.time import time_part
from feedback.dashboards.value import commercial_part
from feedback.models import CommercialRecord, Improvement, Outcome
from feedback.worlds.journeys import Journeys
from feedback.worlds.world import empty_of_effects, planted
from surveys.models import Customer, JourneyRun, JourneyVersion
from tests.factories import published_journey
from tests.factories.history import FIRST, Row, scored_runs
from tests.factories.listening import measured_journey

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 1, 1, tzinfo=UTC)
WEEK_26 = (FIRST + timedelta(weeks=26)).date()
WEEK_30 = FIRST + timedelta(weeks=30)


def entered(j: Journeys) -> tuple[JourneyVersion, list[JourneyRun]]:
    """One planted journey as run rows, with an improvement of its experience at week 26."""
    codes = [f"s{n}" for n in range(j.stages.shape[1])]
    version = published_journey(codes, code=j.plan.code.lower())
    measured_journey(version)
    names = j.segments()
    people = Customer.objects.bulk_create(
        Customer(external_id=f"{j.plan.code}-{c}", segment=names[int(np.flatnonzero(j.customer == c)[0])])
        for c in sorted(set(j.customer.tolist()))
    )
    by_number = dict(zip(sorted(set(j.customer.tolist())), people, strict=True))
    customers = [by_number[c] for c in j.customer.tolist()]
    runs = scored_runs(version, [_row(j, n, codes) for n in range(len(j.customer))], customers)
    outcome = Outcome.objects.create(
        journey=version.journey, code="better", statement="Better.", measure="experience", level="experience"
    )
    Improvement.objects.create(outcome=outcome, name="Lift", kind="process", changed_on=WEEK_26)
    return version, runs


def _row(j: Journeys, n: int, codes: list[str]) -> Row:
    stages = {code: float(v) for code, v in zip(codes, j.seen_stages()[n], strict=True) if np.isfinite(v)}
    experience = float(j.experience[n]) if j.answered_end[n] else None
    service = sum(stages.values()) / len(stages) if stages else None
    days = float(j.ended[n] - j.started[n])
    return Row(float(j.started[n]), experience, service, days, stages=stages, steps=int(j.steps[n]))


def told(code: str) -> tuple[dict[str, Any], Any]:
    context = context_of(Query(code))
    value = {"journey": code, "name": code, "owner": None, "generated_at": NOW.isoformat()}
    return time_part(context, value).values, context


def changed(values: dict[str, Any]) -> list[str]:
    return [item["code"] for item in values["trends"] if item["change"] and item["change"]["finding"]]


def contrasts(values: dict[str, Any]) -> dict[str, Any]:
    return {item["measure"]: item for item in values["before_after"][0]["contrasts"]}


def test_world_e_lift_is_found_and_service_is_unchanged() -> None:
    entered(planted(1, codes=["E"])[0])
    values, _context = told("e")
    experience, service = contrasts(values)["experience"], contrasts(values)["service"]
    assert (experience["status"], experience["finding"], service["finding"]) == ("improved", True, False)
    assert experience["case_mix"]["value"] == pytest.approx(7.91, abs=3.3)
    assert changed(values) == ["experience"]


def test_world_c_drop_is_found_at_its_stage_and_week_only() -> None:
    entered(planted(1, codes=["C"])[0])
    values, _context = told("c")
    assert changed(values) == ["s1"]
    (change,) = [item["change"] for item in values["trends"] if item["code"] == "s1"]
    assert abs(date.fromisoformat(change["period"]) - WEEK_30.date()) <= timedelta(weeks=3)
    assert change["shift"] == pytest.approx(-6, abs=3)


@pytest.mark.parametrize("seed", [1, 2])
def test_null_world_has_no_finding_about_time(seed: int) -> None:
    entered(empty_of_effects(seed, size=0.5)[4])
    values, _context = told("e")
    assert changed(values) == []
    assert [item["finding"] for item in contrasts(values).values()] == [False] * 4


def test_world_commercial_depends_on_experience_only() -> None:
    (j,) = planted(1, codes=["E"])
    _version, runs = entered(j)
    CommercialRecord.objects.bulk_create(
        CommercialRecord(
            customer=run.customer,
            run=run,
            period_start=(run.last_event_at + timedelta(days=30)).date(),
            period_end=(run.last_event_at + timedelta(days=395)).date(),
            retained=bool(j.retained[n]),
            spend=float(j.spend[n]),
        )
        for n, run in enumerate(runs)
    )
    values, context = told("e")
    empty = dict.fromkeys(("drivers", "fcr", "handle_time", "commercial"))
    service = {"score": None}
    gap = {"gap": None, "lo": None, "hi": None, "n_pairs": 0}
    value: dict[str, Any] = {
        "journey": "e",
        "name": "e",
        "owner": None,
        "generated_at": NOW.isoformat(),
        "stages": [],
        "service": service,
    }
    value["gap"] = gap
    value |= values | empty | {"hidden_poor": {"n": 0}, "coverage": {"funnel": []}}
    links = commercial_part(context, value).values["commercial"]["links"]
    assert [(link["code"], link["finding"]) for link in links] == [("experience", True), ("service", False)]
    assert links[0]["effect"]["value"] == pytest.approx(0.0777, abs=0.03)
