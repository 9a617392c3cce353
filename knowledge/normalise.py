"""Writing made comparable: one spelling for each word, in any script, and its stem."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from knowledge.stemming import stemmer

_WORD = re.compile(r"[^\W_]+")

# Letters that people type for one another. They are made one before anything is compared.
_ARABIC = str.maketrans(
    {"أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ؤ": "و", "ئ": "ي"}
    | {"ک": "ك", "ی": "ي", "ـ": ""}
)
_PERSIAN = str.maketrans(
    {"أ": "ا", "إ": "ا", "ٱ": "ا", "ي": "ی", "ى": "ی", "ئ": "ی", "ؤ": "و"}
    | {"ك": "ک", "ة": "ه", "ۀ": "ه", "ـ": "", "\u200c": " "}
)
_RUSSIAN = str.maketrans({"ё": "е"})

# Letters that are kept apart when both writers can type them, and confused when one cannot.
_CONFUSED = str.maketrans("øłđıæœ", "oldiao") | str.maketrans(
    "ሐሑሒሓሔሕሖኀኁኂኃኄኅኆኸኹኺኻኼኽኾሠሡሢሣሤሥሦዐዑዒዓዔዕዖፀፁፂፃፄፅፆ",
    "ሀሁሂሃሄህሆ" * 3 + "ሰሱሲሳሴስሶ" + "አኡኢኣኤእኦ" + "ጸጹጺጻጼጽጾ",
)


class _Letters(dict[int, str]):
    """What each character is compared as; those that are met are added to it.

    Vowel marks and invisible characters are nothing, digits are 0 to 9.
    """

    def __missing__(self, code: int) -> str:
        char = chr(code)
        match unicodedata.category(char):
            case "Mn" | "Cf":
                char = ""
            case "Nd":
                char = str(unicodedata.decimal(char))
        self[code] = char
        return char


def loose(word: str) -> str:
    """The word as someone writes it without the right keyboard: å ä ö as a a o, ሐ as ሀ."""
    if word.isascii():
        return word
    apart = unicodedata.normalize("NFD", word.translate(_CONFUSED))
    return "".join(char for char in apart if unicodedata.category(char) != "Mn")


@lru_cache(maxsize=2**16)  # Arabic takes 70 µs a word, and an index is built of the same words
def _stem(algorithm: str, word: str) -> str:
    return stemmer(algorithm)(word)


@dataclass(frozen=True)
class Orthography:
    """How one language is written and stemmed.

    ``letters`` is a ``str.translate`` table, ``last`` two letters of which the first is typed for
    the second at the end of words, ``stemmer`` the name of an algorithm. An apostrophe is part of
    a word when ``joined``, else it ends one. ``attached`` (a pattern) belongs to the next word,
    with or without a space between. ``gram`` is how many letters the parts of words have that are
    compared. ``asking`` holds the words that questions are made of, whatever they are about.
    """

    stemmer: str | None = None
    letters: Mapping[int, str] = field(default_factory=lambda: _ARABIC)
    last: tuple[str, str] = ("ه", "ة")
    joined: bool = False
    attached: str = ""
    latin: bool = True
    gram: int = 4
    asking: str = ""

    def words(self, text: str) -> list[str]:
        """The words of a text in order, each in its one spelling."""
        text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
        if self.joined:
            text = re.sub(r"['’ʼ`]", "", text)
        if not text.isascii():
            text = text.translate(self._letters)
        if self.attached:
            text = re.sub(rf"\b({self.attached})\s+(?=\w)", r"\1", text)
        typed, meant = self.last
        return [
            word[:-1] + meant if word.endswith(typed) else word for word in _WORD.findall(text)
        ]

    def stem(self, word: str) -> str:
        """What is left of a word without its endings."""
        return word if self.stemmer is None else _stem(self.stemmer, word)

    @cached_property
    def _letters(self) -> _Letters:
        return _Letters(self.letters)

    @cached_property
    def hollow(self) -> frozenset[str]:
        """The words of ``asking``."""
        return frozenset(self.words(self.asking))


# The words in ``asking`` are those found most often in the 380 training questions of OMoS-QA
# (less its subjects), and for Swedish the same words. They count for a quarter in a question.
ORTHOGRAPHIES: Mapping[str, Orthography] = {
    "ar": Orthography(
        stemmer="arabic",
        latin=False,
        asking="ما هي في يمكنني على من التي كيف أين الذي العثور هو الحصول يمكنه نوع ماذا هل يجب"
        " إذا يمكن للحصول عن يتم أو أي كم إلى متى أنا لي",
    ),
    "de": Orthography(
        stemmer="german",
        asking="welche in kann für die ich wie was der ist es wo gibt wer eine und von an man im"
        " sind bei finden werden das den mit zu sich auf",
    ),
    "en": Orthography(
        stemmer="english",
        joined=True,
        asking="what the in can for i is of are how a does who where find to and do at with which"
        " there on an have get if be when my",
    ),
    "fa_AF": Orthography(
        stemmer="persian", letters=_PERSIAN, last=("ة", "ه"), attached="ن?می", latin=False
    ),
    "fr": Orthography(
        stemmer="french",
        asking="de les d en sont pour est le la l à un je des qui quels quelles puis comment quel"
        " que où dans une il trouver peut et du sur t qu",
    ),
    "ru": Orthography(stemmer="russian", letters=_RUSSIAN, latin=False),
    "so": Orthography(stemmer="somali", joined=True),
    "sv": Orthography(
        stemmer="swedish",
        asking="vad den i kan för jag är av hur en ett gör vem var hitta till och på med vilken"
        " vilka finns det har få får om när min mitt mina att",
    ),
    # A letter is a syllable in Ethiopic script.
    "ti": Orthography(latin=False, gram=3),
    "uk": Orthography(
        stemmer="ukrainian",
        latin=False,
        joined=True,
        asking="в які я можу для на у як що де хто з знайти про до може отримати чи та можна за є"
        " яка який якщо від яку коли і",
    ),
}


def orthography(language: str) -> Orthography:
    """How a language is written; one that is not listed has words, but no stems."""
    return ORTHOGRAPHIES.get(language, Orthography())
