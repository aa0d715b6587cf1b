"""Scope → one tidy Polars frame per question: the only caller of the metrics, for dashboard, export and command line alike."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from datetime import date
from pathlib import Path
from typing import Any, Literal

import duckdb
import polars as pl

from etl.errors import DatabaseError
from etl.guard import hardened, lock
from etl.joint import questions_jointly
from etl.publish import audience_of, current
from etl.standardise import SCHEMA, other_methods
from etl.workings import STARTS_FROM, View, Workings

Dimension = Literal["owner", "team", "segment", "deal_type", "lead_source", "pipeline", "amount_band", "icp_fit"]
DIMENSIONS: tuple[Dimension, ...] = ("team", "owner", "segment", "deal_type", "lead_source", "pipeline", "amount_band", "icp_fit")
"""The dimensions that deals can be narrowed by, in the order in which people look for them."""

Scoped = Dimension | Literal["source"]
SCOPED: tuple[Scoped, ...] = (*DIMENSIONS, "source")
"""What deals can be narrowed by beside days: the dimensions, and where deals come from."""

DEFINITIONS = {"denominator": ("all", "decided"), "no_decision": ("in", "out"), "count_by": ("deals", "value")}
"""How deals may be counted, the default first."""

KEPT_DAYS = (14, 30, 60, 90)
"""Landmark days that people choose from; macros.kept_days, for which the file holds every deal."""

_TAGGED_DEALS = """
with tagged as (
    from metrics.tagged_deals(landmark_day := $landmark_day, answers_needed := $answers_needed, scope := $scope)
),

told as (
    select changes.deal_key, count(*) as changes_known
    from staging.field_changes as changes
    join staging.fields as fields on fields.field_no = changes.field_no
    join raw.questions as questions on questions.question_no = fields.question_no and not questions.is_neutral
    join tagged on tagged.deal_key = changes.deal_key and changes.changed_date <= tagged.created_date + tagged.day_l::integer
    where changes.is_recorded
    group by changes.deal_key
)

select
    deals.source,
    deals.deal_id,
    tagged.part,
    tagged.focus,
    tagged.is_won_by_horizon as is_won,
    tagged.answers_known,
    tagged.answers_unknown,
    coalesce(told.changes_known, 0) as changes_known
