"""The designer without a browser: who may what, what each press stores, and what happens when two press."""

import csv
import io
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from surveys.actions.drafts import save_draft
from surveys.models import Survey, SurveyVersion
from tests.factories import published_journey
from tests.sinks import MailSink, mail_sink_fixture  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db


@pytest.fixture
def client_of(designer: User) -> Client:
    client = Client()
    client.force_login(designer)
    return client


@pytest.fixture
def survey(client_of: Client) -> Survey:
    """A survey made from the CSAT template by the designer."""
    published_journey(["call", "documents"], "account")
    data = {"template": "csat", "place": "account/call", "name": "After the call"}
    client_of.post(reverse("design:new"), data)
    return Survey.objects.get()


def draft(survey: Survey) -> SurveyVersion:
    return survey.versions.get(state="draft")


def codes(survey: Survey) -> list[str]:
    return [each["code"] for each in draft(survey).document["questions"]]


def question_data(survey: Survey, **fields: Any) -> dict[str, Any]:
    """The form of the question "overall" as a browser sends it."""
    data = {
        "question-text": "How was {this call}?",
        "question-measures": "stage:call",
        "question-lowest": "1",
        "question-highest": "5",
        "question-low": "Bad",
        "question-high": "Good",
        "question-metric": "csat",
        "question-code": "overall",
        "question-required": "on",
        "question-headline": "on",
    }
    return {"base": draft(survey).revision, "lang": "en", **data, **fields}


def post(client: Client, name: str, survey: Survey, *args: str, **data: Any) -> Any:
    return client.post(reverse(f"design:{name}", args=[survey.code, *args]), data)


def test_new_survey_from_template_measures_its_stage(survey):
    assert (survey.code, survey.kind, survey.stage_code) == ("after-the-call", "touchpoint", "call")
    assert [(each["code"], each["stage_code"]) for each in draft(survey).document["questions"]] == [
        ("overall", "call"),
        ("reason", "call"),
    ]


def test_new_survey_with_taken_code_says_so_and_keeps_what_was_typed(client_of, survey):
    data = {"template": "", "place": "account", "name": "Another", "code": survey.code}
    response = client_of.post(reverse("design:new"), data)
    assert response.status_code == 422
    assert "There is a survey with the code" in response.content.decode()
    assert 'value="Another"' in response.content.decode()


@pytest.mark.parametrize("who", ["nobody", "outsider", "looker"])
def test_people_without_the_right_change_nothing(survey, outsider, who):
    client = Client()
    if who == "outsider":
        client.force_login(outsider)
    if who == "looker":
        looker = User.objects.create_user("looker", is_staff=True)
        looker.user_permissions.set(Permission.objects.filter(codename="view_survey"))
        client.force_login(looker)
    before = draft(survey).revision
    got = client.get(reverse("design:editor", args=[survey.code])).status_code
    posted = post(client, "remove", survey, "reason").status_code
    assert (got, posted) == {"nobody": (302, 302), "outsider": (302, 302), "looker": (200, 403)}[who]
    assert draft(survey).revision == before


def test_designer_without_the_right_to_publish_is_refused(survey):
    writer = User.objects.create_user("writer", is_staff=True)
    writer.user_permissions.set(Permission.objects.filter(codename__in=["view_survey", "change_surveyversion"]))
    client = Client()
    client.force_login(writer)
    assert post(client, "publish-now", survey, now="1").status_code == 403
    assert draft(survey).state == "draft"


def test_question_saved_in_one_language_keeps_the_others(client_of, survey):
    german = draft(survey).document["questions"][0]["text"]["de"]
    response = post(client_of, "question", survey, "overall", **question_data(survey))
    assert response.status_code == 302
    question = draft(survey).document["questions"][0]
    assert (question["text"]["en"], question["text"]["de"], question["low"]["en"]) == (
        "How was {this call}?",
        german,
        "Bad",
    )


def test_question_that_cannot_be_stored_stays_in_the_form(client_of, survey):
    data = question_data(survey, **{"question-lowest": "7", "question-text": "Typed with care"})
    response = post(client_of, "question", survey, "overall", **data)
    assert response.status_code == 422
    assert "Typed with care" in response.content.decode()
    assert "The highest value must be above the lowest." in response.content.decode()
    assert draft(survey).revision == 1


def test_question_renamed_to_a_taken_code_is_refused(client_of, survey):
    response = post(client_of, "question", survey, "overall", **question_data(survey, **{"question-code": "reason"}))
    assert response.status_code == 422
    assert "Another question has this code." in response.content.decode()


