"""Files that attack whoever reads them: each is refused in words, within limits, and leaves nothing behind."""

from __future__ import annotations

from pathlib import Path

import pytest

from etl import read, unpack
from etl.config import Config, load_config
from etl.errors import SameSideError
from etl.load import Request, load
from tests.security.attacks import ATTACKS, HEAD, ROW

pytestmark = pytest.mark.security


@pytest.fixture(scope="module")
def config() -> Config:
    return load_config()


@pytest.fixture
def low(monkeypatch: pytest.MonkeyPatch) -> None:
    """Set limits so low that a small file can go beyond them; what lies within them is tried in tests/etl."""
    monkeypatch.setattr(unpack, "SMALL", 2_000_000)
    monkeypatch.setattr(unpack, "MAX_RATIO", 20)
    monkeypatch.setattr(unpack, "MAX_TABLES", 100)


@pytest.mark.usefixtures("low")
@pytest.mark.parametrize("name", ATTACKS)
def test_attacks_are_refused(name: str, tmp_path: Path, config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not published, said in words that name the file, nothing left of what was unpacked, and nothing written anywhere else."""
    make, said = ATTACKS[name]
    label, data = make()
    monkeypatch.chdir(tmp_path)
    (tmp_path / label).write_bytes(data)
    with pytest.raises(SameSideError) as caught:
        load(Request((tmp_path / label,), tmp_path / "data", config))
    assert said in str(caught.value)
    assert label in str(caught.value)
    assert len(str(caught.value)) < 20_000
    assert sorted(path.name for path in tmp_path.rglob("*")) == sorted([".load.lock", label, "data"])


def test_many_columns_are_read_and_more_are_not(tmp_path: Path, config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    """The limit is one that tables of people keep far below."""
    monkeypatch.setattr("etl.load.build", lambda _: None)
    assert read.MAX_COLUMNS >= 10_000
    more = read.MAX_COLUMNS // 50
    (tmp_path / "Opportunity.csv").write_bytes(HEAD.strip() + b",a" * more + b"\n" + ROW.strip() + b"," * more + b"\n")
    assert load(Request((tmp_path / "Opportunity.csv",), tmp_path / "data", config)).is_new
