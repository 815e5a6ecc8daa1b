"""What changed with every improvement of a journey: its own measure, experience, service, time and steps."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from typing import Any

import numpy as np

from feedback.dashboards.context import Context
from feedback.dashboards.measures import POINTS, SHARE, Measure, measure_of, times_of
from feedback.insights import before_after as change
from feedback.insights.arrays import Floats
from feedback.insights.comparison import FINDING_Q
from feedback.insights.intervals import clustered_mean
from feedback.insights.kaplan_meier import curve, quantile
from feedback.insights.recovery import Recovery, recovery
from feedback.insights.suppression import small_cell
from feedback.models import Improvement, Target
from feedback.queries.journey_definition import JourneyDefinition
from feedback.queries.run_history import DAY, RunHistory, run_history

Value = dict[str, Any]
ALWAYS = ("experience", "service", "elapsed_days", "steps")
# Measures that mean the same in any journey, so that another one can be the comparison.
COMPARABLE = ("experience", "service", "elapsed_days", "steps", "switches", "repeats", "contacts", "abandoned")
GATES = {POINTS: change.MIN_CHANGE, SHARE: 0.05}
UNITS_FROM = 3


@dataclass(frozen=True, slots=True)
class Contrast:
    """One measure before and after one improvement."""

    improvement: Improvement
    measure: Measure
    result: change.BeforeAfter
    chance: Recovery | None
    before: Value | None
    after: Value | None


def contrasts_of(context: Context, improvements: Sequence[Improvement]) -> list[list[Contrast]]:
    """The contrasts of every improvement; all contrasts of the page are one family (method 3.10)."""
    others = _others(improvements, context)
    by_row = [_contrasts(row, context, others) for row in improvements]
    judged = iter(_judged([contrast for contrasts in by_row for contrast in contrasts]))
    return [[next(judged) for _ in contrasts] for contrasts in by_row]


def _others(improvements: Sequence[Improvement], context: Context) -> dict[int, RunHistory]:
    """The runs of the journeys compared with, in one query; none where nothing is compared."""
    ids = sorted({row.comparison_id for row in improvements if row.comparison_id})
    if not ids:
        return {}
    history = run_history(ids, context.query.end)
    return {journey: history.where(history.journey == journey) for journey in ids}


def _contrasts(row: Improvement, context: Context, others: Mapping[int, RunHistory]) -> list[Contrast]:
    """Its measure first, then what every improvement is looked at by."""
    wanted = dict.fromkeys([row.outcome.measure, row.process_measure, *ALWAYS, *_efforts(row, context.definition)])
    history = context.history.matching(scope_of(row))
    measures = [measure_of(code, context.definition, history) for code in wanted if code]
    other = others.get(row.comparison_id or 0)
    found = {m.code: m for m in measures if m is not None and bool(np.isfinite(m.values).any())}
    return [_contrast(row, measure, history, context, other) for measure in found.values()]


def _efforts(row: Improvement, definition: JourneyDefinition) -> list[str]:
    """Technology must show that it takes less effort, so customer effort is looked at too."""
    asked = any(q.metric == "ces" for q in definition.questions)
    return ["ces"] if asked and row.kind == "technology" else []


def scope_of(row: Improvement) -> dict[str, list[str]]:
    """The runs that an improvement is about: attribute -> values; other keys of the scope are notes."""
    scope = row.scope if isinstance(row.scope, dict) else {}
    wanted = scope.get("segments", {})
    if not isinstance(wanted, dict):
        return {}
    return {
        name: [str(v) for v in (values if isinstance(values, list) else [values])] for name, values in wanted.items()
    }


def chosen_as_worst(row: Improvement) -> bool:
    """Whether the scope was chosen because it was the worst: then part of any gain is chance."""
    return isinstance(row.scope, dict) and row.scope.get("chosen") == "worst"


def _contrast(
    row: Improvement, measure: Measure, history: RunHistory, context: Context, other: RunHistory | None
) -> Contrast:
    day, end = day_of(row.changed_on), data_end(context.history)
    target = _target_value(row, measure)
    result = change.before_after(
        _runs(measure, history),
        day,
        end,
        target,
        measure.higher_is_better,
        _compared(measure, context.definition, other),
    )
    chance = _chance(row, measure, context, result) if chosen_as_worst(row) else None
    sides = [_times(measure, context.definition, history, cohort, end) for cohort in (result.before, result.after)]
    return Contrast(row, measure, result, chance, *sides)


def _runs(measure: Measure, history: RunHistory) -> change.Runs:
    """The case mix is version and segment (a run has no channel of its own)."""
    strata = [f"{version} {segment}" for version, segment in zip(history.version, history.segment, strict=True)]
    return change.Runs(measure.values, history.started, history.ended, history.customer, strata)


def _compared(measure: Measure, definition: JourneyDefinition, other: RunHistory | None) -> change.Runs | None:
    if other is None or measure.code not in COMPARABLE or not len(other):
        return None
    found = measure_of(measure.code, definition, other)
    return _runs(found, other) if found and bool(np.isfinite(found.values).any()) else None


def _target_value(row: Improvement, measure: Measure) -> float | None:
    """The target of the outcome counts for its own measure only."""
    targets: list[Target] = list(row.outcome.targets.all())
    if measure.code != row.outcome.measure.removeprefix("wait:") or not targets:
        return None
    due = [target for target in targets if target.due >= row.changed_on]
    return (due or targets)[0].value


def day_of(day: date) -> float:
    """A date as days since 1970, midnight UTC."""
    return datetime.combine(day, time(), tzinfo=UTC).timestamp() / DAY


def data_end(history: RunHistory) -> float:
    """When the data end: the last thing that happened to any run, in days."""
    moments = np.concatenate([history.at, history.ended, history.started])
    return float(np.nanmax(moments)) if np.isfinite(moments).any() else 0.0


def _times(
    measure: Measure, definition: JourneyDefinition, history: RunHistory, cohort: change.Cohort, end: float
) -> Value | None:
    """Median of a duration with the unfinished counted (Kaplan-Meier) of the runs of one cohort."""
    times = times_of(measure, definition, history, end)
    inside = (history.started >= cohort.start) & (history.started < cohort.end)
    if times is None or int(inside.sum()) < small_cell():
        return None
    found = curve(times.days[inside], times.ended[inside])
    median = quantile(found)
    return {"median": median.value, "lo": median.lo, "hi": median.hi, "n": found.n, "unfinished": found.n - found.ended}


def _chance(row: Improvement, measure: Measure, context: Context, result: change.BeforeAfter) -> Recovery | None:
    """What the worst units would have gained by themselves, from the scores of all units before the change."""
    scope = scope_of(row)
    if len(scope) != 1 or result.before.mean is None:
        return None
    ((name, chosen),) = scope.items()
    whole = measure_of(measure.code, context.definition, context.history)
    if whole is None:
        return None
    before = (context.history.started >= result.before.start) & (context.history.started < result.before.end)
    labels = np.array(context.history.attribute(name), dtype=object)
    values: Floats = np.where(before, whole.values, np.nan)
    units = sorted({label for label in labels[before].tolist() if label is not None})
    means = {unit: clustered_mean(np.where(labels == unit, values, np.nan), context.history.customer) for unit in units}
    known = [(unit, mean) for unit, mean in means.items() if mean.value is not None and mean.se is not None]
    if len(known) < UNITS_FROM:
        return None
    return recovery(
        change.judged_change(result),
        [mean.value for _, mean in known],
        [mean.se for _, mean in known],
        [float(unit in chosen) for unit, _ in known],
        compared=result.compared is not None,
    )


def _judged(contrasts: Sequence[Contrast]) -> list[Contrast]:
    """With q values of one family; a finding needs an effect that counts in its unit."""
    results = change.with_family([contrast.result for contrast in contrasts], min_change=0.0)
    return [_gated(contrast, result) for contrast, result in zip(contrasts, results, strict=True)]


def _gated(contrast: Contrast, result: change.BeforeAfter) -> Contrast:
    shift = change.judged_change(result) if contrast.chance is None else contrast.chance.corrected
    large = shift.value is not None and abs(shift.value) >= _gate(contrast, result)
    told = _told_from_chance(contrast)
    finding = bool(result.finding and result.q is not None and result.q < FINDING_Q and large and told)
    state: change.State = "chance_recovery" if not told and result.state in ("improved", "achieved") else result.state
    return replace(contrast, result=replace(result, finding=finding, state=state))


def _told_from_chance(contrast: Contrast) -> bool:
    """A scope that was chosen because it was worst needs a comparison group or a change that chance does not make."""
    if not chosen_as_worst(contrast.improvement) or contrast.result.compared is not None:
        return True
    return contrast.chance is not None and contrast.chance.state == "shown"


def _gate(contrast: Contrast, result: change.BeforeAfter) -> float:
    """3 points, 5 percentage points, else 5 % of what it was."""
    before = result.before.mean.value if result.before.mean else 0.0
    return GATES.get(contrast.measure.unit, 0.05 * abs(before))
