"""What became of a reply: noted on it and on the callback that brought it, so that people find what needs them."""

from datetime import datetime
from typing import Final

from surveys.actions.inbound import FOR_A_PERSON
from surveys.enums import ReplyOutcome
from surveys.models import ProviderCallback, Reply

NEEDS_A_PERSON: Final = {
    ReplyOutcome.NOT_UNDERSTOOD: "a reply that was not understood",
    ReplyOutcome.EARLY: "a reply before the question had left",
    ReplyOutcome.OVER: "a reply after the conversation",
}


def settle_reply(reply: Reply, question: str, outcome: ReplyOutcome, now: datetime) -> None:
    """Once, in the transaction of its effects. What answers nothing goes to people: no word of a customer is lost."""
    Reply.objects.filter(pk=reply.pk, handled_at=None).update(question=question, outcome=outcome, handled_at=now)
    needs = NEEDS_A_PERSON.get(outcome)
    note = f"{FOR_A_PERSON}{needs}" if needs else f"a reply: {outcome}"
    ProviderCallback.objects.filter(pk=reply.callback_id).update(note=note)
