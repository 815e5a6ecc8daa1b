"""Quotas and endings as a customer meets them: places taken once, those too many thanked, words of an end shown."""

import threading

import pytest
from django.db import connection
from django.test import Client

from feedback.actions.submit_response import submit
from feedback.models import QuotaCount, Response
from surveys.models import Survey
from surveys.question_kinds import RawValue
from tests.factories.answering import open_invitation, touchpoint_survey

RATING = {
    "code": "overall",
    "kind": "csat",
    "scale": [1, 5],
    "headline": True,
    "required": True,
    "text": {"en": "How?"},
}
WHY = {"code": "why", "kind": "text", "text": {"en": "Why?"}}
JUMP = {"if": {"question": "overall", "op": "ge", "value": 4}, "go_to": "end:happy"}
QUOTA = {
    "code": "unhappy",
    "limit": 1,
    "action": "end",
    "if": {"question": "overall", "op": "le", "value": 2},
    "message": {"en": "We have heard enough of this kind, thank you."},
}


def survey(**document):
    return touchpoint_survey([RATING, WHY], layout="question_per_page", **document)


def answer(token, value, page="overall", go="on"):
    return Client().post(f"/s/{token}/", {"_page": page, "_go": go, page: value}, follow=False)


@pytest.mark.django_db
def test_words_of_an_end_are_shown_instead_of_the_usual_thanks():
    version = touchpoint_survey(
        [{**RATING, "then": [JUMP]}, WHY], layout="question_per_page", endings={"happy": {"en": "Good to hear."}}
    )
    _invitation, token = open_invitation(version)
    page = answer(token, "5")
    assert "Good to hear." in page.content.decode()
    assert Response.objects.get().answers.count() == 1


@pytest.mark.django_db
def test_full_quota_ends_the_survey_with_its_words_and_takes_no_place():
    version = survey(quotas=[QUOTA])
    first, second, third = (open_invitation(version)[1] for _n in range(3))
    assert answer(first, "1").status_code == 303
    assert "Thank you" in answer(first, "Slow", "why", "send").content.decode()
    assert QuotaCount.objects.get().taken == 1
    sent_away = answer(second, "2")
    assert "We have heard enough of this kind" in sent_away.content.decode()
    assert answer(third, "5").status_code == 303
    assert QuotaCount.objects.get().taken == 1
    assert Response.objects.count() == 2


@pytest.mark.django_db
def test_last_place_closes_the_survey():
    version = survey(quotas=[{**QUOTA, "action": "close"}])
    token = open_invitation(version)[1]
    submit(token, {"overall": RawValue(number=1.0)})
    closed = Survey.objects.get(pk=version.survey_id)
    assert (closed.active, closed.closes_at is not None) == (False, True)


@pytest.mark.django_db(transaction=True)
def test_parallel_answers_take_no_more_places_than_there_are():
    version = survey(quotas=[{**QUOTA, "limit": 3}])
    tokens = [open_invitation(version)[1] for _n in range(8)]

    def post(token):
        try:
            submit(token, {"overall": RawValue(number=1.0)})
        finally:
            connection.close()

    threads = [threading.Thread(target=post, args=(token,)) for token in tokens]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert QuotaCount.objects.get().taken == 3
    assert Response.objects.count() == 8
