"""Mail scanners: whatever they fetch and submit, nothing is counted and nobody is unsubscribed (reliability D9, R9).

The same with two hundred invitations and with a browser is tests/browser/test_scanners.py.
"""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from feedback.models import Click, HeldResponse, PartialResponse, Response
from surveys.actions.links import answer_url, preferences_url
from surveys.enums import InvitationState
from surveys.models import Customer, Delivery, Invitation, Suppression, SurveyVersion
from surveys.rendering.message import fill, render_email
from tests.factories import DeliveryFactory
from tests.factories.answering import EVERY_KIND, GOOD, open_invitation, touchpoint_survey
from tests.robots import (
    Page,
    Presses,
    as_it_stands,
    every_button,
    fetch_everything,
    path_of,
    submit_everything,
    ticks_every_box,
)

pytestmark = pytest.mark.django_db
LAYOUTS = ["one_page", "question_per_page"]
FEW = 2


def survey(layout: str = "one_page") -> SurveyVersion:
    wanted = ("recommend", "easy", "why", "mood")
    return touchpoint_survey([each for each in EVERY_KIND if each["code"] in wanted], layout=layout)


def links_of(invitation: Invitation) -> list[str]:
    """Every link of the mail that carries it."""
    html = render_email(invitation, "en").html
    return list(dict.fromkeys(Page(fill(html, answer_url(invitation), preferences_url(invitation)), "/").links))


def delivered(version: SurveyVersion, **ago: float) -> tuple[Invitation, str]:
    invitation, token = open_invitation(version)
    DeliveryFactory(invitation=invitation, state="sent", sent_at=timezone.now() - timedelta(**ago or {"days": 1}))
    return invitation, token


def nothing_counted() -> None:
    assert Response.objects.count() == 0
    assert [code for row in PartialResponse.objects.all() for code, each in row.answers.items() if each["given"]] == []
    assert Suppression.objects.count() == 0
    assert Customer.objects.filter(consent_email=True, consent_sms=True).count() == Customer.objects.count()
    assert set(Invitation.objects.values_list("state", flat=True)) == {InvitationState.LIVE}
    assert Delivery.objects.exclude(state="sent").count() == 0


@pytest.mark.parametrize("layout", LAYOUTS)
def test_fetching_every_link_counts_nothing_and_the_person_still_answers(layout: str):
    version = survey(layout)
    sent = [delivered(version) for _ in range(FEW)]
    for invitation, _token in sent:
        links = links_of(invitation)
        assert len(links) == 11 + 3  # scores, the plain link, the hidden one, preferences
        fetch_everything(links)
    nothing_counted()
    assert HeldResponse.objects.count() == 0
    for _invitation, token in sent:
        assert Client().post(f"/s/{token}/", {code: GOOD[code] for code in ("recommend", "why")}).status_code == 200
    assert Response.objects.count() == FEW


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("presses", [as_it_stands, every_button, ticks_every_box])
def test_submitting_every_form_counts_nothing_and_unsubscribes_nobody(presses: Presses, layout: str):
    version = survey(layout)
    sent = [delivered(version)]
    for invitation, _token in sent:
        links = links_of(invitation)
        answering = [link for link in links if "/s/" in link]
        fetch_everything(links)
        submit_everything(answering, presses)
        # The button "Yes, stop everything" is the person's own; pressing it is what unsubscribes.
        submit_everything([link for link in links if "/p/" in link], presses, depth=1)
    nothing_counted()
    held = HeldResponse.objects.filter(state="held")
    assert held.count() == HeldResponse.objects.count() > 0
    assert {reason for row in held for reason in row.reasons} >= {"trap_link", "many_scores"}
    for _invitation, token in sent:
        assert Client().post(f"/s/{token}/", {code: GOOD[code] for code in ("recommend", "why")}).status_code == 200
    assert Response.objects.count() == len(sent)


def test_single_link_that_a_script_submits_counts_nothing():
    invitation, _token = delivered(survey())
    submit_everything([link for link in links_of(invitation) if link.endswith(":9")], as_it_stands)
    nothing_counted()
    assert set(HeldResponse.objects.get().reasons) == {"not_pressed", "too_fast"}


class Clicker:
    """A person who clicks a score in the mail."""

    def __init__(self, token: str, clicked: str, at: float, time_machine) -> None:
        self.client, self.address, self.time = Client(), f"/s/{token}/?a={clicked}", time_machine
        self.now = timezone.now() + timedelta(seconds=at)
        self.time.move_to(self.now, tick=False)
        self.html = self.client.get(self.address).content.decode()

    def send(self, after: float = 4, go: str = "send", **more: str):
        self.time.move_to(self.now + timedelta(seconds=after), tick=False)
        form = Page(self.html, self.address).forms[0]
        return self.client.post(path_of(self.address), {**form.fields, "_go": go, **more})


