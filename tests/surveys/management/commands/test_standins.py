"""`manage.py standins`: serves both, says where, and stops cleanly when it is told to."""

import os
import signal
import smtplib
import subprocess
import sys
from pathlib import Path

import pytest
import requests
from django.conf import settings
from django.core.management import CommandError, call_command

from surveys.standins.inbox import Inbox
from surveys.standins.smtp import free_port


def test_command_outside_development_is_refused():
    with pytest.raises(CommandError, match="set DEBUG=true and STANDINS=true"):
        call_command("standins")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_command_serves_both_and_stops_on_a_signal(tmp_path: Path, number):
    mail, sms = free_port(), free_port()
    env = os.environ | {
        "DJANGO_SETTINGS_MODULE": "cxsurvey.settings",
        "DEBUG": "true",
        "STANDINS": "true",
        "STANDIN_SMTP_PORT": str(mail),
        "STANDIN_SMS_PORT": str(sms),
        "STANDIN_FOLDER": str(tmp_path),
        "SMS_ACCOUNT": "demo",
        "SMS_SECRET": "secret",
    }
    argv = [sys.executable, "manage.py", "standins"]
    with subprocess.Popen(argv, cwd=settings.BASE_DIR, env=env, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith(f"Mail: smtp://127.0.0.1:{mail}  SMS: http://127.0.0.1:{sms} ")
        with smtplib.SMTP("127.0.0.1", mail, timeout=5) as client:
            client.sendmail("a@example.org", ["b@example.org"], "Subject: Hi\r\n\r\nHello\r\n")
        assert requests.get(f"http://127.0.0.1:{sms}/control/messages", timeout=5).json() == []
        process.send_signal(number)
        assert process.wait(timeout=10) == 0
    assert [each.subject for each in Inbox(tmp_path).messages()] == ["Hi"]


def test_command_with_a_taken_port_says_what_to_do(tmp_path: Path, settings, smtp_inbox):
    settings.STANDINS, settings.STANDIN_SMTP_PORT, settings.STANDIN_FOLDER = True, smtp_inbox.port, tmp_path
    with pytest.raises(CommandError, match="choose other ports or folder"):
        call_command("standins")
