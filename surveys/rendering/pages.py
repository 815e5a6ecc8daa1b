"""A survey version as the page a customer answers: its texts, its form, and its questions as HTML, per language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django import forms
from django.conf.locale import LANG_INFO
from django.template.loader import render_to_string
from django.utils.datastructures import MultiValueDict
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from surveys.enums import VersionState
from surveys.models import SurveyVersion
from surveys.question_kinds import QuestionSpec, RawValue, kind
from surveys.rendering.durations import answering_seconds
from surveys.rendering.specs import Key, fallbacks, specs_of
from surveys.rendering.texts import pick


@dataclass(frozen=True, slots=True)
class PageTexts:
    """The words around the questions, in one language."""

    language: str
    others: tuple[tuple[str, str], ...]  # the survey's other languages: (code, its own name)
    title: str
    about: str
    intro: str
    thanks: str
    help_url: str
    questions: int
    seconds: int


def page_texts(version: SurveyVersion, language: str) -> PageTexts:
    """The words around the questions; cached once the version is published."""
    return _texts(version, language) if version.state == VersionState.DRAFT else _cached_texts(Key(version), language)


@lru_cache(maxsize=1024)
def _cached_texts(key: Key, language: str) -> PageTexts:
    return _texts(key.version, language)


def _texts(version: SurveyVersion, language: str) -> PageTexts:
    document, specs = version.document, specs_of(version, language)
    languages = fallbacks(document, language)
    return PageTexts(
        language=language,
        others=tuple((code, _own_name(code)) for code in document.get("languages", ()) if code != language),
        title=pick(document.get("title"), languages) or version.survey.name,
        about=pick(document.get("about"), languages),
        intro=pick(document.get("intro"), languages),
        thanks=pick(document.get("thanks"), languages),
        help_url=_web_address(pick(document.get("help_url"), languages)),
        questions=len(specs),
        seconds=answering_seconds(specs),
    )


def _own_name(code: str) -> str:
    """What a language calls itself."""
    info: dict[str, Any] = LANG_INFO.get(code) or LANG_INFO.get(_base(code)) or {}
    name: str = info.get("name_local", code)
    return name[:1].upper() + name[1:]


def _web_address(text: str) -> str:
    """The address of a help page, or nothing: no other scheme ever becomes a link."""
    return text if text.startswith(("https://", "http://", "mailto:", "tel:")) else ""


def languages_of(version: SurveyVersion) -> list[str]:
    """Languages of the survey in its own order; cached once published."""
    if version.state == VersionState.DRAFT:
        return list(version.document.get("languages", ()))
    return list(_cached_languages(Key(version)))


@lru_cache(maxsize=1024)
def _cached_languages(key: Key) -> tuple[str, ...]:
    return tuple(key.version.document.get("languages", ()))


def best_language(available: Sequence[str], wanted: Sequence[str]) -> str:
    """The first wanted language that the survey has, exactly or by its base ("de" for "de-AT"); else its first one."""
    exact = {code.lower(): code for code in reversed(available)}
    bases = {_base(code): code for code in reversed(available)}
    for language in wanted:
        code = language.lower().replace("_", "-")
        found = exact.get(code) or bases.get(_base(code))
        if found:
            return found
    return available[0] if available else "en"


def _base(code: str) -> str:
    return code.lower().split("-", maxsplit=1)[0]


class AnswerForm(forms.Form):
    """The questions as a form; `values` holds what was answered once it is valid."""

    def __init__(
        self,
        specs: Sequence[QuestionSpec],
        data: Mapping[str, Sequence[str]] | None = None,
        *,
        chosen: Mapping[str, RawValue] | None = None,
        typed: Mapping[str, Sequence[str]] | None = None,
        whole: bool = True,
    ) -> None:
        bound = None if data is None else MultiValueDict({code: list(values) for code, values in data.items()})
        super().__init__(bound, initial=_initial(specs, chosen or {}), auto_id="id_%s")
        self.specs, self.whole = specs, whole
        self.values: dict[str, RawValue] = {}
        self.fields = {spec.code: kind(spec.kind).form_field(spec) for spec in specs}
        self.initial = {**self.initial, **_as_typed(self.fields, typed or {})}

    def clean(self) -> dict[str, Any]:
        """Read every value by its kind, and refuse a survey (`whole`) in which nothing was answered."""
        for spec in self.specs:
            if spec.code in self.cleaned_data:
                self._read(spec)
        if self.whole and not self.errors and not any(not value.is_blank for value in self.values.values()):
            self.add_error(self.specs[0].code if self.specs else None, _("Answer at least one question"))
        return self.cleaned_data

    def _read(self, spec: QuestionSpec) -> None:
        cleaned = self.cleaned_data[spec.code]
        raw = cleaned if isinstance(cleaned, list) else "" if cleaned is None else str(cleaned)
        try:
            self.values[spec.code] = kind(spec.kind).parse(raw, spec)
        except ValueError as trouble:
            self.add_error(spec.code, str(trouble))


def _initial(specs: Sequence[QuestionSpec], chosen: Mapping[str, RawValue]) -> dict[str, str | list[str]]:
    """Values as the widgets want them: lists for check boxes, text for the rest."""
    initial: dict[str, str | list[str]] = {}
    for spec in specs:
        value = chosen.get(spec.code, RawValue())
        many = spec.kind in ("multi", "feelings")
        initial[spec.code] = list(value.choices) if many else kind(spec.kind).export(value, spec)
    return initial


def _as_typed(fields: Mapping[str, forms.Field], typed: Mapping[str, Sequence[str]]) -> dict[str, str | list[str]]:
    """What was saved before, also where it is a mistake that is still to be mended."""
    kept = {name: list(typed[name]) for name in fields if typed.get(name)}
    return {
        name: values if isinstance(fields[name], forms.MultipleChoiceField) else values[0]
        for name, values in kept.items()
    }


def preselected(specs: Sequence[QuestionSpec], query: Mapping[str, str]) -> dict[str, RawValue]:
    """What the link in the mail preselects (?code=value): valid choices only, never words."""
    chosen: dict[str, RawValue] = {}
    for spec in specs:
        if spec.kind == "text" or spec.code not in query:
            continue
        try:
            chosen[spec.code] = kind(spec.kind).parse(query[spec.code], spec)
        except ValueError:
            continue  # a mangled link shows the page as if nothing was preselected
    return chosen


def questions_html(form: AnswerForm, first: int = 1, total: int | None = None) -> SafeString:
    """Every question by its kind's template, counted in words ("Question 2 of 4")."""
    total = len(form.specs) if total is None else total
    parts = [
        render_to_string(
            kind(spec.kind).template_name, {"field": form[spec.code], "spec": spec, "number": number, "total": total}
        )
        for number, spec in enumerate(form.specs, start=first)
    ]
    return SafeString("".join(parts))  # joined fragments of autoescaped templates
