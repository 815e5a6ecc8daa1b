"""B7: a third of the customers say stop while their messages are queued and workers send: none leaves afterwards."""

import time

from django.conf import settings

from surveys.enums import Channel
from tests.chaos.dispatching import Report, conclude, fill, run_until_quiet
from tests.chaos.house import house, wait_until
from tests.chaos.mail_sink import faulty_sink

FAST, FULL = 400, 5_000
BROKERS = ("redis",)
WORKERS = 4


def run(n: int, broker: str) -> Report:
    """Nothing to them from the commit on, but for what was leaving at that moment: one a lane at most."""
    report = Report("b7", n)
    with faulty_sink() as sink, house(broker, EMAIL_URL=sink.url) as stage:
        sink.delay = 0.1
        fill(n)
        stage.add_worker("worker1", WORKERS)
        wait_until(lambda: len(sink.accepted) > n // 10, 90)
        stopped = _say_stop()
        said = time.time()
        sink.delay = 0.0
        run_until_quiet(120 + n / 10)
        forbidden = dict.fromkeys(stopped, said + 60.0)
        after = [each for each in sink.accepted if each.id in forbidden and each.at > said]
        report.figures["said_stop"] = len(stopped)
        report.at_most("left_after_the_commit", len(after), WORKERS * settings.DELIVERY_LANES)
        report.at_most("last_left_s_after_the_commit", max((each.at - said for each in after), default=0.0), 60.0)
        conclude(report, sink.accepted, forbidden=forbidden)
        report.demand("suppressed", report.figures["states"].get("suppressed", 0), len(stopped) - len(after))
    return report


def _say_stop() -> list[str]:
    """Every third customer whose message has not left; the public ids of these messages."""
    from django.db import transaction
    from django.utils import timezone

    from surveys.actions.suppress import opt_out
    from surveys.models import Delivery

    with transaction.atomic():
        waiting = Delivery.objects.filter(state__in=("queued", "claimed", "sending")).select_related(
            "invitation__customer"
        )
        chosen = [each for number, each in enumerate(waiting.order_by("pk")) if number % 3 == 0]
        for each in chosen:
            opt_out(each.invitation.customer, [Channel.EMAIL], "chaos", timezone.now())
    return [str(each.public_id) for each in chosen]
