"""LISTEN: answers, what the words mean, service held against experience, and what is done about it."""
