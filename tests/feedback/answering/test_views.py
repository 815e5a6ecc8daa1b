"""/s/<token>/: the page, its errors, its thanks, and the same polite page for every dead link."""

import gzip
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.contrib.staticfiles import finders
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from feedback.models import Answer, Response
from surveys.enums import InvitationState
from surveys.models import Invitation, Journey
from tests.factories import CustomerFactory
from tests.factories.answering import GOOD, open_invitation, touchpoint_survey
from tests.factories.asking import published_journey

pytestmark = pytest.mark.django_db
WRITES = re.compile(r"^\s*(INSERT|UPDATE|DELETE|SELECT .* FOR UPDATE)", re.I | re.S)


def page_of(client: Client, token: str, **query: str) -> str:
    response = client.get(f"/s/{token}/", query)
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize("method", ["get", "head"])
def test_page_open_changes_nothing(client: Client, method: str) -> None:
    _invitation, token = open_invitation()
    with CaptureQueriesContext(connection) as seen:
        for query in ("", "?page=2", "?lang=de", "?recommend=0"):
            assert getattr(client, method)(f"/s/{token}/{query}").status_code == 200
    assert [query["sql"] for query in seen if WRITES.match(query["sql"])] == []
    assert Response.objects.count() == 0


def test_page_needs_one_query_once_its_version_is_known(client: Client) -> None:
    version = touchpoint_survey()
    tokens = [open_invitation(version)[1] for _ in range(2)]
    page_of(client, tokens[0])
    with CaptureQueriesContext(connection) as seen:
        page_of(client, tokens[1])
    assert len(seen) == 1
    assert "email" not in seen[0]["sql"]


def test_page_tells_who_asks_about_what_how_long_and_how_to_stop(client: Client) -> None:
    invitation, token = open_invitation()
    html = page_of(client, token)
    assert html.count("Customer feedback asks you about your documents on March 2, 2026.") == 1
    assert html.count("9 questions, about 2 minutes.") == 1
    assert html.count("Question 9 of 9") == 1
    [stop] = re.findall(r'href="/p/([\w-]{32})/"', html)
    assert client.get(f"/p/{stop}/").status_code == 200
    assert invitation.customer.email not in html


def test_page_day_is_that_of_the_customer(client: Client) -> None:
    version = touchpoint_survey()
    invitation, token = open_invitation(version)
    assert invitation.interaction is not None
    invitation.interaction.started_at = datetime(2026, 3, 2, 23, 30, tzinfo=UTC)
    invitation.interaction.ended_at = datetime(2026, 3, 2, 23, 40, tzinfo=UTC)
    invitation.interaction.save()
    assert page_of(client, token).count("March 3, 2026") == 1  # Berlin


def test_page_headers_keep_the_token_secret_and_set_no_cookie(client: Client) -> None:
    _invitation, token = open_invitation()
    for response in (client.get(f"/s/{token}/"), client.post(f"/s/{token}/", GOOD), client.get(f"/s/{token}/")):
        assert response.headers["Referrer-Policy"] == "no-referrer"
        assert response.headers["Cache-Control"] == "no-store"
        assert response.headers["X-Robots-Tag"].split(",")[0] == "noindex"
        assert "default-src 'none'" in response.headers["Content-Security-Policy"]
        assert dict(response.cookies) == {}


