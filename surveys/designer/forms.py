"""Forms of the designer: a question in one language, the survey's own words, a new survey."""

import copy
from collections.abc import Mapping, Sequence
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from cxsurvey.lib.periods import parse_period
from surveys.drafting.catalogue import DEFAULTS
from surveys.drafting.edits import code_from
from surveys.drafting.texts import own_words, put_words
from surveys.drafting.translation_table import in_languages
from surveys.enums import Measures, Metric, SurveyKind
from surveys.programme.nodes import MAX_TEXT
from surveys.programme.periods import write_period
from surveys.programme.questionnaires import HELP_URL
from surveys.programme.questions import METRICS, SCALES
from surveys.programme.wording import LANGUAGE
from surveys.question_kinds import KINDS
from surveys.replies.document import CONVERSATION, LIFE, LINK, conversation_problems

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
    "repeated_myself": _l("Had to repeat themselves"),
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


class AddForm(forms.Form):
    """A question more: of which kind, behind which."""

    kind = forms.ChoiceField(label=_l("Add a question"), choices=kind_choices)
    after = forms.SlugField(required=False, widget=forms.HiddenInput)

    def document(self, languages: Sequence[str], survey_kind: str, stage: str) -> dict[str, Any]:
        """A question of this kind that says what a new one usually says."""
        kind = self.cleaned_data["kind"]
        measures = {SurveyKind.TOUCHPOINT: Measures.STAGE, SurveyKind.END_TO_END: Measures.JOURNEY}
        target = measures.get(SurveyKind(survey_kind), Measures.RELATIONSHIP)
        return copy.deepcopy(DEFAULTS) | {
            "code": kind.replace("_", "-"),
            "kind": kind,
            "metric": str(METRICS.get(kind, Metric.OTHER)),
            "measures": str(target),
            "stage_code": stage if target == Measures.STAGE else "",
            "to_stage_code": "",
            "text": {},
            "scale": SCALES.get(kind, [0, 10] if kind == "scale" else None),
        }


class WordsForm(forms.Form):
    """The survey's own words in one language, and what holds for all of it."""

    title = forms.CharField(label=_l("Title"), required=False, max_length=MAX_TEXT)
    about = forms.CharField(
        label=_l("What it is about, in the customer's words"),
        required=False,
        max_length=MAX_TEXT,
        help_text=_l("Such as “your call with us”; it stands in the mail and on the page."),
    )
    subject = forms.CharField(label=_l("Subject of the mail"), required=False, max_length=MAX_TEXT)
    intro = forms.CharField(
        label=_l("Words above the questions"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    thanks = forms.CharField(
        label=_l("Words after answering"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    help_url = forms.CharField(
        label=_l("Address for help"),
        required=False,
        max_length=500,
        help_text=_l("Begins with https://, mailto: or tel:."),
    )
    layout = forms.ChoiceField(
        label=_l("Pages"),
        required=False,
        choices=[
            ("auto", _l("up to three questions on one page, else a question a page")),
            ("one_page", _l("all on one page")),
            ("question_per_page", _l("a question a page")),
            ("pages", _l("as the questions say")),
        ],
    )
    sms = forms.ChoiceField(
        label=_l("By text message"),
        required=False,
        choices=[(LINK, _l("a link to the page")), (CONVERSATION, _l("the questions themselves, one a message"))],
    )
    sms_life = forms.CharField(
        label=_l("A conversation waits for"),
        required=False,
        max_length=20,
        help_text=_l("Such as 90m, 24h or 3d; left empty, 3 days."),
    )
    languages = forms.CharField(
        label=_l("Languages"),
        max_length=200,
        help_text=_l(
            "Codes such as en, de; the first one stands in for a missing text. A language that is taken out goes with "
            "its texts; Undo brings them back."
        ),
    )

    def __init__(self, document: Mapping[str, Any], language: str, data: Any = None) -> None:
        self.old, self.language = dict(document), language
        initial = {name: own_words(document.get(name), language) for name in self.texts}
        initial["help_url"] = document.get("help_url") or ""
        initial["layout"] = document.get("layout") or "auto"
        initial |= {"sms": document.get("sms") or LINK, "sms_life": document.get("sms_life") or ""}
        initial["languages"] = ", ".join(document.get("languages") or ["en"])
        super().__init__(data, initial=initial, prefix="words", label_suffix="")
        for name in self.texts:
            self.fields[name].widget.attrs |= {"lang": language, "dir": "auto"}

    texts: Final = ("title", "about", "subject", "intro", "thanks")

    def clean_help_url(self) -> str:
        url: str = self.cleaned_data["help_url"]
        if url and not HELP_URL.fullmatch(url):
            raise forms.ValidationError(_("Begin with https://, http://, mailto: or tel:."))
        return url

    def clean(self) -> dict[str, Any]:
        """A life that a conversation may have, written as a file writes it; none where it is the usual one."""
        cleaned: dict[str, Any] = super().clean() or {}
        told = {"sms": cleaned.get("sms") or LINK, "sms_life": cleaned.get("sms_life", "")}
        problems = [text for path, text in conversation_problems({**told, "questions": ()}) if path == ("sms_life",)]
        for text in problems:
            self.add_error("sms_life", text)
        if told["sms_life"] and not problems:
            life = parse_period(told["sms_life"]).delta
            cleaned["sms_life"] = "" if life == LIFE else write_period(life)
        return cleaned

    def clean_languages(self) -> list[str]:
        """Each a language code, each once."""
        found = list(dict.fromkeys(self.cleaned_data["languages"].replace(",", " ").split()))
        wrong = [each for each in found if not LANGUAGE.fullmatch(each)]
        if wrong or not found:
            words = _("“%(code)s” is not a language: write codes such as en, de or pt-BR.")
            raise forms.ValidationError(words % {"code": ", ".join(wrong)})
        return found

    def document(self) -> dict[str, Any]:
        told = self.cleaned_data
        made = in_languages(self.old, told["languages"]) | {"help_url": told["help_url"]}
        for key, usual in (("layout", "auto"), ("sms", LINK), ("sms_life", "")):
            made.pop(key, None)
            made |= {key: told[key]} if told[key] not in ("", usual) else {}
        if self.language not in told["languages"]:  # the language of this form was taken out
            return made
        return made | {name: put_words(made.get(name), self.language, told[name]) for name in self.texts}


class NewJourneyForm(forms.Form):
    """A new journey: a name, and a story or the stages."""

    name = forms.CharField(label=_l("Name"), max_length=120, help_text=_l("What customers set out to get done."))
    story = forms.ChoiceField(
        label=_l("Begin with"),
        required=False,
        choices=[
            ("", _l("the stages below")),
            ("five_interactions", _l("five great contacts, one tiring journey (opening an account)")),
            ("restaurant", _l("a dinner: great table service, a poor evening")),
            ("office_furniture", _l("buying office furniture: mostly never measured")),
            ("two_calls", _l("two short calls against one that solves it")),
        ],
        help_text=_l("A story brings its stages, questionnaires as drafts, and rules that ask nobody yet."),
    )
    stages = forms.CharField(
        label=_l("Stages"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_l(
            "One a line, in order: “Handing in documents | Branch”. Without a department nobody serves there. "
            "“~ Waiting for approval | Back office | 2” is a wait with a promise of 2 days."
        ),
    )

    questionnaires = forms.BooleanField(
        label=_l("With a questionnaire for every stage that serves, and one for the whole"),
        required=False,
        initial=True,
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not cleaned.get("story") and not cleaned.get("stages"):
            self.add_error("stages", _("Name the stages, or begin with a story."))
        return cleaned


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
