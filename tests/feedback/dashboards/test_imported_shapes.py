"""Tables of shapes that nobody here has seen, from the programme file to the comparison, against an own computation."""

# ruff: noqa: E501, ISC004 - a programme, sentences

import csv
import io
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import special

from feedback.actions.imports.run_import import ImportRequest, run_import
from feedback.actions.programmes import load_text
from feedback.dashboards.comparison import Query, build_comparison

pytestmark = pytest.mark.django_db
Value = dict[str, Any]
ITEMS = ("Online booking", "Check-in", "Crew", "Seat")

PROGRAMME = """
journey: {code: flight, name: A flight, headline: satisfied}
stages:
  - {code: booking, name: Booking}
  - {code: cabin, name: In the cabin}
  - {code: seat, name: The seat, kind: non_service}
surveys:
  - {code: f-booking, kind: touchpoint, stage: booking, headline: online, questions: [
      {code: online, kind: scale, scale: [1, 5], text: Online booking}, {code: desk, kind: scale, scale: [1, 5], text: Desk}]}
  - {code: f-cabin, kind: touchpoint, stage: cabin, headline: crew, questions: [{code: crew, kind: scale, scale: [1, 5], text: Crew}]}
  - {code: f-seat, kind: touchpoint, stage: seat, headline: seat, questions: [{code: seat, kind: scale, scale: [1, 5], text: Seat}]}
  - {code: f-whole, kind: end_to_end, questions: [
      {code: satisfied, kind: yes_no, text: Satisfied?},
      {code: likely_5, kind: scale, scale: [1, 5], metric: other, text: How likely?},
      {code: likely, kind: nps, text: How likely?, replaces: likely_5}]}
imports:
  flights:
    customer: Airline
    time: {column: Date, format: "%d/%m/%Y", zone: UTC}
    segments: {age: {column: Age, bands: [30, 60]}}
    questions:
      Online booking: {question: booking.online, missing: [0]}
      Check-in: {question: booking.desk, missing: [0]}
      Crew: {question: cabin.crew, missing: [0]}
      Seat: {question: seat.seat, missing: [0]}
      satisfaction: {question: journey.satisfied, values: {satisfied: "yes", neutral or dissatisfied: "no"}}
      Likely:
        - {question: journey.likely_5, until: 2025-01-31}
        - {question: journey.likely, from: 2025-02-01}
"""

Rows = list[dict[str, Any]]


@pytest.fixture
def rows() -> Rows:
    """600 passengers of 30 airlines, the first of which has a sixth of them; 0 means: not used."""
    rng = np.random.default_rng(11)
    airline = np.concatenate([np.zeros(100, dtype=int), rng.integers(1, 30, 500)])
    mood = rng.normal(0, 1, 30)[airline] + rng.normal(0, 1, 600)
    items = np.clip(np.rint(3 + 0.6 * mood[:, None] + rng.normal(0, 0.9, (600, 4))), 1, 5).astype(int)
    items[rng.random((600, 4)) < 0.05] = 0
    items[100:110, [0, 2]] = 0  # of enough airlines that the gap need leave out nobody to hide them
    happy = mood + 0.5 * items[:, 2] + rng.normal(0, 1, 600) > 1.5
    return [
        {
            "Airline": f"A{airline[i]}",
            "Date": f"{i % 28 + 1:02}/0{i % 2 + 1}/2025",
            "Age": int(20 + i % 60),
            **dict(zip(ITEMS, items[i].tolist(), strict=True)),
            "satisfaction": "satisfied" if happy[i] else "neutral or dissatisfied",
            "Likely": int(np.clip(round(3 + mood[i]), 1, 5))
            if i % 2 == 0
            else int(np.clip(round(6 + 2 * mood[i]), 0, 10)),
        }
        for i in range(600)
    ]


@pytest.fixture
def compared(rows: Rows, tmp_path: Path) -> Callable[..., Value]:
    """Load, import twice, compare."""
    load_text(PROGRAMME, publish=True)
    path = tmp_path / "table.csv"
    text = io.StringIO()
    table = csv.DictWriter(text, list(rows[0]))
    table.writeheader()
    table.writerows(rows)
    path.write_text(text.getvalue(), encoding="utf-8")
    request = ImportRequest("answers", path, "flights", now=datetime(2025, 6, 1, tzinfo=UTC))
    first, again = run_import(request), run_import(request)
    assert (first.created, first.refused, again.unchanged) == (600, 0, 600)
    return lambda **options: build_comparison(Query(journey="flight", **options))


