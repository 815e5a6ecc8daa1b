"""False findings in 200 worlds without anything in them: per family, and on pages as a whole over 12 monthly looks.

`python -m benchmarks.null_worlds [--seeds 200] [--pages 200] [--first 10000] [--out FILE]`; 1 when a limit is passed.
A page is a journey's page, so that a world has five; --pages counts worlds looked at month by month, per kind of world.
"""

import argparse
import json
from collections import Counter
from datetime import timedelta
from pathlib import Path

import numpy as np

from benchmarks.cores import each
from feedback.insights.trap import handle_time_traps
from feedback.worlds.contacts import FIRST_DAY, contacts
from feedback.worlds.findings import FAMILIES, page_findings
from feedback.worlds.world import NULL_WORLDS, empty_of_effects

Row = dict[str, str | int | float]


def main(arguments: list[str] | None = None) -> int:
    """Count, print the table, write the JSON."""
    options = _options(arguments)
    seeds = range(options.first, options.first + options.seeds)
    rows = [row for kind in NULL_WORLDS for row in _families(seeds, kind)]
    rows.append(_row("null", "handle_time", len(seeds), sum(each(_any_trap, seeds))))
    if options.pages:
        looked_at = range(options.first, options.first + options.pages)
        rows += [_pages(looked_at, kind) for kind in NULL_WORLDS]
    print(f"{'world':<18}{'family':<16}{'tried':>8}{'with any':>10}{'share':>8}{'limit':>8}")
    for row in rows:
        mark = "  OVER" if _over(row) else ""
        name = f"{row['world']:<18}{row['family']:<16}"
        share = float(row["found"]) / float(row["worlds"])
        print(f"{name}{row['worlds']:>8}{row['found']:>10}{share:>8.3f}{row['limit']:>8.3f}{mark}")
    if options.out:
        Path(options.out).parent.mkdir(parents=True, exist_ok=True)
        Path(options.out).write_text(json.dumps({"first": options.first, "rows": rows}, indent=2) + "\n", "utf-8")
    return int(any(_over(row) for row in rows))


def limit(tried: int) -> float:
    """5 % and what chance may add to it in so many worlds (one-sided 1 %)."""
    return 0.05 + 2.33 * float(np.sqrt(0.05 * 0.95 / tried))


def _over(row: Row) -> bool:
    return float(row["found"]) / float(row["worlds"]) > float(row["limit"])


def _row(world: str, family: str, tried: int, found: int) -> Row:
    return {"world": world, "family": family, "worlds": tried, "found": found, "limit": limit(tried)}


def _families(seeds: range, kind: str) -> list[Row]:
    found = Counter(name for names in each(_families_of, [(seed, kind) for seed in seeds]) for name in names)
    return [_row(kind, name, len(seeds), found[name]) for name in FAMILIES]


def _families_of(job: tuple[int, str]) -> list[str]:
    """The families with a finding in one world."""
    world = empty_of_effects(job[0], kind=job[1])
    return [name for name, finds in FAMILIES.items() if finds(world)]


def _any_trap(seed: int) -> bool:
    calls = contacts(np.random.default_rng(seed), null=True).handled()
    traps = handle_time_traps(calls, FIRST_DAY + timedelta(days=189))
    return any(agent.finding for agent in traps.agents)


def _pages(seeds: range, kind: str) -> Row:
    pages = [families for found in each(_pages_of, [(seed, kind) for seed in seeds]) for families in found]
    print(f"{kind}: families on pages {dict(Counter(name for names in pages for name in names))}", flush=True)
    return _row(kind, "page, 12 looks", len(pages), sum(bool(names) for names in pages))


def _pages_of(job: tuple[int, str]) -> list[list[str]]:
    """The families that stood, by journey's page."""
    return [sorted(names) for names in page_findings(empty_of_effects(job[0], kind=job[1])).values()]


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=200)
    parser.add_argument("--pages", type=int, default=200, help="worlds looked at month by month, five pages each")
    parser.add_argument("--first", type=int, default=10_000, help="first seed")
    parser.add_argument("--out", default="")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    raise SystemExit(main())
