"""A questionnaire with every kind and every feature of logic, made through the forms alone: the very file by hand."""

# ruff: noqa: E501 - tables of values

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from feedback.actions.programmes import dump_text
from surveys.designer.condition_form import KNOWN
from surveys.drafting.sentences import OPERATORS
from surveys.logic.conditions import OPERATORS as KNOWN_OPERATORS
from surveys.logic.context import ATTRIBUTE, NAMES, WITH_ATTRIBUTES
from surveys.models import Journey, Survey
from surveys.programme.parse import parse
from surveys.programme.questionnaires import SURVEY_KEYS
from surveys.programme.questions import QUESTION_KEYS
from surveys.programme.writing import write
from surveys.question_kinds import KINDS
from tests.designing import client_of_fixture, row  # noqa: F401 - a fixture

BY_HAND = """
journey: {code: account, name: Account, headline: overall}
stages:
  - {code: call, name: Call, kind: non_service}
  - {code: visit, name: Visit, kind: non_service}
theme: {accent: "#7a1f5c"}
surveys:
  - code: account-whole
    kind: end_to_end
    name: Account
    headline: overall
    languages: [en, de]
    title: {en: Your account, de: Ihr Konto}
    intro: {en: Three minutes., de: Drei Minuten.}
    thanks: {en: "Thank you, [[customer.segment|you]].", de: Danke.}
    subject: {en: Your new account, de: Ihr neues Konto}
    about: {en: your new account, de: Ihr neues Konto}
    help_url: mailto:help@example.org
    sms: conversation
    sms_life: 90m
    layout: pages
    random_blocks: [[served, again]]
    endings:
      sorry: {en: We are sorry., de: Es tut uns leid.}
    quotas:
      - code: gold
        limit: 200
        if: {any: [{customer: attr.tier, op: eq, value: gold}, {run: outcome, op: ne, value: abandoned}]}
        action: close
        message: {en: Enough., de: Genug.}
    questions:
      - {code: from, kind: hidden, text: {en: Campaign, de: Kampagne}, choices: [{code: spring, text: {en: Spring, de: Frühling}}]}
      - code: overall
        kind: csat
        text: {en: "How satisfied were you with {the whole}?", de: "Wie zufrieden waren Sie mit {allem}?"}
        help: {en: From 1 to 5., de: Von 1 bis 5.}
        low: {en: Not at all, de: Gar nicht}
        high: {en: Very, de: Sehr}
        required: true
        style: smileys
        same_meaning: true
      - {code: recommend, kind: nps, text: {en: Recommend us?, de: Empfehlen?}}
      - {code: easy, kind: ces, text: {en: It was easy., de: Es war leicht.}, metric: ease, new_page: true}
      - {code: rating, kind: scale, scale: [0, 10], reversed: true, replaces: overall, text: {en: And of ten?, de: Von zehn?}}
      - {code: agree, kind: agreement, scale: [1, 7], reversed: true, text: {en: It took long., de: Es dauerte.}}
      - {code: served, kind: service_quality, text: {en: How were we?, de: Wie waren wir?}, random_order: true, measures: call,
         rows: [{code: speed, text: {en: Quick, de: Schnell}}, {code: patience, text: {en: Patient, de: Geduldig}}]}
      - {code: again, kind: repeated_myself, text: {en: Said it twice?, de: Doppelt gesagt?}}
      - {code: between, kind: between_steps, measures: call->visit, text: {en: And then, de: Danach}}
      - code: places
        kind: matrix
        scale: [1, 5]
        text: {en: These?, de: Diese?}
        rows:
          - {code: desk, text: {en: The desk, de: Der Tresen}, metric: ease, measures: call->visit}
          - {code: line, text: {en: The line, de: Die Leitung}, measures: journey}
        random_order: true
        keep_last: [line]
      - {code: used, kind: matrix, text: {en: Used?, de: Benutzt?}, rows: [{code: app, text: {en: App, de: App}}],
         choices: [{code: often, text: {en: Often, de: Oft}}, {code: never, text: {en: Never, de: Nie}}]}
      - {code: felt, kind: feelings, text: {en: How did you feel?, de: Wie war Ihnen?}, random_order: true}
      - code: what
        kind: multi
        text: {en: What went wrong?, de: Was ging schief?}
        choices:
          - {code: wait, text: {en: The wait, de: Das Warten}}
          - {code: none, text: {en: Nothing, de: Nichts}, exclusive: true}
          - {code: other, text: {en: Else, de: Anderes}, other: true}
        min: 1
        max: 2
        random_order: true
        keep_last: [none, other]
        show_if:
          all:
            - {question: overall, op: lt, value: 3}
            - any: [{customer: segment, op: eq, value: gold}, {interaction: channel, op: in, value: [phone, chat]}]
            - not: {any: [{hidden: campaign, op: eq, value: spring}, {not: {all: [{run: attr.depth, op: gt, value: 1.5}, {question: served.speed, op: answered}]}}]}
      - {code: which, kind: single, text: {en: Which?, de: Welche?}, choices: [{code: a, text: {en: A, de: Ah}}, {code: b, text: {en: B, de: Beh}}]}
      - {code: first, kind: ranking, max: 2, text: {en: Order, de: Reihenfolge}, choices: [{code: x, text: {en: X, de: Ix}}, {code: y, text: {en: Y, de: Ypsilon}}]}
      - code: solved
        kind: yes_no
        text: {en: "Solved, by [[interaction.agent|us]]?", de: "Gelöst?"}
        then:
          - {if: {all: [{question: solved, op: eq, value: "no"}, {question: overall, op: le, value: 2}]}, go_to: "end:sorry"}
          - {if: {question: solved, op: eq, value: "yes"}, go_to: day}
      - {code: calls, kind: number, min: 0, max: 50, step: 0.5, text: {en: Calls?, de: Anrufe?}}
      - {code: day, kind: date, min: "2026-01-01", max: "2026-12-31", text: {en: When?, de: Wann?}}
      - {code: why, kind: text, multiline: false, max_length: 200, text: {en: "Why [[answer.overall]]?", de: "Warum?"}}
      - {code: reach, kind: contact, fields: [name, phone], text: {en: Reach you?, de: Erreichen?}}
      - {code: may, kind: consent, grants: [email], text: {en: You may ask me., de: Sie dürfen fragen.}}
      - {code: note, kind: statement, text: {en: Last words., de: Letzte Worte.}}
"""

