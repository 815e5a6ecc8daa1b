"""A7, a full disk: the API says 503, pages keep what was typed, nothing dies again and again, then all is sent."""

import re
import shutil
import subprocess
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from django.conf import settings

from tests.chaos.dispatching import Report, conclude, demand_by_name, fill, open_messages, run_until_quiet
from tests.chaos.house import BATCH, House, opened, wait_until
from tests.chaos.ingestion import Client, prepare
from tests.chaos.mail_sink import faulty_sink

FAST, FULL = 200, 2_000
BROKERS = ("redis",)
DISK_MB: Final = 96  # all tables; what goes before them (WAL) has its own disk, as a database server should
ROOM: Final = 512 * 1024  # bytes left when the rest is taken
FULL_SECONDS: Final = (20, 90)  # small, full size
MOST_RESTARTS_PER_SECOND: Final = 0.1
PEOPLE: Final = 4_000
WORDS: Final = "Nobody called me back for a week"
NAMED: Final = re.compile(r"Delivery ([0-9a-f-]{36}): \w+ \([^)]*\), which the database did not take")
MISSING: Final = "A small disk cannot be mounted here (mount -t tmpfs needs root and the right to mount)."


def run(n: int, broker: str) -> Report:
    """Contacts, answers and messages go on while there is no room for a row; then room is made."""
    report, seconds = Report("a7f", n), FULL_SECONDS[n >= FULL]
    with faulty_sink() as sink, _disk() as disk:
        if disk is None:
            report.skipped = MISSING
            return report
        with opened(House(broker, EMAIL_URL=sink.url, SWEEP_SECONDS="5"), disk.take) as stage:
            sink.delay = 0.1
            clients, links = Client(stage.address, prepare()), _links(20)
            fill(n)
            _people(PEOPLE)
            stage.start("web", "sweep1", "beat1")
            for number in (1, 2):
                stage.add_worker(f"worker{number}", 2)
            wait_until(lambda: len(sink.accepted) > n // 10, 60)
            restarts = _Restarts(stage)
            disk.fill()
            _while_full(report, stage, clients, links, seconds)
            report.figures["sent_while_full"] = sum(each.at > disk.full_since for each in sink.accepted)
            disk.make_room()
            report.at_most("processes_started_anew_a_second", restarts.stop() / seconds, MOST_RESTARTS_PER_SECOND)
            report.demand("ended", [name for name, each in stage.processes.items() if each.poll() is not None], [])
            report.figures["open_when_there_was_room"] = open_messages()
            _send_what_waited(report, stage, clients, links)
            report.figures["quiet_s"] = round(run_until_quiet(180 + n / 10), 1)
            # What had left when there was no room to write that down; by each lane of each process, once at most.
            named = {each for name in ("sweep1", *stage.workers()) for each in NAMED.findall(stage.log(name))}
            report.at_most("left_and_not_recorded", len(named), 5 * min(settings.DELIVERY_LANES, BATCH // 4))
            demand_by_name(report, named)
            conclude(report, sink.accepted, injected=len(named), asked=clients.acknowledged, found=clients.found())
    return report


class _Disk:
    """A small file system for the tables, and a file that fills it."""

    def __init__(self, at: Path) -> None:
        self.at, self.ballast, self.full_since = at, at / "ballast", 0.0

    def take(self) -> None:
        """Let every table of an empty installation be made on it."""
        from django.db import connection

        place = self.at / "tables"
        place.mkdir()
        subprocess.run(["chown", "nobody", str(self.at), str(place)], check=True)
        name = connection.settings_dict["NAME"]
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE TABLESPACE small LOCATION '{place}'")
            cursor.execute(f'ALTER DATABASE "{name}" SET default_tablespace = small')
        connection.close()

    def fill(self) -> None:
        """Room for a few pages more, so that it ends in the middle of everything."""
        with self.ballast.open("wb", buffering=0) as file:
            try:
                while file.write(b"\0" * 4096):
                    pass
            except OSError:
                self.full_since = time.time()
            file.truncate(file.tell() - ROOM)

    def make_room(self) -> None:
        self.ballast.unlink()


@contextmanager
def _disk() -> Iterator[_Disk | None]:
    """One in memory; None where mounting is not allowed."""
    from cxsurvey.processes import servers

    at = servers.throwaway_home("cxsurvey-disk-")
    options = ["-t", "tmpfs", "-o", f"size={DISK_MB}m,mode=755", "cxsurvey-chaos"]
    program = shutil.which("mount")
    if not program or subprocess.run([program, *options, str(at)], capture_output=True, check=False).returncode:
        yield None
        return
    try:
        yield _Disk(at)
    finally:
        subprocess.run(["umount", "-l", str(at)], check=False)


class _Restarts:
    """Counts the processes that came into being below ours."""

    def __init__(self, stage: House) -> None:
        self.stage, self.seen, self.first = stage, set[int](), set[int]()
        self._over = threading.Event()
        self.first = self._alive()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def stop(self) -> int:
        self._over.set()
        self._thread.join(5)
        return len(self.seen - self.first)

    def _look(self) -> None:
        while not self._over.wait(0.2):
            self.seen |= self._alive()

    def _alive(self) -> set[int]:
        ours = [each.pid for name, each in self.stage.processes.items() if name not in ("postgres", "broker")]
        return {*ours, *(child for pid in ours for child in self.stage.children(pid))}


def _while_full(report: Report, stage: House, clients: Client, links: list[str], seconds: float) -> None:
    """Tell contacts and send answers without pause: taken or 503, and nothing else."""
    contacts, pages, kept = Counter[int](), Counter[int](), 0
    ends = time.monotonic() + seconds
    while time.monotonic() < ends and clients.number < PEOPLE:
        status = clients.post(clients.body(clients.number), f"key-{clients.number}")
        contacts[status] += 1
        if status in (200, 201):
            clients.acknowledged.append(f"contact-{clients.number}")
        clients.number += 1
        if clients.number % 10 == 0:
            status, page = _answer(stage.address, links[clients.number // 10 % len(links)])
            pages[status] += 1
            kept += status == 503 and WORDS in page
        time.sleep(0.02)
    report.figures |= {"contacts_while_full": dict(sorted(contacts.items())), "answers": dict(sorted(pages.items()))}
    report.demand("contacts_told_otherwise", sorted(set(contacts) - {200, 201, 503}), [])
    report.at_least("contacts_told_503", contacts[503], 1)
    report.demand("answers_told_otherwise", sorted(set(pages) - {200, 503}), [])
    report.demand("pages_that_kept_what_was_typed", kept, pages[503])


def _send_what_waited(report: Report, stage: House, clients: Client, links: list[str]) -> None:
    """What was told 503 is sent again, as people and programs do."""
    from feedback.models import Response

    report.demand("answers_sent_again", sorted({_answer(stage.address, each)[0] for each in links}), [200])
    report.demand("responses", Response.objects.count(), len(links))
    told = {*clients.acknowledged}
    for number in range(clients.number):
        if f"contact-{number}" not in told:
            clients.tell(number)
    report.demand("contacts_acknowledged_in_the_end", len(clients.acknowledged), clients.number)


def _people(count: int) -> None:
    from surveys.actions.customers import CustomerIn, upsert_customers

    for start in range(0, count, 1_000):
        some = range(start, start + 1_000)
        upsert_customers([CustomerIn(f"K{each}", email=f"k{each}@example.org", consent_email=True) for each in some])


def _links(count: int) -> list[str]:
    """Tokens of open invitations to one survey."""
    from tests.factories.answering import open_invitation, touchpoint_survey

    version = touchpoint_survey()
    return [open_invitation(version)[1] for _ in range(count)]


def _answer(address: str, token: str) -> tuple[int, str]:
    """Send a whole survey; the status and the page."""
    from tests.factories.answering import GOOD

    body = urllib.parse.urlencode({**GOOD, "why": WORDS}, doseq=True).encode()
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(urllib.request.Request(f"{address}/s/{token}/", body), timeout=60) as answer:
            return int(answer.status), answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()
    except OSError:
        return 0, ""
