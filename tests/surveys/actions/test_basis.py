"""What every message rests on is stored with it, and without a basis, or against an objection, none leaves (G5)."""

from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from rest_framework.test import APIClient

from surveys.actions.ask_list import ListIn, ask_list
from surveys.actions.customers import BasisIn, CustomerIn, take_customers, upsert_customers
from surveys.actions.deliver import deliver_due
from surveys.actions.preferences import Wishes, save_preferences
from surveys.actions.suppress import opt_out, resume, suppress
from surveys.channels.email.smtp import SmtpChannel
from surveys.enums import Channel, SurveyKind, Trigger
from surveys.models import Customer, Delivery, Invitation
from surveys.policy.basis import Basis
from surveys.standins.sms import SmsProvider
from tests.asking import customer, queued
from tests.factories import RuleFactory, SurveyFactory, published_survey
from tests.factories.asking import BASIS
from tests.sinks import MailSink

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
GIVEN = datetime(2025, 6, 1, 10, tzinfo=UTC)


def known(**fields: Any) -> Customer:
    upsert_customers([CustomerIn("C1", **fields)])
    return Customer.objects.get(external_id="C1")


def test_every_message_that_left_stores_basis_source_time_and_text(
    mail_sink: MailSink, sms_provider: SmsProvider
) -> None:
    queued(40)
    texts = queued(5, channel="sms")
    Customer.objects.filter(invitations__channel="sms").update(basis_sms={**BASIS, "basis": "customer"})
    mail_sink.script = ["250 OK", "451 later", "550 no", "cut"]
    while deliver_due():
        pass
    left = Delivery.objects.filter(attempts__gt=0)
    assert left.count() == 45
    assert [sorted(row.basis or {}) for row in left] == [["at", "basis", "source", "text"]] * 45
    assert {row.basis["basis"] for row in left.filter(pk__in=[each.pk for each in texts])} == {"customer"}


def test_message_keeps_what_it_rested_on_when_the_customer_changes_his_mind(mail_sink: MailSink) -> None:
    (delivery,) = queued(1)
    deliver_due()
    person = delivery.invitation.customer
    opt_out(person, [Channel.EMAIL], "STOP", NOW)
    resume(person, [Channel.EMAIL], Basis.of("preferences page", NOW, "page, 2"), NOW)
    person.refresh_from_db()
    delivery.refresh_from_db()
    assert (delivery.basis, person.basis_email["text"]) == (BASIS, "page, 2")


@pytest.mark.parametrize(
    "fields", [{"consent_email": False, "basis_email": {}}, {"basis_email": {}}, {"consent_email": False}]
)
def test_without_consent_or_without_basis_nothing_leaves(mail_sink: MailSink, fields: dict[str, Any]) -> None:
    queued(3)
    Customer.objects.update(**fields)
    assert deliver_due() == {"claimed": 3, "suppressed": 3}
    assert (mail_sink.contents, set(Delivery.objects.values_list("error", flat=True))) == ([], {"no_consent"})


