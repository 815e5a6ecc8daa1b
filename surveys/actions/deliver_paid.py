"""The right of a text message to leave: type of number, country, caps per number and prefix, budget (reliability R17).

Counted under one lock of the database, so that two workers cannot both take the last place. A message keeps its pass
for later tries; one that fails for good gives it back.
"""

import logging
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db import connection, transaction

from cxsurvey.lib.addresses import country_of_phone, is_mobile
from cxsurvey.lib.periods import Cap
from surveys.actions.alerts import tell_budget
from surveys.actions.deliver_compose import compose
from surveys.actions.dispatch import hold
from surveys.enums import DeliveryPurpose, DeliveryState, HoldCause
from surveys.models import BudgetAlert, Delivery, SmsPass
from surveys.policy.frequency import SMS_CAPS, check_caps
from surveys.policy.may_send import SEND, Decision
from surveys.policy.reasons import Reason
from surveys.queries.due import contact_policies
from surveys.queries.paid import earlier_passes, numbers_by_prefix, prefix_switches, segments_today

log = logging.getLogger(__name__)

LOCK: Final = 0x73_6D_73  # "sms"
PREFIX_LENGTH: Final = 8  # "+" and seven digits
BURST_OVER: Final = timedelta(hours=1)
LOOK_AGAIN: Final = timedelta(hours=1)
ALERTS: Final = (50, 80, 100)
LONGEST: Final = max(cap.period.delta for cap in SMS_CAPS)


@dataclass(frozen=True)
class Asked:
    """One message that wants to leave."""

    delivery: Delivery
    number: bytes
    prefix: str
    journey: int | None
    segments: int
    caps: tuple[Cap, ...]
    counts: bool = True  # in the caps: replies to somebody who has written do not


def take_passes(deliveries: Sequence[Delivery], now: datetime) -> dict[int, Decision]:
    """SEND for those that may leave, with their passes written; for the others why not, and until when."""
    if not deliveries:
        return {}
    policies = contact_policies({each.invitation.survey.journey_id for each in deliveries})
    asked = [_asked(each, policies) for each in deliveries]
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        book = Book(asked, now)
        decisions = {each.delivery.pk: book.decide(each) for each in asked}
        SmsPass.objects.bulk_create(book.taken)
        book.alert()
    return decisions


def give_back(deliveries: Sequence[Delivery]) -> None:
    """These have certainly not left, and will not now: others may have their places."""
    if deliveries:
        SmsPass.objects.filter(delivery__in=deliveries).delete()


