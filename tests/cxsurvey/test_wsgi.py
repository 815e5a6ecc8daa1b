"""What the web server calls: whole answers as a list, streams piece by piece."""

import io
from typing import Any

import pytest
from django.http import HttpResponse, StreamingHttpResponse

from cxsurvey import wsgi

pytestmark = pytest.mark.django_db  # closing an answer looks after the connection, where there is one


def called(monkeypatch: pytest.MonkeyPatch, response: Any) -> Any:
    monkeypatch.setattr(wsgi, "_django", lambda _environ, _start: response)
    return wsgi.application({}, lambda *_: None)


def test_application_whole_answer_is_a_list_and_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    response = HttpResponse("ok")
    assert called(monkeypatch, response) == [b"ok"]
    assert response.closed is True


def test_application_stream_stays_a_stream(monkeypatch: pytest.MonkeyPatch) -> None:
    response = StreamingHttpResponse(iter([b"a", b"b"]))
    assert called(monkeypatch, response) is response
    assert (list(response), response.closed) == ([b"a", b"b"], False)


def test_application_answers_a_request() -> None:
    told: list[str] = []
    environ = {
        "REQUEST_METHOD": "GET", "PATH_INFO": "/healthz", "SERVER_NAME": "testserver", "SERVER_PORT": "80",
        "HTTP_HOST": "testserver", "wsgi.url_scheme": "http", "wsgi.input": io.BytesIO(),
    }  # fmt: skip
    body = wsgi.application(environ, lambda status, *_: told.append(status))
    assert (told, body) == (["200 OK"], [b"ok\n"])
