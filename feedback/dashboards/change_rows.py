"""The before-and-after rows of the page: contrasts as plain values, and what to be wary of."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from feedback.dashboards.changes import Contrast, contrasts_of, data_end, day_of, scope_of
from feedback.dashboards.context import Context
from feedback.dashboards.doubts import warning
from feedback.dashboards.words_time import (
    CANNOT_MEASURE,
    CHOSEN_AS_WORST,
    GENERIC,
    NO_EFFECT,
    OVERDUE,
    too_early,
)
from feedback.insights import before_after as change
from feedback.insights.intervals import Difference
from feedback.insights.recovery import Recovery
from feedback.models import Improvement, Outcome
from feedback.queries.improvements import improvements_of, name_of
from feedback.queries.run_history import DAY

Value = dict[str, Any]
UNJUDGED = ("too_early", "not_enough")
UNEVALUATED_DAYS = 90


def change_values(context: Context, outcomes: Sequence[Outcome]) -> list[Value]:
    """A row per improvement, the newest change first, each with its contrasts (method 3.10)."""
    improvements = improvements_of(outcomes)
    if not improvements:
        return []
    by_code = {outcome.pk: outcome for outcome in outcomes}
    judged = contrasts_of(context, improvements)
    return [
        _row(row, by_code[row.outcome_id], contrasts, context)
        for row, contrasts in zip(improvements, judged, strict=True)
    ]


def _row(row: Improvement, outcome: Outcome, contrasts: list[Contrast], context: Context) -> Value:
    own = outcome.measure.removeprefix("wait:")
    shown = [_contrast_value(contrast, contrast.measure.code == own) for contrast in contrasts]
    main = next((item for item in shown if item["main"]), None)
    value = {
        "outcome": outcome.code,
        "improvement": row.name,
        "kind": row.kind,
        "changed_on": row.changed_on.isoformat(),
        "comparison": row.comparison.code if row.comparison else None,
        "scope": scope_of(row),
        "owner": name_of(outcome.owner),
        "process_measure": row.process_measure or None,
        "status": main["status"] if main else "cannot_be_computed",
        "contrasts": shown,
    }
    return value | {"warnings": improvement_warnings(row, contrasts, main, context)}


def _contrast_value(contrast: Contrast, main: bool) -> Value:
    result = contrast.result
    hide = result.state in ("too_early", "not_enough")
    return {
        "measure": contrast.measure.code,
        "unit": contrast.measure.unit,
        "main": main,
        "status": result.state,
        "before": _cohort(result.before, contrast.before, hide),
        "after": _cohort(result.after, contrast.after, hide),
        "change": None if hide else difference_value(result.change),
        "case_mix": None if hide or result.case_mix is None else difference_value(result.case_mix),
        "compared": None if hide or result.compared is None else difference_value(result.compared),
        "level": _level(result) if not hide else None,
        "recovery": _recovery(contrast.chance) if not hide else None,
        "placebo": None if hide else {"rank": result.placebo_rank, "of": result.placebos},
        "two_way": result.two_way,
        "follow_up_days": result.follow_up,
        "q": None if hide else result.q,
        "finding": result.finding and not hide,
    }


def _cohort(cohort: change.Cohort, times: Value | None, hide: bool) -> Value:
    """One side; without numbers where too few answered or it is too early."""
    mean = None if hide else cohort.mean
    return {
        "from": _date(cohort.start),
        "to": _date(cohort.end),
        "runs": None if hide else cohort.runs,
        "unfinished": None if hide else cohort.unfinished,
        "n": None if hide else cohort.answers,
        "value": mean and mean.value,
        "lo": mean and mean.lo,
        "hi": mean and mean.hi,
        "time": None if hide else times,
    }


def _date(day: float) -> str:
    return datetime.fromtimestamp(day * DAY, UTC).date().isoformat()


def difference_value(found: Difference) -> Value:
    """A difference as plain values."""
    return {"value": found.value, "lo": found.lo, "hi": found.hi, "p": found.p}


def _level(result: change.BeforeAfter) -> Value | None:
    level = result.level
    return {"value": level.level, "lo": level.lo, "hi": level.hi, "p": level.p} if level else None


def _recovery(chance: Recovery | None) -> Value | None:
    if chance is None:
        return None
    return {"expected": chance.expected, "reliability": chance.reliability, **difference_value(chance.corrected)}


def improvement_warnings(
    row: Improvement, contrasts: Sequence[Contrast], main: Value | None, context: Context
) -> list[Value]:
    """What to be wary of: no process named, technology without effect, too early, not judged after 90 days."""
    found = []
    measured = next((c.measure for c in contrasts if main and c.measure.code == main["measure"]), None)
    if measured is None:
        found.append(warning("cannot_be_computed", CANNOT_MEASURE % {"measure": row.outcome.measure}))
    if not row.process_measure and (measured is None or measured.score):
        found.append(warning("generic", str(GENERIC)))
    if row.kind == "technology" and _no_effect(contrasts):
        found.append(warning("no_effect", str(NO_EFFECT)))
    if main is not None and main["status"] == "too_early":
        found.append(warning("too_early", too_early(main["follow_up_days"])))
    unjudged = main is None or main["status"] in UNJUDGED
    if unjudged and data_end(context.history) - day_of(row.changed_on) > UNEVALUATED_DAYS:
        found.append(warning("not_evaluated", str(OVERDUE)))
    if main is not None and main["status"] == "chance_recovery":
        found.append(warning("chance_recovery", str(CHOSEN_AS_WORST)))
    return found


def _no_effect(contrasts: Sequence[Contrast]) -> bool:
    """Some effort could be judged and none of it became less."""
    effort = [c.result for c in contrasts if c.measure.effort and c.result.state not in UNJUDGED]
    return bool(effort) and not any(r.finding and r.state in ("improved", "achieved") for r in effort)
