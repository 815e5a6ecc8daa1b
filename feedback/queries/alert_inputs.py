"""What alert rules are judged by: the runs of the last weeks with their facts, a batch at a time."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from django.db.models import Q

from feedback.insights.alerts import AlertFacts
from feedback.insights.calls import HandledContact, chains
from feedback.insights.scores import Scale, pomp
from feedback.models import FollowUp, FreeText, RunScore
from feedback.queries.journey_definition import JourneyDefinition
from feedback.themes.keywords import concern_words
from surveys.enums import Metric, RunOutcome
from surveys.models import Department, Interaction

# Older answers are no news to anybody; a run that goes on is watched longer.
FRESH, WATCHED, RECOMPUTED = timedelta(days=30), timedelta(days=90), timedelta(days=7)
CHAIN_BACK = timedelta(days=60)
BATCH = 1_000
DAY_SECONDS = 86_400.0


@dataclass(frozen=True, slots=True)
class Watched:
    """One run with what is known of it."""

    run: int
    facts: AlertFacts


def journeys_to_watch(now: datetime) -> list[str]:
    """Codes of the journeys with runs that may need somebody."""
    return list(_fresh(now).order_by("journey__code").values_list("journey__code", flat=True).distinct())


def watched_runs(definition: JourneyDefinition, now: datetime) -> Iterator[list[Watched]]:
    """Its fresh runs in batches, each in three queries."""
    after = 0
    while rows := list(_fresh(now).filter(journey_id=definition.journey_id, pk__gt=after).order_by("pk")[:BATCH]):
        after = rows[-1].pk
        yield _facts(rows, definition, now)


def owners_by_place(definition: JourneyDefinition) -> dict[tuple[str, str], int]:
    """The departments of a journey: ("stage", code), ("transition", key), ("journey", "") -> id, where it has one."""
    names = {("stage", stage.code): stage.owner for stage in definition.stages} | {("journey", ""): definition.owner}
    names |= {("transition", transition.key): transition.owner for transition in definition.transitions}
    ids = dict(Department.objects.filter(name__in={name for name in names.values() if name}).values_list("name", "pk"))
    return {place: ids[name] for place, name in names.items() if name in ids}


def raised_before(run_ids: Sequence[int]) -> set[tuple[int, str]]:
    """(run, rule) of every follow-up of these runs, closed ones too: what was dealt with is not raised again."""
    return set(FollowUp.objects.filter(run_id__in=run_ids).values_list("run_id", "rule"))


def _fresh(now: datetime) -> Any:
    over = Q(at__gte=now - FRESH, computed_at__gte=now - RECOMPUTED)
    return RunScore.objects.filter(over | Q(outcome=RunOutcome.OPEN, at__gte=now - WATCHED))


def _facts(rows: Sequence[RunScore], definition: JourneyDefinition, now: datetime) -> list[Watched]:
    positions, concerns = _positions(rows), _concerns(rows)
    scales = {q.key: (q.metric, q.scale) for q in definition.questions if q.scale}
    promised = {t.key: t.promised_days for t in definition.transitions if t.promised_days is not None}
    service = {stage.code for stage in definition.service_stages}
    found = []
    for row in rows:
        facts = AlertFacts(
            nps=_lowest(row, scales, Metric.NPS),
            csat=_lowest(row, scales, Metric.CSAT),
            ces=_lowest(row, scales, Metric.CES),
            experience=row.experience,
            stages={code: sum(v) / len(v) for code, v in row.stage_scores.items() if v and code in service},
            waits=_waits(row, definition, now),
            promised=promised,
            contacts=positions.get(row.pk, 0),
            concern=row.pk in concerns,
        )
        found.append(Watched(row.pk, facts))
    return found


def _lowest(row: RunScore, scales: Mapping[str, tuple[str, Scale | None]], metric: Metric) -> float | None:
    """The lowest answer of a metric: NPS raw, others 0-100."""
    values: list[float] = []
    for key, given in row.ratings.items():
        of, scale = scales.get(key, ("", None))
        if of == metric and scale is not None:
            values += given if metric == Metric.NPS else [float(v) for v in pomp(given, scale) if np.isfinite(v)]
    return min(values, default=None)


def _waits(row: RunScore, definition: JourneyDefinition, now: datetime) -> dict[str, float]:
    """Waits in days; of a run that goes on also the one that it is in."""
    if row.outcome != RunOutcome.OPEN:
        return dict(row.waits)
    last = last_stage(row.waits, definition)
    going = next((t.key for t in definition.transitions if t.source == last), None)
    return {**row.waits, **({going: (now - row.at).total_seconds() / DAY_SECONDS} if going else {})}


def last_stage(waits: Mapping[str, float], definition: JourneyDefinition) -> str | None:
    """The stage that a run has reached: the end of its last passage; without any, the first stage that it can enter."""
    first = next((t.source for t in definition.transitions), None)
    order = [stage.code for stage in definition.stages]
    reached = [key.split("->")[1] for key in waits]
    return max((code for code in reached if code in order), key=order.index, default=first)


def _positions(rows: Sequence[RunScore]) -> dict[int, int]:
    """The highest place of each run's contacts in their chains (3: the third contact about one thing)."""
    if not rows:
        return {}
    since = min(row.at for row in rows) - CHAIN_BACK
    people = {row.customer_id for row in rows}
    contacts = Interaction.objects.filter(customer_id__in=people, started_at__gte=since).exclude(reason="")
    values = contacts.order_by("started_at", "reference").values_list(
        "customer_id", "reason", "run_id", "started_at", "ended_at"
    )
    found: dict[int, int] = defaultdict(int)
    handled = [HandledContact(who, why, str(run or ""), start, end, 0.0) for who, why, run, start, end in values]
    for chain in chains(handled):
        for place, contact in enumerate(chain, start=1):
            if contact.agent:
                found[int(contact.agent)] = max(found[int(contact.agent)], place)
    return found


def _concerns(rows: Sequence[RunScore]) -> set[int]:
    """Runs with a comment that speaks of danger, harm or law."""
    texts = FreeText.objects.filter(answer__run_id__in=[row.pk for row in rows])
    values = texts.values_list("answer__run_id", "text", "language")
    return {run for run, text, language in values if run and concern_words(text, (language or "en").split("-")[0])}
