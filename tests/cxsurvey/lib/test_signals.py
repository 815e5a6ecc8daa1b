"""Signals wait for the end of the block, and then have their effect."""

import os
import signal
import subprocess
import sys

import pytest
from django.conf import settings

PROGRAM = """
import os, signal
from cxsurvey.lib.signals import uninterrupted
with uninterrupted():
    os.kill(os.getpid(), signal.%s)
    print("done", flush=True)
print("never", flush=True)
"""


ASIDE = """
import os, signal, threading
from cxsurvey.lib.signals import leave_signals_to_others, uninterrupted
over = threading.Event()
ready = threading.Event()
def lane():
    leave_signals_to_others()
    ready.set()
    over.wait()
threading.Thread(target=lane, daemon=True).start()
ready.wait()
with uninterrupted() as told:
    before = told()
    os.kill(os.getpid(), signal.SIGTERM)
    print(before, told(), flush=True)
print("never", flush=True)
"""


@pytest.mark.parametrize("name", ["SIGTERM", "SIGUSR1"])
def test_uninterrupted_told_to_end_finishes_the_block_first(name: str) -> None:
    program = [sys.executable, "-c", PROGRAM % name]
    done = subprocess.run(program, cwd=settings.BASE_DIR, env=os.environ, capture_output=True, text=True, check=False)
    assert (done.stdout, -done.returncode) == ("done\n", getattr(signal, name))


def test_uninterrupted_error_inside_signals_pass_again() -> None:
    from cxsurvey.lib.signals import uninterrupted

    before = signal.pthread_sigmask(signal.SIG_BLOCK, ())
    with pytest.raises(ValueError, match="broken"), uninterrupted():
        raise ValueError("broken")
    assert signal.pthread_sigmask(signal.SIG_BLOCK, ()) == before


def test_uninterrupted_thread_that_leaves_signals_lets_none_through() -> None:
    program = [sys.executable, "-c", ASIDE]
    done = subprocess.run(program, cwd=settings.BASE_DIR, env=os.environ, capture_output=True, text=True, check=False)
    assert (done.stdout, -done.returncode) == ("False True\n", signal.SIGTERM)
