"""Surveys, their versions, and the questions that answers point to."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from cxsurvey.lib.admin import HistoryAdmin, InlineHistory, ListAdmin
from surveys.actions.publish import publish_survey
from surveys.admin.frozen import VersionAdmin
from surveys.models import Choice, DraftEdit, Question, Survey, SurveyVersion


@admin.register(Survey)
class SurveyAdmin(ListAdmin):
    """Questionnaires about a stage, a whole run, or the customer's bond."""

    list_display = ("code", "name", "kind", "journey", "stage_code", "active")
    list_filter = ("kind", "active", "journey")
    list_select_related = ("journey",)
    search_fields = ("code", "name")


class QuestionInline(InlineHistory):
    """Made from the document when the version is published."""

    model = Question
    fields = ("order", "code", "kind", "metric", "measures", "stage_code", "to_stage_code", "headline")


@admin.register(SurveyVersion)
class SurveyVersionAdmin(VersionAdmin):
    """The document of a survey: texts per language, questions, logic."""

    list_display = ("survey", "number", "state", "headline", "published_at")
    list_select_related = ("survey",)
    search_fields = ("survey__code", "survey__name")
    inlines = (QuestionInline,)
    publish_version = staticmethod(publish_survey)


@admin.register(DraftEdit)
class DraftEditAdmin(HistoryAdmin):
    """Who did what to a draft; undoing is done in the designer."""

    list_display = ("version", "revision", "label", "by", "at")
    list_select_related = ("version", "by")
    search_fields = ("version__survey__code", "label")


class ChoiceInline(InlineHistory):
    """Choices of a question."""

    model = Choice
    fields = ("order", "code")


@admin.register(Question)
class QuestionAdmin(HistoryAdmin):
    """Questions of all versions: what each measures, and on which scale."""

    list_display = ("code", "of", "kind", "metric", "measures", "stage_code", "scale_min", "scale_max", "headline")
    list_filter = ("metric", "measures", "kind", "headline", "version__state")
    list_select_related = ("version__survey",)
    search_fields = ("code", "version__survey__code")
    inlines = (ChoiceInline,)

    @admin.display(description=_("survey version"), ordering="version")
    def of(self, question: Question) -> str:
        return f"{question.version.survey.code} v{question.version.number}"


@admin.register(Choice)
class ChoiceAdmin(HistoryAdmin):
    """Choices of all questions."""

    list_display = ("code", "question", "order")
    list_select_related = ("question",)
    search_fields = ("code", "question__code")
