"""Working on a draft: begin, save, undo, redo, drop. Every state is kept; what two people did is put together."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from surveys.drafting.merge import Conflict, merge
from surveys.enums import VersionState
from surveys.models import DraftEdit, Survey, SurveyVersion

KEPT_EDITS: Final = 500
Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Saved:
    """The draft as it stands now. conflicts: what was not written, since somebody else changed the same place."""

    version: SurveyVersion
    conflicts: tuple[Conflict, ...] = ()


@transaction.atomic
def start_draft(survey: Survey, by: AbstractBaseUser | None, document: Document | None = None) -> SurveyVersion:
    """The survey's draft; where it has none, a new one made of `document`, else of the newest version."""
    Survey.objects.select_for_update().get(pk=survey.pk)
    newest = survey.versions.order_by("-number").first()
    if newest is not None and newest.state == VersionState.DRAFT:
        if newest.revision == 0:
            _write(newest, newest.document, by, _("as it was found"))
        return newest
    source = (
        document if document is not None else (newest.document if newest else {"languages": ["en"], "questions": []})
    )
    draft = SurveyVersion(survey=survey, number=newest.number + 1 if newest else 1, document=dict(source))
    draft.save()
    _write(draft, draft.document, by, _("begun"))
    return draft


@transaction.atomic
def save_draft(version_id: int, base: int, document: Document, by: AbstractBaseUser | None, label: str = "") -> Saved:
    """Store what somebody made of revision `base`; edits by others since then are put together with it.

    Where both changed one place nothing is written: the conflicts are returned, and the caller's work stays his to
    send again on the newer revision. ValidationError where the draft is published or its base is not kept any more.
    """
    version = _locked(version_id)
    if base == version.revision:
        return Saved(_write(version, document, by, label) if document != version.document else version)
    known = version.edits.filter(revision=base).first()
    if known is None:
        raise ValidationError(
            _("The state that you worked on is not kept any more: copy your text, then load the draft again.")
        )
    merged = merge(known.document, document, version.document)
    if merged.conflicts:
        return Saved(version, merged.conflicts)
    return Saved(_write(version, merged.document, by, label) if merged.document != version.document else version)


@transaction.atomic
def replace_draft(version_id: int, document: Document, by: AbstractBaseUser | None, label: str) -> SurveyVersion:
    """Make the draft say this whatever it said; what it said before can be had back by undoing."""
    version = _locked(version_id)
    if version.revision == 0:
        _write(version, version.document, None, _("as it was found"))
    return _write(version, document, by, label) if document != version.document else version


@transaction.atomic
def undo(version_id: int, by: AbstractBaseUser | None) -> SurveyVersion:
    """Back to the state before the last edit; where there is none, the draft stays as it is."""
    version = _locked(version_id)
    head = _head(version)
    shown = _shown(version, head)
    target = version.edits.filter(revision=shown.before).first() if shown.before is not None else None
    if target is None:
        return version
    redo = [shown.revision, *(head.redo if head.restores is not None else ())]
    return _restore(version, target, by, redo, _("undone"))


@transaction.atomic
def redo(version_id: int, by: AbstractBaseUser | None) -> SurveyVersion:
    """Forward again to what was undone; after another edit there is nothing to redo."""
    version = _locked(version_id)
    head = _head(version)
    target = version.edits.filter(revision=head.redo[0]).first() if head.redo else None
    if target is None:
        return version
    return _restore(version, target, by, head.redo[1:], _("redone"))


def can_undo(version: SurveyVersion) -> tuple[bool, bool]:
    """Whether there is something to undo, and to redo."""
    head = version.edits.filter(revision=version.revision).first()
    if head is None:
        return False, False
    return _shown(version, head).before is not None, bool(head.redo)


@transaction.atomic
def drop_draft(version_id: int) -> None:
    """Give the draft up; what is published stays. ValidationError where it is not a draft any more."""
    _locked(version_id).delete()


def _locked(version_id: int) -> SurveyVersion:
    version = SurveyVersion.objects.select_for_update().select_related(None).get(pk=version_id)
    if version.state != VersionState.DRAFT:
        raise ValidationError(_("This version has been published: begin a new draft."))
    return version


def _head(version: SurveyVersion) -> DraftEdit:
    return version.edits.get(revision=version.revision)


def _shown(version: SurveyVersion, head: DraftEdit) -> DraftEdit:
    """The edit whose document is shown: the one that the newest restored, else the newest."""
    if head.restores is None:
        return head
    return version.edits.filter(revision=head.restores).first() or head


def _restore(
    version: SurveyVersion, target: DraftEdit, by: AbstractBaseUser | None, redo: list[int], label: str
) -> SurveyVersion:
    return _write(version, target.document, by, label, restores=target.revision, redo=redo)


def _write(
    version: SurveyVersion, document: Document, by: AbstractBaseUser | None, label: str, **restored: Any
) -> SurveyVersion:
    """Append the state and make it the draft's; the oldest states beyond 500 go."""
    now: datetime = timezone.now()
    head = version.edits.filter(revision=version.revision).first()
    before = None if head is None else _shown(version, head).revision
    version.revision, version.document = version.revision + 1, dict(document)
    version.headline = next((each["code"] for each in document.get("questions") or () if each.get("headline")), "")
    version.save(update_fields=["revision", "document", "headline"])
    DraftEdit.objects.create(
        version=version,
        revision=version.revision,
        document=version.document,
        label=label[:200],
        by_id=by.pk if by is not None else None,
        at=now,
        before=None if restored else before,
        **restored,
    )
    version.edits.filter(revision__lte=version.revision - KEPT_EDITS).delete()
    return version
