"""Versions: a draft is edited, anything published is only read."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _

from cxsurvey.lib.admin import ListAdmin
from surveys.enums import VersionState


def is_draft(row: Any) -> bool:
    """Whether the version, or the version that this row is part of, may still be changed."""
    version = getattr(row, "version", row)
    return bool(version.state == VersionState.DRAFT)


class DraftOnly:
    """Permissions of rows that the database freezes once their version is published."""

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        allowed: bool = super().has_change_permission(request, obj)  # type: ignore[misc]
        return allowed and (obj is None or is_draft(obj))

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        allowed: bool = super().has_delete_permission(request, obj)  # type: ignore[misc]
        return allowed and (obj is None or is_draft(obj))


class VersionAdmin(DraftOnly, ListAdmin):
    """A version; its state moves only by publishing."""

    list_filter = ("state",)
    readonly_fields = ("state", "digest", "published_at", "created_at")
    actions = ("publish",)
    publish_version: Callable[[Any], Any]

    @admin.action(description=_("Publish the chosen drafts"), permissions=["change"])
    def publish(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Publish one by one; each problem is told with its version."""
        for version in queryset.order_by("pk"):
            try:
                type(self).publish_version(version)
            except ValidationError as problem:
                self.message_user(request, f"{version}: {' '.join(problem.messages)}", messages.ERROR)
            else:
                self.message_user(request, _("%(version)s is published.") % {"version": version}, messages.SUCCESS)


class PartAdmin(DraftOnly, ListAdmin):
    """A part of a journey version, listed by itself; it is made with its version."""

    @admin.display(description=_("journey version"), ordering="version")
    def of(self, part: Any) -> str:
        return f"{part.version.journey.code} v{part.version.number}"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False
