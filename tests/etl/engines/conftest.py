"""Raw relations in a folder, as another engine gets them, and the file that `load` made of the same."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from etl.config import load_config
from etl.engines.job import Job
from etl.engines.lake import RAW, Place
from etl.engines.relations import write_relations
from etl.publish import current

FILES = {
    "Opportunity.csv": "Id,Name,StageName,Amount,CloseDate,IsClosed,IsWon,OwnerId,CreatedDate,IsDeleted,Identified_Pain__c\n"
    "1,One,Closed Won,100.50,2026-02-01,1,1,005A,2026-01-01,0,They lose orders every week\n"
    "2,Two,Closed Lost,,2026-03-01,1,0,005B,2026-01-02,0,tbd\n"
    "3,Three,Proposal,7,2026-12-01,0,0,005A,2026-01-03,0,\n"
    "4,Gone,Proposal,7,2026-12-01,0,0,005A,2026-01-03,1,\n",
    "OpportunityFieldHistory.csv": "OpportunityId,Field,CreatedDate,OldValue,NewValue\n"
    "1,Identified_Pain__c,2026-01-10,,They lose orders every week\n"
    "3,Identified_Pain__c,2026-01-11,,They wait for hours each day\n"
    "3,Identified_Pain__c,2026-01-20,They wait for hours each day,\n",
    "OpportunityHistory.csv": "OpportunityId,CreatedDate,StageName,Amount,CloseDate\n"
    "1,2026-01-01,Proposal,90,2026-01-20\n1,2026-01-15,Proposal,100.50,2026-02-01\n1,2026-02-01,Closed Won,100.50,2026-02-01\n"
    "2,2026-01-02,Proposal,,2026-03-01\n2,2026-03-01,Closed Lost,,2026-03-01\n",
}


@pytest.fixture(scope="session")
def small_file(loaded: Callable[..., Path]) -> Path:
    """Return the published file of a few deals with history; for reading only."""
    return current(loaded(FILES))


@pytest.fixture
def raw_of(tmp_path: Path) -> Callable[[Path], Place]:
    """Return a function that writes the raw relations of a file to a folder of the test's own."""

    def written(file: Path) -> Place:
        place = Place(str(tmp_path / "raw"))
        with duckdb.connect(str(file), read_only=True) as con:
            place.complete({"rows": write_relations(con, RAW, place, tmp_path)})
        return place

    return written


@pytest.fixture
def job(tmp_path: Path, small_file: Path, raw_of: Callable[[Path], Place]) -> Job:
    """Return a build of a few deals with DuckDB, into folders of the test's own."""
    return Job("duckdb", raw_of(small_file), Place(str(tmp_path / "marts")), str(tmp_path / "data"), load_config())
