"""The demo's survey by text messages: two people answer it word by word, a third is left for you to answer by hand."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Final

import requests
from django.conf import settings
from django.utils import timezone

from cxsurvey.demo.play import DemoFailed, Place, wait_for
from feedback.actions.programmes import load_text
from feedback.models import Response
from surveys.actions.customers import BasisIn, CustomerIn, upsert_customers
from surveys.actions.record_interactions import InteractionIn, record_interactions
from surveys.standins.inbox import Inbox, Stored

PROGRAMME: Final = Path(__file__).with_suffix(".yaml")
SURVEY: Final = "question-answer"
REPLIES: Final = (("very good", "yes", "SKIP"), ("2 out of 5", "not yet", "Nobody has called me back."))


def converse_by_text(place: Place) -> str:
    """Ask three people, answer as two of them; returns the number of the third, whose first question waits."""
    load_text(PROGRAMME.read_text(encoding="utf-8"), publish=True)
    numbers = _numbers(place.label)
    seen = {number: len(_texts(place, number)) for number in numbers}
    _call(place.label, numbers)
    for number, replies in zip(numbers, REPLIES, strict=False):
        for already, reply in enumerate(replies, start=1):
            _await_text(place, number, seen[number] + already)
            _write(number, reply)
        _await_text(place, number, seen[number] + len(replies) + 1)  # the thanks
    mine = Response.objects.filter(survey__code=SURVEY, customer__external_id__startswith=_key(place.label, 0)[:-1])
    if mine.filter(source="sms", complete=True).count() != len(REPLIES):
        raise DemoFailed("The conversations by text message did not become responses.")
    return numbers[-1]


def _numbers(label: str) -> list[str]:
    """555-01xx is reserved for stories; nobody else in the demo has this area code."""
    own = int(label) if label.isdecimal() else len(label)
    return [f"+191955501{(3 * own + n) % 100:02d}" for n in range(len(REPLIES) + 1)]


def _key(label: str, number: int) -> str:
    return f"question-{label}-{number}"


def _call(label: str, numbers: Sequence[str]) -> None:
    """Each has called once, a minute ago, and may be asked by SMS."""
    basis = BasisIn(source="demo", text="Privacy notice of the demo")
    people = [
        CustomerIn(
            _key(label, n), phone=number, language="en", time_zone="Europe/Berlin", consent_sms=True, basis=basis
        )
        for n, number in enumerate(numbers)
    ]
    upsert_customers(people)
    now = timezone.now()
    calls = [
        InteractionIn(
            customer=each.external_id,
            journey="question",
            run=each.external_id,
            stage="answer",
            started_at=now - timedelta(minutes=6),
            ended_at=now - timedelta(minutes=1),
            channel="phone",
            reference=each.external_id,
        )
        for each in people
    ]
    record_interactions(calls, ask=True, now=now)


def _texts(place: Place, number: str) -> list[Stored]:
    return [each for each in Inbox(place.inbox).thread(number) if each.direction == "out"]


def _await_text(place: Place, number: str, count: int) -> None:
    wait_for("A conversation by text message", lambda: len(_texts(place, number)) >= count)


def _write(number: str, text: str) -> None:
    """What the person writes back reaches us as from the provider, signed."""
    url = f"http://127.0.0.1:{settings.STANDIN_SMS_PORT}/control/inbound"
    with requests.Session() as http:
        http.trust_env = False
        told = http.post(url, json={"from": number, "body": text}, timeout=30).json()
    if told.get("status") != 200:
        raise DemoFailed(f"The reply of {number} was refused ({told.get('status')}).")
