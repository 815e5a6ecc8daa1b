"""The bond over journeys, from answers to a relationship survey; hidden where few, null where nobody was asked."""

import hashlib
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils.html import escape

from feedback.dashboards.comparison import Query, build_comparison
from feedback.dashboards.report_flow import lines_flow
from feedback.models import Answer, Response
from feedback.queries.fingerprints import fingerprint
from surveys.enums import Measures, SurveyKind
from surveys.models import Customer, Journey, SurveyVersion
from tests.factories import published_journey, published_survey
from tests.factories.asking import SurveyFactory
from tests.factories.history import FIRST, Row, scored_runs

pytestmark = pytest.mark.django_db


def bond(version: SurveyVersion, customer: Customer, day: float, score: float) -> None:
    key, at = f"bond:{customer.pk}:{day}", FIRST + timedelta(days=day)
    response = Response.objects.create(
        occasion_key=key,
        survey=version.survey,
        version=version,
        customer=customer,
        content_hash=hashlib.sha256(key.encode()).digest(),
        answered_at=at,
    )
    question = version.questions.get()
    Answer.objects.create(
        response=response, question=question, measures=Measures.RELATIONSHIP, value=score, score=score, answered_at=at
    )


def shop(customers: int, gain: float = 6.0) -> SurveyVersion:
    """Each customer is asked on day 0 and on day 10; every second goes through a journey between, and gains."""
    version = published_journey(("quote",), code="shop")
    survey = SurveyFactory(code="bond", kind=SurveyKind.RELATIONSHIP, journey=version.journey)
    headline = {"code": "bond", "kind": "scale", "scale": (0, 100), "headline": True}
    asked = published_survey(survey, [headline])
    days = [3.0 if n % 2 else 30.0 for n in range(customers)]
    runs = scored_runs(version, [Row(day) for day in days])
    for n, run in enumerate(runs):
        bond(asked, run.customer, 0, 60.0 + n % 3)
        bond(asked, run.customer, 10, 60.0 + n % 3 + gain * (n % 2))
    return asked


def value() -> Any:
    return build_comparison(Query("shop"))


def test_bond_moves_with_each_journey_between() -> None:
    shop(40)
    found = value()["relationship"]
    assert [(row["journeys"], row["n"]) for row in found["by_journeys"]] == [(0, 60), (1, 20), (2, 0), (3, 0)]
    assert (found["change"]["score"], found["change"]["n"]) == (3.0, 40)
    assert found["per_journey"]["slope"] == pytest.approx(6.0)
    assert found["score"]["n"] == 80


def test_bond_of_fewer_than_five_customers_is_null() -> None:
    shop(4)
    assert value()["relationship"] is None


def test_bond_never_asked_is_null() -> None:
    scored_runs(published_journey(("quote",), code="shop"), [Row(n) for n in range(6)])
    assert value()["relationship"] is None


def test_page_and_terminal_show_the_bond(manager_client: Client) -> None:
    shop(40)
    sentence = value()["relationship"]["sentence"]
    assert sentence in lines_flow(value())
    assert escape(sentence) in manager_client.get("/admin/insights/shop/").content.decode()


def test_kept_page_is_old_after_an_answer_about_the_bond() -> None:
    version = shop(6)
    journey = Journey.objects.get(code="shop")
    before = fingerprint(journey.pk)
    bond(version, Customer.objects.order_by("pk")[0], 20, 50.0)
    assert (fingerprint(journey.pk).own, fingerprint(journey.pk).around == before.around) == (before.own, False)
