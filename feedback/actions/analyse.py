"""Comparisons that are computed once and kept: asked for, computed under a claim, shown with their age."""

import json
import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, Final

from django.db.models import F
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from cxsurvey.lib.nudge import nudge
from feedback.actions.tell_surveys import note_questions_used
from feedback.dashboards.comparison import Query, Tell, UnknownJourney, build_comparison
from feedback.dashboards.standing import closed_month
from feedback.enums import AnalysisState
from feedback.insights.alive import heard_by
from feedback.insights.suppression import small_cell
from feedback.insights.versions import FORMULA_VERSION
from feedback.models import Analysis
from feedback.queries.analyses import claimable, comparable_journey, find_analysis, hash_of, is_small
from feedback.queries.comments import newest_comments
from feedback.queries.fingerprints import Fingerprint, fingerprint
from feedback.queries.run_table import run_ids

log = logging.getLogger(__name__)

LEASE: Final = timedelta(minutes=5)
REST: Final = 20  # computing may take one part in so many of the time
SHORTEST_REST: Final = timedelta(seconds=15)
TELL_SECONDS: Final = 1.0
COMMENTS: Final = 20
MOVABLE: Final = (AnalysisState.READY, AnalysisState.FAILED)
STOPPABLE: Final = (AnalysisState.WAITING, AnalysisState.RUNNING)
FORESEEN_FROM: Final = 5  # percent: below, the time left would be a guess


class NotMineError(Exception):
    """Somebody stopped the computing, or another worker has it in hand."""


@dataclass(frozen=True)
class Kept:
    """What is kept of an answer: row None where it was never asked for; fresh: nothing that enters has moved since."""

    row: Analysis | None
    fresh: bool

    @property
    def has_value(self) -> bool:
        """Whether there is a value to show, of whatever age; one of other formulas may lack what is shown today."""
        return bool(self.value) and self.value["formula_version"] == FORMULA_VERSION

    @cached_property
    def value(self) -> dict[str, Any]:
        """The value as it was computed."""
        found: dict[str, Any] = json.loads(self.row.value) if self.row and self.row.value else {}
        return found

    @property
    def computed_at(self) -> datetime | None:
        """When it was."""
        return self.row.computed_at if self.row else None

    @property
    def age_seconds(self) -> float | None:
        """How long ago that is."""
        return None if self.computed_at is None else max(0.0, (timezone.now() - self.computed_at).total_seconds())

    @property
    def seconds_left(self) -> float | None:
        """How long the computing takes on at the rate so far; None where that cannot be told yet."""
        row = self.row
        if row is None or row.state != AnalysisState.RUNNING or not row.began_at or row.progress < FORESEEN_FROM:
            return None
        so_far = (timezone.now() - row.began_at).total_seconds()
        return max(0.0, so_far * (100 - row.progress) / row.progress)

    def labelled(self) -> dict[str, Any]:
        """The value with its age beside it, for programs."""
        age = None if self.age_seconds is None else round(self.age_seconds, 1)
        told = {"computed_at": self.computed_at and self.computed_at.isoformat(), "age_seconds": age}
        return {**self.value, **told, "fresh": self.fresh}


def question_of(query: Query) -> dict[str, Any]:
    """A query in one way of writing it, with the language and what is hidden: these are part of the answer."""
    return {
        "journey": query.journey,
        "start": query.start and query.start.isoformat(),
        "end": query.end and query.end.isoformat(),
        "segments": dict(sorted(query.segments.items())),
        "by": query.by,
        "weighted": query.weighted,
        "language": translation.get_language() or "en",
        "small_cell": small_cell(),
    }


def query_of(question: dict[str, Any]) -> Query:
    """The query back from what was kept."""
    start, end = (question[name] and datetime.fromisoformat(question[name]) for name in ("start", "end"))
    return Query(question["journey"], start, end, question["segments"], question["by"], question["weighted"])


def kept_comparison(query: Query) -> Kept:
    """What is kept of it: one query for the row, one for the fingerprint."""
    row = find_analysis(question_of(query))
    return Kept(row, row is not None and is_fresh(row, fingerprint(row.journey_id)))


