"""Every kind: taken, taken twice, judged dry, refused row by row."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cxsurvey.lib.tables import UnusableTable
from feedback.models import Answer, CommercialRecord, Response, RunScore
from surveys.models import AskDecision, Customer, Interaction, Invitation, JourneyRun, Suppression
from tests.factories import JourneyFactory
from tests.feedback.actions.imports.conftest import everything, reasons

CUSTOMERS = """customer,email,phone,language,time_zone,segment,consent_email,consent_sms,attr.tenure
C1,ann@example.org,+491701234567,de,Europe/Berlin,retail,yes,no,5
C2,,,en,,business,,,
C3,not-an-address,,,,,,,
,x@example.org,,,,,,,
C4,,,,Nowhere/Town,,,,
C5,,,,,,perhaps,,
"""
INTERACTIONS = """customer,journey,run,stage,started_at,ended_at,handle_seconds,channel,reason,resolved,reference
C1,account,R1,apply,2026-03-02T09:00:00Z,2026-03-02T09:10:00Z,540,phone,open,yes,I1
C1,account,R1,documents,2026-03-04T09:00:00Z,2026-03-04T09:20:00Z,,branch,,,I2
C1,account,R1,welcome,2026-03-06T09:00:00+01:00,2026-03-06T09:05:00+01:00,99999,phone,,,I3
C2,account,R2,apply,2026-03-02T10:00:00,,,,,,I4
C2,account,R2,nowhere,2026-03-02T10:00:00Z,,,,,,I5
C2,account,R2,apply,2026-03-02T10:00:00Z,2026-03-02T09:00:00Z,,,,,I6
C1,account,R1,apply,2026-03-02T09:00:00Z,2026-03-02T09:10:00Z,541,phone,open,yes,I1
"""
RUNS = """customer,journey,run,started_at,ended_at,outcome,attr.region
C1,account,R1,2026-03-01T09:00:00Z,2026-03-10T09:00:00Z,completed,north
C2,account,R2,2026-03-02T09:00:00Z,,,south
C2,account,R3,2026-03-02T09:00:00Z,2026-03-01T09:00:00Z,completed,
C2,account,R4,2026-03-02T09:00:00Z,2026-03-03T09:00:00Z,,
C2,account,R5,2026-03-02T09:00:00Z,2026-03-03T09:00:00Z,lost,
C2,account,R6,,,,
C2,account,R1,2026-03-01T09:00:00Z,,,
C2,nojourney,R7,2026-03-01T09:00:00Z,,,
"""
ANSWERS = """customer,journey,run,stage,interaction,survey,question,value,text,asked_at,answered_at,weight
C1,account,R1,documents,,docs,rating,4,,2026-03-05T09:00:00Z,2026-03-05T10:00:00Z,1.5
C1,account,R1,,,e2e,overall,2.0,,,2026-03-12T10:00:00Z,
C1,account,R1,documents,,docs,why,,Too slow,2026-03-05T09:00:00Z,2026-03-05T10:00:00Z,1.5
C1,account,R1,,,e2e,nps,11,,,2026-03-12T10:00:00Z,
C1,account,R1,,,e2e,overall,5,,,2026-03-13T10:00:00Z,
C1,account,R1,,,e2e,problems,1;32,,,2026-03-12T10:00:00Z,
C1,account,R1,documents,,docs,nosuch,4,,,2026-03-05T10:00:00Z,
C1,account,R1,documents,,nosurvey,rating,4,,,2026-03-05T10:00:00Z,
C1,account,R1,apply,,docs,rating,4,,,2026-03-05T10:00:00Z,
C1,account,R9,,,e2e,overall,4,,,2026-03-12T10:00:00Z,
C1,,,,I2,docs,rating,5,,,2026-03-04T10:00:00Z,
C1,,,,I9,docs,rating,5,,,2026-03-04T10:00:00Z,
C1,,,,I2,docs,rating,5,,,2026-03-03T10:00:00Z,
C2,,,,,bond,nps,9,,2026-03-01T10:00:00Z,2026-03-02T10:00:00Z,
C2,account,R2,documents,,docs,rating,,,2026-03-05T09:00:00Z,,
C2,,,,,e2e,overall,4,,,2026-03-12T10:00:00Z,
C2,account,R2,,,e2e,overall,4,,,2026-03-12T10:00:00,
C2,account,R2,,,e2e,nps,4,,,,
C2,account,R2,,,e2e,nps,4,,,2026-03-12T10:00:00Z,-1
"""


@pytest.fixture
def past(load):
    """Customers, contacts and runs are in."""
    load("customers", CUSTOMERS)
    load("interactions", INTERACTIONS)
    load("runs", RUNS)


def test_customers_bring_what_their_consents_rest_on(load):
    head = "customer,consent_email,consent_sms,basis,basis_source,basis_text,basis_at\n"
    rows = ("C1,yes,no,customer,shop,terms 4,2025-06-01T10:00:00Z", "C2,yes,,,,,", "C3,yes,,hope,,,")
    report = load("customers", head + "\n".join(rows))
    assert list(reasons(report)) == [(4, "basis", "hope")]
    first, second = Customer.objects.order_by("external_id")
    assert (first.basis_email, first.basis_sms) == (
        {"basis": "customer", "source": "shop", "text": "terms 4", "at": "2025-06-01T10:00:00+00:00"}, {},
    )  # fmt: skip
    told = second.basis_email
    assert (told["basis"], told["source"], told["text"]) == ("consent", "table table.csv", "not told")


def test_customers_are_taken_and_refused_by_row(load):
    report = load("customers", CUSTOMERS)
    assert (report.created, report.refused, report.total) == (2, 4, 6)
    assert list(reasons(report)) == [
        (4, "email", "not-an-address"),
        (5, "customer", ""),
        (6, "time_zone", "Nowhere/Town"),
        (7, "consent_email", "perhaps"),
    ]
    ann = Customer.objects.get(external_id="C1")
    assert (ann.email, ann.consent_email, ann.attributes) == ("ann@example.org", True, {"tenure": "5"})


def test_interactions_are_taken_and_refused_by_row(load):
    report = load("interactions", INTERACTIONS)
    assert (report.created, report.unchanged) == (3, 0)
    assert [(number, column) for number, column, _value in reasons(report)] == [
        (5, "started_at"),
        (6, "stage"),
        (7, "ended_at"),
        (8, "handle_seconds"),
    ]
    assert report.notes["flagged: handle time longer than the contact and after-work"] == 1
    assert list(Customer.objects.values_list("external_id", flat=True)) == ["C1"]
    assert RunScore.objects.get().steps == 3


def test_interactions_ask_nobody(load):
    load("interactions", INTERACTIONS)
    assert (AskDecision.objects.count(), Invitation.objects.count()) == (0, 0)


def test_runs_are_taken_and_refused_by_row(load):
    load("interactions", INTERACTIONS)
    report = load("runs", RUNS)
    assert (report.created, report.changed) == (1, 1)
    assert [(number, column) for number, column, _value in reasons(report)] == [
        (4, "ended_at"),
        (5, "outcome"),
        (6, "outcome"),
        (7, "started_at"),
        (8, "run"),
        (9, "journey"),
    ]
    run = JourneyRun.objects.get(external_id="R1")
    assert (run.started_at.day, run.ended_at.day, run.attributes) == (1, 10, {"region": "north"})


def test_answers_are_taken_and_refused_by_row(load, past):
    report = load("answers", ANSWERS)
    assert sorted((number, column) for number, column, _value in reasons(report)) == [
        (5, "value"),
        (6, "question"),
        (8, "question"),
        (9, "survey"),
        (10, "stage"),
        (11, "run"),
        (13, "interaction"),
        (14, "answered_at"),
        (18, "answered_at"),
        (19, "answered_at"),
        (20, "weight"),
    ]
    assert report.created == 8
    stored = {
        (answer.response.survey.code, answer.question.code, answer.response.interaction_id is not None): answer
        for answer in Answer.objects.exclude(run__external_id="R2").select_related("response__survey", "question")
    }
    assert stored["docs", "rating", False].score == 75.0
    assert stored["docs", "rating", False].response.weight == 1.5
    assert stored["docs", "why", False].free_text.text == "Too slow"
    assert stored["e2e", "overall", False].value == 2.0
    assert stored["e2e", "problems", False].choices == ["1", "32"]
    assert stored["bond", "nps", False].run_id is None
    assert Response.objects.count() == 5
    assert RunScore.objects.get(run__external_id="R1").experience == 25.0


def test_answers_asked_but_not_answered_are_in_the_ledger(load, past):
    load("answers", ANSWERS)
    rows = AskDecision.objects.order_by("survey__code", "customer__external_id")
    assert list(rows.values_list("survey__code", "customer__external_id", "outcome", "imported")) == [
        ("bond", "C2", "sent", True),
        ("docs", "C1", "sent", True),
        ("docs", "C2", "sent", True),
    ]


def test_answers_without_run_belong_to_the_only_run_open_or_ended_last(load, past):
    header = "customer,survey,question,value,answered_at\n"
    load(
        "runs",
        "customer,journey,run,started_at,ended_at,outcome\nC1,account,RA,2026-01-01T00:00:00Z,2026-01-05T00:00:00Z,completed\n",
    )
    load("answers", header + "C1,e2e,overall,3,2026-01-20T00:00:00Z\nC1,e2e,overall,4,2026-03-05T00:00:00Z\n")
    found = Answer.objects.order_by("value").values_list("run__external_id", "value")
    assert list(found) == [("RA", 3.0), ("R1", 4.0)]


def test_answers_without_run_among_two_open_runs_are_refused_as_ambiguous(load, past):
    load("runs", "customer,journey,run,started_at\nC2,account,R8,2026-03-03T09:00:00Z\n")
    report = load("answers", "customer,survey,question,value,answered_at\nC2,e2e,overall,3,2026-03-20T00:00:00Z\n")
    assert [(each.column, each.reason) for each in report.refusals] == [
        ("run", "It is ambiguous to which run this belongs (found: R2, R8): name the run.")
    ]


def test_answers_before_the_stage_was_entered_are_refused_but_a_day_alone_is_not(load, mapping, past):
    name = mapping(
        kind="answers",
        journey="account",
        columns={
            **{ours: ours for ours in ("run", "survey", "question", "value")},
            "answered_at": {"column": "day", "zone": "UTC"},
        },
    )
    report = load(
        "answers",
        "run,survey,question,value,day\nR1,docs,rating,3,2026-03-03\nR1,docs,rating,4,2026-03-04\n",
        mapping=name,
    )
    assert list(reasons(report)) == [(2, "day", "2026-03-03T00:00:00+00:00")]
    assert report.created == 1


def test_answers_more_than_30_days_after_are_kept_and_late(load, past):
    header = "run,survey,question,value,answered_at\n"
    load("answers", header + "R1,docs,rating,3,2026-04-03T09:20:01Z\nR1,e2e,overall,3,2026-04-09T09:00:00Z\n")
    assert list(Response.objects.order_by("survey__code").values_list("survey__code", "late")) == [
        ("docs", True),
        ("e2e", False),
    ]


def test_answers_of_one_occasion_are_one_response_wherever_they_stand(load, past, monkeypatch):
    monkeypatch.setattr("feedback.actions.imports.answers_long.BATCH", 2)
    lines = ["run,survey,question,value,answered_at", "R1,e2e,overall,3,2026-03-12T00:00:00Z"]
    lines += [f"R1,docs,rating,{3},2026-03-12T00:00:00Z", "R1,e2e,nps,7,2026-03-12T00:00:00Z"]
    assert load("answers", "\n".join(lines)).created == 3
    assert sorted(Response.objects.values_list("survey__code", flat=True)) == ["docs", "e2e"]


def test_asks_are_taken_and_refused_by_row(load, past):
    text = """run,customer,survey,asked_at,channel,outcome,probability
