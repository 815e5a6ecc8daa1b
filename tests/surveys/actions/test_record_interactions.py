"""Contacts are taken once, into their run, and refused with a reason."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cxsurvey.lib.refusals import Refused
from surveys.actions.record_interactions import InteractionIn, record_interactions, take_interactions
from surveys.enums import RunOutcome, StageKind, VersionState
from surveys.models import Customer, Interaction, JourneyRun, JourneyVersion, StageVisit
from tests.factories import JourneyFactory, JourneyVersionFactory, StageFactory, published_journey

pytestmark = pytest.mark.django_db
T0 = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
NOW = datetime(2026, 6, 1, tzinfo=UTC)


@pytest.fixture
def journey() -> JourneyVersion:
    return published_journey(code="account", end_event="stage_left", end_stage_code="welcome")


def contact(hours: float = 0, **fields: Any) -> InteractionIn:
    started = T0 + timedelta(hours=hours)
    row = InteractionIn(
        customer="C1", started_at=started, journey="account", stage="apply", ended_at=started + timedelta(minutes=10)
    )
    return replace(row, **fields)


def take(*rows: InteractionIn) -> list[Any]:
    return take_interactions(rows, ask=False, imported=True, now=NOW)


def reason(*rows: InteractionIn) -> tuple[str, str]:
    result = take(*rows)[-1]
    assert isinstance(result, Refused)
    return result.column, result.reason


def test_record_interactions_unknown_run_opens_it_on_published_version(journey):
    recorded = record_interactions([contact(run="R1", reference="I1")], ask=False, now=NOW)
    run = JourneyRun.objects.get()
    assert recorded[0].created
    assert recorded[0].interaction.run_id == run.pk
    assert (run.external_id, run.version_id, run.started_at) == ("R1", journey.pk, T0)
    assert run.last_event_at == T0 + timedelta(minutes=10)
    assert Customer.objects.get().external_id == "C1"


def test_record_interactions_same_reference_same_content_changes_nothing(journey):
    row = contact(run="R1", reference="I1", channel="phone", handle_seconds=540.25)
    first = record_interactions([row], ask=False, now=NOW)[0]
    again = record_interactions([row], ask=False, now=NOW)[0]
    assert (again.created, again.interaction.pk) == (False, first.interaction.pk)
    assert Interaction.objects.count() == 1


def test_record_interactions_same_reference_other_content_is_refused(journey):
    take(contact(run="R1", reference="I1", channel="phone"))
    column, text = reason(contact(run="R1", reference="I1", channel="chat"))
    assert column == "channel"
    assert text == 'Reference "I1" is known with another channel ("phone"): give a new reference.'


def test_record_interactions_other_run_under_known_reference_is_refused(journey):
    take(contact(run="R1", reference="I1"))
    assert reason(contact(run="R2", reference="I1"))[0] == "run"
    assert JourneyRun.objects.count() == 1


def test_record_interactions_same_reference_twice_in_batch_is_one_row(journey):
    results = take(contact(run="R1", reference="I1"), contact(run="R1", reference="I1"))
    assert [result.created for result in results] == [True, False]
    assert Interaction.objects.count() == 1


def test_record_interactions_blank_reference_is_derived_from_contents(journey):
    take(contact(run="R1"), contact(1, run="R1"))
    take(contact(run="R1"), contact(1, run="R1"))
    references = set(Interaction.objects.values_list("reference", flat=True))
    assert len(references) == 2
    assert {reference[:5] for reference in references} == {"auto:"}
    assert {len(reference) for reference in references} == {21}


def test_record_interactions_without_run_joins_the_only_open_one(journey):
    take(contact(run="R1", reference="I1"))
    take(contact(5, stage="documents", reference="I2"))
    assert Interaction.objects.get(reference="I2").run.external_id == "R1"


def test_record_interactions_without_run_opens_one_with_derived_name(journey):
    take(contact(reference="I1"))
    assert JourneyRun.objects.get().external_id == "auto:I1"


def test_record_interactions_without_run_among_two_open_ones_is_refused(journey):
    take(contact(run="R1", reference="I1"), contact(run="R2", reference="I2"))
    assert reason(contact(5, reference="I3")) == ("run", "The customer has several open runs (R1, R2): name one.")


def test_record_interactions_after_end_stage_opens_next_run_also_within_batch(journey):
    take(
        contact(0, reference="I1"),
        contact(1, stage="welcome", reference="I2"),
        contact(100, reference="I3"),
    )
    runs = list(JourneyRun.objects.order_by("started_at").values_list("external_id", "outcome"))
    assert runs == [("auto:I1", RunOutcome.COMPLETED), ("auto:I3", RunOutcome.OPEN)]


def test_record_interactions_leaving_end_stage_completes_the_run(journey):
    take(contact(run="R1"), contact(30, run="R1", stage="welcome"))
    run = JourneyRun.objects.get()
    assert (run.outcome, run.ended_at) == (RunOutcome.COMPLETED, T0 + timedelta(hours=30, minutes=10))


def test_record_interactions_end_stage_without_end_leaves_the_run_open(journey):
    take(contact(30, run="R1", stage="welcome", ended_at=None))
    assert JourneyRun.objects.get().outcome == RunOutcome.OPEN


def test_record_interactions_order_of_batches_does_not_matter(journey):
    rows = [contact(0, run="R1"), contact(3, run="R1", stage="welcome"), contact(6, run="R1", stage="welcome")]
    for row in reversed(rows):
        take(row)
    run = JourneyRun.objects.get()
    assert (run.started_at, run.ended_at) == (T0, T0 + timedelta(hours=6, minutes=10))
    visits = list(StageVisit.objects.order_by("order").values_list("order", "stage__code", "visit"))
    assert visits == [(1, "apply", 1), (2, "welcome", 1)]


@pytest.mark.parametrize(
    ("fields", "column"),
    [
        ({"customer": ""}, "customer"),
        ({"journey": "no-such"}, "journey"),
        ({"journey": ""}, "journey"),
        ({"stage": "no-such"}, "stage"),
        ({"stage": ""}, "stage"),
        ({"started_at": datetime(2026, 3, 2, 9, 0)}, "started_at"),
        ({"started_at": NOW + timedelta(days=2)}, "started_at"),
        ({"ended_at": T0 - timedelta(seconds=1)}, "ended_at"),
        ({"answered_at": T0 - timedelta(seconds=1)}, "answered_at"),
        ({"handle_seconds": -1.0}, "handle_seconds"),
        ({"handle_seconds": float("nan")}, "handle_seconds"),
        ({"load": float("inf")}, "load"),
        ({"initiator": "martian"}, "initiator"),
        ({"reason": "a\x00b"}, "reason"),
        ({"reference": "x" * 121}, "reference"),
    ],
)
def test_record_interactions_bad_value_is_refused_at_its_column(journey, fields, column):
    assert reason(contact(run="R1", **fields))[0] == column
    assert Interaction.objects.count() == 0


def test_record_interactions_refuses_all_when_one_row_is_bad(journey):
    with pytest.raises(Refused, match="no stage with this code; it has apply, documents, welcome"):
        record_interactions([contact(run="R1"), contact(run="R1", stage="nowhere")], ask=False, now=NOW)
    assert (Interaction.objects.count(), JourneyRun.objects.count(), Customer.objects.count()) == (0, 0, 0)


def test_record_interactions_wait_stage_is_refused(db):
    version = JourneyVersionFactory(journey=JourneyFactory(code="claim"))
    StageFactory(version=version, code="report", order=1)
    StageFactory(version=version, code="approval", order=2, kind=StageKind.WAIT)
    JourneyVersion.objects.filter(pk=version.pk).update(state=VersionState.PUBLISHED, published_at=T0)
    row = contact(journey="claim", run="R1", stage="approval")
    assert reason(row) == ("stage", "The stage is a wait: no contact happens in it.")


def test_record_interactions_run_of_other_customer_is_refused(journey):
    take(contact(run="R1"))
    assert reason(contact(run="R1", customer="C2")) == ("run", "The run belongs to another customer.")


def test_record_interactions_without_journey_is_a_contact_without_run(journey):
    take(contact(journey="", stage="", reason="invoice"))
    interaction = Interaction.objects.get()
    assert (interaction.run_id, interaction.journey_id, interaction.reason) == (None, None, "invoice")


def test_record_interactions_long_handle_time_is_flagged_and_kept(journey):
    take(contact(run="R1", handle_seconds=4_201.0), contact(1, run="R1", handle_seconds=4_200.0))
    flags = list(Interaction.objects.order_by("started_at").values_list("attributes", flat=True))
    assert flags == [{"flags": ["handle_time"]}, {}]


def test_record_interactions_wait_across_change_of_clocks_is_exact_in_utc(journey):
    berlin = ZoneInfo("Europe/Berlin")
    saturday = datetime(2026, 3, 28, 12, 0, tzinfo=berlin)
    sunday = datetime(2026, 3, 29, 12, 0, tzinfo=berlin)
    take(
        contact(run="R1", started_at=saturday, ended_at=saturday),
        contact(run="R1", stage="documents", started_at=sunday, ended_at=sunday),
    )
    first, second = StageVisit.objects.order_by("order")
    assert second.entered_at - first.left_at == timedelta(hours=23)


def test_record_interactions_queries_do_not_grow_with_rows(journey):
    def queries(count: int, base: int) -> int:
        rows = [contact(i, customer=f"C{base + i}", run=f"R{base + i}", reference=f"I{base + i}") for i in range(count)]
        with CaptureQueriesContext(
            connection,
        ) as captured:
            take(*rows)
        return len(captured)

    assert queries(3, 0) == queries(30, 100)
