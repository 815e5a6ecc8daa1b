"""Weekly (else monthly) series of experience, service, stages and NPS, with their charts and change points."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from feedback.dashboards.context import Context
from feedback.dashboards.measures import POINTS, net_promoters, nps_keys
from feedback.dashboards.parts import nps_question
from feedback.insights import trends
from feedback.insights.arrays import Bools, Floats, Ints
from feedback.insights.intervals import clustered_mean, mean_difference
from feedback.insights.versions import PAGE_PERMUTATIONS, seed_of
from feedback.queries.run_history import DAY, RunHistory

Value = dict[str, Any]
# An NPS runs from -100 to 100: twice the length of a 0-100 score, so twice the shift counts.
NPS_SHIFT = 2 * trends.MIN_SHIFT
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MONDAY = 3  # days from the Monday before 1970 to 1970-01-01, a Thursday


@dataclass(frozen=True, slots=True)
class Source:
    """Single answers of one series: values, customers and days since 1970, all of one length.

    measured: which of everybody's runs of all times have such an answer.
    """

    series: str
    code: str
    name: str
    owner: str | None
    values: Floats
    customer: Ints
    at: Floats
    measured: Bools


@dataclass(frozen=True, slots=True)
class Periods:
    """Periods in order, from begin to end (days since 1970); codes: the place of each answer's, -1: not over."""

    names: list[str]
    codes: Ints
    begin: list[float]
    end: list[float]


@dataclass(frozen=True, slots=True)
class Track:
    """One series by period: the period of each of its answers, which periods may be shown, and its change point.

    silent: periods without answers that are hidden beside others, so that nobody can tell these from them.
    """

    source: Source
    by: str
    periods: Periods
    data: trends.Series
    shown: tuple[bool, ...]
    silent: tuple[str, ...]
    change: trends.ChangePoint | None


def trend_values(context: Context, value: Value) -> list[Value]:
    """Every series of the page with points, charts and change point; change points are one family (method 3.13)."""
    query = context.query
    until = min(query.end or datetime.max.replace(tzinfo=UTC), datetime.fromisoformat(value["generated_at"]))
    inside = context.history.between(query.start, query.end)
    tracks = [_track(context, source, until) for source in _sources(context, inside, value)]
    tracks = [track for track in tracks if track.data.periods]
    judged = trends.with_family([track.change for track in tracks])
    return [_value(track, change) for track, change in zip(tracks, judged, strict=True)]


def _sources(context: Context, history: RunHistory, value: Value) -> list[Source]:
    """Experience, service, every stage with answers, the NPS."""
    whole, name, owner = context.told.filters.history, value["name"], context.definition.owner
    found = []
    for code in ("experience", "service"):
        scores, measured = getattr(history, code), np.isfinite(getattr(whole, code))
        found.append(Source(code, code, name, owner, scores, history.customer, history.at, measured))
    for stage in context.definition.stages:
        scores, rows = history.stage_scores.entries(stage.code)
        measured = np.isfinite(whole.stage_scores.column(stage.code))
        who, at = history.customer[rows], history.at[rows]
        found.append(Source("stage", stage.code, stage.name, stage.owner, scores, who, at, measured))
    if nps_question(context.definition):
        keys = nps_keys(context.definition)
        net, measured = net_promoters(keys, history), np.isfinite(net_promoters(keys, whole))
        found.append(Source("nps", "nps", name, owner, net, history.customer, history.at, measured))
    return [source for source in found if bool(np.isfinite(source.values).any())]


def _track(context: Context, source: Source, until: datetime) -> Track:
    """By weeks where half of them have 10 answers, else by months; periods that are not over are left out.

    Told is a period between two days of the calendar: one of too few customers is hidden with the next one, and what
    is not over counts as a period too, or all answers minus those shown would tell it.
    """
    by, periods = "week", _weeks(source.at, until)
    if not trends.weekly_enough(_series(source, periods).counts):
        by, periods = "month", _months(source.at, until)
    data, told = _series(source, periods), _told(context, source, periods)
    shown = tuple(told[name] for name in data.periods)
    every = _told(context, source, (_weeks if by == "week" else _months)(_days(context, source), until))
    silent = tuple(name for name, tell in every.items() if not tell and name not in data.periods)
    means, counts = (_kept(column, shown) for column in (data.means, data.counts))
    drawn = seed_of(seed=context.seed, series=source.series, code=source.code)
    change = trends.change_point(means, counts, drawn, PAGE_PERMUTATIONS)
    return Track(source, by, periods, data, shown, silent, change)


