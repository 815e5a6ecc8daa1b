"""Words of run rows (segment, attributes), read one column at a time and only where something asks for them."""

from dataclasses import dataclass, field
from typing import Any

from django.db.models import Case, F, JSONField, QuerySet, When
from django.db.models.fields.json import KeyTransform

from feedback.insights.arrays import Ints
from feedback.models import RunScore

BLOCK = 20_000


@dataclass(frozen=True, slots=True)
class RunLabels:
    """rows: the run rows, unread; run: the runs whose words are wanted, ascending, in whose order they come."""

    rows: QuerySet[RunScore]
    run: Ints
    known: dict[str, list[Any]] = field(default_factory=dict)

    def segment(self) -> list[str]:
        """The customer's segment of each run, "" where it has none."""
        return self._read("segment", F("segment"), "")

    def attribute(self, name: str) -> list[Any]:
        """One attribute of each run as it came: the run's where it has it, else the customer's; None without."""
        own = When(run__attributes__has_key=name, then=KeyTransform(name, "run__attributes"))
        either = Case(own, default=KeyTransform(name, "customer__attributes"), output_field=JSONField())
        return self._read(f"attribute {name}", either, None)

    def attributes(self) -> list[dict[str, Any]]:
        """All attributes of each run: where single ones will do, `attribute` is leaner by far."""
        own = self._read("run attributes", F("run__attributes"), {})
        customers = self._read("customer attributes", F("customer__attributes"), {})
        return [{**customer, **run} for customer, run in zip(customers, own, strict=True)]

    def _read(self, key: str, what: Any, missing: Any) -> list[Any]:
        """One column in the order of the runs; those that have gone since are missing, those that came are not here."""
        if key not in self.known:
            rows = self.rows.order_by("run_id").values_list("run_id", what).iterator(BLOCK)
            found = dict(rows)
            self.known[key] = [found.get(run, missing) for run in self.run.tolist()]
        return self.known[key]
