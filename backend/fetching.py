"""Fetching from an address that somebody has given us, without being led astray by it.

An address may point into our own network, answer differently when asked twice, redirect, drip or
flood. So we look the host up ourselves, connect to the very address that was judged, and follow
redirects by hand. TLS still proves the host's name.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from socket import SOCK_STREAM

from httpx2 import (
    URL,
    AsyncClient,
    ConnectError,
    ConnectTimeout,
    InvalidURL,
    Response,
    Timeout,
    TransportError,
    create_ssl_context,
)

HTTPS = 443
MOST_BYTES = 1_000_000
MOST_SECONDS = 5.0
MOST_REDIRECTS = 3
PATIENCE = Timeout(None, connect=2.0)  # with one address; the whole is limited beside it
HEADERS = {"Accept-Encoding": "identity", "User-Agent": "Ingang"}
NAT64 = IPv6Network("64:ff9b::/96")
UNICAST = IPv6Network("2000::/3")
IPV4_BITS = 0xFFFF_FFFF
REDIRECTS = (301, 302, 303, 307, 308)

IpAddress = IPv4Address | IPv6Address
Resolve = Callable[[str, int], Awaitable[Sequence[IpAddress]]]


class NotFetched(Exception):
    """Nothing was fetched. Carries no part of the address: it is often a secret."""


class NotHttps(NotFetched):
    """Not an https address with a host, on the usual port, without a name and password."""


class NotPublic(NotFetched):
    """The host, or one it redirects to, has an address that is not on the public internet."""


class TooLarge(NotFetched):
    """There is more than we are willing to read."""


class TooSlow(NotFetched):
    """It took longer than we are willing to wait."""


class Unreachable(NotFetched):
    """The host is unknown, does not answer, or does not prove its name."""


class Encoded(NotFetched):
    """The answer is compressed although we asked for it as it is."""


class Refused(NotFetched):
    """The host answered, but not with what we asked for. ``status`` is HTTP's."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


def is_public(address: IpAddress) -> bool:
    """Whether an address is one on the public internet; an IPv4 one in an IPv6 one is unpacked."""
    inner = _inner(address)
    if inner is not None:
        return is_public(inner)
    if isinstance(address, IPv6Address) and address not in UNICAST:
        return False
    return address.is_global and not (address.is_multicast or address.is_reserved)


async def look_up(host: str, port: int) -> Sequence[IpAddress]:
    """Every address of a host, IPv4 first: more networks have it. Raises Unreachable."""
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(host, port, type=SOCK_STREAM)
    except (OSError, UnicodeError):
        raise Unreachable from None
    addresses = {ip_address(str(sockaddr[0])) for *_kind, sockaddr in found}
    return sorted(addresses, key=lambda address: (address.version, int(address)))


def expect_https(address: str) -> URL:
    """An address as we are willing to fetch it. Raises NotHttps."""
    try:
        url = URL(address)
    except InvalidURL:
        raise NotHttps from None
    if url.scheme != "https" or not url.host or url.userinfo or url.port not in {None, HTTPS}:
        raise NotHttps
    return url


@dataclass(frozen=True)
class Fetcher:
    """Fetches over https. Tests bring a host of their own: how it is found, trusted, reached."""

    resolve: Resolve = look_up
    may_reach: Callable[[IpAddress], bool] = is_public
    tls: ssl.SSLContext = field(default_factory=create_ssl_context)
    port: int = HTTPS
    most_bytes: int = MOST_BYTES
    most_seconds: float = MOST_SECONDS

    async def fetch(self, address: str) -> bytes:
        """What is at an https address. Raises a kind of NotFetched."""
        try:
            async with asyncio.timeout(self.most_seconds):
                return await self._follow(address)
        except TimeoutError:
            raise TooSlow from None
        except (TransportError, OSError):
            raise Unreachable from None

    async def _follow(self, address: str) -> bytes:
        url = expect_https(address)
        for _redirect in range(MOST_REDIRECTS + 1):
            async with self._open(url) as response:
                if response.status_code not in REDIRECTS:
                    return await self._read(response)
                url = expect_https(_joined(url, response.headers.get("location", "")))
        raise Refused(response.status_code)

    @asynccontextmanager
    async def _open(self, url: URL) -> AsyncIterator[Response]:
        """Ask once, at an address that was judged; with a new client, so that no cookie stays."""
        host = url.raw_host.decode("ascii")
        async with AsyncClient(verify=self.tls, trust_env=False, timeout=PATIENCE) as client:
            response = await self._first_answer(client, url, host)
            try:
                yield response
            finally:
                await response.aclose()

    async def _first_answer(self, client: AsyncClient, url: URL, host: str) -> Response:
        for address in await self._judged(host):
            request = client.build_request(
                "GET",
                url.copy_with(host=str(address), port=self.port),
                headers={"Host": url.netloc.decode("ascii"), **HEADERS},
                extensions={"sni_hostname": host},
            )
            with suppress(ConnectError, ConnectTimeout):
                return await client.send(request, stream=True)
        raise Unreachable

    async def _judged(self, host: str) -> Sequence[IpAddress]:
        """The host's addresses, all of them ones we may reach. Raises NotPublic, Unreachable."""
        addresses = await self.resolve(host, self.port)
        if not all(map(self.may_reach, addresses)):
            raise NotPublic
        return addresses

    async def _read(self, response: Response) -> bytes:
        if response.status_code != HTTPStatus.OK:
            raise Refused(response.status_code)
        if response.headers.get("content-encoding", "identity") != "identity":
            raise Encoded
        read = bytearray()
        async for chunk in response.aiter_raw():
            read += chunk
            if len(read) > self.most_bytes:
                raise TooLarge
        return bytes(read)


def _joined(url: URL, location: str) -> str:
    try:
        return str(url.join(location))
    except InvalidURL:
        raise NotHttps from None


def _inner(address: IpAddress) -> IPv4Address | None:
    """The IPv4 address that traffic to an IPv6 address ends up at, if any."""
    if isinstance(address, IPv4Address):
        return None
    if address in NAT64:
        return IPv4Address(int(address) & IPV4_BITS)
    return address.ipv4_mapped or address.sixtofour
