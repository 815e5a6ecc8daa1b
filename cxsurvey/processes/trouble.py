"""The one exception for whatever a person can mend: its text is the whole message."""


class Trouble(Exception):
    """One clear sentence saying what is wrong and what to do."""
