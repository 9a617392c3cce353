"""A conversation with every port faked."""

from __future__ import annotations

import pytest

from dialogs.i18n import Catalogue
from dialogs.ports import Ports
from dialogs.render import Renderer
from tests.chat import Chat, renderer_of
from tests.clock import FrozenClock
from tests.fakes import Diary, FakeBooking, FakeHandoff, FakePeople, FakeQuestions, fake_ports


@pytest.fixture
def ports(clock: FrozenClock, texts: Catalogue) -> Ports:
    return fake_ports(clock, texts.languages)


@pytest.fixture
def renderer(texts: Catalogue, ports: Ports) -> Renderer:
    return renderer_of(texts, ports.knowledge)


@pytest.fixture
def chat(ports: Ports, renderer: Renderer) -> Chat:
    return Chat(ports, renderer)


@pytest.fixture
def diary(ports: Ports) -> Diary:
    assert isinstance(ports.booking, FakeBooking)
    return ports.booking.diary


@pytest.fixture
def handoff(ports: Ports) -> FakeHandoff:
    assert isinstance(ports.handoff, FakeHandoff)
    return ports.handoff


@pytest.fixture
def questions(ports: Ports) -> FakeQuestions:
    assert isinstance(ports.questions, FakeQuestions)
    return ports.questions


@pytest.fixture
def people(ports: Ports) -> FakePeople:
    assert isinstance(ports.people, FakePeople)
    return ports.people
