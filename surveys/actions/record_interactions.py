"""Take contacts in: once by reference, into their run, with everything that follows from them."""

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cxsurvey.lib.failpoints import failpoint
from cxsurvey.lib.nudge import nudge
from cxsurvey.lib.refusals import Refused, or_raise
from surveys.actions.customers import check_id, check_time, ensure_customers, forget_customers
from surveys.actions.decide_events import decide_for_events
from surveys.actions.reopen import withdraw_reopened, withdraw_waits
from surveys.actions.run_book import RunBook
from surveys.actions.runs import derive_runs
from surveys.enums import Initiator
from surveys.models import Customer, Interaction
from surveys.queries.journeys import StageDef, VersionDef, published_journeys

BATCH: Final = 1_000
AFTER_WORK_SECONDS: Final = 3_600.0  # handling may go on so long after the contact; more is flagged (method 3.1)
LENGTHS: Final = {"channel": 40, "agent": 80, "team": 80, "reason": 120, "reference": 120, "run": 120}
PLAIN: Final = (
    "started_at",
    "answered_at",
    "ended_at",
    "handle_seconds",
    "channel",
    "agent",
    "team",
    "reason",
    "initiator",
    "resolved",
    "abandoned",
    "load",
)


@dataclass(frozen=True)
class InteractionIn:
    """One contact as it is told; ids and codes are those of outside. Without journey it is a contact without run."""

    customer: str
    started_at: datetime
    journey: str = ""
    run: str = ""
    stage: str = ""
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    handle_seconds: float | None = None
    channel: str = ""
    agent: str = ""
    team: str = ""
    reason: str = ""
    initiator: str = Initiator.CUSTOMER
    resolved: bool | None = None
    abandoned: bool = False
    load: float | None = None
    reference: str = ""
    attributes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Recorded:
    """The contact's row, and whether this call made it."""

    interaction: Interaction
    created: bool


@dataclass(frozen=True)
class _Known:
    """What a batch is judged by."""

    journeys: dict[str, VersionDef]
    customers: dict[str, Customer]
    made: set[str]  # customers that were unknown
    contacts: "dict[str, tuple[Interaction, dict[str, object]]]"  # reference: row and its contents as they were told


def record_interactions(
    rows: Sequence[InteractionIn], *, ask: bool, imported: bool = False, now: datetime | None = None
) -> list[Recorded]:
    """Take all or none of the contacts; Refused at the first that cannot be taken. See take_interactions()."""
    try:
        with transaction.atomic():
            taken = or_raise(take_interactions(rows, ask=ask, imported=imported, now=now))
            failpoint("before_commit")
            return taken
    except IntegrityError:  # another customer's contact took the reference in this very moment: now it is known
        with transaction.atomic():
            return or_raise(take_interactions(rows, ask=ask, imported=imported, now=now))


@transaction.atomic
def take_interactions(
    rows: Sequence[InteractionIn], *, ask: bool, imported: bool = False, now: datetime | None = None
) -> list[Recorded | Refused]:
    """Take every contact that can be taken; the result of each row, in order.

    A reference that is known changes nothing when it tells the same, and is refused when it tells something else; a
    blank one is derived from the contents. Unknown customers are made. A contact belongs to the run it names (opened
    when unknown), else to the customer's only open run of the journey, else it opens one. Runs advance and end by
    their rule; `ask` decides in the same transaction what to ask about the new contacts and the runs they ended.
    """
    now = now or timezone.now()
    checked = [_checked(row, now) for row in rows]
    good = [row for row in checked if not isinstance(row, Refused)]
    known = _Known(published_journeys({row.journey for row in good}), *_customers_and_contacts(good))
    book = RunBook(known.journeys, imported=imported)
    book.load(
        {(row.journey, row.run) for row in good if row.run},
        {(row.journey, known.customers[row.customer].pk) for row in good if row.journey and not row.run},
    )
    results = _place(checked, known, book, imported)
    results = _insert(results, book.save())
    used = {result.interaction.customer.external_id for result in results if not isinstance(result, Refused)}
    forget_customers(known.made - used)
    _advance(results, ask=ask, now=now)
    return [_public(result) for result in results]


