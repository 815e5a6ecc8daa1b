"""Two thousand messages while workers die at every step of the life: none lost, none doubled, the unknown known.

The oracle O1-O8: what the rows say is held against what the mail server accepted and against the log of the kills.
"""

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.utils import timezone

from surveys.actions.deliver import deliver_due
from surveys.enums import InvitationState
from surveys.models import Delivery, Invitation
from tests.asking import queued
from tests.chaos import histories
from tests.chaos.deaths import contradictions, read_deaths
from tests.chaos.mail_sink import faulty_sink
from tests.chaos.oracle import Histories, is_illegal, judge
from tests.sinks import CUT, running_sink

MESSAGES = 2_000
POINTS = ("after_claim", "after_sending_mark", "after_250", "before_record_commit", "after_record_commit")


def run_workers(mail_url: str, kills: Path, points: str, workers: int = 2) -> None:
    """Workers against this test's database until nothing waits; `kills` gets a line per death."""
    name = connection.settings_dict["NAME"]
    base = os.environ["DATABASE_URL"].rpartition("/")[0]
    environ = os.environ | {
        "DJANGO_SETTINGS_MODULE": "cxsurvey.settings",
        "DATABASE_URL": f"{base}/{name}",
        "CXSURVEY_TESTING": "1",
        "CXSURVEY_FAILPOINTS": points,
        "CXSURVEY_FAILPOINT_LOG": str(kills),
        "EMAIL_URL": mail_url,
        "DELIVERY_LEASE_SECONDS": "1",
        "DELIVERY_SENDING_LIMIT_SECONDS": "3",
        "DELIVERY_BATCH": "20",
        "LOG_LEVEL": "ERROR",
    }
    program = [sys.executable, "-m", "tests.chaos.workers", str(workers)]
    done = subprocess.run(
        program, env=environ, cwd=django_settings.BASE_DIR, capture_output=True, text=True, timeout=900, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_dispatch_workers_die_everywhere_nothing_lost_nothing_doubled(tmp_path: Path) -> None:
    queued(MESSAGES)
    kills = tmp_path / "kills"
    kills.touch()
    with faulty_sink() as sink:
        run_workers(sink.url, kills, ",".join(f"{name}:0.02" for name in POINTS))
    deaths = read_deaths(kills)
    rows = histories.rows()
    windows = {each.id: each.came for death in deaths for each in death.window}
    verdict = judge(Histories(rows, sink.accepted, window_kills=sum(len(death.window) for death in deaths)))
    unknown = {row.id for row in rows if row.state == "unknown"}

    assert verdict.trouble() == {}
    assert {death.point for death in deaths} == set(POINTS)  # each step has had its death
    assert unknown == windows.keys()  # the very messages, not only as many
    assert contradictions(windows, {each.id for each in sink.accepted}) == []
    assert max(len(death.window) for death in deaths) > 1
    assert Invitation.objects.exclude(state=InvitationState.LIVE).count() == 0
    assert Delivery.objects.exclude(deaths=0).filter(state="sent", attempts=0).count() == 0


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_dispatch_mail_server_refuses_and_cuts_exactly_as_scripted(settings: Any) -> None:
    """A5, small: what is certain is tried again or failed, what is not is unknown; the next try comes in its time."""
    queued(60)
    faults = ["451 later"] * 5 + ["554 5.7.1 no"] * 3 + [CUT] * 4
    with running_sink() as sink:
        settings.EMAIL_URL = sink.url
        sink.script = [reply for fault in faults for reply in (fault, "250 OK")]
        while Delivery.objects.filter(state="queued").exists():
            Delivery.objects.filter(state="queued").update(next_at=timezone.now())
            deliver_due(1_000)
        accepted = Counter(sink.message_ids)
    states = Counter(Delivery.objects.values_list("state", flat=True))
    assert states == {"sent": 60 - 3 - 4, "failed": 3, "unknown": 4}
    assert (len(accepted), max(accepted.values())) == (60 - 3, 1)
    assert sorted(Delivery.objects.filter(state="failed").values_list("attempts", flat=True)) == [1, 1, 1]
    assert Counter(Delivery.objects.values_list("attempts", flat=True))[2] == 5
    assert [row.id for row in histories.rows() if is_illegal(row.moves, row.state)] == []
