"""Which unit somebody means."""

from __future__ import annotations

import pytest

from backend.services.places import Places, fold
from backend.settings import REPOSITORY
from backend.site import read_site

PLACES = Places.of(read_site(REPOSITORY / "deploy" / "site.demo.toml").units)


@pytest.mark.parametrize(
    ("district", "unit"),
    [
        ("Rinkeby", "jobbtorg-jarva"),
        ("rinkeby ", "jobbtorg-jarva"),
        ("Spånga-Tensta", "jobbtorg-jarva"),
        ("spanga tensta", "jobbtorg-jarva"),
        ("Tensta", "jobbtorg-jarva"),
        ("ÄLVSJÖ", "jobbtorg-sydvast"),
        ("alvsjo", "jobbtorg-sydvast"),
        ("Gamla stan", "jobbtorg-innerstaden"),
        ("Enskede", "jobbtorg-sydost"),
        ("Järva", None),  # a name of a unit, but no district
        ("Uppsala", None),
        ("", None),
        ("-", None),
    ],
)
def test_a_district_leads_to_its_unit(district: str, unit: str | None) -> None:
    assert PLACES.unit_for(district) == unit


@pytest.mark.parametrize(
    ("words", "unit"),
    [
        ("Jobbtorg Järva", "jobbtorg-jarva"),
        ("jobbtorg jarva", "jobbtorg-jarva"),
        ("Järva", "jobbtorg-jarva"),
        ("Jobbtorg Husby", "jobbtorg-jarva"),
        ("Husby", "jobbtorg-jarva"),
        ("Welcome House", "etableringscentrum"),
        ("welcome-house", "etableringscentrum"),
        ("I live in Rinkeby. Where do I go?", "jobbtorg-jarva"),
        ("when is jobbtorg kista open", "jobbtorg-jarva"),
        ("Jag bor i Älvsjö", "jobbtorg-sydvast"),
        ("Jobbtorg", None),  # could be any of five
        ("I live in Rinkeby and she in Bromma", "jobbtorg-jarva"),
        ("where do I go", None),
        ("", None),
    ],
)
def test_words_name_a_unit(words: str, unit: str | None) -> None:
    assert PLACES.find(words) == unit


def test_folding_keeps_letters_of_every_script() -> None:
    assert fold("  Hägersten–Älvsjö! ") == "hagersten alvsjo"
    assert fold("ሪንከቢ") == "ሪንከቢ"
    assert fold("Кіста") == fold("кіста")
