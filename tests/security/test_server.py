"""The running server as a stranger meets it: over plain HTTP and websockets, with requests that no page of ours sends."""

from __future__ import annotations

import http.client
import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

from etl.publish import LINK
from tests.dashboard.exports import QUESTION, deals_by_rule

pytestmark = pytest.mark.security

ROOT = Path(__file__).parents[2]
SECONDS = 60
UPLOAD = "/_stcore/upload_file/{session}/a-file"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: status, headers by lower-case name, and body."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Server:
    """A dashboard that runs on a port of this machine."""

    port: int

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    def ask(self, path: str, method: str = "GET", body: bytes | None = None, **headers: str) -> Answer:
        """Send a request as it is given; underscores in the names of headers stand for hyphens."""
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=SECONDS)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        link.putrequest(method, path, skip_host="Host" in named, skip_accept_encoding=True)
        for name, value in ({"Content-Length": str(len(body))} if body is not None else {} | named).items() | named.items():
            link.putheader(name, value)
        link.endheaders(body)
        answer = link.getresponse()
        told = Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())
        link.close()
        return told

    def raw(self, request: str) -> bytes:
        """Send bytes that no library would, and return what comes back until the server closes."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=SECONDS) as link:
            link.sendall(request.replace("HOST", self.host).encode("latin-1"))
            link.shutdown(socket.SHUT_WR)
            return b"".join(iter(lambda: link.recv(65536), b""))

    def listen(self, origin: str | None = "", **more: str) -> ClientConnection:
        """Open the websocket of a page; from its own origin unless another, or None, is given."""
        said = Origin(f"http://{self.host}" if origin == "" else origin) if origin is not None else None
        return connect(
            f"ws://{self.host}/_stcore/stream", origin=said, additional_headers=more, subprotocols=[Subprotocol("streamlit")], max_size=None
        )


@pytest.fixture(scope="module")
def server(loaded: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Return a dashboard whose page of win rates fails, as a fault of ours would make it; it takes uploads of 1 MB."""
    folder = tmp_path_factory.mktemp("served")
    file = folder / LINK
    shutil.copy(loaded(deals_by_rule(40, 20), QUESTION) / LINK, file)
    file.chmod(0o600)
    with duckdb.connect(str(file)) as broken:
        broken.execute("drop macro table metrics.win_rate_by_answers")
    environment = os.environ | {"PYTHONPATH": str(ROOT), "STREAMLIT_SERVER_MAX_UPLOAD_SIZE": "1", "SAMESIDE_DATA": str(folder)}
    command = [sys.executable, "-m", "etl", "dashboard", "--port", "0", "--headless"]
    with subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        found = re.search(r"http://127\.0\.0\.1:(\d+)", running.stdout.readline())
        assert found
        yield Server(int(found[1]))
        running.terminate()


def session(page: ClientConnection) -> str:
    """Return the id of the session of a page, once its script has been asked to run."""
    return next(message.new_session.initialize.session_id for message in run(page) if message.HasField("new_session"))


def run(page: ClientConnection, script: str = "", query: str = "") -> list[ForwardMsg]:
    """Run a page's script, and return all that the server says of it."""
    asked = BackMsg()
    asked.rerun_script.query_string = query
    asked.rerun_script.page_name = script
    page.send(asked.SerializeToString())
    said: list[ForwardMsg] = []
    while not (said and said[-1].HasField("script_finished")):
        said.append(ForwardMsg.FromString(page.recv(SECONDS, decode=False)))
    return said


@pytest.mark.parametrize(
    "path", ["/", "/win_rate", "/_stcore/health", "/_stcore/host-config", "/media/nothing.csv", "/_stcore/metrics", "/static/js/no.js"]
)
def test_every_answer_tells_the_browser_what_a_page_may_do(server: Server, path: str) -> None:
    """Nothing but our own scripts, in no frame, told to nobody, and kept by no cache."""
    headers = server.ask(path).headers
    policy = dict(each.split(" ", 1) for each in headers["content-security-policy"].split("; "))
    assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == policy["form-action"] == "'none'"
    assert re.fullmatch(r"'self' 'sha256-[A-Za-z0-9+/]{43}='", policy["script-src"])
    assert (headers["x-content-type-options"], headers["x-frame-options"]) == ("nosniff", "DENY")
    assert (headers["referrer-policy"], headers["cache-control"]) == ("same-origin", "no-store")
    assert headers["cross-origin-opener-policy"] == headers["cross-origin-resource-policy"] == "same-origin"
    assert "camera=()" in headers["permissions-policy"]
    assert "access-control-allow-origin" not in headers


