"""Fixtures of the verbs of asking."""

from tests.sinks import mail_sink_fixture  # noqa: F401