def test_questions_added_moved_copied_removed_and_undone(client_of, survey):
    post(client_of, "add", survey, kind="nps", after="overall", base=1)
    assert codes(survey) == ["overall", "nps", "reason"]
    post(client_of, "move", survey, "nps", to="up")
    assert codes(survey) == ["nps", "overall", "reason"]
    post(client_of, "copy", survey, "reason")
    post(client_of, "remove", survey, "nps")
    assert codes(survey) == ["overall", "reason", "reason-2"]
    post(client_of, "order", survey, code=["reason-2", "overall", "reason"])
    assert codes(survey) == ["reason-2", "overall", "reason"]
    for _each in range(5):
        post(client_of, "undo", survey)
    assert codes(survey) == ["overall", "reason"]
    post(client_of, "redo", survey)
    assert codes(survey) == ["overall", "nps", "reason"]


def test_two_people_in_different_questions_keep_both(client_of, survey):
    data = question_data(survey)
    post(client_of, "remove", survey, "reason", base=1)
    assert post(client_of, "question", survey, "overall", **data).status_code == 302
    assert codes(survey) == ["overall"]
    assert draft(survey).document["questions"][0]["text"]["en"] == "How was {this call}?"


def test_two_people_in_the_same_words_see_both_and_one_press_keeps_mine(client_of, survey):
    mine = question_data(survey)
    theirs = question_data(survey, **{"question-text": "What about {this call}?"})
    post(client_of, "question", survey, "overall", **theirs)
    clash = post(client_of, "question", survey, "overall", **mine)
    page = clash.content.decode()
    assert clash.status_code == 409
    assert "How was {this call}?" in page
    assert "What about {this call}?" in page
    assert draft(survey).document["questions"][0]["text"]["en"] == "What about {this call}?"
    kept = {"base": clash.context_data["base"], "document": clash.context_data["mine"]}
    post(client_of, "keep-mine", survey, **kept)
    assert draft(survey).document["questions"][0]["text"]["en"] == "How was {this call}?"


def test_broken_own_version_is_refused_with_a_sentence(client_of, survey):
    response = client_of.post(reverse("design:keep-mine", args=[survey.code]), {"document": "{"}, follow=True)
    assert "did not arrive whole" in response.content.decode()


def test_choices_are_lines_and_keep_their_codes(client_of, survey):
    post(client_of, "add", survey, kind="single", after="overall", base=1)
    data = {
        "question-text": "Why?",
        "question-measures": "stage:call",
        "question-metric": "other",
        "question-code": "why",
        "question-choices": "price | The price\nThe wait",
    }
    post(client_of, "question", survey, "single", lang="en", base=2, **data)
    assert [(each["code"], each["text"]["en"]) for each in draft(survey).document["questions"][1]["choices"]] == [
        ("price", "The price"),
        ("the-wait", "The wait"),
    ]
    data["question-choices"] = "price | Der Preis\nthe-wait | The wait"
    post(client_of, "question", survey, "why", lang="de", base=3, **data)
    assert [each["text"] for each in draft(survey).document["questions"][1]["choices"]] == [
        {"en": "The price", "de": "Der Preis"},
        {"en": "The wait"},
    ]


def test_words_and_languages_of_the_survey_saved(client_of, survey):
    data = {"words-title": "Your call", "words-languages": "en, pt-BR", "words-help_url": "https://example.org/help"}
    assert post(client_of, "words", survey, lang="en", base=1, **data).status_code == 302
    document = draft(survey).document
    assert (document["title"]["en"], document["languages"]) == ("Your call", ["en", "pt-BR"])
    wrong = post(client_of, "words", survey, lang="en", **{"words-languages": "english"})
    assert wrong.status_code == 422
    assert "is not a language" in wrong.content.decode()


def test_texts_side_by_side_saved(client_of, survey):
    data = {"questions.overall.text@de": "Wie war {dieser Anruf}?", "questions.overall.text@en": ""}
    post(client_of, "languages", survey, base=1, **data)
    texts = draft(survey).document["questions"][0]["text"]
    assert texts["de"] == "Wie war {dieser Anruf}?"
    assert texts["en"] == "Overall, how satisfied were you with {this contact}?"


def table_of(client: Client, survey: Survey) -> list[dict[str, str]]:
    content = client.get(reverse("design:table", args=[survey.code])).content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(content)))


def test_table_for_translators_round_trip_changes_nothing(client_of, survey):
    content = client_of.get(reverse("design:table", args=[survey.code])).content
    post(client_of, "take-in", survey, base=1, table=SimpleUploadedFile("t.csv", content))
    assert draft(survey).revision == 1


