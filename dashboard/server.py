"""The dashboard as a server: warm before it says that it is ready, so that the first visitor waits for nothing but the network.

Where people have to sign in, what is warm is the door: what lies behind it is worked out for those who may see it.
"""

from __future__ import annotations

import gc
import logging
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware
from streamlit import config, file_util
from streamlit.testing.v1 import AppTest

from dashboard import gate
from dashboard.own_files import OwnFiles
from dashboard.way_back import WayBack
from etl import signin
from etl.binding import check_address, is_said_open
from etl.errors import UsageError

_APP = Path(__file__).with_name("app.py")
_SECONDS = 60

# Whoever starts Streamlit by hand is told the same as by `sameside dashboard`.
try:
    _provider = signin.provider()
    check_address(config.get_option("server.address") or "", is_open=is_said_open())
except UsageError as error:
    raise SystemExit(f"sameside: {error}") from None

# Run the first page once, as a visitor would: its modules are imported and its figures worked out before anyone asks. That no visitor is
# there is meant, and not worth a warning to whoever starts the server.
_log = logging.getLogger("streamlit.runtime.scriptrunner_utils.script_run_context")
_level = _log.level
_log.setLevel(logging.ERROR)
AppTest.from_file(_APP, default_timeout=_SECONDS).run()
_log.setLevel(_level)

# After each run of a page Streamlit has all objects looked through for garbage, and no answer leaves meanwhile. What the modules hold lives
# for as long as the server: it need not be looked at again.
gc.collect()
gc.freeze()

_start_page = (Path(file_util.get_static_dir()) / "index.html").read_text(encoding="utf-8")
_hosts, _megabytes = config.get_option("server.allowedHosts"), config.get_option("server.maxUploadSize")
_doors = [*gate.middleware(_hosts, _start_page, _megabytes), Middleware(WayBack), Middleware(OwnFiles)]
app = st.App(_APP, secrets={"auth": _provider} if _provider else None, middleware=_doors)
