"""Tables of other people in the shapes that are met: one small table each, read by a mapping, against known answers."""

from datetime import UTC, datetime
from typing import Any

import pytest
from openpyxl import Workbook

from cxsurvey.lib.tables import UnusableTable
from feedback.actions.imports.run_import import ImportRequest, run_import
from feedback.models import Answer, Response
from surveys.models import Customer, JourneyRun
from tests.feedback.actions.imports.conftest import NOW, everything, reasons

DAY = {"value": "2026-05-15"}


@pytest.fixture
def wide(load, mapping):
    """Import a wide table twice; the second time must change nothing. The first report."""

    def call(content: str | bytes, questions: dict[str, Any], **document: Any):
        name = mapping(
            **{"kind": "answers", "customer": "ID", "run": "ID", "time": DAY, **document}, questions=questions
        )
        report = load("answers", content, mapping=name)
        before = everything()
        again = load("answers", content, mapping=name)
        assert (again.created, again.changed, again.refused) == (0, 0, report.refused)
        assert everything() == before
        return report

    return call


def answers() -> list[tuple[Any, ...]]:
    """Run, question, value and choices of every answer."""
    rows = Answer.objects.order_by("run__external_id", "response__survey__code", "question__order", "pk")
    return list(rows.values_list("run__external_id", "question__code", "value", "choices"))


def test_wide_rows_that_do_not_count_are_left_out_and_told(wide):
    text = "ID,Finished,Secs,ALL\n1,True,100,5\n2,False,90,4\n3,True,2,3\n4,True,,3\n"
    only = {"Finished": {"is": ["True"]}, "Secs": {"at_least": 10}}
    report = wide(text, {"ALL": "e2e.overall"}, only=only)
    assert (report.total, report.created, report.refused, report.left_out) == (4, 1, 0, 3)
    assert answers() == [("1", "overall", 5.0, [])]


def test_wide_words_are_numbers_and_footnotes_are_missing(wide):
    words = {"Never": "1", "Sometimes": "2", "Usually": "4", "Always": "5"}
    said = {"question": "docs.rating", "values": words, "missing": ["Not Available", "N/A"]}
    text = "ID,NURSES\n1,Always\n2,Not Available\n3,usually\n"
    report = wide(text, {"NURSES": said})
    assert list(reasons(report)) == [(4, "NURSES", "usually")]
    assert report.refusals[0].reason == "The code is not in the mapping, which knows Always, Never, Sometimes, Usually."
    assert answers() == [("1", "rating", 5.0, [])]


def test_wide_codes_beyond_the_list_and_empty_cells_may_mean_something(wide):
    said = {"question": "docs.rating", "values": {"good": "5"}, "other": "1", "blank": "3"}
    wide("ID,X,Y\n1,good,a\n2,bad,a\n3,,a\n", {"X": said})
    assert [value for _run, _code, value, _choices in answers()] == [5.0, 1.0, 3.0]


@pytest.mark.parametrize(
    ("content", "document"),
    [
        ("ID;W;ALL;Ort\n1;1,25;5;Zürich\n".encode("latin-1"), {"encoding": "latin-1"}),
        ("ID\tW\tALL\tOrt\n1\t1,25\t5\tZürich\n".encode("utf-16"), {"encoding": "utf-16"}),
        ("ID|W|ALL|Ort\n1|1,25|5,0|Zürich\n".encode("utf-8-sig"), {}),
        ("Report of May\n\nID;W;ALL;Ort\n1;1,25;5;Zürich\n".encode(), {"skip_rows": 2, "separator": ";"}),
    ],
)
def test_wide_file_is_read_as_the_mapping_says_it_is_written(wide, content, document):
    wide(content, {"ALL": "e2e.overall"}, weight="W", decimal=",", segments={"town": "Ort"}, **document)
    assert JourneyRun.objects.get().attributes == {"_weight": 1.25, "town": "Zürich"}
    assert answers() == [("1", "overall", 5.0, [])]


