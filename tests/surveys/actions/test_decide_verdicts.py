"""What a rule's mode, its classes, the customer's wishes and the runs asked end-to-end only make of a due ask."""

from datetime import timedelta
from typing import Any

import pytest

from surveys.actions.decide_events import decide_for_events, decide_for_interactions, decide_for_runs
from surveys.enums import RuleMode
from surveys.models import AskDecision, ContactPolicy, Customer, Invitation, JourneyRun, JourneyVersion, NeverAsk, Rule
from surveys.policy.sampling import end_to_end_only
from tests.asking import NOON, customer
from tests.factories import InteractionFactory, published_journey
from tests.surveys.actions.test_decide import contact, end_to_end, ended_run, outcomes, touchpoint

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def journey() -> JourneyVersion:
    return published_journey(("apply", "documents"))


def test_shadow_rule_notes_what_it_would_have_done_and_asks_nobody(journey: JourneyVersion) -> None:
    touchpoint(journey, mode=RuleMode.SHADOW)
    ids = [contact(journey, customer(n, consent_email=n == 0), channel="phone").pk for n in range(2)]
    assert decide_for_interactions(ids, NOON) == {"shadow": 2}
    assert list(AskDecision.objects.order_by("pk").values_list("detail", "channel")) == [
        ("planned", ""), ("no_consent", ""),
    ]  # fmt: skip
    assert Invitation.objects.count() == 0


def test_shadow_rule_never_counts_in_the_clocks(journey: JourneyVersion) -> None:
    shadow = touchpoint(journey, mode=RuleMode.SHADOW)
    person = customer()
    decide_for_interactions([contact(journey, person).pk], NOON)
    live = touchpoint(journey, stage="apply")
    assert decide_for_interactions([contact(journey, person, "apply").pk], NOON + DAY) == {"planned": 1}
    assert (shadow.mode, live.mode) == ("shadow", "live")


def test_shadow_decision_never_blocks_the_real_ask_of_the_same_occasion(journey: JourneyVersion) -> None:
    rule = touchpoint(journey, mode=RuleMode.SHADOW)
    first = contact(journey)
    decide_for_interactions([first.pk], NOON)
    Rule.objects.update(mode=RuleMode.LIVE)
    second = InteractionFactory(run=first.run, stage=first.stage, started_at=NOON + DAY, ended_at=NOON + DAY)
    assert decide_for_interactions([second.pk], NOON + DAY) == {"planned": 1}
    decision = AskDecision.objects.get()
    assert (decision.outcome, decision.detail, decision.rule, decision.interaction) == ("planned", "", rule, second)
    assert decision.invitation == Invitation.objects.get()


def test_shadow_rule_beside_a_live_one_leaves_the_occasion_to_it(journey: JourneyVersion) -> None:
    live = touchpoint(journey, order=2)
    Rule.objects.create(
        survey=live.survey, order=1, trigger=live.trigger, conditions={}, delay=DAY, channels=["email"], life=14 * DAY,
        max_age=DAY,
    )  # fmt: skip
    assert decide_for_interactions([contact(journey).pk], NOON) == {"planned": 1}
    assert AskDecision.objects.get().rule == live


def test_test_rule_asks_its_list_only_and_a_longer_list_later(journey: JourneyVersion) -> None:
    rule = touchpoint(journey, mode=RuleMode.TEST, test_customers=["ours"])
    ours, other = customer(1, external_id="ours"), customer(2, external_id="other")
    met = contact(journey, other)
    assert decide_for_interactions([contact(journey, ours).pk, met.pk], NOON) == {"planned": 1, "not_in_test": 1}
    assert decide_for_interactions([met.pk], NOON) == {}
    Rule.objects.filter(pk=rule.pk).update(test_customers=["ours", "other"])
    assert decide_for_interactions([met.pk], NOON) == {"planned": 1}


def test_ramped_rule_asks_so_many_a_day(journey: JourneyVersion) -> None:
    touchpoint(journey, mode=RuleMode.RAMP, per_day=2)
    people = [customer(n) for n in range(6)]
    ids = [contact(journey, each).pk for each in people[:3]]
    assert decide_for_interactions(ids, NOON) == {"planned": 2, "over_ramp": 1}
    late = [contact(journey, each).pk for each in people[3:5]]
    assert decide_for_interactions(late, NOON + timedelta(hours=10)) == {"over_ramp": 2}
    assert decide_for_interactions([contact(journey, people[5]).pk], NOON + DAY) == {"planned": 1}


def test_sample_by_class_is_recorded_on_decision_and_invitation(journey: JourneyVersion) -> None:
    touchpoint(journey, sample=0.3, strata={"by": "segment", "shares": {"silent": 1.0}})
    silent = [contact(journey, customer(n, segment="silent")).pk for n in range(6)]
    others = [contact(journey, customer(100 + n, segment="retail")).pk for n in range(40)]
    assert decide_for_interactions(silent, NOON) == {"planned": 6}
    counts = decide_for_interactions(others, NOON)
    assert counts["planned"] + counts["not_sampled"] == 40
    assert 1 <= counts["planned"] <= 25  # beyond 4 standard deviations otherwise
    told = {(each.customer.segment, each.probability) for each in AskDecision.objects.select_related("customer")}
    assert told == {("silent", 1.0), ("retail", 0.3)}
    assert set(Invitation.objects.values_list("customer__segment", "probability")) == told


def test_sample_by_attribute_of_the_run(journey: JourneyVersion) -> None:
    touchpoint(journey, sample=0.5, strata={"by": "attr.product", "shares": {"loan": 0.999}})
    met = contact(journey)
    JourneyRun.objects.update(attributes={"product": "loan"})
    decide_for_interactions([met.pk], NOON)
    assert AskDecision.objects.get().probability == 0.999


