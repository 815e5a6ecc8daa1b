"""What is known beside the answers: the values of customer, contact, run, stage and link that logic may look at."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

Value = str | float | bool | None

ATTRIBUTE: Final = "attr."
NAMES: Final[dict[str, tuple[str, ...]]] = {
    "customer": ("segment", "language"),
    "interaction": ("agent", "team", "channel", "reason", "initiator", "resolved", "date"),
    "run": ("outcome",),
    "stage": ("name", "code"),
}
WITH_ATTRIBUTES: Final = ("customer", "interaction", "run")
_NAME: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]{0,59}")


@dataclass(frozen=True)
class Context:
    """Values by name, `attr.NAME` for attributes. `hidden` holds what the link carried. Missing is None."""

    customer: Mapping[str, Value] = field(default_factory=dict)
    interaction: Mapping[str, Value] = field(default_factory=dict)
    run: Mapping[str, Value] = field(default_factory=dict)
    stage: Mapping[str, Value] = field(default_factory=dict)
    hidden: Mapping[str, Value] = field(default_factory=dict)

    def value(self, source: str, name: str) -> Value:
        """The value under an allowed name; None for anything else. A plain look-up, never an attribute."""
        if not is_known(source, name):
            return None
        found: Value = {
            "customer": self.customer,
            "interaction": self.interaction,
            "run": self.run,
            "stage": self.stage,
            "hidden": self.hidden,
        }[source].get(name)
        return None if found == "" else found


NOTHING: Final = Context()


def is_known(source: str, name: str) -> bool:
    """Whether logic may look at this name of this source."""
    if source == "hidden":
        return bool(_NAME.fullmatch(name))
    if name.startswith(ATTRIBUTE):
        return source in WITH_ATTRIBUTES and bool(_NAME.fullmatch(name.removeprefix(ATTRIBUTE)))
    return name in NAMES.get(source, ())


def names_of(source: str) -> str:
    """The names of a source in words, for messages."""
    names = [*NAMES.get(source, ()), *(["attr.NAME"] if source in WITH_ATTRIBUTES else [])]
    return ", ".join(names)
