"""Every test that a comparison holds, family by family, under the keys by which its findings know them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from feedback.dashboards.keys import key
from feedback.dashboards.segments import segment_key
from feedback.dashboards.words_time import change_key, judged, trend_key

Value = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Tested:
    """One test: key, p (of two that must hold the larger; None: too few), effect with sign, finding of its own family.

    row: the dict of the value that the test is about.
    """

    key: str
    p: float | None
    effect: float
    finding: bool
    row: Value

    @property
    def signed(self) -> str:
        """The key with the direction: what rose in one look and fell in the next is not the same."""
        return f"{self.key} {'+' if self.effect > 0 else '-'}"


def tests_of(value: Value) -> list[Tested]:
    """The tests of all families."""
    found = [test for family in FAMILIES for test in family(value)]
    return [Tested(name, p, effect or 0.0, finding, row) for name, p, effect, finding, row in found]


Raw = tuple[str, float | None, float | None, bool, Value]


def _larger(*p_values: float | None) -> float | None:
    known = [p for p in p_values if p is not None]
    return max(known) if known else None


def _gap(value: Value) -> Iterator[Raw]:
    gap = value["gap"]
    yield key("gap"), _larger(gap["p"], gap["p_permutation"]), gap["gap"], gap["finding"], gap


def _segments(value: Value) -> Iterator[Raw]:
    for row in value["segments"]:
        gap = row["gap"]
        if gap:
            yield segment_key(row), _larger(gap["p"], gap["p_permutation"]), gap["gap"], gap["finding"], gap


def _drivers(value: Value) -> Iterator[Raw]:
    for item in (value["drivers"] or {}).get("items", []):
        p = _larger(item["p"], (item["adjusted"] or {}).get("p"))
        tested = item["kind"] != "service"
        yield key("driver", item["code"]), p if tested else None, item["slope"], item["finding"] and tested, item


def _themes(value: Value) -> Iterator[Raw]:
    for row in value["text"]["themes"]:
        effect = row["difference"] and row["difference"]["value"]
        yield key("theme", row["source"], row["theme"]), row["p"], effect, row["finding"], row


def _trends(value: Value) -> Iterator[Raw]:
    for series in value["trends"]:
        change = series["change"]
        if change:
            yield trend_key(series), change["p"], change["shift"], change["finding"], change


def _changes(value: Value) -> Iterator[Raw]:
    """Weeks that were better or worse for everybody look like changes: only what allows for weeks can stand."""
    for row in value["before_after"]:
        for item in row["contrasts"]:
            found = judged(item)
            yield change_key(row, item), found["p"], found["value"], item["finding"] and item["two_way"], item


def _commercial(value: Value) -> Iterator[Raw]:
    for link in (value["commercial"] or {}).get("links", []):
        yield key("commercial", link["code"]), link["p"], link["effect"]["value"], link["finding"], link


def _silent(value: Value) -> Iterator[Raw]:
    silent = value["coverage"].get("silent")
    if silent:
        yield key("silent", silent["name"]), silent["p"], silent["difference"]["value"], silent["finding"], silent


def _handling(value: Value) -> Iterator[Raw]:
    for level in ("agent", "team"):
        for row in (value["handle_time"] or {}).get(f"{level}s", []):
            for kind, p in (("trap", row["p"]), ("slower_but_solves", row["p_mirror"])):
                yield key("handling", level, row[level], kind), p, None, row["kind"] == kind, row


FAMILIES = (_gap, _segments, _drivers, _themes, _trends, _changes, _commercial, _silent, _handling)
