"""Contacts as plain text: AHT with handling until solved and recontact on the same line, FCR from three sources."""

from feedback.dashboards.addition import Value
from feedback.dashboards.words import fewer, one
from feedback.dashboards.words_contacts import percent
from feedback.insights.suppression import few_for_agents


def lines_contacts(value: Value) -> list[str]:
    """The lines of contacts; none where nothing is known of them."""
    return [*_handling(value["handle_time"]), *_resolution(value["fcr"]), *_avoidable(value["avoidable"])]


def _handling(times: Value | None) -> list[str]:
    if not times:
        return []
    head = f"{'Contacts':<28} {'min a call':>10} {'until solved':>12} {'call again':>10} {'per issue':>9} {'n':>6}"
    rows = [
        *(_row(f"team {row['team']}", row) for row in times["teams"]),
        *(_row(f"agent {row['agent']}", row) for row in times["agents"]),
        *(_row(f"reason {row['reason']}", row) for row in times["reasons"]),
    ]
    notes = [times["sentence"]] if times["sentence"] else []
    if times["agents_hidden"]:
        notes.append(f"{times['agents_hidden']} agents not shown: {few_for_agents()}")
    if not times["judged"]:
        notes.append("All contacts are younger than 7 days: provisional, nothing is judged.")
    return [head, *rows, *notes, *(item["text"] for item in times["findings"]), ""]


def _row(name: str, row: Value) -> str:
    if row["state"] == "hidden":
        return f"{name:<28} {fewer()}"
    if row["state"] == "too_recent":
        return f"{name:<28} {row['contacts']} contacts of the last 7 days: too recent to be told"
    trap = "  TRAP" if row["kind"] == "trap" else ""
    per_issue = "–" if row["contacts_per_issue"] is None else f"{row['contacts_per_issue']:.2f}"
    again = percent(row["recontact"])
    return (
        f"{name:<28} {one(row['aht']):>10} {one(row['tht']):>12} {again:>10} {per_issue:>9} {row['contacts']:>6}{trap}"
    )


def _resolution(fcr: Value | None) -> list[str]:
    if not fcr:
        return []
    names = (("measured", "FCR measured"), ("logged", "FCR logged"), ("reported", "FCR reported"))
    lines = [_share(name, fcr[key]) for key, name in names if fcr[key]["n"]]
    return [*lines, ""] if lines else []


def _share(name: str, share: Value) -> str:
    bounds = f"[{percent(share['lo'])}, {percent(share['hi'])}]"
    return f"{name:<12} {percent(share['share']):>8} {bounds}  {share['k']} of {share['n']}"


def _avoidable(found: Value | None) -> list[str]:
    if not found:
        return []
    head = f"{'Came back, by reason':<28} {'contacts':>8} {'share':>8} {'interval':<18} {'hours':>7}  owner"
    return [found["sentence"], head, *(_back(row) for row in found["reasons"]), ""]


def _back(row: Value) -> str:
    name = row["reason"][:27]
    if row["again"] is None:
        return f"{name:<28} {fewer()}"
    again = row["again"]
    bounds = f"[{percent(again['lo'])}, {percent(again['hi'])}]"
    hours = "–" if row["minutes"] is None else f"{row['minutes'] / 60:.0f}"
    share = percent(again["share"])
    return f"{name:<28} {again['k']:>8} {share:>8} {bounds:<18} {hours:>7}  {row['owner'] or 'nobody'}"
