"""Fetching: only what is public, only what was judged, only so much, only so long."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from backend.fetching import (
    Encoded,
    Fetcher,
    IpAddress,
    NotFetched,
    NotHttps,
    NotPublic,
    Refused,
    TooLarge,
    TooSlow,
    Unreachable,
    is_public,
    look_up,
)

HERE, ELSEWHERE = ip_address("127.0.0.1"), ip_address("127.0.0.2")
HOST = "calendar.example"
PAGES = {
    "/": b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
    "/unknown-length": b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 2_000,
    "/gone": b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",
    "/gone?key=secret": b"HTTP/1.1 410 Gone\r\nContent-Length: 0\r\n\r\n",
    "/packed": b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\nab",
    "/cookie": b"HTTP/1.1 302 Found\r\nSet-Cookie: a=b\r\nLocation: /\r\n\r\n",
    "/round": b"HTTP/1.1 302 Found\r\nLocation: /round\r\n\r\n",
    "/plain": b"HTTP/1.1 302 Found\r\nLocation: http://calendar.example/\r\n\r\n",
    "/inward": b"HTTP/1.1 307 Found\r\nLocation: https://intranet.example/\r\n\r\n",
    "/nonsense": b"not http at all\r\n\r\n",
    "/silent": b"",
}


@dataclass
class Site:
    """A real host on this machine, and how a fetcher finds and trusts it."""

    tls: ssl.SSLContext
    port: int = 0
    asked: list[tuple[str, bytes]] = field(default_factory=list)  # the address it was asked at
    looked_up: list[str] = field(default_factory=list)
    answers: dict[str, list[Sequence[IpAddress]]] = field(default_factory=dict)
    may_go_on: asyncio.Event = field(default_factory=asyncio.Event)

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One request, one page."""
        request = await reader.readuntil(b"\r\n\r\n")
        self.asked.append((writer.get_extra_info("sockname")[0], request))
        page = PAGES[request.split(b" ")[1].decode()]
        writer.write(page)
        await writer.drain()
        if not page:
            await self.may_go_on.wait()
        writer.close()

    async def resolve(self, host: str, _port: int) -> Sequence[IpAddress]:
        """What the test says; the last answer is kept."""
        self.looked_up.append(host)
        known = self.answers.get(host, [[HERE]])
        return known.pop(0) if len(known) > 1 else known[0]

    def fetcher(
        self,
        may_reach: Callable[[IpAddress], bool] = lambda address: address == HERE,
        *,
        most_bytes: int = 1_000,
        most_seconds: float = 5.0,
    ) -> Fetcher:
        """One that reaches this host and nothing else."""
        return Fetcher(self.resolve, may_reach, self.tls, self.port, most_bytes, most_seconds)