R1,,docs,2026-03-05T09:00:00Z,email,sent,0.5
R1,,e2e,2026-03-11T09:00:00Z,sms,not sampled,0.25
R1,,e2e,2026-03-11T10:00:00Z,sms,sent,1
R2,,e2e,2026-03-11T09:00:00Z,email,eaten,1
R2,,e2e,2026-03-11T09:00:00Z,email,sent,1.5
,C2,bond,2026-03-11T09:00:00Z,,,
"""
    report = load("asks", text)
    assert (report.created, [(n, c) for n, c, _v in reasons(report)]) == (
        3,
        [(4, "outcome"), (5, "outcome"), (6, "probability")],
    )
    run = JourneyRun.objects.get(external_id="R1")
    assert set(AskDecision.objects.values_list("occasion", "outcome", "probability")) == {
        (f"stage:{run.public_id}:documents", "sent", 0.5),
        (f"run:{run.public_id}", "not_sampled", 0.25),
        ("period:2026-03-11", "sent", 1.0),
    }


def test_suppressions_are_taken_and_refused_by_row(load):
    text = """address,channel,reason,since,until
ann@example.org,email,opt-out,2026-01-01T00:00:00Z,
+491701234567,all,never-ask: deceased,2026-01-01T00:00:00Z,
+491701234567,fax,bounce,2026-01-01T00:00:00Z,
nonsense,,bounce,,
bob@example.org,,whim,,
bob@example.org,,complaint,2026-01-01T00:00:00Z,2025-01-01T00:00:00Z
"""
    report = load("suppressions", text)
    assert [(n, c) for n, c, _v in reasons(report)] == [(4, "channel"), (5, "address"), (6, "reason"), (7, "until")]
    assert sorted(Suppression.objects.values_list("channel", "reason")) == [("", "deceased"), ("email", "opt_out")]


def test_commercial_is_taken_and_refused_by_row(load, past):
    text = """customer,run,period_start,period_end,retained,spend,margin,referrals
