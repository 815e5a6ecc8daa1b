"""Plays a story through the whole product: contacts in, asks out, answers over HTTP, comparison back."""

import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from threading import local
from typing import Any

import requests
from django.db.models import Q
from django.utils import timezone

from cxsurvey.demo.stories import Course, Story, Values, in_order, planted
from cxsurvey.lib.tokens import digest
from feedback.actions.programmes import load_text
from feedback.dashboards.comparison import Query, build_comparison
from feedback.models import FreeText
from surveys.actions.customers import BasisIn, CustomerIn, upsert_customers
from surveys.actions.record_interactions import InteractionIn, record_interactions
from surveys.enums import DELIVERY_IN_HAND, DELIVERY_MAY_SEND, StageKind
from surveys.models import Delivery, Invitation, JourneyRun, Stage
from surveys.standins.inbox import Inbox

LINK = re.compile(r"/s/([A-Za-z0-9_-]{20,})/")
PATIENCE_SECONDS = 600.0
CLIENTS = 4
Say = Callable[[str], None]


class DemoFailed(RuntimeError):
    """The main job did not come to its end; the message says where."""


@dataclass(frozen=True, slots=True)
class Played:
    """What became of one story: figures planted and measured, and how long each part took."""

    story: Story
    planted: Mapping[str, float]
    measured: Mapping[str, Any]
    invitations: int
    seconds: Mapping[str, float]

    @property
    def exact(self) -> bool:
        """The comparison gives what the answers hold."""
        measured = {
            "service": self.measured["service"]["score"],
            "experience": self.measured["experience"]["score"],
            "gap": self.measured["gap"]["gap"],
            "n_pairs": self.measured["gap"]["n_pairs"],
        }
        return all(value is not None and abs(value - self.planted[name]) < 1e-9 for name, value in measured.items())


@dataclass(frozen=True, slots=True)
class Place:
    """Where a play takes place: the pages' address, the inbox, and a label that tells this play's customers."""

    address: str
    inbox: Path
    label: str
    say: Say


def play(story: Story, customers: int, place: Place) -> Played:
    """Load the programme, live through the story, answer, compare. Raises DemoFailed."""
    load_text(story.programme, publish=True)
    courses = list(story.courses(customers))
    clock = time.monotonic()
    record(story, courses, place.label)
    recorded = time.monotonic()
    invitations = _await_sent(story, place.label)
    sent = time.monotonic()
    _answer_all(story, courses, place)
    answered = time.monotonic()
    _await_meaning(story, place.label)
    services = Stage.objects.filter(
        version__journey__code=story.journey, version__state="published", kind=StageKind.SERVICE
    ).values_list("code", flat=True)
    value = build_comparison(Query(story.journey, segments={"demo": place.label}))
    seconds = {"record": recorded - clock, "send": sent - recorded, "answer": answered - sent}
    seconds["meaning"] = time.monotonic() - answered
    return Played(story, planted(courses, list(services)), value, invitations, seconds)


def _key(story: Story, label: str, number: int) -> str:
    return f"{story.journey}-{label}-{number:04d}"


def record(story: Story, courses: Sequence[Course], label: str) -> None:
    """Customers and their contacts, as the API takes them; every second customer can be reached by SMS only."""
    upsert_customers([_customer(story, course, label, n) for n, course in enumerate(courses)])
    now = timezone.now()
    rows = [row for n, course in enumerate(courses) for row in _contacts(story, course, _key(story, label, n), now)]
    record_interactions(rows, ask=True, now=now)


def _customer(story: Story, course: Course, label: str, number: int) -> CustomerIn:
    key, by_sms = _key(story, label, number), number % 2 == 1
    return CustomerIn(
        external_id=key,
        email=None if by_sms else f"{key}@example.org",
        phone=_fictional_number(number) if by_sms else None,
        language="de" if number % 10 == 0 else "en",
        time_zone="Europe/Berlin",
        consent_email=not by_sms,
        consent_sms=by_sms,
        basis=BasisIn(source="demo", text="Privacy notice of the demo"),
        attributes={**course.attributes, "demo": label},
    )


