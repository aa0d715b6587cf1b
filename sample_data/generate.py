"""Write a simulated Salesforce Data Export with field history, and the truth that was planted in it."""

from __future__ import annotations

import argparse
import json
import sys
import zipfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import numpy as np
import polars as pl

from sample_data import clock, planted, salesforce_deals, salesforce_history, world
from sample_data.book import Book, draw_book
from sample_data.defects import ORPHANS, Defects, draw_defects, no_defects
from sample_data.salesforce_format import Team, draw_team

CHUNK: Final = 50_000
"""Deals that are simulated and written at a time; part of what the seed stands for, so never an option."""
SHIPPED_DEALS: Final = 4_000
"""As many as keep `salesforce.zip` below 2.4 MB."""
FEWEST_DEALS: Final = 200
FEWEST_OWNERS: Final = 10
MOST_OWNERS: Final = 2_000
TRUTH_DEALS: Final = 400_000
"""Deals simulated to compute the planted effect."""
ENCODINGS: Final = ("utf-8", "iso-8859-1")
ZIP_NAME: Final = "salesforce.zip"
TRUTH_NAME: Final = "truth.json"
FILES: Final = ("Opportunity", "OpportunityHistory", "OpportunityFieldHistory", "FieldHistory", "User", "Account")


@dataclass(frozen=True)
class Truth:
    """What was planted, so that whoever reads the files can be checked against it."""

    scenario: str
    seed: int
    deals: int
    """Distinct ids in `Opportunity.csv`."""
    owners: int
    as_of: str
    """Last day of the export."""
    effect_points: float
    """True like-for-like difference in the share won by day 210, among deals open on day 30, in points."""
    effect_standard_error: float
    """Simulation error of `effect_points`, in points."""
    effect_how: str
    world: dict[str, float]
    """How the simulated deals turned out, as the CRM shows them today: rates, shares, points, days."""
    defects: dict[str, int]
    """Deals with each planted defect."""
    habits: dict[str, int]
    """How often each misleading habit can be seen in the files."""
    rows: dict[str, int]
    """Records per file, without the header."""


class _Folder:
    """The files being written: adds frames to them, and counts their rows."""

    def __init__(self, path: Path, encoding: str) -> None:
        self.path = path
        self.encoding = encoding
        self.rows: Counter[str] = Counter()

    def add(self, name: str, frame: pl.DataFrame) -> None:
        """Append a frame to `name.csv`, every cell in quotes; what the encoding lacks becomes a question mark."""
        new = name not in self.rows
        with (self.path / f"{name}.csv").open("wb" if new else "ab") as file:
            if self.encoding == "utf-8":
                frame.write_csv(file, include_header=new, quote_style="always")
            else:
                file.write(frame.write_csv(include_header=new, quote_style="always").encode(self.encoding, "replace"))
        self.rows[name] += frame.height


class _Tally:
    """Adds up, book by book, what the truth file says about the deals as the CRM shows them."""

    def __init__(self) -> None:
        self.habits: Counter[str] = Counter()
        self.groups: Counter[tuple[int, bool]] = Counter()
        self.cycles: list[clock.Ints] = []

    def add(self, book: Book, defects: Defects, seen: dict[str, int]) -> None:
        """Count a book's outcomes, answered deals and habits."""
        stage, closed, _ = book.run.ending
        filled = book.typed.filter((pl.col("field") < world.BUYER_FIELDS) & (pl.col("today") != ""))["deal"].to_numpy()
        answered = np.bincount(filled, minlength=book.number) >= world.ANSWERS_NEEDED
        for outcome in range(len(world.MOVE_ON)):
            for tag in (False, True):
                self.groups[outcome, tag] += int(((stage == outcome) & (answered == tag)).sum())
        won = stage == world.WON
        self.cycles.append(clock.calendar_day(closed[won]) - clock.calendar_day(book.deals.created[won]))
        junk, pasted = salesforce_deals.junk_today(book, defects)
        self.habits.update({"placeholders_today": junk, "pasted_today": pasted, **seen})

    def outcomes(self) -> dict[str, float]:
        """Return closed win rate, share still open, naive gap and median cycle of won deals."""
        won, lost = ({tag: self.groups[stage, tag] for tag in (False, True)} for stage in (world.WON, world.LOST))
        rate = {tag: won[tag] / max(won[tag] + lost[tag], 1) for tag in (False, True)}
        closed = sum(won.values()) + sum(lost.values())
        return {
            "closed_win_rate": round(sum(won.values()) / closed, 4),
            "still_open_share": round(1 - closed / sum(self.groups.values()), 4),
            "naive_gap_points": round(100 * (rate[True] - rate[False]), 1),
            "median_won_cycle_days": float(np.median(np.concatenate(self.cycles))),
        }


