"""Jobs: a process with limits does the work, and whatever it meets, the one who started it goes on and is told."""

from __future__ import annotations

import fcntl
import io
import json
import os
import signal
import subprocess
import sys
import threading
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from etl.config import Uploads, load_config
from etl.confine import hold_to
from etl.errors import (
    AmbiguousDates,
    DatabaseError,
    DataError,
    MissingColumn,
    OutOfMemory,
    UnknownOutcome,
    UnreadableFile,
    UsageError,
    told,
)
from etl.jobs import Job, Order, load_sample, settings_at_hand
from etl.load import LOAD_STEPS
from etl.propose import Proposal
from etl.publish import LINK, is_loading, loading
from etl.read import Export
from etl.uploads import Upload

pytestmark = pytest.mark.thorough

ROOT = Path(__file__).parents[2]
HEAD = "Id,Name,StageName,Amount,CloseDate,IsClosed,IsWon,OwnerId,CreatedDate,Pain__c\n"
ROWS = HEAD + "1,A,Closed Won,100.50,2026-02-01,1,1,005A,2026-01-01,They lose orders\n"
WAIT = 60

Run = Callable[..., Job]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Return a function that carries out an order on some files (name to text) and waits until it has ended."""

    def go(verb: Any, files: dict[str, str | bytes], config: str = "", seconds: float = WAIT, **more: Any) -> Job:
        folder = tmp_path / "in"
        folder.mkdir(exist_ok=True)
        exports = []
        for number, (name, text) in enumerate(files.items()):
            path = folder / f"{number}{Path(name).suffix}"
            path.write_bytes(text.encode() if isinstance(text, str) else text)
            exports.append(Export(name, path))
        settings = tmp_path / "settings.toml"
        settings.write_text(config, encoding="utf-8")
        job = Job(Order(verb, tuple(exports), tmp_path / "data", settings, work=tmp_path / "look", **more), seconds)
        assert job.wait(WAIT)
        return job

    return go


def test_a_load_tells_its_steps_and_its_report(run: Run, tmp_path: Path) -> None:
    """The steps of a load, in their order, then the report that the command prints; the settings lie beside the database."""
    job = run("load", {"Opportunity.csv": ROWS}, "[tag]\nlandmark_day = 21\n", keeps_settings=True)
    assert (job.error, tuple(job.begun)) == (None, LOAD_STEPS)
    assert job.result is not None
    assert job.result["is_new"] is True
    assert "  pain: Pain__c answered in 1 of 1 deals (no history: timing unknown)" in job.result["lines"]
    assert (tmp_path / "data" / LINK).exists()
    assert settings_at_hand(tmp_path / "data") == tmp_path / "data" / "sameside.toml"
    assert load_config(settings_at_hand(tmp_path / "data")).tag.landmark_day == 21


def test_a_load_that_fails_keeps_no_settings(run: Run, tmp_path: Path) -> None:
    """Settings of a load that never was are not those of the next."""
    job = run("load", {"Opportunity.csv": HEAD}, keeps_settings=True)
    assert isinstance(job.error, DataError)
    assert not (tmp_path / "data" / "sameside.toml").exists()
    assert not (tmp_path / "data" / LINK).exists()


def test_the_sample_is_loaded_with_the_packaged_settings(tmp_path: Path) -> None:
    """One call, no settings, no upload; and what it was loaded with are the defaults, so that `sameside demo` finds nothing new."""
    job = load_sample(tmp_path)
    assert job.wait(WAIT)
    assert job.result is not None
    assert job.result["lines"][0].startswith("loaded Salesforce export of 2026-06-30")
    assert not (tmp_path / "sameside.toml").exists()


def test_an_examination_writes_nothing_and_finds_columns(run: Run, tmp_path: Path) -> None:
    """A look at the files leaves no database, and no copies."""
    job = run("examine", {"Opportunity.csv": ROWS})
    assert job.error is None
    proposal = Proposal.of_parts(job.result or {})
    assert (proposal.crm, proposal.deals) == ("salesforce", 1)
    assert not (tmp_path / "look").exists()
    assert not (tmp_path / "data").exists()


def test_it_is_killed_when_its_time_is_over(run: Run, tmp_path: Path) -> None:
    """A job that takes too long ends with all that it started, and says so."""
    job = run("load", {"Opportunity.csv": ROWS * 2}, seconds=0.001)
    assert isinstance(job.error, DataError)
    assert "longer than they may" in job.error.what
    with pytest.raises(ProcessLookupError):
        os.kill(job._process.pid, 0)
    assert not (tmp_path / "data" / LINK).exists()


def test_stopping_ends_it(tmp_path: Path) -> None:
    """A visitor who changes their mind frees the lock at once, and leaves the database as it was."""
    ended = threading.Event()
    job = Job(Order("load", (Export("salesforce.zip", ROOT / "sample_data" / "salesforce.zip"),), tmp_path), WAIT, then=ended.set)
    job.stop()
    assert ended.wait(WAIT)
    assert job.wait(WAIT)
    assert job.error is not None
    assert job.error.where == "signal 9"
    assert not is_loading(tmp_path)
    assert not (tmp_path / LINK).exists()


ORPHAN = """
import sys
from pathlib import Path
from etl.jobs import load_sample
job = load_sample(Path(sys.argv[1]))
while not job.begun:
    job.wait(0.05)
