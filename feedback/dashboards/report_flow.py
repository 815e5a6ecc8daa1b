"""How journeys run, where they are given up, what customers knew between steps, and groups apart; for a terminal."""

from feedback.dashboards.addition import Value
from feedback.dashboards.words import fewer, one, signed
from feedback.dashboards.words_contacts import percent
from feedback.dashboards.words_coverage import phase

KNEW = (
    ("receipt_confirmed", "receipt"),
    ("knew_what_next", "what next"),
    ("knew_when", "when"),
    ("repeated_myself", "no repeats"),
    ("all", "all"),
)


def lines_flow(value: Value) -> list[str]:
    """The sections that have something to say."""
    length = value["length"]
    sections = (
        [length["sentence"]] if length else [],
        _phases(value["phases"]),
        _given_up(value["abandonment"]),
        _between(value["between"]),
        _apart(value["apart"]),
        _bond(value["relationship"]),
    )
    return [line for section in sections if section for line in [*section, ""]]


def _cell(cell: Value | None) -> str:
    """A mean with interval and n."""
    if cell is None or cell["n"] == 0:
        return "not measured"
    if cell["n"] is None:
        return fewer()
    return f"{one(cell['score'])} [{one(cell['lo'])}, {one(cell['hi'])}] n {cell['n']}"


def _phases(rows: list[Value]) -> list[str]:
    lines = [
        f"{phase(row['phase']):<28} {row['measured']} of {row['stages']} stages measured  {_cell(row)}" for row in rows
    ]
    return ["By phase", *lines] if lines else []


def _given_up(found: Value | None) -> list[str]:
    if not found:
        return []
    rows = [f"{row['name'][:27]:<28} {_share(row['share'])}  {row['owner'] or 'nobody'}" for row in found["stages"]]
    return [found["sentence"], *(["Given up at, of those that got there", *rows] if rows else [])]


def _share(share: Value | None) -> str:
    if share is None:
        return fewer()
    bounds = f"[{percent(share['lo'])}, {percent(share['hi'])}]"
    return f"{percent(share['share']):>8} {bounds:<18} {share['k']} of {share['n']}"


def _between(found: Value | None) -> list[str]:
    if not found:
        return []
    head = f"{'What customers knew':<44} " + " ".join(f"{name:>26}" for _code, name in KNEW)
    rows = [
        f"{row['place'][:43]:<44} " + " ".join(f"{_cell(row[code]) if row[code] else '–':>26}" for code, _name in KNEW)
        for row in found["rows"]
    ]
    return [*([found["sentence"]] if found["sentence"] else []), head, *rows]


def _apart(splits: list[Value]) -> list[str]:
    lines = []
    for split in splits:
        for group in split["groups"]:
            numbers = "; ".join(
                f"{what} {_cell(group[what])}" for what in ("experience", "service", "gap", "nps") if group[what]
            )
            lines.append(f"{group['name']:<38} {numbers}")
        apart = {key: signed(number) for key, number in split["difference"].items()}
        lines.append(f"{'  difference in experience':<38} {apart['value']} [{apart['lo']}, {apart['hi']}]")
    return lines


def _bond(bond: Value | None) -> list[str]:
    if not bond:
        return []
    rows = [row for row in bond["by_journeys"] if row["n"] != 0]
    names = [f"{row['journeys']}{' and more' if row['and_more'] else ''} journeys before" for row in rows]
    return [bond["sentence"], *(f"{name:<28} {_cell(row)}" for name, row in zip(names, rows, strict=True))]
