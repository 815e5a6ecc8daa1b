"""`python -m benchmarks [NAME …] [-- options]`: runs the quick measurements, or those named, each in its own process.

A measurement is any module of this package with main(); it may take the arguments, may know --out FILE, and returns its
report or an exit code. One that takes minutes says `SLOW = True` and runs only when it is named. Reports are written
below var/bench (or --out FOLDER), one JSON file each.
"""

import argparse
import ast
import importlib
import inspect
import json
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cxsurvey.processes.spawn import die_with_parent

PACKAGE = Path(__file__).resolve().parent
PROJECT = PACKAGE.parent
OUT = PROJECT / "var" / "bench"
MINUTES = frozenset({"null_worlds", "power"})  # slow as well: they count over many seeds


@dataclass(frozen=True)
class Measurement:
    """A module that can be run, and whether it runs unasked."""

    name: str
    slow: bool
    about: str


def main(argv: Sequence[str] | None = None) -> int:
    """Run, then say how each ended; 0 when all went well."""
    given = list(sys.argv[1:] if argv is None else argv)
    own, _separator, options = _split(given)
    arguments = _arguments(own)
    if arguments.inside:
        return run_inside(arguments.inside, options, arguments.out)
    known = {each.name: each for each in measurements()}
    if unknown := sorted(set(arguments.names) - set(known)):
        print(f"There is no measurement {', '.join(unknown)}: choose from {', '.join(known)}.", file=sys.stderr)
        return 2
    if arguments.list:
        print("".join(f"{each.name:<16}{'slow  ' if each.slow else 'quick '}{each.about}\n" for each in known.values()))
        return 0
    chosen = arguments.names or [each.name for each in known.values() if not each.slow]
    return run_all(chosen, options, arguments.out)


def measurements() -> list[Measurement]:
    """Every module here that defines main(), read without importing it: an import may set up Django."""
    found = []
    for path in sorted(PACKAGE.glob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        names = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
        if path.stem != "__main__" and "main" in names:
            about = (ast.get_docstring(tree) or "").partition("\n")[0]
            found.append(Measurement(path.stem, path.stem in MINUTES or _is_slow(tree), about))
    return found


def run_all(names: Sequence[str], options: Sequence[str], out: Path) -> int:
    """One process each, so that none inherits another's settings, servers or caches."""
    results = []
    for name in names:
        print(f"\n=== {name} ===", flush=True)
        began = time.monotonic()
        command = [sys.executable, "-m", "benchmarks", "--inside", name, "--out", str(out), "--", *options]
        code = _wait_for(command)
        results.append((name, code, time.monotonic() - began))
    print(f"\n{'measurement':<20}{'result':<10}{'wall':>8}")
    for name, code, seconds in results:
        print(f"{name:<20}{'ok' if code == 0 else f'FAILED {code}':<10}{seconds:>7.1f}s")
    print(f"Reports: {out}")
    return int(any(code != 0 for _name, code, _seconds in results))


def _wait_for(command: Sequence[str]) -> int:
    """The exit code; a stopped child gets the time to stop what it has started."""
    with subprocess.Popen(command, cwd=PROJECT) as process:
        try:
            return process.wait()
        except KeyboardInterrupt:  # the terminal has told the child as well
            process.wait()
            raise


def run_inside(name: str, options: Sequence[str], out: Path) -> int:
    """Run one here; write its report unless it has done so itself."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that whatever runs is ended
    die_with_parent()
    path = out / f"{name}.json"
    arguments = [*options]
    if own_out := '"--out"' in (PACKAGE / f"{name}.py").read_text(encoding="utf-8"):
        out.mkdir(parents=True, exist_ok=True)
        arguments += [] if "--out" in options else ["--out", str(path)]
    sys.argv = [f"benchmarks.{name}", *arguments]
    function = importlib.import_module(f"benchmarks.{name}").main
    report = function(arguments) if inspect.signature(function).parameters else function()
    if isinstance(report, dict) and not own_out:
        write(path, report)
    return report if isinstance(report, int) else 0


def write(path: Path, report: dict[str, Any]) -> None:
    """Write a report as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(report, indent=2, default=str) + "\n", encoding="utf-8")


def _split(given: list[str]) -> tuple[list[str], bool, list[str]]:
    """Our arguments, and those behind "--" for the measurement."""
    at = given.index("--") if "--" in given else len(given)
    return given[:at], at < len(given), given[at + 1 :]


def _arguments(given: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="which ones (default: every quick one)")
    parser.add_argument("--list", action="store_true", help="show what there is")
    parser.add_argument("--out", type=Path, default=OUT, help="folder of the reports")
    parser.add_argument("--inside", default="", help=argparse.SUPPRESS)
    return parser.parse_args(given)


def _is_slow(tree: ast.Module) -> bool:
    assigned = [node for node in tree.body if isinstance(node, ast.Assign | ast.AnnAssign)]
    targets = [node.targets if isinstance(node, ast.Assign) else [node.target] for node in assigned]
    return any(isinstance(each, ast.Name) and each.id == "SLOW" for group in targets for each in group)


if __name__ == "__main__":
    sys.exit(main())
