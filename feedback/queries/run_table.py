"""Run rows of one journey in a window, as arrays for the insights."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, TypeVar

import numpy as np
from django.db.models import Q, QuerySet

from feedback.insights.arrays import Bools, Floats, Ints, Months
from feedback.models import RunScore
from feedback.queries.columns import places_of, read_columns
from feedback.queries.keyed import Keyed
from feedback.queries.picked import Picked
from feedback.queries.run_columns import KINDS, OUTCOMES, WHOLES, Keys, RunColumns, read_runs
from feedback.queries.run_labels import Coded, RunLabels, listed, texts_of
from surveys.enums import RunOutcome
from surveys.models import Journey, JourneyRun

T = TypeVar("T")
WEIGHT = "_weight"  # attribute of a run that came in as one weighted row of a wide table
NAMELESS = "_nameless"  # attribute of a run whose table said nothing of its customer


@dataclass(frozen=True, slots=True)
class Window:
    """Runs that ended (open ones: had their last event) in [start, end); None is open."""

    start: datetime | None = None
    end: datetime | None = None


@dataclass(frozen=True, slots=True)
class RunTable:
    """Columns over the runs of a journey, all of length n, NaN where nothing was measured.

    In order of time, then of what the outside calls the runs. run: ids; customer: places in people, which holds the key
    of each customer. numbers: every single number by name. words: what is read when asked for, of all runs that were
    read; index: which of these the rows here are.
    """

    run: Ints
    customer: Ints
    people: Ints
    numbers: Mapping[str, Floats]
    stage_scores: Keyed
    ratings: Keyed
    weights: Keyed
    waits: Keyed
    words: RunLabels
    index: Ints
    held: dict[str, Any] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.run)

    @property
    def keyed(self) -> dict[str, Keyed]:
        """The JSON columns by name."""
        return {name: getattr(self, name) for name in KINDS}

    @property
    def service(self) -> Floats:
        """Service score of each run."""
        return self.numbers["service"]

    @property
    def experience(self) -> Floats:
        """Answer to the headline question, 0-100."""
        return self.numbers["experience"]

    @property
    def weight(self) -> Floats:
        """Weight of the end-to-end answer."""
        return self.numbers["weight"]

    @property
    def steps(self) -> Floats:
        """Contacts that are no repeats."""
        return self.numbers["steps"]

    @property
    def switches(self) -> Floats:
        """Changes of channel."""
        return self.numbers["switches"]

    @property
    def repeats(self) -> Floats:
        """Contacts about the same reason again."""
        return self.numbers["repeats"]

    @property
    def departments(self) -> Floats:
        """Owners of the stages entered."""
        return self.numbers["departments"]

    @property
    def contacts(self) -> Floats:
        """All contacts."""
        return self.numbers["contacts"]

    @property
    def elapsed_days(self) -> Floats:
        """Days from start to end."""
        return self.numbers["elapsed_days"]

    @property
    def bad_times(self) -> int:
        """Passages with impossible times."""
        return int(self.numbers["bad_times"].sum())

    @property
    def late_answers(self) -> int:
        """Answers that came too late to count."""
        return int(self.numbers["late_answers"].sum())

    @property
    def months(self) -> Months:
        """The month of each run's end (open ones: last event)."""
        return self._once("months", lambda: _months(self.numbers["at"]))

    def start_months(self) -> Coded:
        """The months in which runs started, and which of them each run did."""
        months, codes = np.unique(_months(self.numbers["started_at"]), return_inverse=True)
        return months.astype(str).tolist(), codes

    def came_to(self, outcome: RunOutcome) -> Bools:
        """Which runs were completed, abandoned, or are open."""
        flags: Bools = self.numbers["outcome"] == OUTCOMES.index(outcome)
        return flags

    @property
    def segment(self) -> list[str]:
        """The customer's segment, "" where it has none."""
        return self._once("segment", lambda: listed(self.words.segment(), self.index))

    def stage_means(self, codes: list[str]) -> Floats:
        """Mean score per run and stage, shape (runs, stages)."""
        columns = [self.stage_scores.means(code) for code in codes]
        return np.column_stack(columns) if columns else np.empty((len(self), 0))

    def stage_answers(self, code: str) -> tuple[Floats, Ints, Ints]:
        """Every headline answer at a stage: 0-100 values, customer and row of each."""
        values, rows = self.stage_scores.entries(code)
        return values, self.customer[rows], rows

    def rating(self, key: str) -> tuple[Floats, Ints, Ints]:
        """Every raw answer to a question ("survey.question|scale"): values, customer and row of each."""
        values, rows = self.ratings.entries(key)
        return values, self.customer[rows], rows

    def weights_of(self, survey: str, rows: Ints) -> Floats | None:
        """The response weights of a survey for these rows; None where no response of it is weighted."""
        known = self.weights.column(survey)
        return known[rows] if bool(np.isfinite(known).any()) else None

    def any_weight(self) -> Floats:
        """The weight of each respondent, whatever he answered: that of his row, else of the first survey with one."""
        values, codes = self.words.attribute(WEIGHT)
        found = np.array([np.nan if value is None else value for value in values], dtype=np.float64)[codes[self.index]]
        for survey in sorted(self.weights.seen(), key=lambda code: (len(code), code)):  # as the database orders keys
            found = np.where(np.isfinite(found), found, self.weights.column(survey))
        return found

    def is_weighted(self) -> bool:
        """Whether any response of these runs carries a weight."""
        return bool(self.weights.seen())

    def wait(self, key: str) -> Floats:
        """Days of a transition per run, NaN where it was not passed."""
        return self.waits.column(key)

    def attribute(self, name: str) -> list[str | None]:
        """One attribute of each run as text; `segment` is the customer's."""
        return self._once(f"attribute {name}", lambda: listed(self.coded(name)))

    def coded(self, name: str) -> Coded:
        """The texts that there are, each once, and which of them each run has."""
        return texts_of(self.words.segment() if name == "segment" else self.words.attribute(name), self.index)

    def rows_of(self, runs: Ints) -> Ints:
        """The row of each of these runs, -1 where it is not here."""
        return places_of(runs, self.run)

    def without(self, keys: Collection[str]) -> "RunTable":
        """The same without the answers about some stages and to some questions."""
        if not keys:
            return self
        return replace(self, stage_scores=self.stage_scores.without(keys), ratings=self.ratings.without(keys), held={})

    def where(self, keep: Bools) -> "RunTable":
        """The same columns for some of the runs."""
        index = np.flatnonzero(keep)
        return RunTable(
            self.run[index],
            self.customer[index],
            self.people,
            Picked(self.numbers, index),
            self.stage_scores.take(index),
            self.ratings.take(index),
            self.weights.take(index),
            self.waits.take(index),
            self.words,
            self.index[index],
        )

    def _once(self, name: str, made: Callable[[], T]) -> T:
        """What is made when first asked for, and then kept: callers look into it row by row."""
        if name not in self.held:
            self.held[name] = made()
        found: T = self.held[name]
        return found