def test_page_fits_one_round_trip_with_its_style(client: Client) -> None:
    _invitation, token = open_invitation()
    page = gzip.compress(client.get(f"/s/{token}/").content)
    style = gzip.compress(Path(str(finders.find("surveys/answer.css"))).read_bytes())
    assert len(page) + len(style) <= 14 * 1024
    packed = client.get(f"/s/{token}/", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    html = client.get(f"/s/{token}/").content.decode()
    assert re.findall(r"<script[^>]*>|<style|\sstyle=|\son[a-z]+=", html) == [
        '<script src="/static/surveys/answer.js" defer>'
    ]
    assert len(Path(str(finders.find("surveys/answer.js"))).read_bytes()) <= 4 * 1024


def test_page_packed_is_the_page(client: Client) -> None:
    _invitation, token = open_invitation()
    with time_machine.travel(timezone.now(), tick=False):
        plain = client.get(f"/s/{token}/")
        packed = client.get(f"/s/{token}/", headers={"Accept-Encoding": "deflate, gzip"})
    assert gzip.decompress(packed.content) == plain.content
    assert packed.headers["Content-Length"] == str(len(packed.content))
    assert {each.headers["Vary"] for each in (plain, packed)} == {"Accept-Encoding, Accept-Language"}
    assert "Content-Encoding" not in plain.headers


def test_thanks_packed_are_the_thanks(client: Client) -> None:
    _invitation, token = open_invitation()
    packed = client.post(f"/s/{token}/", GOOD, headers={"Accept-Encoding": "gzip"})
    plain = client.post(f"/s/{token}/", GOOD)  # the same answers again give the same receipt
    assert gzip.decompress(packed.content) == plain.content


def test_page_link_preselects_only_what_is_valid(client: Client) -> None:
    _invitation, token = open_invitation()
    checked = {
        clicked: re.findall(r'name="(\w+)" value="(\w+)" checked', page_of(client, token, a=clicked))
        for clicked in ("recommend:9", "all:price;speed", "easy:12", "mood:glum", "nonsense", "no:9", ":", "recommend:")
    }
    assert {clicked: found for clicked, found in checked.items() if found} == {
        "recommend:9": [("recommend", "9")],
        "all:price;speed": [("all", "price"), ("all", "speed")],
    }
    assert "injected" not in page_of(client, token, a="why:<b>injected</b>")
    assert re.findall(r"checked", page_of(client, token)) == []


@pytest.mark.parametrize(
    ("query", "customer", "accept", "expected"),
    [
        ("", "", "", "en"),
        ("", "", "ar;q=0.9, de-AT", "de"),
        ("", "de", "ar", "de"),
        ("?lang=ar", "de", "en", "ar"),
        ("?lang=fr", "de", "en", "de"),
        ("?lang=../../x", "tlh", "%%%", "en"),
    ],
)
def test_page_language_is_the_best_the_survey_has(
    client: Client, query: str, customer: str, accept: str, expected: str
) -> None:
    title = {"en": "Your documents", "de": "Ihre Unterlagen", "ar": "مستنداتك"}
    version = touchpoint_survey(title=title, languages=["en", "de", "ar"])
    invitation, token = open_invitation(version)
    invitation.customer.language = customer
    invitation.customer.save()
    html = client.get(f"/s/{token}/{query}", headers={"Accept-Language": accept}).content.decode()
    direction = "rtl" if expected == "ar" else "ltr"
    assert re.findall(r'<html lang="([\w-]+)" dir="(\w+)">', html) == [(expected, direction)]
    assert html.count(title[expected]) == 2
    assert re.findall(r'\?lang=(\w+)"', html) == [code for code in title if code != expected]


def test_post_stores_every_kind_and_says_thanks(client: Client) -> None:
    invitation, token = open_invitation()
    response = client.post(f"/s/{token}/", GOOD)
    assert response.status_code == 200
    assert response.content.decode().count("<h1>Thank you</h1>") == 1
    rows = Answer.objects.order_by("question__order").values_list("question__code", "value", "choices", "score")
    assert list(rows) == [
        ("recommend", 9.0, [], 90.0),
        ("satisfied", 4.0, [], 75.0),
        ("easy", 6.0, [], pytest.approx(500 / 6)),
        ("wait", 25.0, [], 75.0),
        ("main", None, ["speed"], None),
        ("all", None, ["price", "speed"], None),
        ("solved", 1.0, [], 100.0),
        ("why", None, [], None),
        ("mood", None, ["relieved"], 100.0),
    ]
    stored = Response.objects.get()
    assert (stored.invitation_id, stored.run_id, stored.language) == (invitation.pk, invitation.run_id, "en")
    assert (stored.source, stored.channel, stored.interaction_id) == ("link", "email", invitation.interaction_id)
    invitation.refresh_from_db()
    assert (invitation.state, invitation.answered_at) == (InvitationState.ANSWERED, stored.answered_at)


def test_post_again_the_same_gives_the_same_page(client: Client) -> None:
    _invitation, token = open_invitation()
    first, again = (client.post(f"/s/{token}/", GOOD) for _ in range(2))
    assert (again.status_code, again.content) == (200, first.content)
    assert Response.objects.count() == 1


@pytest.mark.parametrize("change", [{"recommend": "0"}, {"satisfied": ""}, {"recommend": "11"}])
def test_post_again_otherwise_is_a_conflict_and_keeps_the_first(client: Client, change: dict[str, str]) -> None:
    _invitation, token = open_invitation()
    client.post(f"/s/{token}/", GOOD)
    response = client.post(f"/s/{token}/", {**GOOD, **change})
    assert response.status_code == 409
    assert response.content.decode().count("<h1>You have already answered</h1>") == 1
    assert list(Answer.objects.filter(question__code="recommend").values_list("value", flat=True)) == [9.0]


def test_post_with_mistakes_keeps_what_was_typed_and_says_what_to_do(client: Client) -> None:
    invitation, token = open_invitation()
    typed = {
        **GOOD,
        "satisfied": "",
        "wait": "250",
        "why": 'Slow & "rude" <b>',
        "mood": ["angry", "anxious", "neutral"],
    }
    response = client.post(f"/s/{token}/", typed)
    html = response.content.decode()
    assert response.status_code == 422
    assert re.findall(r'<a href="#id_(\w+)">([^<]*)</a>', html) == [
        ("satisfied", "Question 2: Choose a number from 1 to 5"),
        ("wait", "Question 4: Choose a number from 0 to 100"),
        ("mood", "Question 9: Choose one or two feelings"),
    ]
    assert set(re.findall(r"#id_(\w+)", html)) - set(re.findall(r'id="id_(\w+)"', html)) == set()
    assert html.count("Slow &amp; &quot;rude&quot; &lt;b&gt;</textarea>") == 1
    assert html.count('value="250"') == 1
    assert re.findall(r'name="(\w+)" value="(\w+)" checked', html)[0] == ("recommend", "9")
    assert len(re.findall(r'name="mood" value="\w+" checked', html)) == 3
    assert html.split("<title>")[1].split("</title>")[0].split() == ["Error:", "Your", "documents"]
    invitation.refresh_from_db()
    assert (invitation.state, Response.objects.count()) == (InvitationState.LIVE, 0)


def test_post_of_nothing_is_refused(client: Client) -> None:
    _invitation, token = open_invitation(touchpoint_survey([{"code": "why", "kind": "text"}]))
    response = client.post(f"/s/{token}/", {"why": "  "})
    assert response.status_code == 422
    assert response.content.decode().count(">Answer at least one question</a>") == 1
    assert Response.objects.count() == 0


def test_post_needs_one_statement_beside_that_of_the_page(client: Client) -> None:
    version = touchpoint_survey()
    tokens = [open_invitation(version)[1] for _ in range(2)]
    client.post(f"/s/{tokens[0]}/", GOOD)
    with CaptureQueriesContext(connection) as seen:
        client.post(f"/s/{tokens[1]}/", GOOD)
    statements = [query["sql"] for query in seen]
    assert [re.findall(r"^\s*(SELECT|WITH)\b", each) for each in statements] == [["SELECT"], ["WITH"]]
    assert re.findall(r"(?:INSERT INTO|UPDATE) (\w+)", statements[1]) == [
        "surveys_invitation",
        "feedback_response",
        "feedback_answer",
        "feedback_freetext",
        "feedback_sealedtext",
        "feedback_partialresponse",
        "surveys_journeyrun",
    ]


def test_post_without_a_cookie_or_csrf_token_is_accepted() -> None:
    _invitation, token = open_invitation()
    strict = Client(enforce_csrf_checks=True, headers={"Origin": "null"})
    assert strict.post(f"/s/{token}/", GOOD).status_code == 200


@pytest.mark.parametrize("state", ["answered", "expired", "withdrawn", "cancelled", "overdue", "unknown", "rubbish"])
def test_dead_links_show_the_very_same_page(client: Client, state: str) -> None:
    unknown = client.get("/s/" + "A" * 32 + "/")
    token = dead_token(state)
    response = client.get(f"/s/{token}/", headers={"Cookie": ""})
    assert (response.status_code, response.content) == (404, unknown.content)
    assert dict(response.headers) == dict(unknown.headers)
    if state != "answered":
        posted = client.post(f"/s/{token}/", GOOD)
        assert (posted.status_code, posted.content) == (404, unknown.content)
        assert Response.objects.count() == 0


def dead_token(state: str) -> str:
    if state in ("unknown", "rubbish"):
        return {"unknown": "B" * 32, "rubbish": "-"}[state]
    customer = CustomerFactory.create(language="de")
    fields: dict[str, Any] = {"state": state, "answered_at": timezone.now() if state == "answered" else None}
    if state == "overdue":
        now = timezone.now()
        fields = {"due_at": now - timedelta(days=9), "expires_at": now - timedelta(seconds=1)}
    return open_invitation(touchpoint_survey(languages=["en", "de"]), customer=customer, **fields)[1]


def test_token_of_another_purpose_opens_nothing(client: Client) -> None:
    from surveys.actions.links import preferences_token

    invitation, _token = open_invitation()
    assert client.get(f"/s/{preferences_token(invitation)}/").status_code == 404


def test_token_of_a_raised_version_is_revoked(client: Client) -> None:
    from surveys.actions.links import set_token_hashes

    invitation, token = open_invitation()
    invitation.token_version += 1
    set_token_hashes(invitation)
    invitation.save()
    assert client.get(f"/s/{token}/").status_code == 404


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        ("why=%00", "application/x-www-form-urlencoded", 422),
        ("satisfied=4%00&why=x", "application/x-www-form-urlencoded", 422),
        ("satisfied=4&why=" + "x" * 1_000_000, "application/x-www-form-urlencoded", 413),
        ("satisfied=4&why=" + "x" * 100_000, "application/x-www-form-urlencoded", 422),
        ("a=1&" * 1_500, "application/x-www-form-urlencoded", 413),
        ("%ED%A0%80=%FF&satisfied=%FF", "application/x-www-form-urlencoded", 422),
        ("nonsense", "multipart/form-data; boundary=x", 422),
        ("nonsense", "multipart/form-data", 400),
        ('{"satisfied": 4}', "application/json", 422),
        ("satisfied=" + "4" * 100_000, "application/x-www-form-urlencoded", 422),
        ("wait=" + "1" * 5_000 + "&satisfied=4", "application/x-www-form-urlencoded", 422),
        ("wait=NaN&satisfied=4", "application/x-www-form-urlencoded", 422),
    ],
)
def test_post_of_hostile_bodies_is_a_polite_error(client: Client, body: str, content_type: str, status: int) -> None:
    _invitation, token = open_invitation()
    response = client.generic("POST", f"/s/{token}/", body, content_type=content_type)
    assert response.status_code == status
    assert response.content.decode().count("<h1>") == 1
    assert Response.objects.count() == 0


