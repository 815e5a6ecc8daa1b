"""The stand-in mail server speaks real SMTP, and fails when it is told to."""

import smtplib

import pytest

MAIL = "From: a@example.org\r\nTo: b@example.org\r\nSubject: Hi\r\n\r\nHello\r\n"


def send(server) -> dict:
    with smtplib.SMTP("127.0.0.1", server.port, timeout=5) as client:
        return client.sendmail("a@example.org", ["b@example.org"], MAIL)


def test_mail_arrives_in_the_inbox(smtp_inbox, inbox):
    assert send(smtp_inbox) == {}
    assert [(each.subject, each.recipient) for each in inbox.messages()] == [("Hi", "b@example.org")]


@pytest.mark.parametrize(("reply", "code"), [("451 4.3.0 later", 451), ("550 5.1.1 no such user", 550)])
def test_refused_recipient_gets_the_scripted_reply_once(smtp_inbox, inbox, reply, code):
    smtp_inbox.fail("rcpt", reply)
    with pytest.raises(smtplib.SMTPRecipientsRefused) as caught:
        send(smtp_inbox)
    assert caught.value.recipients["b@example.org"][0] == code
    assert list(inbox.messages()) == []
    send(smtp_inbox)
    assert len(list(inbox.messages())) == 1


def test_refused_content_gets_the_scripted_reply(smtp_inbox, inbox):
    smtp_inbox.fail("data", "554 5.6.0 no")
    with pytest.raises(smtplib.SMTPDataError):
        send(smtp_inbox)
    assert list(inbox.messages()) == []


def test_accepted_and_cut_keeps_the_mail_but_does_not_say_so(smtp_inbox, inbox):
    smtp_inbox.fail("accepted")
    with pytest.raises(smtplib.SMTPServerDisconnected):
        send(smtp_inbox)
    assert len(list(inbox.messages())) == 1
