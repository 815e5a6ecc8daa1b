"""Settles what has been left lying: leases of dead workers, and messages whose fate is unknown (reliability R2, R4)."""

from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import Min, Q

from surveys.actions.deliver_moves import move
from surveys.actions.deliver_outcome import MAX_ATTEMPTS
from surveys.actions.deliver_refuse import FAILED, end_unsent
from surveys.channels.email.providers import PROVIDERS
from surveys.channels.sms.providers import PROVIDERS as SMS_PROVIDERS
from surveys.enums import INVITATION_OPEN, DeliveryState, HoldCause, InvitationState
from surveys.models import AskDecision, Delivery, DispatchSwitch, Invitation
from surveys.queries.due import lost_messages

MAX_DEATHS: Final = 3  # workers that died with one message in hand, after which it is not tried again
ASSUMED_AFTER: Final = timedelta(hours=24)
MANY: Final = 1000
RESENT_AFTER: Final = timedelta(minutes=10)  # where that is chosen
TOLD_WITHIN: Final = timedelta(hours=6)  # by carriers whose events name our message
TELLING: Final = (*(name for name, each in PROVIDERS.items() if each.delivery_class in "KL"), *SMS_PROVIDERS)


def reconcile_deliveries(now: datetime) -> dict[str, int]:
    """Free what dead workers held, and settle unknown messages by evidence or, after a day, by assumption."""
    counts = release_lost()
    counts["queued"] += _again_by_key(now)
    counts["sent"] = _sent_by_evidence()
    counts["queued"] += _again_by_choice(now)
    counts["assumed_sent"] = _assume_sent(now)
    return {name: number for name, number in counts.items() if number}


def release_lost() -> dict[str, int]:
    """Messages whose lease is over: claimed go back to the queue, sending become unknown; the counts."""
    lost = lost_messages(MANY)
    claimed, sending = lost.get(DeliveryState.CLAIMED, []), lost.get(DeliveryState.SENDING, [])
    poison = [pk for pk, deaths in claimed if deaths >= MAX_DEATHS]
    alive = [pk for pk, deaths in claimed if deaths < MAX_DEATHS]
    return {
        "queued": _over(alive, DeliveryState.QUEUED, "its worker died or hung before sending", DeliveryState.CLAIMED),
        "unknown": _over([pk for pk, _deaths in sending], DeliveryState.UNKNOWN, "its worker died while sending"),
        "failed": _over(poison, DeliveryState.FAILED, f"poison: {MAX_DEATHS} workers died", DeliveryState.CLAIMED),
    }


def _over(ids: list[int], state: DeliveryState, cause: str, came: str = "") -> int:
    if not ids:
        return 0
    with transaction.atomic():
        moved = move(ids, state, cause, came=came, lease_over=True)
        invitations = list(Delivery.objects.filter(pk__in=moved).values_list("invitation_id", flat=True))
        if state == DeliveryState.UNKNOWN:  # the customer may have it, so he may answer and be reminded
            make_live(invitations)
        elif state == DeliveryState.FAILED:
            end_unsent(invitations, FAILED)
    return len(moved)


def _sent_by_evidence() -> int:
    """Unknown messages whose survey has been answered have certainly arrived."""
    answered = Delivery.objects.filter(state=DeliveryState.UNKNOWN, invitation__state=InvitationState.ANSWERED)
    return settle(list(answered.values_list("pk", flat=True)[:MANY]), DeliveryState.SENT, "evidence: answered")


def _again_by_key(now: datetime) -> int:
    """Where the provider keeps our key, a second request is harmless: ask again until ten minutes before it forgets."""
    count = 0
    for name, provider in PROVIDERS.items():
        if provider.delivery_class != "K":
            continue
        window = timedelta(minutes=max(provider.key_minutes - 10, 5))
        first = Min("events__at", filter=Q(events__to_state=DeliveryState.SENDING))
        rows = Delivery.objects.filter(state=DeliveryState.UNKNOWN, provider=name, attempts__lt=MAX_ATTEMPTS)
        ids = list(rows.annotate(first=first).filter(first__gt=now - window).values_list("pk", flat=True)[:MANY])
        cause = "asked again with the same key"
        count += len(move(ids, DeliveryState.QUEUED, cause, came=DeliveryState.UNKNOWN, next_at=now)) if ids else 0
    return count


def _again_by_choice(now: datetime) -> int:
    """Channels of which somebody has said that everything must arrive: unknown messages are sent once more.

    Not before the carrier has had the time to tell what became of them, and not those that a restore made unknown.
    """
    if not settings.RESEND_UNKNOWN or _is_restored():
        return 0
    told_later = Q(provider__in=TELLING, updated_at__gt=now - TOLD_WITHIN)
    open_asks = Q(invitation__state__in=INVITATION_OPEN, invitation__expires_at__gt=now)
    rows = Delivery.objects.filter(open_asks, state=DeliveryState.UNKNOWN, channel__in=settings.RESEND_UNKNOWN)
    rows = rows.filter(updated_at__lte=now - RESENT_AFTER, attempts__lt=MAX_ATTEMPTS).exclude(told_later)
    ids = list(rows.order_by("pk").values_list("pk", flat=True)[:MANY])
    cause = "unknown: sent again, as RESEND_UNKNOWN chooses"
    return len(move(ids, DeliveryState.QUEUED, cause, came=DeliveryState.UNKNOWN, next_at=now)) if ids else 0


def _is_restored() -> bool:
    """Whether an operator is to decide about what is unknown."""
    return DispatchSwitch.objects.filter(scope="", paused=True, cause=HoldCause.RESTORE).exists()


def _assume_sent(now: datetime) -> int:
    if _is_restored():
        return 0
    old = Delivery.objects.filter(state=DeliveryState.UNKNOWN, updated_at__lte=now - ASSUMED_AFTER)
    cause = "no evidence within a day: assumed sent, not sent again"
    return settle(list(old.values_list("pk", flat=True)[:MANY]), DeliveryState.ASSUMED_SENT, cause)


def settle(ids: list[int], state: DeliveryState, cause: str) -> int:
    """Take unknown messages for sent, the ledger too; the number settled."""
    if not ids:
        return 0
    with transaction.atomic():
        moved = move(ids, state, cause, came=DeliveryState.UNKNOWN)
        decisions = AskDecision.objects.filter(invitation__deliveries__in=moved, outcome="planned")
        decisions.update(outcome="sent")
    return len(moved)


def make_live(invitations: list[int]) -> None:
    """Their message may have arrived: the link works."""
    planned = Invitation.objects.filter(pk__in=invitations, state=InvitationState.PLANNED)
    planned.update(state=InvitationState.LIVE)
