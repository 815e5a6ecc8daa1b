"""Wide tables: a row a respondent, a column a question, everything said by the mapping."""

from typing import Any

import pytest

from cxsurvey.lib.tables import UnusableTable
from feedback.models import Answer, Response, RunScore
from surveys.models import Customer, JourneyRun
from tests.feedback.actions.imports.conftest import everything, reasons

HEADER = "ID, DAY ,LANG,W,DOCS ,ALL,NPS,P1,P2,AIRLINE\n"
ROWS = """1,13,1,0.5,4,5,10,1,32,A
2,14.0,2,1.5,0,3.0,11,0,,A
3,15,9,2,Blank,4,0,5,,B
"""


def document(**changes: Any) -> dict[str, Any]:
    return {
        "kind": "answers",
        "journey": "account",
        "customer": "ID",
        "run": "ID",
        "time": {"column": "DAY", "format": "%d", "base": "2026-05-01", "zone": "America/Los_Angeles"},
        "weight": "W",
        "segments": {"language": "LANG", "problem": {"column": "LANG", "values": {"1": "met", "2": "none"}}},
        "questions": {
            "DOCS": {"question": "docs.rating", "missing": [0, 6, "Blank"]},
            "ALL": {"question": "e2e.overall", "missing": [0]},
            "NPS": {"question": "e2e.nps", "missing": [11]},
            "P1": {"question": "e2e.problems", "multi": True, "missing": ["", 0]},
            "P2": {"question": "e2e.problems", "multi": True, "missing": ["", 0]},
        },
        **changes,
    }


@pytest.fixture
def wide(load, mapping):
    def call(text: str = HEADER + ROWS, dry_run: bool = False, **changes: Any):
        return load("answers", text, mapping=mapping(**document(**changes)), dry_run=dry_run)

    return call


def test_wide_rows_make_customers_completed_runs_and_responses(wide):
    report = wide()
    assert (report.created, report.refused) == (3, 0)
    run = JourneyRun.objects.select_related("customer").get(external_id="1")
    assert (run.customer.external_id, run.outcome, run.imported) == ("1", "completed", True)
    assert run.started_at == run.ended_at
    assert run.ended_at.isoformat() == "2026-05-13T07:00:00+00:00"
    assert run.attributes == {"language": "1", "problem": "met", "_weight": 0.5}
    assert JourneyRun.objects.get(external_id="3").attributes == {"language": "9", "_weight": 2.0}
    values = Answer.objects.order_by("run__external_id", "response__survey__code", "question__order").values_list(
        "run__external_id", "question__code", "value", "choices"
    )
    assert list(values) == [
        ("1", "rating", 4.0, []),
        ("1", "overall", 5.0, []),
        ("1", "nps", 10.0, []),
        ("1", "problems", None, ["1", "32"]),
        ("2", "overall", 3.0, []),
        ("3", "overall", 4.0, []),
        ("3", "nps", 0.0, []),
        ("3", "problems", None, ["5"]),
    ]
    assert sorted(Response.objects.values_list("run__external_id", "survey__code", "weight")) == [
        ("1", "docs", 0.5),
        ("1", "e2e", 0.5),
        ("2", "e2e", 1.5),
        ("3", "e2e", 2.0),
    ]


def test_wide_rows_leave_the_run_rows_current(wide):
    wide()
    assert JourneyRun.objects.filter(stale=True).count() == 0
    scores = RunScore.objects.order_by("run__external_id").values_list("service", "experience", "weight")
    assert list(scores) == [(75.0, 100.0, 0.5), (None, 50.0, 1.5), (None, 75.0, 2.0)]


def test_wide_table_twice_changes_nothing(wide):
    wide()
    before = everything()
    again = wide()
    assert (again.created, again.changed, again.unchanged) == (0, 0, 3)
    assert everything() == before


def test_wide_dry_run_judges_the_same_and_writes_nothing(wide):
    text = HEADER + ROWS + "4,16,1,1,7,5,10,,,A\n"
    wide(text="ID,DAY,LANG,W,DOCS,ALL,NPS,P1,P2,AIRLINE\n")
    before = everything()
    dry = wide(text, dry_run=True)
    assert everything() == before
    assert dry == wide(text)
    assert (dry.created, dry.refused) == (3, 1)


