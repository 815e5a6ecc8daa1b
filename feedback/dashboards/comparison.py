"""The comparison of service with experience for one journey: the one value that every view renders (contract 4)."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from feedback.dashboards import coverage, doubts, headline, parts, standing, words
from feedback.dashboards.addition import Addition, Part
from feedback.dashboards.apart import apart_part
from feedback.dashboards.asking import asking_part
from feedback.dashboards.between import between_part
from feedback.dashboards.bond import bond_part
from feedback.dashboards.contacts import contacts_part
from feedback.dashboards.context import Context, UnknownJourney, context_of
from feedback.dashboards.contrast import contrast_part
from feedback.dashboards.explain import explain_part
from feedback.dashboards.feelings import feelings_part
from feedback.dashboards.given_up import given_up_part
from feedback.dashboards.length import length_part
from feedback.dashboards.load import load_part
from feedback.dashboards.mix import mix_part
from feedback.dashboards.nameless import nameless_part
from feedback.dashboards.needed import needed_part
from feedback.dashboards.phases import phases_part
from feedback.dashboards.priorities import priorities_part
from feedback.dashboards.quality import quality_part
from feedback.dashboards.query import Query
from feedback.dashboards.recent import recent_part
from feedback.dashboards.register import register_part
from feedback.dashboards.response import response_part
from feedback.dashboards.scope import scope_part
from feedback.dashboards.segments import segment_findings, segment_values
from feedback.dashboards.standing import Verdict
from feedback.dashboards.time import time_part
from feedback.dashboards.value import commercial_part, scorecard_part
from feedback.insights.suppression import too_few
from feedback.insights.versions import FORMULA_VERSION
from feedback.queries.asks import asked_by_stage
from feedback.queries.comments import sentiment_counts

__all__ = ["Addition", "Query", "Tell", "UnknownJourney", "build_comparison"]

Value = dict[str, Any]

PARTS: tuple[Part, ...] = (explain_part, contacts_part, coverage.coverage_part, time_part, commercial_part)
# Percent of the computing at which reading, comparing and each part begin, as measured with 100,000 runs.
COMPARING, BEGIN = 8, (18, 34, 57, 79, 88)
# Percent of the whole at which the verdict (all of it once more, without the open month) and the rest begin.
VERDICT, REST = 48, 92
# These describe; none has a test that a finding could come of.
DESCRIBED: tuple[Part, ...] = (
    nameless_part,
    mix_part,
    feelings_part,
    response_part,
    scope_part,
    asking_part,
    register_part,
    needed_part,
    quality_part,
    load_part,
    priorities_part,
    between_part,
    recent_part,
    length_part,
    given_up_part,
    phases_part,
    apart_part,
    bond_part,
    scorecard_part,
    contrast_part,
)


Tell = Callable[[int, str], None]


def build_comparison(query: Query, now: datetime | None = None, tell: Tell | None = None) -> Value:
    """Service held against experience, as plain values ready for JSON; raises UnknownJourney.

    `tell` hears how far it is: percent, and in words what is being done.
    """
    tell, now = tell or _silent, now or timezone.now()
    tell(1, _("reading the journeys"))
    context = context_of(query)
    value = _computed(context, now, _within(tell, 0, VERDICT))
    standing.mark(value, _verdict(context, value, now, _within(tell, VERDICT, REST)))
    value["sentence"] = words.hidden_sentence() if context.hidden else words.gap_sentence(value)
    for done, part in enumerate(DESCRIBED):
        tell(REST + (100 - REST) * done // len(DESCRIBED), _("describing the rest"))
        value = _with(value, part(context, value))
    return value


def _within(tell: Tell, low: int, high: int) -> Tell:
    """Tell of a step from 0 to 100 as of a part of the whole."""
    return lambda percent, note: tell(low + (high - low) * percent // 100, note)


def _computed(context: Context, now: datetime, tell: Tell) -> Value:
    """Every number and the findings of each family by itself."""
    tell(COMPARING, _("comparing service with experience"))
    value = _header(context, now) | _empty() | _measured(context)
    value["findings"] = [] if context.judging else words.findings(value)
    notes = (
        _("explaining what goes with it"),
        _("following contacts until they are solved"),
        _("counting who was asked and who was heard"),
        _("following waits, trends and changes"),
        _("holding it against what customers did later"),
    )
    for part, begin, note in zip(PARTS, BEGIN, notes, strict=True):
        tell(begin, note)
        value = _with(value, part(context, value))
    # The cause comes before where it is.
    return _with(value, Addition(findings=segment_findings(value)))


def _with(value: Value, addition: Addition) -> Value:
    """The value with what a part adds: keys of its own, and entries of the shared lists."""
    shared = {name: value[name] + getattr(addition, name) for name in ("findings", "warnings", "suppressed")}
    return value | addition.values | shared


def _verdict(context: Context, value: Value, now: datetime, tell: Tell) -> Verdict:
    """Judged on closed months: computed once more without what this month brought, where it brought anything.

    Before closed months hold enough for a test there is nothing else to go by than all there is.
    """
    until = standing.closed_month(context.query, now)
    if until is None or not _goes_on(context, value, until):
        return standing.verdict(value, until or context.query.end)
    tell(0, _("reading the closed months"))
    found = standing.verdict(_computed(context.judged_before(until), now, tell), until)
    return found if found.tests else standing.verdict(value)


def _goes_on(context: Context, value: Value, until: datetime) -> bool:
    """Whether any run or contact is of later than that."""
    runs = context.history.between(max(filter(None, (context.query.start, until))), context.query.end)
    handled = value["handle_time"]
    return len(runs) > 0 or bool(handled and datetime.fromisoformat(handled["data_end"]) > until)


def _silent(_percent: int, _note: str) -> None:
    """Nobody listens."""


def _header(context: Context, now: datetime) -> Value:
    query = context.query
    return {
        "journey": context.definition.code,
        "name": context.definition.name,
        "owner": context.definition.owner,
        "window": _window(context),
        "filters": {"segments": dict(query.segments), "by": query.by or None, "weighted": query.weighted},
        "formula_version": FORMULA_VERSION,
        "generated_at": now.isoformat(),
        "hidden": context.hidden,
    }


def _window(context: Context) -> Value:
    """As moved to where no two windows differ by too few people; asked: where that is not what was asked for."""
    query, asked = context.query, context.asked
    found: Value = {"from": _iso(query.start), "to": _iso(query.end), "asked": None, "sentence": ""}
    if asked.window == query.window:
        return found
    return found | {
        "asked": {"from": _iso(asked.start), "to": _iso(asked.end)},
        "sentence": "" if context.hidden else words.window_sentence(asked.window, query.window),
    }


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _measured(context: Context) -> Value:
    """What answers, contacts and asks hold without a model."""
    definition, table = context.definition, context.table
    suppressed: list[Value] = []
    asked = asked_by_stage(definition.journey_id, context.query.window)
    if context.hidden:
        suppressed.append({"cell": "filters" if context.query.segments else "window", "reason": too_few()})
    scores = headline.scores(context, suppressed)
    blocked = doubts.blocks_finding(scores["warnings"], definition)
    found: Value = scores | {
        "stages": parts.stage_values(definition, table, asked, context.told.untold, suppressed),
        "text": {"sentiment": {}, "themes": []},
        "segments": segment_values(context, blocked, suppressed),
        "suppressed": suppressed,
    }
    return found if context.judging else found | _described(context, suppressed)


def _described(context: Context, suppressed: list[Value]) -> Value:
    """What holds no test."""
    definition, table = context.definition, context.table
    return {
        "nps": parts.nps_value(definition, table, context.told.untold),
        "csat": parts.csat_values(definition, table, context.told.untold),
        "ces": parts.ces_values(definition, table, context.told.untold),
        "transitions": parts.transition_values(definition, table, suppressed),
        "coverage": coverage.coverage_value(context),
        "exclusions": _exclusions(context),
        "text": {"sentiment": sentiment_counts(context.run_ids), "themes": []},
    }


def _exclusions(context: Context) -> list[Value]:
    table = context.table
    former = sum(len(table.rating(question.key)[0]) for question in context.definition.former_headlines)
    counts = {"bad_time": table.bad_times, "late": table.late_answers, "former_question": former}
    found = [{"reason": reason, "n": n} for reason, n in counts.items()]
    return [item for item in found if item["n"]]


def _empty() -> Value:
    """Keys of the contract that a part fills where it can; empty, never invented."""
    empty: Value = dict.fromkeys(("fcr", "avoidable", "drivers", "handle_time", "commercial", "peak_end", "nps"))
    names = ("before_after", "outcomes", "trends", "csat", "ces", "transitions", "exclusions")
    lists: Value = {key: [] for key in names}
    return empty | lists | {"scorecard": {}, "alerts": {}, "coverage": {}}
