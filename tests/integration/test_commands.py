"""The command line, as an operator and an editor use it."""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from backend.cli import main
from backend.runtime import KNOWLEDGE
from backend.settings import Settings

Said = tuple[int, str, str]
Run = Callable[[str], Said]


@pytest.fixture
def run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Run:
    """Type a command; its exit code, and what it said on each of the two outputs."""
    monkeypatch.setenv("INGANG_VAR_DIR", str(tmp_path / "var"))

    def typed(line: str) -> Said:
        code = main(line.split())
        said = capsys.readouterr()
        return code, said.out, said.err

    return typed


@pytest.fixture
def articles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the articles, read instead of the real ones."""
    folder = tmp_path / "articles"
    shutil.copytree(KNOWLEDGE / "articles", folder)
    monkeypatch.setattr("backend.runtime.KNOWLEDGE", shadow(tmp_path))
    return folder


def shadow(tmp_path: Path) -> Path:
    """A knowledge folder like the real one, but for the articles."""
    for name in ("danger.npz", "glossary.toml"):
        shutil.copy(KNOWLEDGE / name, tmp_path / name)
    for name in ("danger_words", "talk"):
        shutil.copytree(KNOWLEDGE / name, tmp_path / name)
    return tmp_path


def test_a_question_is_asked_from_the_command_line(run: Run) -> None:
    code, said, _ = run("kb find personnummer --lang sv --json")
    found = json.loads(said)
    assert code == 0
    assert found["kind"] == "answer"
    assert found["hits"][0]["id"] == "personnummer"
    assert 0 < found["hits"][0]["score"] <= 1
    assert found["hits"][0]["language"] == "sv"
    assert found["ms"] > 0


def test_many_questions_are_read_from_standard_input(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    questions = "كيف أحصل على الرقم الشخصي؟\n??!\nأريد أن أموت\n\n"
    monkeypatch.setattr("sys.stdin", io.StringIO(questions))
    code, said, _ = run("kb find - --lang ar --json")
    found = [json.loads(line) for line in said.splitlines()]
    assert code == 0
    assert [each["kind"] for each in found] == ["answer", "unknown", "crisis", "unknown"]
    assert found[0]["hits"][0]["id"] == "personnummer"


def test_a_question_in_an_unpublished_language_is_still_searched(run: Run) -> None:
    code, said, _ = run("kb find personnummer --lang so --json")
    assert code == 0
    assert json.loads(said)["hits"][0]["id"] == "personnummer"


def test_the_articles_as_they_are_have_no_errors(run: Run) -> None:
    code, said, _ = run("kb check")
    assert code == 0
    assert "0 errors" in said


def test_a_broken_article_is_named_with_its_line_and_the_rest_is_served(
    run: Run, articles: Path
) -> None:
    broken = articles / "personnummer" / "sv.md"
    lines = broken.read_text(encoding="utf-8").splitlines()
    wrong = next(number for number, line in enumerate(lines, 1) if line.startswith("status"))
    lines[wrong - 1] = 'status = "maybe"'
    broken.write_text("\n".join(lines), encoding="utf-8")
    code, said, _ = run("kb check")
    assert code == 1
    assert f"personnummer/sv.md:{wrong}: error:" in said
    code, said, _ = run("doctor")
    assert code == 1
    assert f"personnummer/sv.md:{wrong}" in said
    code, said, _ = run("kb find 1177")
    assert code == 0
    assert "healthcare-1177" in said


def test_the_report_shows_which_language_is_there(run: Run, articles: Path) -> None:
    (articles / "personnummer" / "ar.md").unlink()
    _, said, _ = run("kb report")
    row = next(line for line in said.splitlines() if line.startswith("personnummer "))
    assert row.split()[1:].count("missing") == 1
    assert row.split()[1:].count("draft") == 7


def test_search_is_measured_on_lines_of_json(run: Run, tmp_path: Path) -> None:
    queries = tmp_path / "queries.jsonl"
    rows = [
        {"id": "1", "query": "hur får jag personnummer", "relevant": ["personnummer"]},
        {"id": "2", "query": "xyzzy", "relevant": []},
    ]
    queries.write_text("\n".join(json.dumps(row) for row in rows) + "\n", encoding="utf-8")
    code, said, _ = run(f"kb eval --queries {queries} --lang sv --json")
    assert code == 0
    assert json.loads(said)["hit1"] == 1
    corpus = tmp_path / "corpus.jsonl"
    corpus.write_text('{"id": "1", "text": "Om personnummer"}\n', encoding="utf-8")
    queries.write_text('{"id": "1"}\n', encoding="utf-8")
    code, _, said = run(f"kb eval --queries {queries} --corpus {corpus}")
    assert code == 1
    assert f"{queries}:1" in said
    code, _, said = run(f"kb eval --queries {tmp_path / 'nowhere.jsonl'} --corpus {corpus}")
    assert code == 1
    assert "cannot be read" in said


def test_every_article_is_exported_as_json_lines(run: Run) -> None:
    _, said, _ = run("kb export --lang ar")
    slugs = [json.loads(line) for line in said.splitlines()]
    assert len(slugs) == len(list((KNOWLEDGE / "articles").iterdir()))


def test_an_account_is_made_listed_and_given_a_new_password(run: Run) -> None:
    code, said, _ = run("staff add samira --name Samira --role coordinator --generate")
    assert code == 0
    first = said.partition("Password: ")[2].strip()
    assert len(first) >= 15
    code, _, said = run("staff add samira --name Samira --generate")
    assert code == 1
    assert "samira" in said
    code, said, _ = run("staff list")
    assert any(
        line.split()[:3] == ["samira", "coordinator", "Samira"] for line in said.splitlines()
    )
    code, said, _ = run("staff reset samira --generate")
    assert code == 0
    assert said.partition("Password: ")[2].strip() != first
    assert run("staff reset nobody --generate")[0] == 1
    code, said, _ = run("staff reset samira --second-factor")
    assert code == 0
    assert "Password" not in said
    assert run("staff reset nobody --second-factor")[0] == 1


def test_a_password_that_is_too_short_is_refused(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("getpass.getpass", lambda _prompt: "short")
    code, _, said = run("staff add samira --name Samira")
    assert code == 1
    assert said.strip()
    assert "samira" not in run("staff list")[1]


def test_doctor_finds_nothing_wrong_once_the_house_is_in_order(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INGANG_ORGANISATION", "association")
    assert run("doctor")[0] == 1  # no database yet, and it says what to do
    assert "ingang migrate" in run("doctor")[1]
    assert run("migrate")[0] == 0
    code, said, _ = run("doctor")
    assert code == 0, said
    assert "WRONG" not in said


def test_a_setting_that_makes_no_sense_is_named(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INGANG_PORT", "many")
    code, _, said = run("doctor")
    assert code == 1
    assert "INGANG_PORT" in said


def test_a_demonstration_is_refused_on_a_public_address(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INGANG_DEMO", "on")
    monkeypatch.setenv("INGANG_PUBLIC_URL", "https://ingang.example.org")
    code, _, said = run("serve")
    assert code == 1
    assert "INGANG_DEMO is refused" in said


def test_the_clock_of_a_real_house_cannot_be_moved(run: Run) -> None:
    assert run("demo --forward 1d")[0] == 1
    run("migrate")
    code, _, said = run("demo --forward 1d")
    assert code == 1
    assert "no demonstration" in said
    assert run("demo --forward soon")[0] == 1


@pytest.mark.parametrize("command", ["erase", "export"])
def test_a_conversation_nobody_has_had_is_a_clear_error(run: Run, command: str) -> None:
    code, _, said = run(f"{command} nothing")
    assert code == 1
    assert "There is no conversation nothing." in said


@pytest.mark.parametrize("left", ["", "short"])
def test_a_key_file_that_was_cut_short_is_named_and_never_used(
    run: Run, tmp_path: Path, left: str
) -> None:
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "secret.key").write_text(left, encoding="ascii")
    code, _, said = run("migrate")
    assert code == 1
    assert "secret.key is empty or cut short" in said
    assert "WRONG  key file" in run("doctor")[1]


def test_of_two_processes_that_make_a_key_both_have_the_same(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _n: Settings(var_dir=tmp_path).secret(), range(8)))
    assert len(keys) == 1
    assert len(keys.pop()) > 40
    assert [path.name for path in tmp_path.iterdir()] == ["secret.key"]
    assert (tmp_path / "secret.key").stat().st_mode & 0o777 == 0o600


def test_a_site_file_is_checked_line_by_line(run: Run, tmp_path: Path) -> None:
    code, said, _ = run("site check")
    assert code == 0
    assert "7 units, 10 services, 8 coaches" in said

    broken = tmp_path / "site.toml"
    broken.write_text('name = "Ingång"\noperator = 7\n', encoding="utf-8")
    code, _, told = run(f"site check {broken}")
    assert code == 1
    assert f"{broken}, line 2: operator: must be a text in quotes" in told
    assert f"{broken}: units: is missing" in told