@dataclass
class _Placed:
    """A contact that found its place: a row known before, or a new one to insert."""

    interaction: Interaction
    created: bool


def _public(result: _Placed | Refused) -> Recorded | Refused:
    return result if isinstance(result, Refused) else Recorded(result.interaction, result.created)


def _place(
    rows: Sequence[InteractionIn | Refused], known: _Known, book: RunBook, imported: bool
) -> list[_Placed | Refused]:
    """Place every contact in the order of time (then reference), results in the order of the rows."""
    results: list[_Placed | Refused] = [row if isinstance(row, Refused) else Refused("") for row in rows]
    good = [(row.started_at, row.reference, i, row) for i, row in enumerate(rows) if not isinstance(row, Refused)]
    for _started, _reference, i, row in sorted(good, key=lambda item: item[:3]):
        try:
            results[i] = _place_one(row, known, book, imported)
        except Refused as refused:
            results[i] = refused
    return results


def _place_one(row: InteractionIn, known: _Known, book: RunBook, imported: bool) -> _Placed:
    existing = known.contacts.get(row.reference)
    if existing is not None:
        _compare(existing[1], row)
        return _Placed(existing[0], created=False)
    customer = known.customers[row.customer]
    interaction = Interaction(reference=row.reference, customer=customer, imported=imported)
    for name in PLAIN:
        setattr(interaction, name, getattr(row, name))
    interaction.attributes = {**row.attributes, **_flags(row)}
    if row.journey:
        _place_in_run(interaction, row, known, book)
    run = interaction.run
    known.contacts[row.reference] = (interaction, {**_told(row), "run": run.external_id if run else ""})
    return _Placed(interaction, created=True)


def _place_in_run(interaction: Interaction, row: InteractionIn, known: _Known, book: RunBook) -> None:
    """Give the contact its journey, stage and run."""
    version = known.journeys.get(row.journey)
    if version is None:
        raise Refused(_("There is no published journey with this code."), "journey", row.journey)
    interaction.journey_id = version.journey_id
    if not row.stage:
        if row.run:
            raise Refused(_("A contact in a run needs its stage."), "stage")
        return
    run = book.find(row.journey, row.run, interaction.customer, row.started_at)
    stage = _stage(book.version_of(run) if run else version, row.stage)
    run = run or book.open(row.journey, row.run or f"auto:{row.reference}"[:120], interaction.customer, row.started_at)
    book.visited(run, stage, row.started_at, row.ended_at)
    interaction.run, interaction.stage_id = run, stage.id


def _stage(version: VersionDef, code: str) -> StageDef:
    stage = version.stages.get(code)
    if stage is None:
        codes = ", ".join(sorted(version.stages))
        raise Refused(_("The journey has no stage with this code; it has %(codes)s.") % {"codes": codes}, "stage", code)
    if stage.is_wait:
        raise Refused(_("The stage is a wait: no contact happens in it."), "stage", code)
    return stage


def _insert(results: Sequence[_Placed | Refused], lost: set[tuple[int, str]]) -> list[_Placed | Refused]:
    """Insert the new contacts; refused are those whose run somebody else opened for another customer meanwhile."""
    final: list[_Placed | Refused] = []
    for result in results:
        run = None if isinstance(result, Refused) else result.interaction.run
        taken_away = run is not None and (run.journey_id, run.external_id) in lost
        final.append(Refused(_("The run belongs to another customer."), "run") if taken_away else result)
    new = [result.interaction for result in final if not isinstance(result, Refused) and result.created]
    for interaction in new:
        interaction.run = interaction.run  # takes over the key that the run has got by now
    Interaction.objects.bulk_create(new, batch_size=BATCH)
    return final


def _advance(results: Sequence[_Placed | Refused], *, ask: bool, now: datetime) -> None:
    """Derive the runs touched, decide what to ask, and wake the refresh of run rows."""
    new = [result.interaction for result in results if not isinstance(result, Refused) and result.created]
    touched = {interaction.run_id for interaction in new if interaction.run_id}
    ended = derive_runs(touched) if touched else []
    if ask and new:
        withdraw_reopened(new)
        withdraw_waits(new)
        decide_for_events([interaction.pk for interaction in new], ended, now)
    if touched:
        nudge("feedback.refresh_runs")