def scores(rows: Rows) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Items 0-100 (NaN: not used), outcome 0 or 100, airline."""
    items = np.array([[row[name] for name in ITEMS] for row in rows], dtype=np.float64)
    items[items == 0] = np.nan
    outcome = np.array([100.0 if row["satisfaction"] == "satisfied" else 0.0 for row in rows])
    return (items - 1) * 25, outcome, np.array([int(row["Airline"][1:]) for row in rows])


def clustered(values: np.ndarray, clusters: np.ndarray) -> list[float]:
    """Mean and interval, clustered."""
    known = np.isfinite(values)
    values, clusters = values[known], clusters[known]
    sums = np.bincount(clusters, weights=values - values.mean())
    count = len(np.unique(clusters))
    half = special.stdtrit(count - 1, 0.975) * np.sqrt(count / (count - 1) * (sums**2).sum()) / len(values)
    return [values.mean(), values.mean() - half, values.mean() + half, len(values), count]


def test_binary_outcome_clustered_by_airline_is_as_computed_by_hand(compared, rows):
    value = compared()
    items, outcome, airline = scores(rows)
    service = np.nanmean(items[:, [0, 2]], axis=1)
    for name, values in (("experience", outcome), ("service", service)):
        found = [value[name][key] for key in ("score", "lo", "hi", "n", "customers")]
        assert found == pytest.approx(clustered(values, airline), rel=1e-9)
    gap = [value["gap"][key] for key in ("gap", "lo", "hi", "n_pairs", "customers")]
    assert gap == pytest.approx(clustered(service - outcome, airline), rel=1e-9)
    assert value["experience"]["scale"] == [0.0, 1.0]
    assert (value["gap"]["finding"], value["warnings"][0]["code"]) == (False, "different_scales")


def test_binary_outcome_drivers_are_points_with_cluster_jackknife(compared, rows):
    drivers = compared()["drivers"]
    items, outcome, airline = scores(rows)
    keep = np.isfinite(items).all(axis=1)
    design = np.column_stack([np.ones(keep.sum()), items[keep]])
    y, clusters = outcome[keep], airline[keep]
    fit = np.linalg.lstsq(design, y, rcond=None)[0]
    residual = y - design @ fit
    left_out = [np.linalg.lstsq(design[clusters != g], y[clusters != g], rcond=None)[0] for g in np.unique(clusters)]
    deviations = np.array(left_out) - fit
    errors = np.sqrt((deviations**2).sum(axis=0))
    half = special.stdtrit(len(left_out) - 1, 0.975) * errors
    codes = ("online", "desk", "crew", "seat")
    found = {item["code"]: item for item in drivers["items"]}
    assert drivers["r2"] == pytest.approx(1 - (residual**2).sum() / ((y - y.mean()) ** 2).sum(), rel=1e-9)
    for place, code in enumerate(codes, start=1):
        ends = [fit[place], fit[place] - half[place], fit[place] + half[place]]
        assert [found[code][key] for key in ("slope", "lo", "hi")] == pytest.approx(ends, rel=1e-6)


def test_scale_that_changed_on_a_day_is_told_and_never_pooled(compared, rows):
    value = compared()
    new = np.array([row["Likely"] for row in rows if row["Date"][3:5] == "02"])
    expected = 100 * ((new >= 9).mean() - (new <= 6).mean())
    assert (value["nps"]["n"], value["nps"]["score"]) == (300, pytest.approx(expected))
    told = [each["text"] for each in value["warnings"] if each["code"] == "scale_changed"]
    assert told == [
        "f-whole.likely_5 (1-5, 300 answers until 2025-01) was replaced by f-whole.likely (0-10, 300 answers from "
        "2025-02): the scale changed, so the two are not pooled, and the earlier answers are in no score of "
        "f-whole.likely."
    ]


def test_bands_of_an_attribute_are_segments(compared, rows):
    found = {each["value"]: each["experience"]["n"] for each in compared(by="age")["segments"]}
    assert found == {"under 30": 100, "30-59": 300, "60 and over": 200}
    assert compared(segments={"age": "under 30"})["experience"]["n"] == 100


def test_ratings_that_most_gave_are_not_told_as_few(compared):
    assert [each["code"] for each in compared()["warnings"]].count("incomplete_ratings") == 0


def test_ratings_that_most_left_out_are_told(rows, tmp_path):
    for row in rows[:450]:
        row["Seat"] = 0
    load_text(PROGRAMME, publish=True)
    path = tmp_path / "sparse.csv"
    path.write_text(",".join(rows[0]) + "\n" + "\n".join(",".join(map(str, row.values())) for row in rows))
    run_import(ImportRequest("answers", path, "flights", now=datetime(2025, 6, 1, tzinfo=UTC)))
    value = build_comparison(Query(journey="flight"))
    [told] = [each["text"] for each in value["warnings"] if each["code"] == "incomplete_ratings"]
    assert told.startswith(f"Only {value['drivers']['n']} of 600 who rated the whole gave every single rating")


def test_table_of_answers_tells_nothing_of_steps_and_time(compared):
    value = compared()
    tiles = {tile["code"] for block in value["scorecard"]["blocks"] for tile in block["tiles"]}
    assert tiles & {"elapsed_days", "steps", "contacts", "switches", "repeats"} == set()
    assert value["length"] is None
    (scope,) = [row for row in value["contrast"] if row["code"] == "scope"]
    assert "median" not in str(scope)
