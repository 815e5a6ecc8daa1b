"""Answering, feelings, scope, ways and asking, as lines for a terminal."""

from feedback.dashboards.addition import Value
from feedback.dashboards.feelings import place_name
from feedback.dashboards.words import fewer, one
from feedback.dashboards.words_contacts import percent
from feedback.dashboards.words_served import minutes


def lines_served(value: Value) -> list[str]:
    """The sections that have something to say, each with its sentence first."""
    needed = value["needed"]["sentence"]
    sections = (
        [needed] if needed else [],
        _quality(value),
        _load(value.get("load")),
        _answering(value),
        _feelings(value),
        _scope(value),
        _asking(value),
    )
    return [line for section in sections if section for line in [*section, ""]]


def _quality(value: Value) -> list[str]:
    rows, names = value["quality"] or [], ("speed", "knowledge", "patience", "accommodation", "quality")
    if not rows:
        return []
    head = f"{'Qualities of service':<28} " + " ".join(f"{name[:9]:>9}" for name in (*names, "alpha"))
    lines = [head, *(f"{row['name'][:27]:<28} {_cells(row, names)}" for row in rows)]
    for row in rows:
        lines += _explained(row)
    for by, found in (value["quality_by"] or {}).items():
        lines += [f"{by + ' ' + row['name']:<28} {_cells(row, names)}" for row in found]
    return lines


def _load(rows: list[Value] | None) -> list[str]:
    """What the load of those who serve goes with, by stage."""
    return [row["sentence"] or f"Load at {row['name']}: not enough answers to say." for row in rows or []]


def _explained(row: Value) -> list[str]:
    """What each of the four has of the stage's score."""
    found = row["explains"]
    if not found:
        return []
    parts = "; ".join(
        f"{code} {percent(part['share'])} [{percent(part['lo'])}, {percent(part['hi'])}]"
        for code, part in found["shares"].items()
    )
    return [f"{row['name'][:27]:<28} score explained {percent(found['r2'])} (n {found['n']}), of that: {parts}"]


def _cells(row: Value, names: tuple[str, ...]) -> str:
    scores = [one((row.get(name) or {}).get("score")) for name in names]
    alpha = "–" if row.get("alpha") is None else f"{row['alpha']:.2f}"
    return " ".join(f"{text:>9}" for text in (*scores, alpha))


def _answering(value: Value) -> list[str]:
    times = value["response_times"]
    if not times:
        return []
    head = f"{'Answered by channel':<28} {'median':>9} {'p90':>9} {'target':>9} {'in time':>8} {'n':>6} {'given up':>8}"
    return [times["sentence"], head, *(_channel(row) for row in times["channels"])]


def _channel(row: Value) -> str:
    name = row["channel"] or "–"
    if row["state"] == "hidden":
        return f"{name:<28} {fewer()}"
    within = percent(row["within"]["share"]) if row["within"] else "–"
    times = " ".join(f"{minutes(row[key]):>9}" for key in ("median", "p90", "target_minutes"))
    return f"{name:<28} {times} {within:>8} {row['n']:>6} {row['unanswered']:>8}"


def _feelings(value: Value) -> list[str]:
    felt = value["feelings"]
    if not felt:
        return []
    head = f"{'Feelings':<44} {'net':>7} {'interval':<16} {'confused':>8} {'anxious':>8} {'n':>6}"
    rows = [*felt["stages"], *(row for row in felt["transitions"] if row["state"] != "not_measured")]
    return [
        felt["sentence"],
        head,
        *(_felt(place_name(row), row) for row in rows),
        _felt("whole journey", felt["whole"]),
    ]


def _felt(name: str, row: Value) -> str:
    if row["net"] is None:
        return f"{name[:43]:<44} {fewer() if row['state'] == 'hidden' else 'not measured'}"
    interval = f"[{one(row['lo'])}, {one(row['hi'])}]"
    shares = " ".join(f"{percent(row[key]['share']):>8}" for key in ("confused", "anxious"))
    return f"{name[:43]:<44} {one(row['net']):>7} {interval:<16} {shares} {row['n']:>6}"


def _scope(value: Value) -> list[str]:
    scope, steady = value["scope"], value["consistency"]
    lines = [scope["sentence"]]
    for name, found in (("Nobody works on it", scope["waiting"]), ("Contacts linked", scope["links"])):
        number = found and found.get("value", found.get("share"))
        if number is not None:
            interval = f"[{percent(found['lo'])}, {percent(found['hi'])}]"
            lines.append(f"{name:<28} {percent(number):>8} {interval}  n {found['n']}")
    late = (value["proactive"] or {}).get("late")
    if late:
        lines.append(late["sentence"])
    if steady and steady.get("sentence"):
        lines.append(steady["sentence"])
    paths = value["paths"]
    if paths and paths["rows"]:
        lines += [f"{'Way':<60} {'runs':>6} {'E':>6}", *(_way(row) for row in paths["rows"])]
    if paths and paths["others"]:
        lines.append(f"{paths['others']['ways']} other ways: {paths['others']['runs']} runs")
    return lines


def _way(row: Value) -> str:
    return f"{row['name'][:59]:<60} {row['runs']:>6} {one(row['score']):>6}"


def _asking(value: Value) -> list[str]:
    asking = value["asking"]
    fatigue, carried = asking["fatigue"], asking["carry_over"]
    lines = [fatigue["sentence"]] if fatigue else []
    return [*lines, carried["sentence"] if carried else "Carry-over: not measured."]
