"""The scorecard: eight blocks of tiles, each with interval, n, change, target, owner and why; no composite."""

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np

from feedback.dashboards.change_rows import difference_value
from feedback.dashboards.changes import data_end
from feedback.dashboards.context import Context
from feedback.dashboards.headline_tiles import headline_tiles, nps_tile
from feedback.dashboards.measures import SHARE, Measure, measure_of, times_of
from feedback.dashboards.told_tiles import told_tiles
from feedback.insights.arrays import Floats
from feedback.insights.intervals import Difference, Mean, clustered_mean, mean_difference
from feedback.insights.kaplan_meier import curve, quantile
from feedback.insights.scorecard import BlockName, Tile, mean_tile, scorecard
from feedback.insights.shares import newcombe, share_of, wilson
from feedback.insights.suppression import small_cell, too_few, withheld
from feedback.queries.run_history import RunHistory

Value = dict[str, Any]
Tiles = list[tuple[BlockName, Tile]]
NOT_ENOUGH, NOTHING_NAMED, ONE_STAGE, WHOLE_ONLY = "not_enough", "nothing_named", "one_stage", "whole_only"

MEASURED: dict[BlockName, tuple[str, ...]] = {
    "touchpoint_service": ("service", "speed", "knowledge", "patience", "accommodation", "ease"),
    "end_to_end": ("experience", "nps", "ces"),
    "mindset_and_feelings": ("receipt_confirmed", "knew_what_next", "knew_when", "repeated_myself"),
    "process": ("elapsed_days", "steps", "contacts", "switches", "repeats", "promise_kept", "paperless", "abandoned"),
}
# What drivers are looked for: the experience, and what stands for it.
EXPLAINED = ("experience", "nps", "ces", "gap", "hidden_poor", "bad_journeys")


@dataclass(frozen=True, slots=True)
class Board:
    """What every tile is made from: the window's runs, those of the equal window before it, and the value so far."""

    context: Context
    value: Value
    now: RunHistory
    before: RunHistory | None
    previous: tuple[datetime, datetime] | None
    end: float


def scorecard_value(context: Context, value: Value, suppressed: list[Value]) -> Value:
    """The contract's `scorecard`: blocks of tiles, and the window that changes are held against."""
    previous = previous_window(context, value)
    history = context.history
    now = history.between(context.query.start, context.query.end)
    before = history.between(*previous) if previous else None
    board = Board(context, value, now, before, previous, data_end(history))
    makers: tuple[Callable[[Board], Tiles], ...] = (_measured, _headline, _contacts, _loyalty, _coverage, _loop, _goals)
    tiles = [*(tile for maker in makers for tile in maker(board)), *told_tiles(context, value, previous)]
    tiles = [_shown(block, _completed(board, tile), suppressed) for block, tile in tiles]
    return {
        "blocks": [
            {"name": block.name, "tiles": [tile_value(tile) for tile in block.tiles]} for block in scorecard(tiles)
        ],
        "previous": previous and {"from": previous[0].isoformat(), "to": previous[1].isoformat()},
    }


def previous_window(context: Context, value: Value) -> tuple[datetime, datetime] | None:
    """The window of equal length just before; None where the window has no beginning, or that one may have none."""
    start, end = context.query.start, context.query.end or datetime.fromisoformat(value["generated_at"])
    if start is None or start >= end or context.hidden:
        return None
    first, told = start - (end - start), context.told
    may_begin = all(told.tells(told.filters, runs, [first]) for runs in told.filters.counted)
    return (first, start) if may_begin else None


def tile_value(tile: Tile) -> Value:
    """A tile as plain values."""
    value = dataclasses.asdict(tile)
    return value | {"change": tile.change and difference_value(tile.change), "why": list(tile.why)}


def _shown(block: BlockName, tile: Tile, suppressed: list[Value]) -> tuple[BlockName, Tile]:
    """Too few answers: no number; counts of obligations and goals are no answers."""
    if block in ("closed_loop", "outcomes") or tile.unit == "count" or not 0 < tile.n < small_cell():
        return block, tile
    suppressed.append({"cell": f"scorecard.{tile.code}", "reason": too_few()})
    return block, dataclasses.replace(withheld(tile), target=tile.target)


def _measured(board: Board) -> Tiles:
    """What has one value a run."""
    found: Tiles = []
    for block, codes in MEASURED.items():
        for code in codes:
            measure = measure_of(code, board.context.definition, board.now)
            if measure is not None and bool(np.isfinite(measure.values).any()):
                found.append((block, _tile(board, measure)))
    return found


