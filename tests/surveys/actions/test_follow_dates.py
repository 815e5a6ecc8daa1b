"""An ask that counts from a date follows the date when it changes: moved, taken back, or planned at last."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from surveys.actions.customers import CustomerIn, upsert_customers
from surveys.actions.deliver import deliver_due
from surveys.actions.follow_dates import follow_dates
from surveys.actions.record_interactions import InteractionIn, record_interactions
from surveys.actions.take_runs import RunIn, take_runs
from surveys.enums import SurveyKind, Trigger
from surveys.models import AskDecision, ContactPolicy, Delivery, Invitation, JourneyVersion
from tests.asking import customer
from tests.factories import RuleFactory, SurveyFactory, published_journey, published_survey
from tests.sinks import MailSink

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def journey() -> JourneyVersion:
    """A journey asked about two days after the departure, by the customer's clock."""
    made = published_journey(("booking", "flight"))
    survey = SurveyFactory(kind=SurveyKind.TOUCHPOINT, journey=made.journey, stage_code="booking")
    published_survey(survey)
    RuleFactory(
        survey=survey, trigger=Trigger.INTERACTION, conditions={"stage": "booking"}, delay=2 * DAY,
        delay_after="departure", channels=["email"],
    )  # fmt: skip
    return made


def book(journey: JourneyVersion, run: str = "R1", **attributes: str) -> None:
    person = customer(external_id="C1", time_zone="Etc/UTC", attributes=attributes)
    told = InteractionIn(
        customer=person.external_id, started_at=NOW - DAY, ended_at=NOW, journey=journey.journey.code, run=run,
        stage="booking",
    )  # fmt: skip
    record_interactions([told], ask=True, now=NOW)


def tell(departure: str) -> None:
    upsert_customers([CustomerIn("C1", attributes={"departure": departure})])


def ledger() -> tuple[str, datetime]:
    row = AskDecision.objects.get()
    return row.outcome, row.due_at


def waiting() -> list[datetime]:
    return list(Delivery.objects.filter(state="queued").values_list("next_at", flat=True))


def test_date_moved_moves_the_ask_and_its_link_lives_as_long_as_before(journey: JourneyVersion) -> None:
    book(journey, departure="2026-03-10")
    assert (ledger(), waiting()) == (
        ("planned", datetime(2026, 3, 12, tzinfo=UTC)),
        [datetime(2026, 3, 12, tzinfo=UTC)],
    )
    tell("2026-03-20")
    assert (ledger(), waiting()) == (
        ("planned", datetime(2026, 3, 22, tzinfo=UTC)),
        [datetime(2026, 3, 22, tzinfo=UTC)],
    )
    open_one = Invitation.objects.get(state="planned")
    assert open_one.expires_at - open_one.due_at == timedelta(days=28)
    assert list(Invitation.objects.order_by("pk").values_list("state", flat=True)) == ["cancelled", "planned"]


def test_date_brought_forward_leaves_at_once_and_once(journey: JourneyVersion, mail_sink: MailSink) -> None:
    book(journey, departure="2026-03-10")
    tell("2026-03-01")
    assert waiting() == [NOW]
    Delivery.objects.filter(state="queued").update(next_at=datetime(2026, 1, 1, tzinfo=UTC))
    Invitation.objects.filter(state="planned").update(expires_at=datetime(2999, 1, 1, tzinfo=UTC))
    assert deliver_due() == {"claimed": 1, "sent": 1}
    assert len(mail_sink.contents) == 1


def test_date_taken_away_takes_the_ask_back_and_told_again_plans_it(journey: JourneyVersion) -> None:
    book(journey, departure="2026-03-10")
    tell("cancelled")
    assert (ledger()[0], waiting(), Invitation.objects.get().state) == ("no_date", [], "cancelled")
    tell("2026-04-01")
    assert waiting() == [datetime(2026, 4, 3, tzinfo=UTC)]


def test_date_that_becomes_known_plans_the_ask(journey: JourneyVersion) -> None:
    book(journey)
    assert ledger()[0] == "no_date"
    tell("2026-03-10")
    assert (ledger()[0], waiting()) == ("planned", [datetime(2026, 3, 12, tzinfo=UTC)])


def test_date_long_ago_is_too_old(journey: JourneyVersion) -> None:
    book(journey, departure="2026-03-10")
    tell("2025-03-10")
    assert (ledger(), waiting()) == (("too_old", datetime(2025, 3, 12, tzinfo=UTC)), [])


def test_same_date_told_again_and_other_attributes_change_nothing(journey: JourneyVersion) -> None:
    book(journey, departure="2026-03-10")
    before = list(Delivery.objects.values())
    tell("2026-03-10")
    upsert_customers([CustomerIn("C1", attributes={"seat": "12A"})])
    assert list(Delivery.objects.values()) == before


def test_ask_that_has_left_stays(journey: JourneyVersion) -> None:
    book(journey, departure="2026-03-10")
    Delivery.objects.update(state="sent", attempts=1, sent_at=NOW)
    Invitation.objects.update(state="live")
    AskDecision.objects.update(outcome="sent")
    tell("2026-03-20")
    assert ledger() == ("sent", datetime(2026, 3, 12, tzinfo=UTC))


def test_date_of_the_run_goes_before_the_customers_and_moves_it_too(journey: JourneyVersion) -> None:
    book(journey, departure="2026-03-10")
    row = RunIn(customer="C1", journey=journey.journey.code, run="R1", attributes={"departure": "2026-03-15"})
    take_runs([row], ask=False)
    assert waiting() == [datetime(2026, 3, 17, tzinfo=UTC)]
    tell("2026-03-30")
    assert waiting() == [datetime(2026, 3, 17, tzinfo=UTC)]


def test_moved_ask_is_held_to_limits_like_any_other(journey: JourneyVersion) -> None:
    ContactPolicy.objects.create(limits={"touchpoint": ["1 per 14d"], "e2e_only": 0})
    book(journey, departure="2026-03-10")
    other = SurveyFactory(kind=SurveyKind.TOUCHPOINT, journey=journey.journey, stage_code="flight")
    AskDecision.objects.create(
        survey=other, customer=AskDecision.objects.get().customer, occasion="x", outcome="sent",
        due_at=datetime(2026, 3, 30, tzinfo=UTC), decided_at=NOW,
    )  # fmt: skip
    tell("2026-04-01")
    row = AskDecision.objects.exclude(survey=other).get()
    assert (row.outcome, row.retry_at, waiting()) == ("delayed", datetime(2026, 4, 13, tzinfo=UTC), [])


def test_follow_dates_takes_few_queries_where_no_date_has_changed(journey: JourneyVersion) -> None:
    book(journey, departure="2026-03-10")
    ids = [AskDecision.objects.get().customer_id]

    def queries(customers: list[int]) -> int:
        with CaptureQueriesContext(connection) as seen:
            assert follow_dates(customers, (), timezone.now()) == 0
        return len([each for each in seen if "SAVEPOINT" not in each["sql"]])

    assert (queries([]), queries(ids)) == (0, 4)
