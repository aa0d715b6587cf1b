"""Own files only: what a page hands over or takes in goes to and comes from the person who looks at that page, and nobody else.

Streamlit keeps both in memory and knows no more of them than their addresses: who learnt an address could fetch the file of another person,
and whoever is not even signed in could fill the memory with uploads.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import PurePosixPath
from typing import Any, Final

import streamlit as st
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit import runtime
from streamlit.auth_util import get_cookie_with_chunks
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.memory_media_file_storage import _calculate_file_id
from streamlit.web.server.server_util import get_cookie_secret
from streamlit.web.server.starlette.starlette_app_utils import decode_signed_value
from streamlit.web.server.starlette.starlette_server_config import TOKENS_COOKIE_NAME, USER_COOKIE_NAME

from dashboard import access

_UPLOADS: Final = "upload_file/"


_MADE: Final[dict[str, set[tuple[str, ...]]]] = {}


def noted(make: Callable[[], bytes], kind: str, name: str) -> Callable[[], bytes]:
    """Return what makes a file and notes whose it is; Streamlit names a file that is made when it is asked for by its content alone."""
    session = access.session_of(st.user.to_dict())

    def made() -> bytes:
        content = make()
        _MADE.setdefault(_calculate_file_id(content, kind, name), set()).add(session)
        return content

    return made


class OwnFiles:
    """Answers requests for files of others as if there were none."""

    def __init__(self, app: ASGIApp) -> None:
        """Take the application that keeps the files."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on a request for an own file, and every request that is for none."""
        is_let_in = scope["type"] != "http" or _is_let_in(Request(scope))
        await (self._app if is_let_in else PlainTextResponse("Not Found", 404))(scope, receive, send)


def _is_let_in(request: Request) -> bool:
    kind, _, rest = _below_base(request.url.path).partition("/")
    is_upload = kind == "_stcore" and rest.startswith(_UPLOADS)
    if kind != "media" and not is_upload:
        return True
    claims = _claims(request)
    who = access.visitor_of(claims)
    if who.state == "open":
        return True
    if is_upload:
        session = _session(rest.removeprefix(_UPLOADS).partition("/")[0])
        return who.may("operator") and session is not None and session.matches_user_info(claims)
    file = PurePosixPath(rest).stem
    is_theirs = who.is_in and access.session_of(claims) in _MADE.get(file, ())
    return is_theirs or any(session.matches_user_info(claims) for session in _showing(file))


def _below_base(path: str) -> str:
    """Return a path as Streamlit routes it: without slashes before it, and without the folder that the dashboard is served below."""
    return path.lstrip("/").removeprefix(str(st.get_option("server.baseUrlPath") or "").strip("/")).lstrip("/")


def _claims(request: Request) -> dict[str, Any]:
    """Return what Streamlit takes a person's session to be who sends this request: nothing, unless its cookie is signed by us."""
    told = _signed(request, USER_COOKIE_NAME)
    if told is None:
        return {}
    claims = {name: value for name, value in told.items() if name != "origin"}
    return claims if _signed(request, TOKENS_COOKIE_NAME) is None else claims | {"tokens": {}}  # none are exposed, see etl.signin


def _signed(request: Request, cookie: str) -> dict[str, Any] | None:
    def one(name: str) -> bytes | None:
        value = request.cookies.get(name)
        return None if value is None else decode_signed_value(get_cookie_secret(), name, value.encode("latin-1"))

    content = get_cookie_with_chunks(one, cookie)
    told = None if content is None else json.loads(content)
    return told if isinstance(told, dict) else None


def _showing(file_id: str) -> list[AppSession]:
    """Return the sessions whose page shows a file, such as the logo."""
    files = runtime.get_instance().media_file_mgr
    with files._lock:  # noqa: SLF001 - Streamlit tells nobody whose a file is
        shown_by = [session for session, places in files._files_by_session_and_coord.items() if file_id in places.values()]  # noqa: SLF001
    return [session for each in shown_by if (session := _session(each))]


def _session(session_id: str) -> AppSession | None:
    found = runtime.get_instance()._session_mgr.get_active_session_info(session_id)  # noqa: SLF001
    return found.session if found else None
