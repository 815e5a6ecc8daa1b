"""`manage.py compare JOURNEY`: service held against experience, as text, JSON or a stand-alone HTML page."""

import argparse
import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from feedback.actions.analyse import kept_comparison
from feedback.actions.refresh_runs import refresh_runs
from feedback.actions.score_texts import score_texts
from feedback.dashboards.comparison import Query, UnknownJourney, build_comparison
from feedback.dashboards.html_report import comments_on, html_report
from feedback.dashboards.text_report import text_report
from surveys.models import Journey


def day(text: str) -> date:
    """A calendar day; argparse turns the error into a sentence."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a date: write it as 2026-03-31") from None


def pair(text: str) -> tuple[str, str]:
    """NAME=VALUE."""
    name, sign, value = text.partition("=")
    if not (name and sign and value):
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=VALUE, as in --segment region=north")
    return name, value


class Command(BaseCommand):
    """Print the comparison of one journey."""

    help = "Compare the service at the touchpoints of a journey with the experience of the whole."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options of the contract."""
        parser.add_argument("journey")
        parser.add_argument("--from", dest="start", type=day, help="first day, UTC")
        parser.add_argument("--to", dest="end", type=day, help="last day, UTC, included")
        parser.add_argument("--segment", action="append", type=pair, default=[], metavar="NAME=VALUE")
        parser.add_argument("--by", default="", metavar="ATTR", help="break down by an attribute")
        parser.add_argument("--weighted", action="store_true")
        parser.add_argument("--format", choices=("text", "json", "html"), default="text")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read the comments that wait, bring the run rows up to date, compute, print: what no worker has done yet."""
        score_texts()
        refresh_runs()
        query = Query(
            journey=options["journey"],
            start=_midnight(options["start"]),
            end=_midnight(options["end"], after=True),
            segments=dict(options["segment"]),
            by=options["by"],
            weighted=options["weighted"],
        )
        try:
            value = _computed(query)
        except UnknownJourney:
            known = ", ".join(Journey.objects.values_list("code", flat=True)) or "none yet: load a programme file"
            raise CommandError(f"There is no journey {options['journey']!r}. Known journeys: {known}.") from None
        self.stdout.write(_rendered(options["format"], value, query))


def _computed(query: Query) -> dict[str, Any]:
    """The kept value where nothing has moved since; else computed here, without a worker.

    How far it is shows on a terminal's stderr.
    """
    kept = kept_comparison(query)
    if kept.fresh:
        return kept.value
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("", total=100)
        return build_comparison(query, tell=lambda done, note: progress.update(task, completed=done, description=note))


def _rendered(kind: str, value: dict[str, Any], query: Query) -> str:
    """The value in the format asked for."""
    if kind == "json":
        return json.dumps(value, indent=2)
    if kind == "text":
        return text_report(value)
    return html_report(value, [] if value["hidden"] else comments_on(query.as_shown(value)))


def _midnight(given: date | None, after: bool = False) -> datetime | None:
    if given is None:
        return None
    return datetime.combine(given + timedelta(days=1) if after else given, datetime.min.time(), tzinfo=UTC)
