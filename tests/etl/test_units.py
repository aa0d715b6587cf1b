"""Units as printed: systemd, the shell, hadolint's rules and YAML can read them, whatever the folders are called."""

from __future__ import annotations

import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from etl.binding import LOOPBACK
from etl.cli import cli
from etl.schedule.units import UNITS, unit

ROOT = Path(__file__).parents[2]
ODD = "a 100% b's"


@pytest.fixture
def odd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder that units are printed in, of an unusual name."""
    folder = tmp_path / ODD
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def test_each_unit_is_printed_and_nothing_is_run(odd: Path) -> None:
    """Also where there are no settings yet."""
    for kind in UNITS:
        done = CliRunner().invoke(cli, ["schedule", "--print", kind])
        assert (done.exit_code, done.stdout) == (0, unit(kind, Path("sameside-data"), None))
    assert list(odd.iterdir()) == []


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd here")
def test_systemd_finds_nothing_wrong(odd: Path) -> None:
    """With a space, a quote and a percent sign in the names."""
    service = odd.parent / "sameside.service"
    service.write_text(unit("systemd", odd / "data", odd / "sameside.toml"), encoding="utf-8")
    done = subprocess.run(["systemd-analyze", "verify", service], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_command_of_the_service_is_quoted() -> None:
    """Per systemd.service(5): in double quotes, % and $ doubled."""
    text = unit("systemd", Path("/srv/a 5%$"), None)
    assert 'schedule --data "/srv/a 5%%$$"\n' in text


def test_the_crontab_line_runs_the_command_in_its_folder(odd: Path) -> None:
    """Five fields, then what cron hands to the shell once it has taken the backslash off each percent sign."""
    line = unit("cron", odd / "data", None).splitlines()[-1]
    *fields, command = line.split(" ", 5)
    assert fields == ["*/5", "*", "*", "*", "*"]
    assert command.count("%") == command.count("\\%") == 2
    words = shlex.split(command.replace("\\%", "%"))
    assert words[:3] == ["cd", str(odd), "&&"]
    assert words[-4:] == ["schedule", "--data", str(odd / "data"), "--once"]


def test_the_dockerfile_copies_what_the_wheel_is_made_of() -> None:
    """Each path that it copies is there, it does not run as root, and stops on the signal that is sent to it."""
    lines = unit("dockerfile", Path("data"), None).splitlines()
    copied = [word for line in lines if line.startswith("COPY") for word in line.split()[1:-1]]
    assert {"etl", "dashboard", "sql", "sample_data", "pyproject.toml"} <= set(copied)
    assert all((ROOT / path).exists() for path in copied)
    assert "USER 10001" in lines
    assert 'ENTRYPOINT ["sameside"]' in lines  # no shell between, which would keep the signal to itself


def test_the_compose_file_has_dashboard_and_scheduler_on_one_set_of_data() -> None:
    """Each command of it is one of ours; the dashboard is told who may see what, and is open to this machine alone."""
    services = yaml.safe_load(unit("compose", Path("data"), None))["services"]
    assert set(services) == {"dashboard", "scheduler"}
    for service in services.values():
        assert service["command"][0] in cli.commands
        assert service["read_only"]
    assert "data:/srv/data" in services["scheduler"]["volumes"]
    assert services["dashboard"]["volumes"] == ["./sameside.toml:/srv/sameside.toml:ro", "data:/srv/data"]
    assert services["dashboard"]["network_mode"] == "host"
    assert "ports" not in services["dashboard"]
    assert not {"--address", "--without-sign-in"} & set(services["dashboard"]["command"])
    assert f"http://{LOOPBACK}:8501/_stcore/health" in services["dashboard"]["healthcheck"]["test"][-1]
