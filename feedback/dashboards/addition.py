"""What one part adds to the comparison; apart from it, so that parts and comparison do not import each other."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from feedback.dashboards.context import Context

Value = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Addition:
    """What one part adds to the value: keys of its own, and entries of the lists that all parts share."""

    values: Value = field(default_factory=dict)
    findings: list[Value] = field(default_factory=list)
    warnings: list[Value] = field(default_factory=list)
    suppressed: list[Value] = field(default_factory=list)


Part = Callable[[Context, Value], Addition]
