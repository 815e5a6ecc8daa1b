"""Named points at which a chaos test kills the process, with a given probability; nothing at all otherwise."""

import os
import random
import signal
from collections.abc import Callable, Iterable, Mapping


def read_points(environ: Mapping[str, str]) -> dict[str, float]:
    """Name -> probability from CXSURVEY_FAILPOINTS ("after_claim:0.02,before_record:0.01").

    Heeded only with CXSURVEY_TESTING=1, so that a stray variable can never kill a production worker.
    """
    if environ.get("CXSURVEY_TESTING") != "1":
        return {}
    entries = [entry.strip() for entry in environ.get("CXSURVEY_FAILPOINTS", "").split(",") if entry.strip()]
    return dict(_entry(entry) for entry in entries)


def _entry(entry: str) -> tuple[str, float]:
    name, _, written = entry.partition(":")
    try:
        probability = float(written)
    except ValueError:
        probability = -1.0
    if not name or not 0.0 <= probability <= 1.0:
        raise ValueError(f'CXSURVEY_FAILPOINTS: "{entry}" must be name:probability, such as after_claim:0.02.')
    return name, probability


_points = read_points(os.environ)
_log_path = os.environ.get("CXSURVEY_FAILPOINT_LOG", "")


def failpoint(name: str, window: Callable[[], Iterable[str]] = tuple) -> None:
    """Perhaps die here by SIGKILL, as a crash would: nothing is flushed, closed or rolled back by us.

    `window` tells what the process has in hand at that moment; it stands in the log behind the name.
    """
    if not _points:
        return
    # A forked worker must not repeat its parent's draws, hence the system's own source.
    probability = _points.get(name, 0.0)
    if probability and random.SystemRandom().random() < probability:
        _write_log(name, window())
        os.kill(os.getpid(), signal.SIGKILL)


def _write_log(name: str, window: Iterable[str]) -> None:
    """One line, on the disk before the death: a test counts these lines and expects equality."""
    if not _log_path:
        return
    handle = os.open(_log_path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    os.write(handle, f"{' '.join((name, str(os.getpid()), *window))}\n".encode())
    os.fsync(handle)
