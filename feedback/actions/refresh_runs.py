"""Bring run rows up to date: whole rows are computed anew, so the incremental and the full result are the same."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from feedback.actions.data_moved import runs_moved
from feedback.insights.run_facts import DAY_SECONDS, run_facts
from feedback.models import RunScore
from feedback.queries.run_inputs import AnswerInput, RunInput, ServiceRule, run_inputs, service_rules
from surveys.enums import Measures, SurveyKind
from surveys.models import JourneyRun

BATCH = 1_000
LATE_AFTER = timedelta(days=30)
COLUMNS = [f.name for f in RunScore._meta.concrete_fields if f.name != "run"]


def refresh_runs(run_ids: Sequence[int] | None = None, limit: int | None = None) -> int:
    """Compute the rows of stale runs (of these, or of any) in batches; return how many were written.

    A batch locks its runs, clears their stale marks and writes the rows in one transaction: an answer committed later
    marks its run stale again. Rows locked by somebody else are left to him.
    """
    done = 0
    while limit is None or done < limit:
        size = BATCH if limit is None else min(BATCH, limit - done)
        count = _refresh_batch(run_ids, size)
        if not count:
            break
        done += count
    return done


def rebuild_runs(journey_code: str | None = None) -> int:
    """Mark every run (of one journey) stale and compute all rows again."""
    runs = JourneyRun.objects.filter(journey__code=journey_code) if journey_code else JourneyRun.objects.all()
    runs.update(stale=True)
    return refresh_runs()


@transaction.atomic
def _refresh_batch(run_ids: Sequence[int] | None, size: int) -> int:
    stale = JourneyRun.objects.filter(stale=True)
    if run_ids is not None:
        stale = stale.filter(pk__in=run_ids)
    ids = list(stale.select_for_update(skip_locked=True).order_by("pk").values_list("pk", flat=True)[:size])
    if not ids:
        return 0
    JourneyRun.objects.filter(pk__in=ids).update(stale=False)
    inputs = run_inputs(ids)
    rules = service_rules([item.run.version_id for item in inputs])
    rows = [_row(item, rules.get(item.run.version_id, ServiceRule())) for item in inputs]
    RunScore.objects.bulk_create(rows, update_conflicts=True, unique_fields=["run"], update_fields=COLUMNS)
    runs_moved(row.journey_id for row in rows)
    return len(rows)


def _row(item: RunInput, rule: ServiceRule) -> RunScore:
    run, facts = item.run, run_facts(item.contacts, item.visits)
    counted = [answer for answer in item.answers if not _is_late(answer, item)]
    scores = _stage_scores(counted)
    means = _service_means(scores, rule)
    headline = _headline(counted, run.version.headline)
    return RunScore(
        run=run,
        journey_id=run.journey_id,
        customer_id=run.customer_id,
        at=run.ended_at or run.last_event_at,
        outcome=run.outcome,
        segment=run.customer.segment,
        service=sum(means) / len(means) if means else None,
        service_stages=len(means),
        experience=headline.score if headline else None,
        weight=headline.weight if headline else None,
        stage_scores=scores,
        ratings=_ratings(counted),
        weights={answer.survey: answer.weight for answer in counted if answer.weight is not None},
        waits=facts.waits,
        bad_times=facts.bad_times,
        late_answers=len(item.answers) - len(counted),
        steps=facts.steps,
        switches=facts.switches,
        repeats=facts.repeats,
        departments=facts.departments,
        contacts=facts.contacts,
        elapsed_days=(run.ended_at - run.started_at).total_seconds() / DAY_SECONDS if run.ended_at else None,
        handled_seconds=facts.handled_seconds,
        computed_at=timezone.now(),
    )


def _is_late(answer: AnswerInput, item: RunInput) -> bool:
    """More than 30 days after the stage was left, or the run ended (contract 4: left out and counted)."""
    if answer.late:
        return True
    left = [visit.left for visit in item.visits if visit.stage == answer.stage] if answer.stage else []
    reference = max(left) if left else item.run.ended_at
    return reference is not None and answer.answered_at > reference + LATE_AFTER


def _stage_scores(answers: Sequence[AnswerInput]) -> dict[str, list[float]]:
    """0-100 values of the headline answers by stage."""
    scores: dict[str, list[float]] = defaultdict(list)
    for answer in answers:
        if answer.headline and answer.measures == Measures.STAGE and answer.score is not None:
            scores[answer.stage].append(answer.score)
    return dict(scores)


def _service_means(scores: dict[str, list[float]], rule: ServiceRule) -> list[float]:
    """The mean of each service stage answered; none where the rule needs stages that are missing."""
    if not rule.needed <= set(scores):
        return []
    return [sum(values) / len(values) for stage, values in sorted(scores.items()) if stage in rule.stages]


def _headline(answers: Sequence[AnswerInput], code: str) -> AnswerInput | None:
    """The first end-to-end answer to the journey's headline question, which may be written survey.question."""
    for answer in answers:
        named = code in (answer.question, f"{answer.survey}.{answer.question}")
        if (
            answer.survey_kind == SurveyKind.END_TO_END
            and answer.score is not None
            and (named or _fallback(answer, code))
        ):
            return answer
    return None


def _fallback(answer: AnswerInput, code: str) -> bool:
    return not code and answer.headline


def _ratings(answers: Sequence[AnswerInput]) -> dict[str, list[float]]:
    """Raw values by "survey.question|scale": another scale is another key, so that two are never pooled unseen."""
    ratings: dict[str, list[float]] = defaultdict(list)
    for answer in answers:
        if answer.value is not None:
            ratings[f"{answer.survey}.{answer.question}|{answer.scale}"].append(answer.value)
    return dict(ratings)
