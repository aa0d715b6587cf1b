"""Whose export it is, and what each of its files is for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from etl.errors import DataError, UsageError
from etl.mapping import CrmMapping, packaged_mappings
from etl.read import Export, TextTable, examine
from etl.recognise import choose_mapping, mapping_named, match

Tables = Callable[..., list[TextTable]]


@pytest.fixture
def tables(tmp_path: Path) -> Tables:
    """Return a function that makes tables of names and headers, with a row of x each."""

    def of(**headers: str) -> list[TextTable]:
        made = []
        for name, line in headers.items():
            path = tmp_path / f"{name}.csv"
            path.write_text(f"{line}\n{','.join('x' for _ in line.split(','))}\n", encoding="utf-8")
            made.append(examine(Export(path.name, path), tmp_path / "work"))
        return made

    return of


def _roles(mapping: CrmMapping, tables: list[TextTable]) -> dict[str, str]:
    return {each.table.stem: each.role for each in match(mapping, tables, {})[0]}


@pytest.mark.parametrize(
    ("folder", "name"),
    [
        ("fivetran_hubspot", "hubspot"),
        ("fivetran_salesforce", "salesforce"),
        ("helixcore_funnel_history", "generic"),
        ("hubspot_dummy_labels", "hubspot"),
        ("maven_crm_iso", "generic"),
        ("meddpicc_notes_small", "generic"),
        ("salvirt_b2b", "generic"),
        ("sf_dataloader_pain_text", "salesforce"),
        ("sf_dev_org_powerbi", "salesforce"),
        ("sf_weekly_export_devorg", "salesforce"),
    ],
)
def test_real_exports_tell_whose_they_are(shared: Path, tmp_path: Path, folder: str, name: str) -> None:
    """By headers and names alone, whatever lies beside them."""
    found = [examine(Export(path.name, path), tmp_path) for path in sorted((shared / "crm" / folder).glob("*.csv"))]
    assert choose_mapping(found, packaged_mappings()).name == name


def test_headers_that_two_crms_share_are_his_who_knows_more_of_them(tables: Tables) -> None:
    """Pipedrive's and Odoo's APIs both say stage_id; the other columns decide, whatever the order of the mappings."""
    found = tables(table="id,title,stage_id,pipeline_id,status,value,add_time,won_time,lost_time")
    mappings = packaged_mappings()
    assert choose_mapping(found, mappings).name == "pipedrive"
    assert choose_mapping(found, dict(reversed(mappings.items()))).name == "pipedrive"


def test_equal_fits_are_the_first_ones(tables: Tables) -> None:
    """Two mappings that know a file equally well: the first has it, each time."""
    one = packaged_mappings()["hubspot"]
    other = one.model_copy(update={"name": "other"})
    found = tables(deals="hs_object_id,dealname,dealstage,amount")
    assert choose_mapping(found, {"hubspot": one, "other": other, "generic": one}).name == "hubspot"
    assert choose_mapping(found, {"other": other, "hubspot": one, "generic": one}).name == "other"


def test_one_telling_header_in_a_sheet_is_no_crm(tables: Tables) -> None:
    """A sheet that calls its customers potential ones is not Dynamics', for all else in it is anybody's."""
    assert choose_mapping(tables(sheet="Deal ID,Potential Customer,Stage,Created"), packaged_mappings()).name == "generic"


def test_files_that_nobody_knows_are_refused_with_the_way_out(tables: Tables) -> None:
    """The error names files, CRMs and `sameside map`."""
    with pytest.raises(UsageError, match=r"(?s)knows these files.*weather\.csv.*HubSpot.*sameside map FILE"):
        choose_mapping(tables(weather="Day,Rain,Wind,Sun"), packaged_mappings())


def test_a_report_with_its_opportunity_id_holds_deals(tables: Tables) -> None:
    """A Salesforce report has the columns of a stage history, and more that no history has."""
    found = tables(
        report="Opportunity ID,Opportunity Name,Opportunity Owner,Stage,Created Date", history="OpportunityId,StageName,CreatedDate"
    )
    assert _roles(packaged_mappings()["salesforce"], found) == {"report": "deals", "history": "stage_history"}


def test_names_tell_roles_before_headers_do(tables: Tables) -> None:
    """A table of stages has an id and a label as a table of pipelines has: only the names tell them apart."""
    found = tables(
        deals_all="hs_object_id,dealstage,createdate",
        deal_pipeline_stage="stage_id,label,pipeline_id,closed_won,is_closed",
        deal_pipeline="pipeline_id,label",
        owner="owner_id,first_name,last_name",
        my_merged_ones="deal_id,merged_deal_id",
        notes="when,what",
    )
    assert _roles(packaged_mappings()["hubspot"], found) == {
        "deals_all": "deals",
        "deal_pipeline_stage": "stages",
        "deal_pipeline": "pipelines",
        "owner": "users",
        "my_merged_ones": "merged_deals",
    }


def test_columns_of_stages_are_found_by_their_pattern(tables: Tables) -> None:
    """Labels in either kind of quotes, the pipeline behind, and internal names; a mapped column is none of them."""
    line = 'Record ID,Deal Stage,Date entered \'Offer (Sales)\',"Date entered ""Won""",hs_v2_date_entered_88810002,Date exited \'Offer (Sales)\''
    [deals], _ = match(packaged_mappings()["hubspot"], tables(deals=line), {})
    assert [stage for _, stage in deals.entered] == ["Offer", "Won", "88810002"]


def test_no_file_with_deals_is_an_error_with_examples(tables: Tables) -> None:
    """History alone cannot be loaded."""
    with pytest.raises(DataError, match=r"none of the files holds deals: changelog\.csv"):
        match(packaged_mappings()["pipedrive"], tables(changelog="deal_id,field_key,time"), {})


def test_mappings_are_asked_for_by_name() -> None:
    """A name that is nearly right is told the right one."""
    assert mapping_named("zoho").label == "Zoho CRM"
    with pytest.raises(UsageError, match="did you mean 'pipedrive'"):
        mapping_named("pipedrve")


@pytest.mark.parametrize("folder", sorted((Path(__file__).parents[2] / "sample_data" / "crm").glob("*/")), ids=lambda folder: folder.name)
def test_deals_are_told_by_their_columns_where_the_name_says_nothing(tmp_path: Path, folder: Path) -> None:
    """As they come through standard input: the file that its name tells to be the deals is that under another name too, alone."""
    found = [examine(Export(path.name, path), tmp_path) for path in sorted(folder.glob("*.[ct]sv"))]
    mapping = choose_mapping(found, packaged_mappings())
    (deals,) = [each.table for each in match(mapping, found, {})[0] if each.role == "deals"]
    alone = examine(Export("standard input", folder / deals.name), tmp_path)
    assert choose_mapping([alone], packaged_mappings()) == mapping
    assert [each.role for each in match(mapping, [alone], {})[0]] == ["deals"]
