"""The admin of listening, one module per theme."""

from feedback.admin import follow_ups, outcomes, responses, run_scores, texts

__all__ = ["follow_ups", "outcomes", "responses", "run_scores", "texts"]
