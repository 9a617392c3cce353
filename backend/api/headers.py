"""Headers every response carries: what a page may load, and what a browser may keep."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

CONTENT_SECURITY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; "
    # blob: what a page has fetched with its token, or has just recorded, and nothing from outside
    "img-src 'self' blob:; media-src 'self' blob:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; "
    "frame-ancestors {ancestors}; frame-src 'self'"
)


class SecurityHeaders:
    """Adds the headers; those a route has set itself stay."""

    def __init__(self, app: ASGIApp, *, https: bool, framed: bool) -> None:
        """``framed`` lets our own pages frame each other, as the demonstration does."""
        self.app = app
        self.https = https
        self.content_security = CONTENT_SECURITY.format(ancestors="'self'" if framed else "'none'")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and complete the response's headers."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def complete(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._add(MutableHeaders(scope=message))
            await send(message)

        await self.app(scope, receive, complete)

    def _add(self, headers: MutableHeaders) -> None:
        headers.setdefault("Content-Security-Policy", self.content_security)
        headers.setdefault("X-Content-Type-Options", "nosniff")
        # With no-referrer, browsers say "Origin: null" when a form is sent.
        headers.setdefault("Referrer-Policy", "same-origin")
        headers.setdefault("Cache-Control", "no-store")
        headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        headers.setdefault("Permissions-Policy", "camera=(), microphone=(self), geolocation=()")
        if self.https:
            headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