def test_post_lone_surrogates_never_reach_the_database(client: Client) -> None:
    _invitation, token = open_invitation()
    body = "satisfied=4&why=caf%C3%A9%ED%A0%80"
    assert (
        client.generic("POST", f"/s/{token}/", body, content_type="application/x-www-form-urlencoded").status_code
        == 200
    )
    assert Answer.objects.get(question__code="why").free_text.text == "café\ufffd\ufffd\ufffd"


def test_post_line_ends_count_as_the_browser_counts_them(client: Client) -> None:
    _invitation, token = open_invitation()
    assert client.post(f"/s/{token}/", {**GOOD, "why": "a\r\n" * 2_500}).status_code == 200
    assert len(Answer.objects.get(question__code="why").free_text.text) == 4_999


def test_other_methods_are_refused(client: Client) -> None:
    _invitation, token = open_invitation()
    assert client.put(f"/s/{token}/").status_code == 405


def test_end_to_end_survey_without_contact_asks_plainly(client: Client) -> None:
    from surveys.models import SurveyVersion
    from tests.factories import SurveyFactory, published_survey

    survey = SurveyFactory.create(journey=published_journey().journey)
    version: SurveyVersion = published_survey(survey)
    _invitation, token = open_invitation(version, interaction=None, stage=None)
    html = page_of(client, token)
    assert html.count("Customer feedback asks for your opinion.") == 1
    assert html.count("One question, about 10 seconds.") == 1
    assert Invitation.objects.count() == 1


def test_page_of_a_journey_with_a_theme_links_its_colours(client: Client) -> None:
    version = touchpoint_survey()
    Journey.objects.update(accent="#7a1f5c")
    html = page_of(client, open_invitation(version)[1])
    assert html.count('<link rel="stylesheet" href="/s/theme/7a1f5c.css">') == 1
    css = client.get("/s/theme/7a1f5c.css")
    assert (css.status_code, css.headers["Content-Type"]) == (200, "text/css; charset=utf-8")
    assert css.content.decode().count("--accent: #") == 2
    for colour in ("ff8800", "zzzzzz", "7a1f5c;}"):
        assert client.get(f"/s/theme/{colour}.css").status_code == 404
