"""How often a customer may be asked: a clock per kind of survey, one for all, and room kept for the journey's ask."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Self

from cxsurvey.lib.periods import Cap, parse_cap
from surveys.enums import SurveyKind
from surveys.policy.reasons import Reason


@dataclass(frozen=True)
class Asked:
    """One ask that left, or is on its way: its kind of survey and when. Reminders are not asks."""

    kind: str
    at: datetime


@dataclass(frozen=True)
class Limits:
    """Caps per kind of survey, caps for all kinds together, and the kind for which room is kept in the latter."""

    by_kind: Mapping[str, tuple[Cap, ...]] = field(default_factory=dict)
    total: tuple[Cap, ...] = ()
    keep_room_for: str = ""

    @classmethod
    def from_document(cls, document: Mapping[str, str | Sequence[str]]) -> Self:
        """Limits as a programme file writes them: {touchpoint: [1 per 14d], total: [...], keep_room_for: ...}."""
        unknown = set(document) - {*SurveyKind.values, "total", "keep_room_for"}
        if unknown:
            raise ValueError(f"Unknown in contact_policy: {', '.join(sorted(unknown))}.")
        room = str(document.get("keep_room_for", ""))
        if room not in ("", *SurveyKind.values):
            raise ValueError(f'keep_room_for is "{room}": use {", ".join(SurveyKind.values)}.')
        caps = {key: tuple(parse_cap(cap) for cap in document[key]) for key in document if key != "keep_room_for"}
        return cls(caps, caps.pop("total", ()), room)


# Method 2.20; the programme file's contact_policy overrides.
DEFAULTS: Final = Limits.from_document(
    {
        "touchpoint": ["1 per 14d", "4 per 90d"],
        "end_to_end": ["1 per 90d"],
        "relationship": ["1 per 180d"],
        "total": ["6 per 90d"],
        "keep_room_for": "end_to_end",
    }
)
# Reliability R17: paid messages to one number, whatever they ask.
SMS_CAPS: Final = (parse_cap("1 per 24h"), parse_cap("3 per 30d"))


@dataclass(frozen=True)
class Verdict:
    """May be asked, or blocked: why, by which cap, and until when (None: for as long as that cap stands)."""

    allowed: bool
    reason: Reason | None = None
    until: datetime | None = None
    cap: str = ""


ALLOWED: Final = Verdict(allowed=True)


def check(
    kind: str, now: datetime, history: Iterable[Asked], limits: Limits = DEFAULTS, *, room_wanted: bool = False
) -> Verdict:
    """Whether a survey of this kind may be asked now.

    `room_wanted`: the customer is on a journey whose survey of the kind `keep_room_for` is still to come; then one
    place of each total cap is kept free for it. The longest block counts.
    """
    asks = list(history)
    same = [ask.at for ask in asks if ask.kind == kind]
    blocks = [_block(cap, cap.count, same, now) for cap in limits.by_kind.get(kind, ())]
    for cap in limits.total:
        kept = 1 if room_wanted and kind != limits.keep_room_for and not _room_used(cap, asks, limits, now) else 0
        blocks.append(_block(cap, max(cap.count - kept, 0), [ask.at for ask in asks], now))
    return longest(blocks)


def check_caps(caps: Iterable[Cap], sent: Sequence[datetime], now: datetime) -> Verdict:
    """Caps on messages themselves, such as SMS_CAPS per number."""
    return longest([_block(cap, cap.count, sent, now) for cap in caps])


def longest(verdicts: Iterable[Verdict]) -> Verdict:
    """The verdict that blocks longest; without an end is longest of all."""
    blocks = [verdict for verdict in verdicts if not verdict.allowed]
    if not blocks:
        return ALLOWED
    endless = [block for block in blocks if block.until is None]
    return endless[0] if endless else max(blocks, key=lambda block: block.until.timestamp() if block.until else 0.0)


def _room_used(cap: Cap, asks: Iterable[Asked], limits: Limits, now: datetime) -> bool:
    return any(ask.kind == limits.keep_room_for and ask.at > now - cap.period.delta for ask in asks)


def _block(cap: Cap, places: int, times: Iterable[datetime], now: datetime) -> Verdict:
    """Blocked while `places` asks lie within the period; free again when the oldest of the newest ones leaves it."""
    if places == 0:
        return Verdict(allowed=False, reason=Reason.POLICY, cap=str(cap))
    recent = sorted((at for at in times if at > now - cap.period.delta), reverse=True)
    if len(recent) < places:
        return ALLOWED
    return Verdict(allowed=False, reason=Reason.POLICY, until=recent[places - 1] + cap.period.delta, cap=str(cap))