def test_scripts_and_fonts_are_kept(server: Server) -> None:
    """They are the same for everybody, and named for their content."""
    script = re.search(rb'src="\.(/static/js/[^"]+)"', server.ask("/").body)
    assert script
    assert "immutable" in server.ask(script[1].decode()).headers["cache-control"]


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:8501", "127.0.0.1.evil.example", "localhost.", "127.0.0.1@evil.example", "[::1", "", "169.254.169.254"],
)
@pytest.mark.parametrize("path", ["/", "/_stcore/health", "/static/js/x.js", "/media/x"])
def test_a_foreign_host_is_refused(server: Server, host: str, path: str) -> None:
    """A name that somebody pointed at this machine."""
    assert server.ask(path, Host=host).status == 400


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:1", "127.0.0.1", "[::1]:8501"])
def test_own_names_are_taken(server: Server, host: str) -> None:
    """With any port, as a tunnel may have another."""
    assert server.ask("/", Host=host).status == 200


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", None, "http://localhost:1", "http://127.0.0.1:1", "file://", "http://127.0.0.1.evil.example"]
)
def test_a_foreign_websocket_is_refused(server: Server, origin: str | None) -> None:
    """Also of another server on this machine, and of none: a browser always tells."""
    with pytest.raises(InvalidStatus) as refused:
        server.listen(origin)
    assert refused.value.response.status_code == 403


def test_a_websocket_by_a_foreign_name_is_refused(server: Server) -> None:
    """Whatever its origin says."""
    with (
        pytest.raises(InvalidStatus) as refused,
        connect(
            f"ws://evil.example:{server.port}/_stcore/stream",
            origin=Origin(f"http://evil.example:{server.port}"),
            sock=socket.create_connection(("127.0.0.1", server.port)),
        ),
    ):
        pass
    assert refused.value.response.status_code == 400


@pytest.mark.parametrize(
    "path",
    [
        "/_stcore/metrics",
        "/_stcore/agent/openapi.json",
        "/_stcore/agent/mcp",
        "/_stcore/script-health-check",
        "/_stcore/bidi-components/x/y.js",
        "/component/x/index.html",
        "/_stcore/",
        "/win_rate/_stcore/metrics",
        "/_stcore//metrics",
        "/_stcore/%6detrics",
    ],
)
def test_what_the_page_does_not_ask_for_is_not_there(server: Server, path: str) -> None:
    """Figures of the process, the interface for agents, files of components."""
    told = server.ask(path)
    assert told.status in {400, 404}
    assert len(told.body) < 100


@pytest.mark.parametrize(
    "path",
    [
        "/static/../../../../etc/passwd",
        "/static/..%2f..%2f..%2fetc%2fpasswd",
        "/static/%2e%2e/%2e%2e/index.html",
        "/..%5c..%5cetc%5cpasswd",
        "//etc/passwd",
        "/static//etc/passwd",
        "/component/..%2f..%2fetc%2fpasswd",
        "/media/..%2f..%2fetc%2fpasswd",
        "/app/static/..%2fserver.py",
        "/%00",
        "/static/js/%00.js",
        "/.streamlit/config.toml",
        "/deals.duckdb",
    ],
)
def test_no_path_leads_out(server: Server, path: str) -> None:
    """What comes is an error, or the start page that stands for every address."""
    told = server.ask(path)
    start = server.ask("/").body
    assert told.status in {307, 400, 404} or told.body == start
    assert b"root:" not in told.body


@pytest.mark.parametrize("method", ["TRACE", "TRACK", "CONNECT", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "PROPFIND", "DEBUG", "get"])
@pytest.mark.parametrize("path", ["/", "/_stcore/health", "/media/x", "/auth/login"])
def test_pages_are_read_and_no_more(server: Server, method: str, path: str) -> None:
    """No other method than GET and HEAD."""
    told = server.ask(path, method, Cookie="secret=1")
    assert told.status == 405
    assert b"secret" not in told.body


@pytest.mark.parametrize(
    "request_",
    [
        "POST / HTTP/1.1\r\nHost: HOST\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /_stcore/health HTTP/1.1\r\nHost: HOST\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: HOST\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /_stcore/health HTTP/1.1\r\nHost: HOST\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: HOST\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nabcd",
        "GET / HTTP/1.1\r\nHost: HOST\r\nContent-Length: +4\r\n\r\nabcd",
        "GET / HTTP/1.1\r\nHost: HOST\r\nContent-Length: -1\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: HOST\r\nHost: evil.example\r\n\r\n",
        "GET / HTTP/1.1\r\n\r\n",
        "GET http://evil.example/ HTTP/1.1\r\nHost: evil.example\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: HOST\r\nX: a\x00b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: HOST\r\nX" + "x" * 70_000 + ": a\r\n\r\n",
        "GET /" + "x" * 70_000 + " HTTP/1.1\r\nHost: HOST\r\n\r\n",
        "GET / HTTP/9.9\r\nHost: HOST\r\n\r\n",
        "\x16\x03\x01\x02\x00\x01\x00",
    ],
)
def test_a_request_that_can_be_read_in_two_ways_is_refused(server: Server, request_: str) -> None:
    """Two lengths, two hosts, none, and what is no HTTP: one answer, of an error, or none at all."""
    told = server.raw(request_)
    statuses = re.findall(rb"HTTP/1\.1 (\d+)", told)
    assert len(statuses) <= 1
    assert all(status.startswith(b"4") for status in statuses)
    assert b"Traceback" not in told


