"""Run rows read as columns of numbers: the database projects the JSON, binary COPY carries it, numpy takes it whole.

A million rows take seconds and some hundred bytes each; as Python objects they took minutes and kilobytes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from django.db.models import Case, Expression, F, IntegerField, QuerySet, When
from django.db.models.expressions import RawSQL

from feedback.insights.arrays import Floats, Ints
from feedback.models import RunScore
from feedback.queries.columns import copied, epoch
from feedback.queries.journey_definition import JourneyDefinition
from feedback.queries.keyed import Keyed, keyed
from surveys.enums import RunOutcome, StageKind

TABLE: Final = RunScore._meta.db_table
OUTCOMES: Final = tuple(RunOutcome.values)
NUMBERS: Final = (
    "journey_id",
    "customer_id",
    "service",
    "experience",
    "weight",
    "steps",
    "switches",
    "repeats",
    "departments",
    "contacts",
    "elapsed_days",
    "bad_times",
    "late_answers",
)
KINDS: Final = {"stage_scores": True, "ratings": True, "weights": False, "waits": False}  # whether lists
MOST_COLUMNS: Final = 1_000  # PostgreSQL gives 1,664; keys beyond are read the slow way


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys that are expected in each JSON column; others are found too, only slower."""

    stage_scores: tuple[str, ...] = ()
    ratings: tuple[str, ...] = ()
    weights: tuple[str, ...] = ()
    waits: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RunColumns:
    """numbers: by name, shape (rows,), NaN for null; keyed: the JSON columns."""

    numbers: Mapping[str, Floats]
    keyed: Mapping[str, Keyed]

    @property
    def run(self) -> Ints:
        """The run of each row, ascending."""
        return self.numbers["run_id"].astype(np.int64)


def keys_of(definition: JourneyDefinition) -> Keys:
    """What a journey's rows can be expected to hold: passages forward that skip no stage, or one."""
    stages = [stage.code for stage in definition.stages]
    entered = [stage.code for stage in definition.stages if stage.kind != StageKind.WAIT]
    pairs = [f"{source}->{target}" for source, target in zip(entered, entered[2:], strict=False)]
    known = [transition.key for transition in definition.transitions]
    return Keys(
        stage_scores=tuple(dict.fromkeys(stages)),
        ratings=tuple(dict.fromkeys(question.key for question in definition.questions)),
        weights=tuple(dict.fromkeys(question.survey for question in definition.questions)),
        waits=tuple(dict.fromkeys([*known, *pairs])),
    )


def read_columns(rows: QuerySet[RunScore], numbers: Mapping[str, str | Expression], keys: Keys) -> RunColumns:
    """The named numbers and all JSON columns of these rows in order of run: one query, a second where rows are odd.

    A row is odd where it has more than one number at a key, or a key that was not expected.
    """
    asked: dict[str, Any] = {"run_id": F("run_id")}
    asked |= {name: F(what) if isinstance(what, str) else what for name, what in numbers.items()}
    wanted = [(kind, key) for kind in KINDS for key in getattr(keys, kind)][: MOST_COLUMNS - len(asked)]
    projected = [_projected(kind, key) for kind, key in wanted]
    plain = rows.order_by("run_id").values_list(*asked.values(), *projected, _odd(wanted))
    columns = copied(plain, len(asked) + len(wanted) + 1)
    found = dict(zip(asked, columns, strict=False))
    first: dict[str, dict[str, Floats]] = {kind: {} for kind in KINDS}
    for (kind, key), column in zip(wanted, columns[len(asked) : -1], strict=True):
        if bool(np.isfinite(column).any()):
            first[kind][key] = column
    odd = _odd_rows(rows, found["run_id"], columns[-1] > 0)
    count = len(found["run_id"])
    held = {
        kind: keyed(count, many, first[kind], ((row, given[kind]) for row, given in odd))
        for kind, many in KINDS.items()
    }
    return RunColumns(found, held)


def read_runs(rows: QuerySet[RunScore], keys: Keys) -> RunColumns:
    """Every number of the rows that a table or a history of runs is made of; moments in seconds since 1970."""
    outcome = Case(*(When(outcome=name, then=code) for code, name in enumerate(OUTCOMES)), output_field=IntegerField())
    moments = {"at": epoch("at"), "started_at": epoch("run__started_at"), "ended_at": epoch("run__ended_at")}
    numbers: dict[str, Any] = {name: name for name in NUMBERS}
    return read_columns(rows, numbers | moments | {"version": "run__version__number", "outcome": outcome}, keys)


def _projected(kind: str, key: str) -> RawSQL:
    value = "->%s->>0" if KINDS[kind] else "->>%s"
    return RawSQL(f"({TABLE}.{kind}{value})::float8", [key])  # noqa: S611 - our own column names


def _odd(wanted: Sequence[tuple[str, str]]) -> RawSQL:
    """1 where a row holds more than the projection takes."""
    tests, params = [], list[Any]()
    for kind, many in KINDS.items():
        tests.append(f"({TABLE}.{kind} - %s::text[]) <> '{{}}'")
        params.append([key for each, key in wanted if each == kind])
        if many:
            tests.append(f"jsonb_path_exists({TABLE}.{kind}, '$.*[1]')")
    return RawSQL(f"(CASE WHEN {' OR '.join(tests)} THEN 1 ELSE 0 END)", params)  # noqa: S611


def _odd_rows(rows: QuerySet[RunScore], runs: Floats, odd: Any) -> list[tuple[int, dict[str, Any]]]:
    """The whole JSON of the odd rows by their place; rows that have come since are not among them."""
    if not bool(odd.any()):
        return []
    place = {int(run): at for at, run in enumerate(runs) if odd[at]}
    found = rows.order_by("run_id").filter(run_id__in=list(place)).values_list("run_id", *KINDS)
    return [(place[run], dict(zip(KINDS, told, strict=True))) for run, *told in found]
