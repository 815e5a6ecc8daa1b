"""The folder of the local inbox."""

from email.message import EmailMessage

import pytest


def mail(subject: str = "Your call: 2 questions") -> bytes:
    made = EmailMessage()
    made["Subject"], made["From"], made["To"] = subject, "Feedback <f@example.org>", "anna@example.org"
    made.set_content("Hello Anna")
    made.add_alternative("<p>Hello <b>Anna</b></p>", subtype="html")
    return made.as_bytes()


def test_mail_is_kept_with_its_parts_and_as_it_came(inbox):
    raw = mail("Größe")
    stored = inbox.add_mail(raw, "bounce@example.org", ["anna@example.org"])
    found = inbox.get(stored.id)
    assert found == stored
    assert (found.subject, found.sender, found.recipient) == ("Größe", "Feedback <f@example.org>", "anna@example.org")
    assert (found.text.strip(), found.html.strip()) == ("Hello Anna", "<p>Hello <b>Anna</b></p>")
    assert inbox.raw(stored.id) == raw


def test_mail_of_an_unknown_charset_is_kept(inbox):
    raw = b"Subject: x\r\nContent-Type: text/plain; charset=nonsense\r\n\r\nabc \xff\r\n"
    assert inbox.add_mail(raw, "a@b.example", ["c@d.example"]).text == "abc \ufffd\r\n"


def test_messages_are_newest_first_and_searched_by_address(inbox):
    first = inbox.add_sms("+1555", "+491", "one")
    second = inbox.add_sms("+492", "+1555", "two", "in")
    assert list(inbox.messages()) == [second, first]
    assert list(inbox.messages("492")) == [second]
    assert list(inbox.messages("nobody")) == []


@pytest.mark.parametrize("message_id", ["", "x", "../secret", "1" * 19 + "-" + "a" * 8])
def test_get_of_anything_else_is_nothing(inbox, message_id):
    inbox.folder.mkdir()
    (inbox.folder.parent / "secret.json").write_text("{}")
    assert (inbox.get(message_id), inbox.raw(message_id)) == (None, b"")


def test_clear_leaves_nothing(inbox):
    inbox.add_mail(mail(), "a@b.example", ["c@d.example"])
    inbox.add_sms("+1", "+2", "x")
    assert inbox.clear() == 2
    assert list(inbox.folder.iterdir()) == []
