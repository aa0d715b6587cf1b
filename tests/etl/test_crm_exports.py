"""Real export files load whole and without a mapping, with the counts that were measured of them by other means."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from etl.config import Config, load_config
from etl.errors import DataError
from etl.load import Request, load
from etl.queries import Database, Scope

Configured = Callable[[str | None], Config]


def _loaded(folder: Path, data: Path, config: Config, mapping: str = "salesforce") -> Database:
    """Return a folder's database; the mapping of that name is the one that is to be found."""
    report = load(Request((folder,), data, config))
    assert report.mapping.name == mapping
    database = Database(report.database)
    for row in database.loads().iter_rows(named=True):
        assert row["rows_read"] == row["rows_loaded"] + row["rows_rejected"]
    return database


def test_maven_figures_are_those_of_the_crm(shared: Path, tmp_path: Path, configured: Configured) -> None:
    """Win rate, cycle and value equal the CRM's own, and the lack of buyer fields is said."""
    database = _loaded(shared / "crm/maven_crm_iso", tmp_path, configured(None), "generic")
    figures = database.crm_figures(Scope()).row(0, named=True)
    assert [figures[name] for name in ("deals", "won", "lost", "open")] == [8800, 4238, 2473, 2089]
    assert figures["win_rate"] == pytest.approx(4238 / 6711, abs=1e-12)
    assert (round(figures["mean_days_won"], 2), figures["median_days_won"]) == (51.78, 57)
    assert (round(figures["mean_days_lost"], 2), figures["median_days_lost"]) == (41.48, 14)
    assert figures["won_amount"] == 10_005_534
    assert database.left_out(Scope())["part"].to_list() == ["no questions mapped"]


@pytest.mark.parametrize(
    ("config", "known", "unknown"),
    [("salvirt_config", (0.539, 412), (0.139, 36)), ("salvirt_department_config", (0.534, 416), (0.156, 32))],
)
def test_salvirt_known_against_unknown(
    shared: Path,
    tmp_path: Path,
    configured: Configured,
    config: str,
    known: tuple[float, int],
    unknown: tuple[float, int],
) -> None:
    """Without ids and dates every row is a deal, and a choice of Unknown is no answer; equal rows stay two deals."""
    database = _loaded(shared / "crm/salvirt_b2b", tmp_path, configured(config), "generic")
    step = database.evidence_ladder(Scope()).row(1, named=True)
    assert (round(step["customer_rate"], 3), step["customer_deals"]) == known
    assert (round(step["seller_rate"], 3), step["seller_deals"]) == unknown
    figures = database.crm_figures(Scope()).row(0, named=True)
    assert (figures["won"], figures["deals"]) == (227, 448)


def test_weekly_export_counts_cycles_below_zero(shared: Path, tmp_path: Path, configured: Configured) -> None:
    """All 18 closed deals close before they were created: counted, never averaged."""
    database = _loaded(shared / "crm/sf_weekly_export_devorg", tmp_path, configured(None))
    figures = database.crm_figures(Scope()).row(0, named=True)
    assert [figures[name] for name in ("deals", "won", "lost", "open", "negative_cycles")] == [31, 18, 0, 13, 18]
    assert figures["mean_days_won"] is None
    read = dict(database.loads().select("role", "rows_read").iter_rows())
    assert read == {"deals": 31, "stage_history": 62, "field_tracking": 93}


def test_data_loader_flags_of_one_and_blank(shared: Path, tmp_path: Path, load_text: Callable[[str], Config]) -> None:
    """A blank flag beside a column of ones means no; text pasted on hundreds of deals is no answer."""
    config = load_text(
        '[questions.next]\nlabel = "n"\nfields.salesforce = ["NextStep"]\n[questions.about]\nlabel = "d"\nfields.salesforce = ["Description"]\n'
    )
    database = _loaded(shared / "crm/sf_dataloader_pain_text", tmp_path, config)
    figures = database.crm_figures(Scope()).row(0, named=True)
    assert [figures[name] for name in ("deals", "won", "lost", "open")] == [774, 640, 39, 95]
    pasted = database.sql("select count(*) as n from marts.deal_answers where junk_reason = 'pasted' and question = 'next'")["n"][0]
    assert pasted >= 753
    assert set(database.left_out(Scope())["part"]) == {"timing unknown"}