class Book:
    """What has been let through so far, read once; and what is being let through now."""

    def __init__(self, asked: Sequence[Asked], now: datetime) -> None:
        self.now = now
        self.taken: list[SmsPass] = []
        earlier = earlier_passes({each.number for each in asked}, now - LONGEST)
        self.holders = {delivery for delivery, _number, _at, _counts in earlier}
        self.times: dict[bytes, list[datetime]] = defaultdict(list)
        for _delivery, number, at, counts in earlier:
            if counts:
                self.times[number].append(at)
        prefixes = {each.prefix for each in asked}
        self.numbers = numbers_by_prefix(prefixes, now - BURST_OVER)
        self.held, self.released = prefix_switches(prefixes, now - timedelta(days=1))
        self.spent: Counter[int | None] = segments_today(now)

    def decide(self, each: Asked) -> Decision:
        """The decision on one message; a pass is noted for it where it may leave."""
        if each.delivery.pk in self.holders:
            return SEND
        refusal = _of_number(each.delivery.invitation.customer.phone) or self._caps(each) or self._burst(each)
        refusal = refusal or self._budget(each)
        if refusal is None:
            self._take(each)
        return refusal or SEND

    def _take(self, each: Asked) -> None:
        if each.counts:
            self.times[each.number].append(self.now)
        self.numbers[each.prefix].add(each.number)
        self.spent[None] += each.segments
        if each.journey:
            self.spent[each.journey] += each.segments
        self.taken.append(
            SmsPass(
                delivery=each.delivery,
                journey_id=each.journey,
                phone_hash=each.number,
                prefix=each.prefix,
                segments=each.segments,
                at=self.now,
            )
        )

    def _caps(self, each: Asked) -> Decision | None:
        verdict = check_caps(each.caps, self.times[each.number], self.now)
        if verdict.allowed:
            return None
        if verdict.until is None or verdict.until >= each.delivery.invitation.expires_at:
            return Decision(DeliveryState.SUPPRESSED, Reason.POLICY)
        return Decision(DeliveryState.QUEUED, Reason.DELAYED, verdict.until)

    def _burst(self, each: Asked) -> Decision | None:
        """More numbers alike within an hour than people have by chance: hold the prefix until somebody has looked."""
        many = settings.SMS_BURST_NUMBERS
        seen = self.numbers[each.prefix]
        if many and each.prefix not in self.held | self.released and each.number not in seen and len(seen) >= many:
            words = f"more than {many} numbers that start with {each.prefix} within an hour"
            hold(f"sms:{each.prefix}", HoldCause.BURST, words, "", self.now)
            self.held.add(each.prefix)
        return Decision(DeliveryState.QUEUED, Reason.HELD, self.now + LOOK_AGAIN) if each.prefix in self.held else None

    def _budget(self, each: Asked) -> Decision | None:
        for scope, budget in budgets(each.journey).items():
            if budget and self.spent[scope] + each.segments > budget:
                self.spent[scope] = max(self.spent[scope], budget)  # full: told as such
                return Decision(DeliveryState.QUEUED, Reason.BUDGET, _tomorrow(self.now))
        return None

    def alert(self) -> None:
        """Tell once a day when a budget has reached half, four fifths, all."""
        for scope, spent in self.spent.items():
            budget = budgets(scope)[scope]
            reached = [share for share in ALERTS if budget and spent * 100 >= budget * share]
            for percent in reached:
                values = {"segments": spent, "at": self.now}
                key: dict[str, Any] = {"day": self.now.date(), "journey_id": scope, "percent": percent}
                _, new = BudgetAlert.objects.get_or_create(**key, defaults=values)
                if new:
                    log.error("SMS budget of today: %d %% used (%d of %d segments).", percent, spent, budget)
                    tell_budget(scope, percent, spent, budget, self.now)


def budgets(journey: int | None) -> dict[int | None, int]:
    """Segments a day for the installation (None) and for this journey; 0: no limit."""
    whole: dict[int | None, int] = {None: settings.SMS_SEGMENTS_PER_DAY}
    return whole | ({journey: settings.SMS_SEGMENTS_PER_DAY_AND_JOURNEY} if journey else {})


def _of_number(number: str) -> Decision | None:
    """Landlines and paid services get no text; neither does a country that nobody has opened."""
    if not is_mobile(number):
        return Decision(DeliveryState.SUPPRESSED, Reason.NOT_MOBILE)
    if country_of_phone(number) not in settings.SMS_COUNTRIES:
        return Decision(DeliveryState.SUPPRESSED, Reason.COUNTRY_CLOSED)
    return None


def _asked(delivery: Delivery, policies: Mapping[int | None, Mapping[str, object]]) -> Asked:
    customer, journey = delivery.invitation.customer, delivery.invitation.survey.journey_id
    policy = policies.get(journey, policies.get(None))
    counts = delivery.purpose != DeliveryPurpose.CONVERSATION
    return Asked(
        delivery=delivery,
        number=bytes(customer.phone_hash or b""),
        prefix=customer.phone[:PREFIX_LENGTH],
        journey=journey,
        segments=_segments(delivery),
        caps=SMS_CAPS if counts and (policy is None or policy) else (),  # an empty policy says: no limits
        counts=counts,
    )


def _segments(delivery: Delivery) -> int:
    """As the message will be charged; one that cannot be made fails later, with its own reason."""
    try:
        return compose(delivery, "")[1].segments or 1
    except Exception:  # noqa: BLE001 - whatever a survey's texts may break
        return 1


def _tomorrow(now: datetime) -> datetime:
    return datetime.combine(now.astimezone(UTC).date() + timedelta(days=1), datetime.min.time(), UTC)
