"""The logic of a questionnaire, pure: conditions, the path through it, random order, piped words, quotas, checks."""

from surveys.logic.conditions import holds
from surveys.logic.context import Context
from surveys.logic.graph import problems
from surveys.logic.order import Order, shuffled
from surveys.logic.path import Walk, next_page, pages, previous_page, visible, walk
from surveys.logic.spots import Problem

__all__ = [
    "Context",
    "Order",
    "Problem",
    "Walk",
    "holds",
    "next_page",
    "pages",
    "previous_page",
    "problems",
    "shuffled",
    "visible",
    "walk",
]