def test_wide_cluster_column_is_the_customer(wide):
    wide(customer="AIRLINE")
    counts = [(c.external_id, c.runs.count()) for c in Customer.objects.order_by("external_id")]
    assert counts == [("A", 2), ("B", 1)]


def test_wide_table_without_run_column_keeps_equal_rows_apart_and_is_idempotent(wide):
    row = "1,13,1,1,4,5,10,,,A\n"
    options = {"customer": "AIRLINE", "run": None}
    assert wide(HEADER + row + row, **options).created == 2
    again = wide(HEADER + row + row, **options)
    assert (again.created, again.unchanged, JourneyRun.objects.count()) == (0, 2, 2)


def test_wide_constant_time_and_segment_of_the_customer(wide):
    wide(time={"value": "2026-05-15T12:00:00Z"}, segments={"segment": "LANG"}, weight=None)
    assert Customer.objects.get(external_id="2").segment == "2"
    assert set(Response.objects.values_list("answered_at", "weight")) == {(JourneyRun.objects.first().ended_at, None)}


@pytest.mark.parametrize(
    ("row", "column", "value"),
    [
        ("4,16,1,1,7,5,10,,,A", "DOCS", "7"),
        ("4,16,1,1,4.5,5,10,,,A", "DOCS", "4.5"),
        ("4,16,1,1,4,5,12,,,A", "NPS", "12"),
        ("4,16,1,1,4,5,10,77,,A", "P1", "77"),
        ("4,16,1,1,4,5,10,,77,A", "P2", "77"),
        ("4,32,1,1,4,5,10,,,A", "DAY", "32"),
        ("4,,1,1,4,5,10,,,A", "DAY", ""),
        ("4,16,1,0,4,5,10,,,A", "W", "0"),
        ("4,16,1,x,4,5,10,,,A", "W", "x"),
        (",16,1,1,4,5,10,,,A", "ID", ""),
        ("4,16,1,1,4,5", "", ""),
        ("1,13,1,0.5,4,4,10,1,32,A", "ID", "1"),
    ],
)
def test_wide_bad_row_is_refused_whole_at_its_column(wide, row, column, value):
    report = wide(HEADER + ROWS + row + "\n")
    assert list(reasons(report)) == [(5, column, value)]
    assert JourneyRun.objects.count() == 3
    assert Customer.objects.count() == 3


def test_wide_day_number_beyond_the_base_month_is_refused(wide):
    time = {"column": "DAY", "format": "%d", "base": "2026-02-01", "zone": "UTC"}
    assert list(reasons(wide(HEADER + "1,30,1,1,4,5,10,,,A\n", time=time))) == [(2, "DAY", "30")]


def test_wide_time_without_zone_is_refused(wide):
    time = {"column": "DAY", "format": "%d", "base": "2026-02-01"}
    report = wide(HEADER + "1,3,1,1,4,5,10,,,A\n", time=time)
    assert "has no time zone" in report.refusals[0].reason


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"questions": {"NOPE": "e2e.nps"}}, "lacks the columns NOPE"),
        ({"questions": {"NPS": "nosurvey.nps"}}, "no published survey"),
        ({"questions": {"NPS": "e2e.nosuch"}}, "asks no such question"),
        ({"questions": {"NPS": "e2e.nps", "ALL": "e2e.nps"}}, "Only a multiple choice may have several columns"),
    ],
)
def test_wide_mapping_that_does_not_fit_is_unusable(wide, changes, sentence):
    with pytest.raises(UnusableTable, match=sentence):
        wide(**changes)


def test_wide_constant_day_without_zone_is_that_day_in_utc(wide):
    wide(time={"value": "2026-05-15"}, weight=None)
    assert {at.isoformat() for at in Response.objects.values_list("answered_at", flat=True)} == {
        "2026-05-15T00:00:00+00:00"
    }