def write(
    folder: Path,
    deals: int = SHIPPED_DEALS,
    seed: int = 7,
    scenario: str = "effect",
    *,
    owners: int = 40,
    zipped: bool = False,
    encoding: str = "utf-8",
    truth_deals: int = TRUTH_DEALS,
) -> Truth:
    """Write the export and `truth.json` into `folder`, replacing an earlier one, and return the truth.

    The same arguments give the same bytes. With `zipped`, the files go into one `salesforce.zip` instead.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name in (*(f"{file}.csv" for file in FILES), ZIP_NAME, TRUTH_NAME):
        (folder / name).unlink(missing_ok=True)
    setting = world.Setting(world.SCENARIOS[scenario], world.draw_owners(owners, np.random.default_rng([seed, 0])), seed)
    if zipped:
        with TemporaryDirectory(dir=folder) as scratch:
            files, tally, defects = _write_files(_Folder(Path(scratch), encoding), deals, setting)
            _zip(Path(scratch), folder / ZIP_NAME)
    else:
        files, tally, defects = _write_files(_Folder(folder, encoding), deals, setting)
    effect = planted.effect(setting, truth_deals)
    truth = Truth(
        scenario=scenario,
        seed=seed,
        deals=deals,
        owners=owners,
        as_of=clock.AS_OF.isoformat(),
        effect_points=effect.points,
        effect_standard_error=effect.standard_error,
        effect_how=effect.how,
        world=tally.outcomes(),
        defects=defects.counts(),
        habits=dict(tally.habits),
        rows={f"{name}.csv": files.rows[name] for name in FILES if name in files.rows},
    )
    (folder / TRUTH_NAME).write_text(json.dumps(asdict(truth), indent=2) + "\n", encoding="utf-8")
    return truth


def _write_files(files: _Folder, deals: int, setting: world.Setting) -> tuple[_Folder, _Tally, Defects]:
    """Write all CSV files, a chunk of deals at a time; the defects lie in the middle chunk."""
    total, tally, planted_defects = deals + ORPHANS, _Tally(), no_defects()
    rng = np.random.default_rng([setting.seed, 2])
    team = draw_team(setting.owners, rng)
    files.add("User", team.table())
    if setting.scenario.has_field_history:
        files.add("FieldHistory", salesforce_history.tracked_fields(team))
    starts = range(0, total, CHUNK)
    for first in starts:
        book = draw_book(first, min(CHUNK, total - first), total, setting)
        defects = no_defects()
        if first == starts[(len(starts) - 1) // 2]:
            defects = planted_defects = draw_defects(book, rng)
        seen = _write_book(files, book, team, defects, with_fields=setting.scenario.has_field_history)
        files.add("Account", salesforce_deals.accounts(book, team, files.rows["Account"], rng))
        tally.add(book, defects, seen)
    return files, tally, planted_defects


def _write_book(files: _Folder, book: Book, team: Team, defects: Defects, *, with_fields: bool) -> dict[str, int]:
    """Write the deals of a book and their history; return the habits that can be seen in it."""
    files.add("Opportunity", salesforce_deals.opportunities(book, team, defects, files.rows["Account"]))
    stages = salesforce_history.stage_history(book, team, defects, files.rows["OpportunityHistory"])
    files.add("OpportunityHistory", stages)
    seen = salesforce_history.stage_habits(stages)
    if with_fields:
        fields = salesforce_history.field_history(book, team, defects, files.rows["OpportunityFieldHistory"])
        files.add("OpportunityFieldHistory", fields)
        seen |= salesforce_history.field_habits(book, fields)
    return seen


def _zip(source: Path, target: Path) -> None:
    """Put the CSV files of a folder into one zip whose bytes depend on nothing else."""
    moment = (clock.AS_OF.year, clock.AS_OF.month, clock.AS_OF.day, 22, 0, 0)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name in FILES:
            path = source / f"{name}.csv"
            if path.exists():
                entry = zipfile.ZipInfo(path.name, date_time=moment)
                entry.compress_type, entry.create_system, entry.external_attr = zipfile.ZIP_DEFLATED, 3, 0o644 << 16
                with (
                    path.open("rb") as file,
                    archive.open(entry, "w", force_zip64=path.stat().st_size > 2**31) as member,
                ):
                    while block := file.read(1 << 20):
                        member.write(block)


def _parser() -> argparse.ArgumentParser:
    """Return the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m sample_data.generate",
        description="Write a simulated Salesforce Data Export with field history. Same arguments, same bytes.",
        epilog="example: python -m sample_data.generate --deals 20000 --seed 3 --out export --scenario null",
    )
    parser.add_argument(
        "--deals",
        type=int,
        default=SHIPPED_DEALS,
        help=f"deals in Opportunity.csv, at least {FEWEST_DEALS} (default: %(default)s)",
    )
    parser.add_argument("--seed", type=int, default=7, help="whole number that stands for one simulated world (default: %(default)s)")
    parser.add_argument("--out", type=Path, required=True, metavar="FOLDER", help="where to write; files of an earlier run are replaced")
    parser.add_argument("--scenario", choices=tuple(world.SCENARIOS), default="effect", help="what is true in it (default: %(default)s)")
    parser.add_argument("--owners", type=int, default=40, help=f"sellers, {FEWEST_OWNERS} to {MOST_OWNERS} (default: %(default)s)")
    parser.add_argument("--encoding", choices=ENCODINGS, default="utf-8", help="of the CSV files (default: %(default)s)")
    parser.add_argument("--zip", action="store_true", dest="zipped", help=f"write one {ZIP_NAME} instead of loose files")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    parser = _parser()
    order = parser.parse_args(arguments)
    if order.deals < FEWEST_DEALS:
        parser.error(f"--deals is {order.deals}; the planted defects need at least {FEWEST_DEALS}")
    if not FEWEST_OWNERS <= order.owners <= MOST_OWNERS:
        parser.error(f"--owners is {order.owners}; choose {FEWEST_OWNERS} to {MOST_OWNERS}")
    if order.out.exists() and not order.out.is_dir():
        parser.error(f"--out is {order.out}, which is a file; name a folder")
    if order.seed < 0:
        parser.error(f"--seed is {order.seed}; choose 0 or more")
    truth = write(
        order.out,
        order.deals,
        order.seed,
        order.scenario,
        owners=order.owners,
        zipped=order.zipped,
        encoding=order.encoding,
    )
    for name, rows in truth.rows.items():
        sys.stdout.write(f"{rows:>12,}  {name}\n")
    sys.stdout.write(f"planted effect: {truth.effect_points:+.1f} points; written to {order.out}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
