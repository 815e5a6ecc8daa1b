"""What text messages cost, in a line for each language."""

from collections.abc import Sequence

from django.utils.html import format_html_join
from django.utils.translation import ngettext

from surveys.actions.sms_cost import SmsCost


def costs_in_words(costs: Sequence[SmsCost]) -> str:
    """Language, segments, alphabet, and the characters that make it the dearer one; a dash where none are sent."""
    return format_html_join("", "<div>{}: {} ({}{})</div>", (_words(each) for each in costs)) or "–"


def _words(cost: SmsCost) -> tuple[str, str, str, str]:
    size = ngettext("%d segment each", "%d segments each", cost.segments) % cost.segments
    return cost.language, size, cost.encoding, f": {cost.foreign}" if cost.foreign else ""
