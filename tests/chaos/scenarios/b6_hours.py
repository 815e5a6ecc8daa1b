"""B6: two simulated days around each change of summer time, customers in eight zones: nothing leaves in a night."""

import time
from datetime import UTC, datetime, timedelta
from typing import Final

from cxsurvey.lib.nudge import publish
from tests.chaos import clock
from tests.chaos.dispatching import TASK, Report, conclude, fill, open_messages
from tests.chaos.hours import outside, spread
from tests.chaos.house import disconnect, house, wait_until
from tests.chaos.mail_sink import faulty_sink

FAST, FULL = 200, 2_000
BROKERS = ("redis",)
BEGINS: Final = {
    "spring": datetime(2027, 3, 27, 0, 0, tzinfo=UTC),  # Berlin turns its clocks on the 28th, Lord Howe a week later
    "autumn": datetime(2027, 10, 30, 0, 0, tzinfo=UTC),  # Berlin on the 31st
    "new_york": datetime(2027, 11, 6, 0, 0, tzinfo=UTC),  # on the 7th
}
STEP: Final = timedelta(minutes=30)
STEPS: Final = 2 * 24 * 2
A_DAY_MORE: Final = 2 * 24  # for what came due in somebody's last night


def run(n: int, broker: str) -> Report:
    """The database's clock goes on by half an hour at a time; `n` messages become due all through each two days."""
    report = Report("b6", n)
    if not clock.library():
        report.skipped = clock.MISSING
        return report
    with faulty_sink() as sink, house(broker, EMAIL_URL=sink.url, DELIVERY_BATCH="50") as stage:
        hands = clock.Clock(stage.home / "clock")
        disconnect()
        stage.go_by("postgres", hands.environment())
        stage.add_worker("worker1", 4)
        for season, begins in BEGINS.items():
            _two_days(report, season, hands, (begins - datetime.now(UTC)).total_seconds())
        report.demand("left_in_somebodys_night", outside(), [])
        report.demand("still_open", open_messages(), 0)
        conclude(report, sink.accepted)
    return report


def _two_days(report: Report, season: str, hands: clock.Clock, start: float) -> None:
    fill(report.n)
    spread()
    hands.set(start)
    _become_due()
    for step in range(1, STEPS + A_DAY_MORE + 1):
        _let_out()
        hands.set(start + step * STEP.total_seconds())
    _let_out()
    report.figures[f"{season}_simulated_hours"] = (STEPS + A_DAY_MORE) / 2
    report.figures[f"{season}_open"] = open_messages()


def _become_due() -> None:
    """Spread over the two days."""
    from django.db.models import F
    from django.db.models.functions import Mod, Now

    from surveys.models import Delivery, Invitation

    for part in range(STEPS):
        mine = Delivery.objects.filter(state="queued").annotate(turn=Mod("pk", STEPS)).filter(turn=part)
        mine.update(next_at=Now() + part * STEP)
    Invitation.objects.filter(state="planned").update(due_at=Now(), expires_at=Now() + timedelta(days=30))
    assert not Delivery.objects.filter(state="queued", next_at__gt=F("invitation__expires_at")).exists()


def _let_out() -> None:
    """Wake the workers until nothing is due and nothing is in hand, so that no clock steps under a message."""
    from django.db.models import Q
    from django.db.models.functions import Now

    from surveys.models import Delivery

    due = Q(state="queued", next_at__lte=Now()) | Q(state__in=("claimed", "sending"))

    def is_over() -> bool:
        publish(TASK)
        return not Delivery.objects.filter(due).exists()

    wait_until(is_over, 30, 0.1)
    time.sleep(0.1)
