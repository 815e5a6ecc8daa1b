"""Customers all over the world, and whether what left to them left in their day."""

from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

OPENS, CLOSES = time(9), time(20)
WINDOW: Final = f"{OPENS:%H:%M}-{CLOSES:%H:%M}"
ZONES: Final = (
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "Africa/Casablanca",
    "America/Sao_Paulo",
    "Pacific/Apia",
    "Etc/UTC",
)


def spread() -> set[int]:
    """Put all customers into the zones in turn, and their asks under a rule with hours; those asleep now."""
    from django.db.models import F
    from django.db.models.functions import Mod
    from django.utils import timezone

    from surveys.models import Customer, Invitation
    from tests.factories import RuleFactory

    survey = Invitation.objects.select_related("survey").latest("pk").survey
    rule = RuleFactory(survey=survey, window=WINDOW)
    Invitation.objects.filter(state="planned").update(rule=rule, expires_at=F("expires_at") + timedelta(days=30))
    for number, zone in enumerate(ZONES):
        mine = Customer.objects.annotate(turn=Mod("pk", len(ZONES))).filter(turn=number)
        mine.update(time_zone=zone)
    awake = [zone for zone in ZONES if is_day(timezone.now(), zone)]
    return set(Customer.objects.exclude(time_zone__in=awake).values_list("pk", flat=True))


def is_day(at: datetime, zone: str) -> bool:
    """Whether the window is open there: told apart from the code that it judges."""
    return OPENS <= at.astimezone(ZoneInfo(zone)).time() < CLOSES


def outside() -> list[str]:
    """Messages that were let go in their customer's night, by the time of the event (five at most)."""
    from surveys.models import DeliveryEvent

    events = DeliveryEvent.objects.filter(to_state="sending").order_by("pk")
    told = events.values_list("delivery_id", "at", "delivery__invitation__customer__time_zone")
    wrong = [(pk, at, zone) for pk, at, zone in told if not is_day(at, zone)]
    return [f"{pk} at {at:%d %H:%M} in {zone}" for pk, at, zone in wrong[:5]]
