"""The consonants of a word, the same in every script it may be typed in.

Who has no keyboard for her language writes it in Latin letters, each in her own way: 7awala,
hawala, hewale. Swedish terms are written by ear: سكاتفركت. Vowels are where spellings differ, and
where scripts leave them out; consonants that one script does not tell apart are made one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_LATIN = (
    # Pairs that stand for one consonant, then single letters and the digits of chat Arabic.
    ("sch", "c"),
    ("tch", "c"),
    *(("sh", "c"), ("ch", "c"), ("zh", "j"), ("kh", "h"), ("gh", "g"), ("th", "t"), ("ph", "f")),
    *(("dh", "d"), ("ts", "c"), ("tz", "c"), ("ck", "k")),
)
_SAME: Mapping[int, str | None] = str.maketrans(
    {"q": "k", "x": "h", "v": "f", "p": "b", "7": "h", "5": "h", "8": "g", "6": "t"}
    | dict.fromkeys("aeiouywåäöéèüı2349", None)
)
_ARABIC = {"ب": "b", "پ": "b", "ت": "t", "ط": "t", "ث": "t", "ج": "j", "چ": "c", "ح": "h"} | (
    {"خ": "h", "د": "d", "ض": "d", "ذ": "d", "ر": "r", "ز": "z", "ظ": "z", "ژ": "j", "س": "s"}
    | {"ص": "s", "ش": "c", "غ": "g", "ف": "f", "ڤ": "f", "ق": "k", "ك": "k", "ک": "k", "گ": "g"}
    | {"ل": "l", "م": "m", "ن": "n", "ه": "h"}
)
_CYRILLIC = {"б": "b", "в": "f", "г": "g", "ґ": "g", "д": "d", "ж": "j", "з": "z", "к": "k"} | (
    {"л": "l", "м": "m", "н": "n", "п": "b", "р": "r", "с": "s", "т": "t", "ф": "f", "х": "h"}
    | {"ц": "c", "ч": "c", "ш": "c", "щ": "c"}
)
# The first letter of each row of the Ethiopic block; a row has eight: one for each vowel.
_ROWS = {"ሀ": "h", "ለ": "l", "ሐ": "h", "መ": "m", "ሠ": "s", "ረ": "r", "ሰ": "s", "ሸ": "c"} | (
    {"ቀ": "k", "ቈ": "k", "ቐ": "k", "ቘ": "k", "በ": "b", "ቨ": "f", "ተ": "t", "ቸ": "c", "ኀ": "h"}
    | {"ነ": "n", "ኘ": "n", "ከ": "k", "ኰ": "k", "ኸ": "h", "ዀ": "h", "ዘ": "z", "ዠ": "j", "ደ": "d"}
    | {"ጀ": "j", "ገ": "g", "ጐ": "g", "ጠ": "t", "ጨ": "c", "ጰ": "b", "ጸ": "c", "ፀ": "c", "ፈ": "f"}
    | {"ፐ": "b"}
)
_ETHIOPIC = {
    chr(ord(first) + vowel): letter for first, letter in _ROWS.items() for vowel in range(8)
}
_OTHERS: Mapping[str, str] = _ARABIC | _CYRILLIC | _ETHIOPIC
_TWICE = re.compile(r"(.)\1+")

# Cyrillic as it sounds, and the ways to write that in Latin letters, loosely enough to meet.
_CYRILLIC_SOUNDS: Mapping[int, int | None] = str.maketrans(
    "абвгґдеєёжзиіїйклмнопрстуфхцчшщыэюя", "abvhhdeeeZziiiiklmnoprstufhccccieua", "ъь"
)
_SPELLINGS = (
    *(
        ("shch", "c"),
        ("sch", "c"),
        ("zh", "Z"),
        ("kh", "h"),
        ("sh", "c"),
        ("ch", "c"),
        ("ts", "c"),
    ),
    *(("ck", "k"), ("yi", "i"), ("iy", "i"), ("ij", "i"), ("yo", "e"), ("jo", "e")),
    *(("ye", "e"), ("ie", "e"), ("je", "e"), ("yu", "u"), ("iu", "u"), ("ju", "u")),
    *(("ya", "a"), ("ia", "a"), ("ja", "a")),
)
_LOOSELY: Mapping[int, int] = str.maketrans("gyqwx", "hikvh")


def is_latin(word: str) -> bool:
    """Whether the word is typed in Latin letters."""
    return any("a" <= letter <= "z" for letter in word)


def consonants(word: str) -> str:
    """The skeleton of a word in small letters, from any of our scripts; "" if it has none."""
    if is_latin(word):
        for pair, letter in _LATIN:
            word = word.replace(pair, letter)
        found = word.translate(_SAME)
    else:
        found = "".join(_OTHERS.get(letter, "") for letter in word)
    return _TWICE.sub(r"\1", found)


def sounds(word: str) -> str:
    """How a Cyrillic word, or one in Latin letters, sounds; "" for scripts without all vowels."""
    if is_latin(word):
        for spelling, sound in _SPELLINGS:
            word = word.replace(spelling, sound)
        found = word.translate(_LOOSELY)
    elif "а" <= word[:1] <= "ґ":
        found = word.translate(_CYRILLIC_SOUNDS)
    else:
        return ""
    return _TWICE.sub(r"\1", found)
