"""The comparison: exactly the numbers that the answers hold."""

import json
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from feedback.actions.refresh_runs import refresh_runs
from feedback.dashboards.comparison import Query, UnknownJourney, build_comparison
from feedback.models import Answer, FreeText
from surveys.enums import SurveyKind
from surveys.models import JourneyVersion
from tests.factories import CustomerFactory, SurveyFactory, published_journey, published_survey
from tests.factories.asking import START
from tests.factories.listening import HEADLINE, add_answer, answered_run, measured_journey

pytestmark = pytest.mark.django_db


def codes(value: dict[str, object]) -> list[str]:
    return [item["code"] for item in value["warnings"]]  # type: ignore[attr-defined]


def great_service_poor_journey(runs: int = 40) -> JourneyVersion:
    """Stages 9 and 10 of 10, the journey 6 or 4 of 10, one run a customer."""
    version = published_journey(code="account")
    surveys = measured_journey(version)
    for n in range(runs):
        customer = CustomerFactory(attributes={"region": "north" if n % 2 else "south"})
        answered_run(version, surveys, {"apply": 9, "documents": 10, "": 6 if n % 2 else 4}, customer)
    refresh_runs()
    return version


def test_comparison_planted_values_come_back_exactly() -> None:
    great_service_poor_journey()
    value = build_comparison(Query("account"))
    assert (value["service"]["score"], value["service"]["n"]) == (95.0, 40)
    assert (value["experience"]["score"], value["experience"]["n"], value["experience"]["scale"]) == (50.0, 40, [0, 10])
    assert (value["gap"]["gap"], value["gap"]["n_pairs"], value["gap"]["finding"]) == (45.0, 40, True)
    assert value["gap"]["lo"] == pytest.approx(45 - 2.0226909 * 10 * (40 / 39) ** 0.5 / 40**0.5, abs=1e-5)
    assert value["quadrant"]["label"] == "great_poor"
    assert (value["hidden_poor"]["k"], value["hidden_poor"]["n"]) == (20, 40)
    assert [(s["code"], s["score"], s["n"]) for s in value["stages"]] == [
        ("apply", 90.0, 40),
        ("documents", 100.0, 40),
        ("welcome", None, 0),
    ]
    assert value["warnings"] == []


def test_comparison_sentence_names_service_experience_gap_and_numbers() -> None:
    version = great_service_poor_journey()
    assert build_comparison(Query("account"))["sentence"] == (
        f"Service on {version.journey.name} scores 95.0 (95.0–95.0), but the whole journey only 50.0 (46.8–53.2): "
        "a gap of 45.0 points (41.8 to 48.2, 40 journeys of 40 customers)."
    )


def test_comparison_finding_links_to_its_rows() -> None:
    great_service_poor_journey()
    finding = build_comparison(Query("account"))["findings"][0]
    assert (finding["kind"], finding["n"]) == ("gap", 40)
    assert finding["rows_url"] == "/admin/feedback/runscore/?journey__code=account"


def test_comparison_few_pairs_hides_every_number() -> None:
    great_service_poor_journey(runs=4)
    value = build_comparison(Query("account"))
    assert (value["gap"]["gap"], value["gap"]["label"], value["service"]["score"]) == (None, "not_enough", None)
    assert {row["cell"] for row in value["suppressed"]} >= {"service", "experience", "stages.apply"}
    assert "not_enough" in codes(value)


def test_comparison_ten_pairs_is_indicative_and_without_test() -> None:
    great_service_poor_journey(runs=10)
    value = build_comparison(Query("account"))
    assert (value["gap"]["label"], value["gap"]["q"], value["gap"]["finding"]) == ("indicative", None, False)
    assert codes(value) == ["indicative", "few_customers"]


def test_comparison_repeated_customer_widens_the_interval() -> None:
    version = published_journey(code="repeat")
    surveys = measured_journey(version)
    for n in range(15):
        customer = CustomerFactory()
        for _ in range(3):
            answered_run(version, surveys, {"apply": 9, "": n % 11}, customer)
    refresh_runs()
    gap = build_comparison(Query("repeat"))["gap"]
    assert (gap["n_pairs"], gap["customers"]) == (45, 15)
    assert gap["hi"] - gap["lo"] > 30


def test_comparison_without_experience_says_so() -> None:
    version = published_journey(code="silent")
    answered_run(version, measured_journey(version), {"apply": 9})
    refresh_runs()
    value = build_comparison(Query("silent"))
    assert "not_measured" in codes(value)
    assert value["sentence"] == "The experience of the whole journey has not been measured yet."


def test_comparison_answers_to_another_question_are_no_experience() -> None:
    version = published_journey(("apply",), code="mixed")
    surveys = measured_journey(version)
    other = published_survey(SurveyFactory(journey=version.journey), [{**HEADLINE, "code": "whole"}])
    for _ in range(5):
        add_answer(answered_run(version, surveys, {"apply": 9}), other, 2)
    refresh_runs()
    value = build_comparison(Query("mixed"))
    assert (value["experience"]["n"], codes(value)) == (0, ["not_measured"])


def test_comparison_scale_of_experience_differs_from_stages() -> None:
    version = published_journey(("apply",), code="scales", headline="whole")
    surveys = measured_journey(version)
    text = "Overall, how satisfied were you with {the whole journey}?"
    whole = published_survey(
        SurveyFactory(journey=version.journey, code="scales-whole"),
        [{**HEADLINE, "code": "whole", "scale": (1, 5), "text": text}],
    )
    for _ in range(40):
        run = answered_run(version, surveys, {"apply": 9})
        add_answer(run, whole, 2)
    refresh_runs()
    value = build_comparison(Query("scales"))
    assert codes(value) == ["different_scales"]
    assert (value["gap"]["gap"], value["gap"]["finding"]) == (65.0, False)


