"""Is the service alive, ready, and how is its work: /healthz, /readyz, /metrics."""

import hmac
from collections.abc import Callable
from datetime import datetime, timedelta

from celery import current_app
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.models import Count, Min, Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from kombu.exceptions import OperationalError

from feedback.models import FreeText
from surveys.models import Delivery, JobRun, JourneyRun, ProviderCallback

HEARD_WITHIN = timedelta(seconds=90)
CANARIES = ("canary", "canary-deliver")  # one for each queue
BROKER_TIMEOUT_SECONDS = 1


@never_cache
@require_safe
def healthz(_request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


@never_cache
@require_safe
def readyz(_request: HttpRequest) -> JsonResponse:
    """200 when database and broker answer and workers take from every queue; 503 names what is missing."""
    state = {"database": _try(_database), "broker": _try(_broker), "worker": _try(_worker)}
    return JsonResponse(state, status=200 if all(value == "ok" for value in state.values()) else 503)


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Figures of the queue in Prometheus' text format, for who has the METRICS_TOKEN; 404 for everybody else."""
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not settings.METRICS_TOKEN or not hmac.compare_digest(given.encode(), settings.METRICS_TOKEN.encode()):
        return HttpResponse(status=404)
    lines = [f"cxsurvey_{name} {value}\n" for name, value in _figures(timezone.now()).items()]
    return HttpResponse("".join(lines), content_type="text/plain; version=0.0.4")


def _try(check: Callable[[], None]) -> str:
    try:
        check()
    except (DatabaseError, OSError, LookupError, OperationalError) as trouble:
        return f"failed: {type(trouble).__name__}"
    return "ok"


def _database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _broker() -> None:
    options = {"max_retries": 0, "socket_timeout": BROKER_TIMEOUT_SECONDS}
    with current_app.connection(connect_timeout=BROKER_TIMEOUT_SECONDS, transport_options=options) as link:
        link.ensure_connection(max_retries=0, timeout=BROKER_TIMEOUT_SECONDS)


def _worker() -> None:
    """The canary of every queue has come through the broker and a worker lately: a process that lives is not enough."""
    lately = JobRun.objects.filter(job__in=CANARIES, started_at__gte=timezone.now() - HEARD_WITHIN)
    if lately.values("job").distinct().count() < len(CANARIES):
        raise LookupError


def _figures(now: datetime) -> dict[str, float]:
    due = Q(state__in=("planned", "queued"), next_at__lte=now)
    row = Delivery.objects.aggregate(
        due=Count("pk", filter=due),
        oldest=Min("next_at", filter=due),
        unknown=Count("pk", filter=Q(state="unknown")),
        failed=Count("pk", filter=Q(state="failed")),
    )
    return {
        "deliveries_due": row["due"],
        "deliveries_oldest_due_seconds": (now - row["oldest"]).total_seconds() if row["oldest"] else 0.0,
        "deliveries_unknown": row["unknown"],
        "deliveries_failed": row["failed"],
        "callbacks_unprocessed": ProviderCallback.objects.filter(processed_at__isnull=True).count(),
        "texts_unscored": FreeText.objects.filter(scored_at__isnull=True).count(),
        "runs_stale": JourneyRun.objects.filter(stale=True).count(),
    }
