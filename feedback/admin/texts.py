"""Free texts, and what engines said of them."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from cxsurvey.lib.admin import HistoryAdmin, InlineHistory, ValuesFilter
from feedback.models import FreeText, TextScore, ThemeTag


class TextScoreInline(InlineHistory):
    """A score per engine and version."""

    model = TextScore
    fields = ("engine", "version", "language", "label", "polarity", "confidence", "scored_at")


class ThemeTagInline(InlineHistory):
    """Themes found in a text."""

    model = ThemeTag
    fields = ("theme", "polarity", "method", "confidence")


@admin.register(FreeText)
class FreeTextAdmin(HistoryAdmin):
    """The words of customers."""

    list_display = ("short", "question", "language", "scored_at")
    list_filter = (("scored_at", admin.EmptyFieldListFilter), ("language", ValuesFilter))
    list_select_related = ("answer__question",)
    search_fields = ("text",)
    inlines = (TextScoreInline, ThemeTagInline)

    @admin.display(description=_("text"))
    def short(self, row: FreeText) -> str:
        return str(row)

    @admin.display(description=_("question"))
    def question(self, row: FreeText) -> str:
        return row.answer.question.code


@admin.register(TextScore)
class TextScoreAdmin(HistoryAdmin):
    """Sentiment per text, engine and version."""

    list_display = ("text", "engine", "version", "label", "polarity", "language", "scored_at")
    list_filter = ("label", "engine", "version", ("language", ValuesFilter))
    list_select_related = ("text",)
    search_fields = ("text__text",)


@admin.register(ThemeTag)
class ThemeTagAdmin(HistoryAdmin):
    """Themes that texts mention."""

    list_display = ("theme", "text", "polarity", "method", "confidence")
    list_filter = ("theme", "method")
    list_select_related = ("text",)
    search_fields = ("theme", "text__text")
