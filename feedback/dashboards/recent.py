"""The experience as it is now: newer answers count more, and what that costs is said (method 2.19)."""

import numpy as np
from django.utils.translation import gettext as _

from feedback.dashboards.addition import Addition, Value
from feedback.dashboards.context import Context
from feedback.dashboards.words import one
from feedback.insights.intervals import clustered_mean
from feedback.insights.suppression import small_cell
from feedback.insights.weights import HALF_LIFE_DAYS, fading

DAY = 86_400.0


def recent_part(context: Context, _value: Value) -> Addition:
    """`recent`: the experience with weights that halve every 30 days before the newest journey; null under 5."""
    table = context.table
    rated = np.isfinite(table.experience)
    if len(np.unique(table.customer[rated])) < small_cell():
        return Addition({"recent": None})
    at = table.numbers["at"]
    weights = fading((at[rated].max() - at[rated]) / DAY)
    mean = clustered_mean(table.experience[rated], table.customer[rated], weights)
    found: Value = {"score": mean.value, "lo": mean.lo, "hi": mean.hi, "n": mean.n, "n_eff": mean.n_eff}
    found["half_life_days"] = HALF_LIFE_DAYS
    return Addition({"recent": found | {"sentence": _sentence(found)}})


def _sentence(found: Value) -> str:
    facts = {key: one(found[key]) for key in ("score", "lo", "hi")} | {"n": found["n"]}
    facts |= {"days": f"{found['half_life_days']:g}", "worth": f"{found['n_eff']:.0f}"}
    return _(
        "Newer answers counted more (one of %(days)s days before the newest counts half), the experience is %(score)s "
        "(%(lo)s to %(hi)s); the %(n)s answers are then worth %(worth)s."
    ) % (facts)
