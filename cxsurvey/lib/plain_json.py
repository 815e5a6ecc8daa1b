"""JSON that PostgreSQL can store: no NUL, no half characters, no infinite numbers, not nested without end."""

from math import isfinite
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

MAX_DEPTH = 10


def validate_attributes(value: Any) -> None:
    """Validator of a mapping of attributes; ValidationError says what is wrong."""
    if not isinstance(value, dict):
        raise ValidationError(_('Give names with values, such as {"region": "north"}.'), code="not_a_mapping")
    _check(value, 0)


def _check(value: Any, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise ValidationError(_("It is nested too deeply."), code="too_deep")
    if isinstance(value, dict):
        for key, item in value.items():
            _check(key, depth)
            _check(item, depth + 1)
    elif isinstance(value, list):
        for item in value:
            _check(item, depth + 1)
    elif isinstance(value, float) and not isfinite(value):
        raise ValidationError(_("It holds a number that is not finite."), code="not_finite")
    elif isinstance(value, str) and any(char == "\0" or "\ud800" <= char <= "\udfff" for char in value):
        raise ValidationError(_("It holds a character that cannot be stored."), code="bad_character")