def multipart(content: bytes) -> tuple[bytes, str]:
    """Return a file as a form sends it, and the type of that."""
    return (
        b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n' + content + b"\r\n--b--\r\n",
        "multipart/form-data; boundary=b",
    )


def token(server: Server) -> str:
    """Return the token against forged requests that the server hands to a page."""
    found = re.search(r"_streamlit_xsrf=([^;]+)", server.ask("/_stcore/health").headers["set-cookie"])
    assert found
    return found[1]


def test_uploads_need_the_pages_token_its_origin_and_a_size(server: Server) -> None:
    """With all three a file is taken, and without any one it is not."""
    own, mark, (small, kind) = f"http://{server.host}", token(server), multipart(b"a,b\n1,2\n")
    with server.listen() as page:
        path = UPLOAD.format(session=session(page))
        right: dict[str, Any] = {"Origin": own, "Content_Type": kind, "Cookie": f"_streamlit_xsrf={mark}", "X_Xsrftoken": mark}
        assert server.ask(path, "PUT", small, **right).status == 204
        for left_out in ("Cookie", "X_Xsrftoken"):
            assert server.ask(path, "PUT", small, **{name: value for name, value in right.items() if name != left_out}).status == 403
        forged = token(server)
        assert server.ask(path, "PUT", small, **right | {"X_Xsrftoken": "2|1|2|3"}).status == 403
        assert server.ask(path, "DELETE", **right | {"X_Xsrftoken": forged[:-3]}).status == 403
        for foreign in ("http://evil.example", "null", "http://localhost:1"):
            assert server.ask(path, "PUT", small, **right | {"Origin": foreign}).status == 403
        assert server.ask(path, "POST", small, **right).status == 405
        assert server.ask(path, "PUT", multipart(b"x" * 2_200_000)[0], **right).status == 413
        assert server.ask(path, "PUT", None, **right | {"Content_Length": "99999999999"}).status == 413
        assert server.ask(UPLOAD.format(session="another"), "PUT", small, **right).status == 400


def test_visitors_cannot_fill_the_memory(server: Server) -> None:
    """What they hand in together, in whichever sessions, is limited, and its size has to be told beforehand."""
    mark, (large, kind) = token(server), multipart(b"x" * 1_000_000)
    right: dict[str, Any] = {
        "Origin": f"http://{server.host}",
        "Content_Type": kind,
        "Cookie": f"_streamlit_xsrf={mark}",
        "X_Xsrftoken": mark,
    }
    taken = []
    for number in range(3):
        with server.listen() as page:
            taken.append(server.ask(UPLOAD.format(session=session(page)), "PUT", large, **right).status)
            path = UPLOAD.format(session=session(page))
            assert server.ask(path, "PUT", None, **right | {"Transfer_Encoding": "chunked"}).status == 411, number
    assert taken == [204, 204, 413]


def test_a_fault_of_a_page_shows_nothing_of_it(server: Server) -> None:
    """Neither the error nor where it arose: a message of DuckDB may hold data, a traceback paths."""
    with server.listen() as page:
        said = run(page, "win_rate")
    shown = [message.delta.new_element.exception for message in said if message.delta.new_element.HasField("exception")]
    assert len(shown) == 1
    everything = b"".join(message.SerializeToString() for message in said)
    assert not re.search(rb"Traceback|win_rate_by_answers|Catalog Error|\.py\b|site-packages", everything)


@pytest.mark.parametrize("sent", ["text", b"\xff\xff\xff\xff", b"\x00" * 1000])
def test_what_is_no_message_ends_the_websocket(server: Server, sent: str | bytes) -> None:
    """Without a word of why."""
    with server.listen() as page:
        page.send(sent)
        with pytest.raises(ConnectionClosed) as closed:
            list(iter(lambda: page.recv(SECONDS), None))
    assert "Traceback" not in str(closed.value)
    assert server.ask("/_stcore/health").status == 200
