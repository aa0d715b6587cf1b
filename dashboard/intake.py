"""How much visitors may hand in together: their files stay in memory until they are loaded or their session ends."""

from __future__ import annotations

from typing import Final

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit import runtime
from streamlit.runtime.stats import CacheStat

FILES: Final = 2
"""So many files of the largest size that is taken, in all."""


class Intake:
    """Turns away what would go beyond that, before it is read."""

    def __init__(self, app: ASGIApp, megabytes_of_one: int) -> None:
        """Take the application, and the largest size of a file."""
        self._app, self._most = app, FILES * megabytes_of_one * 1024 * 1024
        self._on_their_way = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand a request on; one with a file in it only where its size is told, and there is room."""
        if scope["type"] != "http" or scope["method"] != "PUT":
            await self._app(scope, receive, send)
            return
        size = Headers(scope=scope).get("content-length", "")
        if not size.isdecimal():
            await PlainTextResponse("The length of this file has to be told.", 411)(scope, receive, send)
        elif held() + self._on_their_way + int(size) > self._most:
            await PlainTextResponse("There is no room for this file now.", 413)(scope, receive, send)
        else:
            self._on_their_way += int(size)
            try:
                await self._app(scope, receive, send)
            finally:
                self._on_their_way -= int(size)


def held() -> int:
    """Return the bytes of the files that are in memory."""
    stats = runtime.get_instance().uploaded_file_mgr.get_stats()
    return sum(stat.byte_length for each in stats.values() for stat in each if isinstance(stat, CacheStat))
