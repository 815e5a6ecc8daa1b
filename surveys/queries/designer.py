"""What the designer shows: journeys with their stages and surveys, and how often a survey is asked."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Count, Prefetch, Q

from surveys.enums import StageKind, SurveyKind, VersionState
from surveys.models import AskDecision, Journey, JourneyVersion, Question, Stage, Survey, SurveyVersion

WEEKS: Final = 4


@dataclass(frozen=True, slots=True)
class StagePlace:
    """A stage on the drawn journey; a wait is drawn between the stages around it."""

    code: str
    name: str
    kind: str
    owner: str

    @property
    def is_wait(self) -> bool:
        return self.kind == StageKind.WAIT


@dataclass(frozen=True, slots=True)
class SurveyLine:
    """One survey in a list: what is asked now, and whether somebody is working on a draft."""

    survey: Survey
    published: SurveyVersion | None
    draft: SurveyVersion | None
    title: str = ""


@dataclass(frozen=True, slots=True)
class JourneyLines:
    """A journey (None: no journey) with its stages and surveys in their order."""

    journey: Journey | None
    stages: tuple[StagePlace, ...]
    surveys: tuple[SurveyLine, ...]


def survey_by_code(code: str) -> Survey | None:
    return Survey.objects.select_related("journey").filter(code=code).first()


def journeys_with_surveys() -> list[JourneyLines]:
    """Every journey by name, surveys without one last; four queries whatever their number."""
    versions = SurveyVersion.objects.exclude(state=VersionState.RETIRED).defer("document").order_by("number")
    surveys = Survey.objects.select_related("journey").prefetch_related(Prefetch("versions", versions, "current"))
    by_journey: dict[int | None, list[SurveyLine]] = {}
    for survey in surveys.order_by("code"):
        by_journey.setdefault(survey.journey_id, []).append(_line(survey))
    found = [
        JourneyLines(journey, stages, _in_order(by_journey.get(journey.pk, []), stages))
        for journey, stages in _journeys()
    ]
    without = by_journey.get(None, [])
    return [*found, JourneyLines(None, (), _in_order(without, ()))] if without else found


def _line(survey: Survey) -> SurveyLine:
    current: list[SurveyVersion] = getattr(survey, "current", [])
    states = {version.state: version for version in current}
    return SurveyLine(survey, states.get(VersionState.PUBLISHED), states.get(VersionState.DRAFT))


def _in_order(lines: list[SurveyLine], stages: tuple[StagePlace, ...]) -> tuple[SurveyLine, ...]:
    """Along the journey, the whole of it last."""
    place = {stage.code: index for index, stage in enumerate(stages)}
    ordered = sorted(lines, key=lambda line: (place.get(line.survey.stage_code, len(place)), line.survey.code))
    return tuple(replace(line, title=title_of(line.survey, stages)) for line in ordered)


def title_of(survey: Survey, stages: Iterable[StagePlace]) -> str:
    """Its name; without one that of its stage or journey, else its code."""
    stage = next((each.name for each in stages if each.code == survey.stage_code), "")
    return survey.name or stage or (survey.journey.name if survey.journey else "") or survey.code


def _journeys() -> list[tuple[Journey, tuple[StagePlace, ...]]]:
    stages = Prefetch("stages", Stage.objects.select_related("owner").order_by("order"), "in_order")
    versions = JourneyVersion.objects.exclude(state=VersionState.RETIRED).prefetch_related(stages).order_by("number")
    rows = Journey.objects.prefetch_related(Prefetch("versions", versions, "current")).order_by("name", "code")
    return [(journey, _stages(getattr(journey, "current", []))) for journey in rows]


def _stages(versions: list[JourneyVersion]) -> tuple[StagePlace, ...]:
    """Those of the published version, else of the draft."""
    published = [version for version in versions if version.state == VersionState.PUBLISHED]
    chosen = (published or versions)[-1:]
    rows: list[Stage] = getattr(chosen[0], "in_order", []) if chosen else []
    return tuple(StagePlace(row.code, row.name, row.kind, row.owner.name if row.owner else "") for row in rows)


def stages_of(journey: Journey | None) -> tuple[StagePlace, ...]:
    """The stages of one journey, waits among them; two queries."""
    if journey is None:
        return ()
    version = (
        journey.versions.exclude(state=VersionState.RETIRED).order_by("-state", "-number").first()
    )  # published before draft
    if version is None:
        return ()
    rows = version.stages.select_related("owner").order_by("order")
    return tuple(StagePlace(row.code, row.name, row.kind, row.owner.name if row.owner else "") for row in rows)


def asks_a_week(survey: Survey, now: datetime) -> float:
    """How many customers were asked a week, over the last four."""
    since = now - timedelta(weeks=WEEKS)
    asked = Q(outcome__in=("planned", "sent"), imported=False, decided_at__gte=since)
    counted = AskDecision.objects.filter(asked, survey=survey).aggregate(n=Count("pk"))
    return float(counted["n"]) / WEEKS


def scales_to_compare(survey: Survey) -> list[tuple[str, str, float, float]]:
    """(survey, kind, lowest, highest) of the published headlines that this survey's headline is compared with."""
    if survey.journey_id is None or survey.kind == SurveyKind.RELATIONSHIP:
        return []
    other = SurveyKind.TOUCHPOINT if survey.kind == SurveyKind.END_TO_END else SurveyKind.END_TO_END
    rows = Question.objects.filter(
        headline=True,
        scale_min__isnull=False,
        version__state=VersionState.PUBLISHED,
        version__survey__journey=survey.journey_id,
        version__survey__kind=other,
        version__survey__active=True,
    ).order_by("version__survey__code")
    found = rows.values_list("version__survey__code", "kind", "scale_min", "scale_max")
    return [(code, kind, low, high) for code, kind, low, high in found if low is not None and high is not None]


def journey_by_code(code: str) -> Journey | None:
    return Journey.objects.filter(code=code).first()


def survey_to_show(journey: Journey) -> Survey | None:
    """One survey of the journey that has a page to look at."""
    return Survey.objects.filter(journey=journey, versions__isnull=False).order_by("-active", "code").first()


def draft_of(survey: Survey) -> SurveyVersion | None:
    return survey.versions.filter(state=VersionState.DRAFT).first()


def published_of(survey: Survey) -> SurveyVersion | None:
    return survey.versions.filter(state=VersionState.PUBLISHED).first()
