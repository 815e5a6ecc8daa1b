"""A rule's mode in the admin: what it would have done, and moving it with a reason."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from surveys.models import AskDecision, Rule, RuleMove
from tests.asking import customer
from tests.factories import CustomerFactory, RuleFactory, published_survey

pytestmark = pytest.mark.django_db


def page(rule: Rule) -> str:
    return reverse("admin:surveys_rule_mode", args=[rule.pk])


def shadowed(rule: Rule, detail: str, days_ago: float = 1) -> None:
    at = timezone.now() - timedelta(days=days_ago)
    AskDecision.objects.create(
        survey=rule.survey, rule=rule, customer=CustomerFactory(), occasion="run:1", outcome="shadow", detail=detail,
        due_at=at, decided_at=at,
    )  # fmt: skip


def test_page_counts_what_it_would_have_done_in_seven_days(manager_client):
    rule = RuleFactory(mode="shadow")
    for detail in ("planned", "planned", "no_consent"):
        shadowed(rule, detail)
    shadowed(rule, "planned", days_ago=8)
    text = manager_client.get(page(rule)).content.decode()
    assert "In the last 7 days it would have asked 2 of 3" in " ".join(text.split())
    assert "Look at it for 7 days" in text


@pytest.mark.parametrize(
    ("posted", "expected"),
    [
        ({"mode": "live"}, ("live", [], None)),
        ({"mode": "ramp", "per_day": "50"}, ("ramp", [], 50)),
        ({"mode": "test", "test": "C-1\nnobody0@example.org"}, ("test", ["C-1", "C-0"], None)),
    ],
)
def test_rule_is_moved_and_the_move_recorded(manager_client, posted, expected):
    customer(0, external_id="C-0", email="nobody0@example.org")
    customer(1, external_id="C-1")
    rule = RuleFactory(mode="shadow")
    assert manager_client.post(page(rule), {"reason": "looked good", **posted}).status_code == 302
    rule.refresh_from_db()
    assert (rule.mode, rule.test_customers, rule.per_day) == expected
    assert list(RuleMove.objects.values_list("from_mode", "to_mode", "reason", "by")) == [
        ("shadow", expected[0], "looked good", "manager")
    ]


@pytest.mark.parametrize(
    ("posted", "field"),
    [
        ({"mode": "live", "reason": ""}, "reason"),
        ({"mode": "ramp", "reason": "x"}, "per_day"),
        ({"mode": "test", "reason": "x"}, "test"),
        ({"mode": "test", "reason": "x", "test": "unheard-of"}, "test"),
        ({"mode": "loud", "reason": "x"}, "mode"),
    ],
)
def test_rule_is_not_moved_where_something_is_missing(manager_client, posted, field):
    rule = RuleFactory(mode="shadow")
    response = manager_client.post(page(rule), posted)
    assert list(response.context["form"].errors) == [field]
    rule.refresh_from_db()
    assert (rule.mode, RuleMove.objects.count()) == ("shadow", 0)


def test_rule_moved_to_where_it_is_records_nothing(manager_client):
    rule = RuleFactory(mode="live")
    manager_client.post(page(rule), {"mode": "live", "reason": "again"})
    assert RuleMove.objects.count() == 0


def test_rule_added_by_hand_starts_in_shadow(manager_client):
    survey = RuleFactory().survey
    form = {
        "survey": survey.pk, "order": 2, "trigger": "run", "conditions": "{}", "delay": "0", "window": "always",
        "channels": "email", "sample": "1", "strata": "{}", "life": "14 00:00:00", "max_age": "3 00:00:00",
        "active": "on",
    }  # fmt: skip
    response = manager_client.post(reverse("admin:surveys_rule_add"), form)
    assert response.status_code == 302, response.context["adminform"].form.errors
    rule = Rule.objects.get(order=2)
    assert (rule.mode, list(rule.moves.values_list("to_mode", "by"))) == ("shadow", [("shadow", "manager")])


def test_page_is_refused_to_the_outsider_and_unknown_rules_are_not_found(client, outsider, manager_client):
    rule = RuleFactory()
    assert manager_client.get(reverse("admin:surveys_rule_mode", args=[rule.pk + 1])).status_code == 404
    client.force_login(outsider)
    assert client.get(page(rule)).status_code == 302


def test_pages_of_a_rule_show_what_a_text_costs_in_each_language(manager_client):
    rule = RuleFactory(mode="shadow", channels=["email", "sms"])
    published_survey(rule.survey, languages=["en", "ar"])
    shown = manager_client.get(page(rule))
    assert [(each.language, each.encoding) for each in shown.context["costs"]] == [("en", "GSM-7"), ("ar", "UCS-2")]
    assert "Text messages: what one costs" in shown.content.decode()
    form = manager_client.get(reverse("admin:surveys_rule_change", args=[rule.pk])).content.decode()
    assert [len(re.findall(rf"<div>{code}: \d+ segments? each \({name}", form)) for code, name in (
        ("en", "GSM-7"), ("ar", "UCS-2"),
    )] == [1, 1]  # fmt: skip


def test_rule_that_sends_no_texts_shows_no_cost(manager_client):
    rule = RuleFactory(mode="shadow", channels=["email"])
    published_survey(rule.survey)
    shown = manager_client.get(page(rule))
    assert (shown.context["costs"], "what one costs" in shown.content.decode()) == ([], False)
    assert "each (" not in manager_client.get(reverse("admin:surveys_rule_change", args=[rule.pk])).content.decode()
