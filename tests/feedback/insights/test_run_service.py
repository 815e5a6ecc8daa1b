"""The service score of a run."""

import numpy as np
import pytest

from feedback.insights.run_service import run_scores, stage_means

NAN = float("nan")


def test_run_scores_any_is_the_mean_of_the_answered_stages():
    runs = run_scores(np.array([[95, 90, 95, 90, 95], [80, NAN, 60, NAN, NAN], [NAN] * 5]))
    assert runs.service[:2].tolist() == [93.0, 70.0]
    assert runs.lowest[:2].tolist() == [90.0, 60.0]
    assert np.isnan(runs.service[2])
    assert np.isnan(runs.lowest[2])
    assert runs.answered.tolist() == [5, 2, 0]


def test_run_scores_complete_needs_every_stage():
    runs = run_scores(np.array([[100, 50], [80, NAN]]), "complete")
    assert runs.service[0] == 75.0
    assert np.isnan(runs.service[1])
    assert np.isnan(runs.lowest[1])


@pytest.mark.parametrize("rule", ["any", "complete"])
def test_run_scores_no_service_stage_is_missing(rule):
    runs = run_scores(np.empty((2, 0)), rule)
    assert np.isnan(runs.service).all()
    assert np.isnan(runs.lowest).all()


def test_run_scores_flat_input_is_refused():
    with pytest.raises(ValueError, match="runs, stages"):
        run_scores(np.array([1.0, 2.0]))


def test_stage_means_several_answers_count_once():
    table = stage_means(np.array([0, 0, 0, 1]), np.array([0, 0, 1, 1]), [100, 50, 25, None], runs=2, stages=2)
    assert table[0].tolist() == [75.0, 25.0]
    assert np.isnan(table[1]).all()
    # Stages count the same, however many answers each has.
    assert run_scores(table).service[0] == 50.0
