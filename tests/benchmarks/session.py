"""A visitor without a browser: a session of the dashboard over Streamlit's own websocket protocol, of which many fit on a small machine."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

MOST_BYTES = 100_000_000


class RunFailedError(Exception):
    """A run of the page that ended otherwise than it should, or drew an error."""


@dataclass
class Run:
    """What came of one run of a page: seconds until the first element of it and until it had ended, its bytes, elements and errors."""

    first: float = 0.0
    seconds: float = 0.0
    size: int = 0
    elements: int = 0
    charts: int = 0


@dataclass
class Session:
    """One visitor on one page. `filters` are the choices of several, by the name of their parameter in the address: id and options.

    `chosen` are the filters in force; what is not among them is set to nothing.
    """

    socket: ClientConnection
    page: str
    filters: dict[str, tuple[str, list[str]]] = field(default_factory=dict)
    chosen: dict[str, list[str]] = field(default_factory=dict)

    async def choose(self, chosen: dict[str, list[str]]) -> Run:
        """Set filters to some of their values and the others to none, and wait until the page stands."""
        self.chosen = chosen
        return await self.run()

    async def run(self) -> Run:
        """Have the page drawn with what is chosen; raises RunFailedError where it fails."""
        message = BackMsg()
        message.rerun_script.page_name = self.page
        message.rerun_script.widget_states.widgets.extend(self._states())
        began = time.perf_counter()
        await self.socket.send(message.SerializeToString())
        run = Run()
        async for answer, size in self._answers():
            run.size += size
            if answer.WhichOneof("type") == "script_finished":
                if answer.script_finished != ForwardMsg.FINISHED_SUCCESSFULLY:
                    raise RunFailedError(ForwardMsg.ScriptFinishedStatus.Name(answer.script_finished))
                run.seconds = time.perf_counter() - began
                return run
            self._note(answer, run, began)
        raise RunFailedError("the server closed the connection")

    def _note(self, answer: ForwardMsg, run: Run, began: float) -> None:
        if answer.WhichOneof("type") != "delta" or answer.delta.WhichOneof("type") != "new_element":
            return
        element = answer.delta.new_element
        kind = element.WhichOneof("type")
        if kind == "exception":
            raise RunFailedError(element.exception.type)
        run.elements += 1
        run.charts += kind == "plotly_chart"
        if answer.metadata.delta_path[0] == 0 and not run.first:
            run.first = time.perf_counter() - began
        if kind == "multiselect":
            self.filters[element.multiselect.query_param_key] = (element.multiselect.id, list(element.multiselect.options))

    async def _answers(self) -> AsyncIterator[tuple[ForwardMsg, int]]:
        async for data in self.socket:
            answer = ForwardMsg()
            answer.ParseFromString(data if isinstance(data, bytes) else data.encode())
            for each in answer.parent_message.messages if answer.WhichOneof("type") == "parent_message" else [answer]:
                yield each, each.ByteSize()

    def _states(self) -> Iterator[WidgetState]:
        for name, (widget, _) in self.filters.items():
            state = WidgetState(id=widget)
            state.string_array_value.data.extend(self.chosen.get(name, []))
            yield state


@asynccontextmanager
async def visit(address: str, page: str) -> AsyncIterator[Session]:
    """Open a page of a dashboard at an address such as http://127.0.0.1:8501/, and yield the session once it stands."""
    stream = address.replace("http", "ws", 1) + "_stcore/stream"
    origin = Origin(address.rstrip("/"))  # as a browser says; without it the server takes nobody
    async with connect(
        stream, origin=origin, subprotocols=[Subprotocol("streamlit")], max_size=MOST_BYTES, open_timeout=60, ping_timeout=None
    ) as socket:
        session = Session(socket, page)
        await session.run()
        yield session
