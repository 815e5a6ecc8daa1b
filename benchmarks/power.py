"""How often each planted truth is found, and stands on its page, over 20 seeds, and how near the estimates come.

`python -m benchmarks.power [--seeds 20] [--first 100] [--out FILE]`; 1 when a mean is off by more than its tolerance
or a truth is missed too often. `page`: the share in which it stands when all tests of the page and 12 looks count.
"""

import argparse
import json
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import timedelta
from functools import cache
from pathlib import Path

import numpy as np

from benchmarks.cores import each
from feedback.insights.comparison import hidden_poor
from feedback.insights.nonresponse import coverage
from feedback.insights.page import PageTest, standing
from feedback.insights.run_service import run_scores
from feedback.insights.trap import AgentHandling, handle_time_traps
from feedback.worlds import findings
from feedback.worlds.contacts import FIRST_DAY, contacts
from feedback.worlds.journeys import Journeys
from feedback.worlds.world import planted

# Truth: (planted value, tolerance of one seed, least share of seeds in which it is found; None: not a test).
TRUTHS: dict[str, tuple[float, float, float | None]] = {
    "P1 gap A": (31.5, 3.5, 0.95),
    "P2 wait 3, per day": (-3.39, 0.6, 0.95),
    "P3 share of wait 3": (0.817, 0.12, None),
    "P3 share of service": (0.047, 0.10, None),
    "P3b wait 3 at stake": (-20.3, 4.0, None),
    "P4 extra step": (-3.94, 2.8, 0.75),
    "P4 switch": (-3.91, 3.2, 0.70),
    "P4 repeat": (-5.79, 5.2, 0.70),
    "P7 gap C": (-24.1, 2.0, 0.95),
    "P8 lift E": (7.91, 3.3, 0.95),
    "P9 week of C stage 2": (30.0, 3.0, 0.90),
    "P10 unweighted B": (82.2, 2.0, None),
    "P10 weighted B": (77.6, 3.0, None),
    "P11 ag07 per call": (0.794, 0.05, 0.90),
    "P11 ag07 per issue": (1.163, 0.13, None),
    "P12 ag11 per call": (1.129, 0.06, 0.90),
    "P14 no news": (-8.5, 6.0, 0.95),
    "P15 retention, E": (0.0777, 0.02, 0.95),
    "P15 retention, S": (0.0, 0.02, None),
    "P16 hidden poor A": (0.186, 0.06, None),
}
Found = dict[str, tuple[float, bool]]
# Where each truth stands: journey (or the contacts), family, name of the test.
PAGES: dict[str, tuple[str, str, str]] = {
    "P1 gap A": ("A", "gap", ""),
    "P2 wait 3, per day": ("A", "drivers", "wait:s3->s4"),
    "P4 extra step": ("A", "drivers", "steps"),
    "P4 switch": ("A", "drivers", "switches"),
    "P4 repeat": ("A", "drivers", "repeats"),
    "P7 gap C": ("C", "gap", ""),
    "P8 lift E": ("E", "before_after", "experience"),
    "P9 week of C stage 2": ("C", "change_points", "1"),
    "P11 ag07 per call": ("contacts", "trap", "ag07"),
    "P12 ag11 per call": ("contacts", "slower_but_solves", "ag11"),
    "P14 no news": ("A", "themes", "A no_news"),
    "P15 retention, E": ("A", "commercial", "experience"),
}
# What follows from the plans as well: gaps of segments, the drop of C and the lift of E in other series, retention.
ALSO_PLANTED = {
    *((code, "commercial", "experience") for code in "ABCDE"),
    *((code, "segments", name) for code in "ABCE" for name in ("retail", "business", "silent")),
    *(("B", "gap", ""), ("E", "gap", ""), ("C", "change_points", "5"), ("C", "before_after", "service")),
    *(("E", "change_points", str(place)) for place in range(9)),
}
Stood = set[tuple[str, str, str]]


def main(arguments: list[str] | None = None) -> int:
    """Estimate, print the table, write the JSON."""
    options = _options(arguments)
    values: dict[str, list[float]] = defaultdict(list)
    hits: dict[str, int] = defaultdict(int)
    stood: Counter[tuple[str, str, str]] = Counter()
    wrong: list[str] = []
    for seed, (found, stands) in zip(seeds(options), each(of_seed, seeds(options)), strict=True):
        stood.update(stands)
        wrong += [f"{seed}: {' '.join(key)}" for key in sorted(stands - set(PAGES.values()) - ALSO_PLANTED)]
        for name, (value, hit) in found.items():
            values[name].append(value)
            hits[name] += hit
    rows = [_row(name, values[name], hits[name], stood.get(PAGES.get(name, ("", "", "")))) for name in TRUTHS]
    print(f"{'truth':<24}{'planted':>10}{'mean':>10}{'SD':>9}{'found':>8}{'page':>8}{'wanted':>8}")
    for row in rows:
        wanted = "" if row["wanted"] is None else f"{row['wanted']:.2f}"
        found = "" if row["wanted"] is None else f"{row['found']:.2f}"
        mark = "" if row["ok"] else "  OFF"
        figures = f"{row['planted']:>10.3f}{row['mean']:>10.3f}{row['sd']:>9.3f}"
        page = "" if row["page"] is None else f"{row['page']:.2f}"
        print(f"{row['truth']:<24}{figures}{found:>8}{page:>8}{wanted:>8}{mark}")
    print(f"stood without having been planted, of {options.seeds} worlds: {'; '.join(wrong) or 'nothing'}")
    if options.out:
        Path(options.out).parent.mkdir(parents=True, exist_ok=True)
        Path(options.out).write_text(
            json.dumps({"first": options.first, "rows": rows, "not_planted": wrong}, indent=2) + "\n", "utf-8"
        )
    return int(not all(row["ok"] for row in rows))