print(job._process.pid, flush=True)
sys.stdin.read()
"""


def test_it_ends_with_the_one_who_started_it(tmp_path: Path) -> None:
    """A killed server leaves no loader behind that nobody watches."""
    server = subprocess.Popen(
        [sys.executable, "-c", ORPHAN, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    with server:
        assert server.stdout is not None
        pid = int(server.stdout.readline())
        server.send_signal(signal.SIGKILL)
    pause = threading.Event()
    for _ in range(100):
        if not is_running(pid):
            return
        pause.wait(0.1)
    pytest.fail("the loader is still running")


def is_running(pid: int) -> bool:
    """Return whether a process runs; one that has ended and that nobody has asked about does not."""
    listed = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], stdout=subprocess.PIPE, text=True, check=False).stdout.strip()
    return bool(listed) and not listed.startswith("Z")


def test_what_takes_too_much_memory_is_told(run: Run) -> None:
    """With little memory a load ends with a message, not with the machine."""
    wide = "Id,StageName,CreatedDate,Pain__c\n" + "".join(f"{n},Closed Won,2026-01-01,{'x' * 3000}{n}\n" for n in range(20_000))
    job = run("load", {"Opportunity.csv": wide}, '[storage]\nmemory_limit = "10MB"\n')
    assert isinstance(job.error, OutOfMemory)
    assert job.error.what == "nothing was loaded: it takes more memory than it may use"


MEASURE = """
import resource, sys
from etl.confine import hold_to
from etl.unpack import MAX_EXPANDED
hold_to(sys.argv[1], MAX_EXPANDED)
print(*(resource.getrlimit(kind)[0] for kind in (resource.RLIMIT_AS, resource.RLIMIT_FSIZE, resource.RLIMIT_CORE)))
try:
    bytearray(resource.getrlimit(resource.RLIMIT_AS)[0])
except MemoryError:
    print("refused")
"""


@pytest.mark.skipif(sys.platform != "linux", reason="macOS does not limit address space")
@pytest.mark.parametrize(("limit", "size"), [("1GB", 10**9), ("1.5 GiB", 3 * 2**29), ("512MB", 512 * 10**6)])
def test_the_process_is_held_to_its_memory(limit: str, size: int) -> None:
    """The address space is the setting's and some for reading; beyond it, memory is refused."""
    assert callable(hold_to)
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, limit], env=os.environ | {"PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE, text=True, check=True
    )
    limits, refused = done.stdout.splitlines()
    space, file_size, core = map(int, limits.split())
    assert space == size + 2 * 2**30 + 2**28 * (os.cpu_count() or 1)
    assert (file_size, core, refused) == (64 * 2**30, 0, "refused")


def zipped(members: dict[str, bytes]) -> bytes:
    """Return a zip."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize("verb", ["examine", "load"])
@pytest.mark.parametrize(
    ("files", "kind", "said"),
    [
        ({"bomb.zip": zipped({"Opportunity.csv": b"0" * 150_000_000})}, UnreadableFile, "bomb.zip unpacks to 150,000,000 bytes"),
        ({"x.zip": zipped({"../a.csv": b"x"})}, UnreadableFile, "would land outside"),
        ({"x.zip": zipped({"a.zip": b"x"})}, UnreadableFile, "holds another zip"),
        ({"x.zip": b"PK\x03\x04 no zip"}, UnreadableFile, "cannot be unpacked"),
        ({"Opportunity.csv": b"\x00\x01\x02\xff" * 999}, UnreadableFile, "Opportunity.csv"),
        ({"deals.csv": "who,what\n1,2\n"}, UsageError, "knows these files"),
        ({"Opportunity.csv": ROWS.replace("StageName,", "Stge,").replace("IsWon", "Wn")}, MissingColumn, "no column for stage"),
    ],
    ids=["bomb", "climbs out", "zip in zip", "no zip", "binary", "unknown", "no stage"],
)
def test_hostile_and_unknown_files_are_told_by_their_names(
    run: Run, tmp_path: Path, verb: str, files: dict[str, str | bytes], kind: type[Exception], said: str
) -> None:
    """The same checks as on the command line, with the visitor's names and nothing published."""
    job = run(verb, files)
    assert type(job.error) is kind
    assert said in str(job.error)
    assert str(tmp_path / "in") not in str(job.error)
    assert not (tmp_path / "data" / LINK).exists()


