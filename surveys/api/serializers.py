"""What the API shows and takes of asking: explicit fields, public ids and codes, never keys of rows or tokens."""

from typing import Any

from rest_framework import serializers

from cxsurvey.lib.api_errors import refusals_are_told
from cxsurvey.lib.plain_json import validate_attributes
from surveys.actions.customers import BasisIn, CustomerIn, upsert_customers
from surveys.enums import Initiator, LegalBasis
from surveys.models import (
    Choice,
    Customer,
    Delivery,
    Interaction,
    Invitation,
    Journey,
    JourneyVersion,
    Question,
    Stage,
    Survey,
    SurveyVersion,
    Transition,
)
from surveys.policy.basis import SOURCE_LENGTH, TEXT_LENGTH


class StageSerializer(serializers.ModelSerializer[Stage]):
    """A step of a journey; owner is a department's name or null."""

    owner = serializers.CharField(source="owner.name", allow_null=True, default=None)

    class Meta:
        model = Stage
        fields = (
            "code",
            "order",
            "name",
            "kind",
            "phase",
            "owner",
            "channel",
            "human",
            "optional",
            "third_party",
            "promised_days",
        )


class TransitionSerializer(serializers.ModelSerializer[Transition]):
    """The passage between two stages, by their codes."""

    from_stage = serializers.CharField(source="from_stage.code")
    to_stage = serializers.CharField(source="to_stage.code")
    owner = serializers.CharField(source="owner.name", allow_null=True, default=None)

    class Meta:
        model = Transition
        fields = ("from_stage", "to_stage", "name", "owner", "promised_days")


class JourneyVersionSerializer(serializers.ModelSerializer[JourneyVersion]):
    """A definition with its stages in order."""

    stages = StageSerializer(many=True)
    transitions = TransitionSerializer(many=True)

    class Meta:
        model = JourneyVersion
        fields = (
            "number",
            "state",
            "published_at",
            "end_event",
            "end_stage_code",
            "inactive_days",
            "promised_days",
            "needed_steps",
            "headline",
            "options",
            "stages",
            "transitions",
        )


class JourneySerializer(serializers.ModelSerializer[Journey]):
    """A journey with its draft and published versions, the newest first."""

    versions = JourneyVersionSerializer(source="current_versions", many=True)

    class Meta:
        model = Journey
        fields = ("code", "name", "versions")


class ChoiceSerializer(serializers.ModelSerializer[Choice]):
    """One choice; its texts are in the version's document."""

    class Meta:
        model = Choice
        fields = ("code", "order")


class QuestionSerializer(serializers.ModelSerializer[Question]):
    """A question: what it measures and on which scale."""

    choices = ChoiceSerializer(many=True)

    class Meta:
        model = Question
        fields = (
            "code",
            "order",
            "kind",
            "metric",
            "measures",
            "stage_code",
            "to_stage_code",
            "scale_min",
            "scale_max",
            "reversed",
            "required",
            "headline",
            "choices",
        )


class SurveyVersionSerializer(serializers.ModelSerializer[SurveyVersion]):
    """A version: the document holds all texts per language."""

    questions = QuestionSerializer(many=True)

    class Meta:
        model = SurveyVersion
        fields = ("number", "state", "published_at", "headline", "digest", "document", "questions")


class SurveySerializer(serializers.ModelSerializer[Survey]):
    """A survey with its draft and published versions, the newest first."""

    journey = serializers.CharField(source="journey.code", allow_null=True, default=None)
    versions = SurveyVersionSerializer(source="current_versions", many=True)

    class Meta:
        model = Survey
        fields = ("public_id", "code", "kind", "journey", "stage_code", "name", "active", "versions")


class CustomerSerializer(serializers.ModelSerializer[Customer]):
    """A customer. external_id is the organisation's own name of the customer and cannot be changed."""

    external_id = serializers.CharField(max_length=120)
    attributes = serializers.JSONField(required=False, validators=[validate_attributes])
    basis = serializers.ChoiceField(
        LegalBasis.choices, required=False, write_only=True, help_text="what the consents told here rest on; consent"
    )
    basis_source = serializers.CharField(max_length=SOURCE_LENGTH, required=False, write_only=True)
    basis_text = serializers.CharField(
        max_length=TEXT_LENGTH, required=False, write_only=True, help_text="version of the text that was agreed to"
    )
    basis_at = serializers.DateTimeField(required=False, write_only=True, help_text="when it was given; now")

    class Meta:
        model = Customer
        fields = (
            "public_id",
            "external_id",
            "email",
            "phone",
            "language",
            "time_zone",
            "segment",
            "attributes",
            "consent_email",
            "consent_sms",
            "basis",
            "basis_source",
            "basis_text",
            "basis_at",
            "basis_email",
            "basis_sms",
        )
        read_only_fields = ("public_id", "basis_email", "basis_sms")

    def validate_external_id(self, value: str) -> str:
        if self.instance is None and Customer.objects.filter(external_id=value).exists():
            raise serializers.ValidationError("There is a customer with this external_id.", code="unique")
        if self.instance is not None and self.instance.external_id != value:
            raise serializers.ValidationError("It cannot be changed.", code="immutable")
        return value

    def create(self, validated_data: dict[str, Any]) -> Customer:
        return self._upsert(validated_data)

    def update(self, instance: Customer, validated_data: dict[str, Any]) -> Customer:
        return self._upsert({**validated_data, "external_id": instance.external_id})

    def _upsert(self, told: dict[str, Any]) -> Customer:
        basis = BasisIn(
            basis=told.pop("basis", None),
            source=told.pop("basis_source", None) or f"API: {self.context['request'].user}",
            text=told.pop("basis_text", None),
            at=told.pop("basis_at", None),
        )
        with refusals_are_told():
            taken = upsert_customers([CustomerIn(**told, basis=basis)])
        return Customer.objects.get(pk=taken[0].id)


