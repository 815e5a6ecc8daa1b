"""What the API shows of responses: public ids and codes, every answer with what it measures, texts with sentiment."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from rest_framework import serializers

from feedback.dashboards.comparison import Query
from feedback.models import Answer, FreeText, Response, TextScore


class SentimentSerializer(serializers.ModelSerializer[TextScore]):
    """What one engine said of a text."""

    class Meta:
        model = TextScore
        fields = ("engine", "version", "language", "label", "polarity", "subjectivity", "confidence", "scored_at")


class TextSerializer(serializers.ModelSerializer[FreeText]):
    """The words; sentiment is null until they were scored."""

    sentiment = serializers.SerializerMethodField()
    themes = serializers.SlugRelatedField[Any](slug_field="theme", many=True, read_only=True)

    class Meta:
        model = FreeText
        fields = ("text", "language", "sentiment", "themes")

    def get_sentiment(self, text: FreeText) -> SentimentSerializer(allow_null=True):  # type: ignore[valid-type]
        scores = list(text.scores.all())  # prefetched, the newest first
        return SentimentSerializer(scores[0]).data if scores else None


class AnswerSerializer(serializers.ModelSerializer[Answer]):
    """One answer: as given, and on 0-100."""

    question = serializers.CharField(source="question.code")
    stage = serializers.CharField(source="stage.code", allow_null=True, default=None)
    to_stage = serializers.CharField(source="to_stage.code", allow_null=True, default=None)
    text = TextSerializer(source="free_text", allow_null=True, default=None)

    class Meta:
        model = Answer
        fields = ("question", "measures", "stage", "to_stage", "value", "choices", "score", "answered_at", "text")


class ResponseSerializer(serializers.ModelSerializer[Response]):
    """One customer's answers on one occasion."""

    survey = serializers.CharField(source="survey.code")
    survey_version = serializers.IntegerField(source="version.number")
    invitation = serializers.UUIDField(source="invitation.public_id", allow_null=True, default=None)
    customer = serializers.CharField(source="customer.external_id", allow_null=True, default=None)
    run = serializers.CharField(source="run.external_id", allow_null=True, default=None)
    interaction = serializers.CharField(source="interaction.reference", allow_null=True, default=None)
    answers = AnswerSerializer(many=True)

    class Meta:
        model = Response
        fields = (
            "public_id",
            "survey",
            "survey_version",
            "invitation",
            "customer",
            "run",
            "interaction",
            "source",
            "channel",
            "language",
            "weight",
            "late",
            "asked_at",
            "answered_at",
            "answers",
        )


class ComparisonQuerySerializer(serializers.Serializer[Any]):
    """The window in days (UTC, the last one included), filters NAME=VALUE, a break-down."""

    start = serializers.DateField(required=False)
    end = serializers.DateField(required=False)
    segment = serializers.ListField(child=serializers.RegexField(r"\A[^=]+=.+\Z", max_length=200), required=False)
    by = serializers.CharField(required=False, max_length=80)
    weighted = serializers.BooleanField(required=False, default=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "start" in attrs and "end" in attrs and attrs["end"] < attrs["start"]:
            raise serializers.ValidationError({"to": "It lies before from."})
        return attrs

    def query(self, journey: str) -> Query:
        """What valid parameters ask for."""
        told = self.validated_data
        last: date | None = told.get("end")
        return Query(
            journey=journey,
            start=midnight(told.get("start")),
            end=midnight(last + timedelta(days=1)) if last else None,
            segments=dict(pair.split("=", 1) for pair in told.get("segment", [])),
            by=told.get("by", ""),
            weighted=told["weighted"],
        )


def midnight(day: date | None) -> datetime | None:
    """The start of the day, UTC."""
    return datetime.combine(day, time(), tzinfo=UTC) if day else None
