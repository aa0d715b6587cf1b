"""The dashboard as a server: warm before it says that it is ready, so that the first visitor waits for nothing but the network."""

from __future__ import annotations

import logging
from pathlib import Path

import streamlit as st
from streamlit.testing.v1 import AppTest

_APP = Path(__file__).with_name("app.py")
_SECONDS = 60

# Run the first page once, as a visitor would: its modules are imported and its figures worked out before anyone asks. That no visitor is
# there is meant, and not worth a warning to whoever starts the server.
_log = logging.getLogger("streamlit.runtime.scriptrunner_utils.script_run_context")
_level = _log.level
_log.setLevel(logging.ERROR)
AppTest.from_file(_APP, default_timeout=_SECONDS).run()
_log.setLevel(_level)
app = st.App(_APP)
