"""Our own programs as processes of a test, against the test's database; ended with the test, each by its own id."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from django.conf import settings
from django.db import connection


def environment(**more: str) -> Mapping[str, str]:
    """The environment of a process that works on this test's database and broker."""
    base = os.environ["DATABASE_URL"].rpartition("/")[0]
    database = {"DATABASE_URL": f"{base}/{connection.settings_dict['NAME']}"}
    plain = {
        "DJANGO_SETTINGS_MODULE": "cxsurvey.settings",
        "LOG_LEVEL": "WARNING",
        "PUBLIC_BASE_URL": "http://testserver",
    }
    return os.environ | database | plain | more


@contextmanager
def running(*program: str, **more: str) -> Iterator[subprocess.Popen[bytes]]:
    """A Python program that runs until the block ends."""
    process = subprocess.Popen(
        [sys.executable, *program], env=environment(**more), cwd=settings.BASE_DIR, start_new_session=True
    )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(10)


def wait_until(is_so: Callable[[], bool], seconds: float = 60.0) -> bool:
    """Look ten times a second until it is so; False when the time is over."""
    ends = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > ends:
            return False
        time.sleep(0.1)
    return True
