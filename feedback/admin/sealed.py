"""How customers may be reached, for those alone who are allowed to see it."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from cxsurvey.lib.admin import HistoryAdmin
from feedback.models import SealedText


@admin.register(SealedText)
class SealedTextAdmin(HistoryAdmin):
    """Contact details that customers gave in a survey. The list shows only who and where; the page shows them."""

    list_display = ("customer", "question", "answered_at")
    list_select_related = ("answer__question", "answer__response__customer")
    search_fields = ("=answer__response__public_id", "answer__response__customer__external_id")

    @admin.display(description=_("customer"))
    def customer(self, row: SealedText) -> str:
        return str(row.answer.response.customer or "")

    @admin.display(description=_("question"))
    def question(self, row: SealedText) -> str:
        return row.answer.question.code

    @admin.display(description=_("answered"))
    def answered_at(self, row: SealedText) -> object:
        return row.answer.answered_at