ASKED: list[tuple[str, str, dict[str, Any], dict[str, Any]]] = [
    ("hidden", "from", {"text": "Campaign", "choices": "spring | Spring"}, {"text": "Kampagne", "choices": "spring | Frühling"}),
    ("nps", "recommend", {"text": "Recommend us?"}, {"text": "Empfehlen?"}),
    ("ces", "easy", {"text": "It was easy.", "metric": "ease", "new_page": "on"}, {"text": "Es war leicht."}),
    ("scale", "rating", {"text": "And of ten?", "lowest": 0, "highest": 10, "reversed": "on", "replaces": "overall"}, {"text": "Von zehn?"}),
    ("agreement", "agree", {"text": "It took long.", "highest": 7, "reversed": "on"}, {"text": "Es dauerte."}),
    ("service_quality", "served", {"text": "How were we?", "random_order": "on", "measures": "stage:call",
     "rows": "speed | Quick\npatience | Patient"}, {"text": "Wie waren wir?", "rows": "speed | Schnell\npatience | Geduldig"}),
    ("repeated_myself", "again", {"text": "Said it twice?"}, {"text": "Doppelt gesagt?"}),
    ("between_steps", "between", {"text": "And then", "measures": "transition:call>visit"}, {"text": "Danach"}),
    ("matrix", "places", {"text": "These?", "lowest": 1, "highest": 5, "random_order": "on",
     "rows": "desk | The desk | ease | about call->visit\nline | The line | last | about journey"},
     {"text": "Diese?", "rows": "desk | Der Tresen | ease | about call->visit\nline | Die Leitung | last | about journey"}),
    ("matrix", "used", {"text": "Used?", "rows": "app | App", "choices": "often | Often\nnever | Never"},
     {"text": "Benutzt?", "rows": "app | App", "choices": "often | Oft\nnever | Nie"}),
    ("feelings", "felt", {"text": "How did you feel?", "random_order": "on"}, {"text": "Wie war Ihnen?"}),
    ("multi", "what", {"text": "What went wrong?", "least": 1, "most": 2, "random_order": "on",
     "choices": "wait | The wait\nnone | Nothing | exclusive | last\nother | Else | other | last"},
     {"text": "Was ging schief?", "choices": "wait | Das Warten\nnone | Nichts | exclusive | last\nother | Anderes | other | last"}),
    ("single", "which", {"text": "Which?", "choices": "a | A\nb | B"}, {"text": "Welche?", "choices": "a | Ah\nb | Beh"}),
    ("ranking", "first", {"text": "Order", "most": 2, "choices": "x | X\ny | Y"},
     {"text": "Reihenfolge", "choices": "x | Ix\ny | Ypsilon"}),
    ("yes_no", "solved", {"text": "Solved, by [[interaction.agent|us]]?"}, {"text": "Gelöst?"}),
    ("number", "calls", {"text": "Calls?", "least": 0, "most": 50, "step": 0.5}, {"text": "Anrufe?"}),
    ("date", "day", {"text": "When?", "first_day": "2026-01-01", "last_day": "2026-12-31"}, {"text": "Wann?"}),
    ("text", "why", {"text": "Why [[answer.overall]]?", "multiline": None, "max_length": 200}, {"text": "Warum?"}),
    ("contact", "reach", {"text": "Reach you?", "fields_": ["name", "phone"]}, {"text": "Erreichen?"}),
    ("consent", "may", {"text": "You may ask me.", "grants": ["email"]}, {"text": "Sie dürfen fragen."}),
    ("statement", "note", {"text": "Last words."}, {"text": "Letzte Worte."}),
]  # fmt: skip
OVERALL = {"text": "How satisfied were you with {the whole}?", "help": "From 1 to 5.", "low": "Not at all", "high": "Very",
           "required": "on", "style": "smileys", "same_meaning": "on"}  # fmt: skip
