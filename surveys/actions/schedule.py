"""Publishing and closing by the clock."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from surveys.actions.publish import publish_survey
from surveys.enums import VersionState
from surveys.models import Survey, SurveyVersion


def schedule_publish(version: SurveyVersion, at: datetime | None) -> None:
    """Publish the draft at that time; None takes the plan back. ValidationError where it is no draft any more."""
    drafts = SurveyVersion.objects.filter(pk=version.pk, state=VersionState.DRAFT)
    if drafts.update(publish_at=at, publish_problem="") != 1:
        raise ValidationError(_("This version has been published: begin a new draft."))
    version.publish_at, version.publish_problem = at, ""


def schedule_close(survey: Survey, at: datetime | None) -> None:
    """Ask nobody from then on; None leaves the survey open."""
    Survey.objects.filter(pk=survey.pk).update(closes_at=at)
    survey.closes_at = at


def close_now(survey_id: int, now: datetime) -> None:
    """Ask nobody from now on; links that are out can still be answered."""
    Survey.objects.filter(pk=survey_id, active=True).update(active=False, closes_at=now)


def keep_schedule(now: datetime) -> dict[str, int]:
    """Publish the drafts and close the surveys whose time has come.

    A draft that cannot be published keeps its reasons and is not tried again until somebody plans it anew.
    """
    due = SurveyVersion.objects.filter(state=VersionState.DRAFT, publish_at__lte=now).order_by("publish_at", "pk")
    published = [_published(version) for version in due]
    closed = Survey.objects.filter(active=True, closes_at__lte=now).update(active=False)
    return {"published": sum(published), "refused": len(published) - sum(published), "closed": closed}


def _published(version: SurveyVersion) -> bool:
    try:
        publish_survey(version)
    except ValidationError as refused:
        reasons = "\n".join(refused.messages)
        SurveyVersion.objects.filter(pk=version.pk, state=VersionState.DRAFT).update(
            publish_at=None, publish_problem=reasons
        )
        return False
    return True
