"""What the lists of asking can be filtered by: codes and ids of outside."""

import django_filters as filters  # type: ignore[import-untyped]

from surveys.enums import Channel, InvitationState, SurveyKind
from surveys.models import Customer, Interaction, Invitation, Survey


class SurveyFilter(filters.FilterSet):  # type: ignore[misc]
    """By kind, journey and activity."""

    kind = filters.ChoiceFilter(choices=SurveyKind.choices)
    journey = filters.CharFilter(field_name="journey__code")
    active = filters.BooleanFilter()

    class Meta:
        model = Survey
        fields: tuple[str, ...] = ()


class CustomerFilter(filters.FilterSet):  # type: ignore[misc]
    """By the organisation's own id, segment and language."""

    external_id = filters.CharFilter()
    segment = filters.CharFilter()
    language = filters.CharFilter()

    class Meta:
        model = Customer
        fields: tuple[str, ...] = ()


class InteractionFilter(filters.FilterSet):  # type: ignore[misc]
    """By place, customer, channel and time."""

    journey = filters.CharFilter(field_name="journey__code")
    stage = filters.CharFilter(field_name="stage__code")
    customer = filters.CharFilter(field_name="customer__external_id")
    run = filters.CharFilter(field_name="run__external_id")
    channel = filters.CharFilter()
    reference = filters.CharFilter()
    started_after = filters.IsoDateTimeFilter(field_name="started_at", lookup_expr="gte")
    started_before = filters.IsoDateTimeFilter(field_name="started_at", lookup_expr="lt")

    class Meta:
        model = Interaction
        fields: tuple[str, ...] = ()


class InvitationFilter(filters.FilterSet):  # type: ignore[misc]
    """By survey, customer, run, state, channel and time."""

    survey = filters.CharFilter(field_name="survey__code")
    customer = filters.CharFilter(field_name="customer__external_id")
    run = filters.CharFilter(field_name="run__external_id")
    state = filters.ChoiceFilter(choices=InvitationState.choices)
    channel = filters.ChoiceFilter(choices=Channel.choices)
    due_after = filters.IsoDateTimeFilter(field_name="due_at", lookup_expr="gte")
    due_before = filters.IsoDateTimeFilter(field_name="due_at", lookup_expr="lt")

    class Meta:
        model = Invitation
        fields: tuple[str, ...] = ()
