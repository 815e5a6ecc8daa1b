"""Series of questions: versions whose answers may be counted together share one (method 2.8, 3.2)."""

from collections.abc import Mapping, Sequence
from typing import Any

from surveys.drafting.pooling import not_pooled
from surveys.enums import VersionState
from surveys.models import JourneyRun, Question, SurveyVersion
from surveys.question_kinds.document import rows_in

Row = Mapping[str, Any]


def series_of(version: SurveyVersion, rows: Sequence[Row]) -> dict[str, int]:
    """The series of each stored question: that of the newest earlier version that asked it, one more where scale,
    words, choices or object are others.
    """
    before = _before(version)
    found = {}
    for row in rows:
        code = str(row["code"])
        old, series = before.get(code, (row, 1))
        found[code] = series + (1 if not_pooled(old, row) else 0)
    return found


def _before(version: SurveyVersion) -> dict[str, tuple[Row, int]]:
    """Every question of earlier versions by code, as its newest one had it, with its series."""
    earlier = version.survey.versions.exclude(state=VersionState.DRAFT).exclude(pk=version.pk).order_by("number")
    numbers = dict[tuple[int, str], int]()
    for pk, code, series in Question.objects.filter(version__in=earlier).values_list("version_id", "code", "series"):
        numbers[pk, code] = series
    return {
        str(row["code"]): (row, numbers.get((each.pk, str(row["code"])), 1))
        for each in earlier
        for question in each.document.get("questions", [])
        for row in rows_in(question)
    }


def mark_runs_of_broken_series(version: SurveyVersion) -> int:
    """Have the runs of the journey computed again where a headline begins a new series: the old one counts no more."""
    begun = version.questions.filter(headline=True, series__gt=1).values_list("code", "series")
    former = Question.objects.filter(version__survey=version.survey_id, headline=True).exclude(version=version.pk)
    broken = any(former.filter(code=code, series__lt=series).exists() for code, series in begun)
    if not broken or version.survey.journey_id is None:
        return 0
    return JourneyRun.objects.filter(journey=version.survey.journey_id, stale=False).update(stale=True)
