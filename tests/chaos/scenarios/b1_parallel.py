"""B1, B3: fifty submissions of one link at once, twenty requests with one key: one effect, whatever is told."""

import json
import threading
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from collections.abc import Callable
from typing import Any, Final

from tests.chaos.dispatching import Report
from tests.chaos.house import house
from tests.chaos.ingestion import Client, prepare

FAST, FULL = 5, 20
BROKERS = ("redis",)
AT_ONCE: Final = 50
TIMES: Final = 20


def run(n: int, broker: str) -> Report:
    """`n` links and as many keys, over HTTP, through a web server with four processes."""
    report = Report("b1", n)
    with house(broker) as stage:
        stage.specs["web"] = stage.more_web(4)
        stage.start("web")
        statuses = Counter[int]()
        for number, token in enumerate(_links(n)):
            statuses += _submit(stage.address, token, other=number % 2 == 1)
        report.figures["submissions"] = dict(sorted(statuses.items()))
        report.demand("submissions_answered_otherwise", sum(statuses.values()) - statuses[200] - statuses[409], 0)
        report.demand("most_and_fewest_responses_of_a_link", _responses(), (1, 1))
        _keys(report, Client(stage.address, prepare()), n)
    return report


def _links(count: int) -> list[str]:
    """Tokens of open invitations to one survey."""
    from tests.factories.answering import open_invitation, touchpoint_survey

    version = touchpoint_survey()
    return [open_invitation(version)[1] for _ in range(count)]


def _submit(address: str, token: str, *, other: bool) -> Counter[int]:
    """Fifty at a barrier; with `other`, every second one says something else. How often each status came."""
    from tests.factories.answering import GOOD

    def once(number: int) -> int:
        values = {**GOOD, **({"satisfied": "1"} if other and number % 2 else {})}
        return _status(f"{address}/s/{token}/", urllib.parse.urlencode(values, doseq=True).encode(), {})

    return _at_once(AT_ONCE, once)


def _at_once(count: int, work: Callable[[int], int]) -> Counter[int]:
    """Do it so many times at the same moment; how often each result came."""
    barrier, found, lock = threading.Barrier(count), Counter[int](), threading.Lock()

    def one(number: int) -> None:
        barrier.wait()
        result = work(number)
        with lock:
            found[result] += 1

    jobs = [threading.Thread(target=one, args=(number,)) for number in range(count)]
    for job in jobs:
        job.start()
    for job in jobs:
        job.join()
    return found


def _responses() -> tuple[int, int]:
    """The most and the fewest responses that a link has."""
    from django.db.models import Count

    from surveys.models import Invitation

    counts = Invitation.objects.annotate(n=Count("response")).values_list("n", flat=True)
    return max(counts), min(counts)


def _keys(report: Report, client: Client, count: int) -> None:
    """One key: 20 at once, 20 one after the other, 20 with another body."""
    from surveys.actions.customers import CustomerIn, upsert_customers

    upsert_customers([CustomerIn(f"K{n}", email=f"k{n}@example.org", consent_email=True) for n in range(count)])
    together, after, others = Counter[int](), Counter[int](), Counter[int]()
    for number in range(count):
        body = client.body(number)
        changed = json.dumps(json.loads(body) | {"agent": "another"}).encode()
        together += _at_once(TIMES, lambda _n, b=body, k=number: client.post(b, f"key-{k}"))  # type: ignore[misc]
        after += Counter(client.post(body, f"key-{number}") for _ in range(TIMES))
        others += Counter(client.post(changed, f"key-{number}") for _ in range(TIMES))
    report.figures["at_once_with_one_key"] = dict(sorted(together.items()))
    report.demand("at_once_answered_otherwise", sum(together.values()) - together[201] - together[409], 0)
    report.demand("afterwards", dict(after), {201: TIMES * count})
    report.demand("with_another_body", dict(others), {422: TIMES * count})
    kept: Any = client.found()
    report.demand("contacts_kept", sorted(kept.values()), [1] * count)
    report.lost, report.doubled = count - len(kept), sum(each - 1 for each in kept.values())


def _status(address: str, body: bytes, headers: dict[str, str]) -> int:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(urllib.request.Request(address, body, headers), timeout=60) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0
