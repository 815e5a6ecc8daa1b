"""How much of the journey service measurement sees, how its contacts hang together, and which ways runs took."""

from typing import Any

import numpy as np
from django.utils.translation import gettext as _

from feedback.dashboards.addition import Addition, Value
from feedback.dashboards.context import Context
from feedback.dashboards.parts import share_value
from feedback.dashboards.told_first import told_first
from feedback.dashboards.words import one
from feedback.insights.comparison import POOR_BELOW
from feedback.insights.intervals import Mean, clustered_mean, mean_difference
from feedback.insights.shares import share_of, wilson
from feedback.insights.sums import mean_of_sums, ratio_of_sums
from feedback.insights.suppression import complementary, pooled, small_cell, too_few
from feedback.models import RunScore
from feedback.queries.journey_definition import JourneyDefinition, StageDefinition
from feedback.queries.paths import (
    Links,
    Path,
    Visits,
    links_of,
    paths_of,
    time_at_stages,
    time_handled,
    visits_of,
)
from surveys.enums import StageKind

SHOWN_PATHS = 10


def scope_part(context: Context, value: Value) -> Addition:
    """scope, proactive, paths and consistency."""
    suppressed: list[Value] = []
    visits = visits_of(context.run_ids, [stage.code for stage in _surveyed(context.definition)])
    links = links_of(context.definition.journey_id, context.query.window, customers_of(context))
    values = {
        "scope": _scope(context, value, visits, links, suppressed),
        "proactive": _proactive(links, context, suppressed),
        "paths": _paths(context, visits, suppressed),
        "consistency": _consistency(context, suppressed),
    }
    return Addition(values, suppressed=suppressed)


def customers_of(context: Context) -> Any:
    """The customers of the filter as a subquery, None where there is no filter."""
    if not context.query.segments:
        return None
    return RunScore.objects.filter(run_id__in=context.run_ids).values_list("customer_id", flat=True)


def _scope(context: Context, value: Value, visits: Visits, links: Links, suppressed: list[Value]) -> Value:
    """Stages and time that service surveys see, waiting share, links, kinds of contact; shares 0..1."""
    definition = context.definition
    entered = [stage for stage in definition.stages if stage.kind != StageKind.WAIT]
    surveyed = _surveyed(definition)
    seen = ratio_of_sums(time_at_stages(visits, context.table))
    handled = ratio_of_sums(time_handled(context.table))
    scores = {stage["code"]: stage for stage in value["stages"]}
    found = {
        "stages": len(definition.stages),
        "surveyed": len(surveyed),
        "never_measured": sum(scores[stage.code]["state"] == "not_measured" for stage in entered),
        "touchpoints": len(entered),
        "automated": sum(stage.kind == StageKind.SERVICE and not stage.human for stage in entered),
        "third_party": sum(stage.third_party for stage in entered),
        "time_seen": _mean("scope.time_seen", seen, suppressed),
        "waiting": _mean("scope.waiting", _rest(handled), suppressed),
        "links": _links(links, suppressed),
        "channels": list(links.channels) if links.customers >= small_cell() else [],
        "phases": _phases(definition, scores),
    }
    return found | {"sentence": _scope_sentence(found)}


def _surveyed(definition: JourneyDefinition) -> list[StageDefinition]:
    return [s for s in definition.stages if s.kind == StageKind.SERVICE and definition.headline_of(s.code)]


def _rest(share: Mean) -> Mean:
    """1 - share."""
    if share.value is None:
        return share
    lo, hi = (None if bound is None else 1 - bound for bound in (share.hi, share.lo))
    return Mean(1 - share.value, lo, hi, share.se, share.n, share.customers, share.n_eff, share.df, None, None, None)


def _mean(cell: str, mean: Mean, suppressed: list[Value]) -> Value | None:
    if mean.n == 0:
        return None
    if mean.customers < small_cell():
        suppressed.append({"cell": cell, "reason": too_few()})
        return {"value": None, "lo": None, "hi": None, "n": None}
    return {"value": mean.value, "lo": mean.lo, "hi": mean.hi, "n": mean.n}


def _links(links: Links, suppressed: list[Value]) -> Value | None:
    """Contacts that belong to a run of the journey; what does not is listed behind rows_url."""
    if not links.contacts:
        return None
    if links.customers < small_cell():
        suppressed.append({"cell": "scope.links", "reason": too_few()})
        return {"share": None, "lo": None, "hi": None, "k": None, "n": None, "rows_url": None}
    share = wilson(links.linked, links.contacts)
    return share_value(share) | {"rows_url": "/admin/surveys/interaction/?run__isnull=True"}


