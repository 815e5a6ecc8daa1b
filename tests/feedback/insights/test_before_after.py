"""Before and after: equal follow-up, case mix, comparison group, shocks, states; and the models it stands on."""

import numpy as np
import pytest

from feedback.insights.before_after import Runs, before_after, follow_up_days, judged_change, with_family
from feedback.insights.segmented import level_change, newey_west
from feedback.insights.two_way import two_way_mean

NAN = float("nan")


def runs(seed, lift=0.0, shock=0.0, n=1200, change=182.0):
    rng = np.random.default_rng(seed)
    started = rng.uniform(0, 364, n)
    weeks = rng.normal(0, shock, 52) if shock else np.zeros(52)
    values = 70 + rng.normal(0, 12, n) + lift * (started >= change) + weeks[(started // 7).astype(int)]
    return Runs(values, started, started + rng.lognormal(1, 0.5, n), np.arange(n) % 900)


def test_before_after_lift_is_found():
    (found,) = with_family([before_after(runs(1, lift=8), 182, 400)])
    assert (found.state, found.finding, found.two_way, found.placebo_rank) == ("improved", True, True, 1)
    assert found.change.value == pytest.approx(8, abs=2)
    assert found.level.level == pytest.approx(8, abs=5)


def test_before_after_cohorts_are_followed_alike():
    found = before_after(runs(1), 182, 400)
    assert found.before.end == pytest.approx(182 - found.follow_up)
    assert found.after.start == 182
    assert found.before.end - found.before.start == found.after.end - found.after.start
    share = [cohort.unfinished / cohort.runs for cohort in (found.before, found.after)]
    assert share == pytest.approx([0.05, 0.05], abs=0.03)


def test_before_after_too_early_without_a_ripe_week():
    data = runs(1)
    follow = follow_up_days(data)
    assert before_after(data, 182, 182 + follow + 6.9).state == "too_early"
    assert before_after(data, 182, 182 + follow + 7).state != "too_early"


def test_before_after_immature_runs_are_no_change():
    """Unhappy customers take longer: without equal follow-up the last weeks look better by themselves."""
    flagged = 0
    for seed in range(40):
        rng = np.random.default_rng(seed)
        started = rng.uniform(0, 120, 800)
        elapsed = rng.lognormal(2, 0.8, 800)
        values = 80 - 0.8 * np.minimum(elapsed, 40) + rng.normal(0, 8, 800)
        done = started + elapsed <= 120
        data = Runs(np.where(done, values, NAN), started, np.where(done, started + elapsed, NAN))
        flagged += with_family([before_after(data, 60, 120)])[0].finding
    assert flagged <= 5


def test_before_after_weekly_shocks_are_no_change():
    found = [with_family([before_after(runs(s, shock=3), 182, 400)])[0] for s in range(60)]
    assert sum((r.change.p or 1) < 0.05 for r in found) <= 8
    assert sum(r.finding for r in found) <= 6


def test_before_after_case_mix_takes_a_new_mix_out():
    rng = np.random.default_rng(33)
    base = runs(3)
    hard = rng.random(1200) < np.where(base.started >= 182, 0.7, 0.3)
    data = Runs(
        base.values - 20 * hard, base.started, base.ended, base.customers, ["hard" if h else "easy" for h in hard]
    )
    (found,) = with_family([before_after(data, 182, 400)])
    assert found.change.value == pytest.approx(-8, abs=2.5)
    assert found.case_mix.value == pytest.approx(0, abs=2)
    assert (found.state, found.finding, judged_change(found)) == ("no_clear_change", False, found.case_mix)


def test_before_after_comparison_takes_a_common_change_out():
    found = before_after(runs(4, lift=6), 182, 400, comparison=runs(5, lift=6))
    plain = before_after(runs(5, lift=6), 182, 400).change
    assert found.compared.value == pytest.approx(found.change.value - plain.value, abs=0.3)
    assert found.compared.se == pytest.approx((found.change.se**2 + plain.se**2) ** 0.5, rel=0.05)
    assert found.state == "no_clear_change"


@pytest.mark.parametrize(
    ("lift", "target", "higher", "state"),
    [
        (8, 75, True, "achieved"),
        (8, 79, True, "improved"),
        (0, None, True, "no_clear_change"),
        (-8, None, True, "worse"),
        (-8, 65, False, "achieved"),
        (8, None, False, "worse"),
        (0, 60, True, "achieved"),
    ],
)
def test_before_after_states(lift, target, higher, state):
    assert before_after(runs(1, lift=lift), 182, 400, target, higher).state == state


def test_before_after_no_answers_is_not_enough():
    data = runs(1)
    assert before_after(Runs([NAN] * 1200, data.started, data.ended), 182, 400).state == "not_enough"


def test_before_after_no_variation_has_no_error():
    data = runs(1)
    found = before_after(Runs([80.0] * 1200, data.started, data.ended), 182, 400)
    assert (found.change.value, found.state) == (0.0, "no_clear_change")


def test_newey_west_equals_statsmodels():
    t = np.arange(30.0)
    z = 50 + 0.2 * t + ((np.arange(30) * 7) % 5) + 3 * (t >= 14)
    design = np.column_stack([np.ones(30), t, (t >= 14) * 1.0, (t >= 14) * (t - 14)])
    beta, covariance = newey_west(z, design)
    assert list(beta) == pytest.approx(
        [51.71428571428571, 0.2329670329670349, 2.7212346477052325, -0.010908209437621164]
    )
    errors = [0.38104394282881554, 0.04986990766511745, 0.5147693322996513, 0.0538538996155808]
    assert list(np.sqrt(np.diag(covariance))) == pytest.approx(errors)
    found = level_change(z[:14], z[14:])
    assert (found.level, found.weeks_before, found.weeks_after) == (pytest.approx(2.7212346477), 14, 16)


def test_level_change_needs_twelve_weeks():
    assert level_change(np.arange(11.0), np.arange(20.0)) is None
    assert level_change(np.append(np.arange(11.0), NAN), np.arange(20.0)) is None


def test_two_way_mean_equals_statsmodels():
    i = np.arange(60)
    found = two_way_mean(70 + 6 * ((i // 6) % 2) + 5 * ((i % 20) % 2) + ((i * 31) % 13) / 4, i % 20, i // 6)
    assert (found.value, found.se, found.df) == (pytest.approx(TWO_WAY[0]), pytest.approx(TWO_WAY[1]), 9.0)


TWO_WAY = (77.00416666666668, 1.0915196611177478)
