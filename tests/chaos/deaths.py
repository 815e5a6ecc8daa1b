"""What workers wrote before they died at a fail-point: where, and which messages they had between mark and record.

A worker has several lanes, so that each of its deaths may cost several messages, at whatever point it dies.
"""

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import NamedTuple


class InWindow(NamedTuple):
    """One message at the death of its worker: `marked` (had not left), `leaving`, or `accepted` (the 250 was read)."""

    id: str
    came: str


class Death(NamedTuple):
    """One line of the log: the fail-point, and what was in hand."""

    point: str
    window: tuple[InWindow, ...]


def read_deaths(log: Path) -> list[Death]:
    """All deaths, in their order."""
    lines = [line.split() for line in log.read_text().splitlines() if line.strip()]
    return [Death(line[0], tuple(InWindow(*each.split("=")) for each in line[2:])) for line in lines]


def contradictions(windows: Mapping[str, str], accepted: Collection[str]) -> list[str]:
    """Messages of which the dead worker knew for certain what the carrier tells otherwise. `windows`: id -> came."""
    certain = {"marked": False, "accepted": True}
    return sorted(key for key, came in windows.items() if certain.get(came, key in accepted) != (key in accepted))
