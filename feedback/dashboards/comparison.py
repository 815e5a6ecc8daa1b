"""The comparison of service with experience for one journey: the one value that every view renders (contract 4)."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from feedback.dashboards import coverage, headline, parts, words
from feedback.dashboards.addition import Addition, Part
from feedback.dashboards.contacts import contacts_part
from feedback.dashboards.context import Context, Query, UnknownJourney, context_of
from feedback.dashboards.explain import explain_part
from feedback.dashboards.time import time_part
from feedback.dashboards.value import value_part
from feedback.insights.suppression import complementary
from feedback.insights.versions import FORMULA_VERSION
from feedback.queries.asks import asked_by_stage
from feedback.queries.comments import sentiment_counts

__all__ = ["Addition", "Query", "UnknownJourney", "build_comparison"]

Value = dict[str, Any]
TOO_FEW = "fewer than 5"

PARTS: tuple[Part, ...] = (explain_part, contacts_part, coverage.coverage_part, time_part, value_part)


Tell = Callable[[int, str], None]


def build_comparison(query: Query, now: datetime | None = None, tell: Tell | None = None) -> Value:
    """Service held against experience, as plain values ready for JSON; raises UnknownJourney.

    `tell` hears how far it is: percent, and in words what is being done.
    """
    tell = tell or _silent
    tell(2, _("reading the journeys"))
    context = context_of(query)
    tell(25, _("comparing service with experience"))
    value = _header(context, now or timezone.now()) | _empty() | _measured(context)
    value["findings"] = words.findings(value)
    value["sentence"] = words.gap_sentence(value)
    for done, part in enumerate(PARTS):
        tell(35 + 60 * done // len(PARTS), _("explaining what goes with it"))
        addition = part(context, value)
        value |= addition.values
        for shared in ("findings", "warnings", "suppressed"):
            value[shared] += getattr(addition, shared)
    return value


def _silent(_percent: int, _note: str) -> None:
    """Nobody listens."""


def _header(context: Context, now: datetime) -> Value:
    query = context.query
    return {
        "journey": context.definition.code,
        "name": context.definition.name,
        "window": {"from": _iso(query.start), "to": _iso(query.end)},
        "filters": {"segments": dict(query.segments), "by": query.by or None, "weighted": query.weighted},
        "formula_version": FORMULA_VERSION,
        "generated_at": now.isoformat(),
    }


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _measured(context: Context) -> Value:
    """What answers, contacts and asks hold without a model."""
    definition, table = context.definition, context.table
    suppressed: list[Value] = []
    asked = asked_by_stage(definition.journey_id, context.query.window)
    return headline.scores(context, suppressed) | {
        "nps": parts.nps_value(definition, table),
        "csat": parts.csat_values(definition, table),
        "ces": parts.ces_values(definition, table),
        "stages": parts.stage_values(definition, table, asked, suppressed),
        "transitions": parts.transition_values(definition, table),
        "coverage": coverage.coverage_value(context),
        "exclusions": _exclusions(context),
        "text": {"sentiment": sentiment_counts(context.run_ids), "themes": []},
        "segments": _segments(context, suppressed),
        "suppressed": suppressed,
    }


def _exclusions(context: Context) -> list[Value]:
    table = context.table
    found = [{"reason": "bad_time", "n": table.bad_times}, {"reason": "late", "n": table.late_answers}]
    return [item for item in found if item["n"]]


def _segments(context: Context, suppressed: list[Value]) -> list[Value]:
    if not context.query.by:
        return []
    values = parts.segment_values(context.definition, context.table, context.runs.service, context.query.by)
    few = [hide or not n for hide, n in _too_few(values, "experience")]
    shown = [value for value, hide in zip(values, few, strict=True) if not hide]
    for value, (hide, _n) in zip(shown, _too_few(shown, "service"), strict=True):
        if hide:
            suppressed.append({"cell": f"{_cell(value)}.service", "reason": TOO_FEW})
            value |= {"service": parts.hidden(value["service"])}
    return [_hidden_segment(value, suppressed) if hide else value for value, hide in zip(values, few, strict=True)]


def _too_few(values: list[Value], what: str) -> list[tuple[bool, int]]:
    """Whether to hide each: those of fewer than 5, and the one by which they could be worked out; with their n."""
    counts = [value[what]["n"] for value in values]
    return list(zip(complementary(counts), counts, strict=True))


def _cell(value: Value) -> str:
    return f"segments.{value['name']}={value['value']}"


def _hidden_segment(value: Value, suppressed: list[Value]) -> Value:
    suppressed.append({"cell": _cell(value), "reason": TOO_FEW})
    return {**dict.fromkeys(value), "name": value["name"], "value": value["value"]}


def _empty() -> Value:
    """Keys of the contract that a part fills where it can; empty, never invented."""
    empty: Value = dict.fromkeys(("fcr", "drivers", "handle_time", "commercial", "peak_end"))
    lists: Value = {key: [] for key in ("before_after", "outcomes", "trends")}
    return empty | lists | {"scorecard": {}, "alerts": {}}
