"""Everything that is published of a small world, as equations: no cell of one to four customers follows from them.

What is unknown is what the runs of one region, product and day say together: about each stage, the service, the whole,
whether they recommend; also of those that nobody is of, unless a view tells that they are empty. Every mean with its n
is one equation over these. A cell is given away where its sum is a combination of them. That stages add up to the
service score is held by hand (test_told.py).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import combinations, product
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from feedback.dashboards.comparison import Query, build_comparison
from surveys.enums import SurveyKind
from tests.factories import published_journey, published_survey
from tests.factories.asking import CustomerFactory, SurveyFactory
from tests.factories.history import FIRST, Row, scored_runs
from tests.factories.listening import measured_journey
from tests.sizes import FULL

pytestmark = pytest.mark.django_db
STAGES, REGIONS, PRODUCTS, DAYS = ("quote", "buy"), ("", "north", "south", "west"), ("a", "b"), (0, 7, 8, 31, 40)
# Service and experience each of the runs that the gap holds, and of the others.
NUMBERS = (*STAGES, "nps", "service", "service alone", "experience", "experience alone")
SUMS = {
    "service": ("service", "service alone"),
    "experience": ("experience", "experience alone"),
    **{name: (name,) for name in (*STAGES, "nps")},
}
NPS, K = "whole.would|0-10", 5
Value = dict[str, Any]
Flags = npt.NDArray[np.bool_]
Vector = npt.NDArray[np.float64]
Cell = tuple[str, str, int]
CELLS: list[Cell] = list(product(REGIONS, PRODUCTS, DAYS))


@dataclass(frozen=True)
class Run:
    """One run: what it was about, when, and what was said of it."""

    region: str
    product: str
    day: int
    stages: tuple[bool, bool]
    whole: bool
    would: bool

    @property
    def cell(self) -> Cell:
        return self.region, self.product, self.day


RUNS = st.builds(
    Run,
    st.sampled_from(REGIONS),
    st.sampled_from(PRODUCTS),
    st.sampled_from(DAYS),
    st.tuples(st.booleans(), st.booleans()),
    st.booleans(),
    st.booleans(),
)
# Groups of equal runs, so that cells of a few and of many customers lie beside each other; some customers come twice.
WORLDS = st.lists(st.tuples(RUNS, st.sampled_from([1, 2, 3, 6, 9, 20]), st.booleans()), min_size=2, max_size=8)
Groups = list[tuple[Run, int, bool]]
# Each of these was given away once: by a day more, by one region less, by those of no region, by one side of the gap.
LEAKS: Groups = [
    (Run("north", "a", 7, (True, True), True, True), 20, False),
    (Run("north", "a", 8, (True, False), True, True), 2, False),
    (Run("", "b", 31, (True, True), True, False), 3, False),
    (Run("south", "b", 31, (False, True), False, True), 9, False),
    (Run("west", "b", 40, (False, False), True, True), 2, False),
]


def _ratings(n: int, run: Run, given: dict[str, float]) -> dict[str, list[float]]:
    found = {f"shop-{code}.overall|0-10": [score / 10] for code, score in given.items()}
    found |= {"shop-e2e.overall|0-10": [float(n % 9)]} if run.whole else {}
    return found | ({NPS: [float(n % 10)]} if run.would else {})


class World:
    """Runs in the database; who: the customer of each; said: which of them have each number."""

    def __init__(self, groups: Groups) -> None:
        self.runs = [run for run, number, _again in groups for _ in range(number)]
        self.who = np.concatenate([np.arange(n) + (0 if again else 100 * g) for g, (_r, n, again) in enumerate(groups)])
        self._write()
        s, e = (np.array(flags) for flags in ([any(r.stages) for r in self.runs], [r.whole for r in self.runs]))
        self.said: dict[str, Flags] = {
            **{code: np.array([run.stages[i] for run in self.runs]) for i, code in enumerate(STAGES)},
            "nps": np.array([run.would for run in self.runs]),
            "service": s & e,
            "service alone": s & ~e,
            "experience": s & e,
            "experience alone": e & ~s,
        }

    def _write(self) -> None:
        version = published_journey(STAGES, code="shop", options={"coverage_by": "region"})
        measured_journey(version)
        whole = SurveyFactory(code="whole", kind=SurveyKind.END_TO_END, journey=version.journey)
        published_survey(whole, [{"code": "would", "kind": "nps", "metric": "nps", "scale": (0, 10)}])
        people = {int(n): CustomerFactory() for n in np.unique(self.who)}
        scored_runs(version, [self._row(n, run, people[int(self.who[n])]) for n, run in enumerate(self.runs)])

    def _row(self, n: int, run: Run, customer: Any) -> Row:
        given = {code: 40.0 + 10 * (n % 5) for code, yes in zip(STAGES, run.stages, strict=True) if yes}
        return Row(
            run.day,
            experience=10.0 * (n % 9) if run.whole else None,
            service=sum(given.values()) / len(given) if given else None,
            days=0.5,
            stages=given,
            ratings=_ratings(n, run, given),
            attributes={"region": run.region, "product": run.product},
            customer=customer,
        )

    def counted(self, name: str, inside: Callable[[Cell], bool]) -> Flags:
        """The runs behind a number in some cells."""
        within = np.array([inside(run.cell) for run in self.runs])
        return within & np.any([self.said[part] for part in SUMS[name]], axis=0)


def vector(name: str, inside: Callable[[Cell], bool]) -> Vector:
    """The sum of a number over some cells, over all that is unknown."""
    found = np.zeros((len(NUMBERS), len(CELLS)))
    for part in SUMS[name]:
        found[NUMBERS.index(part)] = [inside(cell) for cell in CELLS]
    return found.ravel()


class Published:
    """The equations that values tell."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.rows: list[Vector] = []

    def value(self, value: Value) -> None:
        """Everything of one value that a mean with its n stands for."""
        inside = _view(value)
        self.numbers(value, inside)
        for stage in value["stages"]:
            self.mean(stage["code"], inside, None if stage["state"] == "hidden" else stage["n"])
        for row in value["csat"]:
            self.mean(row["stage"] or "experience", inside, row["n"])
        for row in value["phases"]:
            self.mean("service", inside, None if row["state"] == "hidden" else row["n"])
        for row in value["segments"]:
            if row["experience"]:
                self.numbers(row, _view(value, row))
        for row in value["coverage"]["classes"]:
            of_class = _view(value, {"name": "region", "value": row["name"]})
            self.mean("experience", of_class, None if row["state"] == "hidden" else row["answers"])
        for series in value["trends"]:
            self.series(series, inside)

    def numbers(self, told: Value, inside: Callable[[Cell], bool]) -> None:
        for name in ("experience", "service", "nps"):
            self.mean(name, inside, told[name]["n"] if told[name] else None)
        gap = told["gap"]
        if gap and gap["gap"] is not None:
            row = np.zeros((len(NUMBERS), len(CELLS)))
            row[NUMBERS.index("service")] = [inside(cell) for cell in CELLS]
            row[NUMBERS.index("experience")] = -row[NUMBERS.index("service")]
            self.rows.append(row.ravel())

    def series(self, series: Value, inside: Callable[[Cell], bool]) -> None:
        """Its periods; where one is not named, nobody answered in it."""
        points = {point["period"]: point["n"] for point in series["points"]}
        for day in DAYS:
            period = _period(day, series["by"])
            within = [other for other in DAYS if _period(other, series["by"]) == period]
            self.mean(
                series["code"],
                [cell for cell in CELLS if inside(cell) and cell[2] in within].__contains__,
                points.get(period, 0),
            )

    def mean(self, name: str, inside: Callable[[Cell], bool], n: int | None) -> None:
        """n None: hidden; 0: each of its cells is empty."""
        if n == 0:
            self.rows += [vector(name, [cell].__contains__) for cell in CELLS if inside(cell)]
        elif n is not None:
            assert n == int(self.world.counted(name, inside).sum())
            self.rows.append(vector(name, inside))

    def given_away(self) -> list[str]:
        """Cells of one to four customers, of any number in any view between any two days, whose sum follows."""
        _left, sizes, right = np.linalg.svd(np.array(self.rows), full_matrices=False)
        space = right[sizes > 1e-9]
        return [label for label, row in self._small() if np.linalg.norm(row - (row @ space.T) @ space) < 1e-6]

    def _small(self) -> Iterator[tuple[str, Vector]]:
        said = {name: self.world.counted(name, lambda _cell: True) for name in SUMS}
        times = combinations((*DAYS, 99), 2)
        for region, bought, (first, last) in product((None, *REGIONS), (None, *PRODUCTS), times):
            inside = [
                cell for cell in CELLS
                if region in (None, cell[0]) and bought in (None, cell[1]) and first <= cell[2] < last
            ]  # fmt: skip
            there = np.array([run.cell in inside for run in self.world.runs])
            for name in SUMS:
                if 0 < len(np.unique(self.world.who[there & said[name]])) < K:
                    yield f"{name} of {region}, {bought}, days {first} to {last}", vector(name, inside.__contains__)


