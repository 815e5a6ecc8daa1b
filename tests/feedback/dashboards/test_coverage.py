"""Coverage: sums that hold, classes that answer or do not, and exactly the weighted numbers."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from feedback.actions.refresh_runs import refresh_runs
from feedback.dashboards.comparison import Query, build_comparison
from feedback.dashboards.text_report import text_report
from surveys.models import AskDecision, Customer, JourneyRun, JourneyVersion, SurveyVersion
from tests.factories import CustomerFactory, DeliveryFactory, InteractionFactory, InvitationFactory, published_journey
from tests.factories.asking import START
from tests.factories.listening import answered_run, measured_journey

pytestmark = pytest.mark.django_db
STEPS = ("runs", "eligible", "invited", "delivered", "answered_touchpoint", "answered_end_to_end")
HEARD = ("customers", "never_contacted", "never_invited", "never_answered", "answered")


def ask(run: JourneyRun, version: SurveyVersion, outcome: str = "sent", channel: str = "email") -> AskDecision:
    """One imported line of the ledger about a run."""
    return AskDecision.objects.create(
        survey=version.survey,
        customer=run.customer,
        run=run,
        occasion=f"{version.survey.code}:{run.pk}",
        channel=channel,
        outcome=outcome,
        due_at=START,
        decided_at=START,
        imported=True,
    )


class World:
    """A journey whose runs are made one by one."""

    def __init__(self) -> None:
        self.version: JourneyVersion = published_journey(("apply",), code="cover")
        self.surveys = measured_journey(self.version)

    def run(self, answers: dict[str, float], segment: str = "retail", outcome: str = "sent") -> JourneyRun:
        """A run of its own customer, asked about the whole."""
        run = answered_run(self.version, self.surveys, answers, CustomerFactory(segment=segment))
        if outcome:
            ask(run, self.surveys[""], outcome)
        return run

    def runs(self, count: int, answers: dict[str, float], segment: str = "retail", outcome: str = "sent") -> None:
        for _ in range(count):
            self.run(answers, segment, outcome)

    def value(self) -> dict[str, Any]:
        refresh_runs()
        return build_comparison(Query("cover"))


def silent_world() -> World:
    """60 retail runs, 40 answer 8; 60 quiet runs, 20 answer 5; one customer each."""
    world = World()
    world.runs(40, {"": 8})
    world.runs(20, {})
    world.runs(20, {"": 5}, "quiet")
    world.runs(40, {}, "quiet")
    return world


def counted(coverage: dict[str, Any], by: str) -> dict[str, tuple[int, ...]]:
    return {row["cell"]: tuple(row[key] for key in STEPS) for row in coverage["funnel"] if row["by"] == by}


def test_weighted_experience_is_exact_and_differs_from_the_plain_one() -> None:
    value = silent_world().value()
    coverage = value["coverage"]
    assert (coverage["unweighted"], coverage["weighted"], coverage["weighted_by"]) == (70.0, 65.0, "class")
    weights = (40 * 0.75, 20 * 1.5, 40 * 0.75**2 + 20 * 1.5**2)
    assert coverage["n_eff"] == pytest.approx((weights[0] + weights[1]) ** 2 / weights[2])
    assert coverage["deff"] == pytest.approx(60 * weights[2] / (weights[0] + weights[1]) ** 2)
    assert value["experience"]["weighted"]["score"] == 65.0
    assert coverage["shift"]["value"] == pytest.approx(-5.0)


def test_weighted_experience_outside_the_plain_interval_warns() -> None:
    value = silent_world().value()
    texts = [item["text"] for item in value["warnings"] if item["code"] == "unweighted_differs"]
    assert texts == ["Weighted to all customers the experience is 65.0, not 70.0."]


def test_class_under_half_of_the_others_is_silent_only_below_that() -> None:
    value = silent_world().value()["coverage"]
    rows = {row["name"]: row for row in value["classes"]}
    assert (rows["quiet"]["response"]["share"], rows["quiet"]["others_response"]) == (1 / 3, 2 / 3)
    assert (rows["quiet"]["finding"], rows["quiet"]["score"], value["silent"]) == (True, 50.0, None)


def test_silent_class_is_named_with_its_score_and_what_the_plain_score_hides() -> None:
    world = silent_world()
    world.runs(40, {"": 7})
    world.runs(40, {"": 9})
    world.runs(20, {}, "quiet")
    value = world.value()
    silent, finding = value["coverage"]["silent"], value["findings"][-1]
    assert (silent["name"], silent["n"], silent["score"]["score"], silent["others"]["score"]) == ("quiet", 20, 50, 80)
    assert (finding["kind"], finding["n"], finding["owner"]) == ("silent", 20, None)
    assert finding["text"].startswith(
        'The 36.4 % of journeys by customers of "quiet" rate this journey 50.0 (50.0–50.0)'
    )
    assert finding["text"].endswith(
        f"Your un-weighted score of 75.7 hides that; weighted it is {value['coverage']['weighted']:.1f} "
        f"({value['coverage']['weighted_lo']:.1f}–{value['coverage']['weighted_hi']:.1f})."
    )
    assert finding["rows_url"] == "/admin/feedback/runscore/?journey__code=cover&segment=quiet"


def test_silent_class_that_is_hardly_in_contact_is_told_as_such() -> None:
    world = silent_world()
    world.runs(2, {"": 7})
    world.runs(80, {}, "quiet")
    for run in JourneyRun.objects.filter(customer__segment="retail"):
        InteractionFactory(run=run)
    silent = world.value()["coverage"]["silent"]
    assert (silent["hardly_in_contact"], silent["finding"]) == (True, True)
    assert silent["sentence"].startswith(
        'The 69.3 % of journeys by customers who hardly ever contact you ("quiet") rate this journey 50.0'
    )


def test_class_nobody_answered_in_is_unknown_and_never_imputed() -> None:
    world = World()
    world.runs(30, {"": 8})
    world.runs(30, {})
    world.runs(7, {}, "gone")
    value = world.value()
    row = next(row for row in value["coverage"]["classes"] if row["name"] == "gone")
    assert (row["state"], row["score"], row["customers"]) == ("unknown", None, 7)
    assert row["text"] == "gone: nobody of this segment answered (7 customers)."
    assert (value["coverage"]["unknown"], value["coverage"]["unknown_frame"]) == (["gone"], 7)
    assert value["coverage"]["weighted"] == 80.0
    assert "The weighted score says nothing of gone: nobody answered there (7 journeys)." in [
        item["text"] for item in value["warnings"]
    ]


def test_class_of_few_answers_is_hidden_with_the_next_smallest() -> None:
    world = World()
    for segment, answered in (("big", 30), ("middle", 10), ("small", 3)):
        world.runs(answered, {"": 8}, segment)
        world.runs(10, {}, segment)
    value = world.value()
    rows = {row["name"]: (row["state"], row["score"]) for row in value["coverage"]["classes"]}
    assert rows == {"big": ("shown", 80.0), "middle": ("hidden", None), "small": ("hidden", None)}
    assert {row["cell"] for row in value["suppressed"]} >= {"coverage.classes.middle", "coverage.classes.small"}


def test_funnel_steps_are_exact_and_segments_add_up_to_all() -> None:
    world = World()
    world.runs(6, {"": 8, "apply": 9})
    world.runs(5, {})
    world.runs(7, {}, "business", "no_consent")
    world.runs(8, {}, "business", "")
    coverage = world.value()["coverage"]
    assert counted(coverage, "all") == {"": (26, 18, 11, 11, 6, 6)}
    segments = counted(coverage, "segment")
    assert segments == {"retail": (11, 11, 11, 11, 6, 6), "business": (15, 7, 0, 0, 0, 0)}
    assert tuple(map(sum, zip(*segments.values(), strict=True))) == counted(coverage, "all")[""]
    assert counted(coverage, "phase") == {"purchase": (26, 6, 6, 6, 6, 0), "journey": (26, 18, 11, 11, 0, 6)}
    assert tuple(map(sum, zip(*counted(coverage, "channel").values(), strict=True))) == counted(coverage, "all")[""]


def test_cells_add_up_to_all_runs_in_every_phase() -> None:
    world = World()
    world.runs(35, {"": 8})
    world.runs(33, {}, "business")
    world.runs(6, {}, "rare")
    cells = world.value()["coverage"]["cells"]
    assert [(row["segment"], row["phase"], row["channel"], row["runs"], row["smaller_cells"]) for row in cells] == [
        ("", "purchase", "", 6, True),
        ("business", "purchase", "email", 33, False),
        ("retail", "purchase", "email", 35, False),
        ("", "journey", "", 6, True),
        ("business", "journey", "email", 33, False),
        ("retail", "journey", "email", 35, False),
    ]


def test_stages_count_imported_asks_and_their_answers() -> None:
    world = World()
    for answers in ({"apply": 9.0}, {"apply": 8.0}, {}):
        ask(world.run(answers, outcome=""), world.surveys["apply"])
    ask(world.run({}, outcome=""), world.surveys["apply"], "policy")
    world.runs(5, {"apply": 8, "": 8})
    (stage,) = world.value()["stages"]
    assert (stage["n"], stage["invited"], stage["answered"]) == (7, 3, 2)


def test_silent_class_too_small_to_be_weighted_alone_is_said() -> None:
    world = World()
    for answer in (7, 9):
        world.runs(30, {"": answer})
    for answer in (1, 3):
        world.runs(6, {"": answer}, "quiet")
    world.runs(60, {}, "quiet")
    coverage = world.value()["coverage"]
    assert (coverage["silent"]["name"], coverage["unweighted"], coverage["weighted"]) == ("quiet", 70.0, 70.0)
    assert coverage["silent"]["sentence"].endswith(
        "Your score of 70.0 hides that, weighted as well: too few of them answered to be weighted alone."
    )


def test_segment_of_few_runs_is_hidden_in_the_funnel() -> None:
    world = World()
    world.runs(9, {"": 8})
    world.runs(6, {"": 8}, "business")
    world.runs(2, {}, "rare")
    value = world.value()
    assert counted(value["coverage"], "segment") == {
        "business": (None,) * 6,
        "rare": (None,) * 6,
        "retail": (9, 9, 9, 9, 0, 9),
    }


def test_customers_fall_into_four_groups_that_add_up() -> None:
    world = World()
    world.runs(5, {"": 8})
    world.runs(6, {})
    world.runs(7, {}, outcome="policy")
    for _ in range(8):
        run = world.run({}, outcome="")
        InteractionFactory(run=run, channel="phone")
    for _ in range(9):
        run = world.run({}, outcome="")
        InteractionFactory(run=run, channel="web", handle_seconds=None)
    coverage = world.value()["coverage"]
    assert tuple(coverage["customers"][0][key] for key in HEARD) == (35, 16, 8, 6, 5)
    assert coverage["not_invited"] == [{"reason": "policy", "label": "asked too often already", "n": 7}]


def test_own_invitations_count_as_delivered_only_when_a_message_got_through() -> None:
    world = World()
    for state in ("sent", "bounced", "delivered", "queued"):
        run = world.run({}, outcome="")
        invitation = InvitationFactory(version=world.surveys[""], customer=run.customer, run=run)
        DeliveryFactory(invitation=invitation, state=state)
    assert counted(world.value()["coverage"], "all") == {"": (4, 4, 4, 2, 0, 0)}


def test_coverage_without_asks_gives_no_weights() -> None:
    world = World()
    world.runs(10, {"": 8}, outcome="")
    world.runs(10, {}, "quiet", "")
    value = world.value()
    assert (value["coverage"]["weighted"], value["coverage"]["classes"]) == (None, [])
    assert value["experience"]["weighted"] is None


def test_poor_journeys_have_bounds_whatever_the_silent_would_say() -> None:
    world = World()
    world.runs(6, {"": 8})
    world.runs(2, {"": 3})
    world.runs(12, {})
    bounds = world.value()["coverage"]["poor_bounds"]
    assert (bounds["share"], bounds["lo"], bounds["hi"], bounds["population"]) == (0.25, 0.1, 0.7, 20)
    assert bounds["sentence"] == (
        "Of 8 answers 25.0 % are poor (under 50); whatever the 12 others would have said, between 10.0 % and 70.0 % "
        "of all 20 journeys are."
    )


def test_response_weights_win_over_classes() -> None:
    world = World()
    for n in range(40):
        customer = CustomerFactory(segment="quiet" if n % 2 else "retail")
        weight = 3.0 if n % 4 == 0 else 1.0
        ask(
            answered_run(world.version, world.surveys, {"": 4 if n % 4 == 0 else 8}, customer, weight),
            world.surveys[""],
        )
    world.runs(10, {})
    coverage = world.value()["coverage"]
    assert (coverage["weighted_by"], coverage["unweighted"], coverage["weighted"]) == ("response", 70.0, 60.0)
    assert coverage["deff"] == pytest.approx(40 * (10 * 9 + 30) / 60**2)


def test_page_shows_the_funnel_the_unknown_and_the_limits(manager_client: Client) -> None:
    world = World()
    world.runs(30, {"": 8})
    world.runs(30, {})
    world.runs(7, {}, "gone")
    value = world.value()
    page = manager_client.get("/admin/insights/cover/").content.decode()
    assert 'aria-label="Answered about the whole: 30 of 67, 44.8 %"' in page
    assert "gone: nobody of this segment answered (7 customers)." in page
    assert [text in page for text in value["coverage"]["limits"]] == [True, True]
    assert ' style="' not in page


def test_text_report_has_funnel_classes_and_sentences() -> None:
    lines = text_report(silent_world().value()).splitlines()
    assert next(line for line in lines if line.startswith("all ")).split() == ["all", *["120"] * 4, "0", "60"]
    assert "Customers: customers 120, never contacted 0, never invited 0, never answered 60, answered 60" in lines


@pytest.mark.parametrize("count", [2, 6])
def test_coverage_queries_do_not_grow(count: int) -> None:
    world = World()
    world.runs(count, {"": 8})
    refresh_runs()
    with CaptureQueriesContext(connection) as queries:
        build_comparison(Query("cover"))
    tables = ("surveys_askdecision", "surveys_invitation", "surveys_interaction")
    asked = [query["sql"] for query in queries if any(f'FROM "{table}"' in query["sql"] for table in tables)]
    assert len(asked) == 12
    assert Customer.objects.count() == count