def test_table_taken_in_with_a_new_language_and_refused_rows_told(client_of, survey):
    rows = "place;es\nquestions.overall.text;¿Qué tal {esta llamada}?\nquestions.gone.text;Nada\n"
    upload = SimpleUploadedFile("t.csv", rows.encode())
    address = reverse("design:take-in", args=[survey.code])
    page = client_of.post(address, {"base": 1, "table": upload}, follow=True).content.decode()
    assert draft(survey).document["questions"][0]["text"]["es"] == "¿Qué tal {esta llamada}?"
    assert "1 text taken in." in page
    assert "questions.gone.text: This survey has no such text." in page


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(b"\xff\xfe\x00", "not UTF-8"), (b"text,de\na,b\n", "must name the columns"), (None, "Choose the CSV file")],
)
def test_unusable_table_is_refused_with_a_sentence(client_of, survey, content, sentence):
    data = {} if content is None else {"table": SimpleUploadedFile("t.csv", content)}
    page = client_of.post(reverse("design:take-in", args=[survey.code]), data, follow=True).content.decode()
    assert sentence in page
    assert draft(survey).revision == 1


def test_formulas_in_texts_do_not_reach_a_spreadsheet(client_of, survey):
    post(client_of, "languages", survey, base=1, **{"title@en": "=1+1"})
    [title] = [row["en"] for row in table_of(client_of, survey) if row["place"] == "title"]
    assert title == "'=1+1"
    content = client_of.get(reverse("design:table", args=[survey.code])).content
    post(client_of, "take-in", survey, base=2, table=SimpleUploadedFile("t.csv", content))
    assert draft(survey).document["title"]["en"] == "=1+1"


def test_publish_shows_what_changes_and_what_is_kept_apart(client_of, survey):
    post(client_of, "publish-now", survey, now="1")
    assert survey.versions.get(number=1).state == "published"
    post(client_of, "question", survey, "overall", lang="en", **{**question_data_after_publish(), "base": ""})
    page = client_of.get(reverse("design:publish", args=[survey.code])).content.decode()
    assert "How was {this call}?" in page
    assert "new answers are not counted together with those before" in page
    post(client_of, "publish-now", survey, now="1")
    assert [(v.number, v.state) for v in survey.versions.order_by("number")] == [(1, "retired"), (2, "published")]


def question_data_after_publish() -> dict[str, str]:
    return {
        "question-text": "How was {this call}?",
        "question-measures": "stage:call",
        "question-lowest": "1",
        "question-highest": "5",
        "question-metric": "csat",
        "question-code": "overall",
        "question-headline": "on",
    }


def test_draft_with_problems_is_not_published_and_says_why(client_of, survey):
    post(client_of, "languages", survey, base=1)
    post(client_of, "remove", survey, "overall")
    post(client_of, "remove", survey, "reason")
    page = client_of.post(reverse("design:publish-now", args=[survey.code]), {"now": "1"}, follow=True).content.decode()
    assert "The survey has no question." in page
    assert draft(survey).state == "draft"


def test_plan_to_publish_and_to_close_and_take_back(client_of, survey):
    post(client_of, "publish-now", survey, plan="1", at="2099-01-01T09:00")
    assert draft(survey).publish_at is not None
    post(client_of, "publish-now", survey, plan="1", at="")
    assert draft(survey).publish_at is None
    past = post(client_of, "publish-now", survey, plan="1", at="2001-01-01T09:00")
    assert (past.status_code, "This time has passed" in past.content.decode()) == (422, True)
    post(client_of, "close", survey, at="2099-01-01T09:00")
    survey.refresh_from_db()
    assert survey.closes_at is not None


def test_draft_given_up_after_a_question(client_of, survey):
    assert client_of.get(reverse("design:drop", args=[survey.code])).status_code == 200
    assert draft(survey).state == "draft"
    post(client_of, "drop", survey)
    assert survey.versions.count() == 0
    assert client_of.get(reverse("design:editor", args=[survey.code])).status_code == 200


def test_test_mail_goes_to_oneself_with_inert_links(client_of, survey, mail_sink: MailSink, settings):
    page = client_of.post(
        reverse("design:test-send", args=[survey.code]),
        {"channel": "email", "address": "dana@example.org", "lang": "de"},
        follow=True,
    ).content.decode()
    assert "Sent to dana@example.org." in page
    assert mail_sink.recipients == ["dana@example.org"]
    mail = mail_sink.mail()
    body = mail.get_body(("plain",))
    assert body is not None
    assert f"{settings.PUBLIC_BASE_URL}/design/after-the-call/preview/" in body.get_content()
    assert "/s/" not in body.get_content()
    assert mail["Subject"].startswith("Test: ")


