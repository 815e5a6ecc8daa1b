"""The open link behind an address, and the survey version that it asks."""

from datetime import datetime

from django.db.models import Q

from surveys.enums import VersionState
from surveys.models import OpenLink, SurveyVersion


def open_link(slug: str, now: datetime) -> OpenLink | None:
    """The link of this address, if it may be used now."""
    running = Q(starts_at__isnull=True) | Q(starts_at__lte=now)
    running &= Q(ends_at__isnull=True) | Q(ends_at__gt=now)
    rows = OpenLink.objects.filter(running, slug=slug, active=True, survey__active=True)
    return next(iter(rows.select_related("survey").order_by()), None)


def version_of(link: OpenLink) -> SurveyVersion | None:
    """The published version of its survey; without its document, which is read once and kept."""
    rows = SurveyVersion.objects.filter(survey_id=link.survey_id, state=VersionState.PUBLISHED)
    return next(iter(rows.only("state", "number", "survey_id").order_by()), None)
