"""Making a survey: its row and the first draft, in one transaction."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from surveys.actions.drafts import start_draft
from surveys.enums import SurveyKind
from surveys.models import Journey, Survey, SurveyVersion


@dataclass(frozen=True, slots=True)
class Place:
    """What a survey is about. A relationship survey may be kept with a journey, whose programme file then has it."""

    kind: SurveyKind
    journey: Journey | None = None
    stage: str = ""


@transaction.atomic
def create_survey(
    code: str,
    name: str,
    place: Place,
    document: Mapping[str, Any],
    by: AbstractBaseUser | None,
) -> SurveyVersion:
    """A survey and its draft. ValidationError where the code is taken."""
    try:
        with transaction.atomic():
            survey = Survey.objects.create(
                code=code, name=name, kind=place.kind, journey=place.journey, stage_code=place.stage
            )
    except IntegrityError:
        text = _("There is a survey with the code “%(code)s” already: choose another code.")
        raise ValidationError(text % {"code": code}) from None
    return start_draft(survey, by, document)
