"""Runs as they are told from outside: made when unknown, ended or completed with details where known."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any, Final

from django.db import transaction
from django.db.models import Min
from django.utils import timezone
from django.utils.translation import gettext as _

from cxsurvey.lib.refusals import Refused
from surveys.actions.customers import check_id, check_time, ensure_customers, forget_customers
from surveys.actions.follow_dates import follow_dates
from surveys.actions.runs import decide_about_runs
from surveys.enums import RunOutcome
from surveys.models import Customer, Interaction, JourneyRun
from surveys.queries.journeys import VersionDef, published_journeys

BATCH: Final = 1_000
COLUMNS: Final = ("started_at", "ended_at", "last_event_at", "outcome", "attributes", "stale")


class Telling(Enum):
    """How what is told changes a run that is known: it replaces; it widens start and end; and then only adds to the
    attributes, as a further row of one table does, so that the same table twice changes nothing.
    """

    PLAIN = "plain"
    WIDER = "wider"
    AGAIN = "again"


@dataclass(frozen=True)
class RunIn:
    """What is told of a run. A blank outcome without end is an open run, or leaves a known one as it is."""

    customer: str
    journey: str
    run: str
    started_at: datetime | None = None
    ended_at: datetime | None = None
    outcome: str = ""
    attributes: Mapping[str, Any] = field(default_factory=dict)
    telling: Telling = Telling.PLAIN


@dataclass(frozen=True)
class RunTaken:
    """What became of one row."""

    run: JourneyRun
    created: bool
    changed: bool


@transaction.atomic
def take_runs(
    rows: Sequence[RunIn], *, ask: bool, imported: bool = False, now: datetime | None = None
) -> list[RunTaken | Refused]:
    """Make or change every run that can be taken; the result of each row, in order.

    A run starts no later than its first contact. An end that is told wins over one found by rule; nothing reopens.
    """
    now = now or timezone.now()
    checked = [_checked(row, now) for row in rows]
    shelf = _Shelf([row for row in checked if not isinstance(row, Refused)], imported)
    results = [row if isinstance(row, Refused) else _taken(row, shelf) for row in checked]
    shelf.save()
    follow_dates((), list(shelf.changed), now)
    used = {run.run.customer_id for run in results if isinstance(run, RunTaken)}
    forget_customers(name for name in shelf.made if shelf.customers[name].pk not in used)
    if ask:
        decide_about_runs(shelf.ended(), now)
    return results


class _Shelf:
    """The runs, customers and journeys that a batch of rows names."""

    def __init__(self, rows: Sequence[RunIn], imported: bool) -> None:
        self.imported = imported
        self.journeys = published_journeys(row.journey for row in rows)
        self.customers, self.made = ensure_customers(row.customer for row in rows)
        runs = JourneyRun.objects.filter(journey__code__in=self.journeys, external_id__in={row.run for row in rows})
        found = list(runs.select_for_update(no_key=True).order_by("pk"))
        self.runs = {(run.journey_id, run.external_id): run for run in found}
        self._were_open = {run.pk for run in found if run.outcome == RunOutcome.OPEN}
        contacts = Interaction.objects.filter(run__in=found).values_list("run_id").annotate(first=Min("started_at"))
        self.first_contact: dict[int, datetime] = dict(contacts.order_by())
        self.fresh: dict[tuple[int, str], JourneyRun] = {}
        self.changed: dict[int, JourneyRun] = {}

    def run_of(self, row: RunIn) -> JourneyRun:
        """The run of the row, made when unknown. Refused when it is somebody else's or cannot be made."""
        version, customer = self.journeys.get(row.journey), self.customers[row.customer]
        if version is None:
            raise Refused(_("There is no published journey with this code."), "journey", row.journey)
        key = (version.journey_id, row.run)
        run = self.runs.get(key) or self.fresh.get(key)
        if run is not None and run.customer_id != customer.pk:
            raise Refused(_("The run belongs to another customer."), "run", row.run)
        if run is None:
            if row.started_at is None:
                raise Refused(_("It is blank: a new run needs its start."), "started_at")
            run = self.fresh[key] = self._new(row, version, customer, row.started_at)
        return run

    def _new(self, row: RunIn, version: VersionDef, customer: Customer, at: datetime) -> JourneyRun:
        return JourneyRun(
            journey_id=version.journey_id,
            version_id=version.id,
            customer=customer,
            external_id=row.run,
            started_at=at,
            last_event_at=at,
            imported=self.imported,
        )

    def save(self) -> None:
        JourneyRun.objects.bulk_create(self.fresh.values(), batch_size=BATCH)
        JourneyRun.objects.bulk_update(self.changed.values(), COLUMNS, batch_size=BATCH)

    def ended(self) -> list[int]:
        """The runs that were open or unknown and are ended now."""
        runs = [*self.fresh.values(), *(run for run in self.changed.values() if run.pk in self._were_open)]
        return sorted(run.pk for run in runs if run.outcome != RunOutcome.OPEN)


