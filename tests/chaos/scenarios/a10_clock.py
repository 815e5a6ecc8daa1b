"""A10: the clocks of workers jump two hours to and fro while they send; only the database's clock counts."""

import time

from cxsurvey.lib.nudge import publish
from tests.chaos import clock
from tests.chaos.dispatching import TASK, Report, conclude, fill, run_until_quiet
from tests.chaos.hours import outside, spread
from tests.chaos.house import house, wait_until
from tests.chaos.mail_sink import faulty_sink

FAST, FULL = 300, 5_000
BROKERS = ("redis",)
STEPS = (7200, -7200, 0, 7200, -3600, 3600, 0)  # the hours of a change to and from summer time among them


def run(n: int, broker: str) -> Report:
    """No lease ends early, nothing leaves twice, nothing in somebody's night."""
    report = Report("a10", n)
    if not clock.library():
        report.skipped = clock.MISSING
        return report
    with faulty_sink() as sink, house(broker, EMAIL_URL=sink.url) as stage:
        sink.delay = 0.1 if n < 1_000 else 0.02
        fill(n)
        asleep = spread()
        hands = clock.Clock(stage.home / "clock")
        for number in (1, 2):
            stage.add_worker(f"worker{number}", 2, **hands.environment())
        wait_until(lambda: publish(TASK) and sink.accepted, 60)
        for offset in STEPS:
            hands.set(offset)
            publish(TASK)
            time.sleep(2)
        hands.set(STEPS[0])
        report.at_most("clock_steps_by_other_than_told_s", abs(hands.shown() - time.time() - STEPS[0]), 5)
        hands.set(0)
        report.figures["steps_s"] = list(STEPS)
        report.figures["left_after_the_steps"] = n - len(sink.accepted)
        wait_until(lambda: publish(TASK) and _left(asleep) == 0, 120 + n / 10, 0.5)
        report.demand("left_in_somebodys_night", outside(), [])
        report.demand("leases_ended", _ended_leases(), 0)
        _cancel_the_rest()
        report.figures["quiet_s"] = round(run_until_quiet(60), 1)
        conclude(report, sink.accepted)
    return report


def _left(asleep: set[int]) -> int:
    """Open messages to people who are awake."""
    from surveys.models import Delivery

    waiting = Delivery.objects.filter(state__in=("queued", "claimed", "sending"))
    return waiting.exclude(invitation__customer__in=asleep).count()


def _ended_leases() -> int:
    from surveys.models import DeliveryEvent

    return DeliveryEvent.objects.filter(cause__startswith="its worker died").count()


def _cancel_the_rest() -> None:
    """Those in whose place it is night wait until tomorrow; we do not."""
    from surveys.actions.withdraw import cancel_open
    from surveys.models import Invitation
    from surveys.policy.reasons import Reason

    cancel_open(list(Invitation.objects.filter(state="planned").values_list("pk", flat=True)), Reason.WITHDRAWN)
