"""What the scenarios of sending share: messages to send, waiting for quiet, kills counted, the verdict as a report."""

import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from cxsurvey.lib.nudge import publish
from tests.chaos.deaths import Death, read_deaths
from tests.chaos.house import SETTLE_SECONDS, House, wait_until
from tests.chaos.oracle import Accepted, Histories, Verdict, judge, line

TASK: Final = "surveys.deliver_due"
QUIET_SECONDS: Final = 180.0  # as O1 allows, from the end of the faults on


@dataclass
class Report:
    """What a scenario found: its sentence, further figures, and whatever is not as demanded."""

    name: str
    n: int
    lost: int = 0
    doubled: int = 0
    unknown: int = 0
    window_kills: int = 0
    injected: int = 0
    figures: dict[str, Any] = field(default_factory=dict)
    trouble: dict[str, Any] = field(default_factory=dict)
    seconds: float = 0.0
    skipped: str = ""

    def line(self) -> str:
        return line(self.lost, self.doubled, self.unknown, self.window_kills, self.injected)

    def demand(self, name: str, found: Any, wanted: Any) -> None:
        """Note a figure; trouble where it is not the one wanted."""
        self.figures[name] = found
        if found != wanted:
            self.trouble[name] = f"{found} instead of {wanted}"

    def at_most(self, name: str, found: float, most: float) -> None:
        self.figures[name] = round(found, 3)
        if found > most:
            self.trouble[name] = f"{found} is more than {most}"

    def at_least(self, name: str, found: float, least: float) -> None:
        self.figures[name] = round(found, 3)
        if found < least:
            self.trouble[name] = f"{found} is less than {least}"

    def add(self, verdict: Verdict, told: Histories) -> None:
        """Take over what the oracle says."""
        self.lost, self.doubled, self.unknown = len(verdict.lost), len(verdict.doubled), verdict.unknown
        self.window_kills, self.injected = told.window_kills, told.injected
        self.trouble |= verdict.trouble()


def fill(count: int, **fields: Any) -> None:
    """So many due messages, each to its own customer."""
    from tests.asking import queued

    for start in range(0, count, 2_000):
        queued(min(2_000, count - start), **fields)


def open_messages() -> int:
    from surveys.models import Delivery
    from tests.chaos.oracle import OPEN

    return Delivery.objects.filter(state__in=sorted(OPEN)).count()


def hurry(only: Collection[int] | None = None) -> None:
    """Make everything that waits (or `only` these) due now: the table of delays takes hours."""
    from django.db.models.functions import Now

    from surveys.models import Delivery

    waiting = Delivery.objects.filter(state="queued", next_at__gt=Now())
    (waiting if only is None else waiting.filter(pk__in=only)).update(next_at=Now())


class Waits:
    """Looks at how long messages wait after a refusal. `expected` gives the bounds in seconds.

    It is told how often the message has been tried, and the carrier's last words.
    """

    ROUNDING: Final = 1.0  # as the plan allows

    def __init__(self, expected: Callable[[int, str], tuple[float, float]]) -> None:
        self.expected = expected
        self.seen: set[tuple[int, int]] = set()
        self.wrong: list[str] = []

    def look(self) -> list[int]:
        """Check what waits; the messages that may be hurried now: whatever is refused from here on is not seen yet."""
        from django.db.models import OuterRef, Q, Subquery
        from django.db.models.functions import Now
        from django.utils import timezone

        from surveys.models import Delivery, DeliveryEvent

        last = DeliveryEvent.objects.filter(delivery=OuterRef("pk")).order_by("-pk")
        rows = Delivery.objects.filter(Q(attempts__gt=0) | Q(next_at__gt=Now()), state="queued").annotate(
            came=Subquery(last.values("from_state")[:1]),
            at=Subquery(last.values("at")[:1]),
            cause=Subquery(last.values("cause")[:1]),
        )
        looked_at = list(rows.values_list("pk", "attempts", "came", "at", "cause", "next_at"))
        for pk, attempts, came, at, cause, next_at in looked_at:
            if came == "sending" and attempts and (pk, attempts) not in self.seen:
                self.seen.add((pk, attempts))
                self._check(pk, attempts, cause, (next_at - at).total_seconds())
        now = timezone.now()
        return [row[0] for row in looked_at if row[-1] > now]

    def _check(self, pk: int, attempts: int, cause: str, waits: float) -> None:
        shortest, longest = self.expected(attempts, cause)
        if not shortest - self.ROUNDING <= waits <= longest + self.ROUNDING:
            self.wrong.append(f"{pk} after try {attempts}: {waits:.0f} s ({cause})")


def run_until_quiet(seconds: float, *, waits: Waits | None = None, nudging: bool = True) -> float:
    """Wake the workers again and again until no message is open; the seconds that took. `waits`: nobody waits."""
    began = time.monotonic()

    def is_quiet() -> bool:
        if nudging:
            publish(TASK)
        if waits:
            hurry(waits.look())
        return open_messages() == 0

    wait_until(is_quiet, seconds, pause=0.5)
    return time.monotonic() - began


def in_window(dead: Iterable[str]) -> set[str]:
    """Messages that these workers, just killed, hold in `sending`, by name: each death costs at most its own.

    A statement that was under way when its process died still comes through, so those are waited for first.
    """
    from surveys.models import Delivery

    time.sleep(SETTLE_SECONDS)
    assert wait_until(lambda: not _orphans(), 30, 0.1), "a statement of a dead process does not end"
    held = Delivery.objects.filter(state="sending", worker__in=list(dead))
    return {str(each) for each in held.values_list("public_id", flat=True)}


def _orphans() -> list[int]:
    """Sessions of the database at work for a client that is no more."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT client_port FROM pg_stat_activity WHERE client_port > 0 AND state <> 'idle'")
        busy = [row[0] for row in cursor.fetchall()]
    # Connections of the machine, as "local remote state" in hexadecimal; 01: both ends are there.
    lines = [line.split()[1:4] for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    alive = {int(local.rpartition(":")[2], 16) for local, _remote, state in lines if state == "01"}
    return [port for port in busy if port not in alive]


def conclude(report: Report, accepted: Iterable[Accepted], **more: Any) -> Report:
    """Hold the histories against each other."""
    from tests.chaos import histories

    rows = histories.rows()
    told = Histories(rows=rows, accepted=list(accepted), **more)
    report.add(judge(told), told)
    report.figures["states"] = dict(Counter(row.state for row in rows))
    if poisoned := histories.poisoned(rows):
        report.figures["poisoned"] = poisoned
    return report


def note_deaths(report: Report, stage: House) -> list[Death]:
    """The deaths at fail-points; into the figures as well, with how many messages they cost."""
    deaths = read_deaths(stage.kills)
    report.figures["kills"] = dict(sorted(Counter(each.point for each in deaths).items()))
    report.figures["in_the_window_at_a_death"] = dict(sorted(Counter(len(each.window) for each in deaths).items()))
    return deaths


def in_windows(deaths: Iterable[Death]) -> int:
    """Messages between mark and record when their workers died."""
    return sum(len(each.window) for each in deaths)


def demand_by_name(report: Report, held: Collection[str]) -> set[str]:
    """That exactly the messages which the dead held are unknown; these."""
    from surveys.models import Delivery

    unknown = {str(each) for each in Delivery.objects.filter(state="unknown").values_list("public_id", flat=True)}
    report.demand("unknown_that_no_dead_worker_held", sorted(unknown - set(held))[:5], [])
    report.demand("held_by_a_dead_worker_and_not_unknown", sorted(set(held) - unknown)[:5], [])
    return unknown
