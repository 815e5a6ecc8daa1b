"""The key sender of a programme file: who its mails come from, within the domains that the installation may use."""

from typing import Final

from django.conf import settings

from cxsurvey.lib.addresses import AddressError, normalise_email
from surveys.programme.nodes import Node, nearest
from surveys.programme.schema import Document

SENDER_KEYS: Final = ("name", "email", "reply_to")


def parse_sender(root: Node) -> Document:
    """{name, email, reply_to}, only what is said; empty: the installation's own sender."""
    if "sender" not in root.value:
        return {}
    node = root.child("sender")
    if not node.expect(*SENDER_KEYS):
        return {}
    sender = {"name": _line(node, "name"), "email": _address(node, "email"), "reply_to": _address(node, "reply_to")}
    domain = sender["email"].rpartition("@")[2]
    if domain and domain not in settings.SENDER_DOMAINS:
        known = ", ".join(settings.SENDER_DOMAINS)
        node.problem(
            f'mails may not be sent from "{domain}": use one of {known}{nearest(domain, settings.SENDER_DOMAINS)}, '
            "or let an operator add it to SENDER_DOMAINS.",
            "email",
        )
    return {key: value for key, value in sender.items() if value}


def _line(node: Node, key: str) -> str:
    text = node.text(key, most=100)
    if any(not char.isprintable() for char in text):
        node.problem("has a line break or control character in it: remove it.", key)
        return ""
    return text


def _address(node: Node, key: str) -> str:
    text = node.text(key, most=254)
    if not text:
        return ""
    try:
        return normalise_email(text)
    except AddressError as problem:
        node.problem(str(problem), key)
        return ""