def test_comparison_window_takes_runs_by_their_end() -> None:
    version = published_journey(code="windowed")
    surveys = measured_journey(version)
    for day in (1, 10, 20):
        answered_run(version, surveys, {"apply": 9, "": 5}, ended_at=START + timedelta(days=day))
    refresh_runs()
    value = build_comparison(Query("windowed", START + timedelta(days=5), START + timedelta(days=20)))
    assert value["coverage"]["runs"] == 1


def test_comparison_segment_filters_by_attribute() -> None:
    great_service_poor_journey()
    value = build_comparison(Query("account", segments={"region": "north"}))
    assert (value["experience"]["score"], value["experience"]["n"]) == (60.0, 20)


def test_comparison_by_attribute_tells_share_and_difference() -> None:
    great_service_poor_journey()
    north, south = build_comparison(Query("account", by="region"))["segments"]
    assert (north["value"], north["share"]["share"], north["experience"]["score"]) == ("north", 0.5, 60.0)
    assert (south["value"], south["difference"]["value"]) == ("south", -20.0)


def test_comparison_weighted_service_counts_who_rated_only_the_service() -> None:
    version = published_journey(("apply",), code="partly")
    surveys = measured_journey(version)
    for _n in range(6):
        answered_run(version, surveys, {"apply": 10, "": 8}, weight=1.0)
    for _n in range(3):
        answered_run(version, surveys, {"apply": 4}, weight=2.0)
    refresh_runs()
    value = build_comparison(Query("partly"))
    assert value["service"]["weighted"]["score"] == pytest.approx((6 * 100 + 3 * 2 * 40) / 12)
    assert value["experience"]["weighted"]["score"] == pytest.approx(80.0)


def test_comparison_weights_give_a_weighted_twin() -> None:
    version = published_journey(("apply",), code="weighted")
    surveys = measured_journey(version)
    for n in range(40):
        answered_run(version, surveys, {"apply": 8, "": 4 if n % 4 == 0 else 8}, weight=3.0 if n % 4 == 0 else 1.0)
    refresh_runs()
    value = build_comparison(Query("weighted"))
    assert (value["experience"]["score"], value["experience"]["weighted"]["score"]) == (70.0, 60.0)
    assert value["coverage"]["deff"] == pytest.approx(40 * (10 * 9 + 30) / 60**2)
    assert value["gap"]["weighted"]["gap"] == pytest.approx(20.0)
    assert "unweighted_differs" in codes(value)


def test_comparison_same_query_gives_the_same_bytes() -> None:
    great_service_poor_journey(runs=20)
    now = timezone.now()
    first, second = (json.dumps(build_comparison(Query("account"), now)) for _ in range(2))
    assert first == second


def test_comparison_family_is_every_journey_of_the_installation() -> None:
    great_service_poor_journey()
    alone = build_comparison(Query("account"))["gap"]
    version = published_journey(code="other")
    surveys = measured_journey(version)
    for n in range(40):
        answered_run(version, surveys, {"apply": n % 11, "": (n * 7) % 11})
    refresh_runs()
    both = build_comparison(Query("account"))["gap"]
    assert both["q"] == pytest.approx(2 * alone["q"])


def test_comparison_unknown_journey_raises() -> None:
    with pytest.raises(UnknownJourney):
        build_comparison(Query("nowhere"))


@pytest.mark.parametrize("runs", [6, 12])
def test_comparison_queries_do_not_grow(runs: int) -> None:
    great_service_poor_journey(runs)
    with CaptureQueriesContext(connection) as queries:
        build_comparison(Query("account"))
    assert len(queries) == 38


def test_compare_command_prints_the_same_value(capsys: pytest.CaptureFixture[str]) -> None:
    great_service_poor_journey()
    call_command("compare", "account", "--format", "json")
    printed = json.loads(capsys.readouterr().out)
    expected = build_comparison(Query("account"))
    assert {**printed, "generated_at": ""} == {**json.loads(json.dumps(expected)), "generated_at": ""}


def test_compare_command_reads_comments_that_no_worker_has_read(capsys: pytest.CaptureFixture[str]) -> None:
    great_service_poor_journey()
    for answer in Answer.objects.filter(response__survey__kind=SurveyKind.END_TO_END):
        FreeText.objects.create(answer=answer, text="I waited for weeks, it was terrible.", language="en")
    said = FreeText.objects.count()
    call_command("compare", "account", "--format", "json")
    text = json.loads(capsys.readouterr().out)["text"]
    assert (said > 0, FreeText.objects.filter(scored_at__isnull=True).count()) == (True, 0)
    assert (sum(text["sentiment"].values()), text["sentiment"].get("", 0)) == (said, 0)
    assert [(row["theme"], row["prevalence"]["k"]) for row in text["themes"]] == [("waiting_between_steps", said)]


def test_compare_command_text_has_experience_first(capsys: pytest.CaptureFixture[str]) -> None:
    great_service_poor_journey()
    call_command("compare", "account")
    lines = capsys.readouterr().out.splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith("Experience"))
    assert lines[start + 1].startswith("Service")
    assert any("Welcome" in line and "not measured" in line for line in lines) or any("fewer" in line for line in lines)


def test_compare_command_unknown_journey_names_the_known(capsys: pytest.CaptureFixture[str]) -> None:
    published_journey(code="known")
    with pytest.raises(CommandError, match=r"no journey 'x'\. Known journeys: known"):
        call_command("compare", "x")
