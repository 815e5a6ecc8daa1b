"""A thousand messages while workers die at every step of the life: none lost, none doubled, the unknown exactly known.

The oracle O1-O8: what the rows say is held against what the mail server accepted and against the log of the kills.
"""

import os
import subprocess
import sys
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.utils import timezone

from surveys.actions.deliver import deliver_due
from surveys.actions.deliver_moves import ARROWS
from surveys.enums import DeliveryState, InvitationState
from surveys.models import Delivery, DeliveryEvent, Invitation
from tests.asking import queued
from tests.sinks import CUT, running_sink

MESSAGES = 1_000
POINTS = ("after_claim", "after_sending_mark", "after_250", "before_record_commit", "after_record_commit")
IN_THE_WINDOW = ("after_sending_mark", "after_250", "before_record_commit")
LEFT_US = {DeliveryState.SENT, DeliveryState.UNKNOWN}


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
        program, env=environ, cwd=django_settings.BASE_DIR, capture_output=True, text=True, timeout=240, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def kill_counts(kills: Path) -> Counter[str]:
    return Counter(line.split()[0] for line in kills.read_text().splitlines())


def paths() -> dict[int, list[tuple[str, str, int]]]:
    """The arrows of each delivery in order, with the claim they belong to."""
    found: dict[int, list[tuple[str, str, int]]] = {}
    rows = DeliveryEvent.objects.order_by("delivery_id", "pk").values_list(
        "delivery_id", "from_state", "to_state", "claim_no"
    )
    for delivery, came, to, claim_no in rows:
        found.setdefault(delivery, []).append((came, to, claim_no))
    return found


def illegal(path: list[tuple[str, str, int]]) -> bool:
    """A gap, an arrow that does not exist, or an arrow taken twice within one claim."""
    gaps = any(before[1] != after[0] for before, after in pairwise(path))
    strange = any(came not in ARROWS[to] for came, to, _claim in path)
    return gaps or strange or len(set(path)) != len(path) or path[0][0] != DeliveryState.QUEUED


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_dispatch_workers_die_everywhere_nothing_lost_nothing_doubled(tmp_path: Path) -> None:
    ids = {str(delivery.public_id) for delivery in queued(MESSAGES)}
    kills = tmp_path / "kills"
    kills.touch()
    with running_sink() as sink:
        run_workers(sink.url, kills, ",".join(f"{name}:0.02" for name in POINTS))
        accepted = Counter(sink.message_ids)
    states = {str(public_id): state for public_id, state in Delivery.objects.values_list("public_id", "state")}
    deaths = kill_counts(kills)

    assert {name for name in POINTS if not deaths[name]} == set()  # each step has had its death
    assert {key for key, state in states.items() if state not in LEFT_US} == set()  # O1 lost, O4 falsely failed
    assert {key for key, state in states.items() if state == "sent"} - set(accepted) == set()  # O2 ghosts
    assert [key for key, times in accepted.items() if times > 1] == []  # O3 doubled
    unknown = {key for key, state in states.items() if state == "unknown"}
    assert len(unknown) == sum(deaths[name] for name in IN_THE_WINDOW)  # O5
    assert len(unknown & set(accepted)) == deaths["after_250"] + deaths["before_record_commit"]
    assert set(accepted) - ids == set()  # O6, O7: nothing accepted that is not ours
    assert [path for path in paths().values() if illegal(path)] == []  # O8
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
    assert [path for path in paths().values() if illegal(path)] == []
