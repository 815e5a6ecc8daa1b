"""Clocks that can be set while processes run: libfaketime, reading its offset from a file."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

LIBRARIES: Final = (
    "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1",
    "/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1",
)
MISSING: Final = "libfaketime is not installed: apt-get install faketime"


def library() -> str:
    """Where libfaketime is; "" where it is not installed."""
    return next((each for each in LIBRARIES if Path(each).exists()), "")


class Clock:
    """The clock of some processes: the machine's and an offset in seconds, effective at once."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.set(0)

    def set(self, offset: float) -> None:
        """Step it. Whole or not at all: a reader never sees half a number."""
        self.offset = offset
        unfinished = self.path.with_suffix(".new")
        unfinished.write_text(f"{offset:+.0f}\n")
        unfinished.chmod(0o644)
        unfinished.replace(self.path)

    def shown(self) -> float:
        """The time of the epoch as a process sees it that goes by this clock."""
        program = [sys.executable, "-c", "import time; print(time.time())"]
        told = subprocess.run(program, env=os.environ | self.environment(), capture_output=True, text=True, check=True)
        return float(told.stdout)

    def environment(self) -> dict[str, str]:
        """For the processes that shall go by it. What measures durations goes on unmoved."""
        return {
            "LD_PRELOAD": library(),
            "FAKETIME_TIMESTAMP_FILE": str(self.path),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "DONT_FAKE_MONOTONIC": "1",
        }
