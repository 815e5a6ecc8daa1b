"""Reads for deciding: rules, what a customer has been asked already, what has been decided for an occasion."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime

from django.db.models import Count, Exists, F, FloatField, Func, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from surveys.enums import (
    DELIVERY_IN_HAND,
    DELIVERY_LEFT_US,
    DELIVERY_MAY_SEND,
    DeliveryPurpose,
    InvitationState,
    Trigger,
    VersionState,
)
from surveys.models import AskDecision, Customer, Delivery, Interaction, JourneyRun, Rule, Survey, SurveyVersion
from surveys.policy.frequency import Asked
from surveys.policy.modes import DELAYED, IN_FORCE
from surveys.policy.reasons import Reason

ASKED = ("planned", "sent")
Key = tuple[int, int, str]  # customer, survey, occasion


def rules_of(*triggers: Trigger, journeys: Collection[int] | None = None) -> list[Rule]:
    """Active rules of published, active surveys; of these journeys and of none, or of all."""
    rules = Rule.objects.filter(
        trigger__in=triggers, active=True, survey__active=True, survey__versions__state=VersionState.PUBLISHED
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


def decided(customers: Collection[int], surveys: Collection[int], occasions: Collection[str]) -> dict[Key, str]:
    """Occasions that stand in the ledger already, with their outcome."""
    rows = AskDecision.objects.filter(customer__in=customers, survey__in=surveys, occasion__in=occasions)
    told = rows.values_list("customer_id", "survey_id", "occasion", "outcome")
    return {(customer, survey, occasion): outcome for customer, survey, occasion, outcome in told}


def asked_since(customers: Collection[int], since: datetime) -> dict[int, list[Asked]]:
    """Per customer, asks and reminders since then that left or are on their way, imported ones included."""
    found: dict[int, list[Asked]] = defaultdict(list)
    asks = AskDecision.objects.filter(customer__in=customers, outcome__in=ASKED)
    asks = asks.annotate(at=Coalesce("invitation__due_at", "due_at")).filter(at__gt=since)
    for customer, kind, at in asks.values_list("customer_id", "survey__kind", "at"):
        found[customer].append(Asked(kind, at))
    reminders = Delivery.objects.filter(
        purpose=DeliveryPurpose.REMINDER,
        state__in=(*DELIVERY_MAY_SEND, *DELIVERY_IN_HAND, *DELIVERY_LEFT_US),
        invitation__customer__in=customers,
    )
    reminders = reminders.annotate(at=Coalesce("sent_at", "next_at")).filter(at__gt=since)
    for customer, kind, at in reminders.values_list("invitation__customer_id", "invitation__survey__kind", "at"):
        found[customer].append(Asked(kind, at, reminder=True))
    return dict(found)


def kinds_asked_in(journeys: Iterable[int]) -> dict[int, set[str]]:
    """Per journey, the kinds of its surveys that some rule in force asks; a rule on trial asks hardly anybody."""
    surveys = Survey.objects.filter(
        journey__in=set(journeys), active=True, rules__active=True, rules__mode__in=IN_FORCE
    ).filter(versions__state=VersionState.PUBLISHED)
    found: dict[int, set[str]] = defaultdict(set)
    for journey, kind in surveys.values_list("journey_id", "kind").distinct():
        if journey:
            found[journey].add(kind)
    return dict(found)


def runs_asked_about(runs: Collection[int]) -> set[tuple[int, str]]:
    """(run, kind of survey) of these runs that are decided for good: asked, or not asked for a reason that stays."""
    rows = AskDecision.objects.filter(run__in=runs).exclude(outcome__in=(DELAYED, Reason.SHADOW, Reason.REOPENED))
    return set(rows.values_list("run_id", "survey__kind").distinct())


def planned_by_rule(rules: Collection[int], since: datetime) -> Counter[int]:
    """How many asks each of these rules has planned since then, whatever became of them."""
    rows = AskDecision.objects.filter(rule__in=rules, decided_at__gte=since, invitation__isnull=False)
    return Counter(dict(rows.values_list("rule_id").annotate(n=Count("pk")).order_by()))


def delayed_asks(now: datetime, many: int) -> list[AskDecision]:
    """Asks whose next look is due, with everything that decides about them."""
    rows = AskDecision.objects.filter(outcome=DELAYED, retry_at__lte=now).order_by("retry_at", "pk")
    return list(rows.select_related("rule__survey", "customer", "run", "stage", "interaction")[:many])


def asks_by_date(customers: Collection[int], runs: Collection[int]) -> QuerySet[AskDecision]:
    """Asks of these customers or runs that count from a date and of which nothing has left or is leaving."""
    counted = AskDecision.objects.filter(Q(customer__in=customers) | Q(run__in=runs), imported=False)
    waiting = Q(invitation__state=InvitationState.PLANNED, outcome="planned") | Q(outcome__in=(DELAYED, Reason.NO_DATE))
    leaving = Delivery.objects.filter(invitation=OuterRef("invitation"), attempts__gt=0)
    rows = counted.filter(waiting, rule__isnull=False).exclude(without_rule()).exclude(rule__delay_after="")
    return rows.exclude(Exists(leaving)).order_by("pk")


def without_rule() -> Q:
    """Decisions whose rule has gone or asks no more: deleted, switched off, its survey set aside or not published."""
    published = Survey.objects.filter(active=True, versions__state=VersionState.PUBLISHED)
    return Q(rule__isnull=True) | Q(rule__active=False) | ~Q(survey__in=published)


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
