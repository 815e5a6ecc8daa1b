"""A1: workers kill themselves at five points of a message's life; unknown are exactly the deaths in the window."""

from typing import Final

from tests.chaos.dispatching import Report, conclude, fill, note_kills, run_until_quiet
from tests.chaos.house import house
from tests.chaos.mail_sink import faulty_sink

FAST, FULL = 2_000, 10_000
BROKERS = ("redis", "rabbitmq")
POINTS: Final = ("after_claim", "after_sending_mark", "after_250", "before_record_commit", "after_record_commit")
WINDOW: Final = POINTS[1:4]


def run(n: int, broker: str) -> Report:
    """2 % at each point for small numbers, 1 % from 5,000 on; at full size each point must have had 60 deaths."""
    probability = 0.01 if n >= 5_000 else 0.02
    report = Report("a1", n)
    with faulty_sink() as sink, house(broker, EMAIL_URL=sink.url) as stage:
        fill(n)
        points = ",".join(f"{name}:{probability}" for name in POINTS)
        for number in (1, 2):
            stage.add_worker(f"worker{number}", 2, CXSURVEY_FAILPOINTS=points)
        report.figures["quiet_s"] = round(run_until_quiet(120 + n / 5), 1)
        deaths = note_kills(report, stage)
        kills = sum(deaths[name] for name in WINDOW)
        conclude(report, sink.accepted, window_kills=kills)
        _count_accepted_unknown(report, {each.id for each in sink.accepted}, deaths["after_250"] + deaths[WINDOW[2]])
        if n >= FULL:
            report.at_least("fewest_kills_at_a_point", min(deaths[name] for name in POINTS), 60)
    return report


def _count_accepted_unknown(report: Report, accepted: set[str], expected: int) -> None:
    from surveys.models import Delivery

    unknown = {str(each) for each in Delivery.objects.filter(state="unknown").values_list("public_id", flat=True)}
    report.demand("accepted_among_unknown", len(unknown & accepted), expected)
