"""First run: what a dashboard without a database shows, and how one comes from it to data."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from streamlit.testing.v1 import AppTest

from etl.publish import LINK, loading

Show = Callable[..., AppTest]

WAIT = 60
WELCOME = "Does taking the buyer’s side win deals?"


def title(app: AppTest) -> str:
    return app.title[0].value.replace("\\", "")


def read(app: AppTest) -> str:
    """Return all the text of the page as it is read."""
    kinds = ("title", "subheader", "markdown", "caption", "text", "info", "code")
    text = "\n".join(str(getattr(each, "value", "")) for kind in kinds for each in app.get(kind))
    return text.replace("\\", "").replace("\u2060", "").replace("\N{NO-BREAK SPACE}", " ")


def test_two_ways_to_begin(show: Show, tmp_path: Path) -> None:
    """What Same Side is, the sample in one click, an uploader, and no filters; nothing is written by looking."""
    app = show(tmp_path / "nowhere")
    assert title(app) == WELCOME
    assert "once the comparison is fair." in read(app)
    assert [each.value for each in app.subheader] == [
        ":primary[:material/science:] Load the sample",
        ":primary[:material/upload_file:] Load your export",
    ]
    assert app.button(key="sample").label == "Load the sample"
    assert app.file_uploader[0].proto.max_upload_size_mb == 500
    assert app.button(key="look-start").disabled
    assert not app.multiselect
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.thorough
def test_one_click_loads_the_sample_and_opens_the_dashboard(show: Show, tmp_path: Path) -> None:
    """The job runs beside the page, which shows its steps and then gives way to the Overview."""
    app = show(tmp_path)
    app.button(key="sample").click().run()
    assert "The sample is being loaded" in read(app)
    assert "Reading deals" in read(app)
    assert app.session_state["what is being loaded"].job.wait(WAIT)
    app.run()
    assert not app.exception
    assert title(app) == "Does customer focus pay?"
    assert not (tmp_path / "sameside.toml").exists()


def test_stop_leaves_everything_as_it_was(show: Show, tmp_path: Path) -> None:
    """A visitor may stop the sample, and is where they were."""
    app = show(tmp_path)
    app.button(key="sample").click().run()
    job = app.session_state["what is being loaded"].job
    next(each for each in app.button if each.label == "Stop").click().run()
    assert job.wait(WAIT)
    app.run()
    assert app.button(key="sample").label == "Load the sample"
    assert not (tmp_path / LINK).exists()


@pytest.mark.parametrize("off", ["off", "0", "False"])
def test_without_uploads_it_says_what_to_run(show: Show, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, off: str) -> None:
    """Whoever runs it switched loading off: commands, no button, no uploader, and no page to find by its address."""
    monkeypatch.setenv("SAMESIDE_UPLOADS", off)
    app = show(tmp_path)
    assert [each.value for each in app.code] == ["sameside demo", "sameside load FOLDER\nsameside dashboard"]
    assert not app.button
    assert not app.file_uploader
    with pytest.raises(ValueError, match="Could not find a navigation page"):
        app.switch_page("app_pages/load_data.py")


def test_a_damaged_database_is_told_and_can_be_replaced(show: Show, tmp_path: Path) -> None:
    """What cannot be opened is a sentence with what to do, and a new load is offered."""
    (tmp_path / LINK).write_bytes(b"no database")
    app = show(tmp_path)
    assert "cannot be opened" in read(app)
    assert app.button(key="sample").label == "Load the sample"


def test_a_database_of_another_version_is_told(show: Show, tmp_path: Path) -> None:
    """A file of a version before or after this one is not taken for a broken page."""
    with duckdb.connect(str(tmp_path / "deals-old.duckdb")) as con:
        con.execute("create schema raw; create table raw.deals (deal_id varchar)")
    (tmp_path / LINK).symlink_to("deals-old.duckdb")
    app = show(tmp_path)
    assert not app.exception
    assert "Load" in read(app)
    assert app.button(key="sample").label == "Load the sample"


def test_while_anybody_loads_it_waits(show: Show, tmp_path: Path) -> None:
    """Another's load is running: no second one is offered, and when it has ended without data, both ways are open again."""
    with loading(tmp_path):
        app = show(tmp_path)
        assert "A load is running." in read(app)
        assert not app.button
    app.run()
    assert app.button(key="sample").label == "Load the sample"


def test_every_address_leads_to_the_first_run(show: Show, tmp_path: Path) -> None:
    """A link that somebody kept opens the start rather than an error, and once there are data what it was made for."""
    app = show(tmp_path)
    pages = {str(each["url_pathname"]): Path(str(each["script_path"])).name for each in app._registered_pages.values()}
    assert pages.pop("load_data") == "load_data.py"
    assert set(pages.values()) == {"first_run.py"}


def test_wrong_settings_are_told_where_files_are_handed_in(show: Show, tmp_path: Path) -> None:
    """A mistake in sameside.toml is named, and the page stands."""
    (tmp_path / "sameside.toml").write_text("[tag]\nlandmark = 3\n")
    assert "did you mean 'landmark_day'?" in read(show(tmp_path))
