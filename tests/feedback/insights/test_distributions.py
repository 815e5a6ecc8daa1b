"""Quantiles and p values against printed tables."""

import pytest

from feedback.insights.distributions import Z95, chi2_p_value, t_p_value, t_quantile, z_p_value, z_quantile


def test_z_quantile_known_levels():
    assert (z_quantile(0.95), z_quantile(0.99)) == pytest.approx((1.959963985, 2.575829304))
    assert z_quantile(0.95) == Z95


@pytest.mark.parametrize(("df", "quantile"), [(1, 12.7062047), (3, 3.18244631), (29, 2.04522964), (1e9, 1.95996399)])
def test_t_quantile_table_values(df, quantile):
    assert t_quantile(df) == pytest.approx(quantile, abs=1e-7)


def test_t_quantile_infinite_df_is_normal():
    assert t_quantile(float("inf")) == Z95


@pytest.mark.parametrize("df", [0, -1, float("nan")])
def test_t_quantile_no_df_is_refused(df):
    with pytest.raises(ValueError, match="degrees of freedom"):
        t_quantile(df)


def test_p_values_at_their_own_quantile_are_five_per_cent():
    assert t_p_value(-t_quantile(7), 7) == pytest.approx(0.05)
    assert z_p_value(Z95) == pytest.approx(0.05)
    assert chi2_p_value(3.841458821, 1) == pytest.approx(0.05)


def test_t_p_value_infinite_statistic_is_zero():
    assert t_p_value(float("inf"), 3) == 0.0
