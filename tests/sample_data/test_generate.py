from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from sample_data import generate, texts
from sample_data.answers import FIELDS
from sample_data.generate import Truth, main, write
from sample_data.salesforce_deals import OPPORTUNITY

DEALS = 2_000
TRUTH_DEALS = 30_000
SHIPPED = Path(generate.__file__).parent
PREFIXES = {
    "Opportunity": "006",
    "OpportunityHistory": "008",
    "OpportunityFieldHistory": "017",
    "FieldHistory": "737",
    "User": "005",
    "Account": "001",
}
CLOSED = ("Closed Won", "Closed Lost")
READABLE = "%Y-%m-%d %H:%M:%S"


class Export:
    """An export in a folder, read as an outsider reads it: all cells are text."""

    def __init__(self, folder: Path, scenario: str = "effect", deals: int = DEALS, **options: Any) -> None:
        self.folder = folder
        self.truth: Truth = write(folder, deals, scenario=scenario, truth_deals=TRUTH_DEALS, **options)

    def text(self, name: str) -> str:
        return (self.folder / f"{name}.csv").read_bytes().decode()

    def read(self, name: str) -> pl.DataFrame:
        return pl.read_csv(self.folder / f"{name}.csv", infer_schema=False, empty_string_is_null=False)

    @property
    def deals(self) -> pl.DataFrame:
        """Opportunity.csv, the older of two rows with one id left out."""
        return self.read("Opportunity").sort("SystemModstamp").unique("Id", keep="last", maintain_order=True)

    @property
    def closes(self) -> pl.DataFrame:
        """The last close of each deal that is closed today, from its history."""
        moves = self.read("OpportunityHistory").filter(pl.col("StageName") != pl.col("FromOpportunityStageName"))
        last = moves.sort("CreatedDate", maintain_order=True).unique("OpportunityId", keep="last")
        return last.filter(pl.col("StageName").is_in(CLOSED)).select("OpportunityId", closed="CreatedDate")


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> Export:
    return Export(tmp_path_factory.mktemp("effect"))


@pytest.fixture(scope="module")
def null(tmp_path_factory: pytest.TempPathFactory) -> Export:
    return Export(tmp_path_factory.mktemp("null"), "null")


def answered_today() -> pl.Expr:
    return pl.sum_horizontal((pl.col(name) != "").cast(pl.Int32) for name in texts.BUYER) >= 3


def naive_gap(deals: pl.DataFrame) -> float:
    """Win rate of closed deals with at least 3 of 6 buyer fields filled today, minus that of the others, in points."""
    closed = deals.filter(pl.col("IsClosed") == "1").with_columns(won=pl.col("IsWon").cast(pl.Int32))
    rates = dict(closed.group_by(answered_today().alias("tag")).agg(pl.col("won").mean()).iter_rows())
    return float(100 * (rates[True] - rates[False]))


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


# The same order gives the same bytes


def test_same_seed_same_bytes(export: Export, tmp_path: Path) -> None:
    """The same seed writes the same bytes into every file."""
    Export(tmp_path)
    assert bytes_of(tmp_path) == bytes_of(export.folder)


def test_other_seed_other_bytes(export: Export, tmp_path: Path) -> None:
    """Another seed writes another world."""
    other = Export(tmp_path, seed=8)
    assert all(bytes_of(tmp_path)[f"{name}.csv"] != bytes_of(export.folder)[f"{name}.csv"] for name in PREFIXES if name != "FieldHistory")
    assert other.truth.deals == export.truth.deals


def test_zip_is_deterministic_and_holds_the_same_files(export: Export, tmp_path: Path) -> None:
    """The zip has the same bytes every time, and in it lie the same files as without it."""
    Export(tmp_path / "a", zipped=True)
    Export(tmp_path / "b", zipped=True)
    assert bytes_of(tmp_path / "a") == bytes_of(tmp_path / "b")
    assert sorted(bytes_of(tmp_path / "a")) == ["salesforce.zip", "truth.json"]
    with zipfile.ZipFile(tmp_path / "a" / "salesforce.zip") as archive:
        packed = {name: archive.read(name) for name in archive.namelist()}
    assert packed == {name: content for name, content in bytes_of(export.folder).items() if name != "truth.json"}


