"""Feelings: net emotion of the whole journey and at every stage, the confused and anxious between them (C60, C61)."""

from django.utils.translation import gettext as _

from feedback.dashboards.addition import Addition, Value
from feedback.dashboards.context import Context
from feedback.dashboards.parts import share_value
from feedback.dashboards.words import one
from feedback.insights.shares import wilson
from feedback.insights.sums import mean_of_sums
from feedback.insights.suppression import cell_state, small_cell, too_few
from feedback.queries.feelings import Felt, feelings_by_place
from surveys.enums import Measures

BETWEEN = ("confused", "anxious")


def feelings_part(context: Context, value: Value) -> Addition:
    """`feelings`: the whole, then stages and transitions in the journey's order; null where nobody was asked."""
    if not any(question.kind == "feelings" for question in context.definition.questions):
        return Addition({"feelings": None})
    suppressed: list[Value] = []
    felt = {(item.measures, item.stage, item.to_stage): item for item in feelings_by_place(context.run_ids)}
    stages = {stage["code"]: stage for stage in value["stages"]}
    found = {
        "whole": _row("whole", felt.get((Measures.JOURNEY, "", "")), {}, suppressed),
        "stages": [
            _row(f"stages.{code}", felt.get((Measures.STAGE, code, "")), _stage(stage), suppressed)
            for code, stage in stages.items()
            if stage["kind"] != "wait"
        ],
        "transitions": [
            _row(
                f"transitions.{row['from']}->{row['to']}",
                felt.get((Measures.TRANSITION, row["from"], row["to"])),
                {key: row[key] for key in ("from", "to", "from_name", "to_name", "owner")},
                suppressed,
            )
            for row in value["transitions"]
        ],
    }
    return Addition({"feelings": found | {"sentence": _sentence(found)}}, suppressed=suppressed)


def _stage(stage: Value) -> Value:
    return {key: stage[key] for key in ("code", "name", "owner")}


def _row(cell: str, felt: Felt | None, place: Value, suppressed: list[Value]) -> Value:
    """net: -100..100; confused, anxious: shares of the answers; counts: how often each feeling was picked."""
    empty = dict.fromkeys(("net", "lo", "hi", *BETWEEN, "counts"))
    if felt is None or not felt.sums.n:
        return place | empty | {"n": 0, "customers": 0, "state": "not_measured"}
    if min(felt.sums.n, felt.sums.customers) < small_cell():
        suppressed.append({"cell": f"feelings.{cell}", "reason": too_few()})
        return place | empty | {"n": None, "customers": None, "state": "hidden"}
    mean = mean_of_sums(felt.sums)
    shares = {code: wilson(felt.counts[code], mean.n) for code in BETWEEN}
    return {
        **place,
        "net": mean.value,
        "lo": mean.lo,
        "hi": mean.hi,
        **{code: share_value(share) for code, share in shares.items()},
        "counts": felt.counts,
        "n": mean.n,
        "customers": mean.customers,
        "state": cell_state(mean.n),
    }


def _sentence(found: Value) -> str:
    """Where feelings are lowest, if that is apart from the whole by its interval; else the whole alone."""
    whole = found["whole"]
    places = [row for row in (*found["stages"], *found["transitions"]) if row["net"] is not None]
    if whole["net"] is None and not places:
        return _("Feelings were asked about, but not enough customers have answered.")
    lowest = min(places, key=lambda row: float(row["net"]), default=None)
    facts = {key: one(whole[key]) for key in ("net", "lo", "hi")} | {"n": whole["n"]}
    if whole["net"] is None:
        return _("Feelings were asked at %(n)s places, not about the whole journey.") % {"n": len(places)}
    if lowest is None or lowest["hi"] is None or lowest["hi"] >= whole["net"]:
        return _("Net emotion about the whole journey is %(net)s (%(lo)s to %(hi)s, n = %(n)s).") % facts
    facts |= {"place": place_name(lowest), "low": one(lowest["net"]), "low_n": lowest["n"]}
    return _(
        "Net emotion about the whole journey is %(net)s (%(lo)s to %(hi)s, n = %(n)s); it is lowest at %(place)s with "
        "%(low)s (n = %(low_n)s)."
    ) % (facts)


def place_name(row: Value) -> str:
    """A stage by its name, a passage by the names of its two ends."""
    return str(row["name"]) if "name" in row else f"{row['from_name']} → {row['to_name']}"
