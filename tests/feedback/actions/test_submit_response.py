"""Submitting: claimed once, whoever comes first; the messages of the invitation are settled with it."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import requests
from django.utils import timezone
from pytest_django.live_server_helper import LiveServer

from feedback.actions.submit_response import AnsweredOtherwise, Gone, submit
from feedback.models import Answer, Response
from surveys.enums import DeliveryPurpose, DeliveryState, InvitationState
from surveys.logic import shuffled
from surveys.models import Delivery, Invitation
from surveys.question_kinds import RawValue
from tests.factories import DeliveryFactory
from tests.factories.answering import GOOD, open_invitation, touchpoint_survey

FOUR = {"satisfied": RawValue(number=4.0)}


@pytest.mark.django_db
def test_submit_again_gives_the_same_receipt_even_after_expiry() -> None:
    invitation, token = open_invitation()
    first = submit(token, FOUR)
    later = invitation.expires_at + timedelta(days=1)
    assert submit(token, {**FOUR, "why": RawValue()}, now=later) == first
    assert Response.objects.count() == 1
    assert first.reference == str(Response.objects.get().public_id)[:8].upper()


@pytest.mark.django_db
def test_submit_otherwise_is_refused() -> None:
    _invitation, token = open_invitation()
    submit(token, FOUR)
    with pytest.raises(AnsweredOtherwise):
        submit(token, {"satisfied": RawValue(number=1.0)})
    assert list(Answer.objects.values_list("value", flat=True)) == [4.0]


@pytest.mark.django_db
@pytest.mark.parametrize("state", [InvitationState.EXPIRED, InvitationState.WITHDRAWN, InvitationState.CANCELLED])
def test_submit_to_a_dead_invitation_is_gone(state: InvitationState) -> None:
    _invitation, token = open_invitation(state=state)
    with pytest.raises(Gone):
        submit(token, FOUR)
    with pytest.raises(Gone):
        submit("A" * 32, FOUR)
    assert Response.objects.count() == 0


@pytest.mark.django_db
def test_submit_that_cannot_be_stored_leaves_the_invitation_open() -> None:
    invitation, token = open_invitation()
    with pytest.raises(ValueError, match="does not ask"):
        submit(token, {"nonsense": RawValue(number=4.0)})
    invitation.refresh_from_db()
    assert invitation.state == InvitationState.LIVE


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("purpose", "before", "after"),
    [
        ("first", "unknown", "sent"),
        ("first", "assumed_sent", "sent"),
        ("first", "delivered", "delivered"),
        ("first", "bounced", "bounced"),
        ("first", "sending", "sending"),
        ("reminder", "planned", "cancelled"),
        ("reminder", "queued", "cancelled"),
        ("reminder", "claimed", "cancelled"),
    ],
)
def test_submit_settles_the_messages(purpose: str, before: str, after: str) -> None:
    invitation, token = open_invitation()
    DeliveryFactory.create(invitation=invitation, state=before, purpose=DeliveryPurpose(purpose))
    submit(token, FOUR)
    delivery = Delivery.objects.get()
    events = list(delivery.events.values_list("from_state", "to_state", "cause"))
    assert delivery.state == after
    assert events == ([] if before == after else [(before, after, "the customer has answered")])


@pytest.mark.django_db
def test_submit_does_not_touch_other_invitations() -> None:
    _invitation, token = open_invitation()
    other, _token = open_invitation()
    DeliveryFactory.create(invitation=other, state=DeliveryState.UNKNOWN)
    submit(token, FOUR)
    assert Delivery.objects.get().state == DeliveryState.UNKNOWN
    assert Invitation.objects.get(pk=other.pk).state == InvitationState.LIVE


@pytest.mark.django_db(transaction=True)
def test_submit_twenty_parallel_posts_make_one_response(live_server: LiveServer) -> None:
    _invitation, token = open_invitation()
    pages = parallel([GOOD] * 20, f"{live_server.url}/s/{token}/")
    assert {status for status, _body in pages} == {200}
    assert len({body for _status, body in pages}) == 1
    assert Response.objects.count() == 1
    assert Answer.objects.count() == len(GOOD)


@pytest.mark.django_db(transaction=True)
def test_submit_twenty_different_parallel_posts_keep_one(live_server: LiveServer) -> None:
    _invitation, token = open_invitation()
    posts = [{**GOOD, "wait": str(number)} for number in range(20)]
    pages = parallel(posts, f"{live_server.url}/s/{token}/")
    winner = [status for status, _body in pages].index(200)
    assert sorted(status for status, _body in pages) == [200] + [409] * 19
    assert list(Answer.objects.filter(question__code="wait").values_list("value", flat=True)) == [float(winner)]
    assert Response.objects.count() == 1


def parallel(posts: list[dict], url: str) -> list[tuple[int, str]]:
    """Post all at once; status and body of each."""
    barrier = threading.Barrier(len(posts))

    def post(data: dict) -> tuple[int, str]:
        barrier.wait()
        answer = requests.post(url, data=data, timeout=30)
        return answer.status_code, answer.text

    with ThreadPoolExecutor(len(posts)) as pool:
        return list(pool.map(post, posts))


@pytest.mark.django_db
def test_submit_keeps_the_time_and_language_given() -> None:
    _invitation, token = open_invitation()
    now = timezone.now()
    submit(token, FOUR, now=now, language="de", channel="sms", source="sms")
    response = Response.objects.get()
    assert (response.answered_at, response.language, response.channel, response.source) == (now, "de", "sms", "sms")


@pytest.mark.django_db
def test_submit_records_the_random_order_that_was_shown() -> None:
    questions = [
        {"code": "satisfied", "kind": "csat", "metric": "csat", "headline": True},
        {"code": "served", "kind": "service_quality", "random_order": True},
    ]
    invitation, token = open_invitation(touchpoint_survey(questions))
    submit(token, {"satisfied": RawValue(number=4.0)}, now=timezone.now())
    drawn = Response.objects.get().order
    assert drawn == shuffled(invitation.version.document, f"invitation:{invitation.public_id}").as_json()
    assert sorted(drawn["rows"]["served"]) == ["accommodation", "knowledge", "patience", "speed"]
