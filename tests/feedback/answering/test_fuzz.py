"""Ten thousand bodies that no browser would send: no error of ours, nothing half written, nothing typed lost.

Five hundred in every run; ANSWER_BODIES=10000 for all.
"""

import html
import os
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feedback.models import Answer, HeldResponse, PartialResponse, Response
from surveys.enums import InvitationState
from surveys.models import Invitation
from tests.factories.answering import EVERY_KIND, open_invitation, touchpoint_survey

pytestmark = pytest.mark.django_db(transaction=True)
BODIES = int(os.environ.get("ANSWER_BODIES", "500"))
OURS = ["_page", "_go", "_revision", "_made", "_more", "_held", "_is", "_id", "_other"]
NAMES = [str(each["code"]) for each in EVERY_KIND]
WORDS = st.one_of(
    st.sampled_from(
        ["", "9", "4", "-1", "1e9", "NaN", "yes", "price", "relieved", "on", "back", "send", "\0", " ", "٤"]
    ),
    st.sampled_from([" ".join(NAMES), "recommend", "[[answer.recommend]]", "{{ settings }}", "<b>", "9" * 400]),
    st.text(max_size=60),
)
FIELDS = st.lists(st.tuples(st.one_of(st.sampled_from(NAMES + OURS), st.text(max_size=20)), WORDS), max_size=12)
RAW = st.binary(max_size=300)
TYPES = st.sampled_from(
    ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "multipart/form-data", "text/plain", ""]
)


@pytest.mark.parametrize("layout", ["one_page", "question_per_page"])
def test_any_body_is_met_politely_and_stored_whole_or_not_at_all(layout: str):
    version, client = touchpoint_survey(layout=layout), Client(raise_request_exception=True)
    invitation, token = open_invitation(version)

    @settings(max_examples=max(1, BODIES // 2), deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(FIELDS, RAW, TYPES, st.booleans())
    def post(fields: list[tuple[str, str]], raw: bytes, content_type: str, formed: bool) -> None:
        Invitation.objects.filter(pk=invitation.pk).update(state=InvitationState.LIVE, answered_at=None)
        for model in (Response, PartialResponse, HeldResponse):
            model.objects.all().delete()
        body = urlencode(fields, errors="surrogatepass").encode() if formed else raw
        kind = "application/x-www-form-urlencoded" if formed else content_type
        reply = client.generic("POST", f"/s/{token}/", body, content_type=kind)
        assert reply.status_code in (200, 303, 400, 409, 413, 422), reply.status_code
        whole(reply)
        if formed and reply.status_code == 422:
            kept(reply.content.decode(), fields)

    post()


def whole(reply: Any) -> None:
    """A response has its answers and its invitation is answered, or there is neither."""
    responses, state = Response.objects.count(), Invitation.objects.get().state
    assert (responses, state) in ((0, InvitationState.LIVE), (1, InvitationState.ANSWERED))
    assert (Answer.objects.count() > 0) == (responses == 1)


def kept(page: str, fields: list[tuple[str, str]]) -> None:
    """The words typed stand in their field again."""
    words = [value for name, value in fields if name == "why"]
    if words and "_held" not in dict(fields) and 'name="why"' in page:
        shown = page.split('name="why"')[1].split("</textarea>", maxsplit=1)[0].partition(">\n")[2]
        typed = words[-1].replace("\r\n", "\n")
        assert html.unescape(shown).replace("\r\n", "\n") == typed.encode("utf-8", "replace").decode(
            "utf-8", "replace"
        ) or ("\0" in typed or not typed.isprintable())
