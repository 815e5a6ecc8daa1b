"""A journey through the front door: its programme loaded, its tables imported, its comparison and its page."""

import csv
import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from feedback.actions.imports.run_import import ImportReport, ImportRequest, run_import
from feedback.actions.programmes import load_text
from feedback.actions.refresh_runs import refresh_runs
from feedback.dashboards.comparison import Query, build_comparison
from tests.factories.asking import START

Row = dict[str, Any]
Tables = dict[str, list[Row]]
ORDER = ("customers", "runs", "interactions", "answers", "asks", "commercial")
OWNERS = {"apply": "Sales", "documents": "Back office", "welcome": "Sales"}


def programme(code: str, stages: Sequence[str] = ("apply", "documents"), **more: Any) -> None:
    """Load and publish it: a survey a stage and one about the whole, 0-10.

    scale, owners, journey (its keys), imports and questions (more about the whole) may be given.
    """
    scale, owners = more.get("scale", [0, 10]), more.get("owners", OWNERS)
    surveys = [_survey(f"{code}-{stage}", scale, "this contact", stage) for stage in stages]
    whole = _survey(f"{code}-e2e", scale, "the whole of it")
    whole["questions"] += more.get("questions", [])
    document = {
        "journey": {"code": code, "name": f"The journey {code}", "headline": "overall", **more.get("journey", {})},
        "stages": [{"code": stage, "name": stage.title(), "owner": owners[stage]} for stage in stages],
        "surveys": [*surveys, whole],
        **({"imports": more["imports"]} if "imports" in more else {}),
    }
    load_text(json.dumps(document), publish=True)


def _survey(code: str, scale: Sequence[int], about: str, stage: str = "") -> Row:
    text = f"Overall, how satisfied were you with {{{about}}}?"
    question = {"code": "overall", "kind": "scale", "metric": "rating", "scale": list(scale), "text": text}
    found = {"code": code, "kind": "touchpoint" if stage else "end_to_end", "headline": "overall"}
    return {**found, "questions": [question], **({"stage": stage} if stage else {})}


def trips(code: str, number: int, **each: Any) -> Tables:
    """So many customers with a run each.

    service: {stage: value}, whole, segment, customer, attributes (attr.* of runs): a value, or a function of the
    place. first: place of the first. Runs begin an hour apart and take three days.
    """
    found: Tables = {"customers": [], "runs": [], "answers": []}
    for n in range(each.get("first", 0), each.get("first", 0) + number):
        fact = {name: value(n) if callable(value) else value for name, value in each.items()}
        customer, run = fact.get("customer", f"{code}-{n}"), f"{code}-run-{n}"
        began = START + timedelta(hours=n)
        place = {"customer": customer, "journey": code, "run": run}
        found["customers"].append({"customer": customer, "segment": fact.get("segment", "")})
        ended = began + timedelta(days=3)
        attributes = {f"attr.{name}": value for name, value in fact.get("attributes", {}).items()}
        found["runs"].append({**place, "started_at": began, "ended_at": ended, "outcome": "completed", **attributes})
        answers = [*fact.get("service", {}).items(), *([("", fact["whole"])] if fact.get("whole") is not None else [])]
        found["answers"] += [answer(code, customer, run, stage, value, ended) for stage, value in answers]
    found["customers"] = list({row["customer"]: row for row in found["customers"]}.values())
    return found


def answer(code: str, customer: str, run: str, stage: str, value: float | str, ended: datetime) -> Row:
    """One row of the table of answers, given an hour after the run ended; stage "": about the whole."""
    return {
        "customer": customer,
        "journey": code,
        "run": run,
        "stage": stage,
        "survey": f"{code}-{stage or 'e2e'}",
        "question": "overall",
        "value": value,
        "answered_at": ended + timedelta(hours=1),
    }


def take_in(folder: Path, tables: Tables) -> dict[str, ImportReport]:
    """Import the tables in their order."""
    kinds = [kind for kind in ORDER if tables.get(kind)]
    return {kind: take_table(folder, kind, tables[kind]) for kind in kinds}


def take_table(folder: Path, kind: str, rows: Sequence[Row], **request: Any) -> ImportReport:
    """Import one table."""
    path = folder / f"{kind}.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(dict.fromkeys(name for row in rows for name in row)))
        writer.writeheader()
        writer.writerows(rows)
    return run_import(ImportRequest(kind=kind, path=path, **request))


def compared(code: str, folder: Path, tables: Tables, **query: Any) -> Row:
    """Import tables that are all taken, and compare, all rows being current."""
    reports = take_in(folder, tables)
    assert {kind: report.refused for kind, report in reports.items()} == dict.fromkeys(reports, 0)
    refresh_runs()
    return build_comparison(Query(code, **query))
