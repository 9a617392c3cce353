"""Finding the line of a key: whatever else a TOML file says around it."""

from __future__ import annotations

import tomllib

import pytest

from backend.settings import REPOSITORY
from backend.site.lines import Where, line_of, lines_of

TEXT = '''\
name = "[[units]]" # [[units]]
"odd key" = 1
a.b = [
  1, # one
  [2, 3],
]

[[units]]
id = "a"
[units.door]
sv = """
[[units]]
id = "no"
"""
[[units]]
id = 'b = ['
door = { sv = "}", en = "x" }

[[coaches]]
hours = [
  { days = "1", from = "09:00" }, { days = "2" },
  { days = "3",
    from = 07:00:00 },
]
[[coaches]]
[[coaches.hours]]
days = "1"
[[coaches.hours]]
days = "2"
[tool.deep]
x = 1.5
'''


@pytest.mark.parametrize(
    ("where", "line"),
    [
        (("name",), 1),
        (("odd key",), 2),
        (("a", "b"), 3),
        (("a", "b", 0), 4),
        (("a", "b", 1, 1), 5),
        (("units",), 8),
        (("units", 0), 8),
        (("units", 0, "id"), 9),
        (("units", 0, "door"), 10),
        (("units", 0, "door", "sv"), 11),
        (("units", 1, "id"), 16),
        (("units", 1, "door", "en"), 17),
        (("coaches", 0, "hours", 1, "days"), 21),
        (("coaches", 0, "hours", 2), 22),
        (("coaches", 0, "hours", 2, "from"), 23),
        (("coaches", 1, "hours", 1, "days"), 29),
        (("tool",), 30),
        (("tool", "deep", "x"), 31),
    ],
)
def test_the_line_of_a_key(where: Where, line: int) -> None:
    assert line_of(lines_of(TEXT), where) == line


def test_what_is_missing_is_where_it_should_have_been() -> None:
    lines = lines_of(TEXT)
    assert line_of(lines, ("units", 1, "address")) == 15
    assert line_of(lines, ("nothing",)) is None
    assert line_of(lines, ()) is None


@pytest.mark.parametrize("name", ["deploy/site.demo.toml", "pyproject.toml"])
def test_everything_that_is_in_a_file_has_a_line(name: str) -> None:
    text = (REPOSITORY / name).read_text(encoding="utf-8")
    lines = lines_of(text)
    written = text.splitlines()
    for where in paths(tomllib.loads(text), ()):
        assert where in lines, where
        key = next(part for part in reversed(where) if isinstance(part, str))
        assert isinstance(where[-1], int) or key in written[lines[where] - 1]


def paths(value: object, where: Where):
    """Every place in what was read."""
    if where:
        yield where
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from paths(inner, (*where, key))
    if isinstance(value, list):
        for number, inner in enumerate(value):
            yield from paths(inner, (*where, number))
