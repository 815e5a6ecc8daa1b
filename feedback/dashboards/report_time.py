"""What time tells, as lines for a terminal."""

from typing import Any

from feedback.dashboards.words import one, signed
from feedback.dashboards.words_time import (
    RULES,
    STATUS,
    alarm_text,
    in_unit,
    judged,
    loop_text,
    measure_name,
    period_name,
    series_name,
)
from feedback.enums import RootCause

Value = dict[str, Any]


def lines_time(value: Value) -> list[str]:
    """Series with their last point and change, improvements, outcomes, follow-ups; nothing for what is empty."""
    sections = (_trends(value["trends"]), _changes(value["before_after"]), _outcomes(value["outcomes"]))
    lines = [value["recent"]["sentence"], ""] if value["recent"] else []
    lines += [line for section in sections if section for line in [*section, ""]]
    return [*lines, *_alerts(value["alerts"])]


def _trends(series: list[Value]) -> list[str]:
    if not series:
        return []
    head = f"{'Over time':<28} {'by':<6} {'n':>4} {'last':>6}  change"
    return [head, *(_trend(item) for item in series)]


def _trend(item: Value) -> str:
    shown = [point for point in item["points"] if point["score"] is not None]
    last = one(shown[-1]["score"]) if shown else "–"
    line = f"{series_name(item):<28} {item['by']:<6} {len(item['points']):>4} {last:>6}  {_change(item)}"
    return line + (f"  watch: {alarm_text(item)}" if item["alarm"] else "")


def _change(item: Value) -> str:
    change = item["change"]
    if change is None:
        return "not tested"
    if not change["finding"]:
        return f"no finding (q {change['q']:.3f})"
    interval = f"[{one(change['lo'])}, {one(change['hi'])}]"
    watched = "" if change["stands"] else "worth watching: "
    when = period_name(change["period"], item["by"])
    return f"{watched}{signed(change['shift'])} {interval} from {when} (q {change['q']:.3f})"


def _changes(rows: list[Value]) -> list[str]:
    lines = []
    for row in rows:
        lines.append(f"After “{row['improvement']}” ({row['changed_on']}): {STATUS[row['status']]}")
        lines += [_contrast(item) for item in row["contrasts"]]
        lines += [f"  ! {item['text']}" for item in row["warnings"]]
    return lines


def _contrast(item: Value) -> str:
    found, unit = judged(item), item["unit"]
    shown = in_unit(found["value"], unit, signed=True)
    if found["lo"] is not None:
        shown += f" [{in_unit(found['lo'], unit, signed=True)}, {in_unit(found['hi'], unit, signed=True)}]"
    numbers = "" if item["before"]["n"] is None else f"n {item['before']['n']} / {item['after']['n']}"
    q = "" if item["q"] is None else f"q {item['q']:.3f}"
    return f"  {measure_name(item['measure']):<26} {shown:<30} {numbers:<14} {q:<8} {STATUS[item['status']]}"


def _outcomes(rows: list[Value]) -> list[str]:
    if not rows:
        return []
    head = f"{'Outcome':<28} {'baseline':>9} {'now':>9} {'target':>9}  status, owner"
    return [head, *(_outcome(row) for row in rows)]


def _outcome(row: Value) -> str:
    unit = row["unit"] or ""
    baseline = row["baseline"]["value"] if row["baseline"] else None
    numbers = " ".join(f"{in_unit(number, unit):>9}" for number in (baseline, row["current"], row["target"]))
    late = ", overdue" if row["overdue"] else ""
    return f"{row['code']:<28} {numbers}  {STATUS[row['status']]}{late}, {row['owner'] or 'nobody'}"


def _alerts(alerts: Value) -> list[str]:
    if not alerts.get("total"):
        return []
    head = f"Follow-ups: {alerts['open']} open, {alerts['overdue']} overdue, {alerts['total']} in all"
    rows = [f"  {RULES.get(row['rule'], row['rule']):<40} {row['open']:>5} open" for row in alerts["by_rule"]]
    rows += [f"  closed, from {RootCause(row['cause']).label:<28} {row['n']:>5}" for row in alerts["causes"]]
    return [head, *rows, *([loop_text(alerts["loop"])] if alerts["loop"] else []), ""]
