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
