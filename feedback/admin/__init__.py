"""The admin of listening, one module per theme."""

from feedback.admin import analyses, follow_ups, outcomes, partials, responses, run_scores, sealed, texts

__all__ = ["analyses", "follow_ups", "outcomes", "partials", "responses", "run_scores", "sealed", "texts"]
