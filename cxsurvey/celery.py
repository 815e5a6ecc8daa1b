"""The Celery application and its whole schedule; tasks carry ids only, the database rows are the jobs."""

import os

from celery import Celery
from celery.schedules import schedule

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cxsurvey.settings")

app = Celery("cxsurvey")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

# Every periodic job in one table: name, task, seconds. Each is guarded by a job_run row, so two beats do no harm.
app.conf.beat_schedule = {
    name: {"task": task, "schedule": schedule(seconds), "options": {"expires": seconds}}
    for name, task, seconds in (
        ("deliver-due", "surveys.deliver_due", 30),
        ("ask-by-clock", "surveys.ask_by_clock", 3600),
        ("close-idle-runs", "surveys.close_idle_runs", 600),
        ("expire-invitations", "surveys.expire_invitations", 600),
        ("reconcile-deliveries", "surveys.reconcile_deliveries", 60),
        ("process-callbacks", "surveys.process_callbacks", 30),
        ("score-texts", "feedback.score_texts", 30),
        ("refresh-runs", "feedback.refresh_runs", 30),
    )
}
