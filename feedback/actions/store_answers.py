"""Store responses: one per occasion, their answers, and the words in them, in a handful of statements however many."""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db import transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from cxsurvey.lib.bulk import copy_rows, insert_new
from cxsurvey.lib.nudge import nudge
from feedback.enums import ResponseSource
from feedback.models import Answer, FreeText, Response, SealedText
from feedback.queries.asked import AskedQuestion, published_versions, questions_asked, stages_of
from surveys.models import Customer, Interaction, Invitation, JourneyRun, OpenLink, Stage, SurveyVersion
from surveys.question_kinds import SEALED, RawValue, kind
from surveys.question_kinds.contact import parts_of

BATCH = 2_000
COPY_FROM = 100  # fewer answers, as of one post, go in one INSERT
COLUMNS = (
    "response_id",
    "question_id",
    "run_id",
    "measures",
    "stage_id",
    "to_stage_id",
    "value",
    "choices",
    "score",
    "answered_at",
)


class UnknownQuestion(ValueError):
    """A value for a question that the version does not ask."""


class UnknownStage(ValueError):
    """A question measures a stage that neither the run's nor the published journey version has."""


@dataclass(frozen=True, slots=True)
class ResponseIn:
    """One response to store. `occasion_key` makes it one per occasion; blank values are not stored."""

    occasion_key: str
    version: SurveyVersion
    values: Mapping[str, RawValue]
    answered_at: datetime
    customer: Customer | None = None
    invitation: Invitation | None = None
    run: JourneyRun | None = None
    stage: Stage | None = None
    interaction: Interaction | None = None
    source: str = ResponseSource.LINK
    channel: str = ""
    language: str = ""
    weight: float | None = None
    asked_at: datetime | None = None
    late: bool = False
    complete: bool = True
    seconds: int | None = None
    open_link: OpenLink | None = None
    hidden: Mapping[str, str] = field(default_factory=dict)
    order: Mapping[str, Any] = field(default_factory=dict)  # surveys.logic.Order.as_json()

    @property
    def given(self) -> dict[str, RawValue]:
        """The answers that are not blank."""
        return {code: value for code, value in self.values.items() if not value.is_blank}


@dataclass(frozen=True, slots=True)
class Stored:
    """The response of an occasion, and whether this call made it."""

    response: Response
    created: bool


def store_responses(items: Sequence[ResponseIn]) -> list[Response]:
    """Store what is new and return the response of every item, in order; see store_each()."""
    return [stored.response for stored in store_each(items)]


@transaction.atomic
def store_each(items: Sequence[ResponseIn]) -> list[Stored]:
    """Store responses with answers and texts; an occasion that already has its response keeps it, untouched.

    Marks the runs stale and, after the commit, wakes the scoring of texts and the refresh of run rows. UnknownQuestion
    or UnknownStage (both ValueError) when an item cannot be placed: then nothing of the call is stored.
    """
    return store_within(items)


def store_within(items: Sequence[ResponseIn]) -> list[Stored]:
    """store_each() for a caller whose own transaction ends with any error: no savepoint is set and released."""
    if not items:
        return []
    stages = Stages(items)
    stored = _insert_responses(items)
    new = [(item, each.response.pk) for item, each in zip(items, stored, strict=True) if each.created]
    answers = [answer for item, response_id in new for answer in answers_of(item, stages, response_id)]
    copied = [answer for answer in answers if not answer.words] if len(answers) >= COPY_FROM else []
    if copied:
        copy_rows(Answer, COLUMNS, map(_row, copied))
    texts = _insert([answer for answer in answers if answer.words or not copied])
    run_ids = {item.run.pk for item, _id in new if item.run}
    mark_stale(run_ids)
    wake(runs=bool(run_ids), texts=bool(texts))
    return stored


def content_hash(version_id: int, values: Mapping[str, RawValue]) -> bytes:
    """Tells a repeated post from another one; the order of the answers does not count.

    Keyed: nobody can find out by trying which phone number was given.
    """
    given = {
        code: [value.number, list(value.choices), value.text] for code, value in values.items() if not value.is_blank
    }
    said = json.dumps([version_id, given], sort_keys=True)
    return salted_hmac("feedback.response", said, algorithm="sha256").digest()


def _insert_responses(items: Sequence[ResponseIn]) -> list[Stored]:
    """Insert what conflicts with nothing; what was there already, or comes twice in the batch, is read by its key."""
    fresh = [Response(**response_values(item)) for item in items]
    ids = insert_new(fresh, "public_id")
    made: dict[str, Response] = {}
    for row in fresh:
        row.pk = ids.get(row.public_id)
        if row.pk:
            row._state.adding = False
            made[row.occasion_key] = row
    others = [row.occasion_key for row in fresh if row.occasion_key not in made]
    existing = made | {row.occasion_key: row for row in _known(others)}
    found = [(row.public_id, existing.get(row.occasion_key)) for row in fresh]
    if any(response is None for _public_id, response in found):  # the invitation's other response has another key
        raise ValueError(_("An invitation in this batch already has a response under another occasion key."))
    return [Stored(row, row.public_id == public_id) for public_id, row in found if row is not None]


def _known(keys: Sequence[str]) -> Iterable[Response]:
    return Response.objects.filter(occasion_key__in=keys) if keys else ()


