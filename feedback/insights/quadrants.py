"""Quadrants: service and experience each great or poor against a threshold, only where the intervals say so."""

from dataclasses import dataclass
from typing import Literal

from feedback.insights.suppression import INDICATIVE_BELOW, small_cell

THRESHOLD = 75.0

QuadrantLabel = Literal["great_great", "great_poor", "poor_great", "poor_poor", "borderline", "too_few"]
Advice = Literal["keep", "trap", "at_risk", "start_with_service", "borderline", "too_few"]
Drawn = Literal["full", "hollow", "nothing"]
_ADVICE: dict[str, Advice] = {
    "great_great": "keep",
    "great_poor": "trap",
    "poor_great": "at_risk",
    "poor_poor": "start_with_service",
    "borderline": "borderline",
    "too_few": "too_few",
}


@dataclass(frozen=True, slots=True)
class Quadrant:
    """Label (service first, experience second), what it advises, the thresholds used and how the dot is drawn."""

    label: QuadrantLabel
    advice: Advice
    service_threshold: float
    experience_threshold: float
    drawn: Drawn


def quadrant(
    service: tuple[float | None, float | None],
    experience: tuple[float | None, float | None],
    n_pairs: int,
    service_threshold: float = THRESHOLD,
    experience_threshold: float = THRESHOLD,
) -> Quadrant:
    """The quadrant of a journey (by segment) from the (lo, hi) of its two 0-100 scores (method 3.5).

    A side is great when lo >= threshold, poor when hi < threshold; a side in between makes it borderline. Under 30
    pairs: too_few, a hollow dot without label, under 5 nothing at all.
    """
    label = _label(_side(service, service_threshold), _side(experience, experience_threshold), n_pairs)
    drawn: Drawn = "nothing" if n_pairs < small_cell() else "hollow" if n_pairs < INDICATIVE_BELOW else "full"
    return Quadrant(label, _ADVICE[label], float(service_threshold), float(experience_threshold), drawn)


def _side(bounds: tuple[float | None, float | None], threshold: float) -> Literal["great", "poor"] | None:
    lo, hi = bounds
    if lo is not None and lo >= threshold:
        return "great"
    return "poor" if hi is not None and hi < threshold else None


def _label(
    service: Literal["great", "poor"] | None, experience: Literal["great", "poor"] | None, n_pairs: int
) -> QuadrantLabel:
    if n_pairs < INDICATIVE_BELOW:
        return "too_few"
    if service is None or experience is None:
        return "borderline"
    if service == "great":
        return "great_great" if experience == "great" else "great_poor"
    return "poor_great" if experience == "great" else "poor_poor"
