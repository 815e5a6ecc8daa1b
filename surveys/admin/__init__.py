"""The admin of asking, one module per theme."""

from surveys.admin import (
    asking,
    conversations,
    customers,
    dispatch,
    intake,
    journeys,
    never_ask,
    open_links,
    questionnaires,
    rules,
    runs,
)

__all__ = [
    "asking",
    "conversations",
    "customers",
    "dispatch",
    "intake",
    "journeys",
    "never_ask",
    "open_links",
    "questionnaires",
    "rules",
    "runs",
]
