"""A journey as the comparison needs it: stages, transitions, options, and what every question measures."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from feedback.insights.scores import Scale
from surveys.enums import Measures, StageKind, SurveyKind, VersionState
from surveys.models import Journey, JourneyVersion, Question, Stage, Transition
from surveys.question_kinds.document import rows_in


@dataclass(frozen=True, slots=True)
class StageDefinition:
    """One stage; owner is None where nobody owns it."""

    code: str
    name: str
    kind: str
    phase: str
    owner: str | None
    promised_days: float | None
    channel: str = ""
    human: bool = True
    optional: bool = False
    third_party: bool = False


@dataclass(frozen=True, slots=True)
class TransitionDefinition:
    """A passage between two stages that can be entered, with the owner and promise of a wait across it."""

    source: str
    target: str
    owner: str | None
    promised_days: float | None

    @property
    def key(self) -> str:
        """As run rows name it."""
        return f"{self.source}->{self.target}"


@dataclass(frozen=True, slots=True)
class QuestionDefinition:
    """One question of one survey on one scale."""

    survey: str
    survey_kind: str
    code: str
    kind: str
    metric: str
    measures: str
    stage: str
    headline: bool
    scale: Scale | None
    text: str
    version: int
    current: bool
    choices: tuple[tuple[str, str], ...] = ()
    series: int = 1  # another where answers are not counted together
    to_stage: str = ""  # of a question about the passage from its stage
    replaces: str = ""  # the earlier question, on another scale, whose place it took

    @property
    def key(self) -> str:
        """As run rows name its answers."""
        scale = "" if self.scale is None else f"{self.scale.minimum:g}-{self.scale.maximum:g}"
        series = f"#{self.series}" if self.series > 1 else ""
        return f"{self.survey}.{self.code}|{scale}{series}"


@dataclass(frozen=True, slots=True)
class JourneyDefinition:
    """The published (else the newest) version of a journey."""

    journey_id: int
    code: str
    name: str
    headline: str
    promised_days: float | None
    needed_steps: int | None
    options: dict[str, Any]
    stages: tuple[StageDefinition, ...]
    transitions: tuple[TransitionDefinition, ...]
    questions: tuple[QuestionDefinition, ...]

    @property
    def owner(self) -> str | None:
        """The department that answers for the whole of it; None: nobody."""
        return self.options.get("owner") or None

    @property
    def experience_question(self) -> QuestionDefinition | None:
        """The question that measures the experience."""
        ends = [q for q in self.questions if q.survey_kind == SurveyKind.END_TO_END and q.current]
        if not self.headline:
            return next((q for q in ends if q.headline), None)
        return next((q for q in ends if self.headline in (q.code, f"{q.survey}.{q.code}")), None)

    @property
    def former_headlines(self) -> tuple[QuestionDefinition, ...]:
        """Headlines that are asked in another series or on another scale now, each once."""
        now = {(q.survey, q.code): q.key for q in self.questions if q.current}
        former = {q.key: q for q in self.questions if q.headline and now.get((q.survey, q.code), q.key) != q.key}
        return tuple(former[key] for key in sorted(former))

    def headline_of(self, stage: str) -> QuestionDefinition | None:
        """The question whose answers are a stage's score."""
        found = [q for q in self.questions if q.headline and q.measures == Measures.STAGE and q.stage == stage]
        return next((q for q in found if q.current), found[0] if found else None)

    @property
    def service_stages(self) -> tuple[StageDefinition, ...]:
        """Stages at which people or bots serve."""
        return tuple(stage for stage in self.stages if stage.kind == StageKind.SERVICE)

    @property
    def asked_service_stages(self) -> tuple[StageDefinition, ...]:
        """Service stages that have a headline question."""
        return tuple(stage for stage in self.service_stages if self.headline_of(stage.code))