C1,R1,2026-03-10,2026-06-10,yes,120.5,20,1
C1,R1,2026-03-10,2026-06-10,yes,130,20,1
C1,R1,2026-03-09,2026-06-10,yes,1,1,1
C2,R2,2026-03-10,2026-06-10,yes,1,1,1
C1,,2026-06-10,2026-03-10,yes,1,1,1
C9,,2026-03-10,2026-06-10,yes,1,1,1
C1,,2026-03-10,2026-06-10,yes,much,1,1
C1,,2026-03-10,2026-06-10,yes,1,1,1.5
C1,,2026-03-10,2026-06-10,,,,
"""
    report = load("commercial", text)
    assert [(n, c) for n, c, _v in reasons(report)] == [
        (3, "spend"),
        (4, "period_start"),
        (5, "period_start"),
        (6, "period_end"),
        (7, "customer"),
        (8, "spend"),
        (9, "referrals"),
    ]
    assert list(CommercialRecord.objects.order_by("pk").values_list("run__external_id", "spend", "referrals")) == [
        ("R1", 120.5, 1),
        (None, None, None),
    ]


@pytest.mark.parametrize("kind", ["customers", "interactions", "runs", "answers"])
def test_same_file_twice_changes_nothing(load, past, kind):
    text = {"customers": CUSTOMERS, "interactions": INTERACTIONS, "runs": RUNS, "answers": ANSWERS}[kind]
    first = load(kind, text)
    before = everything()
    again = load(kind, text)
    assert (again.created, again.changed) == (0, 0)
    assert [*reasons(again)] == [*reasons(first)]
    assert everything() == before


@pytest.mark.parametrize("kind", ["customers", "interactions", "runs", "answers"])
def test_dry_run_judges_the_same_and_writes_nothing(load, past, kind):
    text = {"customers": CUSTOMERS, "interactions": INTERACTIONS, "runs": RUNS, "answers": ANSWERS}[kind]
    text = text.replace("C1", "D1").replace("R1", "S1").replace("I1", "J1").replace("I2", "J2").replace("I3", "J3")
    before = everything()
    dry = load(kind, text, dry_run=True)
    assert everything() == before
    real = load(kind, text)
    assert dry == real
    assert real.created > 0


@pytest.mark.parametrize(
    ("kind", "text", "options", "sentence"),
    [
        ("customers", "name,email\nx,y\n", {}, "lacks the columns customer. It has: name, email"),
        ("customers", "customer,customer\nx,y\n", {}, "more than once: customer"),
        ("customers", "customer\nC1\n", {"mapping": "nosuch"}, 'no mapping "nosuch"; loaded are: none'),
        ("customers", "customer\nC1\n", {"journey": "nosuch"}, 'no journey "nosuch"'),
        ("people", "customer\nC1\n", {}, 'no kind "people"'),
        ("customers", b"customer\nJos\xe9\n", {}, "not in UTF-8"),
    ],
)
def test_unusable_table_is_said_and_nothing_written(load, kind, text, options, sentence):
    before = everything()
    with pytest.raises(UnusableTable, match=sentence):
        load(kind, text, **options)
    assert everything() == before


def test_mapping_of_columns_serves_every_kind(load, mapping):
    name = mapping(
        kind="interactions",
        journey="account",
        columns={
            "customer": "Caller",
            "run": "Case",
            "stage": {"column": "Queue", "values": {"1": "apply", "2": "documents"}},
            "started_at": {"column": "Start", "format": "%d.%m.%Y %H:%M", "zone": "Europe/Berlin"},
            "channel": {"value": "phone"},
            "resolved": {"column": "Done", "values": {"J": "yes", "N": "no"}, "missing": ["?"]},
            "reference": "Id",
        },
    )
    text = (
        "Id;Caller;Case;Queue;Start;Done;Other\n"
        "7;C1;R1;1.0;29.03.2026 01:30;J;x\n"
        "8;C1;R1;3;29.03.2026 03:30;?;x\n"
        "9;C1;R1;2;29.03.2026 03:30;?;x\n"
        "10;C1;R1;2;29.03.2026 02:30;N;x\n"
    )
    report = load("interactions", text, mapping=name)
    assert list(reasons(report)) == [(3, "Queue", "3"), (5, "Start", "29.03.2026 02:30")]
    first, second = Interaction.objects.order_by("started_at")
    assert (first.resolved, second.resolved, first.channel, first.stage.code) == (True, None, "phone", "apply")
    assert (second.started_at - first.started_at).total_seconds() == 3_600


def test_mapping_of_another_kind_or_journey_is_unusable(load, mapping):
    JourneyFactory(code="other")
    name = mapping(kind="runs", journey="account", columns={"customer": "customer", "run": "run"})
    with pytest.raises(UnusableTable, match='"theirs" is one of runs'):
        load("customers", "customer\nC1\n", mapping=name)
    with pytest.raises(UnusableTable, match='"theirs" is of the journey "account"'):
        load("runs", "customer,run\nC1,R1\n", mapping=name, journey="other")


def test_import_table_queries_per_batch_do_not_grow_with_rows(load):
    def queries(start: int, count: int) -> int:
        rows = [f"C{n},account,R{n},apply,2026-03-02T09:00:00Z,I{n}" for n in range(start, start + count)]
        with CaptureQueriesContext(connection) as captured:
            load("interactions", "customer,journey,run,stage,started_at,reference\n" + "\n".join(rows))
        return len(captured)

    assert queries(0, 3) == queries(100, 60)