def _view(value: Value, row: Value | None = None) -> Callable[[Cell], bool]:
    """Whether the runs of a cell are in a view; row: of a break-down."""
    first, last = (value["window"][end] and datetime.fromisoformat(value["window"][end]) for end in ("from", "to"))
    wanted = {**value["filters"]["segments"], **({row["name"]: row["value"]} if row else {})}

    def inside(cell: Cell) -> bool:
        at = FIRST + timedelta(days=cell[2] + 0.5)
        named = {"region": cell[0], "product": cell[1]}
        return all(named[n] == v for n, v in wanted.items()) and (not first or at >= first) and (not last or at < last)

    return inside


def _period(day: int, by: str) -> str:
    on: date = (FIRST + timedelta(days=day)).date()
    return f"{on:%Y-%m}" if by == "month" else (on - timedelta(days=on.weekday())).isoformat()


def questions() -> Iterator[Query]:
    """By itself, broken down, filtered by one attribute and by two, in windows, and some of these at once."""
    yield Query("shop", by="region")
    yield Query("shop", by="product")
    for region in REGIONS[1:]:
        yield Query("shop", segments={"region": region}, by="product")
    yield Query("shop", segments={"product": "a"}, by="region")
    days = [FIRST + timedelta(days=day) for day in (1, 8, 31)]
    for end in days:
        yield Query("shop", end=end, by="region")
    yield Query("shop", start=days[0], end=days[2], segments={"region": "north"})
    yield Query("shop", start=days[1])


@settings(
    max_examples=60 if FULL else 3,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate],
)
@given(WORLDS)
@example(LEAKS)
def test_no_cell_of_too_few_follows_from_all_that_is_published(groups: Groups) -> None:
    with transaction.atomic():
        published = Published(World(groups))
        for query in questions():
            value = build_comparison(query)
            if not value["hidden"]:
                published.value(value)
        transaction.set_rollback(True)
    assert published.given_away() == []
