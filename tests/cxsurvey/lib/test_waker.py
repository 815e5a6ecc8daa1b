"""One thread tells for all: once a round, never at the caller's cost, and in a forked process as well."""

import multiprocessing
import threading
from typing import Any

from cxsurvey.lib.waker import MOST, Waker


def test_ask_often_is_told_once_a_round() -> None:
    told: list[tuple[Any, ...]] = []
    first, go_on = threading.Event(), threading.Event()

    def tell(*what: Any) -> None:
        told.append(what)
        first.set()
        go_on.wait(10)

    waker = Waker(tell, rest=0)
    waker.ask("refresh")
    assert first.wait(10)  # the broker hangs now
    for number in (1, 2, 1, 2, 1):
        waker.ask("refresh")
        waker.ask("score", number)
    assert (waker.flush(0.01), told) == (False, [("refresh",)])
    go_on.set()
    assert (waker.flush(10), told) == (True, [("refresh",), ("refresh",), ("score", 1), ("score", 2)])


def test_ask_while_too_much_waits_is_dropped() -> None:
    told: list[tuple[Any, ...]] = []
    first, go_on = threading.Event(), threading.Event()

    def tell(*what: Any) -> None:
        told.append(what)
        first.set()
        go_on.wait(10)

    waker = Waker(tell, rest=0)
    waker.ask("first")
    assert first.wait(10)
    for number in range(MOST + 5):
        waker.ask(number)
    go_on.set()
    assert waker.flush(10)
    assert told == [("first",), *((number,) for number in range(MOST))]


def test_tell_fails_the_next_is_told() -> None:
    told: list[str] = []

    def tell(what: str) -> None:
        if what == "bad":
            raise OSError
        told.append(what)

    waker = Waker(tell, rest=0)
    for what in ("bad", "good"):
        waker.ask(what)
    assert (waker.flush(10), told) == (True, ["good"])


def test_ask_in_a_forked_process_is_told_there() -> None:
    fork = multiprocessing.get_context("fork")
    told = fork.SimpleQueue()
    waker = Waker(told.put, rest=0)
    waker.ask("parent")
    assert waker.flush(10)

    def child() -> None:
        waker.ask("child")
        waker.flush(10)

    process = fork.Process(target=child)
    process.start()
    process.join(30)
    assert [told.get(), told.get()] == ["parent", "child"]