class InteractionSerializer(serializers.ModelSerializer[Interaction]):
    """A contact as it is stored."""

    customer = serializers.CharField(source="customer.external_id")
    journey = serializers.CharField(source="journey.code", allow_null=True, default=None)
    run = serializers.CharField(source="run.external_id", allow_null=True, default=None)
    stage = serializers.CharField(source="stage.code", allow_null=True, default=None)

    class Meta:
        model = Interaction
        fields = (
            "public_id",
            "reference",
            "customer",
            "journey",
            "run",
            "stage",
            "started_at",
            "answered_at",
            "ended_at",
            "handle_seconds",
            "channel",
            "agent",
            "team",
            "reason",
            "initiator",
            "resolved",
            "abandoned",
            "load",
            "attributes",
            "imported",
        )


class ZonedDateTimeField(serializers.DateTimeField):
    """A time with its zone; nothing is guessed for one without."""

    def enforce_timezone(self, value: Any) -> Any:
        if value.tzinfo is None:
            raise serializers.ValidationError(
                "The time has no time zone: add an offset such as +01:00, or Z.", code="no_zone"
            )
        return super().enforce_timezone(value)


class InteractionInSerializer(serializers.Serializer[Any]):
    """A contact as it is told. Codes and ids are those of outside; unknown customers and runs are made."""

    customer = serializers.CharField(max_length=120)
    started_at = ZonedDateTimeField()
    journey = serializers.CharField(max_length=60, required=False, allow_blank=True)
    run = serializers.CharField(max_length=120, required=False, allow_blank=True)
    stage = serializers.CharField(max_length=60, required=False, allow_blank=True)
    answered_at = ZonedDateTimeField(required=False, allow_null=True)
    ended_at = ZonedDateTimeField(required=False, allow_null=True)
    handle_seconds = serializers.FloatField(required=False, allow_null=True, min_value=0)
    channel = serializers.CharField(max_length=40, required=False, allow_blank=True)
    agent = serializers.CharField(max_length=80, required=False, allow_blank=True)
    team = serializers.CharField(max_length=80, required=False, allow_blank=True)
    reason = serializers.CharField(max_length=120, required=False, allow_blank=True)
    initiator = serializers.ChoiceField(choices=Initiator.choices, required=False)
    resolved = serializers.BooleanField(required=False, allow_null=True)
    abandoned = serializers.BooleanField(required=False)
    load = serializers.FloatField(required=False, allow_null=True, min_value=0)
    reference = serializers.CharField(max_length=120, required=False, allow_blank=True)
    attributes = serializers.JSONField(required=False, validators=[validate_attributes])


class DeliverySerializer(serializers.ModelSerializer[Delivery]):
    """One message of an invitation, without its contents."""

    class Meta:
        model = Delivery
        fields = ("public_id", "channel", "purpose", "state", "attempts", "segments", "sent_at")


class InvitationSerializer(serializers.ModelSerializer[Invitation]):
    """One ask; never its token."""

    survey = serializers.CharField(source="survey.code")
    version = serializers.IntegerField(source="version.number")
    customer = serializers.CharField(source="customer.external_id")
    run = serializers.CharField(source="run.external_id", allow_null=True, default=None)
    stage = serializers.CharField(source="stage.code", allow_null=True, default=None)
    interaction = serializers.CharField(source="interaction.reference", allow_null=True, default=None)
    deliveries = DeliverySerializer(many=True)

    class Meta:
        model = Invitation
        fields = (
            "public_id",
            "survey",
            "version",
            "customer",
            "run",
            "stage",
            "interaction",
            "occasion",
            "state",
            "channel",
            "probability",
            "due_at",
            "expires_at",
            "answered_at",
            "created_at",
            "deliveries",
        )