def test_wide_number_that_could_be_two_is_refused(wide):
    report = wide("ID;W;ALL\n1;1.250;5\n", {"ALL": "e2e.overall"}, weight="W", decimal=",")
    assert list(reasons(report)) == [(2, "W", "1.250")]


def test_wide_second_sheet_with_days_as_numbers(world, mapping, tmp_path):
    book = Workbook()
    book.active.append(["nothing here"])
    sheet = book.create_sheet("Data")
    for row in (["ID", "Day", "ALL"], [1, 46157, 5], [2, 46157.5, 4]):
        sheet.append(row)
    path = tmp_path / "table.xlsx"
    book.save(path)
    time = {"column": "Day", "format": "excel", "zone": "UTC"}
    name = mapping(kind="answers", customer="ID", run="ID", time=time, sheet="Data", questions={"ALL": "e2e.overall"})
    assert run_import(ImportRequest("answers", path, name, now=NOW)).created == 2
    ends = JourneyRun.objects.order_by("external_id").values_list("ended_at", flat=True)
    assert list(ends) == [datetime(2026, 5, 15, tzinfo=UTC), datetime(2026, 5, 15, 12, tzinfo=UTC)]
    name = mapping(kind="answers", customer="ID", time=time, sheet="Dates", questions={"ALL": "e2e.overall"})
    with pytest.raises(UnusableTable, match='no sheet "Dates"; it has Sheet, Data'):
        run_import(ImportRequest("answers", path, name, now=NOW))


@pytest.mark.parametrize("text", ["19th May 2026", "19/05/2026", "2026-05-19"])
def test_wide_time_in_the_first_format_that_fits(wide, text):
    time = {"column": "D", "format": ["%d %B %Y", "%d/%m/%Y", "%Y-%m-%d"], "zone": "UTC"}
    wide(f"ID,D,ALL\n1,{text},5\n", {"ALL": "e2e.overall"}, time=time)
    assert Response.objects.get().answered_at == datetime(2026, 5, 19, tzinfo=UTC)


def test_wide_scale_that_changed_on_a_day_feeds_two_questions_in_their_rows(wide):
    time = {"column": "D", "zone": "America/Los_Angeles"}
    two = [{"question": "e2e.overall", "until": "2026-03-31"}, {"question": "e2e.nps", "from": "2026-04-01"}]
    report = wide("ID,D,REC\n1,2026-03-31,4\n2,2026-04-01,9\n3,2026-03-31,9\n", {"REC": two}, time=time)
    assert answers() == [("1", "overall", 4.0, []), ("2", "nps", 9.0, [])]
    assert list(reasons(report)) == [(4, "REC", "9")]


def test_wide_column_is_about_the_stage_that_its_row_names(wide):
    text = "ID,Touchpoint,Score\n1,documents,4\n1,whole,5\n2,whole,2\n2,other,1\n"
    two = [
        {"question": "docs.rating", "where": {"Touchpoint": {"is": ["documents"]}}},
        {"question": "e2e.overall", "where": {"Touchpoint": {"is": ["whole"]}}},
    ]
    wide(text, {"Score": two})
    assert answers() == [("1", "rating", 4.0, []), ("1", "overall", 5.0, []), ("2", "overall", 2.0, [])]


def test_wide_rows_of_one_run_widen_it_and_keep_what_its_first_row_told(wide):
    text = "ID,Run,D,Place,No,S\n1,A,2026-05-09,x,1,4\n1,A,2026-05-02,y,2,2\n"
    wide(
        text,
        {"S": "docs.rating"},
        run="Run",
        occasion="No",
        time={"column": "D", "zone": "UTC"},
        segments={"place": "Place"},
    )
    run = JourneyRun.objects.get()
    assert (run.started_at.day, run.ended_at.day, run.attributes) == (2, 9, {"place": "x"})
    assert [value for _run, _code, value, _choices in answers()] == [4.0, 2.0]


