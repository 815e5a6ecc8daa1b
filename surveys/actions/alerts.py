"""Words to the owner of the installation (OWNER_EMAIL): written with what they are about, mailed once.

They go the way of every mail but ask no switch: the channel that is held may be the very thing to tell about.
"""

import logging
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cxsurvey.lib.nudge import nudge
from surveys.actions.deliver_carriers import carrier_for
from surveys.actions.deliver_outcome import MAX_ATTEMPTS, not_sent
from surveys.channels.base import Message
from surveys.enums import AlertState, Channel, DeliveryState, HoldCause
from surveys.models import Alert

log = logging.getLogger(__name__)

TASK: Final = "surveys.tell_owner"
MANY: Final = 50  # things in one mail


def tell_held(scope: str, cause: HoldCause, reason: str, now: datetime) -> None:
    """Sending, or a part of it, holds by itself."""
    with translation.override(settings.LANGUAGE_CODE):
        part = _part(scope)
        subject, text = _("Sending is held: %(part)s") % {"part": part}, f"{cause.label}: {reason}"
    tell_owner(f"held:{scope}:{now.isoformat()}", subject, text, now)


def tell_budget(journey: int | None, percent: int, spent: int, budget: int, now: datetime) -> None:
    """A day's budget of text messages has reached this share, of a journey or of the installation."""
    with translation.override(settings.LANGUAGE_CODE):
        subject = _("SMS budget of today: %(share)s %% used") % {"share": percent}
        text = _("%(spent)s of %(budget)s segments have left. What is over waits for tomorrow (UTC).")
        text %= {"spent": spent, "budget": budget}
    tell_owner(f"budget:{now.astimezone(UTC):%Y-%m-%d}:{journey or ''}:{percent}", subject, text, now)


def tell_complaints(channel: str, complained: int, tried: int, now: datetime) -> None:
    """Many call our messages spam; told once a day."""
    with translation.override(settings.LANGUAGE_CODE):
        subject = _("Complaints about %(part)s") % {"part": _part(channel)}
        text = _("%(complained)s of %(tried)s messages within a day were called spam (%(share)s).")
        text %= {"complained": complained, "tried": tried, "share": f"{complained / tried:.2%}"}
    tell_owner(f"complaints:{channel}:{now.astimezone(UTC):%Y-%m-%d}", subject, text, now)


def _part(scope: str) -> str:
    """The part of sending that a switch holds."""
    if scope.startswith("sms:"):
        return _("SMS to numbers that start with %(prefix)s") % {"prefix": scope.removeprefix("sms:")}
    return str(Channel(scope).label) if scope else _("everything")


def tell_owner(key: str, subject: str, text: str, now: datetime) -> bool:
    """Have the owner told within a minute, once per key; False where there is no owner, or it is told already."""
    if not settings.OWNER_EMAIL:
        return False
    _row, new = Alert.objects.get_or_create(
        key=key[:200], defaults={"subject": subject[:200], "text": text, "at": now, "next_at": now}
    )
    if new:
        nudge(TASK)
    return new


def send_alerts(now: datetime) -> dict[str, int]:
    """Mail what waits, all in one mail; how many things became what. Any number at once do no harm.

    Like any message without a key at its carrier, one whose sender died with it in hand is not sent again.
    """
    limit = timedelta(seconds=settings.DELIVERY_SENDING_LIMIT_SECONDS)
    lost = Alert.objects.filter(state=AlertState.SENDING, next_at__lte=now)
    counts = {"unknown": lost.update(state=AlertState.UNKNOWN, error="its worker died while sending")}
    if rows := _claim(now, limit):
        state, count = _send(rows, now)
        counts[state] = counts.get(state, 0) + count
    return {name: count for name, count in counts.items() if count}


def _claim(now: datetime, limit: timedelta) -> list[Alert]:
    """What waits is ours from here on; somebody who asks at the same moment gets none of it."""
    with transaction.atomic():
        waiting = Alert.objects.filter(state=AlertState.WAITING, next_at__lte=now).select_for_update(skip_locked=True)
        rows = list(waiting.order_by("pk")[:MANY])
        mine = Alert.objects.filter(pk__in=[each.pk for each in rows])
        mine.update(state=AlertState.SENDING, attempts=F("attempts") + 1, next_at=now + limit)
    return rows


def _send(rows: Sequence[Alert], now: datetime) -> tuple[str, int]:
    """One mail about these; the state that they came to."""
    values: dict[str, object]
    try:
        with carrier_for(Channel.EMAIL) as carrier:
            carrier.send(message_of(rows))
        values = {"state": AlertState.SENT, "sent_at": timezone.now(), "error": ""}
    except Exception as trouble:  # noqa: BLE001 - whatever breaks here, the mail may have left
        values = _failed(trouble, rows, now)
        log.error("The owner could not be told about %s: %s", rows[0].subject, values["error"])
    mine = Alert.objects.filter(pk__in=[each.pk for each in rows], state=AlertState.SENDING)
    state = str(values["state"])
    return state, mine.update(**values)


def _failed(trouble: Exception, rows: Sequence[Alert], now: datetime) -> dict[str, object]:
    """As for any message: again later, never again, or nobody knows."""
    outcome = not_sent(trouble, min(rows[0].attempts + 1, MAX_ATTEMPTS - 1))
    states = {DeliveryState.QUEUED: AlertState.WAITING, DeliveryState.UNKNOWN: AlertState.UNKNOWN}
    state = states.get(DeliveryState(outcome.state), AlertState.FAILED)
    return {"state": state, "error": outcome.error[:300], "next_at": now + timedelta(seconds=outcome.wait or 0)}


def message_of(rows: Sequence[Alert]) -> Message:
    """The mail about these things, in the installation's language, with the page where they are acted on."""
    with translation.override(settings.LANGUAGE_CODE):
        count = len(rows)
        several = ngettext("%(n)s thing about sending", "%(n)s things about sending", count) % {"n": count}
        page = settings.PUBLIC_BASE_URL + reverse("admin:surveys_dispatchswitch_changelist")
        told = "\n\n".join(f"{each.subject}\n{each.text}" for each in rows)
        end = _("Look at it, and let it go on, here: %(page)s") % {"page": page}
    return Message(
        recipient=settings.OWNER_EMAIL,
        subject=rows[0].subject if count == 1 else several,
        text=f"{told}\n\n{end}\n",
        message_id=f"<{rows[0].public_id}@{settings.DEFAULT_FROM_EMAIL.rpartition('@')[2]}>",
        language=settings.LANGUAGE_CODE,
    )