def is_fresh(row: Analysis, now: Fingerprint) -> bool:
    """Whether its value was made of what is there now, and judged on the months that are closed now."""
    moved = (row.own, row.around) != (now.own, now.around)
    return bool(row.value) and not moved and not judged_otherwise(row, timezone.now())


def judged_otherwise(row: Analysis, now: datetime) -> bool:
    """Whether another month has closed since, or the window has ended: what stands may be other without new data."""
    if row.computed_at is None:
        return True
    query, judged = query_of(row.query), min(row.began_at or row.computed_at, row.computed_at)
    return closed_month(query, judged) != closed_month(query, now)


def comparison_for(query: Query) -> Kept:
    """The value for somebody who looks at it: kept, else computed at once where that is quick, else asked for.

    UnknownJourney where there is nothing to compare.
    """
    kept = kept_comparison(query)
    if kept.has_value:
        if not kept.fresh:
            request_analysis(query)
        _seen(kept.row)
        return kept
    row = request_analysis(query, wake=False)
    if row.state == AnalysisState.STOPPED:
        return Kept(row, fresh=False)
    if is_small(row.journey_id):
        analyse(row.pk, in_background=False)
        return kept_comparison(query)
    nudge("feedback.analyse", row.pk)
    return Kept(row, fresh=False)


def request_analysis(query: Query, *, wake: bool = True, standing: bool = False) -> Analysis:
    """Ask for it to be computed (again, where it has rested long enough); returns its row, made where it is new."""
    question = question_of(query)
    row = find_analysis(question) or _create(question, standing)
    if due(row, timezone.now()) and mark_waiting(row) and wake:
        nudge("feedback.analyse", row.pk)
    return row


def _create(question: dict[str, Any], standing: bool) -> Analysis:
    journey = comparable_journey(question["journey"])
    if journey is None:
        raise UnknownJourney(question["journey"])
    fields = {"journey_id": journey, "query": question, "standing": standing or _is_standing(question)}
    values = {**fields, "asked_at": timezone.now(), "state": AnalysisState.READY}
    return Analysis.objects.get_or_create(query_hash=hash_of(question), defaults=values)[0]


def _is_standing(question: dict[str, Any]) -> bool:
    """The journey as a whole, in any language, is kept up to date without being asked for."""
    return not any(question[name] for name in ("start", "end", "segments", "by", "weighted"))


def due(row: Analysis, now: datetime) -> bool:
    """Whether it may be computed now: what is costly rests in proportion, what failed a minute, what was stopped on."""
    if row.state == AnalysisState.STOPPED:
        return False
    if row.state == AnalysisState.FAILED and row.lease_until and row.lease_until > now:
        return False
    rest = max(SHORTEST_REST, timedelta(seconds=REST * (row.seconds or 0.0)))
    return row.computed_at is None or row.computed_at + rest <= now


def mark_waiting(row: Analysis) -> bool:
    """Have it computed by the next worker; False where it waits or runs already."""
    moved = Analysis.objects.filter(pk=row.pk, state__in=MOVABLE).update(state=AnalysisState.WAITING, progress=0)
    row.state = AnalysisState.WAITING if moved else row.state
    return moved == 1


def stop_analyses(ids: Sequence[int]) -> int:
    """Stop those that wait or are being computed, keeping their former values; how many were.

    A worker notices within about a second. They rest until somebody asks for them again (`resume_analyses`).
    """
    stopped = Analysis.objects.filter(pk__in=ids, state__in=STOPPABLE)
    return stopped.update(state=AnalysisState.STOPPED, note="", lease_until=None)


def resume_analyses(ids: Sequence[int]) -> int:
    """Have those that were stopped, failed or rest computed now; how many were asked for."""
    movable = Analysis.objects.filter(pk__in=ids, state__in=(*MOVABLE, AnalysisState.STOPPED))
    waiting = [pk for pk in movable.values_list("pk", flat=True) if _wait_again(pk)]
    for pk in waiting:
        nudge("feedback.analyse", pk)
    return len(waiting)


