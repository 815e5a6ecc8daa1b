"""What stands on the page as a whole: all families together, looks counted, judged on closed months (method 4.4)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from feedback.dashboards.keys import key
from feedback.dashboards.page_tests import tests_of
from feedback.dashboards.query import Query
from feedback.insights.comparison import FINDING_Q
from feedback.insights.page import LOOKS_A_YEAR, PageTest, standing

Value = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What stood when judged: keys with direction. until: the end of the last closed month, None: the whole window."""

    until: datetime | None
    tests: int
    stands: frozenset[str]


def closed_month(query: Query, now: datetime) -> datetime | None:
    """The start of this month, up to which a window that is still open is judged; None where it is over by itself."""
    if query.end is not None and query.end <= now:
        return None
    start = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return None if query.start is not None and query.start >= start else start


def verdict(value: Value, until: datetime | None = None) -> Verdict:
    """Judge every test of a value together."""
    tests = [test for test in tests_of(value) if test.p is not None]
    found = [PageTest(test.key.partition(":")[0], test.signed, test.p, test.finding) for test in tests]
    return Verdict(until, len(found), frozenset(test.name for test in standing(found)))


def mark(value: Value, found: Verdict) -> None:
    """Write `stands` beside every `finding`, sort the list of findings by it, and say as `page` what it rests on.

    Stands what was a finding when the page was judged and is one in the numbers shown, in the same direction.
    """
    standing_keys: set[str] = set()
    for test in tests_of(value):
        stands = test.finding and test.signed in found.stands
        test.row["stands"] = stands or test.row.get("stands", False)
        standing_keys |= {test.key} if stands else set()
    for finding in value["findings"]:
        finding["stands"] = finding.get("test") in standing_keys
    value["findings"].sort(key=lambda finding: not finding["stands"])
    for sentence in (value["drivers"] or {}).get("sentences", []):
        if sentence["kind"] == "driver":
            sentence["stands"] = key("driver", sentence["code"]) in standing_keys
    value["page"] = {
        "judged_until": found.until and found.until.isoformat(),
        "tests": found.tests,
        "looks": LOOKS_A_YEAR,
        "bound": FINDING_Q / LOOKS_A_YEAR,
    }
