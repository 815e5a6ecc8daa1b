"""Run rows of one journey in a window, as arrays for the insights."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
from django.db.models import Q, QuerySet

from feedback.insights.arrays import Bools, Floats, Ints
from feedback.models import RunScore
from feedback.queries.columns import read_numbers
from feedback.queries.keyed import Keyed
from feedback.queries.run_columns import KINDS, OUTCOMES, Keys, RunColumns, read_runs
from feedback.queries.run_labels import RunLabels
from surveys.models import Journey, JourneyRun

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

    numbers: every single number by name. words: what is read when asked for, of all runs that were read; index: which
    of these the rows here are.
    """

    run: Ints
    customer: Ints
    numbers: Mapping[str, Floats]
    stage_scores: Keyed
    ratings: Keyed
    weights: Keyed
    waits: Keyed
    words: RunLabels
    index: Ints
    held: dict[str, list[Any]] = field(default_factory=dict)

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
    def month(self) -> list[str]:
        """The month of each run's end (open ones: last event), as 2026-03."""
        return self._once("month", lambda: _months(self.numbers["at"]))

    @property
    def start_month(self) -> list[str]:
        """The month in which each run started."""
        return self._once("start_month", lambda: _months(self.numbers["started_at"]))

    @property
    def outcome(self) -> list[str]:
        """completed, abandoned or open."""
        codes = self.numbers["outcome"]
        return self._once("outcome", lambda: [OUTCOMES[int(code)] for code in codes.tolist()])

    @property
    def segment(self) -> list[str]:
        """The customer's segment, "" where it has none."""
        return self._once("segment", lambda: self._picked(self.words.segment()))

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
        found = np.array([np.nan if value is None else value for value in self._of_rows(WEIGHT)], dtype=np.float64)
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
        if name == "segment":
            return [value or None for value in self.segment]
        return [None if value in (None, "") else str(value) for value in self._of_rows(name)]

    def where(self, keep: Bools) -> "RunTable":
        """The same columns for some of the runs."""
        index = np.flatnonzero(keep)
        return RunTable(
            self.run[index],
            self.customer[index],
            {name: values[index] for name, values in self.numbers.items()},
            self.stage_scores.take(index),
            self.ratings.take(index),
            self.weights.take(index),
            self.waits.take(index),
            self.words,
            self.index[index],
        )

    def _once(self, name: str, made: Callable[[], list[Any]]) -> list[Any]:
        """A list that is made when first asked for, and then kept: callers look into it row by row."""
        if name not in self.held:
            self.held[name] = made()
        return self.held[name]

    def _of_rows(self, name: str) -> list[Any]:
        return self._picked(self.words.attribute(name))

    def _picked(self, values: list[Any]) -> list[Any]:
        return values if len(self.index) == len(values) else [values[place] for place in self.index.tolist()]


def _months(seconds: Floats) -> list[str]:
    months: list[str] = np.floor(seconds).astype("datetime64[s]").astype("datetime64[M]").astype(str).tolist()
    return months


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
        customer=columns.numbers["customer_id"].astype(np.int64),
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


def gap_inputs(window: Window, segments: Mapping[str, str] | None = None) -> list[GapInput]:
    """Service and experience of every journey of the installation, by code: the family of gap tests, in two queries."""
    rows = RunScore.objects.filter(_inside(window), *_segments(segments))
    rows = rows.filter(Q(service__isnull=False) | Q(experience__isnull=False)).order_by("journey_id", "run_id")
    columns = read_numbers(rows, ("journey_id", "service", "experience", "customer_id"))
    journeys = columns["journey_id"].astype(np.int64)
    codes = Journey.objects.filter(pk__in=np.unique(journeys).tolist()).order_by("code").values_list("pk", "code")
    return [
        GapInput(
            code, columns["service"][own], columns["experience"][own], columns["customer_id"][own].astype(np.int64)
        )
        for code, own in ((code, journeys == pk) for pk, code in codes)
    ]
