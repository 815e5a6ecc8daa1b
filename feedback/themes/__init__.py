"""Which themes of the service taxonomy a comment names, by keyword patterns; pure."""
