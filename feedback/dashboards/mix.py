"""Whether a break-down compares like with like: each segment against the others at one mix of cases (method 2.18)."""

import numpy as np
from django.utils.translation import gettext as _

from feedback.dashboards.addition import Addition, Value
from feedback.dashboards.context import Context
from feedback.dashboards.doubts import warning
from feedback.dashboards.words import one
from feedback.insights.simpson import Mixed, standardised_difference

SEGMENT = "segment"


def mix_part(context: Context, value: Value) -> Addition:
    """Each shown segment with `standardised`: its difference at the pooled mix; `simpson` where the two disagree."""
    names = mix_of(context)
    if not value["segments"] or not names:
        return Addition()
    rows, warnings = [], []
    labels = np.array(context.table.attribute(context.query.by), dtype=object)
    known = np.array([label is not None for label in labels], dtype=bool)
    strata = _strata(context, names)
    for row in value["segments"]:
        if row["experience"] is None:
            rows.append(row)
            continue
        inside = np.where(known, (labels == row["value"]).astype(np.float64), np.nan)
        found = standardised_difference(context.table.experience, inside, strata, context.table.customer)
        rows.append(row | {"standardised": found.standardised, "mix": names})
        if found.warning:
            warnings.append(warning("simpson", _text(row["value"], found, names)))
    return Addition({"segments": rows}, warnings=warnings)


def mix_of(context: Context) -> list[str]:
    """The attributes marked case_mix and the customers' segment, without the one that is broken down by."""
    marked = [*(context.definition.options.get("case_mix") or ()), SEGMENT]
    names = [name for name in dict.fromkeys(marked) if name != context.query.by]
    return [name for name in names if len(set(context.table.attribute(name))) > 1]


def _strata(context: Context, names: list[str]) -> list[str]:
    columns = [[value or "" for value in context.table.attribute(name)] for name in names]
    return [" / ".join(values) for values in zip(*columns, strict=True)]


def _text(name: str, found: Mixed, names: list[str]) -> str:
    facts = {"name": name, "plain": one(found.overall.value), "mixed": one(found.standardised)}
    text = _(
        "%(name)s differs from all others by %(plain)s points, but by %(mixed)s at the same mix of %(names)s: the mix "
        "explains the difference, not %(name)s."
    )
    return text % (facts | {"names": ", ".join(names)})
