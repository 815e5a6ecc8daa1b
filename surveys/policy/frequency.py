"""How often a customer may be asked: a clock per kind of survey, one for all, and room kept for the journey's ask.

Every limit holds for any stretch of its period, whatever the order in which asks are decided.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, Self

from cxsurvey.lib.periods import Cap, parse_cap
from surveys.enums import SurveyKind
from surveys.policy.reasons import Reason

E2E_ONLY: Final = 0.1  # of runs, unless the policy says otherwise
# A journey's survey that is blocked for longer than this from now will not come for this run: it needs no room.
COMES_WITHIN: Final = timedelta(days=28)
LOOK_AGAIN: Final = timedelta(days=1)  # at an ask that waits until the journey's survey has had its place
SOON: Final = timedelta(minutes=1)


@dataclass(frozen=True)
class Asked:
    """One message that left, or is on its way: the kind of its survey and when. Reminders are messages, too."""

    kind: str
    at: datetime
    reminder: bool = False


@dataclass(frozen=True)
class Limits:
    """Caps per kind of survey, caps for all kinds together, the kind for which room is kept in the latter.

    `e2e_only` is the share of runs asked about the whole only, where the journey is asked about as a whole.
    """

    by_kind: Mapping[str, tuple[Cap, ...]] = field(default_factory=dict)
    total: tuple[Cap, ...] = ()
    keep_room_for: str = ""
    e2e_only: float = 0.0

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Self:
        """Limits as a programme file writes them: {touchpoint: [1 per 14d], total: [...], keep_room_for: ...}.

        An empty document means no limits at all, also no runs that are asked about the whole only.
        """
        unknown = set(document) - {*SurveyKind.values, "total", "keep_room_for", "e2e_only"}
        if unknown:
            raise ValueError(f"Unknown in contact_policy: {', '.join(sorted(unknown))}.")
        room = str(document.get("keep_room_for", ""))
        if room not in ("", *SurveyKind.values):
            raise ValueError(f'keep_room_for is "{room}": use {", ".join(SurveyKind.values)}.')
        share = document.get("e2e_only", E2E_ONLY if document else 0.0)
        if isinstance(share, bool) or not isinstance(share, int | float) or not 0 <= share < 1:
            raise ValueError(f'e2e_only is "{share}": use a share from 0 to less than 1, such as 0.1.')
        kinds = [key for key in document if key in (*SurveyKind.values, "total")]
        caps = {key: tuple(parse_cap(cap) for cap in document[key]) for key in kinds}
        return cls(caps, caps.pop("total", ()), room, float(share))

    def longest_period(self) -> timedelta:
        """How far back, and ahead, asks matter for these limits."""
        caps = [cap for group in (*self.by_kind.values(), self.total) for cap in group]
        return max((cap.period.delta for cap in caps), default=timedelta())


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
    kind: str, at: datetime, history: Iterable[Asked], limits: Limits = DEFAULTS, *, room_wanted: bool = False
) -> Verdict:
    """Whether a survey of this kind may be asked at this moment.

    `room_wanted`: the customer is on a journey whose survey of the kind `keep_room_for` is still to come; then one
    place of each total cap is kept free for it. The longest block counts.
    """
    asks = list(history)
    same = [ask.at for ask in asks if ask.kind == kind]
    blocks = [_block(cap, cap.count, same, at) for cap in limits.by_kind.get(kind, ())]
    return longest([*blocks, *_in_total(kind, at, asks, limits, room_wanted=room_wanted)])


def check_reminder(
    kind: str,
    at: datetime,
    history: Iterable[Asked],
    own: Asked,
    limits: Limits = DEFAULTS,
    *,
    room_wanted: bool = False,
) -> Verdict:
    """Whether the reminder of the ask `own` (one of the history) may leave at this moment.

    It is a message like any other, except that its own ask does not stand in its way among those of its kind.
    """
    asks = list(history)
    others = [ask.at for ask in asks if ask.kind == kind and ask != own]
    blocks = [_block(cap, cap.count, others, at) for cap in limits.by_kind.get(kind, ())]
    return longest([*blocks, *_in_total(kind, at, asks, limits, room_wanted=room_wanted)])


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


def look_again(block: Verdict, now: datetime, gives_up: datetime) -> datetime | None:
    """When a blocked ask is decided again; None where that would be too late, or never: then it is dropped.

    One that waits for the journey's survey may be free sooner than the cap says: it is looked at every day.
    """
    if block.until is None:
        return None
    until = min(block.until, now + LOOK_AGAIN) if block.reason == Reason.ROOM_FOR_JOURNEY else block.until
    at = max(until, now + SOON)
    return at if at < gives_up else None


def _in_total(
    kind: str, at: datetime, asks: Sequence[Asked], limits: Limits, *, room_wanted: bool
) -> Iterable[Verdict]:
    """The verdict of each total cap, with the place that is kept for the journey's own survey."""
    times = [ask.at for ask in asks]
    keep = room_wanted and limits.keep_room_for not in ("", kind) and _comes(asks, limits, at)
    for cap in limits.total:
        block = _block(cap, cap.count, times, at)
        kept = _block(cap, max(cap.count - 1, 0), times, at) if keep and block.allowed else ALLOWED
        yield (
            block
            if kept.allowed
            else Verdict(
                allowed=False, reason=Reason.ROOM_FOR_JOURNEY, until=kept.until or at + LOOK_AGAIN, cap=kept.cap
            )
        )


def _comes(asks: Iterable[Asked], limits: Limits, at: datetime) -> bool:
    """Whether the journey's survey can come soon enough by its own limits: else there is nothing to keep room for."""
    room = limits.keep_room_for
    same = [ask.at for ask in asks if ask.kind == room]
    blocks = [_block(cap, cap.count, same, at) for cap in limits.by_kind.get(room, ())]
    block = longest(blocks)
    return block.allowed or (block.until is not None and block.until < at + COMES_WITHIN)


def _block(cap: Cap, places: int, times: Iterable[datetime], at: datetime) -> Verdict:
    """Blocked while `places` asks lie within a period of this moment; free when the oldest of the newest leaves it."""
    if places == 0:
        return Verdict(allowed=False, reason=Reason.POLICY, cap=str(cap))
    period = cap.period.delta
    begin, end = at - period, at + period
    near = [each for each in times if begin < each < end]
    if len(near) < places:
        return ALLOWED
    near.sort(reverse=True)
    return Verdict(allowed=False, reason=Reason.POLICY, until=near[places - 1] + period, cap=str(cap))
