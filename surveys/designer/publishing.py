"""From draft to published: what changes, what stands in the way, now or at a time; and the end of asking."""

from datetime import datetime
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from surveys.actions.publish import publish_survey
from surveys.actions.schedule import schedule_close, schedule_publish
from surveys.actions.try_out import try_out
from surveys.designer.access import PUBLISH, WORK, of_survey
from surveys.designer.changing import person
from surveys.designer.page import Editor
from surveys.designer.telling import told_change, told_pooling
from surveys.drafting.difference import changes
from surveys.drafting.pooling import not_pooled
from surveys.drafting.texts import questions_of
from surveys.enums import Channel
from surveys.models import Survey
from surveys.replies.document import by_conversation

_TRIED: Final = _l("Sent to %(address)s. Its links lead to the preview.")


class WhenForm(forms.Form):
    """A moment in the installation's time zone; empty takes a plan back."""

    at = forms.DateTimeField(
        label=_l("At"), required=False, widget=forms.DateTimeInput(attrs={"type": "datetime-local"})
    )

    def clean_at(self) -> datetime | None:
        at: datetime | None = self.cleaned_data["at"]
        if at is not None and at <= timezone.now():
            raise forms.ValidationError(_("This time has passed: choose a later one, or leave it empty."))
        return at


class TestForm(forms.Form):
    """Where a test goes."""

    channel = forms.ChoiceField(label=_l("By"), choices=Channel.choices)
    address = forms.CharField(label=_l("To"), max_length=254)


@of_survey()
def review(request: HttpRequest, survey: Survey) -> HttpResponse:
    """The step before publishing: differences, problems, advice, and which answers will be kept apart."""
    return _review(request, survey, WhenForm(), WhenForm())


def _review(request: HttpRequest, survey: Survey, publish_form: WhenForm, close_form: WhenForm) -> HttpResponse:
    shown = Editor(survey)
    context = {
        "survey": survey,
        "editor": shown,
        "changes": _differences(shown),
        "apart": _kept_apart(shown),
        "publish_form": publish_form,
        "close_form": close_form,
        "test_form": TestForm(initial={"address": getattr(request.user, "email", "")}, label_suffix=""),
        "title": shown.title,
    }
    wrong = publish_form.errors or close_form.errors
    return TemplateResponse(request, "surveys/designer/publish.html", context, status=422 if wrong else 200)


def _differences(shown: Editor) -> list[dict[str, str]]:
    if shown.published is None or shown.draft is None:
        return []
    return [told_change(each) for each in changes(shown.published.document, shown.draft.document)]


def _kept_apart(shown: Editor) -> list[str]:
    """Questions whose new answers cannot be counted together with the old ones, and why."""
    if shown.published is None or shown.draft is None:
        return []
    before = {row["code"]: row for row in questions_of(shown.published.document)}
    pairs = [(before[row["code"]], row) for row in questions_of(shown.draft.document) if row["code"] in before]
    return [told_pooling(new, reasons, shown.language) for old, new in pairs if (reasons := not_pooled(old, new))]


@of_survey(PUBLISH, ("POST",))
def publish(request: HttpRequest, survey: Survey) -> HttpResponse:
    """Now, or at the time that was chosen. Invitations that are out keep the version they were sent with."""
    shown, form = Editor(survey), WhenForm(request.POST)
    if shown.draft is None:
        return redirect("design:publish", survey.code)
    if not form.is_valid():
        return _review(request, survey, form, WhenForm())
    try:
        _publish_or_plan(request, shown, form.cleaned_data["at"])
    except ValidationError as refused:
        for text in refused.messages:
            messages.error(request, text)
    return redirect("design:publish", survey.code)


def _publish_or_plan(request: HttpRequest, shown: Editor, at: datetime | None) -> None:
    draft: Any = shown.draft
    if "plan" in request.POST:
        schedule_publish(draft, at)
        messages.success(request, _("It is published at that time.") if at else _("The plan is taken back."))
        return
    publish_survey(draft)
    messages.success(request, _("Version %(number)s is published.") % {"number": draft.number})


@of_survey(PUBLISH, ("POST",))
def close(request: HttpRequest, survey: Survey) -> HttpResponse:
    """Ask nobody from a time on; links that are out can still be answered."""
    form = WhenForm(request.POST)
    if not form.is_valid():
        return _review(request, survey, WhenForm(), form)
    schedule_close(survey, form.cleaned_data["at"])
    messages.success(
        request, _("The end of asking is planned.") if survey.closes_at else _("It is asked without an end.")
    )
    return redirect("design:publish", survey.code)


@of_survey(WORK, ("POST",))
def send_test(request: HttpRequest, survey: Survey) -> HttpResponse:
    """The real message to oneself; its links lead to the preview."""
    shown, form = Editor(survey, request.POST.get("lang", "")), TestForm(request.POST)
    if shown.version is not None and form.is_valid():
        told = form.cleaned_data
        try:
            to = try_out(shown.version, told["channel"], told["address"], shown.language, str(person(request).pk))
            talks = told["channel"] == Channel.SMS and by_conversation(shown.version.document)
            said = _("Sent to %(address)s. A reply to it is not counted.") if talks else _TRIED
            messages.success(request, said % {"address": to})
        except ValidationError as refused:
            messages.error(request, " ".join(refused.messages))
    elif form.errors:
        messages.error(request, _("Say where to: an e-mail address, or a telephone number for an SMS."))
    return redirect("design:publish", survey.code)
