"""How many answers it takes to know the experience well enough, beside how many there are (method 2.22)."""

import numpy as np
from django.utils.translation import gettext as _

from feedback.dashboards.addition import Addition, Value
from feedback.dashboards.context import Context
from feedback.insights.sample_size import SPREAD, answers_for, answers_for_nps
from feedback.insights.suppression import INDICATIVE_BELOW

MARGIN, NPS_MARGIN = 5.0, 10.0


def needed_part(context: Context, value: Value) -> Addition:
    """`needed`: answers to know the experience to 5 points and an NPS to 10; a sentence where there are fewer."""
    known = context.table.experience[np.isfinite(context.table.experience)]
    varied = len(known) >= INDICATIVE_BELOW and float(known.std(ddof=1)) > 0
    spread = float(known.std(ddof=1)) if varied else SPREAD
    found: Value = {"margin": MARGIN, "n": answers_for(MARGIN, spread), "spread": spread, "observed": varied}
    nps = value["nps"]
    found["nps"] = None
    if nps and nps["score"] is not None:
        chances = [nps[key] / nps["n"] for key in ("promoters", "detractors")]
        there = abs(chances[0] - chances[1]) < 1 and sum(chances) > 0
        wanted = answers_for_nps(NPS_MARGIN, *chances) if there else answers_for_nps(NPS_MARGIN)
        found["nps"] = {"margin": NPS_MARGIN, "n": wanted}
    few = value["experience"]["n"] is None or value["experience"]["n"] < found["n"]
    return Addition({"needed": found | {"sentence": _sentence(found, value) if few else None}})


def _sentence(found: Value, value: Value) -> str:
    n = value["experience"]["n"]
    facts = {"margin": f"{found['margin']:.0f}", "needed": found["n"], "n": n}
    if n is None:
        return _("About %(needed)s answers are needed to know the experience to %(margin)s points.") % facts
    return (
        _("About %(needed)s answers are needed to know the experience to %(margin)s points; there are %(n)s.") % facts
    )
