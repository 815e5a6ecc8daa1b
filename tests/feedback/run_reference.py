"""A run row said in plain Python, run by run: what feedback.queries.run_rows must say in SQL, to the byte."""

import itertools
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from feedback.models import Answer
from surveys.models import Interaction, JourneyRun, Question, StageVisit

LATE_AFTER = timedelta(days=30)
REPEAT_WITHIN = timedelta(days=7)
DAY_SECONDS = 86_400.0


@dataclass(frozen=True, slots=True)
class Contact:
    """One interaction of a run; give them ordered by start, then reference."""

    stage: str
    reason: str
    channel: str
    started: datetime
    ended: datetime | None
    handle_seconds: float | None


@dataclass(frozen=True, slots=True)
class Visit:
    """One passage through a stage, in the order of the path; owner: department, None where nobody owns the stage."""

    stage: str
    owner: int | None
    entered: datetime
    left: datetime
    bad_time: bool = False


@dataclass(frozen=True, slots=True)
class RunFacts:
    """waits: days by "a->b", summed where a transition was passed twice; bad_times: impossible ones, left out."""

    waits: dict[str, float]
    bad_times: int
    contacts: int
    steps: int
    switches: int
    repeats: int
    departments: int
    handled_seconds: float | None


def run_facts(contacts: Sequence[Contact], visits: Sequence[Visit]) -> RunFacts:
    """Everything derived from one run's contacts and passages.

    Steps are contacts that repeat nothing. A repeat has the stage and (not blank) reason of an earlier contact that
    ended at most 7 days before it started. handled_seconds is None where no contact told its handle time.
    """
    repeats = sum(_is_repeat(contact, contacts[:i]) for i, contact in enumerate(contacts))
    waits, bad_times = _waits(visits)
    channels = [contact.channel for contact in contacts if contact.channel]
    handled = [contact.handle_seconds for contact in contacts if contact.handle_seconds is not None]
    return RunFacts(
        waits=waits,
        bad_times=bad_times,
        contacts=len(contacts),
        steps=len(contacts) - repeats,
        switches=sum(a != b for a, b in itertools.pairwise(channels)),
        repeats=repeats,
        departments=len({visit.owner for visit in visits if visit.owner is not None}),
        handled_seconds=sum(handled) if handled else None,
    )


def _is_repeat(contact: Contact, earlier: Sequence[Contact]) -> bool:
    if not contact.reason:
        return False
    return any(
        before.stage == contact.stage
        and before.reason == contact.reason
        and before.ended is not None
        and timedelta(0) <= contact.started - before.ended <= REPEAT_WITHIN
        for before in earlier
    )


def _waits(visits: Sequence[Visit]) -> tuple[dict[str, float], int]:
    """Days between leaving one stage and entering the next; negative or flagged ones are counted, not summed."""
    waits: dict[str, float] = {}
    bad = 0
    for a, b in itertools.pairwise(visits):
        days = (b.entered - a.left).total_seconds() / DAY_SECONDS
        if days < 0 or a.bad_time or b.bad_time:
            bad += 1
            continue
        key = f"{a.stage}->{b.stage}"
        waits[key] = waits.get(key, 0.0) + days
    return waits, bad


def reference_row(run: JourneyRun) -> dict[str, Any]:
    """The columns of the run's row but computed_at; floats in JSON are floats, every sum in order."""
    facts = run_facts(_contacts(run), _visits(run))
    given = list(_given(run))
    counted = [answer for answer in given if not _is_late(answer, run)]
    scores = _stage_scores(counted)
    means = _service_means(scores, run)
    whole = next((answer for answer in counted if _is_headline(answer, run.version.headline)), None)
    return {
        "run_id": run.pk,
        "journey_id": run.journey_id,
        "customer_id": run.customer_id,
        "at": run.ended_at or run.last_event_at,
        "outcome": run.outcome,
        "segment": run.customer.segment,
        "service": sum(means) / len(means) if means else None,
        "service_stages": len(means),
        "experience": whole.score if whole else None,
        "weight": whole.response.weight if whole else None,
        "stage_scores": scores,
        "ratings": _ratings(counted),
        "weights": {a.response.survey.code: a.response.weight for a in counted if a.response.weight is not None},
        "waits": facts.waits,
        "bad_times": facts.bad_times,
        "late_answers": len(given) - len(counted),
        "steps": facts.steps,
        "switches": facts.switches,
        "repeats": facts.repeats,
        "departments": facts.departments,
        "contacts": facts.contacts,
        "elapsed_days": (run.ended_at - run.started_at).total_seconds() / DAY_SECONDS if run.ended_at else None,
        "handled_seconds": facts.handled_seconds,
    }


