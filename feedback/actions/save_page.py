"""Save the answers of one page; two devices that answer the same survey lose nothing of each other (reliability R8)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from feedback.actions.occasions import Occasion
from feedback.models import PartialResponse
from feedback.queries.partials import lock, partial_of, unlock
from surveys.models import SurveyVersion

TRIES: Final = 50  # each lost try means that somebody else has saved


class SavedTooOften(RuntimeError):
    """More posts at once for one occasion than any person makes."""


@dataclass(frozen=True, slots=True)
class Saved:
    """What is saved now, and the questions that were answered otherwise elsewhere since this page was made."""

    partial: PartialResponse
    overruled: tuple[str, ...]


def save_page(
    occasion: Occasion,
    page: Sequence[str],
    given: Mapping[str, list[str]],
    *,
    base: int,
    language: str,
    now: datetime,
) -> Saved:
    """Merge the page's answers question by question; `base` is the revision that the page was made of.

    The newest answer to a question wins. A question counts as overruled where it was changed after `base` to something
    else than what is posted now.
    """
    for _ in range(TRIES):
        partial = partial_of(occasion.key) or _begin(occasion, language, now)
        overruled = _merge(partial, occasion.version, page, given, base)
        if _store(partial, language, now):
            return Saved(partial, overruled)
    raise SavedTooOften


def finish(occasion: Occasion, now: datetime) -> None:
    """The occasion has its response: nothing more is saved for it. Call it inside the transaction that stores it."""
    PartialResponse.objects.filter(occasion_key=occasion.key, done_at__isnull=True).update(done_at=now)


def _begin(occasion: Occasion, language: str, now: datetime) -> PartialResponse:
    """The row of the occasion, whoever makes it."""
    row = PartialResponse(
        occasion_key=occasion.key,
        survey_id=occasion.version.survey_id,
        version=occasion.version,
        invitation=occasion.invitation,
        open_link=occasion.link,
        hidden=dict(occasion.hidden),
        order=occasion.order.as_json(),
        language=language,
        saved_at=now,
    )
    PartialResponse.objects.bulk_create([row], ignore_conflicts=True)
    made = partial_of(occasion.key)
    if made is None:
        raise PartialResponse.DoesNotExist(occasion.key)
    return made


def _merge(
    partial: PartialResponse, version: SurveyVersion, page: Sequence[str], given: Mapping[str, list[str]], base: int
) -> tuple[str, ...]:
    """Put the page's answers onto the row; the questions overruled. What is saved as it was changes no question."""
    revision, overruled, answers = partial.revision + 1, [], dict(partial.answers)
    for code, values in given.items():
        before = answers.get(code, {"given": [], "revision": 0})
        if unlock(before["given"]) == values:
            continue
        if before["revision"] > base:
            overruled.append(code)
        answers[code] = {"given": lock(version, {code: values})[code], "revision": revision}
    partial.answers = answers
    partial.visited = [*(each for each in partial.visited if each != list(page)), list(page)]
    return tuple(overruled)


def _store(partial: PartialResponse, language: str, now: datetime) -> bool:
    """Whether nobody has saved since the row was read."""
    rows = PartialResponse.objects.filter(pk=partial.pk, revision=partial.revision)
    partial.revision, partial.language, partial.saved_at = partial.revision + 1, language, now
    done = rows.update(
        answers=partial.answers, visited=partial.visited, language=language, revision=partial.revision, saved_at=now
    )
    return done == 1
