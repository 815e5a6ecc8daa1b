"""From draft to published, planned times, the end of asking, a test to oneself."""

import pytest
from django.urls import reverse

from tests.designing import client_of_fixture, draft, post, survey_fixture  # noqa: F401 - fixtures
from tests.sinks import MailSink, mail_sink_fixture  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db


def test_publish_shows_what_changes_and_what_is_kept_apart(client_of, survey):
    post(client_of, "publish-now", survey, now="1")
    assert survey.versions.get(number=1).state == "published"
    post(client_of, "question", survey, "overall", lang="en", **{**question_data_after_publish(), "base": ""})
    page = client_of.get(reverse("design:publish", args=[survey.code])).content.decode()
    assert "How was {this call}?" in page
    assert "new answers are not counted together with those before" in page
    post(client_of, "publish-now", survey, now="1")
    assert [(v.number, v.state) for v in survey.versions.order_by("number")] == [(1, "retired"), (2, "published")]


def question_data_after_publish() -> dict[str, str]:
    return {
        "question-text": "How was {this call}?",
        "question-measures": "stage:call",
        "question-lowest": "1",
        "question-highest": "5",
        "question-metric": "csat",
        "question-code": "overall",
        "question-headline": "on",
    }


def test_draft_with_problems_is_not_published_and_says_why(client_of, survey):
    post(client_of, "languages", survey, base=1)
    post(client_of, "remove", survey, "overall")
    post(client_of, "remove", survey, "reason")
    page = client_of.post(reverse("design:publish-now", args=[survey.code]), {"now": "1"}, follow=True).content.decode()
    assert "The survey has no question." in page
    assert draft(survey).state == "draft"


def test_plan_to_publish_and_to_close_and_take_back(client_of, survey):
    post(client_of, "publish-now", survey, plan="1", at="2099-01-01T09:00")
    assert draft(survey).publish_at is not None
    post(client_of, "publish-now", survey, plan="1", at="")
    assert draft(survey).publish_at is None
    past = post(client_of, "publish-now", survey, plan="1", at="2001-01-01T09:00")
    assert (past.status_code, "This time has passed" in past.content.decode()) == (422, True)
    post(client_of, "close", survey, at="2099-01-01T09:00")
    survey.refresh_from_db()
    assert survey.closes_at is not None


def test_draft_given_up_after_a_question(client_of, survey):
    assert client_of.get(reverse("design:drop", args=[survey.code])).status_code == 200
    assert draft(survey).state == "draft"
    post(client_of, "drop", survey)
    assert survey.versions.count() == 0
    assert client_of.get(reverse("design:editor", args=[survey.code])).status_code == 200


def test_test_mail_goes_to_oneself_with_inert_links(client_of, survey, mail_sink: MailSink, settings):
    page = client_of.post(
        reverse("design:test-send", args=[survey.code]),
        {"channel": "email", "address": "dana@example.org", "lang": "de"},
        follow=True,
    ).content.decode()
    assert "Sent to dana@example.org." in page
    assert mail_sink.recipients == ["dana@example.org"]
    mail = mail_sink.mail()
    body = mail.get_body(("plain",))
    assert body is not None
    assert f"{settings.PUBLIC_BASE_URL}/design/after-the-call/preview/" in body.get_content()
    assert "/s/" not in body.get_content()
    assert mail["Subject"].startswith("Test: ")


def test_test_mail_to_no_address_is_refused(client_of, survey, mail_sink: MailSink):
    address = reverse("design:test-send", args=[survey.code])
    page = client_of.post(address, {"channel": "email", "address": "nobody"}, follow=True).content.decode()
    assert "nobody" in page
    assert mail_sink.recipients == []
