"""Long text in several messages."""

from __future__ import annotations

import pytest
from aiogram.types import MessageEntity
from hypothesis import given
from hypothesis import strategies as st

from bot.telegram.splitting import Passage, is_boundary, split, units
from tests.telegram.rules import entities_error

WORDS = st.lists(
    st.text("abcåäö ሰላም مرحبا.?!\n👍🏽👨\u200d👩\u200d👧🇸🇪e\u0301", max_size=30), max_size=12
).map(" ".join)


@st.composite
def passages(draw):
    """Text with runs of formatting side by side, at least one character each."""
    parts = draw(st.lists(st.tuples(WORDS.filter(bool), st.booleans()), max_size=8))
    text, entities = "", []
    for part, bold in parts:
        if bold:
            entities.append(MessageEntity(type="bold", offset=units(text), length=units(part)))
        text += part
    return Passage(text, tuple(entities))


def texts(passage, limit, **options):
    return [piece.text for piece in split(passage, limit, **options)]


@given(passages(), st.integers(20, 60), st.booleans())
def test_every_piece_fits_and_no_word_or_formatting_is_lost(passage, limit, rtl):
    pieces = split(passage, limit, rtl=rtl)
    for piece in pieces:
        assert piece.units <= limit
        assert entities_error(piece.text, [one.model_dump() for one in piece.entities]) is None
    assert _letters("".join(piece.text for piece in pieces)) == _letters(passage.text)
    assert _letters(_bold(pieces)) == _letters(_bold([passage]))


def _letters(text):
    """Without the white space that a cut may take, and the mark it may add."""
    return "".join(char for char in text if not char.isspace() and char != "\u200f")


def _bold(pieces):
    return "".join(_run(piece.text, one) for piece in pieces for one in piece.entities)


def _run(text, entity):
    units = text.encode("utf-16-le")
    return units[2 * entity.offset : 2 * (entity.offset + entity.length)].decode("utf-16-le")


def test_a_short_text_stays_whole():
    assert texts(Passage("Hello"), 20) == ["Hello"]


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("First words.\n\nSecond one. Third", ["First words.", "Second one. Third"]),
        ("First words. More\nSecond one", ["First words. More", "Second one"]),
        ("First words. Second one more", ["First words.", "Second one more"]),
        ("ቀዳማይ ቃላት። ካልኣይ ቃል ኣሎ ኣብዚ", ["ቀዳማይ ቃላት።", "ካልኣይ ቃል ኣሎ ኣብዚ"]),
        ("Anna\n\nSecond words, third words", ["Anna\n\nSecond words,", "third words"]),
        ("unbreakable" * 3, ["unbreakableunbreakab", "leunbreakable"]),
    ],
)
def test_it_is_cut_at_the_best_place_that_does_not_waste_the_message(text, pieces):
    assert texts(Passage(text), 20) == pieces


def test_a_telephone_number_held_together_by_no_break_spaces_is_not_cut():
    assert texts(Passage("Call this 070\xa0123\xa045\xa067"), 20) == [
        "Call this",
        "070\xa0123\xa045\xa067",
    ]


def test_a_link_is_not_cut_but_moves_on_whole():
    link = MessageEntity(type="text_link", offset=5, length=19, url="https://a.se")
    first, second, third = split(Passage("Look at the website here, now", (link,)), 20)
    assert (first.text, first.entities) == ("Look", ())
    assert (second.text, second.entities) == (
        "at the website here,",
        (link.model_copy(update={"offset": 0}),),
    )
    assert third.entities == ()


def test_formatting_is_not_cut_even_where_there_is_no_white_space():
    bold = MessageEntity(type="bold", offset=10, length=15)
    assert texts(Passage("x" * 10 + "y" * 15, (bold,)), 20) == ["x" * 10, "y" * 15]


def test_formatting_longer_than_a_message_goes_on_in_the_next():
    bold = MessageEntity(type="bold", offset=0, length=39)
    pieces = split(Passage("nineteen characters and then " * 2, (bold,)), 20)
    assert [one.length for piece in pieces for one in piece.entities] == [19, 17, 1]


@pytest.mark.parametrize(
    "sign",
    ["👍🏽", "👨‍👩‍👧", "🇸🇪", "é", "ی\u200cخ", "❤️", "🏴󠁧󠁢󠁳󠁣󠁴󠁿"],
)
def test_what_is_read_as_one_sign_is_never_cut(sign):
    assert not any(is_boundary(sign, position) for position in range(1, len(sign)))
    assert is_boundary(f"a{sign}", 1)


def test_a_surrogate_pair_is_never_cut():
    assert texts(Passage("😀" * 11), 21) == ["😀" * 10, "😀"]


def test_a_right_to_left_piece_that_begins_with_a_digit_is_marked():
    assert texts(Passage("مرحبا بكم جميعا 2026 سنة"), 18, rtl=True) == [
        "مرحبا بكم جميعا",
        "\u200f2026 سنة",
    ]


def test_white_space_at_the_end_makes_no_message_of_its_own():
    assert texts(Passage("x" * 20 + "\n\n"), 20) == ["x" * 20]
