"""Reads of the way that runs take: their passages through stages, and waits that outlast what was promised."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import OuterRef, Subquery

from surveys.enums import RunOutcome
from surveys.models import JourneyRun, Rule, Stage, StageVisit, Transition

MANY = 500


@dataclass(frozen=True)
class Wait:
    """An open run that has waited behind `stage` for `to` longer than promised, since then."""

    run: JourneyRun
    stage: Stage
    to: str
    since: datetime


def visits_of(runs: Collection[int]) -> dict[int, list[StageVisit]]:
    """The passages of these runs in their order, with their stages."""
    found: dict[int, list[StageVisit]] = defaultdict(list)
    for visit in StageVisit.objects.filter(run__in=runs).select_related("stage").order_by("run_id", "order"):
        found[visit.run_id].append(visit)
    return dict(found)


def overdue_waits(rule: Rule, now: datetime) -> Iterator[Wait]:
    """Runs whose last contact was at the rule's stage and whose promise ran out within the rule's max_age.

    A rule may name the stage that is waited for, and how many times the promise must have gone by.
    """
    promises = _promises(rule)
    if not promises:
        return
    times = float(rule.conditions.get("times", 1.0))
    days = [(each.promised_days or 0.0) * times for each in promises.values()]
    shortest, longest = timedelta(days=min(days)), timedelta(days=max(days))
    last = StageVisit.objects.filter(run=OuterRef("pk")).order_by("-order")
    runs = JourneyRun.objects.filter(
        journey=rule.survey.journey_id,
        outcome=RunOutcome.OPEN,
        imported=False,
        last_event_at__lte=now - shortest,
        last_event_at__gte=now - longest - rule.max_age,
    ).annotate(last_stage=Subquery(last.values("stage_id")[:1]), left_at=Subquery(last.values("left_at")[:1]))
    waiting = runs.filter(last_stage__in=promises).select_related("customer").order_by("pk")
    for run in waiting.iterator(chunk_size=MANY):
        promise = promises[run.last_stage]
        since = run.left_at + timedelta(days=(promise.promised_days or 0) * times)
        if now - rule.max_age <= since <= now:
            yield Wait(run, promise.from_stage, promise.to_stage.code, since)


def _promises(rule: Rule) -> dict[int, Transition]:
    """By the stage that is left, in whichever version of the journey: the first passage out of it with a promise."""
    rows = Transition.objects.filter(
        version__journey=rule.survey.journey_id,
        promised_days__isnull=False,
        from_stage__code=rule.conditions.get("stage") or rule.survey.stage_code,
    )
    if rule.conditions.get("to_stage"):
        rows = rows.filter(to_stage__code=rule.conditions["to_stage"])
    found: dict[int, Transition] = {}
    for row in rows.select_related("from_stage", "to_stage").order_by("to_stage__order"):
        found.setdefault(row.from_stage_id, row)
    return found
