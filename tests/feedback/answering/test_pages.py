"""A survey page by page: saved, resumed, gone back, sent from two devices at once, and never a word lost."""

import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlencode

import pytest
import requests
from django.test import Client
from pytest_django.live_server_helper import LiveServer

from feedback.models import Answer, PartialResponse, Response
from tests.factories.answering import GOOD, open_invitation, touchpoint_survey

pytestmark = pytest.mark.django_db
FOUR = ("recommend", "satisfied", "why", "mood")


def survey(*codes: str, **document: Any) -> str:
    """The address of a fresh invitation to a survey with a question a page."""
    from tests.factories.answering import EVERY_KIND

    questions = [each for each in EVERY_KIND if each["code"] in (codes or FOUR)]
    return f"/s/{open_invitation(touchpoint_survey(questions, layout='question_per_page', **document))[1]}/"


def own(html: str) -> dict[str, str]:
    """The form's own fields, as a browser would send them."""
    form = html.split("<form")[1].split('<p class="trap', maxsplit=1)[0]
    return dict(re.findall(r'name="(_\w+)" value="([^"]*)"(?=>)', form))


class Person:
    """Goes through the pages as a browser does: what the form holds, and what is chosen."""

    def __init__(self, address: str) -> None:
        self.client, self.address = Client(), address
        self.open()

    def open(self, query: str = "") -> "Person":
        return self._take(self.client.get(self.address + query))

    def post(self, go: str = "on", **answers: Any) -> "Person":
        reply = self.client.post(self.address, {**own(self.html), "_go": go, **answers})
        if reply.status_code == 303:
            return self.open(reply.headers["Location"])
        return self._take(reply)

    def _take(self, reply: Any) -> "Person":
        self.status, self.html = reply.status_code, reply.content.decode()
        return self

    @property
    def asked(self) -> list[str]:
        """The question on the page, or the heading."""
        return re.findall(r"Question \d of \d</span> ([^<]*\?)", self.html) or re.findall(
            r"<h1[^>]*>([^<]*)", self.html
        )

    @property
    def checked(self) -> list[tuple[str, str]]:
        return re.findall(r'name="(\w+)" value="(\w+)" checked', self.html)


def given() -> dict[str, Any]:
    return {
        each.question.code: each.value if each.value is not None else list(each.choices)
        for each in Answer.objects.select_related("question")
    }


def test_pages_come_one_by_one_and_end_in_one_response():
    person = Person(survey())
    assert person.asked == ["What about recommend?"]
    assert person.post(recommend="9").asked == ["What about satisfied?"]
    assert person.post(satisfied="4").asked == ["What about why?"]
    assert person.post(why="Quick & kind").asked == ["What about mood?"]
    assert Response.objects.count() == 0
    assert person.post("send", mood=["relieved"]).asked == ["Thank you"]
    assert given() == {"recommend": 9.0, "satisfied": 4.0, "why": [], "mood": ["relieved"]}
    assert Response.objects.get().complete is True
    assert PartialResponse.objects.get().done_at is not None


def test_page_with_a_mistake_stays_and_says_so():
    person = Person(survey("satisfied", "recommend", "why", "mood")).post(recommend="9")
    assert (person.post(satisfied="").status, person.asked) == (422, ["What about satisfied?"])
    assert re.findall(r'<a href="#id_(\w+)">([^<]*)</a>', person.html) == [
        ("satisfied", "Question 2: Choose a number from 1 to 5")
    ]
    assert person.post(satisfied="9").status == 422
    assert person.post(satisfied="2").asked == ["What about why?"]


def test_back_keeps_what_was_typed_also_when_it_is_wrong():
    person = Person(survey("recommend", "wait", "satisfied", "why")).post(recommend="9").post(satisfied="3")
    assert person.asked == ["What about wait?"]
    person.post("back", wait="250")
    assert (person.asked, person.checked) == (["What about satisfied?"], [("satisfied", "3")])
    person.post(satisfied="3")
    assert 'value="250"' in person.html
    assert person.post("send", wait="250").status == 422
    assert person.post(wait="25").asked == ["What about why?"]


def test_link_opens_where_one_was_on_another_device():
    phone = Person(survey()).post(recommend="9").post(satisfied="4")
    computer = Person(phone.address)
    assert computer.asked == ["What about why?"]
    assert "Your answers so far are kept. You go on where you were." in computer.html
    assert computer.open("?page=1").checked == [("recommend", "9")]
    assert computer.open("?page=9").asked == ["What about why?"]
    assert computer.open("?page=x").asked == ["What about why?"]


