"""How trends, changes, targets and tiles are written on screens."""

from datetime import date
from typing import Any

from django import template
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from feedback.dashboards.charts_time import band_bar, trend_drawing
from feedback.dashboards.words_time import (
    RULES,
    STATUS,
    alarm_text,
    contrast_text,
    in_unit,
    judged,
    loop_text,
    measure_name,
    period_name,
    series_name,
)
from feedback.dashboards.words_value import BLOCKS, LEFT_OUT, SCORES, tile_name, tile_number, why_text
from feedback.enums import ImprovementKind, RootCause

register = template.Library()
register.filter("trend_drawing", trend_drawing)
register.filter("series_name", series_name)
register.filter("alarm_text", alarm_text)
register.filter("period_name", period_name)
register.filter("measure_name", measure_name)
register.filter("judged", judged)
register.filter("in_unit", in_unit)
register.filter("band_bar", band_bar)
register.filter("tile_name", tile_name)
register.filter("tile_number", tile_number)
register.filter("contrast_text", contrast_text)
register.filter("loop_text", loop_text)
WORDS: dict[str, dict[str, Any]] = {
    "kind": dict(ImprovementKind.choices),
    "status": STATUS,
    "rule": RULES,
    "cause": dict(RootCause.choices),
    "block": BLOCKS,
    "left_out": LEFT_OUT,
    "score": SCORES,
}


@register.filter
def in_words(code: str, kind: str) -> str:
    """A code of the value in the reader's language; unknown ones as they are."""
    return str(WORDS[kind].get(code, code))


@register.filter
def signed_in(number: float | None, unit: str) -> str:
    """A difference in the unit of its measure."""
    return in_unit(number, unit, signed=True)


@register.filter
def day(iso: str | None) -> str:
    """A date of the value as people write it."""
    return date_format(date.fromisoformat(iso[:10]), "j M Y") if iso else ""


@register.simple_tag
def tile_why(tile: dict[str, Any], value: dict[str, Any]) -> str:
    """Why a tile is as it is, in words."""
    return why_text(tile, value)


@register.filter
def good_news(status: str) -> str:
    """A word for the shape beside a status, so that it does not stand on colour alone."""
    return {"achieved": "good", "improved": "good", "worse": "bad"}.get(status, "open")


@register.simple_tag
def interval_in(lo: float | None, hi: float | None, unit: str, *, signed: bool = False) -> str:
    """An interval in the unit of its measure; blank where there is none."""
    if lo is None or hi is None:
        return ""
    ends = {"lo": in_unit(lo, unit, signed=signed), "hi": in_unit(hi, unit, signed=signed)}
    return _("[%(lo)s, %(hi)s]") % ends


@register.filter
def small_p(number: float | None) -> str:
    """A p or q value with three decimals, never as nothing."""
    return "–" if number is None else "< 0.001" if number < 0.001 else f"{number:.3f}"