def _proactive(links: Links, context: Context, suppressed: list[Value]) -> Value | None:
    """The share of contacts that the company began, and the experience of late runs with such a contact and without.

    late: runs with a wait over its promise; with_update - without, points (C70).
    """
    if links.customers < small_cell():
        return None
    table = context.table
    over = np.zeros(len(table), dtype=bool)
    for transition in context.definition.transitions:
        if transition.promised_days is not None:
            over |= table.wait(transition.key) > transition.promised_days
    told = np.isin(table.run, told_first(context))
    sides = [clustered_mean(np.where(over & side, table.experience, np.nan), table.customer) for side in (told, ~told)]
    found: Value = {"share": share_value(wilson(links.proactive, links.contacts)), "late": None}
    if any(0 < mean.customers < small_cell() for mean in sides):
        suppressed.append({"cell": "proactive.late", "reason": too_few()})
    elif all(mean.n for mean in sides):
        difference = mean_difference(sides[0], sides[1])
        rows = [{"score": m.value, "lo": m.lo, "hi": m.hi, "n": m.n} for m in sides]
        found["late"] = {
            "with_update": rows[0],
            "without": rows[1],
            "difference": {"value": difference.value, "lo": difference.lo, "hi": difference.hi},
        }
        found["late"]["sentence"] = _late_sentence(found["late"])
    return found


def _late_sentence(late: Value) -> str:
    apart = {key: one(late["difference"][key]) for key in ("value", "lo", "hi")}
    facts = apart | {"n": late["with_update"]["n"], "m": late["without"]["n"]}
    return _(
        "Of journeys that waited longer than promised, those with a contact that we began rate %(value)s points apart "
        "from those without (%(lo)s to %(hi)s, n %(n)s and %(m)s)."
    ) % (facts)


def _phases(definition: Any, scores: dict[str, Value]) -> list[Value]:
    """Stages and measured stages by phase; a phase without any measurement is a hole (C28)."""
    found: dict[str, Value] = {}
    for stage in definition.stages:
        if stage.kind == StageKind.WAIT:
            continue
        row = found.setdefault(stage.phase, {"phase": stage.phase, "stages": 0, "measured": 0})
        row["stages"] += 1
        row["measured"] += scores[stage.code]["state"] != "not_measured"
    return list(found.values())


def _scope_sentence(found: Value) -> str:
    facts = {"seen": found["surveyed"], "stages": found["stages"]}
    time = found["time_seen"]
    if time is None or time["value"] is None:
        return _("Service surveys see %(seen)s of %(stages)s stages; how much of the time is not known.") % facts
    percent = f"{100 * time['value']:.1f}"
    return _("Service surveys see %(seen)s of %(stages)s stages and %(percent)s %% of the elapsed time.") % (
        facts | {"percent": percent}
    )


def _paths(context: Context, visits: Visits, suppressed: list[Value]) -> Value | None:
    """The most frequent ways, none of too few customers; all others together, so that the sums hold."""
    ways = paths_of(visits, context.table)
    if not ways:
        return None
    names = {stage.code: stage.name for stage in context.definition.stages}
    own = pooled([way.customers for way in ways], SHOWN_PATHS)
    runs, rest = sum(way.runs for way in ways), [way for way, alone in zip(ways, own, strict=True) if not alone]
    shown = [way for way, alone in zip(ways, own, strict=True) if alone]
    hidden = complementary([*(way.experience.customers for way in shown), sum(w.experience.customers for w in rest)])
    rows = [_path(way, runs, names, hide, suppressed) for way, hide in zip(shown, hidden, strict=False)]
    left = {"ways": len(rest), "runs": sum(way.runs for way in rest)} if rest else None
    return {"rows": rows, "others": left, "runs": runs, "ways": len(ways)}


def _path(way: Path, runs: int, names: dict[str, str], hide: bool, suppressed: list[Value]) -> Value:
    share = wilson(way.runs, runs)
    row: Value = {
        "stages": list(way.stages),
        "name": " → ".join(names.get(code, code) for code in way.stages),
        "runs": way.runs,
        "share": share_value(share),
    }
    mean = mean_of_sums(way.experience)
    if hide and mean.n:
        suppressed.append({"cell": f"paths.{'>'.join(way.stages)}.experience", "reason": too_few()})
        return row | {"score": None, "lo": None, "hi": None, "n": None}
    return row | {"score": mean.value, "lo": mean.lo, "hi": mean.hi, "n": mean.n}


def _consistency(context: Context, suppressed: list[Value]) -> Value | None:
    """Variation, not only the mean: share of bad journeys (under 50), standard deviation, p10 and p90 (C99)."""
    scores, customers = context.table.experience, context.table.customer
    known = scores[np.isfinite(scores)]
    if not len(known):
        return None
    if len(np.unique(customers[np.isfinite(scores)])) < small_cell():
        suppressed.append({"cell": "consistency", "reason": too_few()})
        return {"bad": None, "sd": None, "p10": None, "p90": None, "n": None}
    bad = share_of(np.where(np.isfinite(scores), (scores < POOR_BELOW).astype(np.float64), np.nan), customers)
    low, high = (float(number) for number in np.percentile(known, [10, 90]))
    found: Value = {
        "bad": share_value(bad),
        "sd": float(known.std(ddof=1)),
        "p10": low,
        "p90": high,
        "n": len(known),
    }
    share = found["bad"]
    facts = {key: f"{100 * share[key]:.1f}" for key in ("share", "lo", "hi")}
    facts |= {"n": str(found["n"]), "low": one(low), "high": one(high)}
    text = _(
        "%(share)s %% of journeys are bad, under 50 (%(lo)s to %(hi)s %%, n = %(n)s); nine in ten lie at or above "
        "%(low)s, one in ten at or above %(high)s."
    )
    return found | {"sentence": text % facts}
