"""Kept comparisons: finding one by its question, and what is due."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from feedback.enums import AnalysisState
from feedback.insights.suppression import small_cell
from feedback.models import Analysis, RunScore
from surveys.models import Journey, JourneyVersion

# Computed while somebody waits: 5,000 runs with everything in them cost about three seconds of CPU (3,000 took 1.8).
SMALL_JOURNEY, SMALL_INSTALLATION = 5_000, 50_000


def hash_of(question: Mapping[str, Any]) -> str:
    """The key of a question: the same question in any order of its keys has the same."""
    return hashlib.sha256(json.dumps(question, sort_keys=True).encode()).hexdigest()


def find_analysis(question: Mapping[str, Any]) -> Analysis | None:
    """The row of a question, in one query."""
    return Analysis.objects.filter(query_hash=hash_of(question)).first()


def comparable_journey(code: str) -> int | None:
    """The id of a journey that has a version, by code."""
    versions = JourneyVersion.objects.filter(journey=OuterRef("pk"))
    return Journey.objects.filter(Exists(versions), code=code).values_list("pk", flat=True).first()


def is_small(journey: int) -> bool:
    """Whether a comparison of the journey is computed while somebody waits: few run rows, few of others (BH family)."""
    every = RunScore.objects.order_by()
    own = every.filter(journey_id=journey)[:SMALL_JOURNEY].count()
    return own < SMALL_JOURNEY and every[:SMALL_INSTALLATION].count() < SMALL_INSTALLATION


def journeys_without_standing() -> list[str]:
    """Codes of journeys that have run rows, and no comparison that is kept up to date."""
    rows, kept = RunScore.objects.filter(journey=OuterRef("pk")), Analysis.objects.filter(journey=OuterRef("pk"))
    journeys = Journey.objects.filter(Exists(rows), ~Exists(kept.filter(standing=True)))
    return list(journeys.order_by("code").values_list("code", flat=True))


def hidden_otherwise() -> QuerySet[Analysis]:
    """Those that hide by another limit than the installation's: nobody can ask for them any more."""
    return Analysis.objects.exclude(query__small_cell=small_cell())


def claimable(now: datetime | None = None) -> QuerySet[Analysis]:
    """Those that wait, and those whose worker has died."""
    dead = Q(state=AnalysisState.RUNNING, lease_until__lt=now or timezone.now())
    return Analysis.objects.filter(Q(state=AnalysisState.WAITING) | dead).order_by("pk")


def watched(now: datetime, asked_within: timedelta) -> list[Analysis]:
    """Ready or failed ones that are kept up to date: the standing ones, and those asked for a short while ago."""
    wanted = Q(standing=True) | Q(asked_at__gte=now - asked_within)
    rows = Analysis.objects.filter(wanted, state__in=(AnalysisState.READY, AnalysisState.FAILED))
    return list(rows.defer("value", "comments").order_by("pk"))
