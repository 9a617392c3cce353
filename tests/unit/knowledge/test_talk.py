"""Short messages that ask for nothing, or for anything."""

from pathlib import Path

import pytest

import knowledge
from knowledge.flaw import Flaw
from knowledge.talk import KINDS, SUBJECTS, SmallTalk, Talk, Vague

FOLDER = Path(knowledge.__file__).parent


@pytest.fixture(scope="module")
def talk():
    return Talk.load(FOLDER / "talk")


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("Hej!", SmallTalk("greeting")),
        ("سلام", SmallTalk("greeting")),
        ("shukran", SmallTalk("thanks")),
        ("Спасибо большое!!!", SmallTalk("thanks")),
        ("ты робот?", SmallTalk("robot")),
        ("waad mahadsan tahay", SmallTalk("thanks")),
        ("idiot", SmallTalk("insult")),
        ("help me please", Vague("help")),
        ("من فضلك ساعدني", Vague("help")),
        ("пожалуйста помогите", Vague("help")),
        ("ስራሕ", Vague("work")),
        ("thank yuo", SmallTalk("thanks")),
        ("pengar", Vague("money")),
    ],
)
def test_they_are_understood_in_every_language(talk, text, meaning):
    assert talk.meaning(text, "en") == meaning


@pytest.mark.parametrize(
    "text",
    [
        "",
        "?!",
        "thanks but how do I get a personnummer",
        "I need money for my rent this month",
        "hej hur får jag personnummer",
        "idiots guide",
        "a" * 10_000,
    ],
)
def test_what_says_more_is_a_question(talk, text):
    assert talk.meaning(text, "en") is None


def test_the_chosen_language_comes_first(tmp_path):
    lists = "\n".join(f'{kind} = ["{kind}"]' for kind in KINDS)
    vague = "\n".join(f'{subject} = ["{subject} x"]' for subject in SUBJECTS)
    for code, word in (("sv", "thanks"), ("en", "goodbye")):
        own = lists.replace(f'["{word}"]', f'["{word}", "bra"]')
        text = f'polite = ["please"]\n{own}\n[vague]\n{vague}\n'
        (tmp_path / f"{code}.toml").write_text(text, encoding="utf-8")
    talk = Talk.load(tmp_path)
    assert talk.meaning("bra", "sv") == SmallTalk("thanks")
    assert talk.meaning("bra", "en") == SmallTalk("goodbye")


def test_a_file_that_is_not_in_order_is_named(tmp_path):
    (tmp_path / "sv.toml").write_text('greeting = ["hej"]\n', encoding="utf-8")
    with pytest.raises(Flaw, match=r"sv\.toml"):
        Talk.load(tmp_path)


def test_every_subject_leads_to_articles_we_have():
    slugs = {path.name for path in (FOLDER / "articles").iterdir()}
    assert {slug for three in SUBJECTS.values() for slug in three} <= slugs