def _contacts(run: JourneyRun) -> list[Contact]:
    rows = Interaction.objects.filter(run=run).select_related("stage").order_by("started_at", "reference")
    return [
        Contact(row.stage.code, row.reason, row.channel, row.started_at, row.ended_at, row.handle_seconds)
        for row in rows
        if row.stage
    ]


def _visits(run: JourneyRun) -> list[Visit]:
    rows = StageVisit.objects.filter(run=run).select_related("stage").order_by("order")
    return [Visit(row.stage.code, row.stage.owner_id, row.entered_at, row.left_at, row.bad_time) for row in rows]


def _given(run: JourneyRun) -> Sequence[Answer]:
    rows = Answer.objects.filter(run=run, value__isnull=False).select_related("response__survey", "question", "stage")
    return list(rows.order_by("answered_at", "id"))


def _is_late(answer: Answer, run: JourneyRun) -> bool:
    left = [visit.left for visit in _visits(run) if answer.stage and visit.stage == answer.stage.code]
    reference = max(left) if left else run.ended_at
    return answer.response.late or (reference is not None and answer.answered_at > reference + LATE_AFTER)


def _stage_scores(answers: Sequence[Answer]) -> dict[str, list[float]]:
    scores: dict[str, list[float]] = defaultdict(list)
    for answer in answers:
        if _is_former(answer.question):
            continue
        if answer.question.headline and answer.measures == "stage" and answer.stage and answer.score is not None:
            scores[answer.stage.code].append(answer.score)
    return dict(scores)


def _service_means(scores: dict[str, list[float]], run: JourneyRun) -> list[float]:
    services = {stage.code for stage in run.version.stages.filter(kind="service")}
    asked = Question.objects.filter(
        headline=True, measures="stage", version__survey__journey=run.journey_id, version__state="published"
    )
    needed = services & set(asked.values_list("stage_code", flat=True))
    if run.version.options.get("service_score") == "complete" and not needed <= set(scores):
        return []
    return [sum(values) / len(values) for stage, values in sorted(scores.items()) if stage in services]


def _is_headline(answer: Answer, code: str) -> bool:
    names = (answer.question.code, f"{answer.response.survey.code}.{answer.question.code}")
    named = code in names if code else answer.question.headline
    counts = answer.score is not None and not _is_former(answer.question)
    return answer.response.survey.kind == "end_to_end" and counts and named


def _is_former(question: Question) -> bool:
    """Asked in another series or on another scale now."""
    survey = question.version.survey_id
    now = Question.objects.filter(version__survey=survey, version__state="published", code=question.code).first()
    ends = ("series", "scale_min", "scale_max")
    return now is not None and any(getattr(now, end) != getattr(question, end) for end in ends)


def _ratings(answers: Sequence[Answer]) -> dict[str, list[float]]:
    ratings: dict[str, list[float]] = defaultdict(list)
    for answer in answers:
        low, high = answer.question.scale_min, answer.question.scale_max
        scale = "" if low is None else f"{low:g}-{high:g}"
        if answer.value is not None:
            series = f"#{answer.question.series}" if answer.question.series > 1 else ""
            key = f"{answer.response.survey.code}.{answer.question.code}|{scale}{series}"
            ratings[key].append(answer.value)
    return dict(ratings)