def test_shipped_sample_is_current(tmp_path: Path) -> None:
    """The sample in the repository is what the generator writes today, and is small enough."""
    truth = json.loads((SHIPPED / "truth.json").read_text(encoding="utf-8"))
    written = write(tmp_path, truth["deals"], truth["seed"], truth["scenario"], truth_deals=TRUTH_DEALS)
    with zipfile.ZipFile(SHIPPED / "salesforce.zip") as archive:
        assert all(archive.read(name) == (tmp_path / name).read_bytes() for name in truth["rows"])
    assert truth["rows"] == written.rows
    assert truth["habits"] == written.habits
    assert (SHIPPED / "salesforce.zip").stat().st_size <= 2_400_000


def test_a_few_deals_beyond_a_chunk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Writing in chunks works when the last one holds a single deal, and ids stay unique across chunks."""
    monkeypatch.setattr(generate, "CHUNK", 301)
    chunked = Export(tmp_path, deals=600)
    assert chunked.read("Opportunity")["Id"].n_unique() == 600
    for name in ("OpportunityHistory", "OpportunityFieldHistory", "Account"):
        assert chunked.read(name)["Id"].is_unique().all()
        assert chunked.read(name).height == chunked.truth.rows[f"{name}.csv"]


def test_earlier_files_are_replaced(tmp_path: Path) -> None:
    """A run without history leaves no history of an earlier run behind."""
    Export(tmp_path, deals=300)
    Export(tmp_path, "no-history", deals=300)
    assert sorted(bytes_of(tmp_path)) == [
        "Account.csv",
        "Opportunity.csv",
        "OpportunityHistory.csv",
        "User.csv",
        "truth.json",
    ]


# The files look as Salesforce writes them


@pytest.mark.parametrize("name", PREFIXES)
def test_row_counts_equal_truth(export: Export, name: str) -> None:
    """Every file has as many records as the truth says."""
    assert export.read(name).height == export.truth.rows[f"{name}.csv"]


@pytest.mark.parametrize("name", PREFIXES)
def test_every_cell_is_quoted(export: Export, name: str) -> None:
    """Every cell is quoted, lines end with LF, there is no byte order mark."""
    rows = list(csv.reader(io.StringIO(export.text(name), newline="")))
    written = io.StringIO(newline="")
    csv.writer(written, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(rows)
    assert written.getvalue() == export.text(name)
    assert "\r" not in export.text(name)


def checksum(short: str) -> str:
    """The three characters that Salesforce appends to a 15-character id, worked out character by character."""
    parts = [short[start : start + 5] for start in (0, 5, 10)]
    places = [sum(1 << place for place, letter in enumerate(part) if "A" <= letter <= "Z") for part in parts]
    return "".join("ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"[place] for place in places)


@pytest.mark.parametrize("name", PREFIXES)
def test_ids_are_salesforce_ids(export: Export, name: str) -> None:
    """Ids have the prefix of their object, the right checksum, and are unique apart from the planted duplicate."""
    ids = export.read(name)["Id"]
    assert all(len(record) == 18 and record[15:] == checksum(record[:15]) for record in ids)
    assert ids.str.starts_with(PREFIXES[name]).all()
    assert ids.len() - ids.n_unique() == (export.truth.defects["duplicated_ids"] if name == "Opportunity" else 0)


def test_look_ups_find_their_records(export: Export) -> None:
    """Accounts, owners and authors exist; an empty look-up is spelled as Salesforce spells it."""
    deals, users = export.read("Opportunity"), export.read("User")["Id"].to_list()
    assert deals["AccountId"].is_in(export.read("Account")["Id"].to_list()).all()
    assert deals["OwnerId"].is_in([*users, "000000000000000AAA"]).all()
    assert (deals["ContactId"] == "000000000000000AAA").all()
    for name in ("OpportunityHistory", "OpportunityFieldHistory"):
        assert export.read(name)["CreatedById"].is_in(users).all()


def test_times_are_plain_utc_within_the_export(export: Export) -> None:
    """Times read `YYYY-MM-DD HH:MM:SS`, in working hours, and none is later than the day of the export."""
    for name in ("Opportunity", "OpportunityHistory", "OpportunityFieldHistory", "Account"):
        times = export.read(name)["CreatedDate"]
        odd = times.filter(~times.str.contains(r"^20\d\d-[01]\d-[0-3]\d [0-2]\d:[0-5]\d:[0-5]\d$")).len()
        assert odd <= export.truth.defects["unreadable_created_dates"]
        assert (times <= f"{export.truth.as_of} 23:59:59").all()
    saved = export.read("OpportunityHistory")["CreatedDate"].str.to_datetime(READABLE)
    assert saved.dt.weekday().max() == 5
    assert saved.dt.hour().is_between(7, 17).all()


def test_columns_of_a_data_export(export: Export) -> None:
    """Opportunity.csv has its columns in the order of a Data Export, and booleans are 0 and 1."""
    deals = export.read("Opportunity")
    assert tuple(deals.columns) == OPPORTUNITY
    for name in ("IsDeleted", "IsPrivate", "IsClosed", "IsWon", "ICP_Fit__c"):
        assert set(deals[name]) <= {"0", "1"}
    assert set(deals["CurrencyIsoCode"]) == {"EUR"}


def test_other_encoding(export: Export, tmp_path: Path) -> None:
    """In ISO-8859-1 the accents stay and what that encoding lacks becomes a question mark."""
    other = Export(tmp_path, encoding="iso-8859-1")
    for name in PREFIXES:
        expected = export.text(name).encode("iso-8859-1", "replace")
        assert (other.folder / f"{name}.csv").read_bytes() == expected
    assert "ü".encode("iso-8859-1") in (other.folder / "Opportunity.csv").read_bytes()


# The histories agree with the deals


def test_first_history_row_has_no_from_stage(export: Export) -> None:
    """Each deal's history starts with one row without a stage before; every other row names the stage before."""
    rows = export.read("OpportunityHistory").sort("OpportunityId", "CreatedDate", maintain_order=True)
    before = rows.select(pl.col("StageName").shift(1).over("OpportunityId").fill_null("")).to_series()
    assert (rows["FromOpportunityStageName"] == before).all()
    assert rows["OpportunityId"].n_unique() == (before == "").sum()