def _customers_and_contacts(
    rows: Sequence[InteractionIn],
) -> tuple[dict[str, Customer], set[str], dict[str, tuple[Interaction, dict[str, object]]]]:
    """The customers of the rows, locked and made where unknown, and the contacts whose references are known."""
    customers, made = ensure_customers(row.customer for row in rows)
    found = Interaction.objects.filter(reference__in={row.reference for row in rows})
    found = found.select_related("customer", "journey", "run", "stage").defer("customer__email", "customer__phone")
    return customers, made, {interaction.reference: (interaction, _contents(interaction)) for interaction in found}


def _contents(interaction: Interaction) -> dict[str, object]:
    """What was told of a contact that is known."""
    journey, run, stage = interaction.journey, interaction.run, interaction.stage
    return {
        **{name: getattr(interaction, name) for name in PLAIN},
        "customer": interaction.customer.external_id,
        "journey": journey.code if journey else "",
        "run": run.external_id if run else "",
        "stage": stage.code if stage else "",
        "attributes": {name: value for name, value in interaction.attributes.items() if name != "flags"},
    }


def _told(row: InteractionIn) -> dict[str, object]:
    """What a row tells of a contact."""
    names = (*PLAIN, "customer", "journey", "run", "stage")
    return {**{name: getattr(row, name) for name in names}, "attributes": dict(row.attributes)}


def _checked(row: InteractionIn, now: datetime) -> InteractionIn | Refused:
    """The row with its reference, or why it cannot be taken whatever is known."""
    try:
        check_id(row.customer, "customer")
        _check_words(row)
        _check_times(row, now)
        _check_numbers(row)
    except Refused as refused:
        return refused
    return row if row.reference else replace(row, reference=derived_reference(row))


def _check_words(row: InteractionIn) -> None:
    for name, most in LENGTHS.items():
        if getattr(row, name):
            check_id(getattr(row, name), name, most)
    if row.initiator not in Initiator.values:
        choices = ", ".join(Initiator.values)
        raise Refused(_("It must be one of %(choices)s.") % {"choices": choices}, "initiator", row.initiator)
    if not row.journey and (row.stage or row.run):
        raise Refused(_("A stage or run needs its journey."), "journey")


def _check_times(row: InteractionIn, now: datetime) -> None:
    for name in ("started_at", "answered_at", "ended_at"):
        moment = getattr(row, name)
        if moment is None:
            continue
        check_time(moment, name, now)
        if moment < row.started_at:
            raise Refused(_("It lies before the contact started."), name, moment.isoformat())


def _check_numbers(row: InteractionIn) -> None:
    for name in ("handle_seconds", "load"):
        number = getattr(row, name)
        if number is not None and not (math.isfinite(number) and number >= 0):
            raise Refused(_("It must be a number of 0 or more."), name, number)


def _flags(row: InteractionIn) -> dict[str, list[str]]:
    """Flag a handle time longer than contact and after-work together; the row is kept."""
    if row.ended_at is None or row.handle_seconds is None:
        return {}
    most = (row.ended_at - row.started_at).total_seconds() + AFTER_WORK_SECONDS
    return {"flags": ["handle_time"]} if row.handle_seconds > most else {}


def derived_reference(row: InteractionIn) -> str:
    """A reference made of the contents: the same contact gets the same one."""
    text = json.dumps(_told(row), sort_keys=True, default=_written)
    return f"auto:{hashlib.sha256(text.encode()).hexdigest()[:16]}"


def _written(value: object) -> object:
    return value.timestamp() if isinstance(value, datetime) else str(value)


def _compare(known: Mapping[str, object], row: InteractionIn) -> None:
    """Refused when the contact known under this reference is another one; a blank run is the run found then."""
    for name, told in _told(row).items():
        was = known[name]
        if was != told and (name != "run" or told):
            words = {"name": name, "was": str(was)[:80], "reference": row.reference}
            raise Refused(
                _('Reference "%(reference)s" is known with another %(name)s ("%(was)s"): give a new reference.')
                % words,
                name,
                told,
            )
