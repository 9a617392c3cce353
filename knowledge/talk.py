"""Messages that ask for nothing: greetings, thanks, and one word that may mean anything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from rapidfuzz import process
from rapidfuzz.distance import OSA

from knowledge.flaw import Flaw
from knowledge.normalise import Orthography, orthography
from knowledge.table import Table

KINDS = ("greeting", "thanks", "goodbye", "robot", "insult")
SUBJECTS: Mapping[str, tuple[str, str, str]] = {
    "help": ("first-weeks-checklist", "register-with-arbetsformedlingen", "housing-queue"),
    "money": ("financial-assistance", "etableringsersattning", "child-benefit"),
    "home": ("housing-queue", "rent-second-hand", "housing-benefit"),
    "work": ("register-with-arbetsformedlingen", "jobbtorg-stockholm", "cv-and-interview"),
    "papers": ("personnummer", "extend-residence-permit", "swedish-id-card"),
    "school": ("register-for-sfi", "school-start-stockholm", "adult-education-komvux"),
    "language": ("register-for-sfi", "language-cafe", "sfi-levels"),
    "health": ("healthcare-1177", "health-interpreter", "mental-health"),
    "family": ("child-benefit", "preschool", "family-reunification"),
}
"""What somebody may mean who writes one word about a subject: three articles."""

_LONG = 5  # letters of a message that is recognised with an error in it
_ALIKE = 0.85


@dataclass(frozen=True)
class SmallTalk:
    """A message to be answered in kind: one of KINDS."""

    kind: str


@dataclass(frozen=True)
class Vague:
    """A message that may mean several things: one of SUBJECTS."""

    subject: str


class Talk:
    """The short messages of several languages, any of which may be meant in a chat."""

    def __init__(self, tongues: Mapping[str, _Tongue]) -> None:
        """Take what each language's messages mean; ``load`` reads them."""
        self._tongues = tongues

    @classmethod
    def load(cls, folder: Path) -> Talk:
        """Read a folder of ``<language>.toml``: lists of whole messages. Raises Flaw."""
        tongues = {}
        for path in sorted(folder.glob("*.toml")):
            try:
                table = Table.parse(path.read_text(encoding="utf-8"))
                tongues[path.stem] = _Tongue.read(table, orthography(path.stem))
            except Flaw as flaw:
                raise Flaw(flaw.line, f"{path.name}: {flaw.what}") from flaw
        return cls(tongues)

    def meaning(self, text: str, language: str) -> SmallTalk | Vague | None:
        """What the whole of a text means, the chosen language first; None if it says more."""
        order = sorted(self._tongues, key=lambda code: code != language)
        for exact in (True, False):
            for code in order:
                if found := self._tongues[code].meaning(text, exact=exact):
                    return found
        return None


@dataclass(frozen=True)
class _Tongue:
    """The messages of one language; ``polite`` words and phrases may stand beside them."""

    spelling: Orthography
    polite: tuple[str, ...]
    meanings: Mapping[str, SmallTalk | Vague]

    @classmethod
    def read(cls, table: Table, spelling: Orthography) -> _Tongue:
        def written(message: str) -> str:
            return " ".join(spelling.words(message))

        vague = table.table("vague")
        meanings: dict[str, SmallTalk | Vague] = {}
        for kind in KINDS:
            meanings |= {written(each): SmallTalk(kind) for each in table.texts(kind)}
        for subject in SUBJECTS:
            meanings |= {written(each): Vague(subject) for each in vague.texts(subject)}
        polite = tuple(map(written, table.texts("polite")))
        vague.close()
        table.close()
        return cls(spelling, polite, meanings)

    def meaning(self, text: str, *, exact: bool) -> SmallTalk | Vague | None:
        message = f" {' '.join(self.spelling.words(text))} "
        for phrase in self.polite:
            message = message.replace(f" {phrase} ", " ")
        return self._same(message.strip()) if exact else self._alike(message.strip())

    def _same(self, message: str) -> SmallTalk | Vague | None:
        return self.meanings.get(message)

    def _alike(self, message: str) -> SmallTalk | Vague | None:
        """The meaning of the message that is closest, if it is close and means no insult."""
        if len(message) < _LONG:
            return None
        found = process.extractOne(
            message, self.meanings.keys(), scorer=OSA.normalized_similarity, score_cutoff=_ALIKE
        )
        if found is None or self.meanings[found[0]] == SmallTalk("insult"):
            return None
        return self.meanings[found[0]]
