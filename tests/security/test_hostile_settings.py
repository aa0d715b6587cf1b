"""Settings and mappings that attack whoever reads them, and names that would be paths."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from etl.cli import cli
from etl.config import load_config
from etl.errors import ConfigError, SameSideError
from etl.load import Request, load
from etl.mapping import load_mapping
from etl.patterns import extracted, fits, groups
from etl.tomltext import toml
from tests.security.attacks import HEAD, ROW

pytestmark = pytest.mark.security

DEEP: dict[str, str | bytes] = {
    "lists": f"x = {'[' * 5000}{']' * 5000}",
    "tables in a line": f"x = {'{a = ' * 5000}1{'}' * 5000}",
    "tables in a line, not so deep": f"x = {'{a = ' * 200}1{'}' * 200}",
    "keys with dots": f"{'.'.join('a' * 1_500)} = 1",
    "a table with dots": f"[questions.{'.'.join('a' * 1_500)}]",
}
WRONG: dict[str, str | bytes] = {
    "huge number": f"[tag]\nlandmark_day = {'9' * 5000}",
    "number beyond 64 bits": f"[storage]\nkeep_versions = {2**70}",
    "minutes without end": f"[uploads]\nmax_minutes = {'9' * 400}",
    "seconds without end": f"[sql]\nmax_seconds = {10**12}",
    "rows without end": f"[sql]\nmax_rows = {2**64}",
    "infinite": "[outcome]\nmargin_points = inf",
    "not a number": "[alerts]\nshrinks_by_percent = nan",
    "infinite band": "[like_for_like]\namount_bands = [1.0, inf]",
    "zero bytes": '[questions.pain]\nlabel = "P"\nfields.salesforce = ["Pain\\u0000__c"]',
    "question with a path": '[questions."../../x"]\nlabel = "P"',
    "question with a line end": '[questions."x\\n"]\nlabel = "P"',
    "no UTF-8": b"\xff\xfe[tag]",
    "zero bytes in the file": b"[tag]\0",
    "key of a megabyte": f"{'k' * 1_000_000} = 1",
    "cron of a megabyte": f'[schedule]\nload = "{"*/1," * 250_000}"',
    "locale of a megabyte": f'[organisation]\nlocale = "{"e" * 1_000_000}"',
    "zone that is a path": '[organisation]\ntime_zone = "../../etc/passwd"',
}


@pytest.mark.parametrize("name", [*DEEP, *WRONG])
def test_settings_are_refused(name: str, tmp_path: Path) -> None:
    """A ConfigError says what is wrong, in less than a page for each; nothing else comes of it."""
    text = (DEEP | WRONG)[name]
    path = tmp_path / "sameside.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(ConfigError) as caught:
        load_config(path)
    assert "sameside.toml" in str(caught.value)


@pytest.mark.parametrize("name", DEEP)
def test_mappings_are_refused(name: str, tmp_path: Path) -> None:
    """The same of a mapping."""
    path = tmp_path / "mine.toml"
    path.write_text(f'name = "mine"\nlabel = "Mine"\n{DEEP[name]!s}\n[files.deals]\ncolumns.deal_id = "id"\n')
    with pytest.raises(ConfigError, match=r"mine\.toml"):
        load_mapping(path)


@pytest.mark.parametrize("name", ["../../x", "a/b", "", "x\n", "X", "x'; drop table raw.deals"])
def test_a_mapping_is_not_called_by_a_path(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`sameside map --name` writes NAME.toml, and nothing at all where that is no name."""
    here = tmp_path / "a" / "b" / "c"
    here.mkdir(parents=True)
    (here / "things.csv").write_text("number,what,worth\n1,Won,2\n2,Lost,3\n3,Won,4\n")
    monkeypatch.chdir(here)
    done = CliRunner().invoke(cli, ["map", "things.csv", "--name", name])
    assert isinstance(done.exception, SameSideError), done.output
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["things.csv"]


HOSTILE = ["it's", 'a "b"', "a\\b", "a;b--", "$1", "{x}", "%s", "a\nb", "*", "[a]", "ab\u202e", "é" * 100, "'); drop table raw.deals; --"]


def test_texts_of_settings_are_texts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Quotes, brackets and line ends in every text that is free: fields, labels, answers, placeholders, stages, headers, sources."""
    monkeypatch.setattr("etl.load.build", lambda _: None)
    said = toml(
        {
            "answers": dict.fromkeys(("placeholders", "alone", "fillers", "not_yet", "sentinels"), HOSTILE),
            "questions": {
                f"q{number}": {
                    "label": text,
                    "ask": text,
                    "fields": {"salesforce": [text, {"name": text, "kind": "choice", "answers": HOSTILE, "history": text}, "Pain__c"]},
                }
                for number, text in enumerate(HOSTILE)
            },
            "neutral": {"fields": {"salesforce": HOSTILE}},
            "icp": {"fields": {"salesforce": HOSTILE}, "values": HOSTILE},
            "stages": dict.fromkeys(HOSTILE, "won"),
            "columns": {"salesforce": {"segment": HOSTILE}},
            "loss_reasons": {"no_decision": HOSTILE, "disqualified": HOSTILE},
        }
    )
    (tmp_path / "sameside.toml").write_text(said, encoding="utf-8")
    headers = ",".join('"' + text.replace('"', '""') + '"' for text in HOSTILE)
    cells = headers.encode()
    (tmp_path / "Opportunity.csv").write_bytes(HEAD.strip() + b"," + cells + b"\n" + ROW.strip() + b"," + cells + b"\n")
    request = Request((tmp_path / "Opportunity.csv",), tmp_path / "data", load_config(tmp_path / "sameside.toml"), source=HOSTILE[-1])
    assert load(request).database.parent == tmp_path / "data"


SLOW = {
    "doubled": r"(\w+)+!",
    "doubled, any": r"(.*)*x",
    "alternatives": r"(a|a)*b",
    "many": r"(a?){40}a{40}",
    "overlapping": r"(\w*\w*\w*\w*)!",
}


@pytest.mark.parametrize("name", SLOW)
def test_no_pattern_takes_for_ever(name: str) -> None:
    """Each of them would take Python longer than anybody waits for."""
    assert groups(SLOW[name]) == 1
    assert not fits(SLOW[name], "a" * 50_000 + "?")
    assert extracted(SLOW[name], ["a" * 50_000 + "?"]) == [None]


@pytest.mark.parametrize(
    "pattern", ["(", "(?=x)(y)", r"(\w)\1", "(a){1000}{1000}{1000}", "a)(b", "(" * 10_000, "(a) # (?x)", "(?x)(a) # b"]
)
def test_what_is_no_pattern_is_told(pattern: str, tmp_path: Path) -> None:
    """And so is what only works by going back, or needs more memory than a pattern may; none of them reaches a load."""
    path = tmp_path / "mine.toml"
    path.write_text(toml({"name": "mine", "label": "Mine", "files": {"deals": {"entered": [pattern], "columns": {"deal_id": "id"}}}}))
    if pattern == "(a) # (?x)":
        assert load_mapping(path).files["deals"].entered == (pattern,)
        return
    with pytest.raises(ConfigError, match=r"is no regular expression"):
        load_mapping(path)
