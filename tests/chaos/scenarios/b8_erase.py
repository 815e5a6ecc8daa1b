"""B8: customers are erased while their messages are claimed: nothing leaves to them afterwards, and nothing breaks."""

import time

from django.conf import settings

from tests.chaos.dispatching import Report, conclude, fill, run_until_quiet
from tests.chaos.house import house, wait_until
from tests.chaos.mail_sink import faulty_sink

FAST, FULL = 300, 2_000
BROKERS = ("redis",)
WORKERS = 4


def run(n: int, broker: str) -> Report:
    """A third of those who wait; what was leaving at that moment may arrive, one a lane."""
    report = Report("b8", n)
    with faulty_sink() as sink, house(broker, EMAIL_URL=sink.url) as stage:
        sink.delay = 0.1
        fill(n)
        stage.add_worker("worker1", WORKERS)
        wait_until(lambda: len(sink.accepted) > n // 10, 90)
        erased, left = _erase()
        gone = time.time()
        sink.delay = 0.0
        run_until_quiet(120 + n / 10)
        after = [each for each in sink.accepted if each.id in erased and each.at > gone]
        report.figures["erased"] = len(erased)
        report.at_most("left_after_the_commit", len(after), WORKERS * settings.DELIVERY_LANES)
        report.demand("rows_of_the_erased", left, 0)
        report.demand("tasks_broken", stage.log("worker1").count("raised unexpected"), 0)
        kept = [each for each in sink.accepted if each.id not in erased]
        conclude(report, kept)
    return report


def _erase() -> tuple[set[str], int]:
    """Delete every third customer who waits; the public ids of their messages, and how many rows are left of them."""
    from django.db import transaction

    from surveys.models import Customer, Delivery, DeliveryEvent

    with transaction.atomic():
        waiting = Delivery.objects.filter(state__in=("queued", "claimed", "sending")).order_by("pk")
        rows = list(waiting.values_list("pk", "public_id", "invitation__customer"))[::3]
        Customer.objects.filter(pk__in=[customer for _pk, _id, customer in rows]).delete()
    ids = [pk for pk, _id, _customer in rows]
    left = Delivery.objects.filter(pk__in=ids).count() + DeliveryEvent.objects.filter(delivery__in=ids).count()
    return {str(public_id) for _pk, public_id, _customer in rows}, left