def test_basis_taken_away_after_the_recheck_still_stops_the_message(
    mail_sink: MailSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = SmtpChannel.open

    def opened_meanwhile(self: SmtpChannel) -> None:
        Customer.objects.update(basis_email={})
        opened(self)

    queued(1)
    monkeypatch.setattr(SmtpChannel, "open", opened_meanwhile)
    assert deliver_due() == {"claimed": 1, "suppressed": 1}
    assert mail_sink.contents == []


def test_objection_holds_against_a_table_that_tells_consent_again(mail_sink: MailSink) -> None:
    (delivery,) = queued(1)
    person = delivery.invitation.customer
    suppress(bytes(person.email_hash or b""), "email", "opt_out", "letter", NOW)
    Delivery.objects.update(state="queued")
    upsert_customers([CustomerIn(person.external_id, consent_email=True, basis=BasisIn(source="table new.csv"))])
    deliver_due()
    assert mail_sink.contents == []


@time_machine.travel(NOW, tick=False)
def test_consent_told_without_more_is_a_consent_given_now_by_its_door() -> None:
    person = known(consent_email=True, basis=BasisIn(source="API: crm"))
    assert (person.basis_email, person.basis_sms) == (
        {"basis": "consent", "source": "API: crm", "at": NOW.isoformat(), "text": "not told"}, {},
    )  # fmt: skip


def test_consent_told_again_changes_its_basis_only_where_one_is_told() -> None:
    first = known(consent_email=True, basis=BasisIn("customer", "shop", "terms 4", GIVEN)).basis_email
    assert first == {"basis": "customer", "source": "shop", "at": GIVEN.isoformat(), "text": "terms 4"}
    assert known(consent_email=True, basis=BasisIn(source="table b.csv")).basis_email == first
    newer = known(consent_email=True, basis=BasisIn(source="table b.csv", text="terms 5")).basis_email
    assert newer == {**first, "source": "table b.csv", "text": "terms 5"}
    assert upsert_customers([CustomerIn("C1", consent_email=True, basis=BasisIn(text="terms 5"))])[0].changed is False


def test_consent_withdrawn_leaves_no_basis_behind() -> None:
    person = known(email="a@example.org", consent_email=True, basis=BasisIn("customer", "shop", "terms 4", GIVEN))
    assert known(consent_email=False).basis_email == {}
    resume(person, [Channel.EMAIL], Basis.of("START", NOW), NOW)
    opt_out(person, [Channel.EMAIL], "STOP", NOW)
    person.refresh_from_db()
    assert (person.consent_email, person.basis_email) == (False, {})


def test_choice_on_the_preferences_page_is_its_own_basis() -> None:
    person = customer(consent_sms=False, basis_sms={})
    save_preferences(person, Wishes(channels={Channel.SMS: True}), NOW)
    person.refresh_from_db()
    assert person.basis_sms == {
        "basis": "consent", "source": "preferences page", "at": NOW.isoformat(), "text": "preferences page, 1",
    }  # fmt: skip
    assert person.basis_email == BASIS


@pytest.mark.parametrize(
    ("basis", "column"),
    [
        (BasisIn("hope"), "basis"),
        (BasisIn(text="x" * 81), "basis_text"),
        (BasisIn(source="a\nb"), "basis_source"),
        (BasisIn(at=datetime(2999, 1, 1, tzinfo=UTC)), "basis_at"),
        (BasisIn(at=datetime(2025, 1, 1)), "basis_at"),
    ],
)
def test_basis_that_cannot_be_is_refused_with_its_column(basis: BasisIn, column: str) -> None:
    (refused,) = take_customers([CustomerIn("C1", consent_email=True, basis=basis)])
    assert (getattr(refused, "column", ""), Customer.objects.count()) == (column, 0)


def test_without_basis_no_invitation_is_made() -> None:
    survey = SurveyFactory(kind=SurveyKind.RELATIONSHIP, journey=None, code="bond")
    published_survey(survey, [{"code": "q", "kind": "nps", "text": "Q?", "measures": "relationship"}])
    RuleFactory(survey=survey, trigger=Trigger.MANUAL, conditions={})
    customer(0, external_id="C0", basis_email={}, basis_sms={})
    customer(1, external_id="C1", consent_email=False, consent_sms=False)
    person = customer(2, external_id="C2", email="c2@example.org")
    suppress(bytes(person.email_hash or b""), "", "opt_out", "letter", NOW)
    told = ask_list(ListIn("bond", ("C0", "C1", "C2")), NOW)
    assert ([each.outcome for each in told], Invitation.objects.count()) == (
        ["no_consent", "no_consent", "opted_out"], 0,
    )  # fmt: skip


def test_api_takes_a_basis_and_shows_it(api: APIClient) -> None:
    told = {"external_id": "C1", "consent_email": True, "basis": "customer", "basis_text": "terms 4",
            "basis_at": GIVEN.isoformat()}  # fmt: skip
    answer = api.post("/api/v1/customers/", told, format="json")
    basis = {"basis": "customer", "source": "API: manager", "text": "terms 4", "at": GIVEN.isoformat()}
    assert (answer.status_code, answer.json()["basis_email"], answer.json()["basis_sms"]) == (201, basis, {})
    assert (
        api.post("/api/v1/customers/", {**told, "external_id": "C2", "basis": "hope"}, format="json").status_code == 400
    )
    changed = api.patch(f"/api/v1/customers/{answer.json()['public_id']}/", {"segment": "gold"}, format="json")
    assert (changed.status_code, changed.json()["basis_email"]) == (200, basis)
