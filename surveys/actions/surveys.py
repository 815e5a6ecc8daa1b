"""Making a survey: its row and the first draft, in one transaction."""

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from surveys.actions.drafts import start_draft
from surveys.enums import SurveyKind
from surveys.models import Journey, Survey, SurveyVersion


def kind_of(journey: Journey | None, stage: str) -> SurveyKind:
    """What a survey about this place is."""
    if stage:
        return SurveyKind.TOUCHPOINT
    return SurveyKind.END_TO_END if journey else SurveyKind.RELATIONSHIP


@transaction.atomic
def create_survey(
    code: str,
    name: str,
    place: tuple[Journey | None, str],
    document: Mapping[str, Any],
    by: AbstractBaseUser | None,
) -> SurveyVersion:
    """A survey and its draft; `place` is the journey and the stage: none of both is a relationship survey.

    ValidationError where the code is taken.
    """
    journey, stage = place
    try:
        with transaction.atomic():
            survey = Survey.objects.create(
                code=code, name=name, kind=kind_of(journey, stage), journey=journey, stage_code=stage
            )
    except IntegrityError:
        text = _("There is a survey with the code “%(code)s” already: choose another code.")
        raise ValidationError(text % {"code": code}) from None
    return start_draft(survey, by, document)
