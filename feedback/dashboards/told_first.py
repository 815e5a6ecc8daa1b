"""In which runs the company got in touch first: read once for all parts, and for the twin that judges closed months."""

from feedback.dashboards.context import Context
from feedback.insights.arrays import Ints
from feedback.queries.paths import runs_told_first

HELD = "told_first"


def told_first(context: Context) -> Ints:
    """The ids of those runs, in no order; of a judging context those of the one that it was made of."""
    if HELD not in context.held:
        context.held[HELD] = runs_told_first(context.run_ids)
    found: Ints = context.held[HELD]  # type: ignore[assignment]
    return found
