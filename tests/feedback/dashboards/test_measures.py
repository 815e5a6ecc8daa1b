"""Measures by name: one value a run, in its unit, or nothing where the journey has none of that name."""

import numpy as np
import pytest

from feedback.dashboards.measures import measure_of, times_of
from feedback.queries.alert_inputs import last_stage
from feedback.queries.journey_definition import JourneyDefinition, journey_definition
from feedback.queries.run_history import RunHistory, run_history
from surveys.enums import StageKind
from surveys.models import JourneyVersion
from tests.factories import JourneyVersionFactory, StageFactory, SurveyFactory, published_survey
from tests.factories.asking import START
from tests.factories.history import Row, scored_runs

pytestmark = pytest.mark.django_db
ROWS = [
    Row(
        0,
        experience=60.0,
        days=4.0,
        stages={"apply": 80.0},
        ratings={"m-e2e.nps|0-10": [9.0], "m-e2e.again|1-5": [5.0]},
        waits={"apply->contract": 1.0},
        attributes={"paperless": "yes"},
        steps=2,
    ),
    Row(1, days=2.0, ratings={"m-e2e.nps|0-10": [6.0]}, waits={"apply->contract": 3.0}, attributes={"paperless": "no"}),
    Row(2, days=None),
]


def seen() -> tuple[JourneyDefinition, RunHistory]:
    """Three runs of a journey with a promised wait of 2 days; the third is still on its way."""
    version: JourneyVersion = JourneyVersionFactory(journey__code="m")
    StageFactory(version=version, code="apply", order=1)
    StageFactory(version=version, code="approval", order=2, kind=StageKind.WAIT, promised_days=2)
    StageFactory(version=version, code="contract", order=3)
    JourneyVersion.objects.filter(pk=version.pk).update(state="published", published_at=START)
    version.refresh_from_db()
    nps = {"code": "nps", "kind": "nps", "metric": "nps", "text": "Recommend?"}
    again = {"code": "again", "kind": "scale", "metric": "repeated_myself", "text": "Had to repeat?"}
    published_survey(SurveyFactory(code="m-e2e", journey=version.journey), [nps, again])
    scored_runs(version, ROWS)
    definition = journey_definition("m")
    assert definition is not None
    return definition, run_history([definition.journey_id])


@pytest.mark.parametrize(
    ("code", "unit", "better", "values"),
    [
        ("experience", "points", "higher", [60.0, None, None]),
        ("apply", "points", "higher", [80.0, None, None]),
        ("nps", "points", "higher", [100.0, -100.0, None]),
        ("again", "points", "lower", [100.0, None, None]),
        ("repeated_myself", "points", "lower", [100.0, None, None]),
        ("elapsed_days", "days", "lower", [4.0, 2.0, None]),
        ("wait:apply->contract", "days", "lower", [1.0, 3.0, None]),
        ("steps", "number", "lower", [2.0, 3.0, 3.0]),
        ("promise_kept", "share", "higher", [1.0, 0.0, None]),
        ("paperless", "share", "higher", [1.0, 0.0, None]),
        ("abandoned", "share", "lower", [0.0, 0.0, None]),
    ],
)
def test_measure_has_unit_direction_and_values(code: str, unit: str, better: str, values: list[float | None]) -> None:
    measure = measure_of(code, *seen())
    assert measure is not None
    assert (measure.unit, measure.better) == (unit, better)
    expected = np.sort(np.array(values, dtype=float))
    assert np.sort(measure.values).tolist() == pytest.approx(expected.tolist(), nan_ok=True)


def test_measure_of_another_name_is_none() -> None:
    assert measure_of("happiness", *seen()) is None


def test_times_count_what_is_not_over_yet() -> None:
    definition, history = seen()
    end = float(history.started[np.isnan(history.ended)][0]) + 10.0
    elapsed = measure_of("elapsed_days", definition, history)
    wait = measure_of("apply->contract", definition, history)
    assert elapsed is not None
    assert wait is not None
    for measure, days in ((elapsed, [4.0, 2.0, 10.0]), (wait, [1.0, 3.0, 10.0])):
        times = times_of(measure, definition, history, end)
        assert times is not None
        assert sorted(times.days.tolist()) == pytest.approx(sorted(days))
        assert times.ended[np.argsort(times.days)].tolist() == [True, True, False]


@pytest.mark.parametrize(("waits", "stage"), [({}, "apply"), ({"apply->contract": 1.0}, "contract")])
def test_last_stage_is_the_end_of_the_last_passage(waits: dict[str, float], stage: str) -> None:
    assert last_stage(waits, seen()[0]) == stage
