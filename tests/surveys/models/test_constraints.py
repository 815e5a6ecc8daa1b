"""Bad rows of asking are refused by the database, by the constraint that names the rule."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from surveys.enums import InvitationState
from surveys.models import (
    AskDecision,
    ContactPolicy,
    Interaction,
    Invitation,
    JourneyRun,
    NeverAsk,
    Rule,
    Stage,
    StageVisit,
    Survey,
    Transition,
)
from tests.factories import (
    CustomerFactory,
    InteractionFactory,
    InvitationFactory,
    JourneyFactory,
    JourneyRunFactory,
    JourneyVersionFactory,
    RuleFactory,
    StageFactory,
    SurveyFactory,
)
from tests.factories.asking import START

pytestmark = pytest.mark.django_db


def broken(make: Callable[[], object]) -> str:
    """The name of the constraint that refuses."""
    with pytest.raises(IntegrityError) as trouble, transaction.atomic():
        make()
    return str(getattr(trouble.value.__cause__, "diag").constraint_name)  # noqa: B009


def test_stage_code_and_order_are_unique_in_a_version() -> None:
    version = JourneyVersionFactory()
    StageFactory(version=version, code="apply", order=1)
    assert broken(lambda: StageFactory(version=version, code="apply", order=2)) == "stage_code"
    assert broken(lambda: StageFactory(version=version, code="other", order=1)) == "stage_order"


def test_stage_promise_belongs_to_waits() -> None:
    stage = StageFactory()
    change = Stage.objects.filter(pk=stage.pk)
    assert broken(lambda: change.update(promised_days=2)) == "stage_promise_only_for_waits"
    assert change.update(kind="wait", promised_days=2) == 1


def test_transition_leads_from_one_stage_to_another() -> None:
    stage = StageFactory()
    new = {"version": stage.version, "from_stage": stage, "to_stage": stage}
    assert broken(lambda: Transition.objects.create(**new)) == "transition_between_two_stages"


@pytest.mark.parametrize(
    "change",
    [{"kind": "touchpoint"}, {"stage_code": "apply"}, {"journey": None}, {"kind": "relationship", "stage_code": "x"}],
)
def test_survey_kind_names_its_place(change: dict[str, object]) -> None:
    survey = SurveyFactory()
    assert broken(lambda: Survey.objects.filter(pk=survey.pk).update(**change)) == "survey_kind_names_its_place"


def test_run_ends_after_its_start_and_only_ended_runs_have_an_end() -> None:
    run = JourneyRunFactory()
    change = JourneyRun.objects.filter(pk=run.pk)
    early = START - timedelta(days=1)
    assert broken(lambda: change.update(outcome="completed", ended_at=early)) == "run_ends_after_start"
    assert broken(lambda: change.update(outcome="completed")) == "run_open_until_ended"
    assert broken(lambda: change.update(ended_at=START)) == "run_open_until_ended"
    assert broken(lambda: JourneyRunFactory(version=run.version, external_id=run.external_id)) == "run_external_id"


def test_visit_that_ends_before_it_begins_must_be_flagged() -> None:
    run = JourneyRunFactory()
    times = {"entered_at": START, "left_at": START - timedelta(hours=1)}
    row = {"run": run, "stage": run.version.stages.first(), "order": 1, **times}
    assert broken(lambda: StageVisit.objects.create(**row)) == "visit_left_after_entered"
    assert StageVisit.objects.create(**row, bad_time=True).bad_time is True


def test_interaction_times_and_place() -> None:
    row = InteractionFactory()
    change = Interaction.objects.filter(pk=row.pk)
    assert broken(lambda: change.update(ended_at=START - timedelta(minutes=1))) == "interaction_ends_after_start"
    assert broken(lambda: change.update(handle_seconds=-1)) == "interaction_handle_time"
    assert broken(lambda: change.update(stage=None)) == "interaction_of_a_run_has_a_stage"


def test_invitation_one_open_for_customer_survey_and_occasion() -> None:
    first = InvitationFactory()
    same = {"version": first.version, "customer": first.customer, "occasion": first.occasion}
    assert broken(lambda: InvitationFactory(**same)) == "invitation_one_open"
    Invitation.objects.filter(pk=first.pk).update(state=InvitationState.EXPIRED)
    assert InvitationFactory(**same).pk != first.pk


def test_invitation_answered_has_its_time_and_a_probability_above_zero() -> None:
    change = Invitation.objects.filter(pk=InvitationFactory().pk)
    assert broken(lambda: change.update(state="answered")) == "invitation_answered_at"
    assert broken(lambda: change.update(probability=0)) == "invitation_probability"


def test_rule_sample_is_a_probability() -> None:
    assert broken(lambda: RuleFactory(sample=1.5)) == "rule_sample"


def test_contact_policy_of_the_installation_is_one() -> None:
    ContactPolicy.objects.create(limits={})
    assert broken(lambda: ContactPolicy.objects.create(limits={})) == "contact_policy_one_for_installation"
    assert ContactPolicy.objects.create(journey=JourneyFactory()).pk


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"mode": "ramp"}, "rule_ramp_a_day"),
        ({"mode": "ramp", "per_day": 0}, "rule_ramp_a_day"),
        ({"mode": "test"}, "rule_test_names_customers"),
    ],
)
def test_rule_mode_has_what_belongs_to_it(change: dict[str, object], name: str) -> None:
    rule = RuleFactory()
    assert broken(lambda: Rule.objects.filter(pk=rule.pk).update(**change)) == name


def test_delayed_decision_has_its_next_look_and_no_other_has() -> None:
    at = {"due_at": START, "decided_at": START}
    new = {"survey": SurveyFactory(), "customer": CustomerFactory(), "occasion": "run:1", **at}
    assert broken(lambda: AskDecision.objects.create(outcome="delayed", **new)) == "decision_delayed_until"
    assert broken(lambda: AskDecision.objects.create(outcome="sent", retry_at=START, **new)) == "decision_delayed_until"
    assert AskDecision.objects.create(outcome="delayed", imported=True, **new).retry_at is None


def test_never_ask_flag_once_a_reason_and_ends_after_it_began() -> None:
    new = {"customer": CustomerFactory(), "reason": "staff", "since": START}
    flag = NeverAsk.objects.create(**new)
    assert broken(lambda: NeverAsk.objects.create(**new)) == "never_ask_once"
    early = NeverAsk.objects.filter(pk=flag.pk)
    assert broken(lambda: early.update(until=START - timedelta(days=1))) == "never_ask_ends_after_it_began"
