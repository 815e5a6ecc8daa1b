"""Reads about sending as a whole: what is held, how far big sends are, what waits for an operator."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Count, Max, Min, Q, QuerySet
from django.utils.timesince import timesince

from surveys.enums import DELIVERY_IN_HAND, DELIVERY_LEFT_US, DELIVERY_MAY_SEND, CampaignState, Channel, DeliveryState
from surveys.enums import SuppressionReason as Why
from surveys.models import BudgetAlert, Campaign, Delivery, DispatchSwitch, Suppression

RATE_OVER: Final = timedelta(minutes=5)
RATES_OVER: Final = timedelta(hours=24)  # bounce and complaint rates
OURS: Final = "delivery "  # how a suppression that a message of ours led to names its source
WAITING: Final = (*DELIVERY_MAY_SEND, *DELIVERY_IN_HAND)
NEVER_LEFT: Final = (DeliveryState.SUPPRESSED, DeliveryState.CANCELLED, DeliveryState.EXPIRED)


@dataclass(frozen=True)
class Progress:
    """How far a big send is. `left` is None where nothing has left lately, so that nothing can be foretold."""

    campaign: Campaign
    states: dict[str, int] = field(default_factory=dict)
    lately: int = 0
    now: datetime | None = None

    def count(self, states: Iterable[str]) -> int:
        return sum(self.states.get(state, 0) for state in states)

    @property
    def total(self) -> int:
        return sum(self.states.values())

    @property
    def waiting(self) -> int:
        return self.count(WAITING)

    @property
    def done(self) -> int:
        return self.total - self.waiting

    @property
    def sent(self) -> int:
        return self.count(DELIVERY_LEFT_US)

    @property
    def failed(self) -> int:
        return self.states.get(DeliveryState.FAILED, 0)

    @property
    def stopped(self) -> int:
        return self.count(NEVER_LEFT)

    @property
    def per_minute(self) -> float:
        return self.lately / (RATE_OVER / timedelta(minutes=1))

    @property
    def left(self) -> timedelta | None:
        if not self.waiting or not self.lately or self.campaign.state != CampaignState.RUNNING:
            return None
        return RATE_OVER * (self.waiting / self.lately)

    @property
    def minutes_left(self) -> str:
        """As people say it; "" where it cannot be told."""
        return timesince(self.now - self.left, self.now) if self.left and self.now else ""


def switches() -> list[DispatchSwitch]:
    """Everything, each channel, and the held prefixes; a switch that nobody has ever touched is open and not saved."""
    rows = {row.scope: row for row in DispatchSwitch.objects.all()}
    fixed = [rows.pop(scope, DispatchSwitch(scope=scope)) for scope in ("", *Channel.values)]
    return [*fixed, *(row for row in rows.values() if row.paused)]


def holds(deliveries: Collection[Delivery]) -> dict[int, str]:
    """What holds these very messages now, in words for their events; by delivery id, where anything does."""
    rows = DispatchSwitch.objects.filter(paused=True, scope__in=("", *Channel.values)).order_by("scope")
    switches = {
        each.scope: f"sending is paused ({each.scope or 'everything'}): {each.reason or each.cause}" for each in rows
    }
    stopped = Campaign.objects.exclude(state=CampaignState.RUNNING)
    wanted = {each.campaign_id for each in deliveries if each.campaign_id}
    campaigns = dict(stopped.filter(pk__in=wanted).values_list("pk", "state")) if wanted else {}
    found = {}
    for each in deliveries:
        campaign = campaigns.get(each.campaign_id or 0)
        own = f"its campaign is {campaign}" if campaign else ""
        if cause := switches.get("") or switches.get(each.channel) or own:
            found[each.pk] = cause
    return found


def campaigns_with_work(limit: int) -> QuerySet[Campaign]:
    """Campaigns that have something waiting, newest first, and the newest others."""
    waiting = Delivery.objects.filter(state__in=WAITING, campaign__isnull=False).values("campaign")
    return Campaign.objects.annotate(busy=Q(pk__in=waiting)).order_by("-busy", "-pk")[:limit]


def progress(campaigns: Collection[Campaign], now: datetime) -> list[Progress]:
    """Counts by state and the rate of these campaigns: two queries, however many they are."""
    mine = Delivery.objects.filter(campaign__in=[each.pk for each in campaigns]).order_by()
    states: dict[int | None, dict[str, int]] = defaultdict(dict)
    for pk, state, count in mine.values_list("campaign", "state").annotate(number=Count("pk")):
        states[pk][state] = count
    recent = mine.filter(sent_at__gte=now - RATE_OVER).values_list("campaign").annotate(number=Count("pk"))
    lately = dict(recent)
    return [Progress(each, states[each.pk], lately.get(each.pk, 0), now) for each in campaigns]


@dataclass(frozen=True)
class Backlog:
    """What there is to do for workers and for people."""

    due: int
    oldest: datetime | None
    later: int
    failed: int
    unknown: int
    sent_lately: int


def backlog(now: datetime) -> Backlog:
    """The installation's messages in figures: one query over those that are not settled."""
    open_states = (*WAITING, DeliveryState.FAILED, DeliveryState.UNKNOWN)
    due = Q(state__in=DELIVERY_MAY_SEND, next_at__lte=now)
    row = Delivery.objects.filter(state__in=open_states).aggregate(
        due=Count("pk", filter=due),
        oldest=Min("next_at", filter=due),
        later=Count("pk", filter=Q(state__in=WAITING) & ~due),
        failed=Count("pk", filter=Q(state=DeliveryState.FAILED)),
        unknown=Count("pk", filter=Q(state=DeliveryState.UNKNOWN)),
    )
    lately = Delivery.objects.filter(state__in=DELIVERY_LEFT_US, updated_at__gte=now - RATE_OVER)
    return Backlog(**row, sent_lately=lately.filter(sent_at__gte=now - RATE_OVER).count())


@dataclass(frozen=True)
class Troubles:
    """How often addresses bounced and people complained among what was tried by a channel."""

    tried: int
    bounced: int
    complained: int

    def share(self, number: int) -> float:
        return number / self.tried if self.tried else 0.0


def troubles(channel: str, now: datetime) -> Troubles:
    """Since a day ago, or since somebody last let the channel go on: what he has seen is not held against it again."""
    resumed = DispatchSwitch.objects.filter(scope__in=("", channel), paused=False).aggregate(at=Max("changed_at"))["at"]
    since = max(now - RATES_OVER, resumed) if resumed else now - RATES_OVER
    tried = Delivery.objects.filter(
        channel=channel, state__in=(*DELIVERY_LEFT_US, DeliveryState.FAILED), updated_at__gte=since, attempts__gt=0
    )
    told = Suppression.objects.filter(channel=channel, since__gte=since, source__startswith=OURS)
    counts = told.aggregate(
        bounced=Count("pk", filter=Q(reason=Why.BOUNCE)), complained=Count("pk", filter=Q(reason=Why.COMPLAINT))
    )
    return Troubles(tried.count(), counts["bounced"], counts["complained"])


def budget_alerts(now: datetime) -> list[BudgetAlert]:
    """Shares of SMS budgets that were reached today."""
    return list(BudgetAlert.objects.filter(day=now.date()).select_related("journey"))


def last_send() -> datetime | None:
    """When this database last saw a message leave."""
    last: datetime | None = Delivery.objects.aggregate(at=Max("sent_at"))["at"]
    return last
