"""Which quotas of a survey are full."""

from feedback.models import QuotaCount
from surveys.logic.quotas import limits
from surveys.models import SurveyVersion


def full_quotas(version: SurveyVersion) -> frozenset[str]:
    """Codes of the quotas without a place left; no query for a survey without quotas."""
    wanted = limits(version.document)
    if not wanted:
        return frozenset()
    taken = dict(QuotaCount.objects.filter(survey=version.survey_id, code__in=wanted).values_list("code", "taken"))
    return frozenset(code for code, limit in wanted.items() if taken.get(code, 0) >= limit)
