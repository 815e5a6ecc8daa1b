"""How a survey is asked by text message, in a programme file: `sms: conversation`, `sms_life: 3d`."""

from collections.abc import Mapping
from typing import Any, Final

from cxsurvey.lib.periods import parse_period
from surveys.programme.nodes import Node
from surveys.programme.periods import write_period
from surveys.replies.document import LIFE, LINK, MODES

SMS_KEYS: Final = ("sms", "sms_life")


def survey_messages(node: Node) -> dict[str, Any]:
    """The keys of the document; only what differs from the default."""
    found: dict[str, Any] = {}
    mode = node.one_of("sms", MODES, LINK)
    if mode != LINK:
        found["sms"] = mode
    if node.has("sms_life"):
        life = node.parsed("sms_life", lambda text: parse_period(text).delta, LIFE)
        if life != LIFE or mode == LINK:  # with a link it has no meaning, and the check says so
            found["sms_life"] = write_period(life)
    return found


def write_messages(document: Mapping[str, Any]) -> dict[str, Any]:
    """The same keys as a file has them."""
    return {key: document[key] for key in SMS_KEYS if document.get(key)}
