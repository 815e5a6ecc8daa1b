"""The filters of the journey page: they are in the address, so that a link shows the same."""

from datetime import UTC, date, datetime, timedelta

from django import forms
from django.utils.translation import gettext_lazy as _

from feedback.dashboards.query import Query


class DayInput(forms.DateInput):
    """The browser's own day picker."""

    input_type = "date"


class WindowForm(forms.Form):
    """From and to, a filter by an attribute, a break-down."""

    start = forms.DateField(label=_("From"), required=False, widget=DayInput)
    end = forms.DateField(label=_("To"), required=False, widget=DayInput)
    segment = forms.CharField(label=_("Only"), required=False, max_length=200, help_text=_("for example region=north"))
    by = forms.CharField(label=_("Break down by"), required=False, max_length=80, help_text=_("for example region"))

    def clean_segment(self) -> str:
        """NAME=VALUE, or nothing."""
        text: str = self.cleaned_data["segment"].strip()
        name, sign, value = text.partition("=")
        if text and not (name and sign and value):
            raise forms.ValidationError(_("Write it as name=value, for example region=north."))
        return text

    def clean(self) -> None:
        """The window runs forward."""
        start, end = self.cleaned_data.get("start"), self.cleaned_data.get("end")
        if start and end and end < start:
            self.add_error("end", _("The last day lies before the first: change one of them."))

    def query(self, journey: str) -> Query:
        """What a valid form asks for."""
        data = self.cleaned_data
        name, _sign, value = data["segment"].partition("=")
        return Query(
            journey=journey,
            start=_midnight(data["start"]),
            end=_midnight(data["end"] + timedelta(days=1)) if data["end"] else None,
            segments={name: value} if name else {},
            by=data["by"].strip(),
        )


def _midnight(day: date | None) -> datetime | None:
    return datetime.combine(day, datetime.min.time(), tzinfo=UTC) if day else None
