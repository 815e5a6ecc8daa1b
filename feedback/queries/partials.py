"""Answers on their way: what has been saved of an occasion, what is personal in it locked."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from cryptography.fernet import InvalidToken
from django.db import connection, models
from encrypted_fields.fields import EncryptedTextField

from cxsurvey.lib.prepared import run_prepared
from feedback.models import HeldResponse, PartialResponse
from surveys.models import SurveyVersion
from surveys.question_kinds import SEALED
from surveys.rendering.specs import specs_of

Given = dict[str, list[str]]  # field -> values as typed
LOCKED: Final = "locked:"
_LOCK: Final = EncryptedTextField()  # the keys of every other personal text
_FIELDS: Final = PartialResponse._meta.concrete_fields
_NAMES: Final = [column.attname for column in _FIELDS]
_SQL: Final = f"""SELECT {", ".join(f'"{name}"' for name in _NAMES)} FROM "{PartialResponse._meta.db_table}"
    WHERE occasion_key = %s
"""  # noqa: S608 - the names of our own columns


def partial_of(occasion_key: str) -> PartialResponse | None:
    """What has been saved of this occasion so far. One query, asked by every page of a survey of several."""
    rows = run_prepared(_SQL, [occasion_key])
    return PartialResponse.from_db(connection.alias, _NAMES, list(map(_read, _FIELDS, rows[0]))) if rows else None


def _read(column: Any, value: Any) -> Any:
    """As a query of Django's would give it."""
    return json.loads(value) if isinstance(column, models.JSONField) else value


def given_of(partial: PartialResponse | None) -> Given:
    """The saved answers as they were typed."""
    kept: Mapping[str, Mapping[str, list[str]]] = partial.answers if partial else {}
    return {code: unlock(entry["given"]) for code, entry in kept.items() if entry["given"]}


def given_in(held: HeldResponse) -> Given:
    """The answers held back, as they were typed."""
    return {name: unlock(values) for name, values in held.posted["given"].items()}


def lock(version: SurveyVersion, given: Mapping[str, Sequence[str]]) -> Given:
    """As it is stored: what tells how to reach somebody is encrypted, as it is where it ends."""
    personal = {spec.code for spec in specs_of(version, "") if spec.kind in SEALED}
    return {
        name: [_locked(value) for value in values] if name.partition(".")[0] in personal else list(values)
        for name, values in given.items()
    }


def unlock(values: Sequence[str]) -> list[str]:
    """As it was typed."""
    return [_unlocked(value) if value.startswith(LOCKED) else value for value in values]


def _locked(value: str) -> str:
    return LOCKED + _LOCK.f.encrypt(value.encode()).decode("ascii") if value else value


def _unlocked(value: str) -> str:
    try:
        return str(_LOCK.f.decrypt(value.removeprefix(LOCKED).encode()), "utf-8")
    except InvalidToken:  # somebody has typed the word
        return value
