"""Contacts told to the API by clients that retry with their key until they are acknowledged."""

import json
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from statistics import quantiles
from typing import Final

JOURNEY, STAGE = "chaos", "documents"
PEOPLE: Final = 20_000
REPLY_SECONDS: Final = 20.0


def prepare() -> str:
    """A journey whose contacts are asked about at once, and a user of the API; the user's token."""
    from django.contrib.auth.models import User
    from rest_framework.authtoken.models import Token

    from surveys.enums import SurveyKind, Trigger
    from tests.factories import RuleFactory, SurveyFactory, published_journey, published_survey

    version = published_journey((STAGE,), code=JOURNEY)
    survey = SurveyFactory(kind=SurveyKind.TOUCHPOINT, journey=version.journey, stage_code=STAGE)
    published_survey(survey)
    RuleFactory(survey=survey, trigger=Trigger.INTERACTION, conditions={"stage": STAGE})
    user = User.objects.create_superuser("integrator", "integrator@example.org", "correct horse battery")
    return str(Token.objects.create(user=user).key)


class Client:
    """Tells contacts, each of its own customer, with a key; retries until a 2xx. Safe for several threads."""

    def __init__(self, address: str, token: str) -> None:
        self.address, self.token = address, token
        self.acknowledged: list[str] = []
        self.refused = 0  # answers other than 2xx
        self.cut = 0  # no answer at all
        self.seconds: list[float] = []
        self._lock = threading.Lock()
        self.number = 0

    def tell_for(self, seconds: float, each: float) -> None:
        """One contact every `each` seconds, for so long."""
        from surveys.actions.customers import CustomerIn, upsert_customers

        count = int(seconds / each) + 1
        start = self.number
        names = range(start, start + count)
        upsert_customers([CustomerIn(f"K{n}", email=f"k{n}@example.org", consent_email=True) for n in names])
        ends = time.monotonic() + seconds
        for number in names:
            began = time.monotonic()
            if began >= ends:
                break
            self.tell(number)
            time.sleep(max(0.0, each - (time.monotonic() - began)))
        self.number = start + count

    def tell_all(self, count: int, threads: int) -> None:
        """So many contacts by so many threads."""
        from surveys.actions.customers import CustomerIn, upsert_customers

        people = [CustomerIn(f"K{n}", email=f"k{n}@example.org", consent_email=True) for n in range(count)]
        for start in range(0, count, 1_000):
            upsert_customers(people[start : start + 1_000])
        jobs = [threading.Thread(target=self._tell_some, args=(range(k, count, threads),)) for k in range(threads)]
        for job in jobs:
            job.start()
        for job in jobs:
            job.join()

    def _tell_some(self, numbers: range) -> None:
        for number in numbers:
            self.tell(number)

    def tell(self, number: int) -> None:
        """One contact, until it is acknowledged or a minute is over."""
        body = self.body(number)
        ends = time.monotonic() + 60
        while time.monotonic() < ends:
            began = time.monotonic()
            status = self.post(body, f"key-{number}")
            with self._lock:
                self.seconds.append(time.monotonic() - began)
                self.refused += status not in (0, 200, 201)
                self.cut += status == 0
                if status in (200, 201):
                    self.acknowledged.append(f"contact-{number}")
                    return
            time.sleep(0.2)

    def body(self, number: int) -> bytes:
        """One contact as JSON; the same number tells the same contact, but for the time."""
        at = datetime.now(UTC)
        contact = {
            "customer": f"K{number}",
            "journey": JOURNEY,
            "run": f"R{number}",
            "stage": STAGE,
            "started_at": (at - timedelta(minutes=5)).isoformat(),
            "ended_at": at.isoformat(),
            "reference": f"contact-{number}",
        }
        return json.dumps(contact).encode()

    def post(self, body: bytes, key: str) -> int:
        """The status; 0 where the connection broke."""
        headers = {
            "Authorization": f"Token {self.token}",
            "Content-Type": "application/json",
            "Idempotency-Key": key,
        }
        request = urllib.request.Request(f"{self.address}/api/v1/interactions/", body, headers)
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=REPLY_SECONDS) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0

    def p95(self) -> float:
        return quantiles(self.seconds, n=20)[18] if len(self.seconds) > 1 else 0.0

    def found(self) -> Mapping[str, int]:
        """How often each contact is kept."""
        from surveys.models import Interaction

        return Counter(Interaction.objects.filter(reference__startswith="contact-").values_list("reference", flat=True))
