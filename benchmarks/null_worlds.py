"""False findings in 200 worlds without anything in them: per family, and pages as a whole over 12 monthly looks.

`python -m benchmarks.null_worlds [--seeds 200] [--pages 40] [--first 10000] [--out FILE]`; 1 when a limit is passed.
"""

import argparse
import json
from collections import Counter
from datetime import timedelta
from pathlib import Path

import numpy as np

from feedback.insights.trap import handle_time_traps
from feedback.worlds.contacts import FIRST_DAY, contacts
from feedback.worlds.findings import FAMILIES, page_findings
from feedback.worlds.world import NULL_WORLDS, empty_of_effects


def main(arguments: list[str] | None = None) -> int:
    """Count, print the table, write the JSON."""
    options = _options(arguments)
    seeds = range(options.first, options.first + options.seeds)
    rows = [*_families(seeds, "null"), _traps(seeds[: max(1, options.seeds // 3)])]
    for kind in sorted(set(NULL_WORLDS) - {"null"}):
        rows += _families(seeds[: max(1, options.seeds // 4)], kind)
    rows += [_pages(seeds[: options.pages], kind) for kind in NULL_WORLDS] if options.pages else []
    print(f"{'world':<18}{'family':<16}{'worlds':>8}{'with any':>10}{'share':>8}{'limit':>8}")
    for row in rows:
        share, limit = row["found"] / row["worlds"], row["limit"]
        mark = "" if share <= limit else "  OVER"
        name = f"{row['world']:<18}{row['family']:<16}"
        print(f"{name}{row['worlds']:>8}{row['found']:>10}{share:>8.3f}{limit:>8.3f}{mark}")
    if options.out:
        Path(options.out).parent.mkdir(parents=True, exist_ok=True)
        Path(options.out).write_text(json.dumps({"first": options.first, "rows": rows}, indent=2) + "\n", "utf-8")
    return int(any(row["found"] / row["worlds"] > row["limit"] for row in rows))


def limit(worlds: int) -> float:
    """5 % and what chance may add to it in so many worlds (one-sided 1 %)."""
    return 0.05 + 2.33 * float(np.sqrt(0.05 * 0.95 / worlds))


def _row(world: str, family: str, worlds: int, found: int) -> dict:
    return {"world": world, "family": family, "worlds": worlds, "found": found, "limit": limit(worlds)}


def _families(seeds: range, kind: str) -> list[dict]:
    found: Counter[str] = Counter()
    # Weekly shocks are changes of level: the search for change points is not held against them.
    names = [name for name in FAMILIES if kind != "null_shocks" or name != "change_points"]
    for seed in seeds:
        world = empty_of_effects(seed, kind=kind)
        found.update(name for name in names if FAMILIES[name](world))
    return [_row(kind, name, len(seeds), found[name]) for name in names]


def _traps(seeds: range) -> dict:
    found = 0
    for seed in seeds:
        calls = contacts(np.random.default_rng(seed), null=True).handled()
        traps = handle_time_traps(calls, FIRST_DAY + timedelta(days=189))
        found += any(agent.finding == "trap" for agent in traps.agents)
    return _row("null", "handle_time", len(seeds), found)


def _pages(seeds: range, kind: str) -> dict:
    found = [page_findings(empty_of_effects(seed, kind=kind)) for seed in seeds]
    print(f"{kind}: families on pages {dict(Counter(name for names in found for name in names))}", flush=True)
    return _row(kind, "page, 12 looks", len(seeds), sum(bool(names) for names in found))


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=200)
    parser.add_argument("--pages", type=int, default=40, help="worlds looked at month by month")
    parser.add_argument("--first", type=int, default=10_000, help="first seed")
    parser.add_argument("--out", default="")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    raise SystemExit(main())
