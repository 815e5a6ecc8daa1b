"""Machines that fetch the links of a mail and submit the forms they meet, as mail scanners do."""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin, urlsplit

from django.test import Client

ADDRESSES = ("192.0.2.1", "192.0.2.2", "198.51.100.7")
Presses = Callable[["Form"], Iterator[dict[str, list[str]]]]


@dataclass
class Form:
    """One form as it stands: what it would send by itself, its buttons, its boxes."""

    action: str
    fields: dict[str, list[str]] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)
    boxes: list[tuple[str, str]] = field(default_factory=list)


class Page(HTMLParser):
    """The forms and links of a page."""

    def __init__(self, html: str, address: str) -> None:
        super().__init__()
        self.address, self.forms, self.links = address, list[Form](), list[str]()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "a" and "href" in values:
            self.links.append(urljoin(self.address, values["href"]))
        if tag == "form":
            self.forms.append(Form(urljoin(self.address, values.get("action", ""))))
        elif self.forms and "name" in values and tag in ("input", "textarea", "button"):
            self._add(self.forms[-1], tag, values)

    def _add(self, form: Form, tag: str, values: dict[str, str]) -> None:
        name, value, kind = values["name"], values.get("value", ""), values.get("type", "text")
        if tag == "button":
            form.buttons.append((name, value))
        elif kind in ("radio", "checkbox"):
            form.boxes.append((name, value))
            if "checked" in values:
                form.fields.setdefault(name, []).append(value)
        else:
            form.fields.setdefault(name, []).append(value)


def as_it_stands(form: Form) -> Iterator[dict[str, list[str]]]:
    """form.submit(): no button comes along."""
    yield form.fields


def every_button(form: Form) -> Iterator[dict[str, list[str]]]:
    """Presses each button once."""
    for name, value in form.buttons:
        yield {**form.fields, name: [value]}


def ticks_every_box(form: Form) -> Iterator[dict[str, list[str]]]:
    """Ticks all check boxes that share one name, then presses each button."""
    several = {name for name, _value in form.boxes if name == "_is"}
    ticked = {name: [value for each, value in form.boxes if each == name] for name in several}
    for fields in every_button(form) if form.buttons else as_it_stands(form):
        yield {**fields, **ticked}
    yield {**form.fields, **ticked}


def fetch_everything(links: list[str]) -> None:
    """HEAD each link, and GET it twice from three addresses within a moment."""
    client = Client()
    for link in links:
        client.head(path_of(link), REMOTE_ADDR=ADDRESSES[0])
        for address, _again in itertools.product(ADDRESSES, range(2)):
            client.get(path_of(link), REMOTE_ADDR=address)


def submit_everything(links: list[str], presses: Presses, depth: int = 3) -> None:
    """Open each link, submit each form, and go on with the forms of the pages that come of it."""
    client = Client(REMOTE_ADDR=ADDRESSES[1])
    for link in links:
        _submit(client, Page(client.get(path_of(link)).content.decode(), path_of(link)), presses, depth)


def _submit(client: Client, page: Page, presses: Presses, depth: int) -> None:
    for form in page.forms if depth else ():
        for fields in presses(form):
            reply: Any = client.post(form.action, fields)
            address = form.action
            if reply.status_code == 303:
                address = urljoin(form.action, reply.headers["Location"])
                reply = client.get(address)
            _submit(client, Page(reply.content.decode(), address), presses, depth - 1)


def path_of(link: str) -> str:
    """Path and query of an address."""
    parts = urlsplit(link)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