def test_test_mail_to_no_address_is_refused(client_of, survey, mail_sink: MailSink):
    address = reverse("design:test-send", args=[survey.code])
    page = client_of.post(address, {"channel": "email", "address": "nobody"}, follow=True).content.decode()
    assert "nobody" in page
    assert mail_sink.recipients == []


@pytest.mark.parametrize("surveys", [1, 3])
def test_list_asks_the_database_as_often_for_three_as_for_one(client_of, django_assert_num_queries, surveys):
    for number in range(surveys):
        published_journey(["call"], f"journey-{number}")
        data = {"template": "csat", "place": f"journey-{number}/call", "name": f"Survey {number}"}
        client_of.post(reverse("design:new"), data)
    client_of.get(reverse("design:index"))
    with django_assert_num_queries(9):
        client_of.get(reverse("design:index"))


@pytest.mark.parametrize("name", ["editor", "words", "languages", "logic", "publish", "history"])
def test_pages_of_a_survey_ask_the_database_a_fixed_number_of_times(client_of, survey, name):
    assert client_of.get(reverse(f"design:{name}", args=[survey.code])).status_code == 200
    assert client_of.get(reverse(f"design:{name}", args=["no-such"])).status_code == 404


def test_rules_of_a_question_saved_shown_and_checked(client_of, survey):
    rows = {"g0-r0-about": "overall", "g0-r0-op": "le", "g0-r0-value": "2", "g0-r1-about": "", "g0-r1-op": "eq"}
    response = post(client_of, "logic-save", survey, "reason", base=1, groups="1", jumps="1", **rows)
    assert response.url == reverse("design:logic", args=[survey.code]) + "?q=reason"
    question = draft(survey).document["questions"][1]
    assert (question["show_if"], question["then"]) == ({"question": "overall", "op": "le", "value": 2}, [])
    page = client_of.get(response.url)
    assert [[each.row.about for each in group] for group in page.context_data["groups"]] == [["overall", ""], [""]]
    jump = {"j0-op": "ge", "j0-value": "4", "j0-go_to": "end"}
    post(client_of, "logic-save", survey, "overall", groups="1", jumps="1", **jump)
    assert draft(survey).document["questions"][0]["then"] == [
        {"if": {"question": "overall", "op": "ge", "value": 4}, "go_to": "end"}
    ]


def test_deep_condition_is_left_as_it_is(client_of, survey):
    deep = {"not": {"question": "overall", "op": "eq", "value": 1}}
    document = draft(survey).document
    document["questions"][1]["show_if"] = deep
    save_draft(draft(survey).pk, 1, document, None)
    page = client_of.get(reverse("design:logic", args=[survey.code]) + "?q=reason")
    assert "nested more deeply" in page.content.decode()
    post(client_of, "logic-save", survey, "reason", jumps="1")
    assert draft(survey).document["questions"][1]["show_if"] == deep


def test_endings_and_quotas_saved_per_language_and_kept(client_of, survey):
    data = {"e0-code": "early", "e0-words": "Thank you, that is all.", "k0-code": "retail", "k0-limit": "50"}
    data |= {
        "k0-about": "customer.segment",
        "k0-op": "eq",
        "k0-value": "retail",
        "k0-action": "end",
        "k0-message": "Full",
    }
    post(client_of, "ends", survey, base=1, lang="en", **data)
    document = draft(survey).document
    assert document["endings"] == {"early": {"en": "Thank you, that is all."}}
    assert document["quotas"] == [
        {
            "code": "retail",
            "limit": 50,
            "action": "end",
            "message": {"en": "Full"},
            "if": {"customer": "segment", "op": "eq", "value": "retail"},
        }
    ]
    post(client_of, "ends", survey, lang="de", **{**data, "e0-words": "Danke", "k0-message": "Voll"})
    assert draft(survey).document["endings"]["early"] == {"en": "Thank you, that is all.", "de": "Danke"}
    page = client_of.get(reverse("design:logic", args=[survey.code]))
    assert ("end:early", "the end, with the words “early”") in page.context_data["targets"]
    post(client_of, "ends", survey, lang="en")
    assert "quotas" not in draft(survey).document


def test_advice_uses_measured_times_and_what_findings_used(client_of, survey):
    post(client_of, "publish-now", survey, now="1")
    Survey.objects.filter(pk=survey.pk).update(answered=100, answering_seconds=90.0, told_of=["overall"])
    advice = client_of.get(reverse("design:editor", args=[survey.code])).context_data["editor"].advice
    assert [(each.code, each.question) for each in advice] == [("too_long", ""), ("never_used", "reason")]
