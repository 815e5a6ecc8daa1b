"""Publishing a journey or survey version: frozen from then on by the database, the former one retired."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from surveys.actions.series import mark_runs_of_broken_series, series_of
from surveys.enums import StageKind, VersionState
from surveys.models import Choice, Journey, JourneyVersion, Question, Survey, SurveyVersion
from surveys.queries.definitions import digest, journey_definition
from surveys.question_kinds.document import rows_in
from surveys.validators import document_problems

ENDS = {"yes_no": (0, 1), "agreement": (1, 5), "repeated_myself": (1, 5)}  # of kinds whose scale need not be written


@transaction.atomic
def publish_journey(version: JourneyVersion) -> JourneyVersion:
    """Freeze a draft and retire the version before it. A published one stays as it is.

    ValidationError where the version was retired or has no stage that a customer enters.
    """
    Journey.objects.select_for_update().get(pk=version.journey_id)
    version.refresh_from_db()
    if version.state == VersionState.PUBLISHED:
        return version
    _refuse_retired(version.state)
    if not version.stages.exclude(kind=StageKind.WAIT).exists():
        raise ValidationError(_("A journey needs at least one stage that customers enter."))
    _retire(JourneyVersion.objects.filter(journey=version.journey_id))
    published = JourneyVersion.objects.filter(pk=version.pk, state=VersionState.DRAFT).update(
        state=VersionState.PUBLISHED, published_at=timezone.now(), digest=digest(journey_definition(version))
    )
    _moved(published)
    version.refresh_from_db()
    return version


@transaction.atomic
def publish_survey(version: SurveyVersion) -> SurveyVersion:
    """Freeze a draft, its question rows made from its document, and retire the version before it.

    A published one stays as it is. ValidationError with every reason why the document cannot be published.
    """
    survey = Survey.objects.select_for_update().get(pk=version.survey_id)
    version.refresh_from_db()
    if version.state == VersionState.PUBLISHED:
        return version
    _refuse_retired(version.state)
    problems = document_problems(version.document, survey.kind)
    if problems:
        raise ValidationError([f"{'.'.join(str(part) for part in path)}: {text}" for path, text in problems])
    mirror_questions(version)
    _retire(SurveyVersion.objects.filter(survey=survey))
    published = SurveyVersion.objects.filter(pk=version.pk, state=VersionState.DRAFT).update(
        state=VersionState.PUBLISHED,
        published_at=timezone.now(),
        digest=digest(version.document),
        headline=next((each["code"] for each in version.document["questions"] if each.get("headline")), ""),
    )
    _moved(published)
    version.refresh_from_db()
    mark_runs_of_broken_series(version)
    return version


@transaction.atomic
def mirror_questions(version: SurveyVersion) -> None:
    """Make the Question and Choice rows of a draft anew from its document."""
    version.questions.all().delete()
    documents = [row for question in version.document.get("questions", []) for row in rows_in(question)]
    series = series_of(version, documents)
    rows = [_question(version, order, document, series) for order, document in enumerate(documents, start=1)]
    questions = Question.objects.bulk_create(rows)
    Choice.objects.bulk_create(
        Choice(question=question, code=choice["code"], order=order)
        for question, document in zip(questions, documents, strict=True)
        for order, choice in enumerate(document.get("choices") or [], start=1)
    )


def _question(version: SurveyVersion, order: int, document: dict[str, Any], series: dict[str, int]) -> Question:
    low, high = document.get("scale") or ENDS.get(document["kind"]) or (None, None)
    return Question(
        version=version,
        order=order,
        code=document["code"],
        kind=document["kind"],
        metric=document["metric"],
        measures=document["measures"],
        stage_code=document.get("stage_code", ""),
        to_stage_code=document.get("to_stage_code", ""),
        scale_min=low,
        scale_max=high,
        reversed=bool(document.get("reversed")),
        required=bool(document.get("required")),
        headline=bool(document.get("headline")),
        series=series[document["code"]],
    )


def _refuse_retired(state: str) -> None:
    if state == VersionState.RETIRED:
        raise ValidationError(_("A retired version cannot be published again: load or copy it as a new version."))


def _retire(versions: Any) -> None:
    versions.filter(state=VersionState.PUBLISHED).update(state=VersionState.RETIRED)


def _moved(rows: int) -> None:
    if rows != 1:
        raise ValidationError(_("The version is no longer a draft: somebody else has just published it."))
