"""Which asks are due: one decision per customer, survey and occasion, with the reason where nobody is asked."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cxsurvey.lib.nudge import waker
from cxsurvey.lib.tokens import digest
from surveys.actions.decide import decide_by_clock
from surveys.actions.decide_events import decide_for_interactions, decide_for_runs
from surveys.actions.links import answer_token, preferences_token
from surveys.enums import RunOutcome, SurveyKind, Trigger
from surveys.models import (
    AskDecision,
    ContactPolicy,
    Customer,
    Delivery,
    Interaction,
    Invitation,
    JourneyRun,
    JourneyVersion,
    Rule,
    Suppression,
)
from surveys.policy.sampling import draw
from surveys.queries.history import ClockShift
from tests.asking import NOON, customer
from tests.factories import (
    InteractionFactory,
    JourneyRunFactory,
    RuleFactory,
    SurveyFactory,
    published_journey,
    published_survey,
)

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def journey() -> JourneyVersion:
    return published_journey(("apply", "documents"))


def touchpoint(journey: JourneyVersion, stage: str = "documents", **rule: Any) -> Rule:
    """A published touchpoint survey with a rule that asks at once."""
    survey = SurveyFactory(kind=SurveyKind.TOUCHPOINT, journey=journey.journey, stage_code=stage)
    published_survey(survey)
    rule = {"trigger": Trigger.INTERACTION, "conditions": {"stage": stage}, **rule}
    return RuleFactory(survey=survey, **rule)


def end_to_end(journey: JourneyVersion, **rule: Any) -> Rule:
    survey = SurveyFactory(kind=SurveyKind.END_TO_END, journey=journey.journey)
    published_survey(survey)
    return RuleFactory(survey=survey, **rule)


def contact(
    journey: JourneyVersion, person: Customer | None = None, stage: str = "documents", **fields: Any
) -> Interaction:
    run = JourneyRunFactory(version=journey, customer=person or customer())
    at = {"started_at": NOON - timedelta(minutes=10), "ended_at": NOON}
    return InteractionFactory(run=run, stage=journey.stages.get(code=stage), **{**at, **fields})


def ended_run(journey: JourneyVersion, person: Customer | None = None, **fields: Any) -> JourneyRun:
    ends = {"ended_at": NOON, "outcome": RunOutcome.COMPLETED, "started_at": NOON - DAY, "last_event_at": NOON}
    return JourneyRunFactory(version=journey, customer=person or customer(), **{**ends, **fields})


def outcomes() -> list[str]:
    return list(AskDecision.objects.order_by("pk").values_list("outcome", flat=True))


def test_decide_for_interactions_plans_decision_invitation_and_message(journey: JourneyVersion) -> None:
    rule = touchpoint(journey, delay=timedelta(hours=2), sample=1.0, life=14 * DAY)
    met = contact(journey)
    assert decide_for_interactions([met.pk], NOON) == {"planned": 1}
    decision, invitation, message = AskDecision.objects.get(), Invitation.objects.get(), Delivery.objects.get()
    assert (decision.outcome, decision.channel, decision.invitation_id) == ("planned", "email", invitation.pk)
    assert decision.occasion == invitation.occasion == f"stage:{met.run.public_id}:documents"
    assert invitation.due_at == decision.due_at == NOON + timedelta(hours=2)
    assert invitation.expires_at == invitation.due_at + 14 * DAY
    assert (invitation.rule, invitation.interaction, invitation.stage) == (rule, met, met.stage)
    assert bytes(invitation.token_hash) == digest(answer_token(invitation))
    assert bytes(invitation.preferences_hash) == digest(preferences_token(invitation))
    assert (message.state, message.purpose, message.next_at) == ("queued", "first", invitation.due_at)


def test_decide_twice_decides_once(journey: JourneyVersion) -> None:
    touchpoint(journey)
    met = contact(journey)
    decide_for_interactions([met.pk], NOON)
    assert decide_for_interactions([met.pk], NOON + DAY) == {}
    assert (AskDecision.objects.count(), Invitation.objects.count(), Delivery.objects.count()) == (1, 1, 1)


def test_decide_second_contact_at_the_stage_of_a_run_is_the_same_occasion(journey: JourneyVersion) -> None:
    touchpoint(journey)
    first = contact(journey)
    second = InteractionFactory(run=first.run, stage=first.stage, started_at=NOON, ended_at=NOON)
    assert decide_for_interactions([first.pk, second.pk], NOON) == {"planned": 1}


def test_decide_contact_without_run_has_its_own_occasion(journey: JourneyVersion) -> None:
    touchpoint(journey)
    met = contact(journey, reference="call-77")
    Interaction.objects.filter(pk=met.pk).update(run=None)
    decide_for_interactions([met.pk], NOON)
    assert AskDecision.objects.get().occasion == "stage:call-77:documents"


@pytest.mark.parametrize(
    ("conditions", "planned"),
    [
        ({}, 1),
        ({"stage": "documents"}, 1),
        ({"stage": "apply"}, 0),
        ({"resolved": True}, 1),
        ({"resolved": False}, 0),
        ({"channel": "phone"}, 1),
        ({"channel": "chat"}, 0),
        ({"team": "north"}, 1),
        ({"team": ["south", "north"]}, 1),
        ({"team": "south"}, 0),
        ({"reason": "fees", "team": "north"}, 1),
        ({"reason": "lost card"}, 0),
    ],
)
def test_decide_for_interactions_conditions(journey: JourneyVersion, conditions: dict[str, Any], planned: int) -> None:
    touchpoint(journey, conditions=conditions)
    met = contact(journey, resolved=True, team="north", reason="fees", channel="phone")
    assert decide_for_interactions([met.pk], NOON)["planned"] == planned


def test_decide_other_journey_is_not_asked(journey: JourneyVersion) -> None:
    touchpoint(published_journey(("apply", "documents")))
    assert decide_for_interactions([contact(journey).pk], NOON) == {}


def test_decide_imported_contact_or_run_asks_nobody(journey: JourneyVersion) -> None:
    touchpoint(journey)
    end_to_end(journey)
    assert decide_for_interactions([contact(journey, imported=True).pk], NOON) == {}
    assert decide_for_runs([ended_run(journey, imported=True).pk], NOON) == {}
    assert outcomes() == []


def test_decide_draft_or_inactive_survey_asks_nobody(journey: JourneyVersion) -> None:
    rule = touchpoint(journey)
    rule.survey.versions.update(state="retired")
    assert decide_for_interactions([contact(journey).pk], NOON) == {}


def test_decide_old_event_stands_in_the_ledger_unasked(journey: JourneyVersion) -> None:
    touchpoint(journey, max_age=3 * DAY)
    met = contact(journey)
    assert decide_for_interactions([met.pk], NOON + 3 * DAY + timedelta(seconds=1)) == {"too_old": 1}
    assert Invitation.objects.count() == 0


@pytest.mark.parametrize(
    ("fields", "outcome", "channel"),
    [
        ({}, "planned", "email"),
        ({"consent_email": False}, "no_consent", ""),
        ({"email": ""}, "no_address", ""),
    ],
)
def test_decide_channel_by_consent_and_address(
    journey: JourneyVersion, fields: dict[str, Any], outcome: str, channel: str
) -> None:
    touchpoint(journey, channels=["email"])
    person = customer()
    Customer.objects.filter(pk=person.pk).update(**fields)
    decide_for_interactions([contact(journey, person).pk], NOON)
    decision = AskDecision.objects.get()
    assert (decision.outcome, decision.channel) == (outcome, channel)


def test_decide_without_email_consent_takes_sms_where_there_is_a_provider(
    journey: JourneyVersion, settings: Any
) -> None:
    settings.SMS_PROVIDER = "twilio"
    touchpoint(journey, channels=["email", "sms"])
    person = customer(consent_email=False)
    decide_for_interactions([contact(journey, person).pk], NOON)
    assert (AskDecision.objects.get().channel, Delivery.objects.get().channel) == ("sms", "sms")


@pytest.mark.parametrize(
    ("reason", "outcome"), [("opt_out", "opted_out"), ("bounce", "bounced"), ("staff", "never_ask")]
)
def test_decide_suppressed_address_is_not_asked(journey: JourneyVersion, reason: str, outcome: str) -> None:
    touchpoint(journey, channels=["email"])
    person = customer()
    Suppression.objects.create(address_hash=person.email_hash, channel="email", reason=reason, since=NOON - DAY)
    assert decide_for_interactions([contact(journey, person).pk], NOON) == {outcome: 1}


def test_decide_sample_is_drawn_per_occasion_and_recorded(journey: JourneyVersion) -> None:
    touchpoint(journey, sample=0.5)
    ids = [contact(journey, customer(number)).pk for number in range(40)]
    counts = decide_for_interactions(ids, NOON)
    assert counts["planned"] + counts["not_sampled"] == 40
    assert 8 <= counts["planned"] <= 32  # beyond 4.5 standard deviations otherwise
    assert set(AskDecision.objects.values_list("probability", flat=True)) == {0.5}
    assert set(Invitation.objects.values_list("probability", flat=True)) == {0.5}


def test_decide_default_limit_one_touchpoint_in_fourteen_days(journey: JourneyVersion) -> None:
    touchpoint(journey, life=timedelta(hours=12))
    person = customer()
    soon, later = NOON + 13 * DAY, NOON + 14 * DAY
    meetings = [contact(journey, person, started_at=at, ended_at=at) for at in (NOON, soon, later)]
    for met in meetings:
        decide_for_interactions([met.pk], met.started_at)
    assert outcomes() == ["planned", "policy", "planned"]
    assert AskDecision.objects.get(outcome="policy").detail == "1 per 14d"


def test_decide_clocks_of_kinds_are_separate(journey: JourneyVersion) -> None:
    ContactPolicy.objects.create(limits={"touchpoint": ["1 per 14d"], "end_to_end": ["1 per 90d"], "e2e_only": 0})
    touchpoint(journey)
    end_to_end(journey)
    person = customer()
    decide_for_interactions([contact(journey, person).pk], NOON)
    assert decide_for_runs([ended_run(journey, person).pk], NOON) == {"planned": 1}


def test_decide_policy_of_the_journey_goes_before_the_installations(journey: JourneyVersion) -> None:
    ContactPolicy.objects.create(limits={"touchpoint": ["1 per 90d"]})
    touchpoint(journey)
    person = customer()
    days = (NOON, NOON + 20 * DAY, NOON + 40 * DAY)
    meetings = [contact(journey, person, started_at=at, ended_at=at) for at in days]
    decide_for_interactions([meetings[0].pk], days[0])
    assert decide_for_interactions([meetings[1].pk], days[1]) == {"policy": 1}  # 70 days are longer than its life
    ContactPolicy.objects.create(journey=journey.journey, limits={})
    assert decide_for_interactions([meetings[2].pk], days[2]) == {"planned": 1}


def test_decide_imported_asks_count_in_the_limits(journey: JourneyVersion) -> None:
    rule = touchpoint(journey)
    person = customer()
    AskDecision.objects.create(
        survey=rule.survey,
        customer=person,
        occasion="history:1",
        outcome="sent",
        due_at=NOON - 5 * DAY,
        decided_at=NOON - 5 * DAY,
        imported=True,
    )
    assert decide_for_interactions([contact(journey, person).pk], NOON) == {"delayed": 1}


def test_decide_same_customer_twice_in_a_batch_is_held_to_the_limit(journey: JourneyVersion) -> None:
    touchpoint(journey)
    person = customer()
    ids = [contact(journey, person).pk for _ in range(3)]
    assert decide_for_interactions(ids, NOON) == {"planned": 1, "delayed": 2}


def test_decide_window_moves_the_message_not_the_due_time(journey: JourneyVersion) -> None:
    touchpoint(journey, window="Mon-Sat 09:00-19:00")
    evening = datetime(2026, 3, 7, 20, 0, tzinfo=UTC)  # Saturday, 21:00 in Berlin
    met = contact(journey, started_at=evening, ended_at=evening)
    decide_for_interactions([met.pk], evening)
    monday = datetime(2026, 3, 9, 8, 0, tzinfo=UTC)  # 09:00 in Berlin
    assert AskDecision.objects.get().due_at == evening
    assert (Invitation.objects.get().due_at, Delivery.objects.get().next_at) == (monday, monday)


def test_decide_window_later_than_the_link_lives_is_not_asked(journey: JourneyVersion) -> None:
    touchpoint(journey, window="Mon 09:00-10:00", life=DAY)
    assert decide_for_interactions([contact(journey).pk], NOON) == {"quiet_hours_over_life": 1}


@pytest.mark.parametrize(
    ("outcome", "wanted", "counts"),
    [
        ("completed", ["completed", "abandoned"], {"planned": 1}),
        ("abandoned", ["completed", "abandoned"], {"planned": 1}),
        ("abandoned", ["completed"], {}),
    ],
)
def test_decide_for_runs_by_outcome(
    journey: JourneyVersion, outcome: str, wanted: list[str], counts: dict[str, int]
) -> None:
    end_to_end(journey, conditions={"outcomes": wanted})
    run = ended_run(journey, outcome=outcome)
    assert decide_for_runs([run.pk], NOON) == counts
    assert set(AskDecision.objects.values_list("occasion", flat=True)) == (
        {f"run:{run.public_id}"} if counts else set()
    )


def test_decide_for_runs_open_run_is_not_asked(journey: JourneyVersion) -> None:
    end_to_end(journey)
    assert decide_for_runs([JourneyRunFactory(version=journey).pk], NOON) == {}


def relationship(every: str = "180d", **rule: Any) -> Rule:
    survey = SurveyFactory(kind=SurveyKind.RELATIONSHIP, journey=None)
    questions = [{"code": "nps", "kind": "nps", "text": "Recommend?", "measures": "relationship"}]
    published_survey(survey, questions)
    conditions = {"every": every, "spread": rule.pop("spread", True)}
    return RuleFactory(survey=survey, trigger=Trigger.CLOCK, conditions=conditions, **rule)


def known_since(*people: Customer, since: datetime = NOON - 400 * DAY) -> None:
    Customer.objects.filter(pk__in=[each.pk for each in people]).update(created_at=since)


def test_clock_shift_is_the_policys_draw() -> None:
    people = [customer(number) for number in range(5)]
    shifts = dict(Customer.objects.annotate(shift=ClockShift("public_id")).values_list("pk", "shift"))
    assert [shifts[each.pk] for each in people] == pytest.approx(
        [draw("clock", str(each.public_id)) for each in people], abs=1e-12
    )


def test_decide_by_clock_asks_everybody_once_a_period() -> None:
    relationship(every="10d", max_age=DAY)
    ContactPolicy.objects.create(limits={})
    people = [customer(number) for number in range(12)]
    known_since(*people)
    planned = [decide_by_clock(NOON + hours * timedelta(hours=12))["planned"] for hours in range(19)]
    assert sum(planned) == 12
    assert sorted(Invitation.objects.values_list("customer", flat=True)) == sorted(each.pk for each in people)
    assert max(planned) < 12  # spread over the period


def test_decide_by_clock_twice_in_a_slot_asks_once() -> None:
    relationship(every="10d", spread=False, max_age=10 * DAY)
    known_since(customer())
    assert [decide_by_clock(NOON + each * timedelta(hours=1))["planned"] for each in range(3)] == [1, 0, 0]
    assert AskDecision.objects.get().occasion.startswith("period:2026-02-") is True


def test_decide_by_clock_newcomer_waits_for_his_next_slot() -> None:
    relationship(every="10d", spread=False, max_age=10 * DAY)
    known_since(customer(), since=NOON)
    assert decide_by_clock(NOON + timedelta(hours=1)) == {}


def test_decide_by_clock_next_slot_is_not_blocked_by_the_default_limit() -> None:
    relationship(every="180d", spread=False, max_age=3 * DAY, window="Mon-Sat 09:00-19:00")
    person = customer()
    known_since(person)
    counts = [decide_by_clock(NOON + each * DAY)["planned"] for each in range(0, 541, 2)]
    assert sum(counts) == 3
    assert set(outcomes()) == {"planned"}


def _statements(journey: JourneyVersion, count: int, offset: int) -> int:
    ids = [contact(journey, customer(offset + number)).pk for number in range(count)]
    with CaptureQueriesContext(connection) as queries:
        assert decide_for_interactions(ids, NOON)["planned"] == count
    return len(queries)


def test_decide_batch_query_count_is_constant(journey: JourneyVersion) -> None:
    touchpoint(journey)
    touchpoint(journey, conditions={"stage": "apply"}, stage="apply")
    one, many = _statements(journey, 1, 0), _statements(journey, 9, 10)
    assert one == many
    assert many <= 19


def test_decide_due_now_wakes_a_worker_after_commit(
    journey: JourneyVersion, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    woken: list[str] = []
    monkeypatch.setattr(waker, "tell", woken.append)
    touchpoint(journey)
    with django_capture_on_commit_callbacks(execute=True):
        decide_for_interactions([contact(journey).pk], NOON)
        assert (waker.flush(), woken) == (True, [])
    assert waker.flush()
    assert woken == ["surveys.deliver_due"]
