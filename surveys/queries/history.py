"""Reads for deciding: rules, what a customer has been asked already, what has been decided for an occasion."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime

from django.db.models import F, FloatField, Func, Q, QuerySet

from surveys.enums import Trigger, VersionState
from surveys.models import AskDecision, Customer, Interaction, JourneyRun, Rule, Survey, SurveyVersion
from surveys.policy.frequency import Asked

ASKED = ("planned", "sent")
Key = tuple[int, int, str]  # customer, survey, occasion


def rules_of(trigger: Trigger, journeys: Collection[int] | None = None) -> list[Rule]:
    """Active rules of published, active surveys; of these journeys and of none, or of all."""
    rules = Rule.objects.filter(
        trigger=trigger, active=True, survey__active=True, survey__versions__state=VersionState.PUBLISHED
    )
    if journeys is not None:
        rules = rules.filter(Q(survey__journey__in=journeys) | Q(survey__journey__isnull=True))
    return list(rules.select_related("survey").order_by("survey__code", "order"))


def published_versions(surveys: Collection[int]) -> dict[int, int]:
    """Per survey, the id of its published version."""
    rows = SurveyVersion.objects.filter(survey__in=surveys, state=VersionState.PUBLISHED)
    return dict(rows.values_list("survey_id", "pk"))


def fresh_interactions(ids: Collection[int]) -> list[Interaction]:
    """These interactions, without imported ones: history asks nobody."""
    rows = Interaction.objects.filter(pk__in=ids, imported=False).select_related("customer", "run", "stage")
    return list(rows.order_by("started_at", "pk"))


def ended_runs(ids: Collection[int]) -> list[JourneyRun]:
    """Those of these runs that have ended, without imported ones."""
    rows = JourneyRun.objects.filter(pk__in=ids, imported=False, ended_at__isnull=False)
    return list(rows.select_related("customer").order_by("ended_at", "pk"))


def lock_customers(ids: Collection[int]) -> None:
    """Let nobody else decide about these customers until the transaction ends; always in the same order."""
    list(Customer.objects.filter(pk__in=ids).order_by("pk").select_for_update(no_key=True).values_list("pk"))


def decided(customers: Collection[int], surveys: Collection[int], occasions: Collection[str]) -> set[Key]:
    """Occasions that stand in the ledger already."""
    rows = AskDecision.objects.filter(customer__in=customers, survey__in=surveys, occasion__in=occasions)
    return set(rows.values_list("customer_id", "survey_id", "occasion"))


def asked_since(customers: Collection[int], since: datetime) -> dict[int, list[Asked]]:
    """Per customer, asks since then that left or are on their way, imported ones included."""
    rows = AskDecision.objects.filter(customer__in=customers, outcome__in=ASKED, due_at__gt=since)
    found: dict[int, list[Asked]] = defaultdict(list)
    for customer, kind, at in rows.values_list("customer_id", "survey__kind", "due_at"):
        found[customer].append(Asked(kind, at))
    return dict(found)


def kinds_asked_in(journeys: Iterable[int]) -> dict[int, set[str]]:
    """Per journey, the kinds of its surveys that some rule asks."""
    surveys = Survey.objects.filter(journey__in=set(journeys), active=True, rules__active=True)
    found: dict[int, set[str]] = defaultdict(set)
    for journey, kind in surveys.values_list("journey_id", "kind").distinct():
        if journey:
            found[journey].add(kind)
    return dict(found)


class ClockShift(Func):
    """policy.sampling.draw("clock", public_id) computed by the database, to 56 bits."""

    template = (
        "(('x' || encode(substring(sha256(convert_to('5:clock' || %(expressions)s::text, 'UTF8')) from 1 for 7),"
        " 'hex'))::bit(56)::bigint / 72057594037927936.0::float8)"
    )
    output_field = FloatField()


def customers_in_slot(rule: Rule, phase: float, share: float) -> QuerySet[Customer]:
    """Customers whose slot of a periodic rule began during the last `share` of its period (phase: where it is now).

    Of a survey with a journey: only those who have gone through it.
    """
    customers = Customer.objects.order_by("pk")
    if rule.survey.journey_id:
        customers = customers.filter(runs__journey=rule.survey.journey_id).distinct()
    if not rule.conditions.get("spread", True):
        return customers if phase <= share else customers.none()
    customers = customers.annotate(shift=ClockShift(F("public_id")))
    inside = Q(shift__lte=phase, shift__gte=phase - share)
    return customers.filter(inside | Q(shift__gte=phase - share + 1.0))
