"""The comparison as plain text for a terminal."""

from typing import Any

from feedback.dashboards.report_contacts import lines_contacts
from feedback.dashboards.report_coverage import lines_coverage
from feedback.dashboards.report_explain import lines_explain
from feedback.dashboards.report_flow import lines_flow
from feedback.dashboards.report_page import lines_page
from feedback.dashboards.report_served import lines_served
from feedback.dashboards.report_time import lines_time
from feedback.dashboards.report_value import lines_value
from feedback.dashboards.usual import usual_rows
from feedback.dashboards.words import duration, fewer, fewer_or_needed, left_out, one

Value = dict[str, Any]


def text_report(value: Value) -> str:
    """Experience first, service beside it, the gap with interval and sentence, stages, waits, warnings."""
    moved = [value["window"]["sentence"]] if value["window"].get("sentence") else []
    lines = [f"{value['name']} ({value['journey']})", "", _answer(value), *moved, "", *lines_page(value)]
    lines += [_score("Experience", value["experience"]), _score("Service", value["service"]), _gap(value["gap"])]
    poor = value["hidden_poor"]
    if poor["share"] is not None:
        lines.append(
            f"{'Hidden poor':<12} {poor['share']:.1%} [{poor['lo']:.1%}, {poor['hi']:.1%}]  {poor['k']} of {poor['n']}"
        )
    lines.append(f"{'Quadrant':<12} {value['quadrant']['label'].replace('_', ' / ')}")
    lines += ["", *_stages(value["stages"]), *_waits(value["transitions"])]
    lines += [*_segments(value["segments"]), *_usual(value)]
    lines += [*lines_explain(value), *lines_contacts(value), *lines_coverage(value)]
    lines += [*lines_flow(value), *lines_served(value), *lines_time(value), *lines_value(value)]
    lines += [f"! {item['code']}: {item['text']}" for item in value["warnings"]]
    return "\n".join([*lines, *_made_of(value)])


def _answer(value: Value) -> str:
    """The sentence, with who answers for the whole where its gap stands."""
    return f"{value['sentence']}" + (f" Owner: {value['owner'] or 'nobody'}." if value["gap"]["stands"] else "")


def _usual(value: Value) -> list[str]:
    """NPS, CSAT and CES as the page has them."""
    rows = usual_rows(value)
    lines = [f"{row['name']:<8} {row['about'][:27]:<28} {_usual_number(row)}" for row in rows]
    return [*lines, ""] if lines else []


def _usual_number(row: Value) -> str:
    if row["number"] is None:
        return fewer()
    return f"{row['number']:>7} {row['interval']}  n {row['n']}; {row['beside']}"


def _made_of(value: Value) -> list[str]:
    """What was left out or hidden, and the version of the formulas, so that it can be made again."""
    lines = [left_out(item) for item in value["exclusions"]]
    if value["suppressed"]:
        cells = ", ".join(row["cell"] for row in value["suppressed"])
        lines.append(f"Hidden, so that nobody can be worked out: {cells}")
    return [*lines, f"Formulas {value['formula_version']}, computed {value['generated_at'][:16]}"]


def _score(name: str, value: Value) -> str:
    line = f"{name:<12} {_with_interval(value)}  n {value['n'] or 0}"
    if value.get("note") == "no_variation":
        line += " (no variation)"
    elif value.get("n_eff") is not None and round(value["n_eff"], 1) < (value["n"] or 0):
        line += f" of {value['customers']} customers, worth {one(value['n_eff'])}"
    if value.get("weighted"):
        line += f"  weighted {_with_interval(value['weighted'])}"
    return line


def _with_interval(value: Value) -> str:
    return f"{one(value['score']):>6} [{one(value['lo'])}, {one(value['hi'])}]"


def _gap(gap: Value) -> str:
    pairs = f"{gap['n_pairs']} pairs of {gap['customers']} customers"
    tested = "" if gap["q"] is None else f"  p {gap['p']:.3g} q {gap['q']:.3g}"
    twin = gap["weighted"]
    weighted = f"  weighted {one(twin['gap'])} [{one(twin['lo'])}, {one(twin['hi'])}]" if twin else ""
    return f"{'Gap':<12} {one(gap['gap']):>6} [{one(gap['lo'])}, {one(gap['hi'])}]  {pairs}{tested}{weighted}"


def _stages(stages: list[Value]) -> list[str]:
    lines = [f"{'Stage':<28} {'kind':<12} {'score':>6} {'interval':<16} {'n':>6}  owner"]
    for stage in stages:
        shown = "not measured" if stage["state"] == "not_measured" else one(stage["score"])
        if stage["state"] == "hidden":
            shown = fewer()
        interval = "" if stage["lo"] is None else f"[{one(stage['lo'])}, {one(stage['hi'])}]"
        owner = stage["owner"] or "nobody"
        lines.append(f"{stage['name']:<28} {stage['kind']:<12} {shown:>6} {interval:<16} {stage['n'] or 0:>6}  {owner}")
    return [*lines, ""]


def _waits(transitions: list[Value]) -> list[str]:
    known = [row for row in transitions if row["state"] != "not_measured"]
    if not known:
        return []
    lines = [f"{'Wait':<40} {'median':>9} {'p90':>9} {'promised':>9}  owner"]
    for row in known:
        name = f"{row['from']} -> {row['to']}"
        waits = " ".join(f"{duration(row[key]):>9}" for key in ("median_days", "p90_days", "promised_days"))
        few = f"  {fewer()}" if row["state"] == "hidden" else ""
        lines.append(f"{name:<40} {waits}  {row['owner'] or 'nobody'}{few}")
    return [*lines, ""]


def _segments(segments: list[Value]) -> list[str]:
    lines = []
    for row in segments:
        if row["experience"] is None:
            lines.append(f"{row['name']} = {row['value']}: {fewer_or_needed()}")
            continue
        lines.append(f"{row['name']} = {row['value']}: {_score('experience', row['experience'])}")
    return [*lines, ""] if lines else []
