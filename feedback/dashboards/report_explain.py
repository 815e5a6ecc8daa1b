"""What goes with the gap, as lines for a terminal."""

from typing import Any

from feedback.dashboards.priorities import place_name
from feedback.dashboards.words import one
from feedback.dashboards.words_explain import unit

Value = dict[str, Any]


def lines_explain(value: Value) -> list[str]:
    """Sentences, then predictors from the largest share down, dose, peak and end, themes."""
    drivers = value["drivers"]
    if drivers is None:
        return []
    lines = ["What goes with the gap", *(_said(sentence) for sentence in drivers["sentences"])]
    if drivers["items"]:
        lines += ["", *_items(drivers), *_dose(drivers)]
        lines += _stages(drivers["stage_shares"])
    by_steps = (value["touchpoints"] or {}).get("gap_by_steps")
    if by_steps and by_steps["sentence"]:
        lines += ["", by_steps["sentence"]]
    if by_steps and by_steps["slopes"]:
        lines.append(by_steps["slopes"])
    good = (value["touchpoints"] or {}).get("no_bad_step")
    if good and good["sentence"]:
        lines.append(good["sentence"])
    lines += _worst((value["touchpoints"] or {}).get("worst"))
    if value["peak_end"]:
        lines += ["", value["peak_end"]["sentence"]]
    return [*lines, "", *_themes(value["text"]["themes"]), *_priorities(value["priorities"])]


def _said(sentence: Value) -> str:
    watched = sentence["kind"] == "driver" and not sentence["stands"]
    return f"- {'Worth watching: ' if watched else ''}{sentence['text']}"


def _mark(row: Value) -> str:
    """A star for what stands, a bracketed one for what only its own family finds."""
    if row.get("stands"):
        return " *"
    return " (*)" if row["finding"] else ""


def _items(drivers: Value) -> list[str]:
    head = f"{'Predictor':<44} {'share':>6} {'slope':>8} {'interval':<18} {'q':>6}  owner"
    lines = [f"n {drivers['n']}, R2 {drivers['r2']:.3f}, shares by {drivers['method']}", head]
    for item in sorted(drivers["items"], key=lambda item: -(item["share"] or 0.0)):
        share = "stated" if item["share"] is None else f"{item['share']:.3f}"
        interval = "" if item["lo"] is None else f"[{item['lo']:.2f}, {item['hi']:.2f}]"
        q = "" if item["q"] is None else f"{item['q']:.3f}"
        mark = _mark(item)
        slope = f"{item['slope']:.2f}"
        name = item["label"][:43]
        owner = item["owner"] or "nobody"
        lines.append(f"{name:<44} {share:>6} {slope:>8} {interval:<18} {q:>6}  {owner}, {unit(item['kind'])}{mark}")
    return lines


def _dose(drivers: Value) -> list[str]:
    rows = [row for row in drivers["dose"] if row["score"] is not None]
    if not rows:
        return []
    lines = ["", f"Experience by quarter of: {drivers['dose_of']}"]
    for row in rows:
        place = f"{row['low']:.1f} to {row['high']:.1f}"
        lines.append(f"{place:<18} {one(row['score']):>6} [{one(row['lo'])}, {one(row['hi'])}]  n {row['n']}")
    return lines


def _stages(shares: Value | None) -> list[str]:
    """What each stage has of what is explained, where not every stage was asked of everybody."""
    if shares is None:
        return []
    lines = ["", f"Each stage's share beside waits and steps, from pairs of answers ({shares['fewest']} at least)"]
    return [*lines, *(f"{row['label'][:43]:<44} {row['share']:>6.3f}" for row in shares["stages"])]


def _worst(worst: Value | None) -> list[str]:
    """The experience by the lowest stage of a journey."""
    rows = [row for row in (worst or {}).get("bands", []) if row["n"]]
    if not rows:
        return []
    lines = ["", "Experience by the lowest stage score"]
    for row in rows:
        place = f"{row['low']:.0f} to {row['high']:.0f}"
        lines.append(f"{place:<18} {one(row['score']):>6} [{one(row['lo'])}, {one(row['hi'])}]  n {row['n']}")
    return lines


def _themes(themes: list[Value]) -> list[str]:
    shown = [row for row in themes if row["n"] is not None]
    if not shown:
        return []
    lines = [f"{'Theme':<44} {'n':>5} {'share':>7} {'against others':>14} {'interval':<16} {'q':>6}"]
    for row in shown:
        difference, share = row["difference"], f"{row['prevalence']['share']:.1%}"
        interval = "" if difference["lo"] is None else f"[{one(difference['lo'])}, {one(difference['hi'])}]"
        q = "" if row["q"] is None else f"{row['q']:.3f}"
        mark = _mark(row)
        name = row["label"][:43]
        points = one(difference["value"])
        lines.append(f"{name:<44} {row['n']:>5} {share:>7} {points:>14} {interval:<16} {q:>6}{mark}")
    return [*lines, ""]


def _priorities(tables: list[Value]) -> list[str]:
    """What matters much and scores little first."""
    lines = []
    for found in tables:
        name = f"Where to begin: {found['about']}"[:44]
        lines += [
            f"{name:<44} {'importance':>10} {'interval':<18} {'score':>6} {'interval':<16} n",
            *(_priority(row) for row in found["rows"]),
            "",
        ]
    return lines


def _priority(row: Value) -> str:
    share = f"{row['share']:.1%}"
    part = "" if row["share_lo"] is None else f"[{row['share_lo']:.1%}, {row['share_hi']:.1%}]"
    bounds = f"[{one(row['lo'])}, {one(row['hi'])}]"
    place = place_name(row["place"])
    return f"{row['label'][:43]:<44} {share:>10} {part:<18} {one(row['score']):>6} {bounds:<16} {row['n']}  {place}"