def test_person_who_clicks_once_and_presses_the_button_is_counted(time_machine):
    _invitation, token = delivered(survey("one_page"), hours=3)
    person = Clicker(token, "recommend:9", 0, time_machine)
    assert re.findall(r'name="(\w+)" value="(\w+)" checked', person.html) == [("recommend", "9")]
    assert person.send(easy="4").status_code == 200
    assert Response.objects.get().answers.count() == 2
    assert HeldResponse.objects.count() == 0


def test_person_who_is_doubted_ticks_one_box_and_is_counted(time_machine):
    version = touchpoint_survey([{"code": "recommend", "kind": "nps"}])
    invitation, token = delivered(version)
    fetch_everything(links_of(invitation))
    reply = Clicker(token, "recommend:9", 3600, time_machine).send()
    html = reply.content.decode()
    assert html.count("<h1>Are these your answers?</h1>") == 1
    assert re.findall(r"<dd>([^<]*)</dd>", html) == ["9"]
    assert Response.objects.count() == 0
    again = tick(token, html)
    assert (again.status_code, again.content.decode().count("Tick one of the two boxes")) == (422, 2)
    thanks = tick(token, html, "Yes, these are my answers")
    assert thanks.content.decode().count("<h1>Thank you</h1>") == 1
    assert Response.objects.get().answers.get().value == 9.0
    assert HeldResponse.objects.get().state == "confirmed"
    assert tick(token, html, "Yes, these are my answers").content == thanks.content


def test_person_who_did_not_send_it_says_so_and_may_still_answer(time_machine):
    version = touchpoint_survey([{"code": "recommend", "kind": "nps"}])
    invitation, token = delivered(version)
    fetch_everything(links_of(invitation))
    html = Clicker(token, "recommend:0", 3600, time_machine).send().content.decode()
    assert "<h1>Nothing was counted</h1>" in tick(token, html, "No, I did not send them").content.decode()
    assert HeldResponse.objects.get().state == "dismissed"
    assert Client().post(f"/s/{token}/", {"recommend": "9"}).status_code == 200


def test_doubted_page_is_saved_only_once_it_is_confirmed(time_machine):
    invitation, token = delivered(survey("question_per_page"))
    fetch_everything(links_of(invitation))
    html = Clicker(token, "recommend:9", 3600, time_machine).send(go="on").content.decode()
    assert PartialResponse.objects.count() == 0
    reply = tick(token, html, "Yes, these are my answers")
    assert (reply.status_code, reply.headers["Location"]) == (303, "?page=2")
    assert PartialResponse.objects.get().answers["recommend"]["given"] == ["9"]


def test_held_answers_of_another_customer_cannot_be_confirmed(time_machine):
    version = touchpoint_survey([{"code": "recommend", "kind": "nps"}])
    invitation, token = delivered(version)
    _other, foreign = delivered(version)
    fetch_everything(links_of(invitation))
    html = Clicker(token, "recommend:9", 3600, time_machine).send().content.decode()
    assert tick(foreign, html, "Yes, these are my answers").status_code == 409
    assert Response.objects.count() == 0


def test_filled_trap_field_is_held_whatever_else_was_chosen():
    _invitation, token = delivered(survey())
    html = Client().post(f"/s/{token}/", {"recommend": "9", "_more": "https://spam.example"}).content.decode()
    assert "<h1>Are these your answers?</h1>" in html
    assert HeldResponse.objects.get().reasons == ["trap_field"]


def test_clicks_of_one_invitation_are_bounded():
    invitation, token = delivered(survey())
    for number in range(60):
        Client().get(f"/s/{token}/?a=recommend:{number}")
    assert Click.objects.filter(invitation=invitation).count() == 40


def tick(token: str, html: str, *labels: str):
    """Tick the boxes with these labels on the page that asks."""
    [held] = re.findall(r'name="_held" value="([^"]*)"', html)
    boxes = {label: value for value, label in re.findall(r'name="_is" value="(\w+)"><span>([^<]*)', html)}
    assert sorted(boxes) == ["No, I did not send them", "Yes, these are my answers"]
    return Client().post(f"/s/{token}/", {"_held": held, "_is": [boxes[label] for label in labels]})
