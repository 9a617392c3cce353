"""TOML read key by key."""

from datetime import date

import pytest

from knowledge.table import BadTable, Table

SOURCE = """\
name = "Sara"
tags = ["a", "b"]
born = 1990-01-31
at = 1990-01-31T10:00:00
by = {role = "coach"}

[[pets]]
kind = "cat"

[[pets]]
kind = ""
"""


@pytest.fixture
def table():
    return Table.parse(SOURCE, first=11)


def test_values_are_read_by_kind(table):
    assert table.text("name") == "Sara"
    assert table.texts("tags") == ("a", "b")
    assert table.day("born") == date(1990, 1, 31)
    assert table.table("by").text("role") == "coach"
    assert table.choice("name", ("Ali", "Sara")) == "Sara"
    assert next(iter(table.tables("pets"))).text("kind") == "cat"


@pytest.mark.parametrize(
    ("read", "line", "what"),
    [
        (lambda table: table.text("tags"), 12, "tags must be text"),
        (lambda table: table.texts("name"), 11, "name must be a list of texts"),
        (lambda table: table.day("name"), 11, "name must be a date"),
        (lambda table: table.day("at"), 14, "at must be a date"),
        (lambda table: table.table("name"), 11, "name must be a table"),
        (lambda table: table.tables("name"), 11, r"under its own \[\[name\]\]"),
        (lambda table: table.choice("name", ("a", "b")), 11, "name must be one of: a, b"),
        (lambda table: table.text("gone"), 11, "gone is missing"),
        (lambda table: table.tables("pets")[1].text("kind"), 21, "kind must be text"),
        (lambda table: table.tables("pets")[1].text("gone"), 20, "gone is missing"),
        (lambda table: table.table("by").text("gone"), 15, "gone is missing"),
        (lambda table: table.close(), 11, "name is not a key that belongs here"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(table, read, line, what):
    with pytest.raises(BadTable, match=what) as caught:
        read(table)
    assert caught.value.line == line


def test_keys_that_were_asked_for_belong_here():
    table = Table.parse('name = "Sara"')
    table.text("name")
    table.close()
    assert list(table) == ["name"]


@pytest.mark.parametrize("source", ['a = ["x", "x"]', 'a = ["x", " "]', 'a = ["x", 1]'])
def test_a_list_has_no_text_twice_and_none_that_is_blank(source):
    with pytest.raises(BadTable):
        Table.parse(source).texts("a")


@pytest.mark.parametrize(
    ("source", "line"), [("a = 1\nb = x\n", 6), ('a = "open', 5), ("a = [\n1,\n", 7)]
)
def test_what_is_no_toml_is_refused_with_its_line(source, line):
    with pytest.raises(BadTable) as caught:
        Table.parse(source, first=5)
    assert caught.value.line == line
    assert "at " not in caught.value.what
