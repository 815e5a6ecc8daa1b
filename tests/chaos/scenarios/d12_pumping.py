"""D12, SMS pumping: thousands of contacts with numbers alike, some of closed countries; and the owner told."""

import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from surveys.standins.inbox import Inbox
from surveys.standins.sms import SmsProvider
from tests.chaos.dispatching import Report, hurry
from tests.chaos.house import House, house, wait_until
from tests.chaos.ingestion import Client, prepare
from tests.chaos.mail_sink import FaultySink, faulty_sink

FAST, FULL = 200, 10_000
BROKERS = ("redis",)
OWNER: Final = "owner@example.org"
PREFIX: Final = "+4915112"
CLOSED: Final = "+355672"  # Albania: opened by nobody
ACCOUNT, SECRET = "chaos", "s" * 32
MOST_ALIKE: Final = 20
WORKERS: Final = 4
THREADS: Final = 8


def run(n: int, broker: str) -> Report:
    """One in a hundred goes to a closed country. First the burst; then an operator lets it go on, into the budget."""
    report, budget = Report("d12", n), max(50, n // 50)
    with faulty_sink() as sink, house(broker, **_settings(sink, budget)) as stage, _provider(stage) as provider:
        client = Client(stage.address, prepare())
        _people(n)
        _start(stage, provider)
        _tell(client, n)
        report.demand("acknowledged", len(client.acknowledged), n)
        wait_until(lambda: _decided() == n, 120)
        wait_until(lambda: not _due(), 300, 0.5)
        _burst(report, provider, sink)
        _budget(report, provider, sink, budget)
    return report


def _settings(sink: FaultySink, budget: int) -> dict[str, str]:
    return {
        "EMAIL_URL": sink.url,
        "OWNER_EMAIL": OWNER,
        "SMS_COUNTRIES": "DE",
        "SMS_BURST_NUMBERS": str(MOST_ALIKE),
        "SMS_SEGMENTS_PER_DAY": str(budget),
        "DELIVERY_BATCH": "100",
    }


def _provider(stage: House) -> SmsProvider:
    return SmsProvider(ACCOUNT, SECRET, Inbox(Path(stage.home) / "inbox"), f"{stage.address}/hooks/twilio/")


def _start(stage: House, provider: SmsProvider) -> None:
    """Four processes that send, a beat, and two sweepers that would double what can be doubled."""
    settings = {"SMS_PROVIDER": "twilio", "SMS_API_URL": provider.url, "SMS_FROM": "+15005550006"}
    settings |= {"SMS_ACCOUNT": ACCOUNT, "SMS_SECRET": SECRET, "SMS_SIGNATURE_SECRET": SECRET}
    for name in ("web", "sweep1", "sweep2", "beat1"):
        stage.specs[name].env.update(settings)  # type: ignore[attr-defined]
    stage.start("web", "sweep1", "sweep2", "beat1")
    stage.add_worker("worker1", WORKERS, **settings)


def _people(n: int) -> None:
    """As a table would bring them: a number, and the word that he may be asked."""
    from surveys.actions.customers import CustomerIn, upsert_customers

    for start in range(0, n, 1_000):
        some = range(start, min(n, start + 1_000))
        upsert_customers([CustomerIn(f"K{each}", phone=_number(each), consent_sms=True) for each in some])


def _number(each: int) -> str:
    return f"{CLOSED}{each:06}" if each % 100 == 99 else f"{PREFIX}{each:06}"


def _tell(client: Client, n: int) -> None:
    def some(part: int) -> None:
        for number in range(part, n, THREADS):
            client.tell(number)

    jobs = [threading.Thread(target=some, args=(part,)) for part in range(THREADS)]
    for job in jobs:
        job.start()
    for job in jobs:
        job.join()


def _decided() -> int:
    from surveys.models import AskDecision

    return AskDecision.objects.count()


def _due() -> int:
    from django.db.models.functions import Now

    from surveys.models import Delivery

    return Delivery.objects.filter(state__in=("queued", "claimed", "sending"), next_at__lte=Now()).count()


def _burst(report: Report, provider: SmsProvider, sink: FaultySink) -> None:
    from surveys.models import Delivery, DispatchSwitch

    report.at_most("left_to_the_prefix_before_the_hold", len(provider.messages), MOST_ALIKE)
    report.demand("left_to_closed_countries", _to_closed(provider), 0)
    closed = Delivery.objects.filter(state="suppressed", error="country_closed").count()
    report.demand("refused_as_closed", closed, report.n // 100)
    held = DispatchSwitch.objects.get(scope=f"sms:{PREFIX}")
    report.demand("held_because", held.cause, "burst")
    wait_until(lambda: sink.accepted, 60)
    told_after = sink.accepted[0].at - held.changed_at.timestamp() if sink.accepted else 1e9
    report.at_most("owner_told_after_s", told_after, 60)
    report.demand("mails_about_the_hold", list(sink.recipients), [OWNER])


def _budget(report: Report, provider: SmsProvider, sink: FaultySink, budget: int) -> None:
    """Let go by somebody who should have looked longer: the budget is what is left to stop it."""
    from django.utils import timezone

    from surveys.actions.dispatch import release
    from surveys.models import Alert, BudgetAlert, SmsPass

    release(f"sms:{PREFIX}", "chaos", timezone.now())
    hurry()
    wait_until(lambda: not _due(), 300, 0.5)
    midnight = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    spent = sum(SmsPass.objects.filter(at__gte=midnight).values_list("segments", flat=True))
    report.at_most("segments_over_the_budget", max(0, spent - budget), 0)
    report.at_least("segments_spent", spent, budget - 2)
    report.demand("left_to_closed_countries_in_the_end", _to_closed(provider), 0)
    numbers = [message.to for message in provider.messages]
    report.demand("numbers_written_to_twice", len(numbers) - len(set(numbers)), 0)
    report.figures["messages_left"] = len(numbers)
    wait_until(lambda: not Alert.objects.exclude(state="sent").exists(), 60)
    shares = sorted(BudgetAlert.objects.filter(journey=None).values_list("percent", flat=True))
    report.demand("budget_shares_told", shares, [50, 80, 100])
    late = [(row.sent_at - row.at).total_seconds() for row in Alert.objects.filter(state="sent") if row.sent_at]
    report.at_most("owner_told_after_s_at_most", max(late, default=1e9), 60)
    report.demand("told_twice", len(sink.accepted) - len({each.id for each in sink.accepted}), 0)


def _to_closed(provider: SmsProvider) -> int:
    return sum(message.to.startswith(CLOSED) for message in provider.messages)
