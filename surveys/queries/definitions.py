"""The definition of a version as canonical JSON, and its SHA-256: equal digests are the same definition."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from surveys.enums import VersionState
from surveys.models import JourneyVersion, SurveyVersion


def digest(definition: Mapping[str, Any]) -> str:
    """SHA-256 over sorted, compact JSON; whole floats count as whole numbers."""
    text = json.dumps(_canonical(definition), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def journey_definition(version: JourneyVersion) -> dict[str, Any]:
    """Everything that makes a journey version what it is, without keys, numbers and times of rows."""
    stages = version.stages.select_related("owner").order_by("order")
    transitions = version.transitions.select_related("from_stage", "to_stage", "owner")
    return {
        "end": [version.end_event, version.end_stage_code, version.inactive_days],
        "promised_days": version.promised_days,
        "needed_steps": version.needed_steps,
        "headline": version.headline,
        "options": version.options,
        "stages": [
            [
                stage.code,
                stage.name,
                stage.kind,
                stage.phase,
                stage.owner.name if stage.owner else "",
                stage.channel,
                stage.human,
                stage.optional,
                stage.third_party,
                stage.promised_days,
            ]
            for stage in stages
        ],
        "transitions": sorted(
            [
                each.from_stage.code,
                each.to_stage.code,
                each.name,
                each.owner.name if each.owner else "",
                each.promised_days,
            ]
            for each in transitions
        ),
    }


def _canonical(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _canonical(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_canonical(item) for item in value]
    return int(value) if isinstance(value, float) and value == int(value) else value


def version_to_preview(code: str) -> SurveyVersion | None:
    """The survey's draft, else what is published."""
    versions = SurveyVersion.objects.select_related("survey__journey").filter(survey__code=code)
    return versions.exclude(state=VersionState.RETIRED).order_by("-number").first()
