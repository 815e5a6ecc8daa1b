"""A survey version as questions, page, mail and message, per language."""
