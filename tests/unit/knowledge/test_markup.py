"""The markup of articles."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.markup import (
    BadMarkup,
    Bold,
    Bullet,
    Link,
    Paragraph,
    Plain,
    Step,
    as_text,
    parse,
)


def test_a_line_of_words_is_a_paragraph():
    assert parse("Du får ett nummer.") == (Paragraph((Plain("Du får ett nummer."),)),)


def test_lines_below_each_other_are_one_paragraph_with_a_line_break():
    (paragraph,) = parse("One.\nTwo.")
    assert paragraph == Paragraph((Plain("One."), Plain("\n"), Plain("Two.")))


def test_a_blank_line_begins_a_new_paragraph():
    assert as_text(parse("One.\n\n  \nTwo.")) == "One.\nTwo."
    assert len(parse("One.\n\nTwo.")) == 2


def test_steps_and_bullets_are_blocks_of_their_own():
    assert parse("Do this:\n1. Call.\n2. Wait.\n- Be kind.") == (
        Paragraph((Plain("Do this:"),)),
        Step(1, (Plain("Call."),)),
        Step(2, (Plain("Wait."),)),
        Bullet((Plain("Be kind."),)),
    )


def test_bold_words_and_links_stand_among_plain_ones():
    (paragraph,) = parse("Ring **nu** [112](tel:112)!")
    assert paragraph.inlines == (
        Plain("Ring "),
        Bold("nu"),
        Plain(" "),
        Link("112", "tel:112"),
        Plain("!"),
    )


@pytest.mark.parametrize(
    "url", ["https://a.se", "https://a.se/x?y=1#z", "tel:+46771567567", "mailto:a@b.se"]
)
def test_a_link_leads_to_a_page_a_telephone_or_a_mailbox(url):
    assert parse(f"[here]({url})") == (Paragraph((Link("here", url),)),)


@pytest.mark.parametrize(
    "url",
    ["http://a.se", "javascript:alert(1)", "https://", "tel:ring", "mailto:a", "/start", ""],
)
def test_a_link_leads_nowhere_else(url):
    with pytest.raises(BadMarkup, match=r"a link"):
        parse(f"[here]({url})")


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("# Heading", "only a section has a heading"),
        ("### Heading", "only a section has a heading"),
        ("  - nested", "not nested"),
        ("* bullet", "a bullet begins with"),
        ("-", "a bullet begins with"),
        ("1.", "a step begins with"),
        ("> quote", "quotes"),
        ("| a | b |", "tables"),
        ("```", "code"),
        ("**open", "bold is opened and closed"),
        ("****", "hold words"),
        ("** spaced **", "no space at either end"),
        ("[ ](https://a.se)", "no space at either end"),
        ("**[bold](https://a.se)**", "a link is written"),
        ("[**bold**](https://a.se)", "bold is opened"),
        ("[a [b](https://a.se)](https://a.se)", "a link is written"),
        ("a <b>bold</b> word", "HTML"),
    ],
)
def test_nothing_else_is_markup(line, what):
    with pytest.raises(BadMarkup, match=what) as caught:
        parse(f"First.\n\n{line}")
    assert caught.value.line == 3


def test_brackets_stars_and_comparisons_in_a_sentence_are_plain_words():
    text = "See [1], dial *112# and 3 < 4 > 2 (or -1)."
    assert as_text(parse(text)) == text


def test_carriage_returns_and_spaces_at_the_end_of_lines_are_dropped():
    assert as_text(parse("One. \r\n\r\nTwo.\t\r\n")) == "One.\nTwo."


@given(st.text())
def test_any_text_is_read_or_refused_on_one_of_its_lines(text):
    try:
        lines = [block.inlines for block in parse(text)]
    except BadMarkup as bad:
        lines = [bad.line]
    assert len(lines) <= text.count("\n") + 1


@given(st.text(st.characters(categories=("L", "Nd", "P", "S", "Zs"), exclude_characters="*[]<")))
def test_plain_text_is_preserved(text):
    line = "a" + text
    assert as_text(parse(line)) == line.rstrip()
