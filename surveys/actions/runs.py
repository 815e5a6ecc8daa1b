"""Runs of a journey: told from outside, derived from their contacts, ended by rule or by being idle."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Final

from django.db import transaction
from django.db.models import ExpressionWrapper, F, fields

from surveys.actions.decide_events import decide_for_runs
from surveys.enums import RunOutcome
from surveys.models import Interaction, JourneyRun, StageVisit
from surveys.queries.journeys import VersionDef, journey_versions

BATCH: Final = 1_000
RUN_COLUMNS: Final = ("started_at", "ended_at", "last_event_at", "outcome")
Contact = tuple[int, int, datetime, datetime | None]  # run, stage, started, ended
Passage = tuple[int, int, datetime, datetime]  # stage, visit number, entered, left


@transaction.atomic
def derive_runs(run_ids: Iterable[int]) -> list[int]:
    """Compute passages, first and last event and the end of these runs from their contacts; mark them stale.

    Returns the ids of the runs that ended by this. A stage is entered at its first contact's start and left at its
    last contact's end (its start, while no end is known) before the next stage is entered (contract, section 3).
    """
    runs = list(JourneyRun.objects.filter(pk__in=set(run_ids)).select_for_update(no_key=True).order_by("pk"))
    contacts, former = _contacts(runs), _visits(runs)
    versions = journey_versions(run.version_id for run in runs)
    changed: list[JourneyRun] = []
    moved: list[JourneyRun] = []
    ended: list[int] = []
    for run in runs:
        version, was_open = versions[run.version_id], run.outcome == RunOutcome.OPEN
        passages, before = _passages(contacts[run.pk]), _state(run)
        _settle(run, version, contacts[run.pk], passages, _stage_left(former[run.pk], version))
        changed += [run] if passages != former[run.pk] else []
        moved += [run] if _state(run) != before else []
        ended += [run.pk] if was_open and run.outcome != RunOutcome.OPEN else []
    _replace_visits([(run, _passages(contacts[run.pk])) for run in changed])
    JourneyRun.objects.bulk_update(moved, RUN_COLUMNS, batch_size=BATCH)
    JourneyRun.objects.filter(pk__in=[run.pk for run in runs]).update(stale=True)
    return ended


def _state(run: JourneyRun) -> tuple[object, ...]:
    return run.started_at, run.ended_at, run.last_event_at, run.outcome


def end_run(run: JourneyRun, outcome: RunOutcome, at: datetime, *, ask: bool = True) -> bool:
    """End an open run and, unless told otherwise, decide what to ask about it; False where it had ended already."""
    with transaction.atomic():
        moved = JourneyRun.objects.filter(pk=run.pk, outcome=RunOutcome.OPEN, started_at__lte=at).update(
            outcome=outcome, ended_at=at, stale=True
        )
        if moved and ask:
            decide_about_runs([run.pk], at)
    return bool(moved)


def close_idle_runs(now: datetime, *, ask: bool = True, run_ids: Sequence[int] | None = None) -> int:
    """End as abandoned the open runs without an event for the journey's `inactive_days`; how many.

    They end when the patience ran out, not when this job came round. Nobody is asked about imported runs.
    """
    gives_up = ExpressionWrapper(
        F("last_event_at") + F("version__inactive_days") * timedelta(days=1), output_field=fields.DateTimeField()
    )
    idle = JourneyRun.objects.filter(outcome=RunOutcome.OPEN, version__inactive_days__isnull=False)
    if run_ids is not None:
        idle = idle.filter(pk__in=run_ids)
    idle = idle.annotate(gives_up=gives_up).filter(gives_up__lte=now)
    done = 0
    while batch := _close_batch(list(idle.values_list("pk", "gives_up")[:BATCH]), now, ask=ask):
        done += batch
    return done


@transaction.atomic
def _close_batch(idle: Sequence[tuple[int, datetime]], now: datetime, *, ask: bool) -> int:
    """Close these runs where no event came meanwhile."""
    ends = dict(idle)
    runs = JourneyRun.objects.filter(pk__in=ends, outcome=RunOutcome.OPEN).select_related("version")
    closed = []
    for run in runs.select_for_update(of=("self",), no_key=True).order_by("pk"):
        if run.last_event_at + timedelta(days=run.version.inactive_days or 0) == ends[run.pk]:
            run.outcome, run.ended_at, run.stale = RunOutcome.ABANDONED, ends[run.pk], True
            closed.append(run)
    JourneyRun.objects.bulk_update(closed, [*RUN_COLUMNS, "stale"], batch_size=BATCH)
    if ask:
        decide_about_runs([run.pk for run in closed if not run.imported], now)
    return len(closed)


def decide_about_runs(run_ids: Sequence[int], now: datetime) -> None:
    """What is to be asked about runs that have ended."""
    if run_ids:
        decide_for_runs(run_ids, now)


def _contacts(runs: Sequence[JourneyRun]) -> dict[int, list[Contact]]:
    """The contacts of each run by start, then reference."""
    rows = Interaction.objects.filter(run__in=runs, stage__isnull=False).order_by("run_id", "started_at", "reference")
    found: dict[int, list[Contact]] = defaultdict(list)
    for run_id, stage_id, started, ended in rows.values_list("run_id", "stage_id", "started_at", "ended_at"):
        if run_id is not None and stage_id is not None:
            found[run_id].append((run_id, stage_id, started, ended))
    return found


def _visits(runs: Sequence[JourneyRun]) -> dict[int, list[Passage]]:
    """The passages as they were derived before."""
    rows = StageVisit.objects.filter(run__in=runs).order_by("run_id", "order")
    found: dict[int, list[Passage]] = defaultdict(list)
    for run_id, stage_id, visit, entered, left in rows.values_list(
        "run_id", "stage_id", "visit", "entered_at", "left_at"
    ):
        found[run_id].append((stage_id, visit, entered, left))
    return found


def _passages(contacts: Sequence[Contact]) -> list[Passage]:
    """Neighbouring contacts of one stage are one passage through it."""
    found: list[Passage] = []
    seen: dict[int, int] = defaultdict(int)
    for stage_id, group in groupby(contacts, key=lambda contact: contact[1]):
        together = list(group)
        seen[stage_id] += 1
        last = together[-1]
        found.append((stage_id, seen[stage_id], together[0][2], last[3] or last[2]))
    return found


def _stage_left(passages: Sequence[Passage], version: VersionDef) -> datetime | None:
    """When the end stage was last left; None where it is not reached, or leaving no stage ends a run."""
    stage = version.stages.get(version.end_stage)
    return max((left for stage_id, _visit, _entered, left in passages if stage and stage.id == stage_id), default=None)


def _settle(
    run: JourneyRun,
    version: VersionDef,
    contacts: Sequence[Contact],
    passages: Sequence[Passage],
    former_end: datetime | None,
) -> None:
    """Set the run's first and last event and its end.

    An end that was told from outside stays. One that the rule or idleness had set (it equals what they would have set)
    follows the contacts, so that the result does not depend on the order in which rows came in.
    """
    former_last = run.last_event_at
    idle_end = former_last + timedelta(days=version.inactive_days) if version.inactive_days else None
    by_rule = run.outcome == RunOutcome.COMPLETED and run.ended_at == former_end
    by_idleness = run.outcome == RunOutcome.ABANDONED and run.ended_at == idle_end
    told_end = None if by_rule or by_idleness else run.ended_at
    moments = [moment for _run, _stage, started, ended in contacts for moment in (started, ended) if moment]
    run.started_at = min([run.started_at, *(started for _run, _stage, started, _ended in contacts)])
    run.last_event_at = max([run.started_at, *moments, *([told_end] if told_end else [])])
    if by_idleness and run.last_event_at != former_last and run.last_event_at < (run.ended_at or former_last):
        run.outcome, run.ended_at = RunOutcome.OPEN, None
    if run.outcome == RunOutcome.OPEN or by_rule:
        _end_by_rule(run, version, contacts, passages)


def _end_by_rule(
    run: JourneyRun, version: VersionDef, contacts: Sequence[Contact], passages: Sequence[Passage]
) -> None:
    """Complete the run where its end stage has been left: its last contact there has an end."""
    stage = version.stages.get(version.end_stage)
    there = [contact for contact in contacts if stage and contact[1] == stage.id]
    if there and there[-1][3] is not None:
        run.outcome, run.ended_at = RunOutcome.COMPLETED, _stage_left(passages, version)


def _replace_visits(runs: Sequence[tuple[JourneyRun, Sequence[Passage]]]) -> None:
    """Write the passages of runs whose path has changed."""
    if not runs:
        return
    StageVisit.objects.filter(run__in=[run.pk for run, _passages in runs]).delete()
    rows = [
        StageVisit(run=run, stage_id=stage_id, order=order, visit=visit, entered_at=entered, left_at=left)
        for run, passages in runs
        for order, (stage_id, visit, entered, left) in enumerate(passages, start=1)
    ]
    StageVisit.objects.bulk_create(rows, batch_size=BATCH)
