"""Journeys, their versions, stages, transitions, and the departments that own them."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import ForeignKey, Model
from django.forms import ModelChoiceField
from django.http import HttpRequest

from cxsurvey.lib.admin import ListAdmin, ModelForm
from surveys.actions.publish import publish_journey
from surveys.admin.frozen import DraftOnly, PartAdmin, VersionAdmin, is_draft
from surveys.models import Department, Journey, JourneyVersion, Stage, Transition
from surveys.rendering.contrast import accent_problem


@admin.register(Department)
class DepartmentAdmin(ListAdmin):
    """Who owns what."""

    list_display = ("name", "parent")
    list_select_related = ("parent",)
    search_fields = ("name",)


class JourneyForm(ModelForm):
    """An accent that people could not read is refused, with the nearest that they can."""

    def clean_accent(self) -> str:
        accent: str = self.cleaned_data["accent"].strip().lower()
        problem = accent_problem(accent) if accent else ""
        if problem:
            raise ValidationError(problem)
        return accent


@admin.register(Journey)
class JourneyAdmin(ListAdmin):
    """What customers set out to get done."""

    form = JourneyForm
    list_display = ("code", "name", "created_at")
    search_fields = ("code", "name")


class PartInline(DraftOnly, admin.StackedInline):  # type: ignore[type-arg]
    """Parts of a draft; below a published version they are only read."""

    extra = 0

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return super().has_add_permission(request, obj) and (obj is None or is_draft(obj))


class StageInline(PartInline):
    """The ordered steps."""

    model = Stage


class TransitionInline(PartInline):
    """The passages between stages of this very version."""

    model = Transition

    def formfield_for_foreignkey(
        self, db_field: "ForeignKey[Any, Any]", request: HttpRequest, **kwargs: Any
    ) -> "ModelChoiceField[Any] | None":
        if db_field.name in ("from_stage", "to_stage") and request.resolver_match:
            version = request.resolver_match.kwargs.get("object_id")
            kwargs["queryset"] = Stage.objects.filter(version=version)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


@admin.register(JourneyVersion)
class JourneyVersionAdmin(VersionAdmin):
    """The definition of a journey."""

    list_display = ("journey", "number", "state", "headline", "promised_days", "published_at")
    list_select_related = ("journey",)
    search_fields = ("journey__code", "journey__name")
    inlines = (StageInline, TransitionInline)
    publish_version = staticmethod(publish_journey)


@admin.register(Stage)
class StageAdmin(PartAdmin):
    """Stages of all versions."""

    list_display = ("name", "code", "of", "order", "kind", "phase", "owner", "promised_days")
    list_filter = ("kind", "phase", "version__state", "owner")
    list_select_related = ("version__journey", "owner")
    search_fields = ("code", "name", "version__journey__code")
    raw_id_fields = ("version",)


@admin.register(Transition)
class TransitionAdmin(PartAdmin):
    """Transitions of all versions."""

    list_display = ("from_stage", "to_stage", "of", "owner", "promised_days")
    list_filter = ("version__state", "owner")
    list_select_related = ("version__journey", "owner", "from_stage", "to_stage")
    search_fields = ("name", "from_stage__code", "to_stage__code", "version__journey__code")
    raw_id_fields = ("version", "from_stage", "to_stage")
