"""The invitation behind a token, with what its page shows; one query, and what is frozen from memory."""

import time
from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import Any, Final

from django.db import connection
from django.db.models import Model
from django.db.models.base import ModelState

from cxsurvey.lib.prepared import run_prepared
from cxsurvey.lib.tokens import digest, looks_like_token
from surveys.enums import INVITATION_MAY_ANSWER, InvitationState, VersionState
from surveys.models import Customer, Interaction, Invitation, JourneyRun, Stage, SurveyVersion

# What the pages need of each row; addresses and the document are not read.
COLUMNS: Final[dict[type[Model], tuple[str, ...]]] = {
    Invitation: (
        *("id", "public_id", "state", "channel", "due_at", "expires_at", "occasion", "token_version", "answered_at"),
        *("survey_id", "version_id", "stage_id", "customer_id", "run_id", "interaction_id"),
    ),
    Customer: ("id", "language", "time_zone"),
    JourneyRun: ("id", "version_id", "ended_at"),
    Interaction: ("id", "started_at", "ended_at"),
}
_SELECTED: Final = ", ".join(f"{model._meta.db_table}.{name}" for model, names in COLUMNS.items() for name in names)
SQL: Final = f"""SELECT {_SELECTED} FROM "surveys_invitation"
    JOIN surveys_customer ON surveys_customer.id = surveys_invitation.customer_id
    LEFT JOIN surveys_journeyrun ON surveys_journeyrun.id = surveys_invitation.run_id
    LEFT JOIN surveys_interaction ON surveys_interaction.id = surveys_invitation.interaction_id
    WHERE surveys_invitation.token_hash = %s
"""  # noqa: S608 - the names of our own columns
KEPT_SECONDS: Final = 60.0
VERSION_COLUMNS = (
    *("state", "survey__name", "survey__code", "survey__kind", "survey__journey_id", "survey__stage_code"),
    "survey__journey__accent",
)


def invitation_by_token(token: str) -> Invitation | None:
    """The invitation that this answer token opens, whatever its state.

    The one query of every page: building it anew by the ORM took four times as long as the database took to answer.
    Version, survey and stage come from memory.
    """
    if not looks_like_token(token):
        return None
    rows = run_prepared(SQL, [digest(token)])
    return _invitation(iter(rows[0])) if rows else None


def _invitation(values: Iterator[Any]) -> Invitation:
    """The rows as models, in the order of COLUMNS; an outer join without a row gives none."""
    made: dict[type[Model], Any] = {}
    for model, names in COLUMNS.items():
        mine = dict(zip(names, islice(values, len(names)), strict=True))
        made[model] = _instance(model, mine) if mine["id"] is not None else None
    invitation: Invitation = made[Invitation]
    version = version_by_id(invitation.version_id)
    invitation._state.fields_cache |= {
        "customer": made[Customer],
        "run": made[JourneyRun],
        "interaction": made[Interaction],
        "version": version,
        "survey": version.survey,
        "stage": _stage(invitation.stage_id) if invitation.stage_id else None,
    }
    return invitation


def _instance(model: type[Model], values: dict[str, Any]) -> Model:
    """As Model.from_db() makes it, what was not read deferred; that one looks at each of a model's fields."""
    instance = model.__new__(model)
    instance._state = ModelState()
    instance._state.adding, instance._state.db = False, connection.alias
    vars(instance).update(values)
    return instance


def may_answer(invitation: Invitation, now: datetime) -> bool:
    """Whether its page is shown; the claim at submit asks the database again."""
    return invitation.state in INVITATION_MAY_ANSWER and invitation.expires_at > now


def is_answered(invitation: Invitation) -> bool:
    return invitation.state == InvitationState.ANSWERED


def version_by_id(version_id: int) -> SurveyVersion:
    """A survey version with its survey and journey; kept for a minute once it is published, as a name may change."""
    read_at, found = _versions.get(version_id, (-KEPT_SECONDS, None))
    if found is None or time.monotonic() - read_at > KEPT_SECONDS:
        rows = SurveyVersion.objects.select_related("survey__journey").only("survey_id", *VERSION_COLUMNS)
        found = rows.get(pk=version_id)
        if found.state != VersionState.DRAFT:
            _versions[version_id] = (time.monotonic(), found)
    return found


def _stage(stage_id: int) -> Stage:
    """A stage; kept once its journey version is published."""
    found = _stages.get(stage_id)
    if found is None:
        found = Stage.objects.select_related("version").get(pk=stage_id)
        if found.version.state != VersionState.DRAFT:
            _stages[stage_id] = found
    return found


_versions: dict[int, tuple[float, SurveyVersion]] = {}
_stages: dict[int, Stage] = {}
