"""What may be told of a query, so that nobody can be worked out by holding it against others (method 3.12).

Judged by everybody's runs of all times: what is hidden so hangs on no window, and on a filter only by its attributes.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import numpy as np

from feedback.dashboards.query import Query
from feedback.dashboards.views_shown import Views, views_by
from feedback.insights.arrays import Bools, Floats
from feedback.insights.borders import borders, inward, is_border, moments
from feedback.insights.cube import Key
from feedback.insights.suppression import complementary
from feedback.insights.trends import weekly_enough
from feedback.queries.journey_definition import JourneyDefinition
from feedback.queries.run_history import DAY, RunHistory
from surveys.enums import Measures

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MONDAY = 3  # days from the Monday before 1970 to 1970-01-01, a Thursday


@dataclass(frozen=True, slots=True)
class Told:
    """What may be told: nothing at all, or what lies in the window from start to end (as moved).

    untold: stages and questions (by their keys) whose answers are not. gap: whether the gap may be shown. filters,
    rows: the views of the query, without and with its break-down; found: the borders of windows that hold for all.

    A gap is of the runs that have both sides, exactly: what one to four customers said who rated one side only follows
    from it and the means of both sides, and is told (docs/method.md).
    """

    start: datetime | None
    end: datetime | None
    segments: Mapping[str, str]
    filters: Views
    rows: Views
    found: tuple[float, ...]
    nothing: bool = False
    untold: frozenset[str] = frozenset()
    gap: bool = True

    def few(self, known: Bools, wanted: Key) -> bool:
        """Whether a filtered view may tell nothing of these runs (flags over all runs)."""
        hidden = bool(wanted) and self.filters.hidden(known, [wanted])[0]
        return hidden or not self._in_time(self.filters, known)

    def hidden(self, known: Sequence[Bools], wanted: Sequence[Key]) -> list[bool]:
        """Which rows of the break-down may tell nothing of any of these runs."""
        by_people = [self.rows.hidden(runs, wanted) for runs in known]
        in_time = all(self._in_time(self.rows, runs) for runs in known)
        return [any(few) or not in_time for few in zip(*by_people, strict=True)]

    def calendar(self, known: Bools) -> tuple[float, ...]:
        """The days at which periods of a series may begin and end in the filtered view."""
        return calendar(self.filters, known)

    def hidden_by(self, name: str, known: Sequence[str], runs: Callable[[Views], list[Bools]]) -> dict[str, bool]:
        """Which values of another attribute may tell nothing of these runs, within the same filters."""
        filters = self.segments
        if name in filters:
            return dict.fromkeys(known, False)
        views = views_by(self.filters.history, [*filters, name], self.filters.in_time)
        wanted = [(*filters.values(), label) for label in known]
        in_time = all(self._in_time(views, each) for each in runs(views))
        few = zip(*(views.hidden(each, wanted) for each in runs(views)), strict=True)
        return {label: any(each) or not in_time for label, each in zip(known, few, strict=True)}

    def _in_time(self, views: Views, known: Bools) -> bool:
        """Whether the window begins and ends where no window of these runs differs by too few."""
        return self.tells(views, known, [moment for moment in (self.start, self.end) if moment])

    def tells(self, views: Views, known: Bools, moments: Sequence[datetime]) -> bool:
        """Whether windows of these runs may begin and end at these moments."""
        ends = [_day(moment) for moment in moments]
        if not ends:
            return True
        kinds = views.kinds(known, calendar(views, known))
        found = borders(kinds, self.found)
        return all(is_border(kinds, found, end) for end in ends)

    def nameless_hidden(self, segments: Mapping[str, str]) -> bool:
        """Whether those of whom the attribute of the break-down is not known are too few to be told apart."""
        return self.hidden([self.rows.everybody, self.rows.rated], [(*segments.values(), "")])[0]


def told_of(definition: JourneyDefinition, whole: RunHistory, query: Query) -> Told:
    """Judge a query; whole: every run of the journey."""
    in_time = query.start is not None or query.end is not None
    filters = views_by(whole, list(query.segments), in_time)
    rows = views_by(whole, [*query.segments, query.by], in_time) if query.by else filters
    first, last, found = _window(rows, query) if in_time else (-np.inf, np.inf, ())
    told = Told(_moment(first), _moment(last), query.segments, filters, rows, found)
    wanted = tuple(query.segments.values())
    if first >= last or (wanted and any(told.few(runs, wanted) for runs in filters.counted)):
        return replace(told, nothing=True)
    gap = not told.few(filters.rated & filters.served, wanted)
    return replace(told, untold=_untold(definition, told, wanted), gap=gap)


def _window(rows: Views, query: Query) -> tuple[float, float, tuple[float, ...]]:
    """The window moved to borders that hold for every view of the query, and these borders, in days since 1970."""
    kinds = [kind for runs in rows.counted for kind in rows.kinds(runs, calendar(rows, runs))]
    at = rows.history.at[np.isfinite(rows.history.at)]
    found = borders(kinds, _days(at)) if len(at) else ()
    ends = [-np.inf if query.start is None else _day(query.start), np.inf if query.end is None else _day(query.end)]
    return (*inward(kinds, found, *ends), found)


def _days(at: Floats) -> Iterator[float]:
    """Every midnight between the first moment and the last, those of years first, then quarters, months and weeks."""
    days = np.arange(np.floor(at.min()), np.floor(at.max()) + 2)
    dates = days.astype("datetime64[D]")
    months = dates == dates.astype("datetime64[M]")
    number = dates.astype("datetime64[M]").astype(np.int64)
    weeks = (days + MONDAY) % 7 == 0
    ranks = np.select([months & (number % 12 == 0), months & (number % 3 == 0), months, weeks], [0, 1, 2, 3], 4)
    yield from days[np.argsort(ranks, kind="stable")].tolist()


def calendar(views: Views, known: Bools) -> tuple[float, ...]:
    """The weeks and months of a series, as days since 1970 at which they begin, that no few customers lie between.

    Of everybody first, weeks where half of them have 10 answers; of these what holds for every other view too.
    """
    at, who = views.history.at[known], views.history.customer[known]
    if not len(at):
        return ()
    every = np.arange(np.floor(at.min()) - 31, np.floor(at.max()) + 32)
    dates = every.astype("datetime64[D]")
    months, weeks = every[dates == dates.astype("datetime64[M]")], every[(every + MONDAY) % 7 == 0]
    counts = np.bincount(np.searchsorted(weeks, at, side="right"))
    weekly = weekly_enough(counts[counts > 0].tolist())
    wanted = [*weeks.tolist(), *months.tolist()] if weekly else [*months.tolist(), *weeks.tolist()]
    found = set(borders([moments(at, who)], wanted))
    if () in views.cells:
        return tuple(sorted(found))
    return borders(views.kinds(known), [moment for moment in wanted if moment in found])


def _untold(definition: JourneyDefinition, told: Told, wanted: Key) -> frozenset[str]:
    """Stages and questions of which too few answers stand in this view, and the stages by which they would follow."""
    history = told.filters.history
    stages, ratings = history.stage_scores, history.ratings
    few, questions = set[str](), set[str]()
    if wanted or told.start or told.end:
        few = {code for code in stages.seen() if told.few(np.isfinite(stages.column(code)), wanted)}
        questions = {key for key in ratings.seen() if told.few(np.isfinite(ratings.column(key)), wanted)}
    hidden = _with_partners(history, few)
    headlines = {
        q.key for q in definition.questions if q.headline and q.measures == Measures.STAGE and q.stage in hidden
    }
    return frozenset(questions | hidden | headlines)


def _with_partners(history: RunHistory, few: set[str]) -> set[str]:
    """With the smallest other stage of each, the same in every view: from the service score one alone would follow."""
    counts = {
        code: len(np.unique(history.customer[np.isfinite(history.stage_scores.column(code))]))
        for code in history.stage_scores.seen()
    }
    alone = complementary(list(counts.values()))
    hidden = few | {code for code, hide in zip(counts, alone, strict=True) if hide}
    by_size = sorted(counts, key=lambda code: (counts[code], code))
    return hidden | {next((other for other in by_size if other != code), code) for code in hidden}


def _day(moment: datetime) -> float:
    return moment.timestamp() / DAY


def _moment(day: float) -> datetime | None:
    return EPOCH + timedelta(days=day) if np.isfinite(day) else None
