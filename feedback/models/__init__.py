"""The rows of listening: fields, constraints, and nothing else."""

from feedback.models.analysis import Analysis, DataRevision
from feedback.models.commercial import CommercialRecord
from feedback.models.doubt import Click, HeldResponse, HourCount
from feedback.models.follow_up import FollowUp
from feedback.models.outcome import Improvement, Outcome, Target
from feedback.models.partial import PartialResponse
from feedback.models.pay import PayMetric
from feedback.models.quota import QuotaCount
from feedback.models.response import Answer, Response
from feedback.models.run_score import RunScore
from feedback.models.sealed import SealedText
from feedback.models.text import FreeText, TextScore, ThemeTag

__all__ = [
    "Analysis",
    "Answer",
    "Click",
    "CommercialRecord",
    "DataRevision",
    "FollowUp",
    "FreeText",
    "HeldResponse",
    "HourCount",
    "Improvement",
    "Outcome",
    "PartialResponse",
    "PayMetric",
    "QuotaCount",
    "Response",
    "RunScore",
    "SealedText",
    "Target",
    "TextScore",
    "ThemeTag",
]
