"""Through which channel each run answered about its stages and about the whole."""

import numpy as np
from django.db.models import Count, Q, QuerySet

from feedback.insights.arrays import Floats, Ints
from feedback.models import Response, RunScore
from feedback.queries.columns import places_of, read_columns
from surveys.enums import SurveyKind

KINDS = (SurveyKind.TOUCHPOINT, SurveyKind.END_TO_END)


def answered_alike(run_ids: QuerySet[RunScore, int], runs: Ints) -> Floats:
    """For each of these runs 1 where it answered both through one channel, 0 through several, else NaN.

    NaN too where the channel of one of its answers is not known. One query.
    """
    rows = (
        Response.objects.filter(run_id__in=run_ids, survey__kind__in=KINDS, late=False)
        .order_by()
        .values("run_id")
        .annotate(
            kinds=Count("survey__kind", distinct=True),
            channels=Count("channel", distinct=True),
            unknown=Count("pk", filter=Q(channel="")),
        )
        .filter(kinds=len(KINDS), unknown=0)
    )
    found = read_columns(rows, {"run": "run_id", "channels": "channels"}, {})
    alike, place = np.full(len(runs), np.nan), places_of(found["run"], runs)
    alike[place[place >= 0]] = found["channels"][place >= 0] == 1
    return alike
