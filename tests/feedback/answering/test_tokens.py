"""Whatever stands in place of a token that is good: nothing is stored, on any address, in any form (B2)."""

import json
from itertools import product
from typing import Any

import pytest
from django.test import Client

from feedback.models import Answer, Response
from surveys.actions.links import preferences_token
from surveys.models import Invitation
from tests.factories.answering import GOOD, open_invitation, touchpoint_survey
from tests.feedback.answering.test_views import dead_token

pytestmark = pytest.mark.django_db
NO_TOKENS = ("", "null", "None", "undefined", "0", "%00", "..", "*", "%20", "true", "[]")
SPOILT = ("truncated", "longer", "swapcase", "reversed", "first letter", "last letter", "spaced", "preferences", "id")
DEAD = ("expired", "withdrawn", "cancelled", "overdue", "unknown", "rubbish")
FORMS = ("form", "saved in part", "json", "query")


def spoilt(kind: str) -> str:
    """A good token, and what a careless or curious person makes of it."""
    invitation, token = open_invitation()
    other = "B" if token[0] == "A" else "A"
    made = {
        "truncated": token[:-1],
        "longer": token + "A",
        "swapcase": token.swapcase(),
        "reversed": token[::-1],
        "first letter": other + token[1:],
        "last letter": token[:-1] + ("B" if token[-1] != "B" else "C"),
        "spaced": f"{token} ",
        "preferences": preferences_token(invitation),
        "id": str(invitation.public_id),
    }
    return made[kind]


def post(client: Client, address: str, form: str) -> int:
    """The status of an answer sent in this form."""
    if form == "json":
        return client.post(address, json.dumps(GOOD), content_type="application/json").status_code
    values: dict[str, Any] = {**GOOD, **({"_go": "save"} if form == "saved in part" else {})}
    return (client.put if form == "query" else client.post)(address, values).status_code


def assert_nothing_is_stored() -> None:
    assert (Response.objects.count(), Answer.objects.count()) == (0, 0)
    assert Invitation.objects.filter(state="answered").count() == 0


@pytest.mark.parametrize(("token", "form"), list(product(NO_TOKENS, FORMS)))
def test_no_token_stores_nothing(client: Client, token: str, form: str) -> None:
    open_invitation()
    assert post(client, f"/s/{token}/", form) in (404, 405)
    assert_nothing_is_stored()


@pytest.mark.parametrize(("kind", "form"), list(product(SPOILT, FORMS)))
def test_spoilt_token_stores_nothing(client: Client, kind: str, form: str) -> None:
    assert post(client, f"/s/{spoilt(kind)}/", form) in (404, 405)
    assert_nothing_is_stored()


@pytest.mark.parametrize(("state", "form"), list(product(DEAD, FORMS)))
def test_dead_token_stores_nothing(client: Client, state: str, form: str) -> None:
    assert post(client, f"/s/{dead_token(state)}/", form) in (404, 405)
    assert_nothing_is_stored()


@pytest.mark.parametrize("form", ["form", "saved in part"])
def test_used_token_other_answers_store_nothing_more(client: Client, form: str) -> None:
    _invitation, token = open_invitation()
    assert client.post(f"/s/{token}/", GOOD).status_code == 200
    stored = sorted(Answer.objects.values_list("question__code", "value"))
    client.post(f"/s/{token}/", {**GOOD, "satisfied": "1", **({"_go": "save"} if form == "saved in part" else {})})
    assert (Response.objects.count(), sorted(Answer.objects.values_list("question__code", "value"))) == (1, stored)


def test_token_of_another_survey_answers_only_its_own(client: Client) -> None:
    _first, token = open_invitation()
    second, _token = open_invitation(touchpoint_survey([{"code": "other", "kind": "nps", "metric": "nps"}]))
    client.post(f"/s/{token}/", {**GOOD, "other": "9", "invitation": str(second.public_id), "survey": "other"})
    assert Response.objects.filter(invitation=second).count() == 0
    assert Answer.objects.filter(question__code="other").count() == 0


@pytest.mark.parametrize("address", ["/o//", "/o/null/", "/o/undefined/", "/o/no-such-link/", "/o/%00/"])
def test_open_link_that_is_none_stores_nothing(client: Client, address: str) -> None:
    open_invitation()
    assert client.post(address, GOOD).status_code == 404
    assert_nothing_is_stored()
