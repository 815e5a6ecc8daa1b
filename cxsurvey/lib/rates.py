"""Rates as a setting writes them: names and how many a second."""

import math
from collections.abc import Iterable


def read_rates(entries: Iterable[str]) -> dict[str, float]:
    """{"smtp": 50.0, "gmail.com": 20.0} from ["smtp=50", "gmail.com=20"]; ValueError says which entry is wrong."""
    return dict(_entry(entry) for entry in entries if entry.strip())


def _entry(entry: str) -> tuple[str, float]:
    name, _, written = entry.partition("=")
    try:
        rate = float(written)
    except ValueError:
        rate = math.nan
    if not name.strip() or not 0 < rate < math.inf:
        raise ValueError(f'SEND_RATES: "{entry}" must be name=number a second, such as gmail.com=20.')
    return name.strip().lower(), rate