def _tile(board: Board, measure: Measure) -> Tile:
    earlier = _earlier(board, measure.code)
    if measure.code == "elapsed_days":
        return _median_tile(board, measure)
    if measure.unit == SHARE and measure.code != "promise_kept":
        share = share_of(measure.values, board.now.customer)
        before = None if earlier is None else share_of(earlier.values, _customers(board))
        change = newcombe(share, before) if before and before.n >= small_cell() else None
        return Tile(measure.code, SHARE, share.share, share.lo, share.hi, share.n, change)
    mean = clustered_mean(measure.values, board.now.customer)
    tile = mean_tile(measure.code, measure.unit, mean)
    tile = dataclasses.replace(tile, change=_change(mean, earlier.values if earlier else None, _customers(board)))
    return nps_tile(board.context, board.value, tile, board.now, board.before) if measure.code == "nps" else tile


def _customers(board: Board) -> Any:
    return board.before.customer if board.before is not None else []


def _earlier(board: Board, code: str) -> Measure | None:
    """What it was in the window before, where that may be told."""
    context, told = board.context, board.context.told
    if board.before is None or board.previous is None:
        return None
    whole = measure_of(code, context.definition, told.filters.history)
    if whole is None or not told.tells(told.filters, np.isfinite(whole.values), [board.previous[0]]):
        return None
    return measure_of(code, context.definition, board.before)


def _change(now: Mean, earlier: Floats | None, customers: Any) -> Difference | None:
    """Against the window before, where enough answered in it."""
    if earlier is None:
        return None
    before = clustered_mean(earlier, customers)
    return mean_difference(now, before) if before.n >= small_cell() else None


def _median_tile(board: Board, measure: Measure) -> Tile:
    """The median with the unfinished counted (Kaplan-Meier)."""
    times = times_of(measure, board.context.definition, board.now, board.end)
    if times is None:
        return Tile(measure.code, measure.unit, None, None, None, 0)
    found = curve(times.days, times.ended)
    median = quantile(found)
    return Tile(measure.code, measure.unit, median.value, median.lo, median.hi, found.n)


def _completed(board: Board, tile: Tile) -> Tile:
    """With target and owner of the outcome that is measured by it, and why it is as it is."""
    outcome = next((o for o in board.value["outcomes"] if o["measure"] == tile.code), None)
    return dataclasses.replace(
        tile,
        target=outcome["target"] if outcome else None,
        owner=outcome["owner"] if outcome else None,
        why=_why(board.value, tile.code),
    )


def _why(value: Value, code: str) -> tuple[str, ...]:
    """Named drivers of the experience; of the service its lowest stage; else that there are not enough answers."""
    if code in ("service", "speed", "knowledge", "patience", "accommodation", "ease"):
        return _lowest_stage(value)
    if code == "net_emotion":
        return _lowest_feeling(value)
    if code in ("promise_kept", "waiting"):
        return _broken_promise(value)
    if code not in EXPLAINED:
        return ()
    drivers = value["drivers"]
    if not drivers or not drivers["items"]:
        return (NOT_ENOUGH,)
    named = [item["code"] for item in drivers["items"] if item.get("stands")]
    return tuple(named[:3]) or (NOTHING_NAMED,)


def _lowest_feeling(value: Value) -> tuple[str, ...]:
    """The stage whose feelings lie below those about the whole, by its interval."""
    whole = value["feelings"]["whole"]
    rows = [row for row in value["feelings"]["stages"] if row["hi"] is not None]
    if not rows:
        return (WHOLE_ONLY,)
    lowest = min(rows, key=lambda row: float(row["net"]))
    return (f"stage:{lowest['code']}",) if lowest["hi"] < whole["net"] else (NOTHING_NAMED,)


def _broken_promise(value: Value) -> tuple[str, ...]:
    """The wait that keeps its promise least often."""
    rows = [row for row in value["transitions"] if row["kept_share"] is not None and row["kept_share"] < 1]
    if not rows:
        return ()
    worst = min(rows, key=lambda row: float(row["kept_share"]))
    return (f"wait:{worst['from']}->{worst['to']}",)


def _lowest_stage(value: Value) -> tuple[str, ...]:
    """The service stage whose interval lies below the service score."""
    score = value["service"]["score"]
    stages = [stage for stage in value["stages"] if stage["kind"] == "service" and stage["hi"] is not None]
    if score is None or len(stages) < 2:
        return (ONE_STAGE if stages else NOT_ENOUGH,)
    lowest = min(stages, key=lambda stage: float(stage["score"]))
    return (f"stage:{lowest['code']}",) if lowest["hi"] < score else (NOTHING_NAMED,)


