"""Answers on their way: what has been saved of an occasion."""

from collections.abc import Mapping

from feedback.models import PartialResponse

Given = dict[str, list[str]]  # field -> values as typed


def partial_of(occasion_key: str) -> PartialResponse | None:
    """What has been saved of this occasion so far. One query."""
    return next(iter(PartialResponse.objects.filter(occasion_key=occasion_key).order_by()), None)


def given_of(partial: PartialResponse | None) -> Given:
    """The saved answers as they were typed."""
    kept: Mapping[str, Mapping[str, list[str]]] = partial.answers if partial else {}
    return {code: list(entry["given"]) for code, entry in kept.items() if entry["given"]}