def test_stage_history_ends_where_the_deal_is(export: Export) -> None:
    """The last history row holds today's stage, close date and amount."""
    last = export.read("OpportunityHistory").group_by("OpportunityId").last()
    both = export.deals.join(last, left_on="Id", right_on="OpportunityId", suffix="_row")
    assert both.height == export.truth.deals
    assert (both["StageName"] == both["StageName_row"]).all()
    assert (both["CloseDate"] == both["CloseDate_row"]).all()
    assert (both["Amount"] != both["Amount_row"]).sum() == export.truth.defects["unreadable_amounts"]


@pytest.mark.parametrize("field", [name for name in (*FIELDS, "NextStep", "Name", "LeadSource") if name != texts.LONG_TEXT])
def test_field_history_ends_with_todays_value(export: Export, field: str) -> None:
    """Old values follow on from new ones, and the last new value is what the deal holds today."""
    rows = export.read("OpportunityFieldHistory").filter(pl.col("Field") == field)
    before = rows.select(pl.col("NewValue").shift(1).over("OpportunityId")).to_series()
    assert ((rows["OldValue"] == before) | before.is_null()).all()
    assert (rows["OldValue"] != rows["NewValue"]).all()
    both = export.deals.join(rows.group_by("OpportunityId").last(), left_on="Id", right_on="OpportunityId")
    assert both.height > 0
    assert (both[field] == both["NewValue"]).all()


def test_long_text_has_history_without_values(export: Export) -> None:
    """Changes of the long text area say when, not what."""
    rows = export.read("OpportunityFieldHistory").filter(pl.col("Field") == "Identified_Pain__c")
    assert set(rows["DataType"]) == {"TextArea"}
    assert set(rows["OldValue"]) | set(rows["NewValue"]) == {""}


def test_one_created_row_per_deal(export: Export) -> None:
    """Each deal that was created within the kept history has one `created` row, without values."""
    rows = export.read("OpportunityFieldHistory").filter(pl.col("Field") == "created")
    kept = export.read("OpportunityHistory").filter((pl.col("FromOpportunityStageName") == "") & (pl.col("CreatedDate") >= "2024-06-30"))
    assert set(rows["OldValue"]) | set(rows["NewValue"]) == {""}
    assert sorted(rows["OpportunityId"]) == sorted(kept["OpportunityId"])


