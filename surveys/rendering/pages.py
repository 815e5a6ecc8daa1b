"""A survey version as the page a customer answers: its texts, its form, and its questions as HTML, per language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from django import forms
from django.conf.locale import LANG_INFO
from django.template.loader import render_to_string
from django.utils.datastructures import MultiValueDict
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from surveys.enums import VersionState
from surveys.models import SurveyVersion
from surveys.question_kinds import QuestionSpec, RawValue, initial, kind, read, with_ends
from surveys.question_kinds.composite import Composite
from surveys.question_kinds.registry import ASK_NOTHING
from surveys.rendering.durations import answering_seconds
from surveys.rendering.following import Rule
from surveys.rendering.specs import Key, fallbacks, specs_of
from surveys.rendering.texts import pick

NEVER_FROM_A_LINK: Final = ("text", "contact", "consent")  # words, and what only the customer may say


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
        questions=sum(spec.kind not in ASK_NOTHING for spec in specs),
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
    """The questions as a form; `values` holds what was answered once it is valid, each row of a battery by its code."""

    def __init__(
        self,
        specs: Sequence[QuestionSpec],
        data: Mapping[str, Sequence[str]] | None = None,
        *,
        chosen: Mapping[str, RawValue] | None = None,
        typed: Mapping[str, Sequence[str]] | None = None,
        whole: bool = True,
    ) -> None:
        """`chosen` are answers to show, `typed` is what was posted before and shown as it is, right or wrong.

        `whole`: all of a survey was posted, not one of its pages.
        """
        given = _initial(specs, chosen or {})
        super().__init__(None if data is None else _posted(data), initial=given, auto_id="id_%s")
        self.specs, self.whole = specs, whole
        self.values: dict[str, RawValue] = {}
        self.fields = {spec.code: _field(spec, get_language() or "") for spec in specs}
        self.initial = {**given, **_as_typed(self.fields, _posted(typed or {}))}

    def clean(self) -> dict[str, Any]:
        """Read every value by its kind, and refuse a survey (`whole`) in which nothing was answered."""
        for spec in self.specs:
            if spec.code in self.cleaned_data:
                self._read(spec)
        if self.whole and not self.errors and all(value.is_blank for value in self._answers()):
            asked = next((spec.code for spec in self.specs if spec.kind not in ASK_NOTHING), None)
            self.add_error(asked, _("Answer at least one question"))
        return self.cleaned_data

    def _answers(self) -> list[RawValue]:
        hidden = {spec.code for spec in self.specs if spec.kind in ASK_NOTHING}
        return [value for code, value in self.values.items() if code not in hidden]

    def _read(self, spec: QuestionSpec) -> None:
        try:
            self.values |= read(self.cleaned_data[spec.code], spec)
        except ValueError as trouble:
            if spec.kind != "hidden":  # which the customer did not write and cannot mend
                self.add_error(spec.code, str(trouble))


@lru_cache(maxsize=4096)
def _field(spec: QuestionSpec, _language: str) -> forms.Field:
    """The field of a question in the language in force. Forms share it: they read by it and change nothing of it."""
    return kind(spec.kind).form_field(spec)


def _posted(data: Mapping[str, Sequence[str]]) -> MultiValueDict[str, str]:
    return MultiValueDict({name: list(values) for name, values in data.items()})


def _initial(specs: Sequence[QuestionSpec], chosen: Mapping[str, RawValue]) -> dict[str, Any]:
    """Values as the inputs want them, by the names of the inputs."""
    return {name: value for spec in specs for name, value in initial(spec, chosen).items()}


def _as_typed(fields: Mapping[str, forms.Field], typed: MultiValueDict[str, str]) -> dict[str, Any]:
    """What was posted before as each input would have read it, also the inputs of composite questions."""
    found: dict[str, Any] = {}
    for name, field in fields.items():
        inputs: dict[str, forms.Field] = {name: field}
        if isinstance(field, Composite):
            inputs = {f"{name}.{part.code}": part.field for part in field.parts}
        for input_name, each in inputs.items():
            if any(typed.getlist(key) for key in typed if key == input_name or key.startswith(f"{input_name}.")):
                found[input_name] = each.widget.value_from_datadict(typed, MultiValueDict(), input_name)
    return found


def preselected(specs: Sequence[QuestionSpec], query: Mapping[str, str]) -> dict[str, RawValue]:
    """What the link in the mail preselects (?code=value): valid choices only, never words."""
    chosen: dict[str, RawValue] = {}
    for spec in specs:
        if spec.kind in NEVER_FROM_A_LINK or spec.code not in query:
            continue
        try:
            chosen[spec.code] = kind(spec.kind).parse(query[spec.code], spec)
        except ValueError:
            continue  # a mangled link shows the page as if nothing was preselected
    return chosen


def questions_html(
    form: AnswerForm,
    first: int = 1,
    total: int | None = None,
    waiting: AnswerForm | None = None,
    rules: Sequence[Rule] = (),
) -> SafeString:
    """Every question by its kind's template, counted in words ("Question 2 of 4"); statements are not counted.

    Where there are rules, each question stands in the box that its rule shows and hides, the waiting ones among them.
    """
    counted = [spec.code for spec in form.specs if spec.kind not in ASK_NOTHING]
    total = len(counted) if total is None else total
    parts = {}
    for each in (form, waiting) if waiting is not None else (form,):
        for spec in each.specs:
            number = first + (counted.index(spec.code) if spec.code in counted else len(counted))
            context = {"field": each[spec.code], "spec": with_ends(spec), "number": number, "total": total}
            parts[spec.code] = render_to_string(kind(spec.kind).template_name, context)
    boxes = [_boxed(rule, parts[rule.code]) for rule in rules if rule.code in parts]
    return SafeString("".join(boxes or parts.values()))  # joined fragments of autoescaped templates


def _boxed(rule: Rule, question: str) -> str:
    return render_to_string("surveys/questions/_box.html", {"rule": rule, "question": question})
