"""Filters of the lists that findings link to."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from cxsurvey.lib.admin import ValuesFilter


class JourneyFilter(ValuesFilter):
    """By the code of the journey, which addresses and findings name."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.title = _("journey")
