"""The main job with real parts: contacts in, a worker asks by both channels, answers over HTTP, the comparison back."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django.live_server_helper import LiveServer

from cxsurvey.demo.by_text import converse_by_text
from cxsurvey.demo.play import Place, Played, play
from cxsurvey.lib.nudge import Breaker
from feedback.models import Answer, FreeText, Response, TextScore
from surveys.enums import DeliveryState
from surveys.models import AskDecision, Conversation, Delivery, Interaction, Invitation
from surveys.standins.inbox import Inbox
from surveys.standins.sms import SmsProvider, post_form
from surveys.standins.smtp import SmtpInbox
from tests.e2e.story import STAGES, STORY
from tests.processes import running, wait_until

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
CUSTOMERS = 12
ASKS = CUSTOMERS * (len(STAGES) + 1)
SMS = {
    "SMS_PROVIDER": "twilio",
    "SMS_ACCOUNT": "ACtest",
    "SMS_SECRET": "provider-secret",
    "SMS_SIGNATURE_SECRET": "provider-secret",
    "SMS_FROM": "+15005550006",
}
WORKER = ("-m", "celery", "-A", "cxsurvey.celery", "worker", "-P", "solo", "-l", "WARNING", "--without-gossip")


@pytest.fixture
def place(tmp_path: Path, settings, live_server: LiveServer) -> Iterator[Place]:
    """Pages, mail server, SMS provider and a worker, all real, on this test's database and broker."""
    Breaker.closed_until = 0.0
    settings.PUBLIC_BASE_URL = live_server.url
    for name, value in SMS.items():  # who decides must know, too, that there is a carrier for SMS
        setattr(settings, name, value)
    inbox, hook = Inbox(tmp_path), f"{live_server.url}/hooks/twilio/"
    with (
        SmtpInbox(inbox) as mail,
        SmsProvider(SMS["SMS_ACCOUNT"], SMS["SMS_SECRET"], inbox, hook, post=post_form) as provider,
        running(
            *WORKER,
            SMS_COUNTRIES="US",
            EMAIL_URL=mail.url,
            SMS_API_URL=provider.url,
            PUBLIC_BASE_URL=live_server.url,
            **SMS,
        ),
    ):
        settings.STANDIN_SMS_PORT = provider.port
        yield Place(live_server.url, tmp_path, "e2e", print)


def test_main_job_gives_exactly_what_was_planted(place: Place) -> None:
    played = play(STORY, CUSTOMERS, place)
    place.say(f"{played.seconds}")
    assert (played.exact, played.invitations) == (True, ASKS)
    assert_figures(played)
    assert_asked()
    assert_answered()
    assert_words_were_read()


def test_survey_by_text_messages_is_answered_by_two_and_waits_for_a_third(place: Place) -> None:
    waiting = converse_by_text(place)
    answers = Answer.objects.filter(response__survey__code="question-answer").order_by(
        "response__id", "question__order"
    )
    assert [(each.question.code, each.value) for each in answers.select_related("question")] == [
        *(("overall", 5.0), ("settled", 1.0)),
        *(("overall", 2.0), ("settled", 0.0), ("better", None)),
    ]
    assert wait_until(lambda: Conversation.objects.filter(state="open").count() == 1) is True
    [opened] = Inbox(place.inbox).thread(waiting)
    assert opened.text.startswith("Customer feedback: Your call. How satisfied were you with your call? Answer from 1")


def assert_figures(played: Played) -> None:
    """By hand: each stage gives 8, 9, 10 in turn, so 90; the whole gives 3, 4, 5, 6 in turn, so 45."""
    measured = played.measured
    assert (measured["service"]["score"], measured["experience"]["score"]) == pytest.approx((90.0, 45.0))
    assert (measured["gap"]["gap"], measured["gap"]["n_pairs"]) == pytest.approx((45.0, CUSTOMERS))
    assert [(stage["code"], stage["n"], stage["invited"]) for stage in measured["stages"]] == [
        (code, CUSTOMERS, CUSTOMERS) for code in STAGES
    ]


def assert_asked() -> None:
    """Half by e-mail, half by SMS; receipts have come back; the ledger holds every ask once, and no other."""
    assert wait_until(lambda: Delivery.objects.filter(state=DeliveryState.DELIVERED).count() == ASKS // 2) is True
    found = Counter(Delivery.objects.values_list("channel", "state"))
    assert found == {("email", "sent"): ASKS // 2, ("sms", "delivered"): ASKS // 2}
    assert Interaction.objects.count() == CUSTOMERS * len(STAGES)
    ledger = Counter(AskDecision.objects.values_list("survey__kind", "outcome"))
    assert ledger == {("touchpoint", "sent"): CUSTOMERS * len(STAGES), ("end_to_end", "sent"): CUSTOMERS}
    assert AskDecision.objects.filter(invitation__isnull=True).count() == 0


def assert_answered() -> None:
    """One response per invitation, and nothing is still open."""
    assert Counter(Invitation.objects.values_list("state", flat=True)) == {"answered": ASKS}
    assert Response.objects.count() == ASKS
    assert Counter(Response.objects.values_list("channel", flat=True)) == {"email": ASKS // 2, "sms": ASKS // 2}
    assert Answer.objects.filter(score__isnull=False).count() == ASKS


def assert_words_were_read() -> None:
    """A third of the stage answers and every whole came with words; each has its score, by an engine that is named."""
    texts = CUSTOMERS * len(STAGES) // 3 + CUSTOMERS
    assert FreeText.objects.count() == texts
    assert Counter(TextScore.objects.values_list("text", flat=True)).total() == texts
    assert TextScore.objects.filter(engine="").count() == 0
    words = dict(TextScore.objects.values_list("text__text", "label"))
    assert words["Kind and quick, thank you."] == "positive"
    assert words["Nobody told me what comes next. Terrible."] == "negative"
