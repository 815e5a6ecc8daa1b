"""The main job at size: 1,000 customers, 3 stages and the whole each, both channels, answers over HTTP, exact.

Run by itself: python -m benchmarks live [-- --customers 1000]. Ends with 1 where the comparison is not as planted.
"""

import argparse
import json
import os
import platform
import sys
import time
from pathlib import Path
from typing import Any

from benchmarks.installation import Stage, installation

SLOW = True  # minutes
MOST = 1_500


def main(argv: list[str] | None = None) -> dict[str, Any]:
    """Play, print the table, write the JSON; SystemExit(1) where the figures are not those of the answers."""
    options = _options(argv)
    began = time.monotonic()
    with installation() as stage:
        report = _play(stage, options.customers)
    report["wall_s"] = round(time.monotonic() - began, 1)
    _print(report)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    if not report["exact"]:
        raise SystemExit(1)
    return report


def _options(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=1_000, help=f"up to {MOST}")
    parser.add_argument("--out", type=Path, default=Path("var/bench/live.json"))
    options = parser.parse_args(argv)
    if not 5 <= options.customers <= MOST:
        parser.error(f"give 5 to {MOST} customers: fewer are never shown, and more have no fictional number")
    return options


def _play(stage: Stage, customers: int) -> dict[str, Any]:
    """Play the plain story; what was measured, and how long each part took."""
    from cxsurvey.demo.play import Place, play
    from tests.e2e.story import STORY

    load = os.getloadavg()
    cpu = {name: _cpu_seconds(pid) for name, pid in stage.processes.items()}
    played = play(STORY, customers, Place(stage.address, stage.inbox, "live", print))
    used = {name: round(_cpu_seconds(pid) - cpu[name], 1) for name, pid in stage.processes.items()}
    seconds = played.seconds
    return {
        "benchmark": "live", "customers": customers, "invitations": played.invitations,
        "seconds": {name: round(value, 2) for name, value in seconds.items()},
        "invitations_per_s": round(played.invitations / seconds["send"], 1),
        "submissions_per_s": round(played.invitations / seconds["answer"], 1),
        "channels": _channels(), "responses": _responses(),
        "planted": dict(played.planted), "measured": _figures(played.measured), "exact": _is_exact(played),
        "cpu_s": used, "load_before": load, "cores": os.cpu_count(), "python": platform.python_version(),
    }  # fmt: skip


def _is_exact(played: Any) -> bool:
    """The figures, and nothing lost on the way: one response for each of the four asks of every customer."""
    return bool(played.exact and played.invitations == _responses() == 4 * played.planted["n_pairs"])


def _figures(value: Any) -> dict[str, float]:
    return {
        "service": value["service"]["score"], "experience": value["experience"]["score"],
        "gap": value["gap"]["gap"], "n_pairs": value["gap"]["n_pairs"],
    }  # fmt: skip


def _channels() -> dict[str, int]:
    """Messages that have left, by channel and state."""
    from django.db.models import Count

    from surveys.models import Delivery

    rows = Delivery.objects.values_list("channel", "state").annotate(n=Count("pk")).order_by("channel", "state")
    return {f"{channel} {state}": n for channel, state, n in rows}


def _responses() -> int:
    from feedback.models import Response

    return Response.objects.count()


def _cpu_seconds(pid: int) -> float:
    """CPU time of a process, its children, and those of them that have ended."""
    family = [pid, *map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())]
    fields = [Path(f"/proc/{each}/stat").read_text().rpartition(")")[2].split() for each in family]
    ended = int(fields[0][13]) + int(fields[0][14])
    return (ended + sum(int(each[11]) + int(each[12]) for each in fields)) / os.sysconf("SC_CLK_TCK")


def _print(report: dict[str, Any]) -> None:
    write = sys.stdout.write
    for name, value in report["seconds"].items():
        write(f"{name:<20}{value:>10.1f} s\n")
    write(f"{'whole run':<20}{report['wall_s']:>10.1f} s\n")
    write(
        f"{'invitations':<20}{report['invitations']:>10} {report['invitations_per_s']:>9.1f}/s  {report['channels']}\n"
    )
    write(f"{'submissions':<20}{report['responses']:>10} {report['submissions_per_s']:>9.1f}/s  (page and post each)\n")
    write(f"{'CPU seconds':<20}{report['cpu_s']}\n")
    write(f"planted  {report['planted']}\nmeasured {report['measured']}\nexact: {report['exact']}\n")


if __name__ == "__main__":
    main()
