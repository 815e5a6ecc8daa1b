"""What became of a provider's callback."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Handled:
    """A note for people; the text to answer an inbound message with; done=False: look again later."""

    note: str
    reply: str = ""
    done: bool = True