@pytest.mark.parametrize(
    ("fields", "outcome"),
    [
        ({"paused_until": NOON + DAY}, "paused"),
        ({"paused_until": NOON}, "planned"),
        ({"refuses": ["email:touchpoint", "sms:touchpoint"]}, "not_wanted"),
        ({"refuses": ["email:end_to_end"]}, "planned"),
    ],
)
def test_customers_wishes_decide(journey: JourneyVersion, fields: dict[str, Any], outcome: str) -> None:
    touchpoint(journey)
    person = customer()
    Customer.objects.filter(pk=person.pk).update(**fields)
    assert decide_for_interactions([contact(journey, person).pk], NOON) == {outcome: 1}


def test_kind_refused_by_one_channel_takes_the_other(journey: JourneyVersion, settings: Any) -> None:
    settings.SMS_PROVIDER = "httpapi"
    touchpoint(journey)
    decide_for_interactions([contact(journey, customer(refuses=["email:touchpoint"])).pk], NOON)
    assert AskDecision.objects.get().channel == "sms"


def test_preferred_channel_goes_before_the_rules_order(journey: JourneyVersion, settings: Any) -> None:
    settings.SMS_PROVIDER = "httpapi"
    touchpoint(journey, channels=["email", "sms"])
    decide_for_interactions([contact(journey, customer(preferred_channel="sms")).pk], NOON)
    assert AskDecision.objects.get().channel == "sms"


@pytest.mark.parametrize(("until", "outcome"), [(None, "never_ask"), (NOON + DAY, "never_ask"), (NOON, "planned")])
def test_never_ask_flag_holds_until_it_ends(journey: JourneyVersion, until: Any, outcome: str) -> None:
    touchpoint(journey)
    person = customer()
    NeverAsk.objects.create(customer=person, reason="vulnerable", since=NOON - DAY, until=until)
    assert decide_for_interactions([contact(journey, person).pk], NOON) == {outcome: 1}


def test_share_of_runs_is_asked_end_to_end_only(journey: JourneyVersion) -> None:
    ContactPolicy.objects.create(limits={"touchpoint": ["9 per 1d"], "e2e_only": 0.5})
    touchpoint(journey)
    end_to_end(journey)
    meetings = [contact(journey, customer(n)) for n in range(24)]
    held_out = {each.run_id for each in meetings if end_to_end_only(str(each.run.public_id), 0.5)}
    counts = decide_for_interactions([each.pk for each in meetings], NOON)
    assert counts == {"planned": 24 - len(held_out), "e2e_only": len(held_out)}
    assert set(AskDecision.objects.filter(outcome="e2e_only").values_list("run", flat=True)) == held_out
    run = meetings[0].run
    JourneyRun.objects.filter(pk=run.pk).update(ended_at=NOON, outcome="completed")
    assert decide_for_runs([run.pk], NOON) == {"planned": 1}


def test_journey_without_end_to_end_survey_holds_no_run_out(journey: JourneyVersion) -> None:
    ContactPolicy.objects.create(limits={"touchpoint": ["9 per 1d"], "e2e_only": 0.99})
    touchpoint(journey)
    assert decide_for_interactions([contact(journey, customer(n)).pk for n in range(8)], NOON) == {"planned": 8}


def test_last_contact_leaves_the_last_place_to_the_journey_that_it_ends(journey: JourneyVersion) -> None:
    ContactPolicy.objects.create(limits={"total": ["1 per 90d"], "keep_room_for": "end_to_end", "e2e_only": 0})
    touchpoint(journey)
    end_to_end(journey)
    run = ended_run(journey)
    met = InteractionFactory(run=run, stage=journey.stages.get(code="documents"), started_at=NOON, ended_at=NOON)
    assert decide_for_events([met.pk], [run.pk], NOON) == {"planned": 1, "policy": 1}
    assert set(AskDecision.objects.values_list("survey__kind", "outcome")) == {
        ("end_to_end", "planned"), ("touchpoint", "policy"),
    }  # fmt: skip


def test_open_run_keeps_the_last_place_for_its_journey(journey: JourneyVersion) -> None:
    ContactPolicy.objects.create(limits={"total": ["1 per 90d"], "keep_room_for": "end_to_end", "e2e_only": 0})
    touchpoint(journey, life=timedelta(hours=20))
    end_to_end(journey)
    met = contact(journey)
    assert decide_for_interactions([met.pk], NOON) == {"room_for_journey": 1}
    JourneyRun.objects.update(ended_at=NOON, outcome="completed")
    assert decide_for_runs([met.run.pk], NOON) == {"planned": 1}
    assert outcomes() == ["room_for_journey", "planned"]


def test_delay_after_a_date_of_the_run(journey: JourneyVersion) -> None:
    touchpoint(journey, delay=2 * DAY, delay_after="departure")
    met, lost = contact(journey), contact(journey, customer(1))
    JourneyRun.objects.filter(pk=met.run.pk).update(attributes={"departure": "2026-03-20"})
    assert decide_for_interactions([met.pk, lost.pk], NOON) == {"planned": 1, "no_date": 1}
    assert Invitation.objects.get().due_at.isoformat() == "2026-03-21T23:00:00+00:00"  # midnight in Berlin


def test_fifty_programmes_that_want_the_same_person_share_his_limits() -> None:
    person = customer()
    ids = []
    for _ in range(50):
        journey = published_journey(("documents",))
        touchpoint(journey, life=5 * DAY)
        ids.append(contact(journey, person).pk)
    counts = decide_for_interactions(ids, NOON)
    assert counts == {"planned": 1, "policy": 49}
