"""Public pages on which customers answer a survey."""
