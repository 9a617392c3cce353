"""Every published language is complete, and every dialog can be read in it."""

from __future__ import annotations

import pytest

from backend import catalogues
from backend.settings import REPOSITORY
from dialogs import places
from dialogs.flows.emergency import card_for
from dialogs.i18n import Catalogue, Languages
from dialogs.messages import Button, Lines, Place, Reply, Tapped
from dialogs.ports import Ports
from dialogs.session import Offered
from dialogs.text import Text
from knowledge.markup import parse
from tests.chat import Chat, renderer_of
from tests.clock import FrozenClock
from tests.fakes import fake_ports

LANGUAGES = [row.code for row in Languages.load(REPOSITORY / "locales/languages.toml").published]
LONGEST_LABEL = 60
MOST_PAGES = 400
STARTS = (
    places.MENU,
    places.MORE,
    places.LANGUAGE,
    places.HELP,
    places.EMERGENCY,
    places.emergency_card("violence"),
    places.emergency_card("self-harm"),
    places.emergency_card("forced-travel"),
    places.emergency_before("emergency", "?"),
    places.answer_to("personnummer"),
    places.answer_to("maybe"),
    places.answer_to("bees"),
    places.article("gone"),
    places.meeting("gone"),
    Place("welcome.old_button"),
    Place("welcome.unknown_command"),
    Place("welcome.only_words"),
    Place("welcome.too_long", (4_000,)),
    Place("person.unread_file", ("photo",)),
    Place("person.unread_file", ("voice",)),
    Place("person.unread_file", ("other",)),
    Place("activity.gone"),
    Place("meeting.nothing_free"),
)


def test_the_catalogues_are_complete_and_say_what_the_code_says() -> None:
    assert list(catalogues.problems(REPOSITORY)) == []


async def every_reply(ports: Ports, texts: Catalogue) -> dict[str, Reply]:
    """Walk every button from every start, each page in a fresh conversation."""
    renderer = renderer_of(texts, ports.knowledge)
    waiting, seen, replies = list(STARTS), set(), dict[str, Reply]()
    while waiting and len(seen) < MOST_PAGES:
        place = waiting.pop()
        key = f"{place.step}{place.args}"
        if key in seen:
            continue
        seen.add(key)
        chat = Chat(ports, renderer)
        chat.offered = Offered("m", (Button("there", place),))
        await chat.sends(Tapped("m", 0))
        for number, reply in enumerate(chat.heard):
            replies[f"{key}#{number}"] = reply
        waiting += [button.link for button in chat.heard[-1].buttons]
    return replies


@pytest.mark.parametrize("language", LANGUAGES)
async def test_every_dialog_is_rendered_with_nothing_untranslated(
    language: str, texts: Catalogue, clock: FrozenClock
) -> None:
    ports = fake_ports(clock, texts.languages)
    replies = await every_reply(ports, texts)
    renderer = renderer_of(texts, ports.knowledge)
    assert len(replies) > 60
    untranslated = set()
    for reply in replies.values():
        rendered = renderer.render(reply, language)
        assert rendered.text.strip()
        assert "{" not in rendered.text, rendered.text
        for text in _texts(reply):
            if not texts.languages[language].source and not texts.has(text.msgid, language):
                untranslated.add(text.msgid)
        for button in rendered.buttons:
            assert 0 < len(button.label) <= LONGEST_LABEL, button.label
    assert untranslated == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_entity_of_a_card_lies_within_its_text(
    language: str, texts: Catalogue, clock: FrozenClock
) -> None:
    renderer = renderer_of(texts, fake_ports(clock, texts.languages).knowledge)
    for kind in ("emergency", "violence", "self-harm"):
        rendered = renderer.render(card_for(kind), language)
        units = rendered.text.encode("utf-16-le")
        for entity in rendered.entities:
            start, stop = entity.offset * 2, (entity.offset + entity.length) * 2
            run = units[start:stop].decode("utf-16-le")
            assert run, entity
            if entity.kind == "phone":
                assert any(char.isdigit() for char in run)


def test_every_text_is_valid_markup_in_every_language(texts: Catalogue) -> None:
    for language in LANGUAGES:
        for msgid in texts.msgids():
            parse(texts.translate(Text(msgid), language))


def _texts(reply: Reply) -> list[Text]:
    found = [part for part in reply.parts if isinstance(part, Text)]
    found += [text for part in reply.parts if isinstance(part, Lines) for text in part.texts]
    found += [button.label for button in reply.buttons if isinstance(button.label, Text)]
    nested = [value for text in found for _name, value in text.values if isinstance(value, Text)]
    return found + nested
