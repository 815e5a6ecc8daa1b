"""Who a programme's mails come from: read, loaded, written again, refused where the domain is not ours."""

from email.utils import parseaddr
from typing import Any

import pytest

from surveys.actions.deliver import deliver_due
from surveys.models import Journey
from surveys.programme.load import load_programme
from surveys.programme.parse import parse
from surveys.programme.rows import programme_of
from surveys.programme.writing import write
from tests.asking import queued
from tests.factories import SurveyFactory, published_survey
from tests.sinks import MailSink, mail_sink_fixture  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db
FILE = "journey: {code: account, name: Account}\nsender: %s\nstages: [{code: a, name: A}]\n"
OWN = {"name": "Example Bank", "email": "service@example.org", "reply_to": "help@elsewhere.example"}


def test_sender_comes_back_as_it_was_loaded(settings: Any) -> None:
    settings.SENDER_DOMAINS = ["example.org"]
    checked = parse(FILE % "{name: Example Bank, email: service@EXAMPLE.org, reply_to: help@elsewhere.example}")
    assert (checked.errors, checked.programme and checked.programme.sender) == ((), OWN)
    assert checked.programme is not None
    assert "sender" in load_programme(checked.programme).changes
    assert load_programme(checked.programme).changes == ()
    loaded = programme_of(Journey.objects.get())
    assert loaded is not None
    assert parse(write(loaded)).programme == loaded


@pytest.mark.parametrize(
    ("sender", "words"),
    [
        ("{email: us@elsewhere.example}", 'mails may not be sent from "elsewhere.example"'),
        ("{email: no address}", "is not one e-mail address"),
        ('{name: "a\\nBcc: b@example.org"}', "has a line break"),
        ("{from: us@example.org}", '"from"'),
        ("[]", "must"),
    ],
)
def test_sender_that_may_not_be_is_refused(settings: Any, sender: str, words: str) -> None:
    settings.SENDER_DOMAINS = ["example.org"]
    errors = parse(FILE % sender).errors
    assert [words in error.message for error in errors] == [True]
    assert errors[0].line == 2


@pytest.mark.parametrize(("domains", "address"), [(["example.org"], "service@example.org"), ([], "feedback@localhost")])
def test_mail_comes_from_the_journeys_sender(
    mail_sink: MailSink, settings: Any, domains: list[str], address: str
) -> None:
    settings.SENDER_DOMAINS = domains
    survey = SurveyFactory()
    Journey.objects.filter(pk=survey.journey_id).update(sender=OWN)
    queued(1, version=published_survey(survey, about={"en": "your call"}))
    assert deliver_due() == {"claimed": 1, "sent": 1}
    mail = mail_sink.mail()
    assert parseaddr(mail["From"]) == ("Example Bank", address)
    assert mail["Reply-To"] == "help@elsewhere.example"
    assert "Example Bank" in mail.get_body(("plain",)).get_content()
