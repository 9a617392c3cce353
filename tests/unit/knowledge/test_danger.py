"""Danger is recognised, and what only sounds like it is not."""

import tomllib
from pathlib import Path

import pytest

import knowledge
from knowledge.danger import KINDS, Danger
from knowledge.flaw import Flaw

SHIPPED = Path(knowledge.__file__).parent / "danger_words"
SENTENCES = {
    path.stem: tomllib.loads(path.read_text(encoding="utf-8"))
    for path in (Path(__file__).parent / "danger").glob("*.toml")
}


@pytest.fixture(scope="module")
def danger():
    return Danger.load(SHIPPED)


def said(kinds):
    return [
        pytest.param(text, kind, id=text)
        for sentences in SENTENCES.values()
        for kind in kinds
        for text in sentences[kind]
    ]


@pytest.mark.parametrize(("text", "kind"), said(KINDS))
def test_danger_is_recognised(danger, text, kind):
    assert danger.kind(text) == kind


@pytest.mark.parametrize(("text", "kind"), said(["none"]))
def test_what_only_sounds_like_danger_is_not(danger, text, kind):
    assert danger.kind(text) is None


@pytest.mark.parametrize("language", ["sv", "en", "ar"])
def test_there_are_enough_examples_to_trust(language):
    kinds = SENTENCES[language]
    assert sum(len(kinds[kind]) for kind in KINDS) >= 25
    assert len(kinds["none"]) >= 25


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("my husband hits me and now I am bleeding", "emergency"),
        ("min man slår mig, jag vill dö", "self-harm"),
        ("زوجي ضربني وعم انزف", "emergency"),
    ],
)
def test_the_gravest_danger_counts(danger, text, kind):
    assert danger.kind(text) == kind


@pytest.mark.parametrize("text", ["", "?", "112", "🙂", "a " * 500])
def test_other_texts_are_harmless(danger, text):
    assert danger.kind(text) is None


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("не могу дышать", "emergency"),
        ("ne mogu dyshat", "emergency"),
        ("muzh menya byet", "violence"),
        ("hochu umeret", "self-harm"),
        ("чоловік мене бʼє", "violence"),
        ("شوهرم مرا لت می‌کند", "violence"),
        ("شوهرم مرا لت میکند", "violence"),
        ("shawharam mara lat mekona", "violence"),
        ("ninkaygu wuu i garaacaa", "violence"),
        ("ሰብኣየይ ይወቕዓኒ", "violence"),
        ("you insult me, but I study and want to be a nurse", None),
        ("телефон умер", None),
        ("جنگ و آتش نشانی", None),
    ],
)
def test_every_script_and_its_latin_letters_are_read(danger, text, kind):
    assert danger.kind(text) == kind


OURS = """\
prefixes = ["un"]
lookalikes = ["prison"]
harmless = ["fire drill", "burning question"]

[sets]
us = ["me", "my children"]

[phrases]
emergency = ["fire", "poison", "house burning", "burning question of life"]
violence = ["hits {us}"]
self-harm = ["suicide"]
forced-travel = ["taken abroad"]
"""


@pytest.fixture
def ours(tmp_path):
    def load(text=OURS):
        (tmp_path / "en.toml").write_text(text, encoding="utf-8")
        return Danger.load(tmp_path)

    return load


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("he hits my children", "violence"),
        ("suicde", "self-harm"),
        ("poisen", "emergency"),
        ("unpoison", "emergency"),
        ("prison", None),
        ("prisen", None),
        ("oison", None),
        ("boison", None),
        ("fird", None),
        ("a fire drill", None),
        ("a fire drill and a fire", "emergency"),
        ("house burning question", None),
        ("burning question of life", "emergency"),
    ],
)
def test_words_are_recognised_by_the_rules_of_the_file(ours, text, kind):
    assert ours().kind(text) == kind


@pytest.mark.parametrize(
    ("old", "new", "line", "what"),
    [
        ("{us}", "{them}", 10, "violence has .*there is no set them"),
        ("fire drill", "{them}", 3, "harmless has .*no set them"),
        ("suicide", "suicide … ?", 11, "self-harm has .*no words"),
        ("self-harm", "sadness", 8, "self-harm is missing"),
        ("lookalikes", "likes", 1, "lookalikes is missing"),
        ("[phrases]", 'gangs = "x"\n[phrases]', 8, "gangs must be a list"),
        ("[sets]", "other = []\n[sets]", 5, "other is not a key"),
        ("violence", "boredom = []\nviolence", 10, "boredom is not a key"),
    ],
)
def test_a_file_that_is_not_in_order_is_refused(ours, old, new, line, what):
    with pytest.raises(Flaw, match=what) as caught:
        ours(OURS.replace(old, new))
    assert caught.value.line == line
