"""What texts cost is said before they leave, as it will be counted when they do."""

from typing import Any

import pytest
from django.test import Client

from surveys.actions.deliver import deliver_due
from surveys.actions.sms_cost import sms_costs
from surveys.enums import SurveyKind, Trigger
from surveys.models import Customer, Delivery
from surveys.standins.sms import SmsProvider
from tests.asking import customer, queued
from tests.factories import RuleFactory, SurveyFactory, published_survey

pytestmark = pytest.mark.django_db


def test_cost_is_what_is_counted_at_the_send(sms_provider: SmsProvider) -> None:
    made = queued(3, channel="sms")
    for each, language in zip(made, ("en", "de", "ar"), strict=True):
        Customer.objects.filter(pk=each.invitation.customer_id).update(language=language)
    costs = {each.language: each for each in sms_costs(made[0].invitation.survey.code, {"en": 5, "de": 1, "ar": 2})}
    deliver_due()
    counted = dict(Delivery.objects.values_list("invitation__customer__language", "segments"))
    assert {language: cost.segments for language, cost in costs.items()} == counted
    assert [(language, cost.encoding) for language, cost in costs.items()] == [
        ("en", "GSM-7"), ("ar", "UCS-2"), ("de", "GSM-7"),
    ]  # fmt: skip
    assert (bool(costs["ar"].foreign), costs["en"].foreign, costs["en"].total) == (True, "", 5 * costs["en"].segments)


def test_preview_of_a_list_shows_alphabet_and_segments(manager_client: Client, sms_provider: SmsProvider) -> None:
    survey = SurveyFactory(kind=SurveyKind.RELATIONSHIP, journey=None, code="bond")
    published_survey(survey, [{"code": "q", "kind": "nps", "text": "Q?", "measures": "relationship"}])
    RuleFactory(survey=survey, trigger=Trigger.MANUAL, conditions={}, channels=["sms"])
    people = [customer(n, language=("en", "ar")[n % 2]) for n in range(4)]
    posted: dict[str, Any] = {"action": "ask_chosen", "_selected_action": [each.pk for each in people]}
    page = manager_client.post("/admin/surveys/customer/", posted | {"survey": "bond", "step": "preview"})
    costs = page.context["costs"]
    assert [(each.customers, each.encoding) for each in costs] == [(2, "GSM-7"), (2, "UCS-2")]
    assert page.context["segments"] == sum(2 * each.segments for each in costs)
    words = page.content.decode()
    assert ("GSM-7" in words, "UCS-2" in words, f"Text messages: {page.context['segments']} segments" in words) == (
        True, True, True,
    )  # fmt: skip