def test_stages_that_say_nothing_are_named(run: Run) -> None:
    """What the page has to ask for comes with the error."""
    rows = "Id,StageName,CloseDate,CreatedDate\n1,Closed - Signed,2026-02-01,2026-01-01\n2,Prospecting,2026-02-01,2026-01-01\n"
    job = run("load", {"Opportunity.csv": rows})
    assert isinstance(job.error, UnknownOutcome)
    assert job.error.stages == ("Closed - Signed",)
    done = run("load", {"Opportunity.csv": rows}, '[stages]\n"Closed - Signed" = "won"\n')
    assert done.error is None


def test_dates_that_can_be_read_in_two_ways_are_asked_about(run: Run) -> None:
    """The order that the settings name is taken."""
    rows = HEAD + "".join(f"{n},A,Closed Won,1,0{n}/0{n + 1}/2025,1,1,005A,01/02/2025,\n" for n in range(1, 8))
    assert isinstance(run("load", {"Opportunity.csv": rows}).error, AmbiguousDates)
    assert run("load", {"Opportunity.csv": rows}, '[dates]\norder = "mdy"\n').error is None


def test_a_process_that_dies_without_a_word_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A parser that crashes takes nothing along but itself."""
    (tmp_path / "etl").mkdir()
    (tmp_path / "etl" / "__init__.py").write_text("")
    (tmp_path / "etl" / "worker.py").write_text("import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)\n")
    monkeypatch.setattr("etl.jobs.ROOT", tmp_path)
    job = load_sample(tmp_path / "data")
    assert job.wait(WAIT)
    assert job.error is not None
    assert (job.error.what, job.error.where) == ("reading the files ended before it was done", "signal 11")


def test_errors_come_back_as_they_were() -> None:
    """What one process tells, another makes the same error of."""
    errors = (UnknownOutcome("what", "where", "expected", "todo", stages=("a", "b")), DatabaseError("what"))
    for error in errors:
        again = told(json.loads(json.dumps(error.parts)))
        assert (type(again), again.parts) == (type(error), error.parts)


def test_a_load_is_seen_from_outside_and_looking_does_not_disturb(tmp_path: Path) -> None:
    """While a load holds the folder it is seen; before, after, and without a folder there is none."""
    assert not is_loading(tmp_path / "nowhere")
    with loading(tmp_path):
        assert is_loading(tmp_path)
        with pytest.raises(DatabaseError, match="another load"), loading(tmp_path):
            pass
    assert not is_loading(tmp_path)
    with (tmp_path / ".load.lock").open() as looking:
        fcntl.flock(looking, fcntl.LOCK_SH)
        threading.Timer(0.1, lambda: fcntl.flock(looking, fcntl.LOCK_UN)).start()
        with loading(tmp_path):
            assert is_loading(tmp_path)


def test_the_upload_and_the_job_go_together(tmp_path: Path) -> None:
    """Files that were handed in are loaded from where they lie, and may go afterwards."""
    upload = Upload(tmp_path, Uploads(max_megabytes=1, max_files=1, max_minutes=1))
    upload.keep([("Opportunity.csv", io.BytesIO(ROWS.encode()))])
    job = Job(Order("load", upload.exports, tmp_path), WAIT, then=upload.close)
    assert job.wait(WAIT)
    assert job.error is None
    assert not upload.folder.exists()


TELLING = """
import json, os, sys
sys.stdin.buffer.readline()
print(json.dumps({"result": {"environment": sorted(os.environ)}}))
"""


def worker_that(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, does: str) -> Job:
    """Return a job whose worker does something else, once it has ended."""
    (tmp_path / "etl").mkdir()
    (tmp_path / "etl" / "__init__.py").write_text("")
    (tmp_path / "etl" / "worker.py").write_text(does)
    monkeypatch.setattr("etl.jobs.ROOT", tmp_path)
    job = load_sample(tmp_path / "data")
    assert job.wait(WAIT)
    return job


@pytest.mark.security
def test_the_worker_knows_no_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What reads the files of strangers needs no password of the server, and does not get it."""
    for name in ("SAMESIDE_SMTP_PASSWORD", "SAMESIDE_WEBHOOK", "AWS_SECRET_ACCESS_KEY", "ANYTHING_ELSE"):
        monkeypatch.setenv(name, "secret")
    job = worker_that(tmp_path, monkeypatch, TELLING)
    assert job.result is not None
    told = set(job.result["environment"])
    assert "PATH" in told
    assert not [name for name in told if name.startswith(("SAMESIDE_", "AWS_", "ANYTHING"))]


@pytest.mark.security
def test_a_word_that_is_cut_short_is_no_word(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that is killed while it speaks has ended without a word."""
    job = worker_that(tmp_path, monkeypatch, "import sys\nsys.stdout.write('{\"result\": {')\n")
    assert job.error is not None
    assert job.error.what == "reading the files ended before it was done"