def test_dates_re_saved_by_a_spreadsheet(shared: Path, tmp_path: Path, configured: Configured) -> None:
    """A column of 02/23/26 is month first, because the column as a whole can be read in no other way."""
    database = _loaded(shared / "crm/sf_dev_org_powerbi", tmp_path, configured(None))
    figures = database.crm_figures(Scope()).row(0, named=True)
    assert [figures[name] for name in ("deals", "won", "lost")] == [36, 12, 8]
    assert dict(database.loads().select("role", "rows_read").iter_rows())["stage_history"] == 48


def test_history_keyed_by_another_column(shared: Path, tmp_path: Path, configured: Configured) -> None:
    """Stage rows join through the lead; those of leads without a deal are rejected by name, none is lost."""
    database = _loaded(shared / "crm/helixcore_funnel_history", tmp_path, configured(None), "generic")
    figures = database.crm_figures(Scope()).row(0, named=True)
    assert [figures[name] for name in ("deals", "won", "lost")] == [693, 303, 390]
    history = next(row for row in database.loads().iter_rows(named=True) if row["role"] == "stage_history")
    assert history["rows_read"] == 26_436
    assert history["rows_rejected"] > 0
    assert database.told_by_history()["stage"]


def test_open_deals_with_sparse_answers(shared: Path, tmp_path: Path, configured: Configured) -> None:
    """Sixteen open deals load; nothing can be compared, and the reason is the missing creation date."""
    database = _loaded(shared / "crm/meddpicc_notes_small", tmp_path, configured(None), "generic")
    assert database.left_out(Scope()).rows() == [("no creation date", 16, 0)]


def test_hubspot_labels(shared: Path, tmp_path: Path, configured: Configured) -> None:
    """An export with the interface's labels tells its outcomes by its stages."""
    database = _loaded(shared / "crm/hubspot_dummy_labels", tmp_path, configured(None), "hubspot")
    figures = database.crm_figures(Scope()).row(0, named=True)
    assert [figures[name] for name in ("deals", "won", "lost")] == [500, 71, 69]


def test_a_warehouse_of_hashed_texts(shared: Path, tmp_path: Path, configured: Configured) -> None:
    """Every table of a HubSpot warehouse has its role; history of deals that are not in it is rejected, and no outcome is made up."""
    database = _loaded(shared / "crm/fivetran_hubspot", tmp_path, configured(None), "hubspot")
    read = {role: (read, loaded) for role, read, loaded in database.loads().select("role", "rows_read", "rows_loaded").iter_rows()}
    assert read == {
        "deals": (44, 44),
        "field_history": (100, 0),
        "merged_deals": (14, 14),
        "pipelines": (6, 6),
        "stage_history": (14, 0),
        "stages": (71, 71),
        "users": (100, 100),
    }
    figures = database.crm_figures(Scope()).row(0, named=True)
    assert [figures[name] for name in ("deals", "won", "lost", "open")] == [44, 0, 0, 44]


def test_an_export_of_deleted_deals_stops_with_the_reason(shared: Path, tmp_path: Path, configured: Configured) -> None:
    """Where every deal was deleted in the CRM there is nothing to compare, and nothing is published."""
    with pytest.raises(DataError, match=r"no deal is left to compare .10 rows: was deleted in the CRM"):
        load(Request((shared / "crm/fivetran_salesforce",), tmp_path, configured(None)))
    assert not (tmp_path / "deals.duckdb").exists()


@pytest.fixture
def load_text(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Config]:
    """Return the configuration of a TOML text."""

    def read(text: str) -> Config:
        path = tmp_path_factory.mktemp("config") / "sameside.toml"
        path.write_text(text, encoding="utf-8")
        return load_config(path)

    return read
