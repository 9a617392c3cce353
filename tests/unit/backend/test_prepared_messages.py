"""Prepared messages: what may stand in a blank, how one is found, where words are missing."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import ImmutableMultiDict

from backend.clock import ZONE
from backend.console.blanks import Choices, Filled, Wrong, blanks, fill
from backend.console.ready import picker
from backend.hygiene import mask
from backend.services.prepared import (
    INTERPRETED,
    PREPARED,
    THEMES,
    BookATime,
    Minutes,
    Prepared,
    Room,
    as_reply,
)
from backend.services.prepared.gaps import Gap, gaps, readable
from backend.settings import REPOSITORY
from dialogs.core import say, to
from dialogs.i18n import Catalogue, Languages, Table
from dialogs.messages import Lines, Place, Quote
from dialogs.render import Renderer
from dialogs.text import Text, Words, _
from tests.fakes import FakeKnowledge, article
from tests.filled import everything

NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
CHOICES = Choices({}, {}, {}, NOW)
OPENING = "From {name}, a person at the centre:"


def filled(name: str, **given: str) -> Filled | Wrong:
    return fill(PREPARED[name], ImmutableMultiDict(list(given.items())), CHOICES)


def catalogue(**texts: dict[str, str]) -> Catalogue:
    """Only these texts are translated."""
    tables = {
        code: Table({msgid: (words,) for msgid, words in table.items()}, lambda n: int(n != 1))
        for code, table in texts.items()
    }
    return Catalogue(Languages.load(REPOSITORY / "locales/languages.toml"), tables)


def renderer(texts: Catalogue) -> Renderer:
    return Renderer(texts, FakeKnowledge(), ZONE)


def english(text: Text) -> str:
    return text.msgid


def test_there_are_a_few_dozen_and_each_has_its_own_name_and_title() -> None:
    kinds = [kind for theme in THEMES for kind in theme.kinds]
    assert 30 <= len(kinds) == len(PREPARED) <= 36
    assert len({kind.title.msgid for kind in kinds}) == len(kinds)
    assert all(kind.name == kind.name.lower() for kind in kinds)


@pytest.mark.parametrize("name", PREPARED)
def test_every_blank_of_every_message_is_one_that_the_page_can_ask_for(name: str) -> None:
    empty = fill(PREPARED[name], ImmutableMultiDict(), CHOICES)
    asked = {blank.name for blank in blanks(PREPARED[name])}
    assert asked == (set(empty.problems) if isinstance(empty, Wrong) else set())
    assert "despite" not in asked  # the form has a field of that name already


@given(st.text())
def test_whatever_is_typed_as_minutes_is_a_number_within_reason_or_refused(typed: str) -> None:
    match filled("late", minutes=typed):
        case Filled(prepared=prepared):
            (minutes,) = vars(prepared).values()
            assert Minutes.LEAST <= minutes.number <= Minutes.MOST
        case Wrong(problems=problems):
            assert problems["minutes"].msgid.startswith("Write a whole number")


@pytest.mark.parametrize(("typed", "number"), [("5", 5), (" 20 ", 20), ("120", 120), ("٢٠", 20)])
def test_minutes_are_read(typed: str, number: int) -> None:
    found = filled("late", minutes=typed)
    assert isinstance(found, Filled)
    assert vars(found.prepared) == {"minutes": Minutes(number)}


@given(st.text())
def test_a_room_is_one_short_line_without_a_personal_number(typed: str) -> None:
    match filled("new-room", room=typed):
        case Filled(prepared=prepared):
            (room,) = vars(prepared).values()
            assert 0 < len(room.name) <= Room.LONGEST
            assert "\n" not in room.name
            assert mask(room.name) == (room.name, False)
        case Wrong(problems=problems):
            assert problems.keys() == {"room"}


def test_a_list_that_is_closed_takes_nothing_else() -> None:
    assert isinstance(filled("decided-by", authority="tax"), Filled)
    assert isinstance(filled("decided-by", authority="Skatteverket"), Wrong)
    assert isinstance(filled("interpreter-booked", language="ti"), Filled)
    assert isinstance(filled("interpreter-booked", language=""), Wrong)


def test_every_word_has_to_be_found_and_how_it_is_written_does_not_matter() -> None:
    names = {
        ready.name
        for shelf in picker(english, "  CALL   will ").shelves
        for ready in shelf.ready
        if ready.fits
    }
    assert names == {"will-call"}


def test_a_search_without_words_shows_all_and_one_without_success_none() -> None:
    assert all(ready.fits for shelf in picker(english, " ").shelves for ready in shelf.ready)
    assert not picker(english, "xyzzy").fits
    assert not picker(english, "x" * 10_000).fits


def test_a_message_is_found_by_what_can_be_chosen_in_it() -> None:
    shelves = picker(english, "passport").shelves
    assert [ready.name for shelf in shelves for ready in shelf.ready if ready.fits] == ["bring"]


def test_a_complete_message_has_no_gap_and_is_left_as_it_is() -> None:
    reply = as_reply(BookATime(), "Amina")
    for language in ("en", "sv"):
        texts = catalogue(sv={text.msgid: "ord" for text in _every_text(BookATime())})
        assert gaps(reply, language, texts) == ()
        assert readable(reply, language, renderer(texts)) is reply


def test_what_is_missing_is_put_into_swedish_and_the_rest_stays_hers() -> None:
    msgids = [text.msgid for text in _every_text(BookATime())]
    swedish = {msgid: f"sv {msgid}" for msgid in msgids}
    arabic = {OPENING: "من {name}:", "Write back": "اكتب"}
    texts = catalogue(sv=swedish, ar=arabic)
    reply = as_reply(BookATime(), "Amina")
    assert gaps(reply, "ar", texts) == (Gap(None, "sv"),)
    sent = readable(reply, "ar", renderer(texts))
    assert sent.parts == (
        reply.parts[0],
        Quote("sv Please book a time with a coach. Then we can talk about this.", "sv"),
    )
    assert [button.label for button in sent.buttons] == ["sv Book a coach", _("Write back")]
    assert [button.link for button in sent.buttons] == [each.link for each in reply.buttons]
    assert gaps(sent, "ar", texts) == ()


def test_where_swedish_is_missing_too_it_is_the_language_texts_are_written_in() -> None:
    texts = catalogue(sv={}, ar={OPENING: "من {name}:"})
    reply = as_reply(BookATime(), "Amina")
    assert gaps(reply, "ar", texts) == (Gap(None, "en"),)
    words = "Please book a time with a coach. Then we can talk about this."
    assert readable(reply, "ar", renderer(texts)).parts[1] == Quote(words, "en")


def test_a_text_within_a_line_or_a_value_counts() -> None:
    inner = _("a room")
    texts = catalogue(uk={"outside {x}": "зовні {x}"}, sv={"outside {x}": "ute", "a room": "rum"})
    for part in (_("outside {x}", x=inner), Lines((_("outside {x}", x=inner),))):
        assert gaps(say(part), "uk", texts) == (Gap(None, "sv"),)
        assert gaps(say(part), "sv", texts) == ()


def test_words_of_others_are_told_one_by_one_and_once() -> None:
    texts = catalogue(uk={"door {x}": "двері {x}"})
    door, title = Words.of({"en": "Gate", "ar": "باب"}), Words.of({"sv": "Rubrik", "uk": "Назва"})
    reply = say(_("door {x}", x=door), to(door, Place("a.b")), to(title, Place("a.b")))
    assert gaps(reply, "uk", texts) == (Gap(door, "en"),)
    far = Words.of({"ti": "ማዕጾ"})
    assert gaps(say(to(far, Place("a.b"))), "uk", texts) == (Gap(far, "ti"),)


def test_every_message_can_be_said_with_gaps_everywhere() -> None:
    texts = catalogue(uk={})
    for prepared in everything(article("personnummer"), ("sv",)).values():
        reply = as_reply(prepared, "Amina")
        assert gaps(reply, "uk", texts)
        sent = readable(reply, "uk", renderer(texts))
        shown = renderer(texts).render(sent, "uk")
        assert "{" not in shown.text
        assert len(shown.buttons) == len(reply.buttons)


def test_a_language_is_named_by_itself_and_in_swedish() -> None:
    assert INTERPRETED["so"].name == "Soomaali (somaliska)"


def _every_text(prepared: Prepared) -> list[Text]:
    reply = as_reply(prepared, "Amina")
    labels = [button.label for button in reply.buttons]
    return [item for item in (*reply.parts, *labels) if isinstance(item, Text)]
