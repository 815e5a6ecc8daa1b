"""What customers did later and the scorecard, as lines for a terminal."""

from typing import Any

from feedback.dashboards.words import fewer, signed
from feedback.dashboards.words_value import BLOCKS, link_text, tile_name, tile_number

Value = dict[str, Any]


def lines_value(value: Value) -> list[str]:
    """Links, spend, dose table, value at stake; then the tiles by block."""
    lines = [*_commercial(value["commercial"]), *_scorecard(value["scorecard"])]
    return [*lines, *_contrast(value["contrast"]), *_register(value)]


def _contrast(rows: list[Value]) -> list[str]:
    lines = ["Service and experience: ten differences"]
    for row in rows:
        lines.append(f"  {row['label']}")
        lines += [f"    {side:<12} {row[side] or 'not measured'}" for side in ("service", "experience")]
    return [*lines, ""]


def _register(value: Value) -> list[str]:
    paid, register = value["incentives"]["paid"], value["register"]
    lines = ["Pay depends on: " + (", ".join(row["label"] for row in paid) or "not recorded")]
    if register["not_linked"]:
        lines.append("Not linked to an outcome: " + ", ".join(row["name"] for row in register["not_linked"]))
    lines += [
        f"Not judged after 90 days: {row['improvement']} ({row['changed_on']})" for row in register["not_evaluated"]
    ]
    return [*lines, ""]


def _commercial(commercial: Value | None) -> list[str]:
    if commercial is None:
        return []
    lines = ["What customers did later"]
    lines += [f"- {link_text(link, commercial)}{_verdict(link)}" for link in commercial["links"]]
    spend = commercial["spend_per_10"]
    if spend:
        lines.append(
            f"- Spend {signed(spend['value'])} % [{signed(spend['lo'])}, {signed(spend['hi'])}] per 10 points."
        )
    if commercial["stake"] and commercial["links"][0]["stands"]:
        lines.append(f"- {commercial['stake']['text']}")
    return [*lines, *(_band(band) for band in commercial["bands"]), *commercial["caveats"], ""]


def _verdict(link: Value) -> str:
    if link["stands"]:
        return ""
    return " Worth watching." if link["finding"] else f" No finding (q {link['q']:.3f})."


def _band(band: Value) -> str:
    name = f"  {band['low']:>3.0f}-{band['high']:<3.0f}"
    if band["hidden"]:
        return f"{name} {fewer()}"
    share = band["retained"]
    if share["share"] is None:
        return f"{name} not known"
    return f"{name} stayed {share['share']:.1%} [{share['lo']:.1%}, {share['hi']:.1%}]  {share['k']} of {share['n']}"


def _scorecard(scorecard: Value) -> list[str]:
    lines = []
    for block in scorecard.get("blocks", []):
        lines.append(f"{BLOCKS[block['name']]}" + ("" if block["tiles"] else ": not measured"))
        lines += [_tile(tile) for tile in block["tiles"]]
    return [*lines, ""] if lines else []


def _tile(tile: Value) -> str:
    unit = tile["unit"]
    line = f"  {tile_name(tile['code']):<44} {tile_number(tile['value'], unit):>9}"
    if tile["lo"] is not None:
        line += f" [{tile_number(tile['lo'], unit)}, {tile_number(tile['hi'], unit)}]"
    line += f"  n {tile['n']}"
    change = tile["change"]
    if change and change["value"] is not None:
        line += f"  change {tile_number(change['value'], unit)}"
        if change["lo"] is not None:
            line += f" [{tile_number(change['lo'], unit)}, {tile_number(change['hi'], unit)}]"
    return line
