"""The sections of a journey page as HTML, rendered once for a kept value and its comments: rendering costs most."""

import hashlib
from collections.abc import Sequence
from typing import Any

from django.core.cache import cache
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from feedback.actions.analyse import Kept
from feedback.dashboards.picture import picture
from feedback.insights.suppression import comments_shown

KEPT_SECONDS = 3_600


def sections_html(kept: Kept, comments: Sequence[dict[str, Any]]) -> SafeString:
    """The sections; comments are shown where there are enough that nobody is pointed at.

    What is cached is named by the value and the words of the comments, so that an erased comment is gone at once.
    """
    if kept.row is None:
        return mark_safe("")
    shown = list(comments) if comments_shown(len(comments)) else []
    made_of = (kept.row.pk, kept.row.computed_at, hashlib.sha256(kept.row.value.encode()).hexdigest(), shown)
    key = hashlib.sha256(repr((made_of, len(comments), get_language())).encode()).hexdigest()
    found: str | None = cache.get(f"sections:{key}")
    if found is None:
        context = picture(kept.value) | {"value": kept.value, "comments": shown, "comments_held": len(comments)}
        found = render_to_string("feedback/insights/_sections.html", context)
        cache.set(f"sections:{key}", found, KEPT_SECONDS)
    return mark_safe(found)  # noqa: S308 - rendered and escaped by the template
