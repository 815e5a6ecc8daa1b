"""Quotas: how many customers of a sort are wanted, and what happens to the rest."""

from typing import Any, Final

from surveys.logic.conditions import Answers, holds
from surveys.logic.context import Context
from surveys.logic.document import Document

ACTIONS: Final = ("end", "close")  # end: those of this sort are thanked; close: the survey asks nobody any more


def match(document: Document, answers: Answers, context: Context) -> list[str]:
    """Codes of the quotas in which a response with these answers (only those on its path) takes a place."""
    found = document.get("quotas") or ()
    return [str(quota["code"]) for quota in found if holds(quota.get("if"), answers, context)]


def limits(document: Document) -> dict[str, int]:
    """How many places each quota has."""
    return {str(quota["code"]): int(quota["limit"]) for quota in document.get("quotas") or ()}


def quota_named(document: Document, code: str) -> dict[str, Any]:
    """The quota of this code; empty for none."""
    return next((dict(quota) for quota in document.get("quotas") or () if quota.get("code") == code), {})
