"""What logic knows of an occasion beside the answers: its key, customer, contact, run, stage; read when looked at."""

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import Any, Final

from surveys.logic.context import NAMES, Context, Value
from surveys.models import Invitation

COLUMNS: Final = {
    "customer": ("segment", "language", "attributes"),
    "interaction": ("agent", "team", "channel", "reason", "initiator", "resolved", "started_at", "attributes"),
    "run": ("outcome", "attributes"),
    "stage": ("name", "code"),
}


def context_of(invitation: Invitation | None, hidden: Mapping[str, str]) -> Context:
    """Everything known of an occasion. One query at the first look, none without one."""
    if invitation is None:
        return Context(hidden=hidden)
    known = _Known(invitation.pk)
    return Context(
        customer=_Lazy(lambda: known.of("customer")),
        interaction=_Lazy(lambda: known.of("interaction")),
        run=_Lazy(lambda: known.of("run")),
        stage=_Lazy(lambda: known.of("stage")),
        hidden=hidden,
    )


def occasion_key(invitation: Invitation) -> str:
    """The one key of the one response that an invitation can have; also the seed of its random order."""
    return f"invitation:{invitation.public_id}"


class _Known:
    """The row of an invitation with all that logic may name."""

    def __init__(self, invitation_id: int) -> None:
        self._invitation_id = invitation_id

    @cached_property
    def _row(self) -> dict[str, Any]:
        columns = [f"{source}__{column}" for source, names in COLUMNS.items() for column in names]
        row: dict[str, Any] = Invitation.objects.filter(pk=self._invitation_id).values(*columns).get()
        return row

    def of(self, source: str) -> dict[str, Value]:
        """Values by the names that logic uses; attributes as attr.NAME."""
        row = {column: self._row[f"{source}__{column}"] for column in COLUMNS[source]}
        attributes = row.pop("attributes", None) or {}
        started = row.pop("started_at", None)
        found = {name: row[name] for name in NAMES[source] if name in row}
        found |= {f"attr.{name}": value for name, value in attributes.items() if isinstance(value, str | int | float)}
        return {**found, "date": started.date().isoformat()} if started else found


class _Lazy(Mapping[str, Value]):
    """A mapping that is made when it is first looked at."""

    def __init__(self, make: Callable[[], dict[str, Value]]) -> None:
        self._make = make

    @cached_property
    def _values(self) -> dict[str, Value]:
        return self._make()

    def __getitem__(self, name: str) -> Value:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)
