"""The Celery application and its whole schedule; tasks carry ids only, the database rows are the jobs."""

import os
from typing import Any, Final

from celery import Celery
from celery.schedules import schedule
from kombu.transport import TRANSPORT_ALIASES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cxsurvey.settings")

TRANSPORT_ALIASES.update(dict.fromkeys(("redis", "rediss"), "cxsurvey.lib.redis_transport:Transport"))

app = Celery("cxsurvey", amqp="cxsurvey.lib.broker_connection:BrokerAMQP")
app.set_default()  # so that whatever process nudges, nudges this broker
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

# Every periodic job in one table: name, task, seconds, and whether it runs once per slot (a job_run row, so that two
# beats and the sweeper do no harm) or may run any number of times at once, because it claims the rows it works on.
JOBS: Final = (
    ("deliver-due", "surveys.deliver_due", 30, False),
    ("process-callbacks", "surveys.process_callbacks", 30, False),
    ("tell-owner", "surveys.tell_owner", 30, False),
    ("converse", "feedback.converse", 30, False),
    ("score-texts", "feedback.score_texts", 30, False),
    ("refresh-runs", "feedback.refresh_runs", 30, False),
    ("refresh-analyses", "feedback.refresh_analyses", 60, False),
    ("reconcile-deliveries", "surveys.reconcile_deliveries", 60, True),
    ("close-idle-runs", "surveys.close_idle_runs", 600, True),
    ("expire-invitations", "surveys.expire_invitations", 600, True),
    ("expire-conversations", "surveys.expire_conversations", 60, True),
    ("close-partials", "feedback.close_partials", 600, True),
    ("raise-follow-ups", "feedback.raise_follow_ups", 600, True),
    ("ask-about-waits", "surveys.ask_about_waits", 600, True),
    ("decide-delayed", "surveys.decide_delayed", 600, True),
    ("plan-reminders", "surveys.plan_reminders", 600, True),
    ("tell-surveys", "feedback.tell_surveys", 3600, True),
    ("keep-schedule", "surveys.keep_schedule", 60, True),
    ("ask-by-clock", "surveys.ask_by_clock", 3600, True),
    ("canary", "surveys.canary", 30, True),
    ("canary-deliver", "surveys.canary_deliver", 30, True),
)


def arguments(seconds: int, slotted: bool) -> dict[str, Any]:
    """What a periodic task is called with."""
    return {"every": seconds} if slotted else {}


app.conf.beat_schedule = {
    name: {
        "task": task,
        "schedule": schedule(seconds),
        "kwargs": arguments(seconds, slotted),
        "options": {"expires": seconds},
    }
    for name, task, seconds, slotted in JOBS
}
