"""Newton's logit against statsmodels' figures, and what it refuses."""

import numpy as np
import pytest

from feedback.insights.logistic import logistic, marginal_effect

I60 = np.arange(60)
X = np.column_stack([((I60 * 37) % 11) / 2.0, ((I60 * 17) % 7) - 3.0])
CHANCE = 1 / (1 + np.exp(0.4 - 0.5 * (X[:, 0] - 2.5) + 0.3 * X[:, 1]))
Y = ((((I60 * 29 + 13) % 60 + 0.5) / 60) < CHANCE).astype(float)
GROUPS = I60 % 20


def test_logistic_equals_statsmodels():
    fit = logistic(Y, X, GROUPS)
    assert fit.constant == pytest.approx(-1.7340419291544638, abs=1e-8)
    assert [c.value for c in fit.coefficients] == pytest.approx([0.5667870499035986, -0.3365025872973629], abs=1e-8)
    assert [c.se for c in fit.coefficients] == pytest.approx([0.20733511998691376, 0.18956463098118534], abs=1e-8)


def test_marginal_effect_equals_statsmodels():
    fit = logistic(Y, X, GROUPS)
    assert fit is not None
    effects = [marginal_effect(fit, X, j) for j in (0, 1)]
    assert [e.value for e in effects] == pytest.approx([0.10911974369706702, -0.06478460664465337], abs=1e-8)
    assert [e.se for e in effects] == pytest.approx([0.028251856899131313, 0.030858572200251632], abs=1e-8)
    assert marginal_effect(fit, X, 0, 10.0).value == pytest.approx(10 * effects[0].value)


def test_odds_ratio_is_the_exponential():
    fit = logistic(Y, X, GROUPS)
    assert fit.coefficients[0].odds_ratio == pytest.approx(np.exp(0.5667870499035986))


@pytest.mark.parametrize(
    ("outcome", "columns"),
    [
        (np.ones(60), X),
        ((X[:, 0] > 2).astype(float), X),
        (Y, np.column_stack([X, X[:, 0]])),
        (Y, np.column_stack([X, np.ones(60)])),
    ],
    ids=["one outcome", "separated", "twins", "constant"],
)
def test_logistic_without_a_maximum_is_none(outcome, columns):
    assert logistic(outcome, columns) is None


def test_logistic_one_customer_is_none():
    assert logistic(Y, X, np.zeros(60)) is None
