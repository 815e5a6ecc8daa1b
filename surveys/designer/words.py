"""The survey's own words, all texts side by side, and the table for translators."""

import csv
import io
from collections.abc import Iterator, Mapping
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from surveys.designer.access import LOOK, WORK, of_survey
from surveys.designer.changing import change
from surveys.designer.forms import WordsForm
from surveys.designer.page import Editor
from surveys.designer.telling import told_place
from surveys.drafting.translation_table import Filled, filled, missing, table
from surveys.models import Survey

LANGUAGES: Final = "design:languages"
LINE: Final = 24  # letters that surely fit beside each other in the narrowest field
PLACE: Final = "place"
MOST_BYTES: Final = 2_000_000
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


@of_survey(WORK, ("GET", "POST"))
def words(request: HttpRequest, survey: Survey) -> HttpResponse:
    """Title, words above and after, languages."""
    shown = Editor(survey, request.POST.get("lang", request.GET.get("lang", "")))
    form = WordsForm(shown.document, shown.language, request.POST or None)
    if request.method == "POST" and form.is_valid():
        return change(
            request,
            survey,
            lambda document: _worded(document, shown.language, request.POST),
            _("words of the survey changed"),
            to="design:words",
        )
    context = {
        "survey": survey,
        "editor": shown,
        "form": form,
        "title": shown.title,
    }
    return TemplateResponse(request, "surveys/designer/words.html", context, status=422 if form.errors else 200)


def _worded(document: Mapping[str, Any], language: str, posted: Any) -> dict[str, Any]:
    form = WordsForm(document, language, posted)
    form.is_valid()
    return form.document()


@of_survey(LOOK, ("GET", "POST"))
def languages(request: HttpRequest, survey: Survey) -> HttpResponse:
    """Every text in every language, side by side; what is missing is shown as what stands in for it."""
    shown = Editor(survey)
    if request.method == "POST":
        rows = _posted(request, shown)
        label = _("translations changed")
        return change(request, survey, lambda document: filled(document, rows).document, label, to=LANGUAGES)
    context = {
        "survey": survey,
        "editor": shown,
        "rows": list(_side_by_side(shown)),
        "missing": len(missing(shown.document)),
        "title": shown.title,
    }
    return TemplateResponse(request, "surveys/designer/languages.html", context)


def _side_by_side(shown: Editor) -> Iterator[dict[str, Any]]:
    for place, texts in table(shown.document):
        stand_in = next(iter(texts.values()), "")
        cells = [
            {"language": each, "name": f"{place}@{each}", "text": texts.get(each, ""), "stand_in": stand_in}
            for each in shown.languages
        ]
        label = told_place(shown.document, place)
        yield {"place": place, "label": label, "cells": cells, "rows": _rows(texts)}


def _rows(texts: Mapping[str, str]) -> int:
    """Lines of a field that holds the longest of these texts."""
    return min(8, max(2, *(-(-len(words) // LINE) for words in texts.values())) if texts else 2)


def _posted(request: HttpRequest, shown: Editor) -> list[tuple[str, dict[str, str]]]:
    return [
        (place, {each: request.POST.get(f"{place}@{each}", "") for each in shown.languages})
        for place, _texts in table(shown.document)
    ]


@of_survey()
def export_table(_request: HttpRequest, survey: Survey) -> HttpResponse:
    """The table for translators as CSV."""
    shown = Editor(survey)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([PLACE, *shown.languages])
    for place, texts in table(shown.document):
        writer.writerow([place, *(_safe(texts.get(each, "")) for each in shown.languages)])
    response = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{survey.code}-texts.csv"'
    return response


def _safe(text: str) -> str:
    """No spreadsheet may take a text for a formula; the apostrophe is taken off again on the way back."""
    return f"'{text}" if text.startswith(FORMULA) else text


@of_survey(WORK, ("POST",))
def import_table(request: HttpRequest, survey: Survey) -> HttpResponse:
    """The table with translations put in; every refused row is told, nothing is guessed."""
    try:
        rows = _read(request)
    except ValueError as refused:
        messages.error(request, str(refused))
        return redirect(LANGUAGES, survey.code)
    results: list[Filled] = []

    def edit(document: dict[str, Any]) -> dict[str, Any]:
        results.append(filled(document, rows))
        return results[-1].document

    response = change(request, survey, edit, _("translations taken in"), to=LANGUAGES)
    for done in results[-1:]:
        told = ngettext("%(n)s text taken in.", "%(n)s texts taken in.", done.changed) % {"n": done.changed}
        messages.success(request, told)
        for place, reason in done.refused[:20]:
            messages.warning(request, f"{place}: {reason}")
    return response


def _read(request: HttpRequest) -> list[tuple[str, dict[str, str]]]:
    upload = request.FILES.get("table")
    if upload is None:
        raise ValueError(_("Choose the CSV file with the translations."))
    if (upload.size or 0) > MOST_BYTES:
        raise ValueError(_("The file is larger than 2 MB: that is no table of these texts."))
    try:
        text = upload.read().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError(_("The file is not UTF-8: save it as “CSV UTF-8”.")) from None
    head = text.partition("\n")[0]
    reader = csv.DictReader(io.StringIO(text), delimiter=";" if head.count(";") > head.count(",") else ",")
    if not reader.fieldnames or PLACE not in reader.fieldnames:
        raise ValueError(
            _("The first row must name the columns: place, then a language each, as in the table you took.")
        )
    return [(str(row[PLACE]), _texts(row)) for row in reader if row[PLACE]]


def _texts(row: Mapping[str | None, Any]) -> dict[str, str]:
    found = {str(key): str(value) for key, value in row.items() if key and key != PLACE and isinstance(value, str)}
    return {key: value.removeprefix("'") if value[1:2] in FORMULA else value for key, value in found.items()}
