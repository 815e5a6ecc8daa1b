"""The steps of a conversation by text message: answer, skip, ask again, ask on, give way to the link, say thanks."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Final

from django.utils.translation import gettext as _

from feedback.actions.check_answers import check_answers, last_words, on_path, path_of, readable
from feedback.actions.occasions import Occasion, of_invitation
from feedback.actions.save_page import save_page
from feedback.actions.submit_response import AnsweredOtherwise, Gone, submit_invitation
from feedback.enums import ResponseSource
from feedback.models import PartialResponse
from feedback.queries.partials import Given, given_of, partial_of
from surveys.actions.conversations import close, language_of, say
from surveys.channels.sms.base import segments
from surveys.enums import Channel, ConversationState, ReplyOutcome
from surveys.models import Conversation
from surveys.question_kinds import QuestionSpec, RawValue, initial, shown
from surveys.rendering.message import ANSWER
from surveys.rendering.pager import askable, personal
from surveys.rendering.pages import page_texts
from surveys.rendering.specs import fallbacks, specs_of
from surveys.rendering.texts import pick
from surveys.replies import can_be_asked
from surveys.replies.asking import asked_again, question_text

BLANK: Final[list[str]] = []


@dataclass
class Talk:
    """One conversation while one reply is handled; whatever costs a query is read when it is looked at."""

    conversation: Conversation
    now: datetime

    @cached_property
    def occasion(self) -> Occasion:
        return of_invitation(self.conversation.invitation)

    @cached_property
    def language(self) -> str:
        return language_of(self.conversation.invitation)

    @property
    def partial(self) -> PartialResponse | None:
        return partial_of(self.occasion.key)

    @property
    def spec(self) -> QuestionSpec:
        """The question on the table, as it was asked."""
        return self.spec_of(self.conversation.question, given_of(self.partial))

    def spec_of(self, code: str, given: Given) -> QuestionSpec:
        """A question in the customer's language, with words put in and choices in the order drawn."""
        specs = {spec.code: spec for spec in specs_of(self.occasion.version, self.language)}
        words = shown(list(specs.values()), readable(self.occasion, given))
        return personal([specs[code]], self.occasion.context, words, self.occasion.order)[0]


def answer(talk: Talk, value: RawValue) -> ReplyOutcome:
    """Store the value with what the pages save, and go on."""
    spec = talk.spec
    given = {
        name: [typed] if isinstance(typed, str) else typed for name, typed in initial(spec, {spec.code: value}).items()
    }
    _go_on(talk, given)
    return ReplyOutcome.ANSWERED


def skip(talk: Talk) -> ReplyOutcome:
    """The customer leaves the question out."""
    _go_on(talk, {})
    return ReplyOutcome.SKIPPED


def stumble(talk: Talk) -> ReplyOutcome:
    """Ask once more, politely; after that leave the question out, or give way to the link where it is needed."""
    conversation, spec = talk.conversation, talk.spec
    if not conversation.asked_again:
        conversation.asked_again = True
        say(conversation, asked_again(spec), talk.now)
        return ReplyOutcome.ASKED_AGAIN
    if spec.required:
        _give_way(talk)
    else:
        _go_on(talk, {})
    return ReplyOutcome.NOT_UNDERSTOOD


def _go_on(talk: Talk, given: Mapping[str, list[str]]) -> None:
    """Save the question as gone through, then ask the next one, give way, or submit."""
    conversation, partial = talk.conversation, talk.partial
    page = {conversation.question: BLANK} | dict(given)
    base = partial.revision if partial else 0
    saved = save_page(talk.occasion, (conversation.question,), page, base=base, language=talk.language, now=talk.now)
    code = next_question(talk.occasion, saved.partial)
    if code is None:
        _submit(talk, given_of(saved.partial))
        return
    spec = talk.spec_of(code, given_of(saved.partial))
    if not can_be_asked(spec):
        _give_way(talk)
        return
    conversation.state, conversation.question, conversation.asked_again = ConversationState.OPEN, code, False
    say(conversation, question_text(spec), talk.now)


def next_question(occasion: Occasion, partial: PartialResponse) -> str | None:
    """The first question on the path that nobody has gone through, by message or by page; None after the last."""
    done = {code for page in partial.visited for code in page}
    pages = path_of(occasion, given_of(partial))
    return next((code for page in pages for code in askable(occasion.version, page) if code not in done), None)


def _submit(talk: Talk, given: Given) -> None:
    """The whole, by the verb that the page uses; what a page has left open that is needed is asked there."""
    if not check_answers(talk.occasion, talk.language, given).is_valid():
        _give_way(talk)
        return
    invitation, values = talk.conversation.invitation, on_path(talk.occasion, given)
    try:
        submit_invitation(
            invitation,
            values,
            language=talk.language,
            source=ResponseSource.SMS,
            channel=Channel.SMS,
            now=talk.now,
        )
    except (Gone, AnsweredOtherwise):  # its time ran out meanwhile: nothing is left to say
        _end(talk, ConversationState.ENDED)
        return
    _end(talk, ConversationState.DONE)
    say(talk.conversation, _thanks(talk, values), talk.now, closing=True)


def _give_way(talk: Talk) -> None:
    """The rest by the link, which knows what has been answered so far."""
    _end(talk, ConversationState.GAVE_WAY)
    say(talk.conversation, _("You can also answer here: %(link)s") % {"link": ANSWER}, talk.now)


def _end(talk: Talk, state: ConversationState) -> None:
    close([talk.conversation.invitation_id], state, talk.now)
    talk.conversation.state = state


def _thanks(talk: Talk, values: Mapping[str, RawValue]) -> str:
    """The words of the end that was reached, or the survey's own thanks, where they fit into one message; else ours."""
    version = talk.occasion.version
    ending = pick(last_words(talk.occasion, values), fallbacks(version.document, talk.language))
    own = ending or page_texts(version, talk.language).thanks
    if own and "[[" not in own and segments(own).count == 1:
        return own
    return _("Thank you. Your answers have arrived.")
