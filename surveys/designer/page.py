"""Everything that the editor shows of one survey, gathered once a request."""

from dataclasses import dataclass
from functools import cached_property
from itertools import takewhile
from typing import Any

from django.utils import timezone

from surveys.actions.drafts import can_undo
from surveys.designer.drawing import MapPlace, journey_map
from surveys.designer.forms import KIND_NAMES
from surveys.drafting.advice import Advice, Surroundings, advice
from surveys.drafting.edits import NoSuchQuestion, question
from surveys.drafting.texts import in_language, plain, questions_of
from surveys.enums import VersionState
from surveys.models import Survey, SurveyVersion
from surveys.queries.designer import StagePlace, asks_a_week, scales_to_compare, stages_of, title_of
from surveys.rendering.durations import answering_seconds, duration
from surveys.rendering.specs import specs_of
from surveys.validators import document_problems

MANY_ANSWERS = 100  # before so many have answered, no question can have proved itself


@dataclass(frozen=True)
class Problem:
    """Why the draft cannot be published; question is "" where it is about the survey."""

    text: str
    question: str = ""


@dataclass(frozen=True)
class Line:
    """One question in the list at the left."""

    code: str
    number: int
    text: str
    kind: str
    headline: bool
    conditional: bool
    current: bool
    marks: int  # problems and advice


class Editor:
    """One survey as it is worked on: the draft where there is one, else what is published."""

    def __init__(self, survey: Survey, language: str = "", code: str = "") -> None:
        self.survey = survey
        self.language = language if language in self.languages else self.languages[0]
        self.code = code if self._find(code) else self._first()

    @cached_property
    def versions(self) -> dict[str, SurveyVersion]:
        """Draft and published version, by state."""
        rows = self.survey.versions.exclude(state=VersionState.RETIRED).order_by("number")
        return {row.state: row for row in rows}

    @cached_property
    def draft(self) -> SurveyVersion | None:
        return self.versions.get(VersionState.DRAFT)

    @cached_property
    def published(self) -> SurveyVersion | None:
        return self.versions.get(VersionState.PUBLISHED)

    @cached_property
    def version(self) -> SurveyVersion | None:
        """What is shown; None for a survey that nothing was ever written for."""
        return self.draft or self.published

    @cached_property
    def document(self) -> dict[str, Any]:
        return self.version.document if self.version else {"languages": ["en"], "questions": []}

    @property
    def revision(self) -> int:
        return self.draft.revision if self.draft else 0

    @cached_property
    def languages(self) -> list[str]:
        return list(self.document.get("languages") or ["en"])

    def _find(self, code: str) -> dict[str, Any] | None:
        try:
            return question(self.document, code)
        except NoSuchQuestion:
            return None

    def _first(self) -> str:
        rows = questions_of(self.document)
        return str(rows[0]["code"]) if rows else ""

    @cached_property
    def question(self) -> dict[str, Any] | None:
        """The question being edited."""
        return self._find(self.code)

    @cached_property
    def earlier(self) -> list[str]:
        """Codes of the questions before this one that are on a scale: those that it might replace."""
        rows = questions_of(self.document)
        before = takewhile(lambda row: row["code"] != self.code, rows)
        return [str(row["code"]) for row in before if row.get("scale")]

    @cached_property
    def undo_redo(self) -> tuple[bool, bool]:
        return can_undo(self.draft) if self.draft else (False, False)

    @cached_property
    def problems(self) -> list[Problem]:
        """What keeps the draft from being published."""
        rows = questions_of(self.document)
        found = []
        for path, text in document_problems(self.document, self.survey.kind):
            index = path[1] if len(path) > 1 and path[0] == "questions" else None
            code = str(rows[index]["code"]) if isinstance(index, int) and index < len(rows) else ""
            found.append(Problem(text, code))
        return found

    @cached_property
    def advice(self) -> list[Advice]:
        codes = {str(row["code"]) for row in questions_of(self.published.document)} if self.published else set()
        around = Surroundings(
            scales=scales_to_compare(self.survey),
            seconds=self.seconds,
            asked_before=frozenset(codes if self.survey.answered >= MANY_ANSWERS else ()),
            told_of=frozenset(self.survey.told_of),
        )
        return advice(self.document, self.survey.kind, around)

    @cached_property
    def seconds(self) -> float:
        """Estimated by kind of question; by the times of those who answered, where these are known."""
        if self.version is None:
            return 0.0
        estimate = float(answering_seconds(specs_of(self.version, self.language)))
        if self.published is None or not self.survey.answering_seconds:
            return estimate
        known = answering_seconds(specs_of(self.published, self.language))
        return estimate * self.survey.answering_seconds / known if known else estimate

    @property
    def takes(self) -> str:
        """How long answering takes, in words."""
        return duration(int(self.seconds)) if self.seconds else ""

    @cached_property
    def asked_a_week(self) -> float:
        return asks_a_week(self.survey, timezone.now())

    @cached_property
    def lines(self) -> list[Line]:
        noted = [each.question for each in self.problems] + [each.question for each in self.advice]
        return [
            Line(
                code=str(row["code"]),
                number=number,
                text=plain(in_language(row.get("text"), self.language)),
                kind=str(KIND_NAMES.get(str(row.get("kind", "")), row.get("kind", ""))),
                headline=bool(row.get("headline")),
                conditional=bool(row.get("show_if")),
                current=row["code"] == self.code,
                marks=noted.count(str(row["code"])),
            )
            for number, row in enumerate(questions_of(self.document), start=1)
        ]

    @cached_property
    def stages(self) -> tuple[StagePlace, ...]:
        return stages_of(self.survey.journey)

    @cached_property
    def title(self) -> str:
        """What the survey is called on its pages."""
        return title_of(self.survey, self.stages)

    @cached_property
    def map(self) -> list[MapPlace]:
        return journey_map(self.stages, self.document, self.code)
