"""What the blanks of prepared messages hold: each kind is a type, and some are closed lists."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from dialogs.text import Text, Web, _


@dataclass(frozen=True)
class Things:
    """Something to bring, by the names they have in ``THINGS``."""

    names: tuple[str, ...]


THINGS: Mapping[str, Text] = MappingProxyType(
    {
        "id": _("Your ID card or passport"),
        "permit": _("Your residence permit card"),
        "letter": _("The letter you have received"),
        "form": _("The form you want help with"),
        "school": _("Papers from your schools"),
        "work": _("Papers from your jobs"),
        "cv": _("Your CV"),
        "phone": _("Your phone"),
    }
)


@dataclass(frozen=True)
class Minutes:
    """A number of minutes, as one says it: from five minutes to two hours."""

    LEAST = 5
    MOST = 120

    number: int


@dataclass(frozen=True)
class Room:
    """What a room is called, as it stands on its door."""

    LONGEST = 40

    name: str


@dataclass(frozen=True)
class Authority:
    """Who decides something, and the telephone number when our own articles have it."""

    name: str
    phone: Web | None = None


AUTHORITIES: Mapping[str, Authority] = MappingProxyType(
    {
        "migration": Authority("Migrationsverket"),
        "tax": Authority("Skatteverket"),
        "insurance": Authority("Försäkringskassan"),
        "employment": Authority("Arbetsförmedlingen"),
        "city": Authority("Stockholms stad"),
        "region": Authority("Region Stockholm", Web("1177", "tel:1177")),
        "csn": Authority("CSN"),
    }
)


@dataclass(frozen=True)
class Interpreted:
    """A language to be interpreted, by its own name and its Swedish one."""

    own: str
    swedish: str

    @property
    def name(self) -> str:
        """Both names: she knows the one, and the other stands on Swedish papers."""
        return f"{self.own} ({self.swedish})"


INTERPRETED: Mapping[str, Interpreted] = MappingProxyType(
    {
        "sq": Interpreted("shqip", "albanska"),
        "am": Interpreted("አማርኛ", "amhariska"),
        "ar": Interpreted("العربية", "arabiska"),
        "bn": Interpreted("বাংলা", "bengali"),
        "bs": Interpreted("bosanski / hrvatski / srpski", "bosniska, kroatiska, serbiska"),
        "fa_AF": Interpreted("دری", "dari"),
        "en": Interpreted("English", "engelska"),
        "fr": Interpreted("français", "franska"),
        "ku": Interpreted("kurmancî", "kurmanji"),
        "om": Interpreted("Afaan Oromoo", "oromo"),
        "ps": Interpreted("پښتو", "pashto"),
        "fa": Interpreted("فارسی", "persiska"),
        "pl": Interpreted("polski", "polska"),
        "ru": Interpreted("русский", "ryska"),
        "so": Interpreted("Soomaali", "somaliska"),
        "ckb": Interpreted("سۆرانی", "sorani"),
        "es": Interpreted("español", "spanska"),
        "sw": Interpreted("Kiswahili", "swahili"),
        "ti": Interpreted("ትግርኛ", "tigrinska"),
        "tr": Interpreted("Türkçe", "turkiska"),
        "uk": Interpreted("українська", "ukrainska"),
        "ur": Interpreted("اردو", "urdu"),
        "zh": Interpreted("中文", "kinesiska"),
    }
)
