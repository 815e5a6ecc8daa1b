"""Forms of the designer: a question in one language, the survey's own words, a new survey."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from surveys.designer.choice_lines import choice_lines, read_choice_lines
from surveys.drafting.edits import code_from
from surveys.drafting.texts import in_language
from surveys.enums import Measures, Metric, SurveyKind
from surveys.programme.questions import METRICS, SCALES
from surveys.programme.wording import LANGUAGE
from surveys.queries.designer import StagePlace
from surveys.question_kinds import KINDS

WITH_SCALE: Final = frozenset(
    {"csat", "ces", "nps", "scale", "agreement", "matrix", "service_quality", "between_steps"}
)
WITH_FREE_SCALE: Final = frozenset({"csat", "scale", "matrix"})
WITH_CHOICES: Final = frozenset({"single", "multi", "ranking"})
TEXTS: Final = ("text", "help", "low", "high")
KIND_NAMES: Final = {
    "nps": _l("Would they recommend us (NPS, 0-10)"),
    "csat": _l("How satisfied (CSAT)"),
    "ces": _l("How easy (CES, 1-7)"),
    "scale": _l("A scale of numbers"),
    "agreement": _l("Agree or disagree"),
    "service_quality": _l("The four service qualities"),
    "between_steps": _l("Clear between the steps"),
    "single": _l("Choose one"),
    "multi": _l("Choose several"),
    "yes_no": _l("Yes or no"),
    "text": _l("Their own words"),
    "feelings": _l("How they felt (two of eight)"),
    "matrix": _l("Several rows on one scale"),
    "ranking": _l("Put in order"),
    "number": _l("A number"),
    "date": _l("A date"),
    "contact": _l("How to reach them"),
    "consent": _l("Consent"),
    "statement": _l("Words only, nothing to answer"),
    "hidden": _l("A value that comes with the link"),
}


def kind_choices() -> list[tuple[str, str]]:
    """The kinds there are, in the words of this screen."""
    return [
        (name, str(KIND_NAMES.get(name, name)))
        for name in (*KIND_NAMES, *(set(KINDS) - set(KIND_NAMES)))
        if name in KINDS
    ]


class QuestionForm(forms.Form):
    """One question, its words in one language. `document()` gives the question as a document has it."""

    text = forms.CharField(label=_l("Question"), widget=forms.Textarea(attrs={"rows": 2}), max_length=2000)
    help = forms.CharField(label=_l("Help below it"), required=False, max_length=2000)
    measures = forms.ChoiceField(label=_l("Measures"))
    lowest = forms.IntegerField(label=_l("Lowest"), required=False, min_value=-1000, max_value=1000)
    highest = forms.IntegerField(label=_l("Highest"), required=False, min_value=-1000, max_value=1000)
    low = forms.CharField(label=_l("Words at the low end"), required=False, max_length=200)
    high = forms.CharField(label=_l("Words at the high end"), required=False, max_length=200)
    choices = forms.CharField(
        label=_l("Choices"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_l("One a line. A code before “|” keeps its answers together when the words change."),
    )
    required = forms.BooleanField(label=_l("Must be answered"), required=False)
    headline = forms.BooleanField(label=_l("Headline: the score of this survey"), required=False)
    reversed = forms.BooleanField(label=_l("Low is good"), required=False)
    multiline = forms.BooleanField(label=_l("Several lines"), required=False)
    metric = forms.ChoiceField(label=_l("Counts as"), choices=Metric.choices)
    code = forms.SlugField(
        label=_l("Code"), max_length=60, help_text=_l("Names the question in exports and conditions.")
    )

    def __init__(
        self, question: Mapping[str, Any], language: str, stages: Sequence[StagePlace], data: Any = None
    ) -> None:
        self.question, self.language = dict(question), language
        super().__init__(data, initial=_initial(question, language), prefix="question", label_suffix="")
        measures = self.fields["measures"]
        assert isinstance(measures, forms.ChoiceField)  # noqa: S101 - declared above
        measures.choices = list(measure_choices(stages, str(question.get("measures", ""))))
        for name in set(self.fields) - set(fields_of(str(question.get("kind", "")))):
            del self.fields[name]

    def clean_choices(self) -> list[dict[str, Any]]:
        """The lines as choices; texts of other languages stay with their codes."""
        before = list(self.question.get("choices") or ())
        return read_choice_lines(self.cleaned_data["choices"], before, self.language)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        low, high = cleaned.get("lowest"), cleaned.get("highest")
        if low is not None and high is not None and low >= high:
            self.add_error("highest", _("The highest value must be above the lowest."))
        return cleaned

    def document(self) -> dict[str, Any]:
        """The question with what the form says; keys that the form does not show stay as they are."""
        told = self.cleaned_data
        made = {**self.question}
        for name in TEXTS:
            if name in told:
                made[name] = _put(self.question.get(name), self.language, told[name])
        for name in ("code", "metric", "required", "headline", "reversed", "multiline", "choices"):
            if name in told:
                made[name] = told[name]
        if "measures" in told:
            made |= _target(told["measures"])
        if told.get("lowest") is not None and told.get("highest") is not None:
            made["scale"] = [told["lowest"], told["highest"]]
        return made


def fields_of(kind: str) -> Iterator[str]:
    """The fields that a kind of question has."""
    yield from ("text", "help", "measures", "required", "metric", "code")
    if kind in WITH_SCALE or kind == "yes_no":
        yield "headline"
    if kind in WITH_SCALE:
        yield from ("low", "high")
    if kind in WITH_FREE_SCALE:
        yield from ("lowest", "highest")
    if kind == "scale":
        yield "reversed"
    if kind in WITH_CHOICES:
        yield "choices"
    if kind == "text":
        yield "multiline"


def _initial(question: Mapping[str, Any], language: str) -> dict[str, Any]:
    low, high = question.get("scale") or (None, None)
    texts = {name: _own(question.get(name), language) for name in TEXTS}
    target = _target_word(question)
    lines = choice_lines(question.get("choices") or (), language)
    return {**question, **texts, "lowest": low, "highest": high, "measures": target, "choices": lines}


def _own(text: Any, language: str) -> str:
    """The words of this very language: a fallback in the field would be stored as a translation."""
    return str(text.get(language, "")) if isinstance(text, dict) else str(text or "")


def _put(text: Any, language: str, words: str) -> dict[str, str]:
    found = dict(text) if isinstance(text, dict) else {}
    found.pop(language, None)
    return {**found, language: words} if words else found


def measure_choices(stages: Sequence[StagePlace], now: str) -> Iterator[tuple[str, str]]:
    """What a question can measure: the stages, the passages between them, the whole."""
    entered = [stage for stage in stages if not stage.is_wait]
    for stage in entered:
        yield f"stage:{stage.code}", _("the stage “%(stage)s”") % {"stage": stage.name}
    for first, second in pairwise(entered):
        names = {"first": first.name, "second": second.name}
        yield f"transition:{first.code}>{second.code}", _("the passage from “%(first)s” to “%(second)s”") % names
    if stages:
        yield "journey", _("the whole journey")
    if not stages or now == Measures.RELATIONSHIP:
        yield "relationship", _("the relationship with us")


def _target_word(question: Mapping[str, Any]) -> str:
    kind, stage, to = (str(question.get(key) or "") for key in ("measures", "stage_code", "to_stage_code"))
    if kind == Measures.TRANSITION:
        return f"transition:{stage}>{to}"
    return f"stage:{stage}" if kind == Measures.STAGE else kind


def _target(word: str) -> dict[str, str]:
    kind, _colon, place = word.partition(":")
    stage, _arrow, to = place.partition(">")
    return {"measures": kind, "stage_code": stage, "to_stage_code": to}


class AddForm(forms.Form):
    """A question more: of which kind, behind which."""

    kind = forms.ChoiceField(label=_l("Add a question"), choices=kind_choices)
    after = forms.SlugField(required=False, widget=forms.HiddenInput)

    def document(self, languages: Sequence[str], survey_kind: str, stage: str) -> dict[str, Any]:
        """A question of this kind that says what a new one usually says."""
        kind = self.cleaned_data["kind"]
        measures = {SurveyKind.TOUCHPOINT: Measures.STAGE, SurveyKind.END_TO_END: Measures.JOURNEY}
        target = measures.get(SurveyKind(survey_kind), Measures.RELATIONSHIP)
        return {
            "code": kind.replace("_", "-"),
            "kind": kind,
            "metric": str(METRICS.get(kind, Metric.OTHER)),
            "measures": str(target),
            "stage_code": stage if target == Measures.STAGE else "",
            "to_stage_code": "",
            "text": {},
            "scale": SCALES.get(kind, [0, 10] if kind == "scale" else None),
            "choices": [],
            "required": False,
            "headline": False,
            "reversed": False,
            "multiline": True,
            "show_if": None,
        }


class WordsForm(forms.Form):
    """The survey's own words in one language, and what holds for all of it."""

    title = forms.CharField(label=_l("Title"), required=False, max_length=200)
    about = forms.CharField(
        label=_l("What it is about, in the customer's words"),
        required=False,
        max_length=200,
        help_text=_l("Such as “your call with us”; it stands in the mail and on the page."),
    )
    subject = forms.CharField(label=_l("Subject of the mail"), required=False, max_length=200)
    intro = forms.CharField(
        label=_l("Words above the questions"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    thanks = forms.CharField(
        label=_l("Words after answering"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    help_url = forms.URLField(label=_l("Address for help"), required=False, assume_scheme="https")
    languages = forms.CharField(
        label=_l("Languages"),
        max_length=200,
        help_text=_l("Codes such as en, de; the first one stands in for a missing text."),
    )

    def __init__(self, document: Mapping[str, Any], language: str, data: Any = None) -> None:
        self.old, self.language = dict(document), language
        initial = {name: _own(document.get(name), language) for name in self.texts}
        initial["help_url"] = document.get("help_url") or ""
        initial["languages"] = ", ".join(document.get("languages") or ["en"])
        super().__init__(data, initial=initial, prefix="words", label_suffix="")

    texts: Final = ("title", "about", "subject", "intro", "thanks")

    def clean_languages(self) -> list[str]:
        """Each a language code, each once; those that have texts may not be dropped unseen."""
        found = list(dict.fromkeys(self.cleaned_data["languages"].replace(",", " ").split()))
        wrong = [each for each in found if not LANGUAGE.fullmatch(each)]
        if wrong or not found:
            words = _("“%(code)s” is not a language: write codes such as en, de or pt-BR.")
            raise forms.ValidationError(words % {"code": ", ".join(wrong)})
        return found

    def document(self) -> dict[str, Any]:
        told = self.cleaned_data
        made = {**self.old, "languages": told["languages"], "help_url": told["help_url"]}
        return made | {name: _put(self.old.get(name), self.language, told[name]) for name in self.texts}


class NewSurveyForm(forms.Form):
    """A new survey: from what, about what, under which name."""

    template = forms.ChoiceField(label=_l("Begin with"), required=False)
    place = forms.ChoiceField(label=_l("It is about"))
    name = forms.CharField(label=_l("Name"), max_length=200, help_text=_l("For you and your colleagues."))
    code = forms.SlugField(
        label=_l("Code"), max_length=60, required=False, help_text=_l("Left empty, it is made of the name.")
    )

    def __init__(
        self, templates: Sequence[tuple[str, str]], places: Sequence[tuple[str, Any]], *args: Any, **kw: Any
    ) -> None:
        super().__init__(*args, **{**kw, "label_suffix": ""})
        for name, choices in (("template", templates), ("place", places)):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)  # noqa: S101 - declared above
            field.choices = list(choices)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        cleaned["code"] = cleaned.get("code") or code_from(cleaned.get("name", ""))
        if not cleaned["code"] and "name" in cleaned:
            self.add_error("code", _("Give a code of letters, digits and hyphens: the name has none of them."))
        return cleaned


def fallback_words(question: Mapping[str, Any], language: str) -> str:
    """What customers of this language read where the text is missing; "" where it is there."""
    return "" if _own(question.get("text"), language) else in_language(question.get("text"), language)
