"""Run rows read as columns of numbers: the database projects the JSON, binary COPY carries it, numpy takes it whole.

A million rows take seconds and some hundred bytes each; as Python objects they took minutes and kilobytes. They stand
in order of time and then of what the outside calls them, whatever order the database has them in: the last digits of a
sum hang on it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from django.db.models import Case, Expression, IntegerField, QuerySet, When
from django.db.models.expressions import RawSQL

from feedback.insights.arrays import Bools, Floats, Ints
from feedback.models import RunScore
from feedback.queries.columns import epoch, key_of, read_columns
from feedback.queries.journey_definition import JourneyDefinition
from feedback.queries.keyed import Keyed, keyed
from surveys.enums import RunOutcome, StageKind

TABLE: Final = RunScore._meta.db_table
OUTCOMES: Final = tuple(RunOutcome.values)
NUMBERS: Final = (
    "service",
    "experience",
    "weight",
    "steps",
    "switches",
    "repeats",
    "departments",
    "contacts",
    "elapsed_days",
    "handled_seconds",
    "bad_times",
    "late_answers",
)
WHOLES: Final[dict[str, str | Expression]] = {
    "run": "run_id",
    "journey": "journey_id",
    "customer": key_of("customer__external_id"),
    "key": key_of("run__external_id"),
}
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
    """run, journey: ids; customer: place in people, which holds the `key_of` each customer once, ascending.

    numbers: by name, shape (rows,), NaN for null; keyed: the JSON columns.
    """

    run: Ints
    journey: Ints
    customer: Ints
    people: Ints
    numbers: Mapping[str, Floats]
    keyed: Mapping[str, Keyed]


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


def read_runs(rows: QuerySet[RunScore], keys: Keys) -> RunColumns:
    """Every number of the rows that a table or a history of runs is made of; moments in seconds since 1970.

    One query, a second where rows are odd: where a key has more than one number, or a key was not expected.
    """
    wanted = [(kind, key) for kind in KINDS for key in getattr(keys, kind)][: MOST_COLUMNS - len(NUMBERS) - len(WHOLES)]
    projected = {f"{kind} {key}": _projected(kind, key) for kind, key in wanted}
    plain: dict[str, str | Expression] = {name: name for name in NUMBERS}
    found = read_columns(rows, WHOLES | {"odd": _odd(wanted)}, plain | _moments() | projected)
    order = np.lexsort((found.pop("key"), found["at"]))
    for name in list(found):  # one by one, so that no more than one column is there twice
        found[name] = found[name][order]
    odd = _odd_rows(rows, found["run"], found.pop("odd") > 0)
    first: dict[str, dict[str, Floats]] = {kind: {} for kind in KINDS}
    for kind, key in wanted:
        column = found.pop(f"{kind} {key}")
        if bool(np.isfinite(column).any()):
            first[kind][key] = column
    run, journey, who = (found.pop(name) for name in ("run", "journey", "customer"))
    held = {
        kind: keyed(len(run), many, first[kind], ((row, given[kind]) for row, given in odd))
        for kind, many in KINDS.items()
    }
    people, customer = np.unique(who, return_inverse=True)
    return RunColumns(run, journey, customer.astype(np.int64), people, found, held)


def _moments() -> dict[str, str | Expression]:
    outcome = Case(*(When(outcome=name, then=code) for code, name in enumerate(OUTCOMES)), output_field=IntegerField())
    moments = {"at": epoch("at"), "started_at": epoch("run__started_at"), "ended_at": epoch("run__ended_at")}
    return {**moments, "version": "run__version__number", "outcome": outcome}


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


def _odd_rows(rows: QuerySet[RunScore], runs: Ints, odd: Bools) -> list[tuple[int, dict[str, Any]]]:
    """The whole JSON of the odd rows by their place, ascending; rows that have come since are not among them."""
    place = {int(runs[at]): int(at) for at in np.flatnonzero(odd)}
    if not place:
        return []
    found = rows.order_by().filter(run_id__in=list(place)).values_list("run_id", *KINDS)
    return sorted(((place[run], dict(zip(KINDS, told, strict=True))) for run, *told in found), key=lambda row: row[0])