def test_wide_one_column_a_choice_and_several_choices_in_a_cell(wide):
    text = 'ID,P_1,P_5,ALLP\n1,1,,\n2,0,yes,\n3,,x,\n4,,,"5, 32"\n5,?,,\n'
    questions = {
        "P_1": {"question": "e2e.problems", "choice": "1", "missing": [0]},
        "P_5": {"question": "e2e.problems", "choice": "5"},
        "ALLP": {"question": "e2e.problems", "multi": True, "split": ","},
    }
    report = wide(text, questions)
    assert [(run, choices) for run, _code, _value, choices in answers()] == [
        ("1", ["1"]),
        ("2", ["5"]),
        ("3", ["5"]),
        ("4", ["5", "32"]),
    ]
    assert list(reasons(report)) == [(6, "P_1", "?")]


def test_wide_table_without_customer_gives_every_row_its_own(wide):
    wide("ALL\n5\n5\n4\n", {"ALL": "e2e.overall"}, customer=None, run=None)
    assert (Customer.objects.count(), JourneyRun.objects.count()) == (3, 3)


def test_wide_bands_of_numbers_and_the_language_of_the_words(wide):
    age = {"column": "Age", "bands": [18, 30, 65], "missing": ["-"]}
    text = "ID,Age,Lang,WHY\n1,17,de,gut\n2,29,fr,bien\n3,65,,ok\n4,-,en,fine\n5,old,en,fine\n"
    report = wide(text, {"WHY": "docs.why"}, segments={"age": age}, language="Lang")
    runs = JourneyRun.objects.order_by("external_id").values_list("attributes", flat=True)
    assert list(runs) == [{"age": "under 18"}, {"age": "18-29"}, {"age": "65 and over"}, {}]
    assert list(Response.objects.order_by("run__external_id").values_list("language", flat=True)) == [
        "de",
        "fr",
        "",
        "en",
    ]
    assert list(reasons(report)) == [(6, "Age", "old")]


def test_wide_qualtrics_export_with_three_header_rows(wide):
    text = (
        "StartDate,Finished,Q1,Q2_5,ResponseId\n"
        'Start Date,Finished,"How do you rate it,\nall in all?","Problems - Selected Choice - five",Response ID\n'
        '"{""ImportId"":""startDate""}","{""ImportId"":""finished""}","{""ImportId"":""QID1""}",'
        '"{""ImportId"":""QID2_5""}","{""ImportId"":""_recordId""}"\n'
        "2026-05-01 10:00:00,1,5,5,R_1\n2026-05-01 11:00:00,0,4,,R_2\n"
    )
    report = wide(
        text,
        {"Q1": "e2e.overall", "Q2_5": {"question": "e2e.problems", "choice": "5"}},
        customer="ResponseId",
        run="ResponseId",
        header_rows=3,
        only={"Finished": {"is": ["1", "True"]}},
        time={"column": "StartDate", "format": "%Y-%m-%d %H:%M:%S", "zone": "America/Denver"},
    )
    assert (report.created, report.left_out) == (1, 1)
    assert answers() == [("R_1", "overall", 5.0, []), ("R_1", "problems", None, ["5"])]


@pytest.mark.parametrize(
    ("questions", "sentence"),
    [
        ({"ALL": {"question": "e2e.problems", "choice": "9"}}, 'no choice "9"; its choices are 1, 5, 32'),
        ({"ALL": {"question": "e2e.nps", "multi": True}}, "takes one answer, not several"),
        ({"ALL": {"question": "e2e.nps", "where": {"Nope": {"is": ["1"]}}}}, "lacks the columns Nope"),
    ],
)
def test_wide_mapping_beyond_the_question_is_unusable(wide, questions, sentence):
    with pytest.raises(UnusableTable, match=sentence):
        wide("ID,ALL\n1,5\n", questions)


def test_wide_two_columns_that_answer_in_one_row_are_refused(wide):
    questions = {
        "A": {"question": "e2e.nps", "until": "2026-06-01"},
        "B": {"question": "e2e.nps", "from": "2026-01-01"},
    }
    report = wide("ID,A,B\n1,5,6\n2,5,\n", questions)
    assert [each.reason for each in report.refusals] == ["Several columns answer this question in this row: A, B."]
    assert answers() == [("2", "nps", 5.0, [])]
