"""The audit trail: whole lines in order, whatever strangers write into them; its owner's alone; a full disk is said."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from etl.audit import EVENTS, FOLDER, os_user, record, trail
from etl.errors import DatabaseError, UsageError

ROOT = Path(__file__).parents[2]


def test_what_is_noted_is_told_in_order(tmp_path: Path) -> None:
    """Moment, event, person, and facts of any plain kind."""
    record(tmp_path, "signed_in", "ada@example.com")
    record(tmp_path, "asked_sql", "ada@example.com", sql="select 1", rows=1, is_cut=False, audience=None)
    noted = trail(tmp_path)
    assert noted["event"].to_list() == ["signed_in", "asked_sql"]
    assert json.loads(noted["facts"][1]) == {"sql": "select 1", "rows": 1, "is_cut": False, "audience": None}
    assert abs(noted["at"][1] - datetime.now(UTC).replace(tzinfo=None)) < timedelta(minutes=5)
    assert noted["at"].is_sorted()


def test_a_folder_without_a_trail_has_an_empty_one(tmp_path: Path) -> None:
    """Nothing was noted, and nothing is made by looking."""
    assert trail(tmp_path).is_empty()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "text",
    [
        'x"}\n{"at": "2026-01-01T00:00:00Z", "event": "signed_in", "who": "eve@example.com"}\n',
        "x\r\n\u2028\u2029\x85\x0b\x0cy",
        "\x1b[2J\x1b]0;title\x07\x7f",
        "\u202egnp.exe",
        "\x00",
        "\ud800",
        "=cmd|' /C calc'!A0",
    ],
)
def test_no_text_forges_a_line(tmp_path: Path, text: str) -> None:
    """Whatever a stranger is called or asks, it is one line, and what is told of it is plain ASCII without control characters."""
    record(tmp_path, "refused", text, reason=text)
    (path,) = (tmp_path / FOLDER).iterdir()
    assert len(path.read_bytes().splitlines()) == 1
    noted = trail(tmp_path)
    assert noted.height == 1
    assert json.loads(noted["facts"][0])["reason"] == text
    assert all(" " <= letter <= "~" for letter in noted["who"][0] + noted["facts"][0])


def test_facts_cannot_stand_for_event_person_or_moment(tmp_path: Path) -> None:
    """A fact called `at` does not change when it was."""
    record(tmp_path, "refused", "eve@example.com", at="1970-01-01T00:00:00Z")
    assert trail(tmp_path)["at"][0].year > 2000


def test_the_trail_is_its_owners_alone(tmp_path: Path) -> None:
    """Folder and file are closed to everybody else, whatever the mask."""
    before = os.umask(0)
    try:
        record(tmp_path, "loaded", "ada", load_id="x")
    finally:
        os.umask(before)
    (path,) = (tmp_path / FOLDER).iterdir()
    assert [stat.S_IMODE(each.stat().st_mode) for each in (tmp_path / FOLDER, path)] == [0o700, 0o600]


def test_a_line_cut_short_is_told_and_spoils_no_other(tmp_path: Path) -> None:
    """What a full disk left of a line stands alone; what is noted next is whole."""
    record(tmp_path, "loaded", "ada")
    (path,) = (tmp_path / FOLDER).iterdir()
    with path.open("a") as file:
        file.write('{"at": "2026-')
    record(tmp_path, "exported", "ada")
    assert trail(tmp_path)["event"].to_list() == ["loaded", "unreadable", "exported"]


def test_many_write_at_once(tmp_path: Path) -> None:
    """Four processes, each a hundred long lines: all are there, none is torn."""
    script = (
        "import sys; from pathlib import Path; from etl.audit import record\n"
        "for number in range(100): record(Path(sys.argv[1]), 'asked_sql', sys.argv[2], sql='x' * 9000, number=number)"
    )
    started = [subprocess.Popen([sys.executable, "-c", script, str(tmp_path), f"user {each}"], cwd=ROOT) for each in range(4)]
    assert [each.wait() for each in started] == [0] * 4
    noted = trail(tmp_path)
    assert noted.height == 400
    for each in range(4):
        facts = noted.filter(who=f"user {each}")["facts"].to_list()
        assert [json.loads(told)["number"] for told in facts] == list(range(100))


def test_what_cannot_be_noted_is_an_error(tmp_path: Path) -> None:
    """Neither into a file in the folder's place, nor through a link to elsewhere; and no event that nobody knows."""
    (tmp_path / FOLDER).write_text("")
    with pytest.raises(DatabaseError, match="cannot be written"):
        record(tmp_path, "loaded", "ada")
    (tmp_path / FOLDER).unlink()
    (tmp_path / FOLDER).mkdir()
    (tmp_path / FOLDER / f"{datetime.now(UTC):%Y-%m}.jsonl").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(DatabaseError, match="cannot be written"):
        record(tmp_path, "loaded", "ada")
    with pytest.raises(UsageError, match="is no event"):
        record(tmp_path, "looked", "ada")  # type: ignore[arg-type]
    assert not (tmp_path / "elsewhere").exists()
    assert len(EVENTS) == 10


def test_the_trail_is_narrowed_by_day_and_person(tmp_path: Path) -> None:
    """From a day on, over the files of months; of one person, in any capitals. What cannot be read has no day, and is not kept back."""
    folder = tmp_path / FOLDER
    folder.mkdir()
    for month, day in (("2026-01", "2026-01-31"), ("2026-02", "2026-02-01")):
        line = json.dumps(
            {"at": f"{day}T12:00:00.000000Z", "event": "signed_in", "who": f"{'Ada' if day < '2026-02' else 'Ben'}@x.example"}
        )
        (folder / f"{month}.jsonl").write_text(line + "\n")
    assert trail(tmp_path, since=date(2026, 2, 1))["who"].to_list() == ["Ben@x.example"]
    assert trail(tmp_path, who="ADA@X.example")["who"].to_list() == ["Ada@x.example"]
    assert trail(tmp_path).height == 2


def test_the_user_is_the_systems(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the environment says of a user is not believed."""
    known = os_user()
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.setenv(name, "somebody.else")
    assert os_user() == known != "somebody.else"
