"""The comparison of service with experience for one journey: the one value that every view renders (contract 4)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
from django.utils import timezone

from feedback.dashboards import doubts, parts, words
from feedback.insights.comparison import Gap, HiddenPoorRule, hidden_poor, pair_weights, paired_gap, with_family
from feedback.insights.quadrants import THRESHOLD, quadrant
from feedback.insights.scores import mean_score
from feedback.insights.suppression import HIDDEN_BELOW, withheld
from feedback.insights.versions import FORMULA_VERSION, seed_of
from feedback.insights.weights import kish
from feedback.queries.asks import asked_by_stage, decision_counts
from feedback.queries.comments import sentiment_counts
from feedback.queries.journey_definition import JourneyDefinition, journey_definition
from feedback.queries.run_table import RunTable, Window, gap_inputs, run_table

Value = dict[str, Any]


class UnknownJourney(LookupError):
    """There is no journey with this code, or it has no version yet."""


@dataclass(frozen=True, slots=True)
class Query:
    """What is compared: a journey, runs ended in [start, end), filtered by attributes; by: break down by attribute."""

    journey: str
    start: datetime | None = None
    end: datetime | None = None
    segments: Mapping[str, str] = field(default_factory=dict)
    by: str = ""
    weighted: bool = False

    @property
    def window(self) -> Window:
        """Its window."""
        return Window(self.start, self.end)

    def seed(self, journey: str) -> int:
        """The seed of everything random in it: the same question gives the same bytes."""
        return seed_of(journey=journey, start=self.start, end=self.end, segments=dict(self.segments))


def build_comparison(query: Query, now: datetime | None = None) -> Value:
    """Service held against experience, as plain values ready for JSON; raises UnknownJourney."""
    definition = journey_definition(query.journey)
    if definition is None:
        raise UnknownJourney(query.journey)
    table = run_table(definition.journey_id, query.window, query.segments)
    suppressed: list[Value] = []
    value = _header(query, definition, now or timezone.now())
    value |= _scores(query, definition, table, suppressed)
    value |= {
        "nps": parts.nps_value(definition, table),
        "csat": parts.csat_values(definition, table),
        "ces": parts.ces_values(definition, table),
        "stages": parts.stage_values(
            definition, table, asked_by_stage(definition.journey_id, query.window), suppressed
        ),
        "transitions": parts.transition_values(definition, table),
        "coverage": _coverage(query, definition, table),
        "exclusions": _exclusions(table),
        "text": {"sentiment": sentiment_counts(table.run.tolist()), "themes": []},
        "segments": _segments(query, definition, table, suppressed),
        "suppressed": suppressed,
    }
    value |= _later()
    value["findings"] = words.findings(value)
    value["sentence"] = words.gap_sentence(value)
    return value


def _header(query: Query, definition: JourneyDefinition, now: datetime) -> Value:
    return {
        "journey": definition.code,
        "name": definition.name,
        "window": {"from": _iso(query.start), "to": _iso(query.end)},
        "filters": {"segments": dict(query.segments), "by": query.by or None, "weighted": query.weighted},
        "formula_version": FORMULA_VERSION,
        "generated_at": now.isoformat(),
    }


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _scores(query: Query, definition: JourneyDefinition, table: RunTable, suppressed: list[Value]) -> Value:
    """service, experience, gap, hidden_poor, quadrant and the warnings about them."""
    runs = parts.service_of(definition, table)
    weights = _weights(table)
    service = parts.score_value(mean_score(runs.service, table.customer, weights))
    experience = parts.score_value(mean_score(table.experience, table.customer, weights))
    question = definition.experience_question
    experience["metric"] = question.metric if question else None
    scale = question.scale if question else None
    experience["scale"] = [scale.minimum, scale.maximum] if scale else None
    gap = paired_gap(runs.service, table.experience, table.customer, weights, query.seed(definition.code))
    warnings = [
        *doubts.format_warnings(definition),
        *doubts.scale_warnings(definition, table),
        *doubts.size_warnings(gap, definition, service["n"], experience["n"]),
        *doubts.weight_warning(experience),
    ]
    rule: HiddenPoorRule = "detractor" if definition.options.get("hidden_poor") == "detractor" else "below_50"
    poor = parts.share_value(hidden_poor(runs.lowest, table.experience, rule, table.customer))
    return {
        "service": _shown("service", service, suppressed),
        "experience": _shown("experience", experience, suppressed),
        "gap": _gap_value(query, definition, gap, doubts.blocks_finding(warnings, definition)),
        "hidden_poor": _shown("hidden_poor", poor, suppressed),
        "quadrant": _quadrant(definition, service, experience, gap.n_pairs),
        "warnings": warnings,
    }


def _weights(table: RunTable) -> Any:
    """Pair weights where end-to-end answers are weighted, else None."""
    if not len(table) or not bool(np.isfinite(table.weight).any()):
        return None
    return pair_weights(None, table.weight)[0]


def _shown(name: str, value: Value, suppressed: list[Value]) -> Value:
    """The value, or its keys without numbers where fewer than 5 stand behind it."""
    if value["n"] == 0 or value["n"] >= HIDDEN_BELOW:
        return value
    suppressed.append({"cell": name, "reason": "fewer than 5"})
    return parts.hidden(value)


def _gap_value(query: Query, definition: JourneyDefinition, gap: Gap, blocked: bool) -> Value:
    """The gap judged within its family: all journeys of the installation in the same window and filters."""
    family = {definition.code: gap}
    for other in gap_inputs(query.window, query.segments):
        if other.journey != definition.code:
            family[other.journey] = paired_gap(
                other.service, other.experience, other.customer, seed=query.seed(other.journey)
            )
    min_gap = float(definition.options.get("min_gap", 5.0))
    judged = dict(zip(family, with_family(list(family.values()), min_gap), strict=True))[definition.code]
    if judged.label == "not_enough":
        judged = withheld(judged)
    weighted = judged.weighted
    return {
        "gap": judged.gap,
        "lo": judged.lo,
        "hi": judged.hi,
        "n_pairs": judged.n_pairs,
        "customers": judged.customers,
        "p": judged.p,
        "p_permutation": judged.p_permutation,
        "q": judged.q,
        "finding": bool(judged.finding and not blocked),
        "label": judged.label,
        "min_gap": min_gap,
        "weighted": None if weighted is None else {"gap": weighted.value, "lo": weighted.lo, "hi": weighted.hi},
        "weights": None if weighted is None else "end_to_end",
        "only_service": judged.only_service,
        "only_experience": judged.only_experience,
    }


def _quadrant(definition: JourneyDefinition, service: Value, experience: Value, n_pairs: int) -> Value:
    thresholds = definition.options.get("thresholds") or {}
    result = quadrant(
        (service["lo"], service["hi"]),
        (experience["lo"], experience["hi"]),
        n_pairs,
        float(thresholds.get("service", THRESHOLD)),
        float(thresholds.get("experience", THRESHOLD)),
    )
    return {
        "label": result.label,
        "advice": result.advice,
        "service_threshold": result.service_threshold,
        "experience_threshold": result.experience_threshold,
        "drawn": result.drawn,
    }


def _coverage(query: Query, definition: JourneyDefinition, table: RunTable) -> Value:
    """The asks that were due and what became of them; the weights' design effect on the experience."""
    weights = kish(table.any_weight()) if table.is_weighted() else None
    counts = decision_counts(definition.journey_id, query.window)
    score = mean_score(table.experience, table.customer, _weights(table))
    return {
        "runs": len(table),
        "funnel": [{"survey_kind": kind, "outcome": outcome, "n": n} for kind, outcome, n in counts],
        "classes": [],
        "unweighted": score.score,
        "weighted": score.weighted.value if score.weighted else None,
        "deff": weights.deff if weights else None,
        "n_eff": weights.n_eff if weights else None,
        "r_indicator": None,
    }


def _exclusions(table: RunTable) -> list[Value]:
    found = [{"reason": "bad_time", "n": table.bad_times}, {"reason": "late", "n": table.late_answers}]
    return [item for item in found if item["n"]]


def _segments(query: Query, definition: JourneyDefinition, table: RunTable, suppressed: list[Value]) -> list[Value]:
    if not query.by:
        return []
    values = parts.segment_values(definition, table, parts.service_of(definition, table).service, query.by)
    return [_shown_segment(value, suppressed) for value in values]


def _shown_segment(value: Value, suppressed: list[Value]) -> Value:
    if value["experience"]["n"] >= HIDDEN_BELOW:
        return value
    suppressed.append({"cell": f"segments.{value['name']}={value['value']}", "reason": "fewer than 5"})
    return {**dict.fromkeys(value), "name": value["name"], "value": value["value"]}


def _later() -> Value:
    """Keys of the contract that a later issue fills; empty, never invented."""
    empty: Value = dict.fromkeys(("fcr", "drivers", "handle_time", "commercial", "peak_end"))
    lists: Value = {key: [] for key in ("before_after", "outcomes", "trends")}
    return empty | lists | {"scorecard": {}, "alerts": {}}
