"""The one statement of a submission writes what the verb for many writes, all of it or nothing."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from feedback.actions import claim_and_store as module
from feedback.actions.check_answers import check_answers
from feedback.actions.claim_and_store import claim_and_store
from feedback.actions.occasions import of_invitation
from feedback.actions.save_page import save_page
from feedback.actions.store_answers import ResponseIn, store_responses
from feedback.models import Answer, FreeText, PartialResponse, Response, SealedText
from surveys.enums import InvitationState
from surveys.models import Invitation, JourneyRun, SurveyVersion
from surveys.queries.known import occasion_key
from surveys.question_kinds import RawValue
from tests.factories import DeliveryFactory
from tests.factories.answering import EVERY_KIND, GOOD, open_invitation, touchpoint_survey

pytestmark = pytest.mark.django_db
REACH = {"code": "reach", "kind": "contact", "parts": ["email", "phone"]}
OWN = (
    *("id", "public_id", "occasion_key", "invitation_id", "customer_id", "run_id", "interaction_id", "response_id"),
    *("asked_at", "answered_at", "created_at", "answer_id"),
)


@pytest.fixture
def version() -> SurveyVersion:
    return touchpoint_survey([*EVERY_KIND, REACH])


def item(invitation: Invitation, **fields: Any) -> ResponseIn:
    posted = {code: value if isinstance(value, list) else [value] for code, value in GOOD.items()}
    posted["why"] = ['A "quoted", {braced}\nü \\ ع 😀']
    given = posted | {"reach.email": ["ann@example.org"], "reach.phone": ["+49 170 1234567"]}
    form = check_answers(of_invitation(invitation), "en", given)
    assert form.is_valid(), form.errors
    values = {
        "occasion_key": occasion_key(invitation), "version": invitation.version, "values": form.values,
        "answered_at": timezone.now(), "customer": invitation.customer, "invitation": invitation,
        "run": invitation.run, "stage": invitation.stage, "interaction": invitation.interaction,
        "channel": "email", "language": "en", "asked_at": invitation.due_at, "seconds": 71,
        "hidden": {"shop": "7"}, "order": {"questions": ["a"]}, "weight": 1.25, **fields,
    }  # fmt: skip
    return ResponseIn(**values)


def rows(response: Response) -> list[list[dict[str, Any]]]:
    """Everything written for a response but for what is its own; encrypted words as they were."""
    tables: list[Iterable[Any]] = [
        Response.objects.filter(pk=response.pk).values(),
        Answer.objects.filter(response=response).order_by("question_id").values(),
        FreeText.objects.filter(answer__response=response).order_by("answer__question_id").values(),
        SealedText.objects.filter(answer__response=response).order_by("answer__question_id").values(),
    ]
    return [[{name: value for name, value in row.items() if name not in OWN} for row in table] for table in tables]


def test_claim_writes_the_rows_that_the_verb_for_many_writes(version: SurveyVersion) -> None:
    one, other = (open_invitation(version)[0] for _ in range(2))
    assert claim_and_store(item(one))
    [batch] = store_responses([item(other)])
    assert rows(Response.objects.get(invitation=one)) == rows(batch)
    assert len(rows(batch)[1]) == len(GOOD) + 1


def test_claim_moves_the_invitation_and_marks_the_run(version: SurveyVersion) -> None:
    invitation, _token = open_invitation(version)
    JourneyRun.objects.update(stale=False)
    given = item(invitation)
    claimed = claim_and_store(given)
    invitation.refresh_from_db()
    response = Response.objects.get()
    assert claimed == module.Claimed(response.public_id, stored=True, unsettled=False)
    assert (invitation.state, invitation.answered_at) == (InvitationState.ANSWERED, given.answered_at)
    assert JourneyRun.objects.get(pk=given.run.pk).stale is True
    assert response.answered_at == given.answered_at


@pytest.mark.parametrize("state", [InvitationState.CANCELLED, InvitationState.EXPIRED, InvitationState.WITHDRAWN])
def test_claim_of_what_is_not_open_writes_nothing(version: SurveyVersion, state: InvitationState) -> None:
    invitation, _token = open_invitation(version, state=state)
    JourneyRun.objects.update(stale=False)
    assert claim_and_store(item(invitation)) is None
    assert (Response.objects.count(), Answer.objects.count(), FreeText.objects.count()) == (0, 0, 0)
    assert JourneyRun.objects.filter(stale=True).count() == 0


def test_claim_at_the_very_end_comes_too_late(version: SurveyVersion) -> None:
    invitation, _token = open_invitation(version)
    assert claim_and_store(item(invitation, answered_at=invitation.expires_at)) is None
    assert claim_and_store(item(invitation, answered_at=invitation.expires_at - timedelta(milliseconds=1)))


def test_claim_where_a_table_told_it_first_keeps_that(version: SurveyVersion) -> None:
    invitation, _token = open_invitation(version)
    told = replace(item(invitation), invitation=None, values={"satisfied": RawValue(number=1.0)})
    [first] = store_responses([told])
    claimed = claim_and_store(item(invitation))
    assert claimed
    assert claimed.stored is False
    assert list(Response.objects.values_list("pk", flat=True)) == [first.pk]
    assert list(Answer.objects.values_list("value", flat=True)) == [1.0]
    invitation.refresh_from_db()
    assert invitation.state == InvitationState.ANSWERED


def test_claim_that_the_database_refuses_leaves_no_trace(version: SurveyVersion) -> None:
    invitation, _token = open_invitation(version)
    with pytest.raises(IntegrityError), transaction.atomic():
        claim_and_store(item(invitation, weight=-1.0))
    invitation.refresh_from_db()
    assert (invitation.state, Response.objects.count()) == (InvitationState.LIVE, 0)


@pytest.mark.parametrize(("state", "unsettled"), [("unknown", True), ("queued", True), ("delivered", False)])
def test_claim_tells_of_messages_to_settle(version: SurveyVersion, state: str, unsettled: bool) -> None:
    invitation, _token = open_invitation(version)
    DeliveryFactory.create(invitation=invitation, state=state)
    claimed = claim_and_store(item(invitation))
    assert claimed
    assert claimed.unsettled is unsettled


def test_claim_keeps_personal_words_encrypted(version: SurveyVersion) -> None:
    invitation, _token = open_invitation(version)
    claim_and_store(item(invitation))
    [sealed] = SealedText.objects.all()
    assert sealed.text == "email: ann@example.org\nphone: +49 170 1234567"
    assert FreeText.objects.get().text == 'A "quoted", {braced}\nü \\ ع 😀'


def test_claim_is_done_with_what_was_saved_of_it(version: SurveyVersion) -> None:
    one, other = (open_invitation(version)[0] for _ in range(2))
    for invitation in (one, other):
        save_page(of_invitation(invitation), ("why",), {"why": ["so"]}, base=0, language="en", now=timezone.now())
    given = item(one)
    claim_and_store(given)
    assert dict(PartialResponse.objects.values_list("invitation_id", "done_at")) == {
        one.pk: given.answered_at,
        other.pk: None,
    }
