"""The history of asking of one customer, and asking a list after a look at who would be asked."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from surveys.actions.never_ask import flag_never_ask, lift_never_ask
from surveys.actions.preferences import Wishes, save_preferences
from surveys.actions.suppress import suppress
from surveys.admin.timeline import lines_of
from surveys.models import AskDecision, Customer, Invitation, NeverAsk
from surveys.policy.reasons import Reason
from tests.asking import NOON, customer, queued
from tests.factories import SurveyFactory
from tests.surveys.actions.test_ask_list import by_list

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
NEXT = "March 8, 2026, noon"
CUSTOMERS = reverse("admin:surveys_customer_changelist")


def decided(person: Customer, outcome: str, days: int, **fields: Any) -> None:
    survey = SurveyFactory(name=f"Survey {days}")
    at = NOON + days * DAY
    AskDecision.objects.create(
        survey=survey, customer=person, occasion=f"run:{days}", outcome=outcome, due_at=at, decided_at=at, **fields
    )


def test_lines_say_in_words_what_became_of_every_ask() -> None:
    person = customer(preferred_channel="email")
    decided(person, "sent", 1)
    decided(person, "delayed", 2, retry_at=NOON + 5 * DAY, detail="room_for_journey: 2 per 90d")
    decided(person, "no_consent", 3)
    decided(person, "shadow", 4, detail="planned", probability=0.5)
    save_preferences(person, Wishes(kinds={"email:touchpoint": False}, paused=True, why="too_often"), NOON + 5 * DAY)
    suppress(bytes(person.email_hash or b""), "email", "bounce", "server", NOON + 6 * DAY)
    flag_never_ask(person, "vulnerable", "manager", NOON + 7 * DAY, until=NOON + 30 * DAY, note="asked by his daughter")
    told = [(line.words, line.more) for line in reversed(lines_of(person))]
    assert told == [
        ("Asked “Survey 1”.", ""),
        ("To be asked “Survey 2”: delayed.", f"{Reason.ROOM_FOR_JOURNEY.label}: 2 per 90d; looked at again on {NEXT}"),
        ("Not asked “Survey 3”: no consent.", ""),
        (
            "Not asked “Survey 4”: nobody is asked while the rule is in shadow mode.",
            "it would have been: asked; asked with probability 0.5",
        ),
        (
            "The customer chose: does not want e-mail/touchpoint: one stage; a break until 2026-06-06.",
            "preferences page; You ask too often",
        ),
        ("Not to be written to by e-mail: hard bounce.", "server"),
        ("Never to be asked: vulnerable.", "until April 2, 2026; asked by his daughter; manager"),
    ]


def test_page_takes_as_many_queries_for_three_of_everything(manager_client) -> None:
    person = customer()
    address = reverse("admin:surveys_customer_asking", args=[person.pk])

    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert manager_client.get(address).status_code == 200
        return len(seen)

    decided(person, "sent", 1)
    queries()
    one = queries()
    for day in (2, 3):
        decided(person, "policy", day)
    assert queries() == one


def test_page_of_somebody_unknown_and_for_the_designer(manager_client, client, designer) -> None:
    person = customer()
    assert manager_client.get(reverse("admin:surveys_customer_asking", args=[person.pk + 1])).status_code == 404
    client.force_login(designer)
    assert client.get(reverse("admin:surveys_customer_asking", args=[person.pk])).status_code == 403


def test_never_ask_flag_added_in_the_admin_stops_what_waits_and_is_lifted(manager_client) -> None:
    (message,) = queued()
    person = message.invitation.customer
    add = reverse("admin:surveys_neverask_add")
    assert (
        manager_client.post(add, {"customer": person.pk, "reason": "litigation", "note": "case 7"}).status_code == 302
    )
    message.refresh_from_db()
    assert (message.state, Invitation.objects.get().state) == ("suppressed", "cancelled")
    flag = NeverAsk.objects.get()
    assert (flag.by, flag.until, flag.customer) == ("manager", None, person)
    listed = reverse("admin:surveys_neverask_changelist")
    manager_client.post(listed, {"action": "lift_chosen", "_selected_action": [flag.pk]})
    flag.refresh_from_db()
    assert flag.until is not None
    assert lift_never_ask(flag, flag.until + DAY) is False


def ask(client, people: list[Customer], **more: str):
    return client.post(CUSTOMERS, {"action": "ask_chosen", "_selected_action": [each.pk for each in people], **more})


def test_ask_chosen_shows_first_who_would_be_asked_and_why_not(manager_client) -> None:
    by_list()
    people = [customer(n, external_id=f"C{n}", consent_email=n != 1) for n in range(3)]
    page = ask(manager_client, people)
    assert page.context["counts"] == [("asked", 2), ("no consent", 1)]
    assert "2 of 3 would be asked" in " ".join(page.content.decode().split())
    assert AskDecision.objects.count() == 0
    assert ask(manager_client, people, survey="s", list="spring", step="ask").status_code == 302
    assert AskDecision.objects.filter(outcome="planned", occasion="list:spring").count() == 2


def test_ask_chosen_of_a_filtered_list_stays_filtered(manager_client) -> None:
    by_list()
    people = [customer(n, external_id=f"C{n}", consent_sms=n < 2) for n in range(4)]
    chosen = {"action": "ask_chosen", "_selected_action": [people[0].pk], "select_across": "1"}
    page = manager_client.post(f"{CUSTOMERS}?consent_sms__exact=1", chosen)
    assert (page.context["total"], page.context["chosen"], page.context["across"]) == (2, [people[0].pk], True)
    manager_client.post(f"{CUSTOMERS}?consent_sms__exact=1", {**chosen, "survey": "s", "step": "ask"})
    assert AskDecision.objects.count() == 2


def test_ask_chosen_without_a_rule_for_lists_says_how_to_make_one(manager_client) -> None:
    page = ask(manager_client, [customer()])
    assert "Add a rule" in page.content.decode()


def test_ask_chosen_with_an_unknown_survey_says_so(manager_client) -> None:
    by_list()
    page = ask(manager_client, [customer()], survey="gone", step="ask")
    assert page.context["problem"] == "There is no active survey with this code."
