"""Rules of the house that no linter knows."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from backend.settings import REPOSITORY

PACKAGES = ("bot", "backend", "dialogs", "knowledge")
COMMITS = {
    "backend/database.py",
    "backend/front_door.py",
    "backend/migrate.py",
    "backend/work.py",
}
CLOCKS = {"backend/clock.py"}
VAGUE = {"utils", "util", "helpers", "helper", "common", "manager", "managers", "misc"}
CEILING = 400
REPLIES = {"ask", "say", "end", "go", "to"}


def sources() -> Iterator[tuple[str, Path]]:
    for package in PACKAGES:
        for path in sorted((REPOSITORY / package).rglob("*.py")):
            if "versions" not in path.parts:
                yield path.relative_to(REPOSITORY).as_posix(), path


def calls(path: Path) -> Iterator[ast.Call]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            yield node


def called(call: ast.Call) -> str:
    return ast.unparse(call.func)


def test_only_the_named_places_commit() -> None:
    found = {
        name
        for name, path in sources()
        for call in calls(path)
        if called(call).endswith(".commit")
    }
    assert found <= COMMITS


def test_only_the_clock_knows_what_time_it_is() -> None:
    asks = ("datetime.now", "datetime.utcnow", "date.today", "time.time")
    found = {name for name, path in sources() for call in calls(path) if called(call) in asks}
    assert found <= CLOCKS


def test_no_module_is_longer_than_four_hundred_lines() -> None:
    long = {
        name: lines
        for name, path in sources()
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > CEILING
    }
    assert long == {}


def test_no_module_has_a_name_that_says_nothing() -> None:
    assert [name for name, path in sources() if path.stem in VAGUE] == []


def test_every_module_and_public_class_says_in_a_sentence_what_it_is() -> None:
    silent = []
    for name, path in sources():
        tree = ast.parse(path.read_text(encoding="utf-8"))
        if not ast.get_docstring(tree) and tree.body:
            silent.append(name)
        for node in tree.body:
            public = isinstance(node, ast.ClassDef) and not node.name.startswith("_")
            if public and not ast.get_docstring(node):
                silent.append(f"{name}: {node.name}")
    assert silent == []


def test_no_import_hides_inside_a_function() -> None:
    hidden = []
    for name, path in sources():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                inner = [
                    each
                    for each in ast.walk(node)
                    if isinstance(each, ast.Import | ast.ImportFrom)
                ]
                hidden += [f"{name}: {node.name}" for _each in inner]
    assert hidden == []


def test_no_words_reach_people_without_gettext() -> None:
    """In dialogs, a page's words are never bare strings: ask("Hello") would stay English."""
    bare = []
    for name, path in sources():
        if not name.startswith("dialogs/flows/"):
            continue
        for call in calls(path):
            if called(call) in REPLIES and call.args:
                first = call.args[0]
                if isinstance(first, ast.Constant) and isinstance(first.value, str):
                    bare.append(f"{name}:{call.lineno}")
    assert bare == []


def test_conversations_cause_effects_in_actions_only() -> None:
    """A step may be rendered again at any time, so it calls no method that changes anything."""
    effects = {
        "hold", "confirm", "release", "move", "cancel", "join", "remind", "done", "leave",
        "call_me", "call_when", "cancel_call", "erase",
        "comes", "tell_absence", "leave_home", "check_in", "enrol", "stop_waiting",
    }  # fmt: skip
    guilty = []
    for path in sorted((REPOSITORY / "dialogs" / "flows").glob("*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if not isinstance(node, ast.AsyncFunctionDef):
                continue
            is_action = any(ast.unparse(mark).endswith(".action") for mark in node.decorator_list)
            for call in (each for each in ast.walk(node) if isinstance(each, ast.Call)):
                owner, _dot, method = called(call).rpartition(".")
                if ".ports." in f"{owner}." and method in effects and not is_action:
                    guilty.append(f"{path.name}: {node.name} calls {method}")
    assert guilty == []
