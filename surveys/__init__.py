"""ASK: journeys, questionnaires, customers, and when and how to ask whom."""
