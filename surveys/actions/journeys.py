"""What holds for a journey as a whole, whatever its version: the colour of its answer pages."""

from django.core.exceptions import ValidationError

from surveys.models import Journey
from surveys.rendering.contrast import accent_problem


def set_accent(journey: Journey, accent: str) -> None:
    """Colour its answer pages; "" is the usual blue. ValidationError where nobody could read it."""
    told = accent.strip().lower()
    problem = accent_problem(told) if told else ""
    if problem:
        raise ValidationError(problem)
    journey.accent = told
    journey.save(update_fields=["accent"])
