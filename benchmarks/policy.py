"""Complete pairs a year under a global 30-day cool-down and under our contact policy, at the same number of messages.

`python -m benchmarks.policy [--customers 10000] [--seed 1] [--out FILE]`; 1 where ours has less than twice the pairs.
Pure: no database. A pair is a run of which a service stage and the whole journey were asked about.
"""

import argparse
import json
import os
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cxsurvey.settings_test")

import django

django.setup()

from surveys.policy.frequency import DEFAULTS, Limits  # noqa: E402
from surveys.policy.simulation import Policy, Run, live_through  # noqa: E402

START = datetime(2026, 1, 1, tzinfo=UTC)
YEAR = timedelta(days=365)
RUNS_A_YEAR = 3.0
SOUGHT = 2_000  # customers
SAME = 0.02  # messages may differ by this share


@dataclass(frozen=True)
class Result:
    """A year under one policy."""

    name: str
    messages: int
    pairs: int
    runs: int
    most: int  # the 99th percentile of a customer's messages
    dropped: int

    @property
    def row(self) -> dict[str, float | str]:
        """What is printed and written."""
        return {**self.__dict__, "pair_share": round(self.pairs / self.runs, 4)}


def main(arguments: list[str] | None = None) -> int:
    """Play the year under each policy, print the table, write the JSON."""
    options = _options(arguments)
    people = world(options.customers, options.seed)
    cool_down = Policy(Limits.from_document({"total": ["1 per 30d"], "e2e_only": 0}), waits=False)
    base = play("global 30 days, dropped", people, cool_down)
    delayed = play("global 30 days, delayed", people, replace(cool_down, waits=True))
    often = {**DEFAULTS.by_kind, **Limits.from_document({"end_to_end": ["1 per 30d"]}).by_kind}
    results = [
        base,
        delayed,
        matched("separate clocks, no room kept", people, replace(DEFAULTS, keep_room_for=""), base.messages),
        matched("ours: clocks, room, delay", people, DEFAULTS, base.messages),
        matched("ours, whole 1 per 30d", people, replace(DEFAULTS, by_kind=often), delayed.messages),
        play("ours with the defaults as they are", people, Policy(DEFAULTS)),
    ]
    heads = ("messages", "pairs", "pairs/runs", "p99 of a customer", "dropped")
    print(f"{'policy':<46}" + "".join(f"{head:>19}" for head in heads))
    for each in results:
        figures = (each.messages, each.pairs, f"{each.pairs / each.runs:.1%}", each.most, each.dropped)
        print(f"{each.name:<46}" + "".join(f"{figure:>19}" for figure in figures))
    ours = results[3]
    times, differ = ours.pairs / base.pairs, abs(ours.messages / base.messages - 1)
    print(f"Pairs of ours by those of the cool-down: {times:.2f} at messages that differ by {differ:.2%}.")
    if options.out:
        report = {"times": times, "messages_differ": differ, "rows": [each.row for each in results]}
        Path(options.out).write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    return int(times < 2 or differ > SAME)


def world(customers: int, seed: int) -> list[list[Run]]:
    """Per customer the runs of a year: about three, each with two to six contacts some days apart, and an end."""
    chance = random.Random(seed)
    return [_life(chance, number) for number in range(customers)]


def _life(chance: random.Random, number: int) -> list[Run]:
    runs, at = [], START + timedelta(days=chance.expovariate(RUNS_A_YEAR / 365))
    while at < START + YEAR:
        contacts = [at]
        for _ in range(chance.randint(1, 5)):
            contacts.append(contacts[-1] + timedelta(days=chance.lognormvariate(1.7, 0.8)))
        end = contacts[-1] + timedelta(hours=chance.uniform(1, 48))
        runs.append(Run(f"{number}-{len(runs)}", tuple(contacts), end))
        at = end + timedelta(days=chance.expovariate(RUNS_A_YEAR / 365))
    return runs


def play(name: str, people: Sequence[Sequence[Run]], policy: Policy) -> Result:
    """The year of everybody under one policy."""
    lives = [live_through(runs, policy) for runs in people]
    messages = sorted(len(life.asked) for life in lives)
    outcomes: Counter[str] = sum((Counter(life.outcomes) for life in lives), Counter())
    return Result(
        name=name,
        messages=sum(messages),
        pairs=sum(life.pairs() for life in lives),
        runs=sum(len(runs) for runs in people),
        most=messages[int(0.99 * (len(messages) - 1))],
        dropped=sum(outcomes.values()) - outcomes["sent"],
    )


def matched(name: str, people: Sequence[Sequence[Run]], limits: Limits, messages: int) -> Result:
    """The policy with a total cap of two within as many hours as give the same number of messages, by bisection.

    Sought among some of the customers, then played by all.
    """
    some = people[:SOUGHT]
    wanted = messages * len(some) / len(people)
    low, high = 24, 24 * 365
    while high - low > 6:
        hours = (low + high) // 2
        more = play("", some, Policy(_two_within(limits, hours))).messages > wanted
        low, high = (hours, high) if more else (low, hours)
    return play(f"{name} (2 per {high / 24:.0f} days)", people, Policy(_two_within(limits, high)))


def _two_within(limits: Limits, hours: int) -> Limits:
    return replace(limits, total=Limits.from_document({"total": [f"2 per {hours}h"]}).total)


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", default="")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    raise SystemExit(main())
