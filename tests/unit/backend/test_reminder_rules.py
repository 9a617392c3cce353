"""Rules of reminders as an operator writes them, and what is told when they are wrong."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest

from backend.reminders.rules import Opening, Quiet, shipped
from backend.reminders.words import TEMPLATES
from backend.settings import REPOSITORY
from backend.site.reading import BrokenSite, read_site

DEMO = (REPOSITORY / "deploy" / "site.demo.toml").read_text(encoding="utf-8")
RULE = """
[[reminders]]
name = "evening"
for = ["meeting"]
anchor = "day_before"
at = "18:00"
words = "remember"
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "site.toml"
    path.write_text(text, encoding="utf-8")
    return path


def faults(folder: Path, rule: str) -> list[str]:
    """What is told of a rule, each with its line in the rule, counted from its first."""
    first = DEMO.count("\n")
    with pytest.raises(BrokenSite) as broken:
        read_site(written(folder, DEMO + rule))
    found = []
    for line in str(broken.value).splitlines():
        _path, _line, rest = line.partition(", line ")
        number, _colon, words = rest.partition(": ")
        found.append(f"{int(number) - first}: {words}")
    return found


def test_a_site_that_says_nothing_has_the_usual_reminders(tmp_path: Path) -> None:
    rules = read_site(written(tmp_path, DEMO)).rules

    assert rules == shipped()
    assert [rule.name for rule in rules.before("meeting")] == [
        "three-days-before", "day-before", "two-hours-before"
    ]  # fmt: skip
    assert [rule.name for rule in rules.before("lesson")] == ["day-before"]
    assert [rule.name for rule in rules.after("meeting", "missed")] == ["missed"]


def test_a_site_may_have_its_own_reminders_and_nights(tmp_path: Path) -> None:
    quiet = 'quiet = { from = "20:00", to = "09:30" }\n'
    rules = read_site(written(tmp_path, quiet + DEMO + RULE)).rules

    assert [(rule.name, rule.at) for rule in rules.reminders] == [("evening", 18 * 60)]
    assert (rules.quiet.start, rules.quiet.stop) == (20 * 60, 9 * 60 + 30)


def test_a_site_may_have_none(tmp_path: Path) -> None:
    assert read_site(written(tmp_path, "reminders = []\n" + DEMO)).rules.reminders == ()


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('at = "18:00"', 'at = "22:00"', '6: reminders "evening", at: this lies in the quiet'),
        ('at = "18:00"', "minutes = 5", '2: reminders "evening": "day_before" needs at = "HH'),
        ('"day_before"', '"before"', '2: reminders "evening": "before" needs minutes, and no at'),
        ('"day_before"', '"sometimes"', "5: reminders \"evening\", anchor: must be 'booked'"),
        ('"remember"', '"threaten"', "7: reminders \"evening\", words: must be 'soon'"),
        ('["meeting"]', "[]", '4: reminders "evening", for: is empty'),
        ('at = "18:00"', 'at = "18"', '6: reminders "evening", at: "18" is not a time'),
        ("words", 'only_if = ["rains"]\nwords', '7: reminders "evening", only_if: "rains" is no'),
        ("words", 'only_if = ["missed"]\nwords', '2: reminders "evening": anchor = "after" goes'),
        ("words", 'sound = "loud"\nwords', '7: reminders "evening", sound: is not a key'),
    ],
)
def test_a_rule_that_is_wrong_is_told_by_its_line(
    tmp_path: Path, old: str, new: str, told: str
) -> None:
    (fault,) = faults(tmp_path, RULE.replace(old, new))

    assert fault.startswith(told)


def test_two_rules_of_one_name_are_told(tmp_path: Path) -> None:
    assert faults(tmp_path, RULE + RULE) == [
        '10: reminders "evening", name: "evening" is in the file twice'
    ]


def test_every_opening_has_its_words() -> None:
    assert {*TEMPLATES, "new_time"} == set(get_args(Opening))


@pytest.mark.parametrize(
    ("start", "stop", "inside", "outside"),
    [
        ("21:00", "08:00", (21 * 60, 0, 8 * 60 - 1), (8 * 60, 12 * 60, 21 * 60 - 1)),
        ("00:00", "06:00", (0, 6 * 60 - 1), (6 * 60, 23 * 60)),
        ("00:00", "00:00", (), (0, 12 * 60, 23 * 60)),
    ],
)
def test_quiet_hours_begin_with_their_first_minute_and_end_before_their_last(
    start: str, stop: str, inside: tuple[int, ...], outside: tuple[int, ...]
) -> None:
    quiet = Quiet.model_validate({"from": start, "to": stop})

    assert all(quiet.holds(minute) for minute in inside)
    assert not any(quiet.holds(minute) for minute in outside)
