"""The local mail server and SMS provider of a development installation."""

import signal
import threading
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from surveys.standins.inbox import Inbox
from surveys.standins.sms import SmsProvider, VonageProvider, post_form
from surveys.standins.smtp import SmtpInbox


class Command(BaseCommand):
    """Serves both until it is told to stop."""

    help = "Serve the local stand-ins: mail and text messages go to /dev/inbox/ instead of to people."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Refuse outside development, serve, stop cleanly on SIGTERM and Ctrl-C."""
        if not settings.STANDINS:
            raise CommandError("The stand-ins are for development: set DEBUG=true and STANDINS=true.")
        stopping = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopping.set())
        inbox = Inbox(settings.STANDIN_FOLDER)
        try:
            self._serve(inbox, stopping)
        except OSError as problem:
            raise CommandError(f"The stand-ins cannot serve ({problem}): choose other ports or folder.") from problem

    def _serve(self, inbox: Inbox, stopping: threading.Event) -> None:
        name = settings.SMS_PROVIDER or "twilio"
        inbound = f"{settings.PUBLIC_BASE_URL}/hooks/{name}/"
        spoken = VonageProvider if name == "vonage" else SmsProvider
        provider = spoken(settings.SMS_ACCOUNT, settings.SMS_SECRET, inbox, inbound, post=post_form)
        with SmtpInbox(inbox, settings.STANDIN_SMTP_PORT) as mail:
            provider.start(settings.STANDIN_SMS_PORT)
            self.stdout.write(f"Mail: {mail.url}  SMS: {provider.url}  Inbox: {settings.PUBLIC_BASE_URL}/dev/inbox/")
            self.stdout.flush()
            stopping.wait()
            provider.stop()