def certificate(folder: Path, host: str) -> Path:
    """A certificate of a host, signed by itself, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = datetime.now(UTC)  # TLS goes by the real clock
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = folder / "host.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    path = certificate(tmp_path, HOST)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    site = Site(ssl.create_default_context(cafile=str(path)))
    server = await asyncio.start_server(site.answer, ["127.0.0.1"], 0, ssl=context)
    site.port = server.sockets[0].getsockname()[1]
    async with server:
        yield site
        site.may_go_on.set()


async def test_what_is_there_is_fetched_by_its_own_name(site: Site) -> None:
    assert await site.fetcher().fetch(f"https://{HOST}/") == b"hello"
    ((address, request),) = site.asked
    assert address == "127.0.0.1"
    assert f"Host: {HOST}\r\n".encode() in request


async def test_the_host_must_prove_its_name(site: Site) -> None:
    with pytest.raises(Unreachable):
        await site.fetcher().fetch("https://other.example/")
    assert not site.asked


@pytest.mark.parametrize(
    "address",
    [
        "http://calendar.example/",
        "file:///etc/passwd",
        "ftp://calendar.example/",
        "https:///no-host",
        "https://name:word@calendar.example/",
        "https://calendar.example:8443/",
        "https://calendar.example:x/",
        "",
        "calendar.example",
    ],
)
async def test_only_https_with_a_host_and_nothing_else(site: Site, address: str) -> None:
    with pytest.raises(NotHttps):
        await site.fetcher().fetch(address)
    assert not site.looked_up


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",  # noqa: S104
        "10.1.2.3",
        "100.64.0.1",
        "127.0.0.1",
        "169.254.169.254",
        "172.16.0.1",
        "192.0.2.1",
        "192.168.1.1",
        "198.18.0.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::7f00:1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::a00:1",
        "64:ff9b::7f00:1",
        "64:ff9b:1::a00:1",
        "2002:7f00:1::",
        "2002:a00:1::1",
        "2001:0:a00:1::1",
        "2001:db8::1",
        "fc00::1",
        "fd12:3456::1",
        "fe80::1",
        "fe80::1%eth0",
        "fec0::1",
        "ff02::1",
    ],
)
def test_what_is_not_on_the_public_internet(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize(
    "address",
    ["8.8.8.8", "185.39.146.1", "2606:4700::1111", "64:ff9b::808:808", "::ffff:8.8.8.8"],
)
def test_what_is_on_the_public_internet(address: str) -> None:
    assert is_public(ip_address(address))


async def test_nothing_is_asked_when_one_of_the_addresses_is_not_public(site: Site) -> None:
    site.answers[HOST] = [[HERE, ELSEWHERE]]
    with pytest.raises(NotPublic):
        await site.fetcher().fetch(f"https://{HOST}/")
    assert not site.asked


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "0x7f.1", "2130706433", "[::1]"])
async def test_our_own_machine_is_not_public_however_it_is_spelt(host: str) -> None:
    with pytest.raises(NotPublic):
        await Fetcher().fetch(f"https://{host}/")


async def test_a_host_that_answers_differently_the_second_time_gains_nothing(site: Site) -> None:
    site.answers[HOST] = [[HERE], [ELSEWHERE]]
    assert await site.fetcher().fetch(f"https://{HOST}/") == b"hello"
    assert site.looked_up == [HOST]
    assert [address for address, _request in site.asked] == ["127.0.0.1"]


async def test_the_next_address_is_tried_when_one_does_not_answer(site: Site) -> None:
    site.answers[HOST] = [[ELSEWHERE, HERE]]
    assert await site.fetcher(lambda _address: True).fetch(f"https://{HOST}/") == b"hello"


async def test_every_redirect_is_judged_like_the_first_address(site: Site) -> None:
    site.answers["intranet.example"] = [[ELSEWHERE]]
    with pytest.raises(NotPublic):
        await site.fetcher().fetch(f"https://{HOST}/inward")
    with pytest.raises(NotHttps):
        await site.fetcher().fetch(f"https://{HOST}/plain")


async def test_a_redirect_brings_no_cookie_along(site: Site) -> None:
    assert await site.fetcher().fetch(f"https://{HOST}/cookie") == b"hello"
    assert b"cookie" not in site.asked[-1][1].lower().replace(b"/cookie", b"")


async def test_three_redirects_are_followed_and_no_more(site: Site) -> None:
    with pytest.raises(Refused) as refused:
        await site.fetcher().fetch(f"https://{HOST}/round")
    assert (refused.value.status, len(site.asked)) == (302, 4)


async def test_an_error_page_is_not_a_calendar(site: Site) -> None:
    with pytest.raises(Refused) as refused:
        await site.fetcher().fetch(f"https://{HOST}/gone")
    assert refused.value.status == 404


async def test_what_is_too_large_is_not_read_to_its_end(site: Site) -> None:
    with pytest.raises(TooLarge):
        await site.fetcher().fetch(f"https://{HOST}/unknown-length")
    fetched = await site.fetcher(most_bytes=2_000).fetch(f"https://{HOST}/unknown-length")
    assert len(fetched) == 2_000


async def test_nothing_compressed_is_unpacked(site: Site) -> None:
    with pytest.raises(Encoded):
        await site.fetcher().fetch(f"https://{HOST}/packed")


async def test_a_host_that_keeps_silent_is_too_slow(site: Site) -> None:
    with pytest.raises(TooSlow):
        await site.fetcher(most_seconds=0.05).fetch(f"https://{HOST}/silent")


async def test_a_host_that_does_not_speak_http_is_unreachable(site: Site) -> None:
    with pytest.raises(Unreachable):
        await site.fetcher().fetch(f"https://{HOST}/nonsense")


async def test_a_host_that_does_not_exist_is_unreachable() -> None:
    with pytest.raises(Unreachable):
        await look_up("nowhere.invalid", 443)


async def test_no_error_carries_the_address(site: Site) -> None:
    for page in ("/gone?key=secret", "/plain", "/nonsense"):
        with pytest.raises(NotFetched) as failed:
            await site.fetcher().fetch(f"https://{HOST}{page}")
        assert HOST not in repr(failed.value)
        assert "secret" not in repr(failed.value)