def test_two_devices_lose_nothing_of_each_other_and_the_newest_wins():
    phone = Person(survey()).post(recommend="9")
    computer = Person(phone.address).open("?page=1")
    phone.post(satisfied="5")
    computer.post(recommend="3")
    assert "otherwise on another" not in computer.html
    phone.open("?page=1")
    computer.open("?page=1").post(recommend="2")
    phone.post(recommend="7")
    assert "Your newest answer counts:" in phone.html
    assert re.findall(r"<li>([^<]*)</li>", phone.html) == ["What about recommend?"]
    kept = PartialResponse.objects.get()
    assert {code: entry["given"] for code, entry in kept.answers.items()} == {"recommend": ["7"], "satisfied": ["5"]}
    assert kept.revision == 5


def test_answer_taken_back_is_gone():
    person = Person(survey()).post(recommend="9").post("back", satisfied="4").post(satisfied="")
    assert person.asked == ["What about satisfied?"]
    assert PartialResponse.objects.get().answers["recommend"]["given"] == []


def test_last_page_twice_is_one_response_with_one_receipt():
    person = Person(survey()).post(recommend="9").post(satisfied="4").post(why="x")
    last = {**own(person.html), "_go": "send", "mood": ["relieved"]}
    first, again = (person.client.post(person.address, last) for _ in range(2))
    assert (first.status_code, again.status_code, again.content) == (200, 200, first.content)
    other = person.client.post(person.address, {**last, "mood": ["angry"]})
    assert (other.status_code, Response.objects.count()) == (409, 1)


def test_end_is_not_reached_past_a_needed_answer():
    person = Person(survey())
    last = {"_page": "mood", "_go": "send", "_revision": "0", "mood": "relieved"}
    reply = person.client.post(person.address, last)
    assert (reply.status_code, Response.objects.count()) == (422, 0)
    assert "Question 2: Choose a number from 1 to 5" in reply.content.decode()
    person.open()
    assert PartialResponse.objects.get().answers["mood"]["given"] == ["relieved"]


def test_whole_survey_may_be_sent_at_once_whatever_its_pages():
    address = survey()
    sent = {code: GOOD[code] for code in FOUR}
    assert Client().post(address, sent).status_code == 200
    assert given()["recommend"] == 9.0


def test_language_is_kept_from_page_to_page():
    address = survey(languages=["en", "de"])
    reply = Client().post(f"{address}?lang=de", {"_page": "recommend", "_go": "on", "recommend": "9"})
    assert (reply.status_code, reply.headers["Location"]) == (303, "?page=2&lang=de")


@pytest.mark.parametrize("page", ["", "nonsense", "recommend recommend", "mood satisfied", " ", "\x00", "a" * 9000])
def test_page_that_does_not_exist_is_taken_for_what_it_has(page: str):
    address = survey()
    reply = Client().post(address, {"_page": page, "_go": "on", "_revision": "-1", "recommend": "9", "why": "a\0b"})
    assert reply.status_code in (303, 422)
    assert Response.objects.count() == 0
    assert Client().get(address).status_code == 200


def test_nul_in_a_page_gone_back_from_is_kept_as_a_mark():
    address = survey()
    Client().post(address, {"_page": "why", "_go": "back", "why": "a\0b"})
    assert PartialResponse.objects.get().answers["why"]["given"] == ["a\ufffdb"]


@pytest.mark.django_db(transaction=True)
def test_fifty_pages_saved_at_once_are_all_there(live_server: LiveServer):
    address = live_server.url + survey()
    posts = [{"_page": "recommend", "recommend": str(n % 11), "_go": "on"} for n in range(20)]
    posts += [{"_page": "satisfied", "satisfied": "4", "_go": "on"}, {"_page": "why", "why": "words", "_go": "on"}] * 5

    def post(data: dict[str, str]) -> int:
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        return requests.post(address, urlencode(data), headers=headers, allow_redirects=False, timeout=30).status_code

    with ThreadPoolExecutor(10) as pool:
        assert set(pool.map(post, posts)) == {303}
    kept = PartialResponse.objects.get()
    assert kept.revision == len(posts)
    assert [kept.answers[code]["given"] for code in ("satisfied", "why")] == [["4"], ["words"]]
