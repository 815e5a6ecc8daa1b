"""How many answers a margin takes (method 2.22)."""

from math import ceil

from feedback.insights.distributions import Z95

SPREAD = 20.0  # a usual standard deviation of 0-100 answers, where none is known


def answers_for(margin: float, spread: float = SPREAD) -> int:
    """n = z^2 s^2 / m^2, rounded up: for a mean of 0-100 answers to be known to +- margin points.

    Raises ValueError unless both are above 0.
    """
    if not margin > 0 or not spread > 0:
        raise ValueError(f"a margin and a spread above 0 are needed, got {margin} and {spread}")
    return ceil((Z95 * spread / margin) ** 2 - 1e-9)


def answers_for_nps(margin: float, promoters: float = 0.5, detractors: float = 0.2) -> int:
    """The same for an NPS: s^2 = 100^2 (P + D - (P - D)^2)."""
    variance = promoters + detractors - (promoters - detractors) ** 2
    return answers_for(margin, 100 * variance**0.5)