def _headline(board: Board) -> Tiles:
    return headline_tiles(board.context, board.value, board.now, board.before)


def _contacts(board: Board) -> Tiles:
    """First-contact resolution three times; handling time per call only with that until solved and recontacts."""
    fcr, times = board.value["fcr"] or {}, board.value["handle_time"] or {}
    found: Tiles = []
    for name in ("measured", "logged", "reported"):
        share = fcr.get(name)
        if share and share["n"]:
            tile = Tile(f"fcr_{name}", SHARE, share["share"], share["lo"], share["hi"], share["n"])
            found.append(("touchpoint_service", tile))
    reasons = [row for row in times.get("reasons", []) if row.get("aht") is not None and row.get("tht") is not None]
    return found + (_handling(reasons) if reasons else [])


def _handling(reasons: Sequence[Value]) -> Tiles:
    """Over all reasons that are shown."""
    contacts, issues = (sum(row[name] for row in reasons) for name in ("contacts", "issues"))
    aht = sum(row["aht"] * row["contacts"] for row in reasons) / contacts
    tht = sum(row["tht"] * row["issues"] for row in reasons) / issues
    known = [row for row in reasons if row["recontact"] is not None and row["recontact_n"]]
    again = wilson(
        round(sum(row["recontact"] * row["recontact_n"] for row in known)), sum(row["recontact_n"] for row in known)
    )
    return [
        ("touchpoint_service", Tile("aht", "minutes", aht, None, None, contacts)),
        ("touchpoint_service", Tile("tht", "minutes", tht, None, None, issues)),
        ("touchpoint_service", Tile("recontact", SHARE, again.share, again.lo, again.hi, again.n)),
    ]


def _loyalty(board: Board) -> Tiles:
    """What customers did afterwards."""
    known = board.value["commercial"] or {}
    units = (("retained", SHARE), ("spend", "money"), ("referrals", "number"))
    return [
        ("loyalty_and_commercial", Tile(code, unit, mean["value"], mean["lo"], mean["hi"], mean["n"]))
        for code, unit in units
        if (mean := known.get(code))
    ]


def _coverage(board: Board) -> Tiles:
    """How much of the journey and of its customers is heard."""
    coverage = board.value["coverage"]
    stages = [stage for stage in board.value["stages"] if stage["kind"] != "wait"]
    holes = sum(stage["state"] == "not_measured" for stage in stages)
    found: Tiles = [("coverage", Tile("unmeasured", "count", float(holes), None, None, len(stages)))]
    everybody = next((row for row in coverage["funnel"] if row.get("by") == "all" and row.get("response")), None)
    if everybody and everybody["response"]["n"]:
        share = everybody["response"]
        found.append(("coverage", Tile("response", SHARE, share["share"], share["lo"], share["hi"], share["n"])))
    shift = coverage.get("shift")
    if shift and shift["value"] is not None:
        n = board.value["experience"]["n"] or 0
        found.append(("coverage", Tile("weighted_shift", "points", shift["value"], shift["lo"], shift["hi"], n)))
    silent = coverage.get("silent")
    if silent:
        found.append(("coverage", Tile("silent", SHARE, silent["frame_share"], None, None, len(board.now))))
    return found


def _loop(board: Board) -> Tiles:
    """Follow-ups as they stand."""
    alerts = board.value["alerts"]
    total = alerts.get("total", 0)
    found: Tiles = [
        ("closed_loop", Tile(code, "count", float(alerts[code]), None, None, total))
        for code in ("open", "overdue")
        if code in alerts
    ]
    loop = alerts.get("loop")
    if loop:
        share, hours = loop["contacted_in_time"], loop["median_hours"]
        found.append(
            ("closed_loop", Tile("contacted_in_time", SHARE, share["share"], share["lo"], share["hi"], share["n"]))
        )
        found.append(("closed_loop", Tile("median_hours", "hours", hours, None, None, share["n"])))
    return found


def _goals(board: Board) -> Tiles:
    """Outcomes with a target, and how many have reached it."""
    wanted = [outcome for outcome in board.value["outcomes"] if outcome["target"] is not None]
    if not wanted:
        return []
    reached = sum(outcome["status"] == "achieved" for outcome in wanted)
    return [("outcomes", Tile("achieved", "count", float(reached), None, None, len(wanted)))]
