"""Contacts with a reason, and what customers said of them: the material of handle time and resolution."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, Value
from django.db.models.functions import Coalesce

from feedback.models import Answer, Response
from feedback.queries.run_table import Window
from surveys.enums import Metric
from surveys.models import Interaction, JourneyRun


@dataclass(frozen=True, slots=True)
class ContactRow:
    """One contact about one reason; text columns are "" and numbers None where the source did not know."""

    pk: int
    customer: int
    run: int | None
    stage: str
    reason: str
    agent: str
    team: str
    channel: str
    started: datetime
    ended: datetime | None
    handle_seconds: float | None
    resolved: bool | None
    imported: bool


@dataclass(frozen=True, slots=True)
class Told:
    """Whether customers called their issue solved (0-100): by contact, else by run and stage ("" for the whole)."""

    by_contact: dict[int, float]
    by_run: dict[tuple[int, str], float]


def contacts_with_reason(journey_id: int, window: Window) -> list[ContactRow]:
    """The journey's contacts, and its customers' contacts without journey, started in the window; in one query.

    A journey that has no runs but asks about contacts without journey is about all of these.
    """
    rows = (
        Interaction.objects.filter(of_journey(journey_id), started_in(window))
        .exclude(reason="")
        .annotate(place=Coalesce("stage__code", Value("")))
        .order_by("started_at", "reference")
        .values_list(
            "pk",
            "customer_id",
            "run_id",
            "place",
            "reason",
            "agent",
            "team",
            "channel",
            "started_at",
            "ended_at",
            "handle_seconds",
            "resolved",
            "imported",
        )
    )
    return [ContactRow(*row) for row in rows]


def of_journey(journey_id: int) -> Q:
    """The journey's contacts, and those without journey: its customers', or all where it only asks about contacts."""
    runs = JourneyRun.objects.filter(journey_id=journey_id)
    asks_about_contacts = Response.objects.filter(
        survey__journey_id=journey_id, interaction__isnull=False, interaction__journey__isnull=True
    )
    theirs = Exists(runs.filter(customer_id=OuterRef("customer_id"))) | (~Exists(runs) & Exists(asks_about_contacts))
    return Q(journey_id=journey_id) | (Q(journey__isnull=True) & Q(theirs))


def started_in(window: Window) -> Q:
    """Contacts that started in [start, end)."""
    inside = Q()
    if window.start:
        inside &= Q(started_at__gte=window.start)
    if window.end:
        inside &= Q(started_at__lt=window.end)
    return inside


def told_solved(journey_id: int) -> Told:
    """What customers answered to the journey's questions of metric fcr, the newest answer last; in one query."""
    rows: Iterable[Any] = (
        Answer.objects.filter(question__metric=Metric.FCR, response__survey__journey_id=journey_id, score__isnull=False)
        .order_by("answered_at", "pk")
        .values_list("response__interaction_id", "run_id", "stage__code", "score")
    )
    told = Told({}, {})
    for contact, run, stage, score in rows:
        if contact is not None:
            told.by_contact[contact] = score
        elif run is not None:
            told.by_run[run, stage or ""] = score
    return told


def answers_by_contact(journey_id: int) -> Counter[int]:
    """How often each contact was answered about in a survey of the journey; in one query."""
    rows = Response.objects.filter(survey__journey_id=journey_id, interaction__isnull=False)
    return Counter(rows.values_list("interaction_id", flat=True))


def answers_of(names: Iterable[tuple[int, str]], answers: Counter[int]) -> Counter[str]:
    """Answers by name (agent, team), names given as (contact, name)."""
    found: Counter[str] = Counter()
    for contact, name in names:
        found[name] += answers[contact]
    return found
