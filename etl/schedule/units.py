"""Units that keep the scheduler running: for systemd, for cron, and for containers beside the dashboard."""

from __future__ import annotations

import shlex
import shutil
import sys
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

UNITS: Final = ("systemd", "cron", "dockerfile", "compose")
"""What can be printed, each from the template of its name."""

_TEMPLATES: Final = Path(__file__).with_name("templates")


def unit(kind: str, folder: Path, settings: Path | None) -> str:
    """Return the text of a unit for a data folder and settings (None: those that are found in the folder it is printed in)."""
    environment = Environment(  # noqa: S701 - no HTML: each format has a way of its own to quote
        loader=FileSystemLoader(_TEMPLATES), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True
    )
    environment.filters |= {"for_systemd": _for_systemd, "for_cron": _for_cron, "doubled": _doubled}
    options = ["--data", str(folder.resolve()), *(["--config", str(settings.resolve())] if settings else [])]
    return environment.get_template(f"{kind}.jinja").render(
        command=[*_program(), "schedule", *options],
        here=str(Path.cwd()),
        python=f"{sys.version_info.major}.{sys.version_info.minor}",
    )


def _program() -> list[str]:
    """Return how this program is started: by its command, else by its module."""
    beside = shutil.which("sameside", path=str(Path(sys.executable).parent))
    return [beside] if beside else [sys.executable, "-m", "etl"]


def _for_systemd(words: list[str]) -> str:
    """Return a command as ExecStart takes it: quoted, with $ and % doubled (systemd.service(5), “Command lines”)."""
    escaped = (_doubled(word).replace("\\", "\\\\").replace('"', '\\"').replace("$", "$$") for word in words)
    return " ".join(f'"{word}"' if not word or set(word) & set(" \t;'\"\\") else word for word in escaped)


def _for_cron(words: list[str]) -> str:
    """Return a command as a crontab takes it: quoted for the shell, with % escaped, which would end the line (crontab(5))."""
    return shlex.join(words).replace("%", "\\%")


def _doubled(word: str) -> str:
    """Return a word with % doubled, which begins a specifier in a unit (systemd.unit(5))."""
    return word.replace("%", "%%")
