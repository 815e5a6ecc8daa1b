"""Store the responses of a batch: new ones once; an occasion that has its response keeps it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from cxsurvey.lib.refusals import Refused
from feedback.actions.store_answers import content_hash
from feedback.models import Response
from surveys.models import SurveyVersion
from surveys.question_kinds import RawValue


@dataclass(frozen=True, slots=True)
class Draft:
    """A response before its run is known to the database."""

    key: str
    version: SurveyVersion
    values: Mapping[str, RawValue]
    answered_at: datetime
    weight: float | None
    language: str = ""

    def print(self, version_id: int) -> tuple[bytes, datetime, float | None]:
        """What tells it from another response of the occasion, had it been to that version."""
        return content_hash(version_id, self.values), self.answered_at, self.weight


class KnownResponses:
    """The responses that the occasions of a batch have already, from the database and from earlier rows."""

    def __init__(self, keys: Iterable[str]) -> None:
        rows = Response.objects.filter(occasion_key__in=set(keys))
        told = rows.values_list("occasion_key", "version_id", "content_hash", "answered_at", "weight")
        self._known = {key: (version, (bytes(digest), at, weight)) for key, version, digest, at, weight in told}
        self._earlier: dict[str, Draft] = {}

    def is_new(self, draft: Draft) -> bool:
        """Whether the occasion has no response yet; refused when it has another one."""
        known, earlier = self._known.get(draft.key), self._earlier.get(draft.key)
        if earlier is not None:  # of the same file: both are to the version in force
            known = earlier.version.pk, earlier.print(earlier.version.pk)
        if known is not None and draft.print(known[0]) != known[1]:
            raise Refused(_("This occasion has another answer already: the first one is kept."))
        return known is None

    def add(self, draft: Draft) -> None:
        """An earlier row of the batch gives this response."""
        self._earlier.setdefault(draft.key, draft)
