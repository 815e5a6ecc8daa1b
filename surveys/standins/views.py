"""/dev/inbox/: what the stand-ins took in, newest first; mails as their readers see them, replies to text messages."""

from collections.abc import Callable
from functools import wraps
from itertools import islice
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar, cast

import requests
from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp_replace, csp_update
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET, require_POST

from surveys.standins.inbox import Inbox, Stored

P = ParamSpec("P")
ViewT = TypeVar("ViewT")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]
SHOWN = 100
# A mail has its styles in itself; nothing in it may run, load or post.
MAIL_POLICY = {
    **{name: [NONE] for name in ("default-src", "script-src", "font-src", "connect-src", "frame-src", "form-action")},
    "style-src": [UNSAFE_INLINE],
    "img-src": ["data:"],
    "frame-ancestors": [SELF],
}


def only_with_standins(view: View[P]) -> View[P]:
    """These pages do not exist outside development, wherever they may be mounted."""

    @wraps(view)
    def wrapped(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not settings.STANDINS:
            raise Http404
        return view(request, *args, **kwargs)

    return wrapped


class Same(Protocol):
    """A decorator that keeps the type of the view."""

    def __call__(self, view: ViewT, /) -> ViewT:
        """Decorate."""
        ...


def with_policy(decorator: Any) -> Same:
    """django-csp's decorators, whose types know only views without arguments."""
    return cast("Same", decorator)


def _inbox() -> Inbox:
    return Inbox(settings.STANDIN_FOLDER)


def _get(message_id: str) -> Stored:
    stored = _inbox().get(message_id)
    if stored is None:
        raise Http404("There is no such message in the inbox.")
    return stored


@only_with_standins
@require_GET
def inbox_list(request: HttpRequest) -> HttpResponse:
    """The newest messages, of one address where the query names one."""
    search = request.GET.get("q", "")
    found = list(islice(_inbox().messages(search), SHOWN + 1))
    context = {"stored": found[:SHOWN], "more": len(found) > SHOWN, "shown": SHOWN, "search": search}
    return render(request, "surveys/standins/list.html", context)


@only_with_standins
@require_GET
@with_policy(csp_update({"frame-src": [SELF]}))
def message(request: HttpRequest, message_id: str) -> HttpResponse:
    """A mail with its headers, its HTML in a frame, its text; a text message among all of the same number."""
    stored = _get(message_id)
    headers = _inbox().raw(message_id).decode("utf-8", "replace").replace("\r\n", "\n").partition("\n\n")[0]
    if stored.kind == "sms":
        context = {"message": stored, "thread": _inbox().thread(stored.person)}
        return render(request, "surveys/standins/thread.html", context)
    return render(request, "surveys/standins/message.html", {"message": stored, "headers": headers})


@only_with_standins
@require_GET
@xframe_options_sameorigin
@with_policy(csp_replace(MAIL_POLICY))
def html(_request: HttpRequest, message_id: str) -> HttpResponse:
    """The HTML of a mail, with a policy under which nothing in it can act."""
    return HttpResponse(_get(message_id).html)


@only_with_standins
@require_GET
def raw(_request: HttpRequest, message_id: str) -> HttpResponse:
    """The mail as it came."""
    _get(message_id)
    return HttpResponse(_inbox().raw(message_id), content_type="text/plain; charset=utf-8")


@only_with_standins
@require_POST
def reply(request: HttpRequest, message_id: str) -> HttpResponse:
    """Answer a text message as the person who got it: the stand-in provider posts it to us, signed."""
    person = _get(message_id).person
    url = f"http://127.0.0.1:{settings.STANDIN_SMS_PORT}/control/inbound"
    try:
        told = requests.post(url, json={"from": person, "body": request.POST.get("body", "")}, timeout=15).json()
        if told["status"] == 200:
            messages.info(request, f"Sent as {person}. What we answer appears here within some seconds: look again.")
        else:
            messages.error(request, f"We refused the reply ({told['status']}): the log of the web server says why.")
    except (requests.RequestException, ValueError, KeyError):
        messages.error(request, "The SMS stand-in does not answer: start it with `manage.py standins`.")
    return redirect("standins:message", message_id)


@only_with_standins
@require_POST
def clear(request: HttpRequest) -> HttpResponse:
    """Empty the inbox."""
    messages.info(request, f"{_inbox().clear()} messages deleted.")
    return redirect("standins:list")
