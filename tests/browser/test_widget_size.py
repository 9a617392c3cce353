"""The widget stays light: a newcomer's phone card is small."""

from __future__ import annotations

import json
from pathlib import Path

import brotli
import pytest

from backend.api.assets import Asset
from backend.widget.strings import STRINGS
from dialogs.i18n import Catalogue

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = ROOT / "backend" / "widget" / "static"
SCRIPT = SCRIPTS / "widget.js"
WITH_FILES = SCRIPTS / "widget-files.js"  # fetched with the first photo or recording
CATALOGUE = Catalogue.load(ROOT / "locales")
MOST_BYTES = 15_000
MOST_BYTES_FOR_FILES = 2_500


@pytest.mark.parametrize("language", [row.code for row in CATALOGUE.languages.published])
def test_script_and_words_of_one_language_fit_in_fifteen_thousand_bytes(language):
    words = {key: CATALOGUE.translate(text, language) for key, text in STRINGS.items()}
    parts = Asset.read(SCRIPT).content, json.dumps(words, ensure_ascii=False).encode()
    assert sum(len(brotli.compress(part, quality=11)) for part in parts) <= MOST_BYTES


def test_what_files_need_besides_is_little():
    script = Asset.read(WITH_FILES).content
    assert len(brotli.compress(script, quality=11)) <= MOST_BYTES_FOR_FILES


def test_the_scripts_use_every_text_and_no_other():
    script = SCRIPT.read_text(encoding="utf-8") + WITH_FILES.read_text(encoding="utf-8")
    assert [key for key in STRINGS if f"'{key}'" not in script and f".{key}" not in script] == []


def test_the_script_parses_no_html_and_knows_only_the_neutral_page():
    script = SCRIPT.read_text(encoding="utf-8") + WITH_FILES.read_text(encoding="utf-8")
    for forbidden in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("):
        assert forbidden not in script
    hosts = [word for word in script.split("'") if word.startswith("http")]
    assert {word for word in hosts if ":" in word} == {
        "https://www.smhi.se/",
        "http://www.w3.org/2000/svg",
    }
