"""Journey versions as the taking-in of events needs them: their stages and when a run ends."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from surveys.enums import StageKind, VersionState
from surveys.models import JourneyVersion, Stage


@dataclass(frozen=True)
class StageDef:
    """A stage of a version; a wait is never entered."""

    id: int
    code: str
    order: int
    is_wait: bool


@dataclass(frozen=True)
class VersionDef:
    """One journey version; end_stage is blank where leaving no stage ends a run."""

    id: int
    journey_id: int
    journey_code: str
    end_stage: str
    inactive_days: int | None
    stages: dict[str, StageDef] = field(default_factory=dict)


def published_journeys(codes: Iterable[str]) -> dict[str, VersionDef]:
    """The published version of each journey that has one, by journey code; two queries."""
    rows = JourneyVersion.objects.filter(journey__code__in=set(codes), state=VersionState.PUBLISHED)
    return {version.journey_code: version for version in _definitions(list(rows.select_related("journey")))}


def journey_versions(ids: Iterable[int]) -> dict[int, VersionDef]:
    """The versions with these ids, whatever their state; two queries."""
    rows = JourneyVersion.objects.filter(pk__in=set(ids)).select_related("journey")
    return {version.id: version for version in _definitions(list(rows))}


def _definitions(rows: list[JourneyVersion]) -> list[VersionDef]:
    found = {row.pk: _definition(row) for row in rows}
    stages = Stage.objects.filter(version_id__in=found).values_list("version_id", "pk", "code", "order", "kind")
    for version_id, pk, code, order, kind in stages:
        found[version_id].stages[code] = StageDef(pk, code, order, kind == StageKind.WAIT)
    return list(found.values())


def _definition(row: JourneyVersion) -> VersionDef:
    ends = row.end_stage_code if row.end_event == "stage_left" else ""
    return VersionDef(row.pk, row.journey_id, row.journey.code, ends, row.inactive_days)