def _fictional_number(number: int) -> str:
    """555-01xx is reserved for stories in every area code of North America."""
    areas = ("202", "212", "213", "305", "312", "404", "415", "503", "602", "617", "702", "713", "720", "801", "907")
    return f"+1{areas[number // 100 % len(areas)]}55501{number % 100:02d}"


def _contacts(story: Story, course: Course, key: str, now: datetime) -> Iterator[InteractionIn]:
    touches = in_order(course)
    last = touches[-1]
    begin = now - timedelta(days=last.day, minutes=last.minutes + 1)
    for number, touch in enumerate(touches):
        started = begin + timedelta(days=touch.day)
        yield InteractionIn(
            customer=key,
            journey=story.journey,
            run=key,
            stage=touch.stage,
            started_at=started,
            ended_at=started + timedelta(minutes=touch.minutes),
            handle_seconds=60 * touch.minutes,
            channel=touch.channel,
            agent=touch.agent,
            team=touch.team,
            reason=touch.reason,
            resolved=touch.resolved,
            load=touch.load,
            reference=f"{key}/{number}",
        )


def _mine(story: Story, label: str) -> Q:
    return Q(customer__external_id__startswith=f"{story.journey}-{label}-")


def wait_for(what: str, is_done: Callable[[], bool]) -> None:
    """Look twice a second until the workers are done."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not is_done():
        if time.monotonic() > deadline:
            raise DemoFailed(f"{what} did not end within {PATIENCE_SECONDS:.0f} s; see the logs of worker and sweep.")
        time.sleep(0.2)


def _await_sent(story: Story, label: str) -> int:
    """Celery's workers send; this only watches the rows."""
    invitations = Invitation.objects.filter(_mine(story, label))
    waiting = Delivery.objects.filter(
        invitation__in=invitations, state__in=(*DELIVERY_MAY_SEND, *DELIVERY_IN_HAND), next_at__lte=timezone.now()
    )
    wait_for("Sending", lambda: not waiting.exists())
    return invitations.count()


def _answer_all(story: Story, courses: Sequence[Course], place: Place) -> None:
    """Find every link in the inbox and answer it as the story says, a few customers at a time."""
    asked = {
        bytes(invitation.token_hash): invitation
        for invitation in Invitation.objects.filter(_mine(story, place.label)).select_related("survey", "customer")
    }
    session = local()

    def answer(found: tuple[str, Invitation]) -> None:
        token, invitation = found
        if not hasattr(session, "http"):
            session.http = requests.Session()
            session.http.trust_env = False
        number = int(invitation.customer.external_id.rsplit("-", 1)[1])
        values = courses[number].answers.get(invitation.survey.stage_code)
        if values:
            _post(session.http, f"{place.address}/s/{token}/", values)

    links = [(token, asked[found]) for token in _tokens(place.inbox) if (found := digest(token)) in asked]
    if len(links) != len(asked):
        raise DemoFailed(f"{len(asked)} customers were asked, but {len(links)} messages lie in the inbox.")
    with ThreadPoolExecutor(CLIENTS) as clients:
        list(clients.map(answer, links))


def _tokens(folder: Path) -> list[str]:
    """The token of every message's link, once."""
    found = (LINK.search(message.text) for message in Inbox(folder).messages())
    return list(dict.fromkeys(match.group(1) for match in found if match))


def _post(http: requests.Session, link: str, values: Values) -> None:
    page = http.get(link, timeout=30)
    reply = http.post(link, data={key: str(value) for key, value in values.items() if value != ""}, timeout=30)
    if (page.status_code, reply.status_code) != (200, 200):
        raise DemoFailed(f"The answer page replied {page.status_code} and {reply.status_code}.")


def _await_meaning(story: Story, label: str) -> None:
    """The workers score the texts and bring the run rows up to date."""
    texts = FreeText.objects.filter(answer__run__customer__external_id__startswith=f"{story.journey}-{label}-")
    runs = JourneyRun.objects.filter(_mine(story, label), stale=True)
    wait_for("Scoring", lambda: not texts.filter(scored_at__isnull=True).exists() and not runs.exists())
