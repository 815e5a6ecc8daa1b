"""What the lists of the admin share: 50 rows a page, no counting of everything, history that nobody edits."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminSplitDateTime
from django.db.models import DateTimeField, Model
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
    ModelForm = forms.ModelForm[Any]
else:  # Django's own classes take no parameters at run time
    ModelAdmin = admin.ModelAdmin
    ModelForm = forms.ModelForm


class SplitDateTime(AdminSplitDateTime):
    """Django's two fields for a moment, each with a name for those who do not see it."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        for widget, label in zip(self.widgets, (_("Date"), _("Time")), strict=True):
            widget.attrs["aria-label"] = label


class ValuesFilter(admin.AllValuesFieldListFilter):
    """A filter by the values that occur; a blank one is named, so that its link can be seen."""

    def choices(self, changelist: Any) -> Iterator[Any]:
        for each in super().choices(changelist):
            yield {**each, "display": each["display"] or _("(blank)")}


class ListAdmin(ModelAdmin):
    """A list that stays quick with millions of rows."""

    list_per_page = 50
    show_full_result_count = False
    formfield_overrides = {DateTimeField: {"widget": SplitDateTime}}


class HistoryAdmin(ListAdmin):
    """Rows that tell what happened: read, never written by hand."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def may(self, request: HttpRequest, what: str = "change") -> bool:
        """Whether the person may act on these rows through one of our verbs."""
        return request.user.has_perm(f"{self.opts.app_label}.{what}_{self.opts.model_name}")


class KeptAdmin(ListAdmin):
    """Rows that are edited but never deleted here: erasing has its own verb."""

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class InlineHistory(admin.TabularInline):  # type: ignore[type-arg]
    """Rows of history below the row that they belong to."""

    extra = 0
    can_delete = False
    show_change_link = True

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False