def test_values_set_at_creation_leave_no_row(export: Export) -> None:
    """About a tenth of the answers were there at creation: filled today, tracked throughout, without a row."""
    deals = export.deals.filter(pl.col("CreatedDate") >= "2024-11-13")
    rows = export.read("OpportunityFieldHistory")
    filled = silent = 0
    for field in FIELDS:
        changed = rows.filter(pl.col("Field") == field)["OpportunityId"].to_list()
        today = deals.filter(pl.col(field) != "")
        filled, silent = filled + today.height, silent + today.filter(~pl.col("Id").is_in(changed)).height
    assert 0.06 < silent / filled < 0.14


def test_history_that_is_not_kept(export: Export) -> None:
    """Field history is 24 months long, and that of the champion starts when FieldHistory.csv says."""
    rows, tracked = export.read("OpportunityFieldHistory"), export.read("FieldHistory")
    assert (rows["CreatedDate"] >= "2024-06-30").all()
    since = tracked.filter(pl.col("FieldEnumOrId") == "Champion__c")["CreatedDate"].item()
    champion = rows.filter(pl.col("Field") == "Champion__c")
    assert since > "2024-11"
    assert (champion["CreatedDate"] >= since).all()
    earlier = export.deals.filter((pl.col("LastModifiedDate") < since) & (pl.col("Champion__c") != ""))
    assert earlier.height > 20
    assert set(rows["Field"]) - {"created"} == set(tracked.filter(pl.col("TableEnumOrId") == "Opportunity")["FieldEnumOrId"])


def test_owner_changes_come_twice(export: Export) -> None:
    """A change of owner has one row with names and one with ids, at the same time."""
    rows = export.read("OpportunityFieldHistory").filter(pl.col("Field") == "Owner")
    names = dict(export.read("User").select("Id", "Name").iter_rows())
    by_name, by_id = (rows.filter(pl.col("DataType") == kind) for kind in ("Text", "EntityId"))
    assert by_name.height == by_id.height == export.truth.habits["owner_changes"]
    assert by_name["CreatedDate"].to_list() == by_id["CreatedDate"].to_list()
    assert by_name["NewValue"].to_list() == [names[user] for user in by_id["NewValue"]]


# Every planted defect can be found


def test_deleted_deals(export: Export) -> None:
    """Deals in the recycle bin are marked in all three files."""
    found = set(export.read("Opportunity").filter(pl.col("IsDeleted") == "1")["Id"])
    assert len(found) == export.truth.defects["deleted_deals"] == 6
    rows = export.read("OpportunityHistory")
    assert set(rows.filter(pl.col("IsDeleted") == "1")["OpportunityId"]) == found
    fields = export.read("OpportunityFieldHistory")
    assert fields.filter(pl.col("OpportunityId").is_in(found))["IsDeleted"].unique().to_list() == ["1"]


def test_closed_before_created(export: Export) -> None:
    """Three deals were closed before they were created, by their close date and by their history."""
    both = export.deals.join(export.closes, left_on="Id", right_on="OpportunityId")
    by_history = set(both.filter(pl.col("closed") < pl.col("CreatedDate"))["Id"])
    created = pl.col("CreatedDate").str.to_datetime(READABLE, strict=False)
    by_date = set(both.filter(pl.col("CloseDate").str.to_datetime(READABLE).dt.date() < created.dt.date())["Id"])
    assert by_history == by_date
    assert len(by_history) == export.truth.defects["closed_before_created"] == 3


def test_unreadable_cells(export: Export) -> None:
    """Four amounts and two creation dates cannot be read."""
    deals = export.read("Opportunity")
    amounts = deals.filter((pl.col("Amount") != "") & pl.col("Amount").cast(pl.Float64, strict=False).is_null())
    dates = deals.filter(pl.col("CreatedDate").str.to_datetime(READABLE, strict=False).is_null())
    assert amounts.height == export.truth.defects["unreadable_amounts"] == 4
    assert dates.height == export.truth.defects["unreadable_created_dates"] == 2


