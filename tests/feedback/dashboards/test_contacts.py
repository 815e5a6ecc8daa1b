"""Contacts of a journey: exactly the numbers that the contacts hold, AHT never alone, small ones hidden."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from feedback.dashboards.comparison import Query, build_comparison
from surveys.enums import SurveyKind
from surveys.models import Customer, Interaction, JourneyVersion, Survey
from tests.factories import CustomerFactory, InteractionFactory, JourneyRunFactory, published_journey, published_survey
from tests.factories.asking import START, SurveyFactory
from tests.factories.listening import add_answer

pytestmark = pytest.mark.django_db
LATER = START + timedelta(days=60)


def call(version: JourneyVersion, customer: Customer, minutes: float, day: float = 0.0, **fields: Any) -> Interaction:
    """A contact without run about a bill; team and agent as given."""
    started = START + timedelta(days=day)
    return InteractionFactory(
        run=None,
        customer=customer,
        journey=version.journey,
        stage=None,
        reason=fields.pop("reason", "bill"),
        started_at=started,
        ended_at=started + timedelta(minutes=minutes),
        handle_seconds=60 * minutes,
        **fields,
    )


def touchpoint(version: JourneyVersion) -> Survey:
    """A survey about the first stage."""
    survey: Survey = SurveyFactory(journey=version.journey, kind=SurveyKind.TOUCHPOINT, stage_code="apply")
    return survey


def two_calls(issues: int = 5) -> JourneyVersion:
    """C40: team X solves each issue in two calls of 9 minutes, team Y in one of 10."""
    version = published_journey(code="bill")
    for _ in range(issues):
        customer = CustomerFactory()
        call(version, customer, 9, team="X")
        call(version, customer, 9, day=1, team="X")
        call(version, CustomerFactory(), 10, team="Y")
    return version


def compared(now: datetime = LATER, **query: Any) -> dict[str, Any]:
    return build_comparison(Query("bill", **query), now)


def by_name(rows: list[Mapping[str, Any]], level: str) -> dict[str, Mapping[str, Any]]:
    return {row[level]: row for row in rows}


def test_two_calls_of_nine_against_one_of_ten_are_exact_and_y_comes_first() -> None:
    two_calls()
    rows = compared()["handle_time"]["teams"]
    keys = ("team", "aht", "tht", "contacts_per_issue", "recontact", "contacts", "issues")
    assert [tuple(row[key] for key in keys) for row in rows] == [
        ("Y", 10.0, 10.0, 1.0, 0.0, 5, 5),
        ("X", 9.0, 18.0, 2.0, 0.5, 10, 5),
    ]


def test_two_calls_sentence_names_both_figures() -> None:
    two_calls()
    assert compared()["handle_time"]["sentence"] == (
        "Team X looks faster per call (9.0 v 10.0 min), but team Y needs less until solved: "
        "10.0 v 18.0 min in 1.0 v 2.0 contacts an issue (5 and 5 issues)."
    )


def test_two_calls_resolution_counts_issues() -> None:
    two_calls()
    fcr = compared()["fcr"]
    assert (fcr["measured"]["share"], fcr["measured"]["k"], fcr["measured"]["n"]) == (0.5, 5, 10)
    assert (fcr["logged"]["n"], fcr["reported"]["n"], fcr["mcnemar"], fcr["kappa"]) == (0, 0, None, None)


def test_team_of_four_customers_is_hidden_with_the_next_smallest() -> None:
    version = two_calls()
    for _ in range(4):
        call(version, CustomerFactory(), 5, team="Z")
    value = compared()
    rows = by_name(value["handle_time"]["teams"], "team")
    assert [(name, row["state"], row["aht"]) for name, row in sorted(rows.items())] == [
        ("X", "hidden", None),
        ("Y", "indicative", 10.0),
        ("Z", "hidden", None),
    ]
    assert {row["cell"] for row in value["suppressed"]} >= {"handle_time.teams.X", "handle_time.teams.Z"}


def test_agents_under_20_contacts_or_10_issues_are_not_named() -> None:
    version = published_journey(code="bill")
    for agent, contacts in (("busy", 25), ("steady", 22), ("new", 19), ("newer", 12)):
        for _ in range(contacts):
            call(version, CustomerFactory(), 8, agent=agent)
    value = compared()
    assert sorted(row["agent"] for row in value["handle_time"]["agents"]) == ["busy", "steady"]
    assert value["handle_time"]["agents_hidden"] == 2
    assert "newer" not in str(value)
    assert [row["n"] for row in value["suppressed"] if row["cell"] == "handle_time.agents"] == [2]


def test_one_small_agent_takes_the_next_smallest_into_hiding() -> None:
    version = published_journey(code="bill")
    for agent, contacts in (("busy", 25), ("steady", 22), ("new", 3)):
        for _ in range(contacts):
            call(version, CustomerFactory(), 8, agent=agent)
    value = compared()["handle_time"]
    assert ([row["agent"] for row in value["agents"]], value["agents_hidden"]) == (["busy"], 2)


def test_agents_need_ten_answers_where_contacts_are_answered_about() -> None:
    version = published_journey(code="bill")
    survey = published_survey(touchpoint(version))
    run = JourneyRunFactory(version=version)
    for agent, answered in (("asked", 10), ("seldom", 9), ("never", 0)):
        for n in range(25):
            contact = call(version, CustomerFactory(), 8, agent=agent)
            if n < answered:
                response = add_answer(run, survey, 4, "apply").response
                response.interaction = contact
                response.save(update_fields=["interaction"])
    assert [row["agent"] for row in compared()["handle_time"]["agents"]] == ["asked"]


def test_recontact_of_the_last_seven_days_is_not_judged() -> None:
    version = published_journey(code="bill")
    for n in range(30):
        call(version, CustomerFactory(), 8, day=n / 3, agent="a")
    value = compared(START + timedelta(days=12))["handle_time"]
    row = value["agents"][0] if value["agents"] else None
    assert row is None
    assert value["left_out"]["immature"] == 30 - sum(n / 3 + 8 / 1440 <= 5 for n in range(30))
    assert compared(LATER)["handle_time"]["left_out"]["immature"] == 0


def test_imported_contacts_end_with_the_last_one() -> None:
    version = published_journey(code="bill")
    for n in range(40):
        call(version, CustomerFactory(), 8, day=n, agent="a", imported=True)
    value = compared(START + timedelta(days=400))
    assert value["handle_time"]["data_end"] == (START + timedelta(days=39, minutes=8)).isoformat()
    assert value["fcr"]["measured"]["n"] == 33


def test_everything_recent_is_shown_but_not_judged() -> None:
    two_calls()
    value = compared(START + timedelta(days=2))
    assert [row["team"] for row in value["handle_time"]["teams"]] == ["Y", "X"]
    assert (value["handle_time"]["judged"], value["fcr"]["judged"], value["fcr"]["measured"]["n"]) == (False, False, 10)
    assert value["findings"] == []


def test_team_whose_issues_are_all_recent_shows_no_handling_of_a_call_alone() -> None:
    version = two_calls()
    for _ in range(6):
        call(version, CustomerFactory(), 7, day=58, team="new")
    row = by_name(compared()["handle_time"]["teams"], "team")["new"]
    assert (row["state"], row["aht"], row["tht"], row["contacts"]) == ("too_recent", None, None, 6)


def test_trap_is_found_named_and_linked_to_its_rows() -> None:
    version = published_journey(("call",), code="bill")
    stage = version.stages.get()
    for n in range(60):
        again = CustomerFactory()
        call(version, again, 6 + n % 2, agent="trap")
        call(version, again, 10, day=2, agent=f"peer{n % 2}")
        for peer in range(2):
            call(version, CustomerFactory(), 9 + (n + peer) % 3, agent=f"peer{peer}")
    Interaction.objects.update(stage=stage)
    value = compared()
    rows = by_name(value["handle_time"]["agents"], "agent")
    assert [(name, row["finding"]) for name, row in sorted(rows.items())] == [
        ("peer0", False),
        ("peer1", False),
        ("trap", True),
    ]
    assert (rows["trap"]["aht"], rows["trap"]["tht"], rows["trap"]["recontact"]) == (6.5, 16.5, 1.0)
    finding = next(item for item in value["findings"] if item["n"] == 60)
    assert (finding["kind"], finding["n"], finding["owner"]) == ("handle_time_trap", 60, None)
    assert finding["rows_url"] == "/admin/surveys/interaction/?agent__exact=trap"
    assert finding["text"].startswith(
        "Agent trap looks 28.8 % (27.3 to 30.2) faster per call (6.5 v 10.0 min, 60 contacts)"
    )
    assert "because 100.0 % (94.0 %–100.0 %) call again within 7 days (others 0.0 % (0.0 %–2.1 %))." in finding["text"]


def test_resolution_from_three_sources_side_by_side() -> None:
    version = published_journey(code="bill")
    question = {"code": "solved", "kind": "yes_no", "metric": "fcr", "text": "Solved?"}
    survey = published_survey(touchpoint(version), [question])
    run = JourneyRunFactory(version=version)
    for n in range(40):
        customer = CustomerFactory()
        contact = call(version, customer, 8, resolved=n != 0)
        if n < 10:
            call(version, customer, 8, day=3)
        if n < 20:
            response = add_answer(run, survey, float(n >= 5), "apply").response
            response.interaction = contact
            response.save(update_fields=["interaction"])
    fcr = compared()["fcr"]
    assert [fcr[key]["share"] for key in ("measured", "logged", "reported")] == [0.75, 0.975, 0.75]
    keys = ("n", "both_yes", "only_measured", "only_reported", "both_no", "p")
    assert tuple(fcr["mcnemar"][key] for key in keys) == (20, 10, 0, 5, 5, 0.0625)
    assert fcr["kappa"] == pytest.approx((0.75 - 0.5) / 0.5)
    assert fcr["sentence"].startswith("Agents log 97.5 % (")
    assert "Customers called again in 25.0 % (" in fcr["sentence"]


def test_company_wide_contacts_count_only_for_customers_of_the_journey() -> None:
    version = published_journey(code="bill")
    customers = [CustomerFactory() for _ in range(6)]
    for customer in customers:
        JourneyRunFactory(version=version, customer=customer)
        call(version, customer, 10, team="Y")
    for customer in (*customers, CustomerFactory()):
        contact = call(version, customer, 10, day=2, team="Y")
        Interaction.objects.filter(pk=contact.pk).update(journey=None)
    assert compared()["handle_time"]["teams"][0]["contacts"] == 12


def test_contacts_outside_the_window_are_left_out() -> None:
    two_calls()
    value = compared(start=START + timedelta(hours=12))
    assert [(row["team"], row["contacts"]) for row in value["handle_time"]["teams"]] == [("X", 5)]


def test_contacts_without_reason_give_nothing() -> None:
    version = published_journey(code="bill")
    call(version, CustomerFactory(), 9, reason="")
    value = compared()
    assert (value["handle_time"], value["fcr"]) == (None, None)


def test_contacts_without_handle_time_still_count_as_calling_again() -> None:
    version = published_journey(code="bill")
    for _ in range(5):
        customer = CustomerFactory()
        call(version, customer, 9, team="X")
        web = call(version, customer, 1, day=1)
        Interaction.objects.filter(pk=web.pk).update(handle_seconds=None, channel="web")
    value = compared()
    assert (value["fcr"]["measured"]["share"], value["handle_time"]["left_out"]["no_handle_time"]) == (0.0, 5)
    assert value["handle_time"]["teams"][0]["tht"] == 9.0


@pytest.mark.parametrize("issues", [1, 3])
@time_machine.travel(LATER, tick=False)
def test_contacts_queries_do_not_grow(issues: int) -> None:
    two_calls(issues)
    with CaptureQueriesContext(connection) as queries:
        build_comparison(Query("bill"))
    asked = [query["sql"] for query in queries if '"interaction_id"' in query["sql"]]
    assert len(asked) == 6


def test_reasons_that_bring_customers_back_are_ranked_with_their_hours() -> None:
    version = two_calls()
    for _ in range(6):
        customer = CustomerFactory()
        for day in range(3):
            call(version, customer, 20, day=day, reason="line")
    found = compared()["avoidable"]
    assert [(row["reason"], row["again"]["k"], row["again"]["n"], row["minutes"]) for row in found["reasons"]] == [
        ("line", 12, 18, 240.0),
        ("bill", 5, 15, 45.0),
    ]
    assert (found["again"]["k"], found["again"]["n"]) == (17, 33)
    assert found["sentence"].endswith("They took 5 hours of handling. Most were about “line” (12). Owner: nobody.")


def test_reason_of_fewer_than_five_customers_is_not_told() -> None:
    version = two_calls()
    for day in range(3):
        call(version, CustomerFactory(), 20, day=day, reason="line")
    assert [(row["reason"], row["again"]) for row in compared()["avoidable"]["reasons"]] == [
        ("bill", None),
        ("line", None),
    ]
