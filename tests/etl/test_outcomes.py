"""What tells how and when a deal ended: signals in order, tables of stages, moments of closing, deals merged into others."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal

import pytest

from etl.errors import UnknownOutcome
from etl.queries import Database, Scope
from etl.recognise import mapping_named

Load = Callable[..., Database]

STAGES = "stage_id,pipeline_id,label,is_closed,closed_won\n"
PIPELINES = "pipeline_id,label\np1,New business\np2,Renewals\n"


def _outcomes(database: Database) -> dict[str, tuple[str, str]]:
    """Return outcome, and what told it, by deal."""
    rows = database.sql("select deal_id, outcome, outcome_from from raw.deals order by deal_id").rows()
    return {deal: (outcome, told) for deal, outcome, told in rows}


def test_numbers_for_stages_need_their_table(load_files: Load) -> None:
    """A number says nothing of itself: without flags or the table of stages the load stops and names what would mend it."""
    deals = "hs_object_id,dealname,dealstage,createdate\n1,A,88810003,2025-01-01\n2,B,closedlost,2025-01-01\n"
    with pytest.raises(UnknownOutcome, match=r"'88810003' \(1 deals\)") as stopped:
        load_files({"hubspot_deals.csv": deals})
    assert "Export the table of stages beside the deals, as deal_pipeline_stage.csv" in str(stopped.value)
    table = STAGES + "88810003,p1,Done,true,true\nclosedlost,p1,Closed lost,true,false\n"
    database = load_files({"hubspot_deals.csv": deals, "deal_pipeline_stage.csv": table})
    assert _outcomes(database) == {"1": ("won", "stage"), "2": ("lost", "stage")}


def test_one_label_in_two_pipelines(load_files: Load) -> None:
    """Where it means two outcomes it bears its pipeline's name, in deals and history alike; where it means one it does not."""
    database = load_files(
        {
            "hubspot_deals.csv": "hs_object_id,dealname,dealstage,pipeline,createdate\n1,A,11,p1,2025-01-01\n2,B,21,p2,2025-01-01\n3,C,20,p2,2025-01-01\n",
            "deal_pipeline_stage.csv": STAGES
            + "10,p1,Offer,false,false\n11,p1,Done,true,true\n20,p2,Offer,false,false\n21,p2,Done,true,false\n",
            "deal_pipeline.csv": PIPELINES,
            "deal_stage_history.csv": "deal_id,stage_id,date_entered\n1,10,2025-01-01 09:00:00\n1,11,2025-02-01 09:00:00\n",
        }
    )
    assert database.sql("select deal_id, stage, pipeline, outcome from marts.deals order by deal_id").rows() == [
        ("1", "Done (New business)", "New business", "won"),
        ("2", "Done (Renewals)", "Renewals", "lost"),
        ("3", "Offer", "Renewals", "open"),
    ]
    assert database.sql("select stage from raw.stage_changes order by changed_at").rows() == [("Offer",), ("Done (New business)",)]


def test_the_configuration_goes_before_the_table_of_stages(load_files: Load) -> None:
    """Who keeps the settings knows better than the CRM's own table."""
    files = {
        "hubspot_deals.csv": "hs_object_id,dealname,dealstage,createdate\n1,A,11,2025-01-01\n",
        "deal_pipeline_stage.csv": STAGES + "11,p1,Paused,false,false\n",
    }
    assert _outcomes(load_files(files, '[stages]\nPaused = "lost"\n')) == {"1": ("lost", "stage")}


def test_signals_speak_in_their_order(load_files: Load) -> None:
    """Odoo: the status first, then what was archived, then a probability of 100; all else that was not archived is open."""
    rows = "1,New,won,False,0.0\n2,New,,False,100.0\n3,New,,True,100.0\n4,New,,True,40.0\n5,Won,pending,True,100.0\n6,Won,,,\n7,New,,,\n"
    text = ".id,stage_id,won_status,active,probability,create_date,date_deadline\n" + rows.replace("\n", ",2025-01-01,2025-06-01\n")
    assert _outcomes(load_files({"crm.lead.csv": text})) == {
        "1": ("won", "status"),
        "2": ("lost", "is active"),
        "3": ("won", "probability"),
        "4": ("open", "is active"),
        "5": ("open", "status"),
        "6": ("won", "stage"),
        "7": ("open", "stage"),
    }


def test_flags_speak_before_signals(load_files: Load) -> None:
    """Salesforce: IsWon and IsClosed, whatever forecast category and stage say; a blank flag beside filled ones means no."""
    rows = "1,Closed Won,Closed,1,0\n2,Proposal,Omitted,0,0\n3,Proposal,Omitted,1,1\n4,Closed Won,Closed,,\n"
    text = "Id,StageName,ForecastCategory,IsClosed,IsWon,CreatedDate\n" + rows.replace("\n", ",2025-01-01\n")
    assert _outcomes(load_files({"Opportunity.csv": text})) == {
        "1": ("lost", "flags"),
        "2": ("open", "flags"),
        "3": ("won", "flags"),
        "4": ("open", "flags"),
    }


