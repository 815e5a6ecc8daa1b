"""django-post-office, measured in a process and a database of its own."""

import json
import subprocess
from typing import Self

from benchmarks.others import Figures, Others, row_of

THEIRS = "django-post-office: sent, in batches"
THEIRS_EACH = "the same, one by one"

POST_OFFICE = """
import json, logging, sys, time
from urllib.parse import urlsplit
import django
from django.conf import settings

sink, database = urlsplit(sys.argv[1]), urlsplit(sys.argv[2])
settings.configure(
    INSTALLED_APPS=["django.contrib.contenttypes", "post_office"], USE_TZ=True, SECRET_KEY="x" * 50,
    DATABASES={"default": {"ENGINE": "django.db.backends.postgresql", "NAME": "post_office", "USER": database.username,
                           "PASSWORD": database.password, "HOST": database.hostname, "PORT": database.port}},
    LOGGING_CONFIG=None, EMAIL_HOST=sink.hostname, EMAIL_PORT=sink.port, DEFAULT_FROM_EMAIL="us@example.org",
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates"}],
)
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from post_office import mail
from post_office.connections import connections
from post_office.models import Email
logging.disable(logging.CRITICAL)

def queue(order):
    mail.send_many([{"recipients": [f"c{n}@example.org"], "sender": "us@example.org", "subject": "Your call",
                     "message": order["text"], "html_message": order["html"], "priority": "medium"}
                    for n in range(order["count"])])

def batches():
    while Email.objects.exclude(status=0).exists():
        mail.send_queued(processes=1)

def one_by_one():
    for email in list(Email.objects.exclude(status=0)):
        email.dispatch(disconnect_after_delivery=False)
    connections.close()

for line in sys.stdin:
    order = json.loads(line)
    began = time.perf_counter()
    queue(order)
    queued = time.perf_counter() - began
    began, cpu = time.perf_counter(), time.process_time()
    (one_by_one if order["each"] else batches)()
    print(json.dumps([queued, time.perf_counter() - began, time.process_time() - cpu]), flush=True)
"""


class PostOffice:
    """django-post-office in a process and a database of its own, on the same server.

    In batches, its own way: five threads, the results of a batch of 100 written at once. And one after the other, the
    status written after each, which is what it has for those who want to know of each message.
    """

    def __init__(self, python: str, sink: str, database: str) -> None:
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("CREATE DATABASE post_office")
        command = [python, "-c", POST_OFFICE, sink, database]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._process.communicate()

    def send(self, count: int, words: dict[str, str]) -> Figures:
        """So many of these mails, both ways."""
        return self._send(count, words, each=False) | self._send(count, words, each=True)

    def _send(self, count: int, words: dict[str, str], *, each: bool) -> Figures:
        assert self._process.stdin
        assert self._process.stdout
        order = {"count": count, "each": each, "text": words["text"], "html": words["html"]}
        others = Others()
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        told = self._process.stdout.readline()
        if not told:
            raise SystemExit("django-post-office could not be measured.")
        queued, sent, cpu = json.loads(told)
        if each:
            return {THEIRS_EACH: row_of(count, sent, cpu)}
        return {
            "django-post-office: queued": row_of(count, queued),
            THEIRS: row_of(count, sent, cpu) | others.since(count),
        }
