"""Time zones of a customer: the named one, else all zones of the country, else the installation's own."""

import zoneinfo
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from zoneinfo import ZoneInfo


@lru_cache(maxsize=1024)
def zone_named(name: str) -> ZoneInfo | None:
    """The zone, or None for a name that is blank or unknown."""
    try:
        return ZoneInfo(name) if name else None
    except (KeyError, ValueError, OSError):  # an unknown name, a bad key, or the name of a folder
        return None


def _zone_table() -> str:
    """The text of zone.tab: the system's, else the tzdata package's, else nothing (then the fallback zone rules)."""
    for folder in zoneinfo.TZPATH:
        table = Path(folder) / "zone.tab"
        if table.is_file():
            return table.read_text(encoding="utf-8")
    try:
        return files("tzdata.zoneinfo").joinpath("zone.tab").read_text(encoding="utf-8")
    except ModuleNotFoundError:
        return ""


@lru_cache(maxsize=1)
def _zones_by_country() -> dict[str, tuple[str, ...]]:
    """ISO country -> zone names, from the time zone database's own table."""
    found: dict[str, tuple[str, ...]] = {}
    for line in _zone_table().splitlines():
        if line and not line.startswith("#"):
            country, _position, name = line.split("\t")[:3]
            found[country] = (*found.get(country, ()), name)
    return found


@lru_cache(maxsize=1024)
def zones_for(zone: str, country: str, fallback: str) -> tuple[ZoneInfo, ...]:
    """The zones in all of which a message must be welcome.

    A known zone alone; else every zone of the country (ISO code); else the fallback, which must exist.
    """
    known = zone_named(zone)
    if known:
        return (known,)
    of_country = tuple(ZoneInfo(name) for name in _zones_by_country().get(country.upper(), ()))
    return of_country or (ZoneInfo(fallback),)
