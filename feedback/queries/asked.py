"""What was asked: the question rows of a version, and the stage rows that their stage codes mean. Frozen, so cached."""

from collections.abc import Iterable
from dataclasses import dataclass

from surveys.enums import Measures, VersionState
from surveys.models import JourneyVersion, Question, Stage, SurveyVersion
from surveys.question_kinds import QuestionSpec, rows_of
from surveys.rendering.specs import specs_of


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """A question row beside its specification."""

    pk: int
    spec: QuestionSpec
    measures: str
    stage_code: str
    to_stage_code: str

    @property
    def stage_codes(self) -> tuple[str, ...]:
        """The stages it measures: none, one, or the two ends of a transition."""
        return tuple(code for code in (self.stage_code, self.to_stage_code) if code)


def questions_asked(version: SurveyVersion) -> dict[str, AskedQuestion]:
    """Code -> question, in the order of the version. Published versions cost no query the second time."""
    if version.state == VersionState.DRAFT:
        return _read_questions(version)
    found = _questions.get(version.pk)
    if found is None:
        found = _questions[version.pk] = _read_questions(version)
    return found


_questions: dict[int, dict[str, AskedQuestion]] = {}


def _read_questions(version: SurveyVersion) -> dict[str, AskedQuestion]:
    specs = {row.code: row for spec in specs_of(version, "") for row in rows_of(spec)}
    rows = Question.objects.filter(version_id=version.pk).order_by("order")
    return {
        row.code: AskedQuestion(row.pk, specs[row.code], Measures(row.measures), row.stage_code, row.to_stage_code)
        for row in rows
    }


def stages_of(version_id: int) -> dict[str, int]:
    """Stage code -> id of a journey version."""
    found = _stages.get(version_id)
    if found is None:
        rows = list(Stage.objects.filter(version_id=version_id).values_list("code", "pk", "version__state"))
        found = {code: pk for code, pk, _state in rows}
        if any(state != VersionState.DRAFT for _code, _pk, state in rows):
            _stages[version_id] = found
    return found


_stages: dict[int, dict[str, int]] = {}


def published_versions(journey_ids: Iterable[int]) -> dict[int, int]:
    """Journey id -> id of its published version."""
    rows = JourneyVersion.objects.filter(journey_id__in=set(journey_ids), state=VersionState.PUBLISHED)
    return dict(rows.values_list("journey_id", "pk"))