def response_values(item: ResponseIn) -> dict[str, Any]:
    """The row of a response by column, but for what the table itself gives it."""
    return {
        "occasion_key": item.occasion_key,
        "survey_id": item.version.survey_id,
        "version_id": item.version.pk,
        "invitation_id": item.invitation.pk if item.invitation else None,
        "customer_id": item.customer.pk if item.customer else None,
        "run_id": item.run.pk if item.run else None,
        "interaction_id": item.interaction.pk if item.interaction else None,
        "source": item.source,
        "channel": item.channel,
        "language": item.language,
        "content_hash": content_hash(item.version.pk, item.values),
        "weight": item.weight,
        "late": item.late,
        "complete": item.complete,
        "seconds": item.seconds,
        "open_link_id": item.open_link.pk if item.open_link else None,
        "hidden": dict(item.hidden),
        "order": dict(item.order),
        "asked_at": item.asked_at,
        "answered_at": item.answered_at,
    }


@dataclass(frozen=True, slots=True)
class Given:
    """One answer, ready to be written, with the words that came with it, which may be none."""

    response_id: int | None
    item: ResponseIn
    question: AskedQuestion
    value: RawValue
    stage: int | None
    to_stage: int | None

    @property
    def words(self) -> str:
        return self.value.text.strip()

    @property
    def sealed(self) -> bool:
        """Whether the words may identify somebody."""
        return self.question.spec.kind in SEALED

    @property
    def choices(self) -> list[str]:
        """The chosen codes; of sealed words which parts were given."""
        return list(parts_of(self.value) if self.sealed else self.value.choices)

    @property
    def score(self) -> float | None:
        spec = self.question.spec
        return kind(spec.kind).score(self.value, spec)


def answers_of(item: ResponseIn, stages: "Stages", response_id: int | None = None) -> Iterator[Given]:
    """Each answer of a response, which may not be stored yet."""
    asked = questions_asked(item.version)
    for code, value in item.given.items():
        question = asked.get(code)
        if question is None:
            names = {"code": code, "known": ", ".join(asked)}
            raise UnknownQuestion(_('The survey does not ask "%(code)s"; it asks %(known)s.') % names)
        places = [stages.find(item, stage) for stage in question.stage_codes]
        stage, to_stage = [*places, None, None][:2]
        yield Given(response_id, item, question, value, stage, to_stage)


def values_of(given: Given) -> dict[str, Any]:
    """The answer by COLUMNS."""
    item, value = given.item, given.value
    return {
        "response_id": given.response_id,
        "question_id": given.question.pk,
        "run_id": item.run.pk if item.run else None,
        "measures": str(given.question.measures),
        "stage_id": given.stage,
        "to_stage_id": given.to_stage,
        "value": value.number,
        "choices": given.choices,
        "score": given.score,
        "answered_at": item.answered_at,
    }


def _row(given: Given) -> tuple[Any, ...]:
    """The answer as COLUMNS, for COPY; choices as an array literal."""
    values = values_of(given)
    values["choices"] = "{" + ",".join(map(_quoted, given.choices)) + "}"
    return tuple(values.values())


def _quoted(code: str) -> str:
    """One text of an array literal; a hidden value may hold any character."""
    escaped = code.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


class Stages:
    """Finds the stage rows that stage codes mean: in the run's version, else in the journey's published one."""

    def __init__(self, items: Sequence[ResponseIn]) -> None:
        self._items = items

    @cached_property
    def _published(self) -> dict[int, int]:
        """Read only when some run's own version does not settle it: hardly ever for a submit."""
        journeys = {item.version.survey.journey_id for item in self._items}
        return published_versions(journey for journey in journeys if journey)

    def find(self, item: ResponseIn, code: str) -> int:
        for version_id in self._versions(item):
            found = stages_of(version_id).get(code) if version_id else None
            if found is not None:
                return found
        names = {"stage": code, "survey": item.version.survey.code}
        raise UnknownStage(_('Survey "%(survey)s" measures the stage "%(stage)s", which its journey lacks.') % names)

    def _versions(self, item: ResponseIn) -> Iterator[int | None]:
        """Journey versions to look in, most telling first."""
        yield item.run.version_id if item.run else None
        yield item.stage.version_id if item.stage else None
        yield self._published.get(item.version.survey.journey_id or 0)


def _insert(given: Sequence[Given]) -> int:
    """Insert answers, with a row for every text, which waits to be scored or is sealed; return how many to score."""
    answers = Answer.objects.bulk_create([Answer(**values_of(each)) for each in given], batch_size=BATCH)
    wordy = [(answer, each) for answer, each in zip(answers, given, strict=True) if each.words]
    sealed = [SealedText(answer=answer, text=each.words) for answer, each in wordy if each.sealed]
    if sealed:
        SealedText.objects.bulk_create(sealed, batch_size=BATCH)
    texts = [
        FreeText(answer=answer, text=each.words, language=each.item.language)
        for answer, each in wordy
        if not each.sealed
    ]
    FreeText.objects.bulk_create(texts, batch_size=BATCH)
    return len(texts)


def mark_stale(run_ids: Collection[int]) -> None:
    """Mark the runs stale whatever their mark: a refresh that has just read them must lose to this write."""
    if run_ids:
        JourneyRun.objects.filter(pk__in=run_ids).update(stale=True)


def wake(*, runs: bool, texts: bool) -> None:
    """After the commit, wake who refreshes run rows and who scores texts."""
    if runs:
        nudge("feedback.refresh_runs")
    if texts:
        nudge("feedback.score_texts")