def test_a_deal_in_no_stage_is_open_and_counted(load_files: Load) -> None:
    """Nothing tells of its end; Data health counts it beside the deals in stages that no table names."""
    text = "hs_object_id,dealname,dealstage,createdate\n1,A,closedwon,2025-01-01\n2,B,,2025-01-01\n3,C,presentation,2025-01-01\n"
    database = load_files({"hubspot_deals.csv": text})
    assert _outcomes(database) == {"1": ("won", "stage"), "2": ("open", "no stage"), "3": ("open", "stage")}
    found = {row["problem"]: (row["found"], row["checked"]) for row in database.data_problems(Scope()).iter_rows(named=True)}
    assert found["unlisted stage"] == (2, 3)


def test_when_a_deal_closed(load_files: Load) -> None:
    """Won deals by their won time, lost ones by theirs, a common closing before both; an expected date is the end of none."""
    header = '"Deal - ID","Deal - Stage","Deal - Status","Deal - Deal created","Deal - Expected close date","Deal - Deal closed on","Deal - Won time","Deal - Lost time"\n'
    rows = (
        "1,Offer,Won,2025-01-01,2025-09-30,,2025-03-01 10:00:00,2025-02-01 10:00:00\n"
        "2,Offer,Lost,2025-01-01,2025-09-30,,2025-03-01 10:00:00,2025-02-01 10:00:00\n"
        "3,Offer,Won,2025-01-01,2025-09-30,2025-04-01 10:00:00,2025-03-01 10:00:00,\n"
        "4,Offer,Lost,2025-01-01,2025-09-30,,,\n"
        "5,Offer,Open,2025-01-01,2025-09-30,,,\n"
    )
    database = load_files({"deals-1.csv": header + rows})
    assert database.sql("select deal_id, closed_date, close_date from marts.deals order by deal_id").rows() == [
        ("1", date(2025, 3, 1), date(2025, 3, 1)),
        ("2", date(2025, 2, 1), date(2025, 2, 1)),
        ("3", date(2025, 4, 1), date(2025, 4, 1)),
        ("4", None, None),
        ("5", None, date(2025, 9, 30)),
    ]


def test_without_a_moment_of_closing_the_close_date_counts(load_files: Load) -> None:
    """An export that has no column for it is taken at its close date, as in most CRMs."""
    text = '"Deal - ID","Deal - Stage","Deal - Status","Deal - Deal created","Deal - Expected close date"\n4,Offer,Lost,2025-01-01,2025-09-30\n'
    database = load_files({"deals-1.csv": text}, mapping=mapping_named("pipedrive"))
    assert database.sql("select closed_date from marts.deals").rows() == [(date(2025, 9, 30),)]


def test_what_was_won_is_worth_what_it_came_to(load_files: Load) -> None:
    """The actual revenue of won deals, the estimate of all others and where no actual one is told."""
    header = "(Do Not Modify) Opportunity,Topic,Status,Est. revenue,Actual Revenue,Created On\n"
    rows = "1,A,Won,100,90,2025-01-01\n2,B,Lost,100,0,2025-01-01\n3,C,Won,100,,2025-01-01\n4,D,Open,100,,2025-01-01\n"
    database = load_files({"opportunities.csv": header + rows})
    amounts = database.sql("select amount from marts.deals order by deal_id").to_series().to_list()
    assert amounts == [Decimal(90), Decimal(100), Decimal(100), Decimal(100)]


def test_moments_in_columns_of_stages(load_files: Load) -> None:
    """Each column is an entry into its stage, empty ones are none, and the last closing is the end, not the close date."""
    header = "Record ID,Deal Name,Deal Stage,Create Date,Close Date,Date entered 'Offer (Sales)',Date entered 'Closed Won (Sales)'\n"
    rows = "1,A,Closed Won,2025-01-01,2025-06-30,2025-02-01 09:00,2025-05-20 09:00\n2,B,Offer,2025-01-01,,2025-01-15 08:00,\n"
    database = load_files({"deals.csv": header + rows})
    assert database.sql(
        "select deal_id, changed_at, stage_changes.stage from raw.stage_changes join raw.deals using (deal_key) order by all"
    ).rows() == [
        ("1", datetime(2025, 2, 1, 9), "Offer"),  # noqa: DTZ001 - times without a zone are UTC throughout
        ("1", datetime(2025, 5, 20, 9), "Closed Won"),  # noqa: DTZ001
        ("2", datetime(2025, 1, 15, 8), "Offer"),  # noqa: DTZ001
    ]
    assert database.sql("select closed_date from marts.deals where deal_id = '1'").rows() == [(date(2025, 5, 20),)]