def _months(seconds: Floats) -> Months:
    return np.floor(seconds).astype("datetime64[s]").astype("datetime64[M]")


def run_table(
    journey_id: int, window: Window, segments: Mapping[str, str] | None = None, keys: Keys | None = None
) -> RunTable:
    """The run rows of a journey in a window, filtered by attributes of run or customer, in one query (two: odd rows).

    keys: what its JSON is expected to hold (`keys_of`); without, everything is found the slow way.
    """
    rows = _rows(journey_id, window, segments)
    columns = read_runs(rows, keys or Keys())
    return table_of(columns, RunLabels(rows, columns.run))


def table_of(columns: RunColumns, words: RunLabels) -> RunTable:
    """The table of rows that have been read."""
    return RunTable(
        run=columns.run,
        customer=columns.customer,
        people=columns.people,
        numbers=columns.numbers,
        stage_scores=columns.keyed["stage_scores"],
        ratings=columns.keyed["ratings"],
        weights=columns.keyed["weights"],
        waits=columns.keyed["waits"],
        words=words,
        index=np.arange(len(columns.run)),
    )


@dataclass(frozen=True, slots=True)
class GapInput:
    """What one journey contributes to the family of gaps."""

    journey: str
    service: Floats
    experience: Floats
    customer: Ints


def run_ids(journey_id: int, window: Window, segments: Mapping[str, str] | None = None) -> QuerySet[RunScore, int]:
    """The ids of the runs that `run_table` reads, for use as a subquery."""
    return _rows(journey_id, window, segments).values_list("run_id", flat=True)


def runs_without_customer(found: QuerySet[RunScore, int]) -> int:
    """How many of these runs came from a table without customers, so that each has one of its own."""
    return JourneyRun.objects.filter(pk__in=found, attributes__has_key=NAMELESS).count()


def _rows(journey_id: int, window: Window, segments: Mapping[str, str] | None) -> QuerySet[RunScore]:
    return RunScore.objects.filter(_inside(window), *_segments(segments), journey_id=journey_id)


def _inside(window: Window) -> Q:
    inside = Q()
    if window.start:
        inside &= Q(at__gte=window.start)
    if window.end:
        inside &= Q(at__lt=window.end)
    return inside


def _segments(segments: Mapping[str, str] | None) -> list[Q]:
    """A filter matches the run's attribute, else the customer's; numbers and text alike."""
    wanted = []
    for name, value in sorted((segments or {}).items()):
        if name == "segment":
            wanted.append(Q(segment=value) | Q(**{f"run__attributes__{name}": value}))
            continue
        values: list[Any] = [value, *([int(value)] if value.lstrip("-").isdigit() else [])]
        wanted.append(
            Q(**{f"run__attributes__{name}__in": values})
            | (~Q(run__attributes__has_key=name) & Q(**{f"customer__attributes__{name}__in": values}))
        )
    return wanted


def gap_inputs(window: Window, segments: Mapping[str, str] | None = None, but: str = "") -> list[GapInput]:
    """Service and experience of every journey of the installation (but one), by code: the family of gap tests.

    In two queries; rows in order of what the outside calls the runs.
    """
    rows = RunScore.objects.filter(_inside(window), *_segments(segments)).exclude(journey__code=but)
    rows = rows.filter(Q(service__isnull=False) | Q(experience__isnull=False))
    wholes = {name: WHOLES[name] for name in ("journey", "customer", "key")}
    columns = read_columns(rows, wholes, {"service": "service", "experience": "experience"})
    order = np.argsort(columns["key"], kind="stable")
    columns = {name: column[order] for name, column in columns.items()}
    journeys = columns["journey"]
    codes = Journey.objects.filter(pk__in=np.unique(journeys).tolist()).order_by("code").values_list("pk", "code")
    return [
        GapInput(code, columns["service"][own], columns["experience"][own], columns["customer"][own])
        for code, own in ((code, journeys == pk) for pk, code in codes)
    ]