def test_duplicated_id(export: Export) -> None:
    """One id comes twice; the row with the later stamp is closed, the other one still open."""
    deals = export.read("Opportunity")
    twice = deals.filter(pl.col("Id").is_duplicated()).sort("SystemModstamp")
    assert twice["Id"].n_unique() == export.truth.defects["duplicated_ids"] == 1
    assert twice["IsClosed"].to_list() == ["0", "1"]
    assert twice["SystemModstamp"].n_unique() == 2
    assert deals["Id"].n_unique() == export.truth.deals == DEALS


def test_history_without_a_deal(export: Export) -> None:
    """The history rows of three deals belong to no deal."""
    rows = export.read("OpportunityHistory")
    orphans = rows.filter(~pl.col("OpportunityId").is_in(export.read("Opportunity")["Id"].to_list()))
    assert orphans["OpportunityId"].n_unique() == export.truth.defects["deals_only_in_history"] == 3


def test_deals_without_owner(export: Export) -> None:
    """Five deals have an empty look-up where the owner should be."""
    found = export.read("Opportunity").filter(pl.col("OwnerId") == "000000000000000AAA")
    assert found.height == export.truth.defects["deals_without_owner"] == 5


# Every habit that misleads can be found


def test_junk_today(export: Export) -> None:
    """Placeholders and the pasted sentence are as many as the truth says; two owners paste most of the latter."""
    cells = export.read("Opportunity").unpivot(on=texts.BUYER, index=["Id", "OwnerId"])
    pasted = cells.filter(pl.col("value") == texts.BOILER_PLATE)
    assert cells.filter(pl.col("value").is_in(texts.JUNK)).height == export.truth.habits["placeholders_today"]
    assert pasted.height == export.truth.habits["pasted_today"]
    by_owner = pasted["OwnerId"].value_counts(sort=True)["count"]
    assert sum(by_owner.head(2)) > 0.8 * sum(by_owner)


def test_answers_filled_at_or_after_the_close(export: Export) -> None:
    """Answers filled at or after the close are as many as the truth says, mostly on won deals, relative to blanks."""
    rows = export.read("OpportunityFieldHistory").filter(pl.col("Field").is_in([name for name in FIELDS if name != texts.LONG_TEXT]))
    filled = rows.filter((pl.col("OldValue") == "") & (pl.col("NewValue") != ""))
    late = filled.join(export.closes, on="OpportunityId").filter(pl.col("CreatedDate") >= pl.col("closed"))
    assert late.height == export.truth.habits["filled_at_or_after_close"]
    assert late.filter(pl.col("CreatedDate") == pl.col("closed")).height > 0.2 * late.height
    won = export.deals.filter(pl.col("IsWon") == "1")["Id"].to_list()
    lost = export.deals.filter((pl.col("IsClosed") == "1") & (pl.col("IsWon") == "0"))["Id"].to_list()
    per_deal = [late.filter(pl.col("OpportunityId").is_in(ids)).height / len(ids) for ids in (won, lost)]
    assert per_deal[0] > 2 * per_deal[1]


def test_cleared_answers(export: Export) -> None:
    """Answers that were cleared are as many as the truth says, and most were written again."""
    rows = export.read("OpportunityFieldHistory").filter(pl.col("Field").is_in([name for name in FIELDS if name != texts.LONG_TEXT]))
    cleared = rows.filter((pl.col("OldValue") != "") & (pl.col("NewValue") == ""))
    after = rows.select(
        "OpportunityId",
        "Field",
        pl.col("OldValue").shift(-1).over("OpportunityId", "Field").alias("next"),
        new="NewValue",
    )
    assert cleared.height == export.truth.habits["cleared"]
    assert after.filter((pl.col("new") == "") & (pl.col("next") == "")).height > 0.8 * cleared.height


def test_steps_back_and_reopened_deals(export: Export) -> None:
    """Steps back and re-opened deals are as many as the truth says."""
    order = ("Discovery", "Qualification", "Proposal", "Negotiation")
    rows = export.read("OpportunityHistory").select("FromOpportunityStageName", "StageName").iter_rows()
    moves = [(before, after) for before, after in rows if after in order and before]
    assert sum(before in CLOSED for before, _ in moves) == export.truth.habits["reopened_deals"]
    steps = [order.index(after) - order.index(before) for before, after in moves if before in order]
    assert sum(step < 0 for step in steps) == export.truth.habits["steps_back"]