def _days(context: Context, source: Source) -> Floats:
    """The days from the first to the last of such answers of everybody, within the window."""
    at = context.told.filters.history.at[source.measured]
    first, last = np.floor(at.min()), np.floor(at.max())
    first = max(first, _first_day(context))
    return np.arange(first, last + 1) if first <= last else np.empty(0)


def _first_day(context: Context) -> float:
    start = context.query.start
    return -np.inf if start is None else start.timestamp() / DAY


def _calendar(context: Context, source: Source) -> frozenset[float]:
    """The days at which its periods may begin and end; found once for all that is asked of this context."""
    name = f"calendar {source.series} {source.code}"
    held = context.held.get(name)
    if not isinstance(held, frozenset):
        held = context.held[name] = frozenset(context.told.calendar(source.measured))
    return held


def _told(context: Context, source: Source, periods: Periods) -> dict[str, bool]:
    """Whether each closed period may be told."""
    first, days = _first_day(context), _calendar(context, source)
    told = zip(periods.names, periods.begin, periods.end, strict=True)
    closed = set(periods.codes.tolist())
    return {
        name: (begin in days or begin <= first) and end in days
        for place, (name, begin, end) in enumerate(told)
        if place in closed
    }


def _series(source: Source, periods: Periods) -> trends.Series:
    """Answers of closed periods; those of a period that is not over are left out."""
    return trends.series_of(source.values, periods.names, periods.codes)


def _weeks(days: Floats, until: datetime) -> Periods:
    """The Monday of each day's week (UTC) as a date; none for weeks that end later than `until`."""
    end = until.timestamp() / DAY
    mondays, codes = np.unique(np.floor((days + MONDAY) / 7) * 7 - MONDAY, return_inverse=True)
    names = [(EPOCH + timedelta(days=day)).date().isoformat() for day in mondays.tolist()]
    ends = mondays + 7
    return Periods(names, np.where((ends <= end)[codes], codes, -1), mondays.tolist(), ends.tolist())


def _months(days: Floats, until: datetime) -> Periods:
    """The month of each day (UTC); none for the month of `until` and later."""
    months, codes = np.unique(np.floor(days).astype("datetime64[D]").astype("datetime64[M]"), return_inverse=True)
    over = months < np.datetime64(until.astimezone(UTC).strftime("%Y-%m"))
    begin, end = (day.astype("datetime64[D]").astype(np.float64).tolist() for day in (months, months + 1))
    return Periods(months.astype(str).tolist(), np.where(over[codes], codes, -1), begin, end)


def _kept(column: Sequence[float], shown: Sequence[bool]) -> list[float]:
    return [item for item, show in zip(column, shown, strict=True) if show]


def _value(track: Track, change: trends.ChangePoint | None) -> Value:
    data = trends.Series(
        tuple(p for p, show in zip(track.data.periods, track.shown, strict=True) if show),
        tuple(_kept(track.data.means, track.shown)),
        tuple(int(n) for n in _kept(track.data.counts, track.shown)),
        track.data.within,
    )
    baseline = baseline_of(len(data.means))
    chart = trends.chart(data, baseline) if baseline else None
    return {
        "series": track.source.series,
        "code": track.source.code,
        "name": track.source.name,
        "owner": track.source.owner,
        "unit": POINTS,
        "by": track.by,
        "points": _points(track, data, chart),
        "hidden": sum(not show for show in track.shown) + len(track.silent),
        "ewma": chart and _ewma(chart, data),
        "cusum": chart and _cusum(chart, data),
        "alarm": chart and _alarm(chart, data),
        "change": change and _change(track, change, data),
    }


