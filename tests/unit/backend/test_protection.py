"""What a machine must not touch: hidden before a text leaves, put back as it was."""

from __future__ import annotations

import pytest

from backend.translation.protection import TERMS, Protection, put_back
from backend.translation.translator import Damaged, NotATranslation

PROTECTION = Protection.load()
LONG = 5_000


def kept(text: str) -> tuple[str, ...]:
    return PROTECTION.hide(text).kept


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("Ta med ditt personnummer.", ["personnummer"]),
        ("Du har personnumret, inte samordningsnumret.", ["personnumret", "samordningsnumret"]),
        ("Läs SFI och sfi.", ["SFI", "sfi"]),
        ("Fråga Skatteverket om folkbokföring.", ["Skatteverket", "folkbokföring"]),
        ("Skatteverkets kontor", ["Skatteverkets"]),
        ("Logga in med Mobilt BankID", ["Mobilt BankID"]),
        ("Den 12 december kl. 14:30", ["12 december", "14:30"]),
        ("3:e mars 2027", ["3:e mars 2027"]),
        ("2026-12-23 eller 23/12", ["2026-12-23", "23/12"]),
        ("Det kostar 1 500 kr (15 %).", ["1 500 kr", "15 %"]),
        ("Ring 08-508 00 000.", ["08-508 00 000"]),
        ("Ring +46 70 123 45 67, tack", ["+46 70 123 45 67"]),
        ("Rum B12", ["B12"]),
        ("IBAN SE4550000000058398257466.", ["SE4550000000058398257466"]),
        ("IBAN SE45 5000 0000 0583 9825 7466.", ["SE45 5000 0000 0583 9825 7466"]),
        ("OCR 1234567890123456789012345", ["1234567890123456789012345"]),
        ("Öppet 09:00 – 17:00", ["09:00 – 17:00"]),
        ("5%10% eller 070-1+46 70-2", ["5%10%", "070-1+46 70-2"]),  # what touches has one mark
        ("Skriv till anna.b@stockholm.se!", ["anna.b@stockholm.se"]),
        ("Se https://www.skatteverket.se/a?b=1&c=2.", ["https://www.skatteverket.se/a?b=1&c=2"]),
        ("(www.1177.se)", ["www.1177.se"]),
        ("[•••] är dolt", ["[•••]"]),
        ("الساعة ٩ يوم ١٢/٥", ["٩", "١٢/٥"]),
        ("5 julklappar och 2 majskolvar", ["5", "2"]),
        ("Vi ses i morgon.", []),
        ("Det är frejdigt i sfinxens land", []),  # terms are whole words
    ],
)
def test_terms_numbers_dates_and_addresses_do_not_leave_us(text: str, hidden: list[str]) -> None:
    assert list(kept(text)) == hidden


@pytest.mark.parametrize(
    "text",
    [
        "Ta med personnummer & BankID < 1 500 kr > inget \"annat\" 'alls'",
        "Rad ett 14:30\n\nRad tre: https://a.se/?x=1&y=2\n",
        "K1 K 2 <span>K3</span> &lt;b&gt;",
        "",
    ],
)
def test_what_comes_back_unchanged_is_what_was_written(text: str) -> None:
    hidden = PROTECTION.hide(text)

    assert put_back(hidden.lines, hidden.kept) == text.strip()


def test_marks_may_change_places_and_lose_their_tags() -> None:
    hidden = PROTECTION.hide("Kom 14:30 med BankID")

    assert (
        put_back(["BankID först: K1, sen k 0!"], hidden.kept) == "BankID först: BankID, sen 14:30!"
    )
    spaced = ['<span translate="no" > K1 </span>och<span translate="no">K0</span>']
    assert put_back(spaced, hidden.kept) == "BankID och 14:30"
    cyrillic = ["с К1 в К0"]
    assert put_back(cyrillic, hidden.kept) == "с BankID в 14:30"


def test_a_month_is_given_in_digits_too_since_its_name_is_swedish() -> None:
    hidden = PROTECTION.hide("Kom den 24 december 2026")

    assert put_back(["تعال K0"], hidden.kept) == "تعال \u206624 december 2026 (24/12)\u2069"


def test_digits_are_latin_and_in_order_for_their_reader() -> None:
    hidden = PROTECTION.hide("موعدي ١٢/٥")

    assert put_back(["Min tid är K0"], hidden.kept) == "Min tid är 12/5"
    hidden = PROTECTION.hide("Ring 08-508 00 000")
    assert put_back(["اتصل K0"], hidden.kept) == "اتصل \u206608-508 00 000\u2069"


@pytest.mark.parametrize(
    ("lines", "error"),
    [
        (["Kom K0"], Damaged),
        (["Kom K0 K1 K1"], Damaged),
        (["Kom K0 K1 K2"], Damaged),
        (["Kom 14:30 med BankID"], Damaged),
        (["<b>Kom</b> K0 K1"], NotATranslation),
        (["<!-- x --> K0 K1"], NotATranslation),
    ],
)
def test_a_mark_that_is_missing_or_doubled_spoils_the_translation(
    lines: list[str], error: type[Exception]
) -> None:
    hidden = PROTECTION.hide("Kom 14:30 med BankID")

    with pytest.raises(error):
        put_back(lines, hidden.kept)


@pytest.mark.parametrize(
    "number", ["SE4550000000058398257466", "1" * 25, "070-1+46 70-2", "5%10%"]
)
def test_no_number_comes_back_with_its_halves_swapped_or_apart(number: str) -> None:
    hidden = PROTECTION.hide(f"Betala {number} nu")

    assert put_back(["ادفع K0 الآن"], hidden.kept).count(number) == 1
    for swapped in ("ادفع K1K0 الآن", "ادفع K1 K0 الآن"):
        with pytest.raises(Damaged):
            put_back([swapped], hidden.kept)


def test_a_mark_with_a_number_beyond_counting_spoils_the_translation() -> None:
    with pytest.raises(Damaged):
        put_back([f"Kom K{'0' * LONG}1"], ("14:30",))


def test_nothing_invisible_comes_in_with_a_translation() -> None:
    assert put_back(["Kom\u202e &#8238;hit\u200b"], ()) == "Kom hit"


def test_numbers_and_terms_alone_have_no_words() -> None:
    assert not PROTECTION.hide("112, BankID 14:30 🙂").has_words
    assert not PROTECTION.hide("•••").has_words
    assert PROTECTION.hide("Ring 112").has_words


def test_every_term_of_the_file_is_hidden_whole() -> None:
    rows = TERMS.read_text(encoding="utf-8").splitlines()
    forms = [form.strip() for row in rows if row[0] != "#" for form in row.split(",")]

    assert len(forms) == len({form.casefold() for form in forms}) > 50
    for form in forms:
        assert kept(f"Om {form} här.") == (form,)


@pytest.mark.parametrize("piece", ["a", "1", "a@", "1 ", "www.", "a1", "K 1", "+", "1:"])
def test_a_long_text_of_one_kind_is_put_back(piece: str) -> None:
    hidden = PROTECTION.hide(piece * (LONG // len(piece)))

    assert put_back(hidden.lines, hidden.kept)
