"""The gate before the dashboard: which requests get in, and what every answer lets a browser do.

Streamlit serves more than this dashboard asks for, and sends none of these headers. What is let in is listed; all else is turned away.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard import loading
from dashboard.intake import Intake

_CORE: Final = "/_stcore/"
_READ: Final = ("health", "host-config", "stream")  # of /_stcore/: what the page in the browser asks for
_UPLOADS: Final = "upload_file"
_COMPONENTS: Final = ("/component/",)  # files of components that others wrote: there are none here
_KEPT: Final = "immutable"  # what Streamlit says of its own scripts and fonts, which are the same for everybody

_READING: Final = ("GET", "HEAD")
_UPLOADING: Final = ("PUT", "DELETE")


def middleware(hosts: Iterable[str], start_page: str, megabytes: int) -> list[Middleware]:
    """Return what requests pass on their way in.

    `hosts` are the names that the server is asked by, `start_page` is the HTML it sends, and `megabytes` the largest file that it takes.
    """
    return [
        Middleware(Told, headers=_headers(start_page)),
        Middleware(TrustedHostMiddleware, allowed_hosts=[f"[{host}]" if ":" in host else host for host in hosts], www_redirect=False),
        Middleware(Gate),
        Middleware(Intake, megabytes_of_one=megabytes),
    ]


class Gate:
    """Turns away what the dashboard's own page in a browser never asks."""

    def __init__(self, app: ASGIApp) -> None:
        """Take the application behind the gate."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand a request on, or answer it with the reason why not."""
        refused = _refusal(scope) if scope["type"] in {"http", "websocket"} else None
        await (refused or self._app)(scope, receive, send)


class Told:
    """Tells the browser with each answer what the page may do, and what of it may be kept."""

    def __init__(self, app: ASGIApp, headers: dict[str, str]) -> None:
        """Take the application, and the headers of every answer."""
        self._app, self._headers = app, headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand a request on, and put the headers on its answer."""

        async def told(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(self._headers)
                if _KEPT not in headers.get("Cache-Control", ""):
                    headers["Cache-Control"] = "no-store"
            await send(message)

        await self._app(scope, receive, told)


def _refusal(scope: Scope) -> ASGIApp | None:
    """Return the answer to a request that is turned away; None for one that may go on."""
    headers, path = Headers(scope=scope), str(scope["path"])
    origin = headers.get("origin")
    if (origin or scope["type"] == "websocket") and not _is_own(origin, headers["host"]):
        return PlainTextResponse("This request comes from another site.", 403)
    if "transfer-encoding" in headers and "content-length" in headers:
        return PlainTextResponse("The length of this request is told twice.", 400, {"Connection": "close"})
    core = path.partition(_CORE)[2].partition("/")[0] if _CORE in path else None
    if path.startswith(_COMPONENTS) or core not in {None, *_READ, _UPLOADS}:
        return PlainTextResponse("Not Found", 404)
    allowed = _READING if core != _UPLOADS else _UPLOADING if loading.are_uploads_on() else ()
    if scope["type"] == "http" and scope["method"] not in allowed:
        return PlainTextResponse("Method Not Allowed", 405, {"Allow": ", ".join(allowed)})
    return None


def _is_own(origin: str | None, host: str) -> bool:
    """Return whether a request was sent by a page of this very server, as the browser says."""
    return origin is not None and urlsplit(origin).netloc.lower() == host.lower()


def _headers(start_page: str) -> dict[str, str]:
    """Return the headers of every answer; an address may hold the id of a deal, so that no other site is told it."""
    return {
        "Content-Security-Policy": "; ".join(_policy(start_page)),
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": ", ".join(f"{feature}=()" for feature in _FEATURES),
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
    }


_FEATURES: Final = ("camera", "display-capture", "geolocation", "microphone", "midi", "payment", "usb")


def _policy(start_page: str) -> list[str]:
    """Return what a page may load and run: this server's scripts and the one that is written in the start page, known by its digest.

    Styles are written into the page by Streamlit and Plotly, and the fonts of tables and formulas come as data; no script may be.
    """
    written = re.findall(r"<script>(.*?)</script>", start_page, re.DOTALL)
    digests = (base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in written)
    return [
        "default-src 'none'",
        " ".join(["script-src 'self'", *(f"'sha256-{digest}'" for digest in digests)]),
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "manifest-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    ]
