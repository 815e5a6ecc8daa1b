"""Asking a list: the same rules as for any ask, a decision for each customer, nothing written by the preview."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cxsurvey.lib.refusals import Refused
from surveys.actions.ask_list import ListIn, Told, ask_list, preview_list
from surveys.enums import SurveyKind, Trigger
from surveys.models import AskDecision, Customer, Invitation, JourneyVersion, Rule
from tests.asking import NOON, customer
from tests.factories import JourneyRunFactory, RuleFactory, SurveyFactory, published_journey, published_survey

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def by_list(kind: SurveyKind = SurveyKind.RELATIONSHIP, journey: JourneyVersion | None = None, **rule: Any) -> Rule:
    stage = "documents" if kind == SurveyKind.TOUCHPOINT else ""
    survey = SurveyFactory(kind=kind, journey=journey.journey if journey else None, stage_code=stage, code="s")
    bond = [{"code": "q", "kind": "nps", "text": "Q?", "measures": "relationship"}]
    published_survey(survey, bond if kind == SurveyKind.RELATIONSHIP else None)
    return RuleFactory(survey=survey, trigger=Trigger.MANUAL, conditions={}, **rule)


def people(count: int) -> list[Customer]:
    return [customer(n, external_id=f"C{n}", consent_email=n != 1) for n in range(count)]


def test_ask_list_decides_on_every_customer_in_order() -> None:
    by_list()
    people(2)
    told = ask_list(ListIn("s", ("C1", "C0", "nobody", "C0"), name="spring"), NOON)
    assert told == [Told("C1", "no_consent"), Told("C0", "planned"), Told("nobody", "unknown_customer")]
    assert set(AskDecision.objects.values_list("occasion", "outcome")) == {
        ("list:spring", "planned"), ("list:spring", "no_consent"),
    }  # fmt: skip
    assert ask_list(ListIn("s", ("C0",), name="spring"), NOON) == [Told("C0", "duplicate")]
    assert ask_list(ListIn("s", ("C0",), name="summer"), NOON + DAY)[0].outcome == "policy"


def test_preview_list_tells_the_same_and_writes_nothing() -> None:
    by_list()
    people(2)
    asked = ListIn("s", ("C0", "C1"))
    assert preview_list(asked, NOON) == [Told("C0", "planned"), Told("C1", "no_consent")]
    assert (AskDecision.objects.count(), Invitation.objects.count()) == (0, 0)
    assert ask_list(asked, NOON) == [Told("C0", "planned"), Told("C1", "no_consent")]


def test_ask_list_about_the_latest_run_or_the_one_named() -> None:
    journey = published_journey()
    by_list(SurveyKind.TOUCHPOINT, journey)
    person, _without = people(2)
    old, new = (JourneyRunFactory(version=journey, customer=person, last_event_at=NOON - n * DAY) for n in (9, 1))
    assert ask_list(ListIn("s", ("C0", "C1")), NOON) == [Told("C0", "planned"), Told("C1", "no_run")]
    assert ask_list(ListIn("s", ("C0",), run=old.external_id), NOON + 20 * DAY) == [Told("C0", "planned")]
    decisions = AskDecision.objects.order_by("pk").values_list("occasion", "stage__code")
    assert list(decisions) == [(f"stage:{run.public_id}:documents", "documents") for run in (new, old)]


@pytest.mark.parametrize(
    ("asked", "column"),
    [
        (ListIn("other", ("C0",)), "survey"),
        (ListIn("s", ("C0",), run="R1"), "run"),
        (ListIn("s", tuple(f"X{n}" for n in range(10_001))), "customers"),
    ],
)
def test_ask_list_refuses_what_is_not_there(asked: ListIn, column: str) -> None:
    by_list()
    with pytest.raises(Refused) as caught:
        ask_list(asked, NOON)
    assert caught.value.column == column


def test_ask_list_refuses_a_survey_without_a_rule_for_lists() -> None:
    by_list()
    Rule.objects.update(trigger=Trigger.CLOCK, conditions={"every": "30d"})
    with pytest.raises(Refused) as caught:
        ask_list(ListIn("s", ("C0",)), NOON)
    assert "add a rule with `when: {manual: true}`" in caught.value.reason


def test_ask_list_refuses_somebody_elses_run() -> None:
    journey = published_journey()
    by_list(SurveyKind.END_TO_END, journey)
    person, _other = people(2)
    run = JourneyRunFactory(version=journey, customer=person)
    with pytest.raises(Refused) as caught:
        ask_list(ListIn("s", ("C1",), run=run.external_id), NOON)
    assert caught.value.column == "customers"


def test_ask_list_takes_a_constant_number_of_queries() -> None:
    journey = published_journey()
    by_list(SurveyKind.END_TO_END, journey)

    def statements(count: int, offset: int) -> int:
        made = [customer(offset + n, external_id=f"Q{offset + n}") for n in range(count)]
        for person in made:
            JourneyRunFactory(version=journey, customer=person)
        with CaptureQueriesContext(connection) as queries:
            told = ask_list(ListIn("s", tuple(each.external_id for each in made)), NOON)
        assert {each.outcome for each in told} == {"planned"}
        return len(queries)

    assert statements(1, 0) == statements(3, 10)