def _wait_again(pk: int) -> bool:
    movable = Analysis.objects.filter(pk=pk, state__in=(*MOVABLE, AnalysisState.STOPPED))
    return movable.update(state=AnalysisState.WAITING, progress=0, note="", lease_until=None) == 1


def _seen(row: Analysis | None) -> None:
    """Remember that somebody looked, once an hour at most."""
    now = timezone.now()
    if row is not None and row.asked_at < now - timedelta(hours=1):
        Analysis.objects.filter(pk=row.pk).update(asked_at=now)


def analyse(analysis_id: int, *, in_background: bool = True) -> bool:
    """Compute and store it, unless another worker has it in hand; whether it was stored."""
    row = _claim(analysis_id)
    if row is None:
        return False
    began, made_of = time.monotonic(), fingerprint(row.journey_id)  # read first: data that moves now shows as moved
    try:
        with translation.override(row.query["language"]):
            query = query_of(row.query)
            value = _built(query, _teller(row)) if in_background else build_comparison(query)
            runs = run_ids(row.journey_id, query.as_shown(value).window, query.segments)
            text = json.dumps(value, allow_nan=False)
            comments = [] if value["hidden"] else newest_comments(runs, COMMENTS)
    except NotMineError:
        log.info("The comparison %s was stopped.", row)
        return False
    except Exception as trouble:
        log.exception("The comparison %s could not be computed.", row)
        _fail(row, trouble)
        return False
    if row.standing:
        note_questions_used(row.journey_id, value)
    return _store(row, text, comments, made_of, time.monotonic() - began)


def _built(query: Query, teller: Tell) -> dict[str, Any]:
    """The comparison, told of at each step and whenever a long loop shows that it is alive."""
    reached: list[tuple[int, str]] = [(0, "")]

    def step(percent: int, note: str) -> None:
        reached[0] = percent, note
        teller(percent, note)

    with heard_by(lambda: teller(*reached[0])):
        return build_comparison(query, tell=step)


def _claim(analysis_id: int) -> Analysis | None:
    """Take it for a lease; None where it does not wait, or somebody else was quicker."""
    now = timezone.now()
    free = claimable(now).order_by().filter(pk=analysis_id)
    taken = free.update(
        state=AnalysisState.RUNNING,
        claim_no=F("claim_no") + 1,
        lease_until=now + LEASE,
        began_at=now,
        progress=0,
        note="",
    )
    return Analysis.objects.defer("value").get(pk=analysis_id) if taken else None


def _mine(row: Analysis) -> Any:
    return Analysis.objects.filter(pk=row.pk, claim_no=row.claim_no, state=AnalysisState.RUNNING)


def _teller(row: Analysis) -> Tell:
    """Write how far it is, and hold the lease, once a second at most; NotMineError where it was stopped meanwhile."""
    last = [time.monotonic()]

    def tell(percent: int, note: str) -> None:
        if time.monotonic() - last[0] >= TELL_SECONDS:
            last[0] = time.monotonic()
            if not _mine(row).update(progress=percent, note=note[:300], lease_until=timezone.now() + LEASE):
                raise NotMineError

    return tell


def _store(row: Analysis, value: str, comments: list[int], made_of: Fingerprint, seconds: float) -> bool:
    stored = _mine(row).update(
        state=AnalysisState.READY,
        progress=100,
        note="",
        value=value,
        comments=comments,
        own=made_of.own,
        around=made_of.around,
        computed_at=timezone.now(),
        seconds=seconds,
        lease_until=None,
    )
    return bool(stored == 1)


def _fail(row: Analysis, trouble: Exception) -> None:
    """Keep the former value; say what happened without the inside of the machine."""
    if isinstance(trouble, UnknownJourney):
        note = _("The journey has no version to compare.")
    else:
        note = _("It could not be computed (%(kind)s); it is tried again.") % {"kind": type(trouble).__name__}
    _mine(row).update(state=AnalysisState.FAILED, note=note, lease_until=timezone.now() + timedelta(minutes=1))
