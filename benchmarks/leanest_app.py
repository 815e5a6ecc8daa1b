"""The leanest page that could take the same answers: a bare Django, a form of its own, and one statement.

It stands beside ours in `submissions`, behind the same kind of web server and before the same database. It has no
middleware, no versions of surveys, no kinds of questions, no wake-ups and no text to score: what a page of Django with
forms.Form, one statement and pooled connections takes at most.
"""

import os
from typing import Final
from uuid import uuid4

import django
from django import forms
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path
from psycopg_pool import ConnectionPool

from benchmarks.leanest import STATEMENT

THANKS: Final = (
    "<!doctype html><html lang=en><title>Thank you</title><p>Thank you. Your answers have been kept.</p></html>"
)
NAMES: Final = ("recommend", "satisfied", "easy", "why", "solved")

settings.configure(SECRET_KEY="x" * 50, ALLOWED_HOSTS=["127.0.0.1"], ROOT_URLCONF=__name__, LOGGING_CONFIG=None)
django.setup()
size = int(os.environ["DATABASE_POOL_SIZE"])
pool = ConnectionPool(os.environ["DATABASE_URL"], min_size=1, max_size=size, kwargs={"autocommit": True}, open=True)


class Answers(forms.Form):
    recommend = forms.IntegerField(min_value=0, max_value=10)
    satisfied = forms.IntegerField(min_value=1, max_value=5)
    easy = forms.IntegerField(min_value=1, max_value=7)
    why = forms.CharField(max_length=4_000, required=False)
    solved = forms.ChoiceField(choices=[("yes", "Yes"), ("no", "No")])


def answer(request: HttpRequest, token: str) -> HttpResponse:
    """Check the answers, keep them and thank."""
    form = Answers(request.POST)
    if not form.is_valid():
        return HttpResponse(str(form.errors), status=422)
    given = [form.cleaned_data[name] for name in NAMES]
    with pool.connection() as link:
        stored = link.execute(STATEMENT, [token, uuid4(), *given], prepare=True).fetchone()
    return HttpResponse(THANKS, status=200 if stored else 409, headers={"Content-Length": len(THANKS)})


urlpatterns = [path("s/<str:token>/", answer)]
application = get_wsgi_application()