def journey_definition(code: str) -> JourneyDefinition | None:
    """The definition of a journey by code, in five queries; None where there is no such journey or version."""
    journey = Journey.objects.filter(code=code).first()
    version = _current_version(journey) if journey else None
    if journey is None or version is None:
        return None
    stages = list(version.stages.select_related("owner").order_by("order"))
    return JourneyDefinition(
        journey_id=journey.pk,
        code=journey.code,
        name=journey.name,
        headline=version.headline,
        promised_days=version.promised_days,
        needed_steps=version.needed_steps,
        options=version.options,
        stages=tuple(_stage(stage) for stage in stages),
        transitions=tuple(_transitions(version, stages)),
        questions=tuple(_questions(journey)),
    )


def _current_version(journey: Journey) -> JourneyVersion | None:
    versions = journey.versions.order_by("-number")
    return versions.filter(state=VersionState.PUBLISHED).first() or versions.first()


def _stage(stage: Stage) -> StageDefinition:
    owner = stage.owner.name if stage.owner else None
    return StageDefinition(
        code=stage.code,
        name=stage.name,
        kind=stage.kind,
        phase=stage.phase,
        owner=owner,
        promised_days=stage.promised_days,
        channel=stage.channel,
        human=stage.human,
        optional=stage.optional,
        third_party=stage.third_party,
    )


def _transitions(version: JourneyVersion, stages: list[Stage]) -> list[TransitionDefinition]:
    """Passages between consecutive stages that can be entered; a wait stage between lends its owner and promise."""
    named: dict[tuple[int, int], Transition] = {
        (row.from_stage_id, row.to_stage_id): row for row in version.transitions.select_related("owner")
    }
    found, previous, waits = [], None, list[Stage]()
    for stage in stages:
        if stage.kind == StageKind.WAIT:
            waits.append(stage)
            continue
        if previous is not None:
            row = named.get((previous.pk, stage.pk))
            wait = waits[-1] if waits else None
            owner = (row.owner if row else None) or (wait.owner if wait else None)
            promised = (row.promised_days if row else None) or (wait.promised_days if wait else None)
            found.append(TransitionDefinition(previous.code, stage.code, owner.name if owner else None, promised))
        previous, waits = stage, []
    return found


def _questions(journey: Journey) -> list[QuestionDefinition]:
    rows = (
        Question.objects.filter(version__survey__journey=journey)
        .exclude(version__state=VersionState.DRAFT)
        .select_related("version__survey")
        .order_by("version__survey__code", "-version__number", "order")
    )
    return [_question(row) for row in rows]


def _question(row: Question) -> QuestionDefinition:
    scale = None
    if row.scale_min is not None and row.scale_max is not None:
        scale = Scale(row.scale_min, row.scale_max, row.reversed)
    survey, languages = row.version.survey, row.version.document.get("languages") or []
    spec = _spec_of(row)
    return QuestionDefinition(
        survey=survey.code,
        survey_kind=survey.kind,
        code=row.code,
        kind=row.kind,
        metric=row.metric,
        measures=row.measures,
        stage=row.stage_code,
        headline=row.headline,
        scale=scale,
        text=_first(spec.get("text", ""), languages),
        version=row.version.number,
        current=row.version.state == VersionState.PUBLISHED,
        choices=tuple((each["code"], _first(each.get("text", ""), languages)) for each in spec.get("choices") or ()),
        series=row.series,
        to_stage=row.to_stage_code,
        replaces=spec.get("replaces") or "",
    )


def _spec_of(row: Question) -> dict[str, Any]:
    """The question as its version's document has it; a row of a battery as a question of its own."""
    asked = row.version.document.get("questions", [])
    found: dict[str, Any] = next((each for each in asked if each.get("code") == row.code), {})
    if found:
        return found
    battery = next((each for each in asked if row.code.startswith(f"{each.get('code')}.")), None)
    return next((each for each in rows_in(battery) if each["code"] == row.code), {}) if battery else {}


def _first(text: Any, languages: Sequence[str]) -> str:
    """A text in the first language of its version."""
    if isinstance(text, dict):
        text = next((text[language] for language in languages or list(text) if text.get(language)), "")
    return str(text)
