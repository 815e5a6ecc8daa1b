"""Doubts about an explanation: an overall computed from its parts, a broken scale, straight-lining."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from django.utils.translation import gettext as _

from feedback.dashboards.context import Context
from feedback.dashboards.doubts import warning
from feedback.insights.scale_sanity import Doubt, computed_from_parts, half_range, scale_changed, straight_lining
from feedback.queries.predictors import Material

Value = dict[str, Any]
WORTH_A_WARNING = 0.1
WORTH_COMPLETE = 1 / 3


@dataclass(frozen=True, slots=True)
class Doubts:
    """computed: drivers say nothing; unusable: the experience has no one scale; straight: k of n gave one answer."""

    computed: bool
    unusable: bool
    straight: Value | None
    warnings: list[dict[str, str]]

    @property
    def codes(self) -> list[str]:
        """As drivers carry them."""
        found = {"overall_computed_from_parts": self.computed, "scale_changed": self.unusable}
        return [code for code, doubted in found.items() if doubted]


def doubts_of(context: Context, material: Material) -> Doubts:
    """What stands against naming drivers; the broken scale itself is among the headline's warnings already."""
    computed = _computed(context, material)
    straight = _straight(material)
    warnings = [] if computed is None else [_computed_warning(computed)]
    if straight and straight["share"] >= WORTH_A_WARNING:
        warnings.append(_straight_warning(straight))
    warnings += _few_complete(context, material)
    return Doubts(computed is not None, _unusable(context), straight, warnings)


def _computed(context: Context, material: Material) -> Doubt | None:
    """The overall against its parts: single ratings, else the stages (all, then those of service as one)."""
    experience = context.table.experience
    parts = [candidate.predictor.values for candidate in material.records if candidate.kind == "rating"]
    if not parts:
        codes = [stage.code for stage in context.definition.stages if context.definition.headline_of(stage.code)]
        parts = list(context.table.stage_means(codes).T)
    parts = [part for part in parts if np.isfinite(np.asarray(part)).any()]
    return computed_from_parts(experience, parts) or computed_from_parts(experience, [context.runs.service])


def _computed_warning(doubt: Doubt) -> dict[str, str]:
    text = _(
        "%(share).0f %% of the differences in the overall answer follow from its parts (%(n)s complete answers): "
        "it looks computed from them, so nothing is named as going with it."
    )
    facts = {"share": 100 * float(doubt.fact("r2")), "n": doubt.fact("n")}
    return warning("overall_computed_from_parts", text % facts)


def _few_complete(context: Context, material: Material) -> list[dict[str, str]]:
    """Told where single ratings explain and most customers left some out: the others may be a kind of their own."""
    if material.mode != "ratings" or not material.records:
        return []
    asked = np.isfinite(context.table.experience)
    ratings = np.column_stack([np.asarray(each.predictor.values, dtype=np.float64) for each in material.records])
    complete = int((np.isfinite(ratings).all(axis=1) & asked).sum())
    if not 0 < complete < asked.sum() * WORTH_COMPLETE:
        return []
    text = _(
        "Only %(n)s of %(of)s who rated the whole gave every single rating: what goes with the experience is said of "
        "them alone."
    )
    return [warning("incomplete_ratings", text % {"n": complete, "of": int(asked.sum())})]


def _straight(material: Material) -> Value | None:
    ratings = [c.predictor.values for c in (*material.records, *material.stated) if c.kind in ("rating", "stated")]
    if not ratings:
        return None
    doubt = straight_lining(np.column_stack([np.asarray(values, dtype=np.float64) for values in ratings]))
    return None if doubt is None else dict(doubt.facts)


def _straight_warning(straight: Value) -> dict[str, str]:
    text = _("%(k)s of %(n)s customers gave the same answer to every one of at least 5 ratings (%(share).0f %%).")
    return warning("straight_lining", text % {**straight, "share": 100 * straight["share"]})


def _unusable(context: Context) -> bool:
    question = context.definition.experience_question
    if question is None or question.scale is None:
        return False
    values, _customers, rows = context.table.rating(question.key)
    if len(values) == 0:
        return False
    months = context.table.months[rows]
    return bool(scale_changed(values, months, question.scale) or half_range(values, question.scale))