def _taken(row: RunIn, shelf: _Shelf) -> RunTaken | Refused:
    """Apply one row to its run."""
    try:
        run = shelf.run_of(row)
        changed = _apply(run, row, shelf.first_contact.get(run.pk))
    except Refused as refused:
        return refused
    if changed and run.pk:
        shelf.changed[run.pk] = run
    return RunTaken(run, created=run.pk is None, changed=changed)


def _apply(run: JourneyRun, row: RunIn, first_contact: datetime | None) -> bool:
    """Set what the row tells; whether that changed anything. Refused when the run would end before it started."""
    wider = row.telling != Telling.PLAIN
    known = [run.started_at] if wider or not row.started_at else []
    started = min(filter(None, [row.started_at, *known, first_contact]))
    ended, outcome = (row.ended_at, row.outcome) if row.ended_at else (run.ended_at, run.outcome)
    if wider and run.ended_at and ended:
        ended = max(run.ended_at, ended)
    if ended and ended < started:
        raise Refused(_("The run ended before it started."), "ended_at", ended.isoformat())
    told = {
        "started_at": started,
        "ended_at": ended,
        "outcome": outcome,
        "last_event_at": max(filter(None, [run.last_event_at, started, row.ended_at])),
        "attributes": _attributes(run, row),
    }
    differing = {name: value for name, value in told.items() if getattr(run, name) != value}
    for name, value in differing.items():
        setattr(run, name, value)
    if differing:
        run.stale = True
    return bool(differing)


def _attributes(run: JourneyRun, row: RunIn) -> dict[str, Any]:
    if row.telling == Telling.AGAIN:
        return {**row.attributes, **run.attributes}
    return {**run.attributes, **row.attributes}


def _checked(row: RunIn, now: datetime) -> RunIn | Refused:
    """The row, or why it cannot be taken whatever is known."""
    try:
        for name in ("customer", "journey", "run"):
            check_id(getattr(row, name), name)
        for name in ("started_at", "ended_at"):
            if getattr(row, name) is not None:
                check_time(getattr(row, name), name, now)
        _check_outcome(row)
    except Refused as refused:
        return refused
    return row


def _check_outcome(row: RunIn) -> None:
    if row.outcome and row.outcome not in RunOutcome.values:
        choices = ", ".join(RunOutcome.values)
        raise Refused(_("It must be one of %(choices)s.") % {"choices": choices}, "outcome", row.outcome)
    closed = row.outcome in (RunOutcome.COMPLETED, RunOutcome.ABANDONED)
    if row.ended_at is not None and not closed:
        raise Refused(_("The run has an end: say completed or abandoned."), "outcome", row.outcome)
    if closed and row.ended_at is None:
        raise Refused(_("The run is said to have ended: say when."), "ended_at")
    if row.ended_at is not None and row.started_at is not None and row.ended_at < row.started_at:
        raise Refused(_("The run ended before it started."), "ended_at", row.ended_at.isoformat())
