"""Addresses that must not be written to, from elsewhere."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.utils.translation import gettext as _

from cxsurvey.lib.refusals import Refused
from cxsurvey.lib.tables import Row
from feedback.actions.imports.base import Importer, Result, Taken, row_problem
from feedback.actions.imports.mapping import Cells, required
from surveys.actions.take_suppressions import SuppressionIn, take_suppressions
from surveys.enums import Channel, SuppressionReason

REASONS: Final = {
    **{reason.value: reason for reason in SuppressionReason},
    "optout": SuppressionReason.OPT_OUT,
    "unsubscribed": SuppressionReason.OPT_OUT,
    "hard_bounce": SuppressionReason.BOUNCE,
}


class Suppressions(Importer):
    """address, channel (email, sms or all), reason, since, until"""

    def take(self, rows: Sequence[Row]) -> list[Result]:
        results: list[Result] = [Taken() for _row in rows]
        read: dict[int, SuppressionIn] = {}
        for i, row in enumerate(rows):
            try:
                if row.problem:
                    raise row_problem(row)
                read[i] = _read(Cells(self.job.mapping, row.cells), self.job.now)
            except Refused as refused:
                results[i] = refused
        for i, result in zip(read, take_suppressions(list(read.values()), self.job.now), strict=True):
            results[i] = result if isinstance(result, Refused) else Taken(result == "created", result == "changed")
        return results


def _read(cells: Cells, now: datetime) -> SuppressionIn:
    since, until = cells.moment("since"), cells.moment("until")
    channel = cells.text("channel").casefold()
    if channel not in ("", "all", *Channel.values):
        raise Refused(_("It must be email, sms or all."), "channel", channel)
    if since and until and until.at <= since.at:
        raise Refused(_("It ends before it begins."), "until", until.at.isoformat())
    return SuppressionIn(
        address=required(cells.text("address"), "address"),
        channel="" if channel == "all" else channel,
        reason=_reason(cells.text("reason")),
        since=since.at if since else now,
        until=until.at if until else None,
    )


def _reason(text: str) -> SuppressionReason:
    """opt-out, bounce, complaint, or a reason of never asking (with or without "never-ask:" in front)."""
    word = text.casefold().removeprefix("never-ask").strip(" :").replace("-", "_").replace(" ", "_")
    if word not in REASONS:
        known = ", ".join(SuppressionReason.values)
        raise Refused(_("It must be one of %(known)s.") % {"known": known}, "reason", text)
    return REASONS[word]
