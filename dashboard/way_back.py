"""The way back: who signs in arrives at the page and the filters that they came for, not at the first page."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote, unquote, urlsplit

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from etl.signin import CALLBACK

_LOGIN: Final = "/auth/login"
_COOKIE: Final = "sameside_way_back"
_SECONDS: Final = 900  # for signing in
_LONGEST: Final = 2000  # letters; a cookie holds no more than 4096 bytes


class WayBack:
    """Keeps in a cookie where a person was when they began to sign in, and sends them there when they have.

    The browser says where they were (Referer), to our own pages alone; nothing but a path of this server is ever kept or followed.
    """

    def __init__(self, app: ASGIApp) -> None:
        """Take the application that signs people in."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand a request on, and put the cookie on its answer, or follow it."""
        path = scope["path"] if scope["type"] == "http" else ""
        if path.endswith(_LOGIN):
            await self._app(scope, receive, _noting(Request(scope), send))
        elif path.endswith(CALLBACK):
            await self._app(scope, receive, _returning(Request(scope), send))
        else:
            await self._app(scope, receive, send)


def _noting(request: Request, send: Send) -> Send:
    """Return what answers a request to sign in, with a note of the page that it came from."""
    came_from = urlsplit(request.headers.get("referer", ""))
    place = f"{came_from.path}?{came_from.query}" if came_from.query else came_from.path
    is_kept = came_from.netloc == request.headers.get("host") and _is_own(place)

    async def noting(message: Message) -> None:
        if message["type"] == "http.response.start" and is_kept:
            MutableHeaders(scope=message).append("set-cookie", _cookie(quote(place, safe=""), _SECONDS))
        await send(message)

    return noting


def _returning(request: Request, send: Send) -> Send:
    """Return what answers the provider's call back, with the way to the page that was noted."""
    place = unquote(request.cookies.get(_COOKIE, ""))

    async def returning(message: Message) -> None:
        if message["type"] == "http.response.start" and place:
            headers = MutableHeaders(scope=message)
            headers.append("set-cookie", _cookie("", 0))
            if "location" in headers and _is_own(place):
                headers["location"] = quote(place, safe="/?&=%+:,;@~!$'()*-._")
        await send(message)

    return returning


def _is_own(place: str) -> bool:
    r"""Return whether a place is a path of this server, whatever a browser makes of it.

    >>> [_is_own(place) for place in ("/team?owner=Cy", "//evil.example", "/\\evil.example", "https://evil.example", "/a\r\nb: c", "")]
    [True, False, False, False, False, False]
    """
    return place.isprintable() and len(place) <= _LONGEST and place.startswith("/") and not place.startswith("//") and "\\" not in place


def _cookie(value: str, seconds: int) -> str:
    return f"{_COOKIE}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax"
