"""Response times: median, p90 and share in time by channel, by hand; who gave up was not answered."""

from datetime import timedelta
from typing import Any

import pytest

from feedback.dashboards.comparison import Query, build_comparison
from feedback.dashboards.response import targets_of
from surveys.models import JourneyVersion
from tests.factories import CustomerFactory, InteractionFactory, published_journey
from tests.factories.asking import START

pytestmark = pytest.mark.django_db


def attempt(version: JourneyVersion, minutes: float | None, channel: str = "phone", **fields: Any) -> None:
    """A contact answered after so many minutes; None: given up."""
    InteractionFactory(
        run=None, customer=CustomerFactory(), journey=version.journey, stage=None, channel=channel,
        answered_at=None if minutes is None else START + timedelta(minutes=minutes), abandoned=minutes is None,
        ended_at=START + timedelta(hours=40), handle_seconds=None, **fields,
    )  # fmt: skip


def shop() -> JourneyVersion:
    return published_journey(("quote",), code="shop", options={"answer_within": {"phone": "2m", "other": "24h"}})


def response() -> Any:
    return build_comparison(Query("shop"))["response_times"]


def test_targets_are_minutes_by_channel() -> None:
    assert targets_of({"answer_within": {"phone": "2m", "other": "24h"}}) == {"phone": 2.0, "": 1440.0}
    assert targets_of({}) == {}


def test_response_by_channel_counts_who_gave_up_as_not_in_time() -> None:
    version = shop()
    for minutes in (1, 1.5, 2, 4, 10, None, None):
        attempt(version, minutes)
    for hours in (1, 2, 3, 23, 30):
        attempt(version, 60 * hours, "email")
    email, phone = response()["channels"]
    assert (phone["n"], phone["unanswered"], phone["median"]) == (7, 2, 2.0)
    assert phone["p90"] == pytest.approx(7.6)  # between 4 and 10: numpy's way
    assert (phone["within"]["k"], phone["within"]["n"], phone["target_minutes"]) == (3, 7, 2.0)
    assert (email["within"]["k"], email["within"]["n"], email["target_minutes"]) == (4, 5, 1440.0)
    assert (response()["within"]["k"], response()["within"]["n"]) == (7, 12)


def test_response_to_calls_that_the_company_made_does_not_count() -> None:
    version = shop()
    for _ in range(5):
        attempt(version, 1)
        attempt(version, 90, initiator="company")
    (phone,) = response()["channels"]
    assert (phone["n"], phone["median"]) == (5, 1.0)


def test_response_channel_of_few_customers_is_hidden_with_another() -> None:
    version = shop()
    for channel, n in (("chat", 3), ("email", 6), ("phone", 9)):
        for _ in range(n):
            attempt(version, 1, channel)
    assert [row["state"] for row in response()["channels"]] == ["hidden", "hidden", "indicative"]


def test_response_without_target_has_no_share() -> None:
    version = published_journey(("quote",), code="shop")
    for _ in range(5):
        attempt(version, 1)
    (phone,) = response()["channels"]
    assert (phone["within"], phone["median"], response()["within"]) == (None, 1.0, None)


def test_response_not_known_is_null() -> None:
    InteractionFactory(run=None, customer=CustomerFactory(), journey=shop().journey, stage=None)
    assert response() is None
