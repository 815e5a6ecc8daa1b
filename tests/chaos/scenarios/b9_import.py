"""B9: one table taken in twice at once, one of them killed in the middle and begun again: each row is there once."""

import csv
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from cxsurvey.processes.state import PROJECT
from tests.chaos.dispatching import Report
from tests.chaos.house import house, wait_until

FAST, FULL = 2_000, 50_000
BROKERS = ("redis",)
BAD = 7  # rows without a usable address


def run(n: int, broker: str) -> Report:
    """Customers by their ids; those that cannot be taken are reported once each, by every run that reaches them."""
    report = Report("b9", n)
    with house(broker) as stage:
        table = _table(stage.home / "people.csv", n)
        first, second = (_import(table, stage.home / f"refused{number}.csv") for number in (1, 2))
        wait_until(lambda: _count() > n // 4, 300, 0.05)
        os.kill(second.pid, signal.SIGKILL)
        second.wait()
        report.figures["there_when_it_died"] = _count()
        began = time.monotonic()
        codes = [first.wait(1_200), _import(table, stage.home / "refused3.csv").wait(1_200)]
        report.figures["seconds_to_the_end"] = round(time.monotonic() - began, 1)
        report.demand("ended_with", codes, [3, 3])  # some rows refused
        report.demand("customers", _count(), n - BAD)
        report.demand("refused_rows_reported", [_lines(stage.home / f"refused{k}.csv") for k in (1, 3)], [BAD, BAD])
        report.lost, report.doubled = max(0, n - BAD - _count()), max(0, _count() - (n - BAD))
    return report


def _table(path: Path, n: int) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["customer", "email", "consent_email"])
        for number in range(n):
            bad = number % max(1, n // BAD) == 0 and number // max(1, n // BAD) < BAD
            rows.writerow([f"P{number}", "nobody at home" if bad else f"p{number}@example.org", "yes"])
    return path


def _import(table: Path, refused: Path) -> "subprocess.Popen[bytes]":
    program = [sys.executable, "manage.py", "import_table", "customers", str(table), "--report", str(refused)]
    return subprocess.Popen(program, cwd=PROJECT, env=os.environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _count() -> int:
    from surveys.models import Customer

    return Customer.objects.filter(external_id__startswith="P").count()


def _lines(path: Path) -> int:
    """Rows of a report below its heading."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return max(0, len(list(csv.reader(file))) - 1)