def test_texts_are_varied(export: Export) -> None:
    """Answers are many and human: commas, doubled quotes, line breaks, umlauts and accents."""
    deals = export.deals
    cells = pl.concat([deals[name].rename("text") for name in texts.BUYER])
    assert cells.n_unique() > 3_000
    assert all(cells.str.contains(mark).any() for mark in (",", '"', "\n", "ü", "é"))
    assert '""' in export.text("Opportunity")
    assert all((deals[name].str.len_chars() <= 255).all() for name in texts.BUYER if name != texts.LONG_TEXT)


# The planted truth


def test_world_is_plausible(export: Export) -> None:
    """Win rate, share still open and cycle are those of an ordinary sales team."""
    outcome = export.truth.world
    assert 0.24 < outcome["closed_win_rate"] < 0.31
    assert 0.06 < outcome["still_open_share"] < 0.12
    assert 50 <= outcome["median_won_cycle_days"] <= 70


def test_naive_gap_is_far_larger_than_the_planted_effect(export: Export) -> None:
    """What the CRM shows today is several times the true effect."""
    assert 6 < export.truth.effect_points < 10
    assert naive_gap(export.deals) > 4 * export.truth.effect_points
    assert naive_gap(export.deals) == pytest.approx(export.truth.world["naive_gap_points"], abs=2)


def test_null_world_still_shows_a_gap(null: Export) -> None:
    """Without any effect, deals with filled fields still win more than 20 points more often."""
    assert null.truth.effect_points == 0
    assert naive_gap(null.deals) > 20


def test_no_history_is_the_same_world(export: Export, tmp_path: Path) -> None:
    """Without field history the deals and their stages are the same, and the planted effect too."""
    other = Export(tmp_path, "no-history")
    assert not (tmp_path / "OpportunityFieldHistory.csv").exists()
    assert not (tmp_path / "FieldHistory.csv").exists()
    assert other.text("Opportunity") == export.text("Opportunity")
    assert other.text("OpportunityHistory") == export.text("OpportunityHistory")
    assert other.truth.effect_points == export.truth.effect_points


def test_truth_file_holds_the_truth(export: Export) -> None:
    """truth.json is the returned truth."""
    assert json.loads((export.folder / "truth.json").read_text(encoding="utf-8")) == asdict(export.truth)


# The command


def test_command_writes_and_says_what(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The command writes the files and lists their records."""
    assert main(["--deals", "300", "--seed", "3", "--scenario", "unseen", "--out", str(tmp_path), "--zip"]) == 0
    assert "301  Opportunity.csv" in capsys.readouterr().out
    assert json.loads((tmp_path / "truth.json").read_text(encoding="utf-8"))["scenario"] == "unseen"


@pytest.mark.parametrize(
    ("order", "named"),
    [(["--deals", "50"], "--deals is 50"), (["--owners", "2"], "--owners is 2"), (["--seed", "-1"], "--seed is -1")],
)
def test_command_refuses_what_cannot_work(tmp_path: Path, capsys: pytest.CaptureFixture[str], order: list[str], named: str) -> None:
    """An order that cannot be met ends with exit code 2, names the option and writes nothing."""
    with pytest.raises(SystemExit) as ended:
        main([*order, "--out", str(tmp_path)])
    assert ended.value.code == 2
    assert named in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_command_refuses_a_file_as_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file where the folder should be is named in the error, and left alone."""
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(SystemExit):
        main(["--out", str(tmp_path / "notes.txt")])
    assert "which is a file" in capsys.readouterr().err
    assert (tmp_path / "notes.txt").read_text(encoding="utf-8") == "mine"


def test_help_has_an_example(capsys: pytest.CaptureFixture[str]) -> None:
    """The help explains every option and ends with an example."""
    with pytest.raises(SystemExit):
        main(["--help"])
    shown = capsys.readouterr().out
    assert re.search(r"example: python -m sample_data.generate --deals \d+", shown)
    assert all(option in shown for option in ("--deals", "--seed", "--out", "--zip", "--scenario", "--owners", "--encoding"))
