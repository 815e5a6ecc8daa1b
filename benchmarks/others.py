"""What the other processes of a measurement use meanwhile, and a line of its table."""

import os
from pathlib import Path

Figures = dict[str, dict[str, float]]


class Others:
    """CPU of the database and of the sink, which are our children, with all of their own."""

    def __init__(self) -> None:
        self._began = self._now()

    def since(self, count: int) -> dict[str, float]:
        """Milliseconds a message since it was made."""
        now = self._now()
        return {name: round(1000 * (now[name] - self._began[name]) / count, 3) for name in now}

    def _now(self) -> dict[str, float]:
        found: dict[str, float] = {"database_cpu_ms": 0.0, "sink_cpu_ms": 0.0}
        for child in _children(os.getpid()):
            program, *options = Path(f"/proc/{child}/cmdline").read_bytes().split(b"\0")
            if b"benchmarks.sink" in options:
                found["sink_cpu_ms"] += _cpu_seconds(child)
            elif program.endswith(b"/postgres"):
                found["database_cpu_ms"] += _cpu_seconds(child)
        return found


def _children(pid: int) -> list[int]:
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _cpu_seconds(pid: int) -> float:
    """User and system time of a process, of those that it has waited for, and of those that live."""
    try:
        ticks = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:15]
        return sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK") + sum(map(_cpu_seconds, _children(pid)))
    except OSError:  # it has just ended
        return 0.0


def row_of(count: int, seconds: float, cpu: float = 0.0) -> dict[str, float]:
    row = {"messages": count, "seconds": round(seconds, 3), "per_second": round(count / seconds, 1)}
    return row | ({"cpu_ms": round(1000 * cpu / count, 3)} if cpu else {})