GERMAN = {"text": "Wie zufrieden waren Sie mit {allem}?", "help": "Von 1 bis 5.", "low": "Gar nicht", "high": "Sehr"}


def said_anything(value: Any) -> bool:
    """Whether a browser would send this field: 0 is something, an empty field or box is not."""
    return value is not None and value is not False and value != ""


def said(context: dict[str, Any] | None) -> Any:
    """Why a form was not taken."""
    told = context or {}
    return told["open"] if "open" in told else told["form"].errors


class Person:
    """A designer at the forms: what is shown is sent back as a browser would, but for what she changes."""

    def __init__(self, client: Client, code: str) -> None:
        self.client, self.code = client, code

    def address(self, name: str, *args: str) -> str:
        return reverse(f"design:{name}", args=[self.code, *args])

    def send(self, name: str, *args: str, **fields: Any) -> str:
        """Press a button; where it led to."""
        response = self.client.post(self.address(name, *args), fields)
        assert response.status_code == 302, (name, args, said(response.context_data))
        return str(response["Location"])

    def fill(self, name: str, *args: str, lang: str = "en", **fields: Any) -> None:
        """Change fields of a form that is shown and press Save; None takes a tick away."""
        at = {"q": args[0]} if args else {}
        page = self.client.get(self.address("editor" if args else name), {"lang": lang, **at})
        form = page.context_data["form"]
        shown = {field.html_name: field.value() for field in form}
        told = shown | {f"{form.prefix}-{key}": value for key, value in fields.items()}
        posted = {key: "on" if value is True else value for key, value in told.items() if said_anything(value)}
        self.send(name, *args, lang=lang, **posted)

    def questions(self) -> list[str]:
        document = Survey.objects.get(code=self.code).versions.get(state="draft").document
        return [each["code"] for each in document["questions"]]


@pytest.fixture(name="person")
def person_fixture(client_of) -> Person:
    """At the questionnaire for the whole of a journey that she has just begun, with one question left of it."""
    client_of.post(reverse("design:journey"), {"name": "Account", "stages": "Call\nVisit", "questionnaires": "on"})
    found = Person(client_of, "account-whole")
    for code in found.questions():
        if code != "overall":
            found.send("remove", code)
    return found


