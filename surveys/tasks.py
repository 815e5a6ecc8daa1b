"""Celery tasks of asking: each calls one action and returns its counts. Periodic ones run once per slot (R7).

`every` is given by the schedule: with it a task takes the slot of that many seconds, or leaves it to whoever has it.
"""

from typing import Any

from celery import Task, shared_task
from django.utils import timezone

from surveys.actions.alerts import send_alerts
from surveys.actions.callbacks import process_callbacks
from surveys.actions.conversations import expire_conversations
from surveys.actions.decide import decide_by_clock
from surveys.actions.decide_delayed import decide_delayed
from surveys.actions.decide_passages import decide_waits
from surveys.actions.deliver import deliver_due
from surveys.actions.expire import expire_invitations
from surveys.actions.reconcile import reconcile_deliveries
from surveys.actions.remind import plan_reminders
from surveys.actions.runs import close_idle_runs
from surveys.actions.schedule import keep_schedule
from surveys.actions.slots import in_slot


@shared_task(name="surveys.deliver_due")
def deliver_due_task(limit: int | None = None) -> dict[str, int]:
    """Send what is due. Claims keep any number of these apart, so there is no slot to take."""
    return deliver_due(limit)


@shared_task(name="surveys.tell_owner")
def tell_owner_task() -> dict[str, int]:
    """Mail what the owner should know; claims keep any number of these apart."""
    return send_alerts(timezone.now())


@shared_task(name="surveys.process_callbacks")
def process_callbacks_task(limit: int = 500) -> dict[str, int]:
    """Process what providers have told; claims keep any number of these apart."""
    return process_callbacks(limit, timezone.now())


@shared_task(name="surveys.ask_by_clock")
def ask_by_clock_task(every: int = 0) -> dict[str, int]:
    """Decide on the periodic asks."""
    return in_slot("ask-by-clock", every, decide_by_clock)


@shared_task(name="surveys.ask_about_waits")
def ask_about_waits_task(every: int = 0) -> dict[str, int]:
    """Decide on the asks about runs that wait longer than promised."""
    return in_slot("ask-about-waits", every, decide_waits)


@shared_task(name="surveys.decide_delayed")
def decide_delayed_task(every: int = 0) -> dict[str, int]:
    """Look again at the asks that were delayed."""
    return in_slot("decide-delayed", every, decide_delayed)


@shared_task(name="surveys.close_idle_runs")
def close_idle_runs_task(every: int = 0) -> dict[str, int]:
    """End runs that nothing has happened in for too long."""
    return in_slot("close-idle-runs", every, lambda now: {"closed": close_idle_runs(now)})


@shared_task(name="surveys.expire_invitations")
def expire_invitations_task(every: int = 0) -> dict[str, int]:
    """End invitations whose link has run out."""
    return in_slot("expire-invitations", every, expire_invitations)


@shared_task(name="surveys.expire_conversations")
def expire_conversations_task(every: int = 0) -> dict[str, int]:
    """End conversations that nobody has replied to in time."""
    return in_slot("expire-conversations", every, expire_conversations)


@shared_task(name="surveys.plan_reminders")
def plan_reminders_task(every: int = 0) -> dict[str, int]:
    """Queue the reminders of asks that have not been answered."""
    return in_slot("plan-reminders", every, lambda now: {"reminders": plan_reminders(now)})


@shared_task(name="surveys.reconcile_deliveries")
def reconcile_deliveries_task(every: int = 0) -> dict[str, int]:
    """Free what dead workers held, settle what is unknown."""
    return in_slot("reconcile-deliveries", every, reconcile_deliveries)


@shared_task(name="surveys.keep_schedule")
def keep_schedule_task(every: int = 0) -> dict[str, int]:
    """Publish drafts and close surveys whose time has come."""
    return in_slot("keep-schedule", every, keep_schedule)


@shared_task(name="surveys.canary", bind=True)
def canary_task(self: "Task[Any, Any]", every: int = 0) -> dict[str, int]:
    """Leave a row that proves the way from the broker through a worker; done by hand it would prove nothing."""
    return {} if self.request.called_directly else in_slot("canary", every, lambda _now: {})


@shared_task(name="surveys.canary_deliver", bind=True)
def canary_deliver_task(self: "Task[Any, Any]", every: int = 0) -> dict[str, int]:
    """The same through the queue of sending."""
    return {} if self.request.called_directly else in_slot("canary-deliver", every, lambda _now: {})
