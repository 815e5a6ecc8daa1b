"""Sentiment of free text: pure, text in, score out; one module per engine."""

from feedback.sentiment.analyzer import Analyzer, score
from feedback.sentiment.base import Engine, Evidence, Label, TextScore

__all__ = ["Analyzer", "Engine", "Evidence", "Label", "TextScore", "score"]
