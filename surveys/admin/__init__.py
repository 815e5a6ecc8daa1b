"""The admin of asking, one module per theme."""

from surveys.admin import asking, customers, intake, journeys, questionnaires, rules, runs

__all__ = ["asking", "customers", "intake", "journeys", "questionnaires", "rules", "runs"]