def ask_everything(person: Person) -> None:
    person.fill("question", "overall", **OVERALL)
    person.fill("question", "overall", lang="de", **GERMAN)
    for kind, code, english, german in ASKED:
        made = person.send("add", kind=kind, after=person.questions()[-1]).partition("q=")[2].partition("&")[0]
        person.fill("question", made, **{"code": code, **english})
        person.fill("question", code, lang="de", **german)
    person.send("move", "from", to="up")


def set_words(person: Person) -> None:
    person.fill("words", languages="en, de", title="Your account", intro="Three minutes.", help_url="mailto:help@example.org",
                thanks="Thank you, [[customer.segment|you]].", subject="Your new account", about="your new account",
                layout="pages", sms="conversation", sms_life="90m")  # fmt: skip
    person.fill("words", lang="de", title="Ihr Konto", intro="Drei Minuten.", thanks="Danke.", subject="Ihr neues Konto",
                about="Ihr neues Konto")  # fmt: skip


def set_logic(person: Person) -> None:
    shown = {"c-word": "all", **row("c-0", "overall", "lt", "3"), "c-1-word": "any", "c-2-word": "none"}
    shown |= row("c-1-0", "customer.segment", "eq", "gold") | row("c-1-1", "interaction.channel", "in", "phone, chat")
    shown |= row("c-2-0", "hidden.", "eq", "spring", "campaign") | {"c-2-1-word": "not_all"}
    shown |= row("c-2-1-0", "run.attr.", "gt", "1.5", "depth") | row("c-2-1-1", "served.speed", "answered")
    person.send("logic-save", "what", jumps="1", **shown)
    jumps = {"j0-go_to": "end:sorry", "j0-word": "all", **row("j0-0", "solved", "eq", "no")}
    jumps |= (
        row("j0-1", "overall", "le", "2") | {"j1-go_to": "day", "j1-word": "all"} | row("j1-0", "solved", "eq", "yes")
    )
    person.send("logic-save", "solved", jumps="1", **jumps)
    person.send("blocks", joined=["again"])
    ends = {"e0-code": "sorry", "e0-words": "We are sorry.", "k0-code": "gold", "k0-limit": "200", "k0-action": "close"}
    ends |= {"k0-word": "any", **row("k0-0", "customer.attr.", "eq", "gold", "tier"), "k0-message": "Enough."}
    ends |= row("k0-1", "run.outcome", "ne", "abandoned")
    person.send("ends", lang="en", **ends)
    person.send("ends", lang="de", **{**ends, "e0-words": "Es tut uns leid.", "k0-message": "Genug."})


@pytest.mark.django_db
def test_everything_a_file_can_say_is_said_through_the_forms(person):
    set_words(person)
    ask_everything(person)
    set_logic(person)
    person.send("languages", **{"questions.used.rows.app.text@de": "App"})  # the same word, said on purpose
    person.client.post(reverse("design:colours", args=["account"]), {"accent": "#7a1f5c"})
    by_hand = parse(BY_HAND)
    assert [str(problem) for problem in by_hand.problems] == []
    assert by_hand.programme is not None
    assert dump_text(Journey.objects.get()) == write(by_hand.programme)
    person.send("publish-now", now="1")
    assert Survey.objects.get().versions.get().state == "published"
    again = Survey.objects.get().versions.get().document
    for code in [each["code"] for each in again["questions"]]:
        person.fill("question", code)
    assert Survey.objects.get().versions.get(state="draft").document == again


def test_the_file_by_hand_holds_every_kind_key_and_comparison():
    """So that a new kind, key, comparison or source has to find its way into the designer."""
    questions = parse(BY_HAND).programme.surveys[0].document["questions"]
    assert {each["kind"] for each in questions} == set(KINDS)
    short = {"headline"}  # said of the survey in this file
    assert {key for key in QUESTION_KEYS if f"{key}:" not in BY_HAND} - short == set()
    assert {key for key in SURVEY_KEYS if f"{key}:" not in BY_HAND} - {"stage"} == set()
    assert set(OPERATORS) == set(KNOWN_OPERATORS)
    names = {f"{source}.{name}" for source in ("customer", "interaction", "run") for name in NAMES[source]}
    assert set(KNOWN) == names | {f"{source}.{ATTRIBUTE}" for source in WITH_ATTRIBUTES} | {"hidden."}
