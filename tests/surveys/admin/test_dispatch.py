"""The page "Sending": shows what is held and how far campaigns are; its buttons are the verbs."""

import re

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from surveys.models import Campaign, Delivery, DispatchSwitch
from tests.asking import queued

pytestmark = pytest.mark.django_db
PAGE = "/admin/surveys/dispatchswitch/"


def with_campaign(name: str = "2026-03-02 documents") -> Campaign:
    made = Campaign.objects.create(name=name)
    Delivery.objects.filter(pk__in=[each.pk for each in queued(2)]).update(campaign=made)
    return made


def test_page_is_at_its_address():
    assert reverse("admin:surveys_dispatchswitch_changelist") == PAGE


def test_page_shows_progress_and_backlog(manager_client):
    made = with_campaign()
    Delivery.objects.filter(pk=Delivery.objects.first().pk).update(state="sent", sent_at=timezone.now())
    text = manager_client.get(PAGE).content.decode()
    assert f'<progress max="2" value="1" aria-label="{made.name}">' in text
    assert ("1 of 2" in text, "Let it go on" in text) == (True, False)


@pytest.mark.parametrize("scope", ["", "email", "sms"])
def test_buttons_hold_and_release(manager_client, scope):
    manager_client.post(PAGE, {"do": "hold", "on": scope})
    assert DispatchSwitch.objects.filter(scope=scope, paused=True, changed_by="manager").count() == 1
    assert "Let it go on" in manager_client.get(PAGE).content.decode()
    manager_client.post(PAGE, {"do": "release", "on": scope})
    assert DispatchSwitch.objects.get().paused is False


def test_buttons_pause_resume_cancel(manager_client):
    made = with_campaign()
    for verb, state in (("pause", "paused"), ("resume", "running"), ("cancel", "cancelled")):
        manager_client.post(PAGE, {"do": verb, "on": str(made.pk), "sure": "yes"})
        made.refresh_from_db()
        assert made.state == state
    assert Delivery.objects.filter(state="cancelled").count() == 2


def test_cancelling_is_asked_about_once_more(manager_client):
    made = with_campaign()
    page = manager_client.post(PAGE, {"do": "cancel", "on": str(made.pk)})
    assert (page.status_code, page.context["doubtful"].waiting) == (200, 2)
    assert f"Cancel “{made.name}”?" in page.content.decode()
    assert (Campaign.objects.get().state, Delivery.objects.filter(state="queued").count()) == ("running", 2)


@pytest.mark.parametrize(
    "posted",
    [
        {},
        {"do": "cancel", "on": "999999"},
        {"do": "cancel", "on": "x"},
        {"do": "hold", "on": "letter"},
        {"do": "explode", "on": ""},
        {"do": "pause"},
    ],
)
def test_strange_posts_change_nothing(manager_client, posted):
    page = manager_client.post(PAGE, posted, follow=True)
    assert "Nothing was changed." in page.content.decode()
    assert DispatchSwitch.objects.count() == 0


def test_reader_sees_but_cannot_act(client: Client):
    reader = User.objects.create_user("reader", is_staff=True)
    reader.user_permissions.set(Permission.objects.filter(codename="view_dispatchswitch"))
    client.force_login(reader)
    with_campaign()
    assert "<button" not in client.get(PAGE).content.decode().partition('id="content-main"')[2].partition("</main>")[0]
    assert client.post(PAGE, {"do": "hold", "on": ""}).status_code == 403


def test_page_takes_as_many_queries_for_three_campaigns_as_for_one(manager_client):
    counts = []
    for names in (("a",), ("b", "c")):
        for name in names:
            with_campaign(name)
        manager_client.get(PAGE)
        with CaptureQueriesContext(connection) as seen:
            manager_client.get(PAGE)
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_page_says_for_each_channel_what_becomes_of_the_unknown(manager_client, settings):
    settings.RESEND_UNKNOWN = ["sms"]
    text = " ".join(manager_client.get(PAGE).content.decode().split())
    assert ("E-mail: at most once." in text, "SMS: at least once." in text) == (True, True)


CAMPAIGNS = "/admin/surveys/campaign/"


def test_cancelling_several_campaigns_is_asked_about_with_the_number_of_messages(manager_client):
    made = [with_campaign(name) for name in ("a", "b", "c")]
    Delivery.objects.filter(pk=made[0].deliveries.first().pk).update(state="sent", sent_at=timezone.now())
    posted = {"action": "cancel", "_selected_action": [made[0].pk, made[1].pk]}
    page = manager_client.post(CAMPAIGNS, posted)
    text = " ".join(page.content.decode().split())
    assert (page.status_code, page.context["waiting"]) == (200, 3)
    assert ("Cancel these 2 campaigns?" in text, "3 messages that wait will never leave." in text) == (True, True)
    assert "a, running: 1 message waits" in text
    assert (Campaign.objects.filter(state="running").count(), Delivery.objects.filter(state="cancelled").count()) == (
        3,
        0,
    )
    told = manager_client.post(CAMPAIGNS, posted | {"sure": "yes"}, follow=True)
    assert "3 asks are cancelled." in told.content.decode()
    assert sorted(Campaign.objects.values_list("name", "state")) == [
        ("a", "cancelled"), ("b", "cancelled"), ("c", "running"),
    ]  # fmt: skip
    assert Delivery.objects.filter(state="cancelled").count() == 3


def test_reader_cannot_cancel_campaigns(client: Client):
    reader = User.objects.create_user("reader", is_staff=True)
    reader.user_permissions.set(Permission.objects.filter(codename="view_campaign"))
    client.force_login(reader)
    made = with_campaign()
    client.post(CAMPAIGNS, {"action": "cancel", "_selected_action": [made.pk], "sure": "yes"})
    assert Campaign.objects.get().state == "running"


def test_campaign_shows_what_the_texts_that_wait_cost(manager_client):
    made = Campaign.objects.create(name="texts")
    messages = queued(3, channel="sms")
    Delivery.objects.filter(pk__in=[each.pk for each in messages]).update(campaign=made)
    Delivery.objects.filter(pk=messages[0].pk).update(state="sent", sent_at=timezone.now())
    text = manager_client.get(f"{CAMPAIGNS}{made.pk}/change/").content.decode()
    each = re.search(r"<div>en: (\d+) segments? each \(GSM-7\)</div>", text)
    assert each
    assert f"{2 * int(each[1])} segments altogether" in text
