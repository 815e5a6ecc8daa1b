"""A1: workers kill themselves at five points of a message's life; unknown is exactly what they had in hand then."""

from collections import Counter
from typing import Final

from tests.chaos.deaths import Death, contradictions
from tests.chaos.dispatching import Report, conclude, demand_by_name, fill, in_windows, note_deaths, run_until_quiet
from tests.chaos.house import house
from tests.chaos.mail_sink import faulty_sink

FAST, FULL = 2_000, 10_000
BROKERS = ("redis", "rabbitmq")
POINTS: Final = ("after_claim", "after_sending_mark", "after_250", "before_record_commit", "after_record_commit")


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
        deaths = note_deaths(report, stage)
        conclude(report, sink.accepted, window_kills=in_windows(deaths))
        _compare(report, deaths, {each.id for each in sink.accepted})
        if n >= FULL:
            at_points = Counter(each.point for each in deaths)
            report.at_least("fewest_kills_at_a_point", min(at_points[name] for name in POINTS), 60)
    return report


def _compare(report: Report, deaths: list[Death], accepted: set[str]) -> None:
    """The very messages that the dead had in hand are unknown, and what they knew of them is what the sink says."""
    windows = {each.id: each.came for death in deaths for each in death.window}
    unknown = demand_by_name(report, windows.keys())
    report.demand("other_than_the_dead_knew", contradictions(windows, accepted)[:5], [])
    report.figures["accepted_among_unknown"] = len(unknown & accepted)
    report.figures["window"] = dict(sorted(Counter(windows.values()).items()))