def seeds(options: argparse.Namespace) -> range:
    """The seeds asked for."""
    return range(options.first, options.first + options.seeds)


def of_seed(seed: int) -> tuple[Found, Stood]:
    """Every truth's estimate in the worlds of one seed, and every test that stands on a page of them."""
    return estimates(seed), standing_keys(seed)


def standing_keys(seed: int) -> Stood:
    """(journey or contacts, family, name) of what stands on the pages at the end of the year."""
    pages = findings.page_tests(planted(seed)) | {"contacts": _agent_tests(seed)}
    return {(code, test.family, test.name) for code, tests in pages.items() for test in standing(tests)}


def _row(name: str, values: Sequence[float], hits: int, stood: int | None) -> dict:
    planted_value, tolerance, wanted = TRUTHS[name]
    mean, share = float(np.mean(values)), hits / len(values)
    # The tolerance of one seed is about 4 SD: a mean of n seeds may be off by the root of n less, and by half a SD.
    near = abs(mean - planted_value) <= tolerance / np.sqrt(len(values)) + tolerance / 8
    page = None if name not in PAGES else (stood or 0) / len(values)
    ok = bool(near and (wanted is None or min(share, share if page is None else page) >= wanted))
    sd = float(np.std(values, ddof=1)) if len(values) > 1 else 0.0
    return {
        "truth": name, "planted": planted_value, "mean": mean, "sd": sd, "found": share, "page": page,
        "wanted": wanted, "ok": ok,
    }  # fmt: skip


def estimates(seed: int) -> Found:
    """Every truth's estimate in the worlds of one seed, and whether it was found."""
    world = planted(seed)
    by_code = {j.plan.code: j for j in world}
    return {**_gaps(world), **_drivers(by_code["A"]), **_changes(world), **_people(by_code), **_agents(seed)}


def _gaps(world: Sequence[Journeys]) -> Found:
    a, _, c, *_ = findings.gaps(world)
    return {"P1 gap A": (a.gap or 0.0, a.finding), "P7 gap C": (c.gap or 0.0, c.finding)}


def _drivers(journey: Journeys) -> Found:
    items = {item.code: item for item in findings.drivers(journey).records.items}
    wait, stake = items["wait:s3->s4"], items["wait:s3->s4"].at_stake
    return {
        "P2 wait 3, per day": (wait.slope, wait.finding),
        "P3 share of wait 3": (wait.share, True),
        "P3 share of service": (items["service"].share, True),
        "P3b wait 3 at stake": (stake.value if stake else 0.0, True),
        "P4 extra step": (items["steps"].slope, items["steps"].finding),
        "P4 switch": (items["switches"].slope, items["switches"].finding),
        "P4 repeat": (items["repeats"].slope, items["repeats"].finding),
    }


def _changes(world: Sequence[Journeys]) -> Found:
    lift, point = findings.changes(world)[4], findings.change_points(world)[2][1]
    near = point is not None and point.finding and abs(point.place - 30) <= 3
    week = float(point.place) if point else 0.0
    return {"P8 lift E": (lift.change.value or 0.0, lift.finding), "P9 week of C stage 2": (week, near)}


def _people(by_code: dict[str, Journeys]) -> Found:
    a, b = by_code["A"], by_code["B"]
    covered = coverage(b.seen_experience(), b.segments(), b.customer)
    news = findings.themes(list(by_code.values()))[0]
    experience, service = findings.commerce(list(by_code.values())).links
    poor = hidden_poor(run_scores(a.seen_stages()).lowest, a.seen_experience())
    return {
        "P10 unweighted B": (covered.unweighted.value if covered.unweighted else 0.0, True),
        "P10 weighted B": (covered.weighted.value if covered.weighted else 0.0, True),
        "P14 no news": (news.difference.value or 0.0, news.finding),
        "P15 retention, E": (experience.effect.value, experience.finding),
        "P15 retention, S": (service.effect.value, True),
        "P16 hidden poor A": (poor.share or 0.0, True),
    }


def _agents(seed: int) -> Found:
    agents = _agents_of(seed)
    trap, slow = agents["ag07"], agents["ag11"]
    only = [name for name, row in agents.items() if row.finding == "trap"] == ["ag07"]
    return {
        "P11 ag07 per call": (trap.per_call.value, only),
        "P11 ag07 per issue": (trap.per_issue.value, True),
        "P12 ag11 per call": (slow.per_call.value, slow.finding == "slower_but_solves"),
    }


@cache
def _agents_of(seed: int) -> dict[str, AgentHandling]:
    calls = contacts(np.random.default_rng(seed)).handled()
    return {row.agent: row for row in handle_time_traps(calls, FIRST_DAY + timedelta(days=189)).agents}


def _agent_tests(seed: int) -> list[PageTest]:
    return [
        PageTest(kind, name, p, row.finding == kind)
        for name, row in _agents_of(seed).items()
        for kind, p in (("trap", row.p), ("slower_but_solves", row.p_mirror))
    ]


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--first", type=int, default=100, help="first seed")
    parser.add_argument("--out", default="")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    raise SystemExit(main())
