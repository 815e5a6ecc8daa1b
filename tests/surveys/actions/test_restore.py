"""After a restore nothing is sent by itself: noticed by the cluster or by the file outside the database (R19, E4)."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from surveys.actions import restore
from surveys.actions.deliver import deliver_due
from surveys.actions.dispatch import release
from surveys.actions.reconcile import reconcile_deliveries
from surveys.actions.restore import database_identity, notice_restore
from surveys.actions.retry import send_unknown_again
from surveys.models import Customer, Delivery, DeliveryEvent, DispatchMark, DispatchSwitch, Invitation
from tests.asking import queued
from tests.sinks import MailSink

pytestmark = pytest.mark.django_db


def put_back(made: list[Delivery]) -> None:
    """The rows as the backup had them, before any of these was sent."""
    ids = [each.pk for each in made]
    first = DeliveryEvent.objects.filter(delivery__in=ids).order_by("pk").values_list("pk", flat=True)[0]
    with connection.cursor() as cursor:
        cursor.execute("SELECT setval(pg_get_serial_sequence('surveys_deliveryevent', 'id'), %s)", [first])
    DeliveryEvent.objects.filter(delivery__in=ids).delete()
    Delivery.objects.filter(pk__in=ids).update(state="queued", attempts=0, sent_at=None, payload=None, claim_no=0)
    Invitation.objects.filter(deliveries__in=ids).update(state="planned")


def test_identity_names_cluster_database_and_timeline() -> None:
    assert [part.isdigit() for part in database_identity().split("/")] == [True, True, True]


@pytest.mark.parametrize("witness", ["file", "cluster"])
def test_restored_database_sends_nothing_by_itself(
    mail_sink: MailSink, settings: Any, tmp_path: Path, witness: str
) -> None:
    settings.DISPATCH_MARK_FILE = str(tmp_path / "mark.json") if witness == "file" else ""
    made = queued(5)
    assert deliver_due() == {"claimed": 5, "sent": 5}
    put_back(made)
    if witness == "cluster":
        DispatchMark.objects.update(identity="another/1/1")
    assert deliver_due() == {}
    switch = DispatchSwitch.objects.get()
    assert (switch.scope, switch.paused, switch.cause) == ("", True, "restore")
    assert Delivery.objects.filter(state="unknown").count() == 5
    assert set(Invitation.objects.values_list("state", flat=True)) == {"live"}
    assert [deliver_due() for _ in range(3)] == [{}, {}, {}]
    assert len(mail_sink.contents) == 5


def test_restored_unknown_wait_for_an_operator_who_may_send_some(
    mail_sink: MailSink, settings: Any, tmp_path: Path
) -> None:
    settings.DISPATCH_MARK_FILE = str(tmp_path / "mark.json")
    made = queued(3)
    deliver_due()
    put_back(made)
    notice_restore(timezone.now())
    Delivery.objects.update(updated_at=timezone.now() - timedelta(days=2))
    assert reconcile_deliveries(timezone.now()) == {}
    send_unknown_again([made[0].pk], "ann", timezone.now())
    release("", "ann", timezone.now())
    assert deliver_due() == {"claimed": 1, "sent": 1}
    assert reconcile_deliveries(timezone.now()) == {"assumed_sent": 2}
    assert len(mail_sink.contents) == 4


def test_nothing_is_noticed_in_ordinary_life(mail_sink: MailSink, settings: Any, tmp_path: Path) -> None:
    settings.DISPATCH_MARK_FILE = str(tmp_path / "deep" / "mark.json")
    for _ in range(3):
        queued(1)
        assert deliver_due() == {"claimed": 1, "sent": 1}
    assert DispatchSwitch.objects.count() == 0
    (tmp_path / "deep" / "mark.json").write_text("rubbish")
    assert deliver_due() == {}
    assert DispatchSwitch.objects.count() == 0


def test_file_of_another_installation_says_nothing(mail_sink: MailSink, settings: Any, tmp_path: Path) -> None:
    path = tmp_path / "mark.json"
    path.write_text('{"installation": "00000000-0000-0000-0000-000000000000", "event": 999999999}')
    settings.DISPATCH_MARK_FILE = str(path)
    queued(1)
    assert deliver_due() == {"claimed": 1, "sent": 1}


def test_erased_customers_and_an_identity_not_told_are_no_restore(
    mail_sink: MailSink, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.DISPATCH_MARK_FILE = str(tmp_path / "mark.json")
    queued(2)
    assert deliver_due() == {"claimed": 2, "sent": 2}
    Customer.objects.all().delete()  # their events with them
    monkeypatch.setattr(restore, "database_identity", lambda: "")
    assert (notice_restore(timezone.now()), DispatchSwitch.objects.count()) == (False, 0)
