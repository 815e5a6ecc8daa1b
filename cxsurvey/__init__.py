"""The composition root: puts surveys (ask) and feedback (listen) together."""
