"""`python -m tests.chaos [NAME …] [--n N] [--fast] [--broker …]`: breaks whole installations, prints the verdict.

Each scenario runs in a process of its own with servers of its own. Ends with 1 where anything was lost or doubled, or
where more or less is unknown than the deaths inside the window and the faults after acceptance explain.
"""

import argparse
import importlib
import json
import pkgutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from cxsurvey.processes.spawn import die_with_parent
from cxsurvey.processes.state import PROJECT
from tests.chaos import rabbit, scenarios
from tests.chaos.dispatching import Report

OUT = PROJECT / "var" / "bench" / "chaos"


def main(argv: Sequence[str] | None = None) -> int:
    """Run those named (default: all), each on every broker that it knows; 0 when all is as demanded."""
    known = modules()
    options = _options(argv, known)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    die_with_parent()
    if options.inside:
        return run_inside(options.names[0], options.n, options.broker, options.out)
    reports = []
    for name in options.names or known:
        for broker in _brokers(module_of(name), options.broker):
            reports.append(_run_apart(name, broker, options))
            print(_told(reports[-1]), flush=True)
    return _conclude(reports)


def modules() -> dict[str, str]:
    """Short name ("a1") -> name of its module."""
    found = sorted(each.name for each in pkgutil.iter_modules(scenarios.__path__))
    return {name.partition("_")[0]: name for name in found}


def module_of(name: str) -> Any:
    return importlib.import_module(f"tests.chaos.scenarios.{modules()[name]}")


def run_inside(name: str, n: int, broker: str, out: Path) -> int:
    """Run one here and write its report."""
    began = time.monotonic()
    report: Report = module_of(name).run(n, broker)
    report.seconds = round(time.monotonic() - began, 1)
    out.mkdir(parents=True, exist_ok=True)
    told = asdict(report) | {"broker": broker, "line": report.line()}
    _file(out, name, broker).write_text(json.dumps(told, indent=2, default=str) + "\n", encoding="utf-8")
    return int(bool(report.trouble))


def _run_apart(name: str, broker: str, options: argparse.Namespace) -> dict[str, Any]:
    """One in a process of its own; what it wrote, or that it wrote nothing."""
    module = module_of(name)
    n = options.n or (module.FAST if options.fast else module.FULL)
    path = _file(options.out, name, broker)
    path.unlink(missing_ok=True)
    if broker == "rabbitmq" and not rabbit.is_installed():
        return _empty(name, broker, n) | {"skipped": "RabbitMQ is not installed: apt-get install rabbitmq-server"}
    command = [sys.executable, "-m", "tests.chaos", name, "--inside", "--n", str(n), "--broker", broker]
    subprocess.run([*command, "--out", str(options.out)], cwd=PROJECT, check=False)
    if path.exists():
        told: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return told
    return _empty(name, broker, n) | {"trouble": {"ended": "without a report"}}


def _empty(name: str, broker: str, n: int) -> dict[str, Any]:
    return asdict(Report(name, n)) | {"broker": broker}


def _told(report: dict[str, Any]) -> str:
    end = "skipped: " + report["skipped"] if report["skipped"] else "TROUBLE" if report["trouble"] else "ok"
    words = (
        f"{report['name']:<4}{report['broker']:<9} n={report['n']:<7}{_line(report)}  {report['seconds']:.0f} s  {end}"
    )
    more = [f"      {name}: {value}" for name, value in {**report["figures"], **report["trouble"]}.items()]
    return "\n".join([words, *more])


def _line(report: dict[str, Any]) -> str:
    names = ("lost", "doubled", "unknown", "window_kills", "injected")
    return Report("", 0, *(report[name] for name in names)).line()


def _conclude(reports: list[dict[str, Any]]) -> int:
    names = ("lost", "doubled", "unknown", "window_kills", "injected")
    total = {name: sum(report[name] for report in reports) for name in names}
    print(f"\n{_line(total)}")
    bad = [f"{report['name']} ({report['broker']})" for report in reports if report["trouble"]]
    if bad:
        print("Not as demanded: " + ", ".join(bad), file=sys.stderr)
    return int(bool(bad))


def _brokers(module: Any, wanted: str) -> tuple[str, ...]:
    return tuple(each for each in module.BROKERS if wanted in ("", each))


def _file(out: Path, name: str, broker: str) -> Path:
    return out / f"{name}-{broker}.json"


def _options(argv: Sequence[str] | None, known: dict[str, str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(known)}")
    parser.add_argument("--n", type=int, default=0, help="size, in the scenario's own unit")
    parser.add_argument("--fast", action="store_true", help="the sizes of the test suite")
    parser.add_argument("--broker", choices=("", "redis", "rabbitmq"), default="", help="only on this one")
    parser.add_argument("--out", type=Path, default=OUT, help="folder of the reports")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args(argv)
    if unknown := sorted(set(options.names) - set(known)):
        parser.error(f"There is no scenario {', '.join(unknown)}: choose from {', '.join(known)}.")
    return options


if __name__ == "__main__":
    sys.exit(main())