@pytest.mark.parametrize("way", ["a file", "a column"])
def test_merged_deals_live_on_in_another(load_files: Load, way: str) -> None:
    """The deal that went is rejected, with its history, whether a file tells it or a column of the deal that is left."""
    column = ",hs_merged_object_ids" if way == "a column" else ""
    merged = (",2; 3", ",", ",2") if column else ("", "", "")
    rows = "".join(f"{number},closedwon,2025-01-01{ids}\n" for number, ids in zip((1, 2, 3), merged, strict=True))
    files = {
        "hubspot_deals.csv": f"hs_object_id,dealstage,createdate{column}\n{rows}",
        "deal_property_history.csv": "deal_id,name,timestamp,value\n1,pain,2025-01-02,They lose orders\n2,pain,2025-01-03,They lose orders\n",
    }
    if not column:
        files["merged_deal.csv"] = "deal_id,merged_deal_id\n1,2\n1,3\n1,1\n"  # one into itself: it stays
    database = load_files(files)
    assert list(_outcomes(database)) == ["1"]
    assert database.sql("select file, reason, count(*) from raw.rejects group by all order by all").rows() == [
        ("deal_property_history.csv", "its deal was merged into another deal", 1),
        ("hubspot_deals.csv", "was merged into another deal", 2),
    ]


def test_users_without_a_name_in_one_column(load_files: Load) -> None:
    """First and last name, one of them, else the address, else the id."""
    database = load_files(
        {
            "hubspot_deals.csv": "hs_object_id,dealstage,createdate,hubspot_owner_id\n"
            + "".join(f"{number},closedwon,2025-01-01,7{number}\n" for number in range(1, 6)),
            "owner.csv": "owner_id,email,first_name,last_name\n71,a@x.example,Ada,Berg\n72,b@x.example,,Berg\n73,c@x.example,,\n74,,,\n",
        }
    )
    owners = database.sql("select owner from marts.deals order by deal_id").to_series().to_list()
    assert owners == ["Ada Berg", "Berg", "c@x.example", "74", "75"]


def test_fields_go_by_the_names_that_the_history_has_for_them(load_files: Load) -> None:
    """Pain points is pain_points there; a field with a key for a name is told by `history`; a field asked for twice is one."""
    config = """
        [questions.pain]
        label = "Pain"
        fields.hubspot = ["Pain points", "pain_points"]
        [questions.champion]
        label = "Champion"
        fields.hubspot = [{ name = "Champion", history = "c_91f" }]
    """
    database = load_files(
        {
            "deals.csv": "Record ID,Deal Stage,Create Date,Pain points,Champion\n1,Closed Won,2025-01-01,They lose orders,Ada Berg\n",
            "deal_property_history.csv": "deal_id,name,timestamp,value\n1,pain_points,2025-01-05,They lose orders\n1,c_91f,2025-01-09,Ada Berg\n",
        },
        config,
    )
    rows = database.sql("select question, first_answered_day, unknown_until_day from marts.deal_answers order by question").rows()
    assert rows == [("champion", 8, None), ("pain", 4, None)]


def test_currencies_go_by_their_codes(load_files: Load) -> None:
    """Names in any language and signs are codes; what nobody knows stays as it is, and counts as another currency."""
    names = ("EUR", "eur", "Euro", "US Dollar", "Schweizer Franken", "£", "points")
    rows = "".join(f"{number},Won,2025-01-01,10,{name}\n" for number, name in enumerate(names))
    database = load_files({"table.csv": f"Deal ID,Stage,Created,Amount,Currency\n{rows}"})
    codes = database.sql("select currency from marts.deals order by deal_id").to_series().to_list()
    assert codes == ["EUR", "EUR", "EUR", "USD", "CHF", "GBP", "POINTS"]


def test_dates_of_several_shapes_in_one_column(load_files: Load) -> None:
    """A year first, or a month by name, is read whatever the others are; those with slashes are read as their column is."""
    rows = ("2025-03-04", "04/13/2025", "Mar 4, 2025", "03/04/2025")
    text = "Deal ID,Stage,Created,Close Date\n" + "".join(f'{number},Won,2025-01-01,"{day}"\n' for number, day in enumerate(rows))
    database = load_files({"table.csv": text})
    days = database.sql("select close_date from marts.deals order by deal_id").to_series().to_list()
    assert days == [date(2025, 3, 4), date(2025, 4, 13), date(2025, 3, 4), date(2025, 3, 4)]
