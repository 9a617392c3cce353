"""Six-digit codes: the vectors of RFC 6238, what is accepted, and what an app reads."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from backend.console import totp

RFC_SECRET = base64.b32encode(b"12345678901234567890").decode()
NOW = datetime(2026, 11, 23, 7, 0, 10, tzinfo=UTC)
STEP = totp.step_at(NOW)


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "94287082"),
        (1111111109, "07081804"),
        (1111111111, "14050471"),
        (1234567890, "89005924"),
        (2000000000, "69279037"),
        (20000000000, "65353130"),
    ],
)
def test_the_vectors_of_the_rfc_come_out(seconds: int, code: str):
    step = totp.step_at(datetime.fromtimestamp(seconds, UTC))
    assert totp.code_at(RFC_SECRET, step, digits=8) == code
    assert totp.code_at(RFC_SECRET, step) == code[-6:]


def test_a_code_counts_half_a_minute_early_and_late_and_no_longer():
    secret = totp.new_secret()
    for late in (-1, 0, 1):
        assert totp.accept(secret, totp.code_at(secret, STEP + late), NOW, 0) == STEP + late
    for late in (-2, 2, 1000):
        assert totp.accept(secret, totp.code_at(secret, STEP + late), NOW, 0) is None


def test_a_code_counts_once_and_so_do_all_before_it():
    secret = totp.new_secret()
    code, before = totp.code_at(secret, STEP), totp.code_at(secret, STEP - 1)
    used = totp.accept(secret, code, NOW, 0)
    assert used == STEP
    assert totp.accept(secret, code, NOW, used) is None
    assert totp.accept(secret, before, NOW, used) is None
    later = NOW + timedelta(seconds=totp.STEP_S)
    assert totp.accept(secret, totp.code_at(secret, STEP + 1), later, used) == STEP + 1


def test_what_is_no_code_is_refused_without_an_error():
    code = totp.code_at(RFC_SECRET, STEP)
    wrong = ("", "12345", f"{code}0", f" {code}", "é" * 6, "\ud800", "١٢٣٤٥٦", "-12345")
    assert [totp.accept(RFC_SECRET, each, NOW, 0) for each in wrong] == [None] * len(wrong)


def test_every_key_is_new_and_long_enough():
    secrets = {totp.new_secret() for _ in range(50)}
    assert len(secrets) == 50
    assert all(len(base64.b32decode(secret)) == 20 for secret in secrets)


def test_an_app_reads_account_issuer_and_key_whatever_they_are_called():
    parts = urlsplit(totp.address(RFC_SECRET, "åsa b", "Etableringscentrum: Söder & Co"))
    assert (parts.scheme, parts.netloc) == ("otpauth", "totp")
    assert unquote(parts.path) == "/Etableringscentrum: Söder & Co:åsa b"
    assert "+" not in parts.query  # apps take it for a plus
    assert parse_qs(parts.query) == {
        "secret": [RFC_SECRET],
        "issuer": ["Etableringscentrum: Söder & Co"],
        "algorithm": ["SHA1"],
        "digits": ["6"],
        "period": ["30"],
    }


def test_a_key_is_read_in_groups_of_four():
    assert totp.in_groups("ABCDEFGHIJ") == "ABCD EFGH IJ"
