"""How many cases whoever served a customer had at once (staff input, where it is recorded)."""

from dataclasses import dataclass

import numpy as np
from django.db.models import QuerySet

from feedback.insights.arrays import Floats, Ints
from feedback.models import RunScore
from feedback.queries.columns import places_of, read_coded
from surveys.models import Interaction


@dataclass(frozen=True, slots=True)
class Loads:
    """Mean concurrent cases by stage code, each of shape (runs,), NaN where none is recorded."""

    by_stage: dict[str, Floats]


def loads_of(run_ids: QuerySet[RunScore, int], runs: Ints) -> Loads:
    """The loads of the contacts of these runs; one query where there are none, else two. runs: ids in their order."""
    rows = Interaction.objects.filter(run_id__in=run_ids, load__isnull=False, stage__isnull=False)
    found, words = read_coded(rows, {"run": "run_id"}, {"load": "load"}, {"stage": "stage__code"})
    stage, place = words["stage"], places_of(found["run"], runs)
    means = {}
    for code, name in enumerate(stage.names):
        own = (stage.codes == code) & (place >= 0)
        count = np.bincount(place[own], minlength=len(runs))
        total = np.bincount(place[own], weights=found["load"][own], minlength=len(runs))
        means[name] = np.divide(total, count, out=np.full(len(runs), np.nan), where=count > 0)
    return Loads(means)