def baseline_of(points: int) -> int | None:
    """How many points make the baseline: 52, 26 or 13, and at most half of them where there are 26; None under 14."""
    lengths = [length for length, _, _ in trends.LIMITS]
    return next((n for n in lengths if points >= 2 * n), lengths[-1] if points > lengths[-1] else None)


def _points(track: Track, data: trends.Series, chart: trends.Chart | None) -> list[Value]:
    source, names, codes = track.source, track.periods.names, track.periods.codes
    order = np.argsort(codes, kind="stable")
    begins = np.searchsorted(codes[order], np.arange(len(names) + 1)).tolist()
    rows = {name: order[begins[n] : begins[n + 1]] for n, name in enumerate(names)}
    places = {period: i for i, period in enumerate(data.periods)}
    counts = dict(zip(track.data.periods, track.data.counts, strict=True)) | dict.fromkeys(track.silent, 0)
    nobody = np.empty(0, dtype=np.int64)
    return [
        _point(source, rows.get(period, nobody), period, n, places.get(period), chart)
        for period, n in sorted(counts.items())
    ]


def _point(source: Source, inside: Ints, period: str, n: int, place: int | None, chart: trends.Chart | None) -> Value:
    """One period; place: its place among those shown, None: hidden."""
    if place is None:
        return {"period": period, "n": None, "score": None, "lo": None, "hi": None, "ewma": None}
    mean = clustered_mean(source.values[inside], source.customer[inside])
    step = None if chart is None or place < chart.baseline else place - chart.baseline
    watched = None
    if chart is not None and step is not None:
        z = chart.ewma
        watched = {"z": z.z[step], "lo": z.lo[step], "hi": z.hi[step], "outside": step in z.alarms}
    return {"period": period, "n": n, "score": mean.value, "lo": mean.lo, "hi": mean.hi, "ewma": watched}


def _ewma(chart: trends.Chart, data: trends.Series) -> Value:
    limit = trends.limits(chart.baseline)
    alarms = [data.periods[chart.baseline + i] for i in chart.ewma.alarms]
    return {"baseline": chart.baseline, "mean": chart.mean, "limit": limit and limit[0], "alarms": alarms}


def _cusum(chart: trends.Chart, data: trends.Series) -> Value:
    limit = trends.limits(chart.baseline)
    return {"limit": limit and limit[1], "alarms": [data.periods[chart.baseline + i] for i in chart.cusum.alarms]}


def _alarm(chart: trends.Chart, data: trends.Series) -> Value | None:
    """The first point at which either chart left its limits, and which way."""
    places = [*chart.ewma.alarms[:1], *chart.cusum.alarms[:1]]
    if not places:
        return None
    first = min(places)
    by = "ewma" if first in chart.ewma.alarms else "cusum"
    up = chart.ewma.z[first] > chart.mean if by == "ewma" else chart.cusum.up[first] > chart.cusum.down[first]
    return {"period": data.periods[chart.baseline + first], "chart": by, "direction": "up" if up else "down"}


def _change(track: Track, change: trends.ChangePoint, data: trends.Series) -> Value:
    """The change with the interval of its shift, given the date; the date lies between from and to."""
    source, names = track.source, data.periods
    codes, every = track.periods.codes, track.periods.names
    known = np.isin(codes, [every.index(name) for name in names])
    later = known & (codes >= every.index(names[change.place]))
    after, before = (clustered_mean(source.values[side], source.customer[side]) for side in (later, known & ~later))
    shift = mean_difference(after, before)
    enough = source.series != "nps" or abs(change.shift) >= NPS_SHIFT
    return {
        "period": names[change.place],
        "from": names[change.first],
        "to": names[change.last],
        "shift": shift.value,
        "lo": shift.lo,
        "hi": shift.hi,
        "n_before": before.n,
        "n_after": after.n,
        "p": change.p,
        "q": change.q,
        "finding": change.finding and enough,
    }
