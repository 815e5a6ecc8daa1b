"""What the form of the preferences page says; anything that it does not say clearly is left as it is."""

from collections.abc import Sequence
from typing import Final

from django.conf import settings
from django.http import QueryDict

from surveys.actions.preferences import Wishes
from surveys.enums import Channel, SurveyKind

KINDS: Final = frozenset(f"{channel}:{kind}" for channel in Channel for kind in SurveyKind)


def wishes_of(posted: QueryDict) -> Wishes:
    """The wishes; a box that is not ticked counts only where the form says that it was shown."""
    return Wishes(
        channels={channel: posted[channel] == "yes" for channel in Channel if posted.get(channel) in ("yes", "no")},
        kinds=_kinds(posted.getlist("shown"), posted.getlist("kind")),
        paused={"yes": True, "no": False}.get(posted.get("paused", "")),
        language=_one_of(posted.get("language"), [code for code, _name in settings.LANGUAGES]),
        preferred=_one_of(posted.get("preferred"), ["", *Channel.values]),
        why=posted.get("why", ""),
    )


def _kinds(shown: Sequence[str], ticked: Sequence[str]) -> dict[str, bool]:
    return {key: key in ticked for key in shown if key in KINDS}


def _one_of(value: str | None, known: Sequence[str]) -> str | None:
    return value if value in known else None