from tagged
join marts.deals as deals on deals.deal_key = tagged.deal_key
left join told on told.deal_key = tagged.deal_key
order by deals.source, deals.deal_id
"""


@dataclass(frozen=True, slots=True)
class Scope:
    """Which deals to look at, and how to tag them. An empty scope is all deals with the file's own settings.

    A dimension holds the values wanted, '(none)' for missing ones; landmark_day is in days, created_from and created_to are first
    and last day of creation. denominator, no_decision and count_by say how deals are counted, see metrics.scoped_deals; None is the first.
    """

    owner: tuple[str, ...] = ()
    team: tuple[str, ...] = ()
    segment: tuple[str, ...] = ()
    deal_type: tuple[str, ...] = ()
    lead_source: tuple[str, ...] = ()
    pipeline: tuple[str, ...] = ()
    amount_band: tuple[str, ...] = ()
    icp_fit: tuple[str, ...] = ()
    source: tuple[str, ...] = ()
    created_from: date | None = None
    created_to: date | None = None
    landmark_day: int | None = None
    answers_needed: int | None = None
    denominator: Literal["all", "decided"] | None = None
    no_decision: Literal["in", "out"] | None = None
    count_by: Literal["deals", "value"] | None = None

    def wanted(self) -> dict[str, list[str]]:
        """Return the scope as the metrics take it: a dimension to the texts of its values, a day or a definition to its one."""
        named = {name: [str(value) for value in getattr(self, name)] for name in SCOPED if getattr(self, name)}
        single = ("created_from", "created_to", *DEFINITIONS)
        return named | {name: [str(getattr(self, name))] for name in single if getattr(self, name)}

    def described(self) -> dict[str, Any]:
        """Return the settings that differ from an empty scope, for manifests and captions."""
        return {f.name: getattr(self, f.name) for f in fields(self) if getattr(self, f.name) not in ((), None)}


class Database:
    """One version of a published file, open for reading and for nothing else.

    It may be shared between threads: every query has a cursor of its own. Reopen to see a newer version.
    """

    def __init__(self, path: Path) -> None:
        """Open a published file; raises DatabaseError where it is missing, damaged or of another version."""
        self.path, self.audience = path, audience_of(path)
        self._con = hardened(path, "4GB")
        lock(self._con)
        self._workings = Workings(self._con)
        self.load_id = str(self._ask("select load_id from raw.loads order by load_no desc limit 1")["load_id"][0])
        self._own_day = int(self._ask("select landmark_day from raw.settings")["landmark_day"][0])

    @classmethod
    def of_folder(cls, folder: Path) -> Database:
        """Open the current version of a data folder; raises DatabaseError where there is none."""
        version = current(folder)
        try:
            return cls(version)
        except DatabaseError:
            if current(folder) == version:
                raise
            return cls.of_folder(folder)  # another was published just then, and this one taken away

    def headline(self, scope: Scope) -> pl.DataFrame:
        """Return metrics.headline: one row per figure, both groups and their difference."""
        return self._metric("headline", scope)

    def evidence_ladder(self, scope: Scope) -> pl.DataFrame:
        """Return metrics.evidence_ladder: one row per step."""
        return self._metric("evidence_ladder", scope)

    def like_for_like(self, scope: Scope, by: str = "all", strata: Sequence[str] | None = None) -> pl.DataFrame:
        """Return metrics.like_for_like: one row per value of a dimension, comparison, measure and contrast.

        strata is what alike deals share; None for what the file's settings ask for.
        """
        return self._metric("like_for_like", scope, dimension=by, strata=_listed(strata))

    def verdict(self, scope: Scope) -> pl.DataFrame:
        """Return metrics.verdict: one row per measure, that of the win rate first."""
        return self._metric("verdict", scope)

    def effects(self, scope: Scope, by: str = "question") -> pl.DataFrame:
        """Return metrics.effects: one row per value of a dimension, or question, and measure."""
        return self._metric("effects", scope, dimension=by)

    def balance(self, scope: Scope) -> pl.DataFrame:
        """Return metrics.balance: one row per factor and value."""
        return self._metric("balance", scope)

    def sensitivity(self, scope: Scope) -> pl.DataFrame:
        """Return metrics.findings for other landmarks and thresholds: its rows, with landmark_day and answers_needed before them.

        The landmarks are those of KEPT_DAYS and the one in force, at the threshold in force; the thresholds 1 to the number of mapped
        questions, at the landmark in force. One row per landmark, threshold and measure.
        """
        settings = self.settings()
        day, needed = scope.landmark_day or settings["landmark_day"], scope.answers_needed or settings["answers_needed"]
        questions = self.questions().filter(pl.col("is_mapped") & ~pl.col("is_neutral")).height
        asked = [(each, needed) for each in sorted({*KEPT_DAYS, day})] + [(day, each) for each in range(1, questions + 1) if each != needed]
        frames = [
            self._metric("findings", replace(scope, landmark_day=landmark_day, answers_needed=answers_needed)).select(
                pl.lit(landmark_day).alias("landmark_day"), pl.lit(answers_needed).alias("answers_needed"), pl.all()
            )
            for landmark_day, answers_needed in asked
        ]
        return pl.concat(frames, how="vertical_relaxed")

    def suggested_settings(self) -> pl.DataFrame:
        """Return metrics.suggested_settings: one row."""
        return self._ask("from metrics.suggested_settings()")

    def settings_log(self) -> pl.DataFrame:
        """Return raw.settings_log: one row per setting and change, in order."""
        return self._ask("from raw.settings_log order by loaded_at, setting")

    def win_rate_by_answers(self, scope: Scope) -> pl.DataFrame:
        """Return metrics.win_rate_by_answers: one row per number of answers."""
        return self._metric("win_rate_by_answers", scope)

    def answers_trend(self, scope: Scope) -> pl.DataFrame:
        """Return metrics.answers_trend: one row."""
        return self._metric("answers_trend", scope)

    def owner_rates(self, scope: Scope) -> pl.DataFrame:
        """Return metrics.owner_rates: one row per owner, those with the most deals first."""
        return self._metric("owner_rates", scope)

    def fit_by_focus(self, scope: Scope) -> pl.DataFrame:
        """Return metrics.fit_by_focus: one row per ICP fit and focus."""
        return self._metric("fit_by_focus", scope)

    def value_weighted(self, scope: Scope) -> pl.DataFrame:
        """Return metrics.value_weighted: one row per figure in money and focus."""
        return self._metric("value_weighted", scope)

    def mantel_haenszel(self, scope: Scope, by: str = "segment") -> pl.DataFrame:
        """Return metrics.mantel_haenszel across the values of a dimension: one row per measure."""
        return self._metric("mantel_haenszel", scope, dimension=by)

    def simpson(self, scope: Scope) -> pl.DataFrame:
        """Return metrics.simpson: one row per dimension, those with a warning first."""
        return self._metric("simpson", scope)

    def robustness(self, scope: Scope) -> pl.DataFrame:
        """Return metrics.robustness: one row."""
        return self._metric("robustness", scope)

    def friction(self, scope: Scope) -> pl.DataFrame:
        """Return metrics.friction: one row per sign, day until which it is counted, and focus."""
        return self._metric("friction", scope)

    def questions_jointly(self, scope: Scope) -> pl.DataFrame:
        """Return what each question goes with when the others are held equal, one row per question; see etl.joint.questions_jointly."""
        patterns = self._metric("answer_patterns", scope)
        mapped = self.questions().filter(pl.col("is_mapped") & ~pl.col("is_neutral"))["topic"].to_list()
        return questions_jointly(patterns, mapped, self._multiple(patterns["owner"].n_unique()))

    def other_methods(self, scope: Scope) -> pl.DataFrame:
        """Return the like-for-like difference in win rate by other methods, one row per method; see etl.standardise.other_methods.

        Deals are made alike in what metrics.like_for_like made them alike in, after it coarsened.
        """
        compared = self.like_for_like(scope).filter(comparison="like for like")
        if compared.is_empty():
            return SCHEMA.to_frame()
        row = compared.row(0, named=True)
        return other_methods(self._metric("landmark_cells", scope), row["strata"], self._multiple(row["owners"]))

    def rate_ratio_over_time(self, scope: Scope) -> pl.DataFrame:
        """Return metrics.rate_ratio_over_time, which knows no landmark: one row per comparison."""
        return self._ask(
            "from metrics.rate_ratio_over_time(answers_needed := $answers_needed, scope := $scope)",
            {"answers_needed": scope.answers_needed, "scope": _map(scope)},
        )

    def win_rate(self, scope: Scope, by: str = "all") -> pl.DataFrame:
        """Return metrics.win_rate: one row per value of a dimension and focus."""
        return self._metric("win_rate", scope, dimension=by)

    def sales_cycle(self, scope: Scope, by: str = "all") -> pl.DataFrame:
        """Return metrics.sales_cycle: one row per value of a dimension and focus."""
        return self._metric("sales_cycle", scope, dimension=by)

    def curves(self, scope: Scope, by: str = "all") -> pl.DataFrame:
        """Return metrics.curves: one row per value of a dimension, focus, day after the landmark and state."""
        return self._metric("curves", scope, dimension=by)

    def curve_at(self, scope: Scope, by: str = "all", days: Sequence[int] = (30, 60, 90, 180)) -> pl.DataFrame:
        """Return metrics.curve_at: one row per value of a dimension, marked day after the landmark, figure and focus or difference."""
        return self._metric("curve_at", scope, dimension=by, days=list(days))

    def cycle_quantiles(self, scope: Scope, by: str = "all") -> pl.DataFrame:
        """Return metrics.cycle_quantiles: one row per value of a dimension, measure, quantile and focus or difference."""
        return self._metric("cycle_quantiles", scope, dimension=by)

    def log_rank(self, scope: Scope, by: str = "all", strata: Sequence[str] | None = None) -> pl.DataFrame:
        """Return metrics.log_rank: one row per value of a dimension; strata as of like_for_like."""
        return self._metric("log_rank", scope, dimension=by, strata=_listed(strata))

    def left_out(self, scope: Scope) -> pl.DataFrame:
        """Return metrics.left_out: one row per part that deals in scope have in the comparison."""
        return self._metric("left_out", scope)

    def crm_figures(self, scope: Scope) -> pl.DataFrame:
        """Return metrics.crm_figures: one row."""
        return self._ask("from metrics.crm_figures(scope := $scope)", {"scope": _map(scope)})

    def settings(self) -> dict[str, Any]:
        """Return the settings of the file by name; see raw.settings."""
        return self._ask("from raw.settings").row(0, named=True)

    def told_by_history(self) -> dict[str, bool]:
        """Return whether any stage history says which stage, and which amount, deals had at the landmark: stage, amount_band."""
        return self._ask("select count(*) > 0 as stage, count(amount) > 0 as amount_band from raw.stage_changes").row(0, named=True)

    def stages_are_told_by_exports(self) -> bool:
        """Return whether the stage history is nothing but what exports differ in."""
        return bool(self._ask("select coalesce(bool_and(told_by = 'exports'), false) as is_so from raw.stage_changes")["is_so"][0])

    def loads(self) -> pl.DataFrame:
        """Return marts.loads of the latest load of each source, the last one first: one row per file."""
        return self._ask("from marts.loads where is_latest order by load_no desc, role, file")

    def load_counts(self) -> dict[str, Any]:
        """Return what the last load made of the loads before, as in raw.loads: load_no, deals_new, deals_changed and so on, by name."""
        return self._ask("from raw.loads order by load_no desc limit 1").row(0, named=True)

    def sources(self) -> pl.DataFrame:
        """Return where deals come from: source, deals, missing (no longer in its latest export), and last_seen_on, its day."""
        return self._ask(
            "select source, count(*) as deals, count(*) filter (where is_missing) as missing, max(last_seen_on) as last_seen_on "
            "from marts.deals group by source order by source"
        )

    def mappings(self) -> dict[str, str]:
        """Return the mapping that read the latest export of each source, by source."""
        return dict(self._ask("select source, arg_max(mapping, load_no) from raw.loads group by source").iter_rows())

    def sources_of_the_same_ids(self) -> pl.DataFrame:
        """Return other sources that hold at least half of the ids of the last load's source: source, and deals of an id that both hold."""
        return self._ask(
            """
            with loaded as (
                from marts.deals where source = (select arg_max(source, load_no) from raw.loads)
            )
            select other.source, count(*) as deals
            from marts.deals as other join loaded on loaded.deal_id = other.deal_id and loaded.source <> other.source
            group by other.source having 2 * count(*) >= (select count(*) from loaded) order by other.source
            """
        )

    def columns_gone(self) -> pl.DataFrame:
        """Return marts.columns_gone: one row per column that fed something once, and is not in the latest export of its source."""
        return self._ask("from marts.columns_gone order by source, is_field, role, fed")

    def rejects_by_reason(self) -> pl.DataFrame:
        """Return marts.rejects_by_reason, the most frequent first."""
        return self._ask("from marts.rejects_by_reason order by level, occurrences desc, file, column_name, reason")

    def field_coverage(self) -> pl.DataFrame:
        """Return marts.field_coverage: one row per field of the configuration."""
        return self._ask("from marts.field_coverage order by is_neutral, question, field, source")

    def questions(self) -> pl.DataFrame:
        """Return the questions and neutral controls: topic, label, ask, is_neutral, is_mapped."""
        return self._ask("select topic, label, ask, is_neutral, is_mapped from raw.questions order by question_no")

    def choices(self, dimension: Scoped) -> list[str]:
        """Return the values that deals have in a dimension, the most frequent first; '(none)' for missing ones."""
        frame = self._ask(
            f"select coalesce({dimension}, '(none)') as choice from metrics.scoped_deals() group by choice order by count(*) desc, choice"
        )
        return frame["choice"].to_list()

    def created_between(self) -> tuple[date, date] | None:
        """Return first and last day of creation, or None where no deal has one."""
        row = self._ask("select min(created_date) as first, max(created_date) as last from marts.deals").row(0)
        return None if row[0] is None else (row[0], row[1])

    def relation(self, name: str) -> pl.DataFrame:
        """Return a whole mart in a stable order, by the name of the mart."""
        return self._ask(f"from marts.{name} order by all")

    def sql(self, statement: str) -> pl.DataFrame:
        """Return the rows of a query of the user's own; raises duckdb.Error where DuckDB refuses it."""
        return self._ask(statement)

    def tagged_deals(self, scope: Scope) -> pl.DataFrame:
        """Return which deals are in scope and what they count as, one row per deal in the order of their ids.

        source, deal_id, part, focus, is_won (by the horizon), answers_known, answers_unknown as in metrics.tagged_deals; changes_known: the
        recorded changes of answers up to the landmark.
        """
        return self._ask(_TAGGED_DEALS, {"landmark_day": scope.landmark_day, "answers_needed": scope.answers_needed, "scope": _map(scope)})

    def deal_list(self, scope: Scope, by: str = "all", value: str = "all", focus: str | None = None) -> pl.DataFrame:
        """Return metrics.deal_list: one row per deal behind a value of a dimension, of one group or of both, at most 200."""
        return self._metric("deal_list", scope, dimension=by, by_value=value, focus=focus)

    def deal_facts(self, scope: Scope, deal_id: str) -> pl.DataFrame:
        """Return metrics.deal_facts: one row, or none where no deal has the id. Of the scope only the tag's settings count."""
        return self._metric("deal_facts", _tag_of(scope), deal_id=deal_id)

    def deal_stages(self, deal_id: str) -> pl.DataFrame:
        """Return metrics.deal_stages: one row per stay in a stage."""
        return self._ask("from metrics.deal_stages(deal_id := $deal_id)", {"deal_id": deal_id})

    def deal_questions(self, scope: Scope, deal_id: str) -> pl.DataFrame:
        """Return metrics.deal_questions: one row per question and neutral field. Of the scope only the landmark day counts."""
        return self._ask(
            "from metrics.deal_questions(deal_id := $deal_id, landmark_day := $landmark_day)",
            {"deal_id": deal_id, "landmark_day": scope.landmark_day},
        )

    def stage_times(self, scope: Scope) -> pl.DataFrame:
        """Return metrics.stage_times: one row per open stage and focus or difference, in the order in which deals enter them."""
        return self._metric("stage_times", scope)

    def cycle_spread(self, scope: Scope) -> pl.DataFrame:
        """Return metrics.cycle_spread: one row per outcome and focus."""
        return self._metric("cycle_spread", scope)

    def question_rates(self, scope: Scope) -> pl.DataFrame:
        """Return metrics.question_rates: one row per question or neutral field, and whether it stood answered."""
        return self._metric("question_rates", scope)

    def group_rates(self, scope: Scope, by: str = "team") -> pl.DataFrame:
        """Return metrics.group_rates: one row per value of a dimension, those with the most deals first."""
        return self._metric("group_rates", scope, dimension=by)

    def funnel_limits(self, scope: Scope) -> pl.DataFrame:
        """Return metrics.funnel_limits: one row per number of deals."""
        return self._metric("funnel_limits", scope)

    def owner_spread(self, scope: Scope) -> pl.DataFrame:
        """Return metrics.owner_spread: one row."""
        return self._metric("owner_spread", scope)

    def adoption(self, scope: Scope, by: str = "all") -> pl.DataFrame:
        """Return metrics.adoption: one row per value of a dimension and fiscal quarter of creation."""
        return self._metric("adoption", scope, dimension=by)

    def late_answers(self, scope: Scope, by: str = "owner") -> pl.DataFrame:
        """Return metrics.late_answers, which knows no landmark: one row per value of all, owner or team."""
        return self._ask("from metrics.late_answers(dimension := $by, scope := $scope)", {"by": by, "scope": _map(scope)})

    def coaching(self, scope: Scope, reps: Sequence[str] = (), row_limit: int | None = None) -> pl.DataFrame:
        """Return metrics.coaching: one row per open deal with answers missing, most at stake first; `reps` narrows to owners."""
        return self._metric("coaching", scope, reps=list(reps) or None, row_limit=row_limit)

    def coaching_summary(self, scope: Scope, by: str = "all", reps: Sequence[str] = ()) -> pl.DataFrame:
        """Return metrics.coaching_summary: one row, or one per owner or question."""
        return self._metric("coaching_summary", scope, dimension=by, reps=list(reps) or None)

    def data_problems(self, scope: Scope) -> pl.DataFrame:
        """Return metrics.data_problems: one row per kind of fault."""
        return self._metric("data_problems", scope)

    def junk_answers(self, scope: Scope, row_limit: int | None = None) -> pl.DataFrame:
        """Return metrics.junk_answers: one row per question, reason and text, the most frequent first."""
        return self._ask(
            "from metrics.junk_answers(scope := $scope, row_limit := $row_limit)", {"scope": _map(scope), "row_limit": row_limit}
        )

    def suspected_duplicates(self, scope: Scope, row_limit: int | None = None) -> pl.DataFrame:
        """Return metrics.suspected_duplicates: one row per group of deals alike, the largest amount first."""
        return self._ask(
            "from metrics.suspected_duplicates(scope := $scope, row_limit := $row_limit)", {"scope": _map(scope), "row_limit": row_limit}
        )

    def load_amounts(self) -> pl.DataFrame:
        """Return marts.load_amounts: one row per deal file, column of amounts and currency."""
        return self._ask("from marts.load_amounts order by file, column_name, currency")

    def amounts_by_currency(self, scope: Scope) -> pl.DataFrame:
        """Return metrics.amounts_by_currency: one row per currency, the organisation's own first."""
        return self._ask("from metrics.amounts_by_currency(scope := $scope)", {"scope": _map(scope)})

    def bad_dates(self, scope: Scope, row_limit: int | None = None) -> pl.DataFrame:
        """Return metrics.bad_dates: one row per deal and fault, the worst kind first."""
        return self._ask("from metrics.bad_dates(scope := $scope, row_limit := $row_limit)", {"scope": _map(scope), "row_limit": row_limit})

    def unlisted_stages(self, scope: Scope) -> pl.DataFrame:
        """Return metrics.unlisted_stages: one row per stage that no table names, the most deals first."""
        return self._ask("from metrics.unlisted_stages(scope := $scope)", {"scope": _map(scope)})

    def currencies(self) -> list[str]:
        """Return the currencies that deals are in, in order."""
        return self._ask("select distinct currency from marts.deals where currency is not null order by currency")["currency"].to_list()

    def _multiple(self, owners: int) -> float | None:
        """Return how many standard errors a 95% interval reaches whose clusters are owners, None with too few of them."""
        frame = self._ask("select case when $owners >= 5 then macros.t_quantile($owners - 1) end as multiple", {"owners": owners})
        multiple: float | None = frame["multiple"][0]
        return multiple

    def _metric(self, name: str, scope: Scope, **more: Any) -> pl.DataFrame:
        dimension = {"dimension": more.pop("dimension")} if "dimension" in more else {}  # a metric's own may be another than all
        view, is_plain = self._view(scope, dimension.get("dimension", "all")), not more
        if is_plain and name in STARTS_FROM:
            with self._answering(), self._workings.kept(name, view) as catalog:
                return self._ask(f"from {catalog}.main.kept")
        arguments = {**view.arguments, **dimension, **more}
        call = ", ".join(f"{key} := ${key}" for key in arguments)
        with self._answering(), self._workings.standing_in(name, view, is_plain=is_plain) as before:
            return self._ask(f"from metrics.{name}({call})", arguments, before)

    def _view(self, scope: Scope, dimension: str) -> View:
        day = scope.landmark_day or self._own_day
        is_near = day in KEPT_DAYS or day == self._own_day
        arguments = {
            "landmark_day": None if is_near and day not in KEPT_DAYS else day,
            "answers_needed": scope.answers_needed,
            "scope": _map(scope),
            **({} if dimension == "all" else {"dimension": dimension}),
        }
        has_days = scope.created_from is not None or scope.created_to is not None
        is_told_apart = scope.denominator == "decided" or scope.no_decision == "out"
        return View(
            arguments,
            is_near=is_near,
            is_by_deals=scope.count_by != "value",
            is_in_cells=is_near and dimension == "all" and not has_days and not is_told_apart,
        )

    def _ask(self, sql: str, arguments: dict[str, Any] | None = None, before: tuple[str, ...] = ()) -> pl.DataFrame:
        """Return the rows of a query. What is asked with arguments is put aside first: a relation over it would be planned twice."""
        with self._answering():
            cursor = self._workings.cursor(before)
            if arguments is None:
                return _plain(cursor.sql(sql).pl())
            cursor.execute(f"create temp table answer as {sql}", arguments)
            return _plain(cursor.table("temp.answer").pl())

    @contextmanager
    def _answering(self) -> Iterator[None]:
        """Raise DatabaseError where a query fails: the file is damaged, or says of itself that it is one of ours, and is none."""
        try:
            yield
        except duckdb.Error as error:
            raise DatabaseError(
                f"the database cannot answer: {str(error).splitlines()[0]}",
                where=str(self.path),
                expected="a file that this version of Same Side published",
                todo="Load the export again; the new file is put beside the old one.",
            ) from error


def _plain(frame: pl.DataFrame) -> pl.DataFrame:
    """Return a frame with texts of enumerated types as texts."""
    return frame.cast({pl.Categorical: pl.String, pl.Enum: pl.String})


def _tag_of(scope: Scope) -> Scope:
    """Return what a scope says about how deals are tagged, and nothing of which deals are in it."""
    return Scope(landmark_day=scope.landmark_day, answers_needed=scope.answers_needed)


def _listed(strata: Sequence[str] | None) -> list[str] | None:
    return None if strata is None else list(strata)


def _map(scope: Scope) -> dict[str, list[Any]]:
    wanted = scope.wanted()
    return {"key": list(wanted), "value": list(wanted.values())}
