"""Who writes and who reads: heard for a moment, told seldom, and forgotten."""

from __future__ import annotations

import pytest

from backend import signals
from backend.signals import LASTS_S, OFTEN_S, PERSON, REMEMBERED, Signal, Signals
from backend.wake import Hub

TYPING = Signal("typing", PERSON, "c1")
READING = Signal("reading", "amina", "c1")


def test_what_was_heard_is_over_by_itself() -> None:
    heard = Signals()
    heard.note(TYPING, 10.0)
    assert set(heard.those("typing", "c1", 10.0 + LASTS_S["typing"] - 0.1)) == {PERSON}
    assert set(heard.those("typing", "c1", 10.0 + LASTS_S["typing"])) == set()


def test_each_kind_is_its_own_and_so_is_each_conversation() -> None:
    heard = Signals()
    heard.note(TYPING, 0.0)
    heard.note(READING, 0.0)
    assert set(heard.those("reading", "c1", 1.0)) == {"amina"}
    assert set(heard.those("typing", "c2", 1.0)) == set()


@pytest.mark.parametrize("signal", [TYPING, READING])
def test_what_is_known_is_told_again_only_after_a_while(signal: Signal) -> None:
    heard = Signals()
    assert heard.note(signal, 0.0)
    assert not heard.note(signal, OFTEN_S[signal.kind] - 0.1)
    assert heard.note(signal, OFTEN_S[signal.kind])


def test_who_stops_is_news_once() -> None:
    heard = Signals()
    heard.note(TYPING, 0.0)
    assert heard.drop(TYPING)
    assert not heard.drop(TYPING)
    assert set(heard.those("typing", "c1", 0.1)) == set()


def test_many_conversations_are_not_remembered_for_ever() -> None:
    heard = Signals()
    for number in range(REMEMBERED + 1):
        heard.note(Signal("typing", PERSON, f"c{number}"), 0.0)
    heard.note(Signal("typing", PERSON, "later"), 60.0)
    assert heard.those("typing", "later", 60.0)
    assert len(heard._until) == 1


@pytest.mark.parametrize("signal", [TYPING, READING])
def test_other_processes_understand_what_is_said(signal: Signal) -> None:
    assert signals.read(signal.payload) == (signal, True)
    assert signals.read(signal.stopped) == (signal, False)


@pytest.mark.parametrize(
    "payload", ["*", "", "cvJqM9ntReBayfNb", "typing:a", "shouting:a:b", "::"]
)
def test_what_is_no_signal_is_none(payload: str) -> None:
    assert signals.read(payload) is None


def test_writing_and_stopping_at_once_is_told_as_stopped() -> None:
    hub = Hub()
    hub.does(TYPING)
    hub.stops(TYPING)
    assert hub.unpublished() == [TYPING.stopped]
    hub.does(TYPING)
    assert hub.unpublished() == [TYPING.payload]


def test_a_signal_wakes_only_who_looks_at_that_conversation() -> None:
    hub = Hub()
    here, elsewhere, worker = hub.reader("c1"), hub.reader("c2"), hub.worker()
    hub.heard(TYPING.payload)
    assert here.is_set()
    assert not elsewhere.is_set()
    assert not worker.is_set()
    assert hub.unpublished() == []  # what others have said is not said again
