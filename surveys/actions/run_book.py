"""Finding the run that a contact belongs to, for a batch of contacts taken in the order of time."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from django.utils.translation import gettext as _

from cxsurvey.lib.refusals import Refused
from surveys.models import Customer, JourneyRun
from surveys.queries.journeys import StageDef, VersionDef, journey_versions

BATCH: Final = 1_000


class RunBook:
    """The runs that a batch can touch; those it opens are inserted by save()."""

    def __init__(self, published: dict[str, VersionDef], *, imported: bool) -> None:
        self._published = published
        self._versions = {version.id: version for version in published.values()}
        self._imported = imported
        self._named: dict[tuple[int, str], JourneyRun] = {}
        self._of_customer: dict[tuple[int, int], list[JourneyRun]] = defaultdict(list)
        self._left: dict[tuple[int, str], datetime] = {}
        self._opened: list[JourneyRun] = []

    def load(self, named: Iterable[tuple[str, str]], unnamed: Iterable[tuple[str, int]]) -> None:
        """Read the runs named (journey code, run) and those of (journey code, customer id); three queries."""
        by_name, by_customer = set(named), set(unnamed)
        journeys = {version.journey_id for version in self._published.values()}
        runs = JourneyRun.objects.filter(journey_id__in=journeys).order_by("pk")
        for run in runs.filter(external_id__in={name for _code, name in by_name}) if by_name else []:
            self._remember(run)
        for run in runs.filter(customer_id__in={pk for _code, pk in by_customer}) if by_customer else []:
            self._remember(run)
        older = {run.version_id for run in self._named.values()} - set(self._versions)
        self._versions |= journey_versions(older) if older else {}

    def version_of(self, run: JourneyRun) -> VersionDef:
        """The definition that the run follows."""
        return self._versions[run.version_id]

    def find(self, journey: str, name: str, customer: Customer, at: datetime) -> JourneyRun | None:
        """The run named, or the customer's only run that was open then; None when one must be opened.

        Refused when the run is somebody else's, or when several were open.
        """
        version = self._published[journey]
        if name:
            run = self._named.get((version.journey_id, name))
            if run is not None and run.customer_id != customer.pk:
                raise Refused(_("The run belongs to another customer."), "run", name)
            return run
        runs = [run for run in self._of_customer[version.journey_id, customer.pk] if self._was_open(run, at)]
        if len(runs) > 1:
            names = ", ".join(run.external_id for run in runs[:5])
            raise Refused(_("The customer has several open runs (%(names)s): name one.") % {"names": names}, "run")
        return runs[0] if runs else None

    def open(self, journey: str, name: str, customer: Customer, at: datetime) -> JourneyRun:
        """Open a run of the published version."""
        version = self._published[journey]
        run = JourneyRun(
            journey_id=version.journey_id,
            version_id=version.id,
            customer=customer,
            external_id=name,
            started_at=at,
            last_event_at=at,
            imported=self._imported,
        )
        self._opened.append(run)
        self._remember(run)
        return run

    def visited(self, run: JourneyRun, stage: StageDef, started: datetime, ended: datetime | None) -> None:
        """Remember the contact, and that leaving its stage ends the run: a later one of the batch opens the next."""
        run.last_event_at = max(run.last_event_at, ended or started)
        if ended is not None and stage.code == self.version_of(run).end_stage:
            key = (run.journey_id, run.external_id)
            self._left[key] = max(ended, self._left.get(key, ended))

    def save(self) -> set[tuple[int, str]]:
        """Insert the runs opened; the (journey id, run) that somebody else opened meanwhile for another customer."""
        JourneyRun.objects.bulk_create(self._opened, ignore_conflicts=True, batch_size=BATCH)
        stored = self._stored([run.external_id for run in self._opened])
        lost = set()
        for run in self._opened:
            row = stored[run.journey_id, run.external_id]
            run.pk = row.pk
            if row.customer_id != run.customer_id:
                lost.add((run.journey_id, run.external_id))
        return lost

    def _stored(self, names: Sequence[str]) -> dict[tuple[int, str], JourneyRun]:
        journeys = {version.journey_id for version in self._published.values()}
        rows = JourneyRun.objects.filter(journey_id__in=journeys, external_id__in=names) if names else []
        return {(row.journey_id, row.external_id): row for row in rows}

    def _remember(self, run: JourneyRun) -> None:
        key = (run.journey_id, run.external_id)
        if key not in self._named:
            self._named[key] = run
            self._of_customer[run.journey_id, run.customer_id].append(run)

    def _was_open(self, run: JourneyRun, at: datetime) -> bool:
        """Open now, or open at that moment."""
        ended = self._left.get((run.journey_id, run.external_id), run.ended_at)
        return ended is None or run.started_at <= at <= ended
