"""The measures that outcomes and improvements name, as one value a run: scores, waits, steps, shares."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from feedback.insights.arrays import Bools, Floats, Ints
from feedback.insights.scores import DETRACTOR_TO, PROMOTER_FROM, pomp
from feedback.queries.journey_definition import JourneyDefinition, QuestionDefinition
from feedback.queries.run_history import RunHistory
from feedback.queries.run_labels import yes_or_no
from surveys.enums import Measures, Metric, RunOutcome

POINTS, SHARE, DAYS, NUMBER = "points", "share", "days", "number"
COUNTS = ("steps", "switches", "repeats", "contacts")
# Agreeing with these is bad news, unless their scale says that it is reversed.
BAD_NEWS = (Metric.REPEATED_MYSELF, Metric.PROBLEM)


@dataclass(frozen=True, slots=True)
class Measure:
    """One value a run, NaN where it has none. unit: points, share (0..1), days or number; effort: steps, times, CES."""

    code: str
    unit: str
    better: Literal["higher", "lower"]
    values: Floats
    score: bool = False
    effort: bool = False

    @property
    def higher_is_better(self) -> bool:
        """Whether more of it is good news."""
        return self.better == "higher"


@dataclass(frozen=True, slots=True)
class Times:
    """Durations of all runs in days, of those that go on the time so far; ended: which have."""

    days: Floats
    ended: Bools


def measure_of(code: str, definition: JourneyDefinition, history: RunHistory) -> Measure | None:
    """The measure of this name; None where the journey has nothing of this name.

    Names: experience, service, nps, elapsed_days, steps, switches, repeats, contacts, abandoned, promise_kept,
    paperless, a stage, a wait `a->b`, a question, a question's metric.
    """
    for reader in (_column, _run_share, _wait, _stage, _answers):
        if found := reader(code.removeprefix("wait:"), definition, history):
            return found
    return None


def _column(code: str, _definition: JourneyDefinition, history: RunHistory) -> Measure | None:
    if code in ("experience", "service"):
        return Measure(code, POINTS, "higher", getattr(history, code), score=True)
    if code in COUNTS:
        return Measure(code, NUMBER, "lower", _counted(code, history), effort=True)
    if code == "elapsed_days":
        days = history.ended - history.started
        known = (days != 0) | (history.numbers["contacts"] > 0)  # a survey's row alone tells no time
        return Measure(code, DAYS, "lower", np.where(known, days, np.nan), effort=True)
    return None


def _counted(code: str, history: RunHistory) -> Floats:
    """Contacts where any run has some; steps, switches and repeats of runs with contacts: without, nothing is known."""
    contacts = history.numbers["contacts"]
    known = np.full(len(contacts), bool(contacts.any())) if code == "contacts" else contacts > 0
    return np.where(known, history.numbers[code], np.nan)


def _run_share(code: str, definition: JourneyDefinition, history: RunHistory) -> Measure | None:
    if code == "abandoned":
        gave_up = history.came_to(RunOutcome.ABANDONED).astype(np.float64)
        return Measure(code, SHARE, "lower", np.where(history.came_to(RunOutcome.OPEN), np.nan, gave_up))
    if code == "promise_kept":
        return Measure(code, SHARE, "higher", promise_kept(definition, history))
    if code == "paperless":
        return Measure(code, SHARE, "higher", yes_or_no(history.coded(code)), effort=True)
    return None


def promise_kept(definition: JourneyDefinition, history: RunHistory) -> Floats:
    """Per run the share of its promised waits that were kept, NaN without any."""
    promised = {t.key: t.promised_days for t in definition.transitions if t.promised_days is not None}
    given = []
    for key, most in promised.items():
        days = history.waits.column(key)
        rows = np.flatnonzero(np.isfinite(days))
        given.append(((days[rows] <= most).astype(np.float64), rows))
    return _means(given, len(history))


def _wait(code: str, definition: JourneyDefinition, history: RunHistory) -> Measure | None:
    if code not in {t.key for t in definition.transitions}:
        return None
    return Measure(code, DAYS, "lower", history.waits.column(code), effort=True)


def _stage(code: str, definition: JourneyDefinition, history: RunHistory) -> Measure | None:
    if code not in {stage.code for stage in definition.stages}:
        return None
    return Measure(code, POINTS, "higher", history.stage_scores.means(code), score=True)


def _answers(code: str, definition: JourneyDefinition, history: RunHistory) -> Measure | None:
    questions = [q for q in definition.questions if q.scale and code in (q.code, f"{q.survey}.{q.code}", q.metric)]
    if not questions:
        return None
    if questions[0].metric == Metric.NPS:
        return Measure(code, POINTS, "higher", net_promoters(questions, history), score=True)
    known = {q.key: q for q in questions}
    bad_news = questions[0].metric in BAD_NEWS and not (questions[0].scale and questions[0].scale.reversed)
    effort = questions[0].metric in (Metric.CES, Metric.EASE)
    return Measure(code, POINTS, "lower" if bad_news else "higher", _scores(known, history), score=True, effort=effort)


def _scores(known: dict[str, QuestionDefinition], history: RunHistory) -> Floats:
    """Mean 0-100 value per run of the answers to these questions, each on its own scale."""
    given = []
    for key, question in known.items():
        if question.scale is not None:
            values, rows = history.ratings.entries(key)
            given.append((pomp(values, question.scale), rows))
    return _means(given, len(history))


def net_promoters(questions: Sequence[QuestionDefinition], history: RunHistory) -> Floats:
    """-100, 0 or 100 per run by the recommendation question, so that the mean is the NPS."""
    given = [history.ratings.entries(key) for key in dict.fromkeys(q.key for q in questions)]
    return _means([(net(values), rows) for values, rows in given], len(history))


def net(raw: Floats) -> Floats:
    """What answers of 0-10 add to an NPS, each."""
    return np.where(raw >= PROMOTER_FROM, 100.0, np.where(raw <= DETRACTOR_TO, -100.0, 0.0))


def nps_keys(definition: JourneyDefinition) -> list[QuestionDefinition]:
    """The questions whether customers would recommend, asked about the whole journey."""
    return [q for q in definition.questions if q.metric == Metric.NPS and q.measures == Measures.JOURNEY and q.scale]


def _means(given: Sequence[tuple[Floats, Ints]], runs: int) -> Floats:
    """The mean of each run's values, given as (values, rows) of several questions; NaN values do not count."""
    total, count = np.zeros(runs), np.zeros(runs)
    for values, rows in given:
        known = np.isfinite(values)
        total += np.bincount(rows[known], weights=values[known], minlength=runs)
        count += np.bincount(rows[known], minlength=runs)
    means: Floats = np.divide(total, count, out=np.full(runs, np.nan), where=count > 0)
    return means


def times_of(measure: Measure, definition: JourneyDefinition, history: RunHistory, data_end: float) -> Times | None:
    """The durations behind a measure in days, with what is not over yet; None for what is no duration."""
    if measure.unit != DAYS:
        return None
    running = np.isnan(history.ended)
    if measure.code == "elapsed_days":
        return Times(np.where(running, data_end - history.started, measure.values), ~running)
    stuck = running & np.isnan(measure.values) & _left(measure.code.split("->")[0], definition, history)
    return Times(np.where(stuck, data_end - history.at, measure.values), np.isfinite(measure.values))


def _left(stage: str, definition: JourneyDefinition, history: RunHistory) -> Bools:
    """Runs whose last stage so far is this one."""
    order = {each.code: place for place, each in enumerate(definition.stages)}
    first = next((t.source for t in definition.transitions), None)
    reached = np.full(len(history), -1, dtype=np.int64)
    for key in history.waits.seen():
        passed = np.isfinite(history.waits.column(key))
        reached = np.where(passed, np.maximum(reached, order.get(key.split("->")[1], -1)), reached)
    at_first = (reached < 0) & (first == stage)
    left: Bools = at_first | (reached == order.get(stage, len(order)))
    return left
