"""What customers have answered themselves, by their links: a table that tells it again must not count it twice."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date

from django.db.models import Q
from django.utils.translation import gettext as _

from cxsurvey.lib.refusals import Refused
from feedback.actions.imports.storing import Draft
from feedback.actions.store_answers import content_hash
from feedback.models import Response


@dataclass(frozen=True, slots=True)
class About:
    """What a response is about, by the names of outside; "" where it is about no run, or names no contact."""

    survey: int
    journey: int | None
    run: str
    interaction: str
    customer: str
    day: date

    def is_same(self, other: "About") -> bool:
        """The same run, and the same contact where both name one; without run the contact, else the customer's day."""
        if self.run or other.run:
            contacts = {self.interaction, other.interaction} - {""}
            return (self.journey, self.run) == (other.journey, other.run) and len(contacts) < 2
        if self.interaction or other.interaction:
            return self.interaction == other.interaction
        return (self.customer, self.day) == (other.customer, other.day)


class AnsweredLive:
    """The answers by link to the surveys, and about the runs, contacts and customers, of a batch; one query."""

    def __init__(self, abouts: Iterable[About]) -> None:
        wanted = list(abouts)
        self._found: dict[int, list[tuple[About, int, bytes]]] = defaultdict(list)
        places = Q(run__external_id__in={each.run for each in wanted if each.run})
        places |= Q(interaction__reference__in={each.interaction for each in wanted if each.interaction})
        places |= Q(customer__external_id__in={each.customer for each in wanted if not each.run})
        rows = Response.objects.filter(
            places, survey__in={each.survey for each in wanted}, invitation__isnull=False
        ).values_list(
            "survey_id", "run__journey_id", "run__external_id", "interaction__reference", "customer__external_id",
            "answered_at", "version_id", "content_hash",
        )  # fmt: skip
        for survey, journey, run, interaction, customer, at, version, digest in rows if wanted else ():
            day = at.astimezone(UTC).date()
            about = About(survey, journey, run or "", interaction or "", customer or "", day)
            self._found[survey].append((about, version, bytes(digest)))

    def tells(self, draft: Draft, about: About) -> bool:
        """Whether the customer has given just this answer himself; refused where he has given another one."""
        same: Sequence[tuple[int, bytes]] = [
            (version, digest) for other, version, digest in self._found[about.survey] if about.is_same(other)
        ]
        if not same:
            return False
        if any(content_hash(version, draft.values) == digest for version, digest in same):
            return True
        raise Refused(_("The customer has answered this himself, by his link: that answer is kept."))
