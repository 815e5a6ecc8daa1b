"""/p/<token>/: a page on GET, one-click unsubscribe and choices on POST."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from cxsurvey.lib.tokens import digest
from surveys.actions.suppress import suppress
from surveys.models import Customer, Delivery, Invitation, PreferenceChange, Suppression
from tests.factories import CustomerFactory, DeliveryFactory, InvitationFactory

pytestmark = pytest.mark.django_db
TOKEN = "p" * 32
PAGE = f"/p/{TOKEN}/"
MAIL, PHONE = b"m" * 32, b"t" * 32
NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)


@pytest.fixture
def customer() -> Customer:
    return CustomerFactory(email="anna@example.org", email_hash=MAIL, phone="+4915112345678", phone_hash=PHONE)


@pytest.fixture
def invitation(customer) -> Invitation:
    made = InvitationFactory(customer=customer, preferences_hash=digest(TOKEN), state="live")
    DeliveryFactory(invitation=made, purpose="reminder")
    return made


@pytest.fixture
def browser() -> Client:
    return Client(enforce_csrf_checks=True)


def consents() -> tuple[bool, bool]:
    customer = Customer.objects.get()
    return customer.consent_email, customer.consent_sms


def stopped() -> list[tuple[bytes, str]]:
    return [(bytes(each.address_hash), each.channel) for each in Suppression.objects.order_by("channel")]


@pytest.mark.parametrize("method", ["get", "head"])
def test_page_read_changes_nothing(invitation, browser, method):
    for _ in range(3):
        assert (
            getattr(browser, method)(PAGE, {"List-Unsubscribe": "One-Click", "stop": "everything"}).status_code == 200
        )
    invitation.refresh_from_db()
    assert (consents(), stopped(), invitation.state, Delivery.objects.get().state) == (
        (True, True), [], "live", "queued",
    )  # fmt: skip


def test_page_keeps_the_token_to_itself_and_masks_addresses(invitation, browser):
    response = browser.get(PAGE)
    assert response["Referrer-Policy"] == "no-referrer"
    assert response["Cache-Control"] == "no-store"
    assert response["X-Robots-Tag"] == "noindex, nofollow"
    assert "Set-Cookie" not in response
    page = response.content.decode()
    assert ("a***@example.org" in page, "+49***78" in page) == (True, True)
    assert ("anna@" in page, "12345678" in page) == (False, False)


def test_page_takes_few_queries(invitation, browser, django_assert_num_queries):
    with django_assert_num_queries(2):
        browser.get(PAGE)


@pytest.mark.parametrize("multipart", [True, False])
def test_one_click_stops_the_channel_of_the_message(invitation, browser, multipart):
    kind = {} if multipart else {"content_type": "application/x-www-form-urlencoded"}
    body = {"List-Unsubscribe": "One-Click"} if multipart else "List-Unsubscribe=One-Click"
    for _ in range(20):
        response = browser.post(PAGE, body, **kind)
        assert (response.status_code, response.content) == (200, b"You are unsubscribed.")
        assert "Set-Cookie" not in response
    invitation.refresh_from_db()
    assert (consents(), stopped()) == ((False, True), [(MAIL, "email")])
    assert (invitation.state, Delivery.objects.get().state) == ("withdrawn", "suppressed")


@pytest.mark.parametrize("state", ["answered", "expired", "withdrawn", "cancelled"])
def test_one_click_works_whatever_became_of_the_invitation(invitation, browser, state):
    Invitation.objects.update(state=state, answered_at=NOW)
    assert browser.post(PAGE, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert stopped() == [(MAIL, "email")]


def test_form_as_shown_changes_nothing(invitation, browser):
    assert browser.post(PAGE, {"email": "yes", "sms": "yes"}).status_code == 200
    assert browser.post(PAGE, {}).status_code == 200
    assert browser.post(PAGE, {"email": "maybe", "sms": "\0"}).status_code == 200
    assert (consents(), stopped()) == ((True, True), [])


def test_form_as_shown_without_consent_suppresses_nothing(invitation, browser):
    Customer.objects.update(consent_sms=False)
    browser.post(PAGE, {"email": "yes", "sms": "no"})
    assert (consents(), stopped()) == ((True, False), [])


def test_form_stops_one_channel(invitation, browser):
    page = browser.post(PAGE, {"email": "yes", "sms": "no"}).content.decode()
    assert (consents(), stopped()) == ((True, False), [(PHONE, "sms")])
    assert "Your choice is saved. It holds from now on" in page


def test_form_stops_everything_and_resumes(invitation, browser):
    page = browser.post(PAGE, {"email": "yes", "sms": "yes", "stop": "everything"}).content.decode()
    assert page.count('name="stop" value="confirmed"') == 1
    assert (consents(), stopped()) == ((True, True), [])
    page = browser.post(PAGE, {"stop": "confirmed"}).content.decode()
    assert "We will not ask you again." in page
    assert (consents(), stopped()) == ((False, False), [(MAIL, "email"), (PHONE, "sms")])
    browser.post(PAGE, {"email": "yes", "sms": "no"})
    assert consents() == (True, False)
    assert Suppression.objects.get(channel="email").until is not None


def test_form_that_a_script_submits_changes_nothing(invitation, browser):
    shown = {"email": "yes", "sms": "yes"}
    for posted in (shown, {}, {**shown, "stop": "everything"}):
        browser.post(PAGE, posted)
    assert (consents(), stopped()) == ((True, True), [])


def test_form_cannot_undo_a_bounce(invitation, browser):
    suppress(MAIL, "email", "bounce", "server", NOW)
    browser.post(PAGE, {"email": "no"})
    browser.post(PAGE, {"email": "yes"})
    assert Suppression.objects.get(reason="bounce").until is None


@pytest.mark.parametrize("token", ["q" * 32, "short", TOKEN + "x", TOKEN[:-1] + "P"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_unknown_token_is_the_same_polite_page(invitation, browser, token, method):
    response = getattr(browser, method)(f"/p/{token}/", {"List-Unsubscribe": "One-Click"})
    assert response.status_code == 404
    assert response["Referrer-Policy"] == "no-referrer"
    assert response.content == browser.get(f"/p/{'z' * 32}/").content
    assert (consents(), stopped()) == ((True, True), [])


def test_other_methods_are_refused(invitation, browser):
    assert [browser.put(PAGE).status_code, browser.delete(PAGE).status_code] == [405, 405]


def test_page_speaks_the_customers_language(invitation, browser):
    Customer.objects.update(language="ar")
    response = browser.get(PAGE, headers={"Accept-Language": "en"})
    assert response["Content-Language"] == "ar"
    assert 'lang="ar" dir="rtl"' in response.content.decode()


@pytest.mark.parametrize(
    ("language", "words"),
    [("de", "Alles beenden"), ("de-AT", "Alles beenden"), ("fr", "Tout arrêter"), ("ar", "إيقاف كل شيء")],
)
def test_page_is_translated(invitation, browser, language, words):
    Customer.objects.update(language=language)
    assert words in browser.get(PAGE).content.decode()


def test_one_click_answers_in_the_customers_language(invitation, browser):
    Customer.objects.update(language="de")
    assert browser.post(PAGE, {"List-Unsubscribe": "One-Click"}).content.decode() == "Sie sind abgemeldet."


def test_page_of_an_unknown_language_follows_the_browser(invitation, browser):
    Customer.objects.update(language="xx")
    assert browser.get(PAGE, headers={"Accept-Language": "fr"})["Content-Language"] == "fr"


def shown(*ticked: str, **more: str) -> dict[str, Any]:
    """The form with these boxes ticked, and all six told as shown."""
    kinds = ("touchpoint", "end_to_end", "relationship")
    boxes = [f"{channel}:{kind}" for channel in ("email", "sms") for kind in kinds]
    return {"shown": boxes, "kind": list(ticked) or boxes, "email": "yes", "sms": "yes", "paused": "no", **more}


def told() -> list[tuple[dict[str, object], str]]:
    return list(PreferenceChange.objects.order_by("pk").values_list("changes", "why"))


def test_form_as_shown_with_all_its_boxes_changes_and_records_nothing(invitation, browser):
    browser.post(PAGE, shown(language="", preferred=""))
    customer = Customer.objects.get()
    assert (customer.refuses, customer.paused_until, customer.language, told()) == ([], None, "en", [])


def test_boxes_not_ticked_are_refused_by_channel_and_kind_and_may_be_ticked_again(invitation, browser):
    kept = ("email:end_to_end", "email:relationship", "sms:end_to_end", "sms:touchpoint")
    browser.post(PAGE, shown(*kept, why="too_often"))
    assert Customer.objects.get().refuses == ["email:touchpoint", "sms:relationship"]
    assert told() == [({"refuses": ["email:touchpoint", "sms:relationship"]}, "too_often")]
    browser.post(PAGE, shown())
    assert Customer.objects.get().refuses == []


def test_kind_refused_stops_what_waits_and_leaves_the_link_that_he_has(invitation, browser):
    kind = invitation.survey.kind
    waiting = InvitationFactory(version=invitation.version, customer=invitation.customer)
    browser.post(PAGE, shown(*[box for box in shown()["kind"] if not box.endswith(kind)]))
    assert [each.state for each in Invitation.objects.order_by("pk")] == ["live", "cancelled"]
    assert waiting.pk != invitation.pk


@time_machine.travel(NOW, tick=False)
def test_pause_is_for_ninety_days_and_can_be_ended(invitation, browser):
    page = browser.post(PAGE, shown(paused="yes")).content.decode()
    assert Customer.objects.get().paused_until == NOW + timedelta(days=90)
    assert "No questions until June 1, 2026" in page
    browser.post(PAGE, shown(paused="yes"))
    assert (Customer.objects.get().paused_until, len(told())) == (NOW + timedelta(days=90), 1)
    browser.post(PAGE, shown(paused="no"))
    assert Customer.objects.get().paused_until is None


def test_language_and_preferred_channel_are_kept(invitation, browser):
    response = browser.post(PAGE, shown(language="de", preferred="sms"))
    customer = Customer.objects.get()
    assert (customer.language, customer.preferred_channel) == ("de", "sms")
    assert response["Content-Language"] == "de"


@pytest.mark.parametrize("nonsense", [{"language": "xx"}, {"preferred": "fax"}, {"why": "\0"}, {"shown": "a:b"}])
def test_nonsense_is_left_as_it_is(invitation, browser, nonsense):
    assert browser.post(PAGE, {**shown(), **nonsense}).status_code == 200
    assert told() == []


def test_stop_everything_is_recorded_with_its_reason(invitation, browser):
    page = browser.post(PAGE, shown(stop="everything", why="privacy")).content.decode()
    assert ('name="why" value="privacy"' in page, told()) == (True, [])
    browser.post(PAGE, {"stop": "confirmed", "why": "privacy"})
    assert told() == [({"email": False, "sms": False}, "privacy")]


def test_one_click_is_recorded_once(invitation, browser):
    for _ in range(3):
        browser.post(PAGE, {"List-Unsubscribe": "One-Click"})
    assert [(changes, why) for changes, why in told()] == [({"email": False}, "")]
