"""Mail as an operator sets it up: settings, addresses of coaches, and what doctor says of it."""

from __future__ import annotations

import socket
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from backend.cli import main

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Run:
    """Type a command; its exit code, and what it said on each of the two outputs."""
    monkeypatch.setenv("INGANG_VAR_DIR", str(tmp_path / "var"))
    monkeypatch.setenv("INGANG_DATABASE_URL", f"sqlite:///{tmp_path / 'test.sqlite3'}")
    (tmp_path / "var").mkdir()

    def typed(*words: str) -> tuple[int, str, str]:
        code = main(words)
        said = capsys.readouterr()
        return code, said.out, said.err

    return typed


@pytest.fixture
def unused_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port: int = held.getsockname()[1]
    return port


def kept(folder: Path) -> str | None:
    """Samira's address in the database."""
    with closing(sqlite3.connect(folder / "test.sqlite3")) as connection:
        (found,) = connection.execute("SELECT email FROM staff WHERE username = 'samira'")
    address: str | None = found[0]
    return address


def test_a_coachs_address_is_given_changed_and_taken_away(run: Run, tmp_path: Path) -> None:
    add = ("staff", "add", "samira", "--name", "Samira", "--generate")
    assert run(*add, "--email", "samira@work.example")[0] == 0
    assert kept(tmp_path) == "samira@work.example"
    assert run("staff", "email", "samira", "samira@elsewhere.example")[0] == 0
    assert kept(tmp_path) == "samira@elsewhere.example"
    assert run("staff", "email", "samira", "-")[0] == 0
    assert kept(tmp_path) is None


def test_what_is_no_address_is_refused(run: Run) -> None:
    add = ("staff", "add", "samira", "--name", "Samira", "--generate")
    code, _, said = run(*add, "--email", "samira")
    assert (code, said) == (1, "samira is not a mail address.\n")
    assert "samira" not in run("staff", "list")[1]
    assert run(*add)[0] == 0
    assert run("staff", "email", "samira", "samira@")[0] == 1


def test_an_address_of_nobody_is_refused(run: Run) -> None:
    code, _, said = run("staff", "email", "nobody", "nobody@work.example")
    assert (code, said) == (1, "There is no account nobody.\n")


def test_a_broken_setting_is_named_and_the_password_is_not_repeated(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INGANG_SMTP_URL", "http://anna:zebra@mail.example")
    code, _, said = run("doctor")
    assert code == 1
    assert "INGANG_SMTP_URL: " in said
    assert "must begin with smtp:// or smtps://" in said
    assert "zebra" not in said


def test_a_server_without_a_sender_is_refused(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INGANG_SMTP_URL", "smtp://127.0.0.1:25")
    code, _, said = run("doctor")
    assert code == 1
    assert "INGANG_MAIL_FROM: " in said
    assert "must be set" in said


def test_doctor_says_that_mail_is_off_or_that_its_server_cannot_be_reached(
    run: Run, monkeypatch: pytest.MonkeyPatch, unused_port: int
) -> None:
    assert run("migrate")[0] == 0
    assert "ok     mail: off; INGANG_SMTP_URL turns it on" in run("doctor")[1]
    monkeypatch.setenv("INGANG_SMTP_URL", f"smtp://127.0.0.1:{unused_port}")
    monkeypatch.setenv("INGANG_MAIL_FROM", "no-reply@centre.example")
    code, said, _ = run("doctor")
    assert code == 1
    assert "WRONG  mail: cannot be reached (SMTPConnectError)" in said
    assert "ok     invitations: 0 tried in vain, 0 given up" in said


def test_doctor_looks_for_the_sms_provider_once_there_is_one(
    run: Run, monkeypatch: pytest.MonkeyPatch, unused_port: int
) -> None:
    assert run("migrate")[0] == 0
    assert "ok     sms: off; INGANG_SMS_URL turns it on" in run("doctor")[1]
    monkeypatch.setenv("INGANG_SMS_URL", f"http://127.0.0.1:{unused_port}/a1")
    monkeypatch.setenv("INGANG_SMS_USER", "u123")
    monkeypatch.setenv("INGANG_SMS_SECRET", "zebra")
    code, said, told = run("doctor")
    assert code == 1
    assert "WRONG  sms: cannot be reached" in said
    assert "zebra" not in said + told


def test_the_mail_server_is_looked_at_once(
    run: Run, monkeypatch: pytest.MonkeyPatch, unused_port: int
) -> None:
    assert run("migrate")[0] == 0
    monkeypatch.setenv("INGANG_SMTP_URL", f"smtp://127.0.0.1:{unused_port}")
    monkeypatch.setenv("INGANG_MAIL_FROM", "no-reply@centre.example")
    assert run("doctor")[1].count(" mail: ") == 1
