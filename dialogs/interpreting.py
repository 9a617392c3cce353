"""Varieties of languages that an interpreter must know: people of one may not follow another.

Which there are is what interpreter agencies ask for, not linguistics; the list is short on
purpose, and whoever finds none that fits leaves it out.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from dialogs.text import Text, _

_NONE: Mapping[str, Text] = MappingProxyType({})
_VARIETIES: Mapping[str, Mapping[str, Text]] = MappingProxyType(
    {
        "ar": {
            "levantine": _("Syrian, Lebanese or Palestinian Arabic"),
            "iraqi": _("Iraqi Arabic"),
            "egyptian": _("Egyptian Arabic"),
            "sudanese": _("Sudanese Arabic"),
            "maghrebi": _("Moroccan, Algerian or Tunisian Arabic"),
        },
        "fa_AF": {"dari": _("Dari"), "hazaragi": _("Hazaragi")},
        "so": {"northern": _("Northern Somali"), "maay": _("Maay")},
        "ti": {"eritrea": _("Tigrinya of Eritrea"), "tigray": _("Tigrinya of Tigray")},
    }
)


def varieties(language: str) -> Mapping[str, Text]:
    """The varieties of a language by id; most languages have none here."""
    return _VARIETIES.get(language, _NONE)
