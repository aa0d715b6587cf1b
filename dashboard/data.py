"""The one door to the database: what pages ask, answered by `etl.queries` and kept for as long as a version is current.

Every run of the app resolves the link of the data folder once. All of a run's answers come from that version, also
where another is published meanwhile. Who sees part of the deals is answered from the file of that part, which holds nothing else: what is
kept is kept by the path of the file, and so never shown to others.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any, cast

import polars as pl
import streamlit as st

from dashboard.terms import Alike, Terms
from dashboard.wording import frame as wording
from dashboard.wording.access import whose_deals
from dashboard.wording.common import definition
from etl.access import EVERYONE, Audience
from etl.answers import Answers, Question
from etl.audiences import path_of
from etl.csvtext import to_csv
from etl.describe import columns, formulas, relations
from etl.difference import difference, settings_that_differ, side_of_database
from etl.errors import DatabaseError, NoFileYet, SameSideError
from etl.gone import gone_lines
from etl.publish import LINK, earlier
from etl.publish import current as current_version
from etl.queries import DEFINITIONS, DIMENSIONS, KEPT_DAYS, SCOPED, Database, Dimension, Scope, Scoped

__all__ = ["DEFINITIONS", "DIMENSIONS", "KEPT_DAYS", "SCOPED", "Data", "Dimension", "NoFileYet", "Scope", "current", "opened"]

_FOLDER_VARIABLE = "SAMESIDE_DATA"
_DEFAULT_FOLDER = "sameside-data"
_SEEN = "version seen"
_FILES_OPEN = 12  # so many audiences look at the same time before one waits for its file to be opened anew
_UNTOLD = ("(none)", "unknown")  # how a dimension reads where the export is silent


def opened(audience: Audience = EVERYONE) -> Data:
    """Return the data folder's current version as an audience sees it, and tell a session that saw another version before.

    Raises NoFileYet where the version has no file for the audience, and SameSideError where there is no database, or one that cannot be
    opened.
    """
    data = Data(str(current_version(folder())), audience)
    if not Path(data.path).exists():
        raise NoFileYet("there is no file for this audience yet", todo="The next load makes it.")
    _database(data.path)  # opened now, so that a file that cannot be opened is told before anything is drawn
    before: Data = st.session_state.get(_SEEN, data)
    if before.version != data.version:
        st.toast(wording.NEW_DATA)
    st.session_state[_SEEN] = data
    return data


def folder() -> Path:
    """Return the folder that holds the database."""
    return Path(os.environ.get(_FOLDER_VARIABLE, _DEFAULT_FOLDER))


def problem() -> SameSideError | None:
    """Return why there is no database to show, if there is none."""
    try:
        _database(str(current_version(folder())))
    except SameSideError as error:
        return error
    return None


def has_file() -> bool:
    """Return whether there is a database, be it one that cannot be opened."""
    return (folder() / LINK).exists()


def version() -> str | None:
    """Return the version that is current now, whatever this run opened; None where there is none."""
    return str(current_version(folder())) if has_file() else None


def current() -> Data:
    """Return the version that this run of the app opened."""
    seen: Data = st.session_state[_SEEN]
    return seen


@dataclass(frozen=True, slots=True)
class Data:
    """One version of the database, as pages ask it for an audience; version is the path of the published file, which bears the load id."""

    version: str
    audience: Audience = EVERYONE

    @property
    def path(self) -> str:
        """Return the path of the file that is asked: that of the audience, and nothing else is ever read for it."""
        return str(path_of(Path(self.version), self.audience))

    @property
    def is_restricted(self) -> bool:
        """Return whether the file is one of an audience, so that what a load read of all deals has no place in it."""
        return not self.audience.is_whole

    @property
    def whose(self) -> str:
        """Return whose deals these are, where the file is one of an audience."""
        return whose_deals(self.audience) if self.is_restricted else ""

    def headline(self, scope: Scope) -> pl.DataFrame:
        """Return metrics.headline."""
        return self._metric("headline", scope)

    def evidence_ladder(self, scope: Scope) -> pl.DataFrame:
        """Return metrics.evidence_ladder."""
        return self._metric("evidence_ladder", scope)

    def verdict(self, scope: Scope) -> pl.DataFrame:
        """Return metrics.verdict."""
        return self._metric("verdict", scope)

    def win_rate(self, scope: Scope, by: str = "all") -> pl.DataFrame:
        """Return metrics.win_rate."""
        return self._metric("win_rate", scope, by)

    def sales_cycle(self, scope: Scope, by: str = "all") -> pl.DataFrame:
        """Return metrics.sales_cycle."""
        return self._metric("sales_cycle", scope, by)

    def win_rate_by_answers(self, scope: Scope) -> pl.DataFrame:
        """Return metrics.win_rate_by_answers."""
        return self._metric("win_rate_by_answers", scope)

    def answers_trend(self, scope: Scope) -> dict[str, Any]:
        """Return the row of metrics.answers_trend."""
        return self._metric("answers_trend", scope).row(0, named=True)

    def fit_by_focus(self, scope: Scope) -> pl.DataFrame:
        """Return metrics.fit_by_focus."""
        return self._metric("fit_by_focus", scope)

    def simpson(self, scope: Scope) -> pl.DataFrame:
        """Return metrics.simpson."""
        return self._metric("simpson", scope)

    def curves(self, scope: Scope, by: str = "all") -> pl.DataFrame:
        """Return metrics.curves."""
        return self._metric("curves", scope, by)

    def curve_at(self, scope: Scope, by: str = "all") -> pl.DataFrame:
        """Return metrics.curve_at."""
        return self._metric("curve_at", scope, by)

    def cycle_quantiles(self, scope: Scope, by: str = "all") -> pl.DataFrame:
        """Return metrics.cycle_quantiles."""
        return self._metric("cycle_quantiles", scope, by)

    def log_rank(self, scope: Scope, by: str = "all", strata: tuple[str, ...] | None = None) -> pl.DataFrame:
        """Return metrics.log_rank; strata is what alike deals share, None for the settings' own."""
        return self._metric("log_rank", scope, by, strata)

    def friction(self, scope: Scope) -> pl.DataFrame:
        """Return metrics.friction."""
        return self._metric("friction", scope)

    def effects(self, scope: Scope, by: str = "question") -> pl.DataFrame:
        """Return metrics.effects."""
        return self._metric("effects", scope, by)

    def questions_jointly(self, scope: Scope) -> pl.DataFrame:
        """Return what each question goes with when the others are held equal."""
        return self._metric("questions_jointly", scope)

    def like_for_like(self, scope: Scope, by: str = "all", strata: tuple[str, ...] | None = None) -> pl.DataFrame:
        """Return metrics.like_for_like; strata is what alike deals share, None for the settings' own."""
        return self._metric("like_for_like", scope, by, strata)

    def balance(self, scope: Scope) -> pl.DataFrame:
        """Return metrics.balance."""
        return self._metric("balance", scope)

    def sensitivity(self, scope: Scope) -> pl.DataFrame:
        """Return metrics.verdict at other landmarks and thresholds."""
        return self._metric("sensitivity", scope)

    def robustness(self, scope: Scope) -> dict[str, Any]:
        """Return the row of metrics.robustness."""
        return self._metric("robustness", scope).row(0, named=True)

    def other_methods(self, scope: Scope) -> pl.DataFrame:
        """Return the like-for-like difference by other methods."""
        return self._metric("other_methods", scope)

    def mantel_haenszel(self, scope: Scope, by: str = "segment") -> pl.DataFrame:
        """Return metrics.mantel_haenszel."""
        return self._metric("mantel_haenszel", scope, by)

    def owner_rates(self, scope: Scope) -> pl.DataFrame:
        """Return metrics.owner_rates."""
        return self._metric("owner_rates", scope)

    def value_weighted(self, scope: Scope) -> pl.DataFrame:
        """Return metrics.value_weighted."""
        return self._metric("value_weighted", scope)

    def alike(self, scope: Scope) -> Alike:
        """Return what metrics.verdict held equal, and let go, of what the export tells anything about.

        What the scope narrows to one value was not let go.
        """
        return self._alike(self.verdict(scope)["strata"][0], scope)

    def alike_by_question(self, scope: Scope) -> Alike:
        """Return the same of metrics.effects for questions, which coarsens by itself."""
        compared = self.like_for_like(scope, "question").filter(comparison="like for like")
        return self._alike(compared["strata"][0].to_list() if compared.height else None, scope)

    def _alike(self, held: Sequence[str] | None, scope: Scope) -> Alike:
        if held is None:
            return Alike()
        asked = self.settings()["strata"]
        let_go = [factor for factor in asked if factor not in held and len(getattr(scope, factor, ())) != 1]
        return Alike(*(tuple(filter(self._is_told, factors)) for factors in (held, let_go)))

    def left_out(self, scope: Scope) -> pl.DataFrame:
        """Return metrics.left_out."""
        return self._metric("left_out", scope)

    def deals(self, scope: Scope) -> int:
        """Return how many deals are in scope."""
        return int(self.left_out(scope)["deals"].sum())

    def crm_figures(self, scope: Scope) -> dict[str, Any]:
        """Return the row of metrics.crm_figures."""
        return self._metric("crm_figures", scope).row(0, named=True)

    def terms(self, scope: Scope) -> Terms:
        """Return the definition in force: the file's settings with the scope's laid over them."""
        settings = self.settings()
        return Terms(
            landmark_day=scope.landmark_day or settings["landmark_day"],
            answers_needed=scope.answers_needed or settings["answers_needed"],
            questions=self.questions_mapped(),
            horizon_days=settings["horizon_days"],
            currency=settings["currency"],
            as_of=settings["as_of"],
            has_field_history=settings["has_field_history"],
            has_owners=settings["has_owners"],
            **{name: getattr(scope, name) or words[0] for name, words in DEFINITIONS.items()},
        )

    def settings(self) -> dict[str, Any]:
        """Return the settings of the file."""
        settings: dict[str, Any] = _fact(self.path, "settings")
        return settings

    def questions(self) -> pl.DataFrame:
        """Return the questions and neutral controls: topic, label, ask, is_neutral, is_mapped; in their order."""
        questions: pl.DataFrame = _fact(self.path, "questions")
        return questions

    def questions_mapped(self) -> int:
        """Return how many buyer questions the export can answer."""
        return _mapped(self.path)

    def load_counts(self) -> dict[str, Any]:
        """Return what the last load made of the loads before; see raw.loads."""
        counts: dict[str, Any] = _fact(self.path, "load_counts")
        return counts

    def sources(self) -> pl.DataFrame:
        """Return where deals come from: source, deals, missing and last_seen_on."""
        sources: pl.DataFrame = _fact(self.path, "sources")
        return sources

    def columns_gone(self) -> list[str]:
        """Return a line for each column that fed something once, and is not in the latest export of its source."""
        gone: pl.DataFrame = _fact(self.path, "columns_gone")
        return list(gone_lines(gone, _fact(self.path, "mappings")))

    def loads(self) -> pl.DataFrame:
        """Return marts.loads of the latest load of each source: one row per file."""
        loads: pl.DataFrame = _fact(self.path, "loads")
        return loads

    def rejects_by_reason(self) -> pl.DataFrame:
        """Return marts.rejects_by_reason, the most frequent first."""
        rejects: pl.DataFrame = _fact(self.path, "rejects_by_reason")
        return rejects

    def field_coverage(self) -> pl.DataFrame:
        """Return marts.field_coverage: one row per field of the configuration."""
        coverage: pl.DataFrame = _fact(self.path, "field_coverage")
        return coverage

    def loaded_at(self) -> datetime:
        """Return when the file was made, UTC."""
        at: datetime = self.loads()["loaded_at"][0]
        return at

    def choices(self, dimension: Scoped) -> list[str]:
        """Return the values that deals have in a dimension, the most frequent first."""
        return _choices(self.path, dimension)

    def created_between(self) -> tuple[date, date] | None:
        """Return first and last day of creation, or None where no deal has one."""
        between: tuple[date, date] | None = _fact(self.path, "created_between")
        return between

    def csv(self, frame: pl.DataFrame, scope: Scope) -> bytes:
        """Return a frame as CSV that a spreadsheet opens safely, with the definition in force beside each row.

        A frame that has a column of that name keeps it: rows of other landmark days say theirs.
        """
        terms = self.terms(scope)
        beside = {
            "as_of": terms.as_of,
            "landmark_day": terms.landmark_day,
            "answers_needed": terms.answers_needed,
            "horizon_days": terms.horizon_days,
            "scope": " · ".join(filter(None, (self.whose, wording.scope_line(scope.described())))),
            "definition": " ".join(definition(terms)),
        }
        return to_csv(frame.with_columns(pl.lit(value).alias(name) for name, value in beside.items() if name not in frame.columns))

    def deal_list(self, scope: Scope, by: str, value: str, focus: str) -> pl.DataFrame:
        """Return metrics.deal_list: the deals behind a value of a dimension and a group."""
        return self._metric("deal_list", scope, by, value, focus)

    def deal_facts(self, scope: Scope, deal_id: str) -> dict[str, Any] | None:
        """Return the row of metrics.deal_facts, or None where no deal has the id."""
        frame = self._metric("deal_facts", scope, deal_id)
        return frame.row(0, named=True) if frame.height else None

    def deal_stages(self, deal_id: str) -> pl.DataFrame:
        """Return metrics.deal_stages: one row per stay in a stage."""
        return _database(self.path).deal_stages(deal_id)

    def deal_questions(self, scope: Scope, deal_id: str) -> pl.DataFrame:
        """Return metrics.deal_questions: one row per question and neutral field."""
        return self._metric("deal_questions", scope, deal_id)

    def deal_url(self) -> str | None:
        """Return where the CRM shows a deal, with {deal_id} for its id, or None where that is not configured."""
        pattern: str | None = self.settings()["deal_url"]
        return pattern

    def question_rates(self, scope: Scope) -> pl.DataFrame:
        """Return metrics.question_rates."""
        return self._metric("question_rates", scope)

    def group_rates(self, scope: Scope, by: str = "team") -> pl.DataFrame:
        """Return metrics.group_rates."""
        return self._metric("group_rates", scope, by)

    def funnel_limits(self, scope: Scope) -> pl.DataFrame:
        """Return metrics.funnel_limits."""
        return self._metric("funnel_limits", scope)

    def owner_spread(self, scope: Scope) -> dict[str, Any]:
        """Return the row of metrics.owner_spread."""
        return self._metric("owner_spread", scope).row(0, named=True)

    def adoption(self, scope: Scope, by: str = "all") -> pl.DataFrame:
        """Return metrics.adoption."""
        return self._metric("adoption", scope, by)

    def late_answers(self, scope: Scope, by: str = "owner") -> pl.DataFrame:
        """Return metrics.late_answers."""
        return self._metric("late_answers", scope, by)

    def coaching(self, scope: Scope, reps: tuple[str, ...], row_limit: int) -> pl.DataFrame:
        """Return the first rows of metrics.coaching; without `reps`, of all."""
        return self._metric("coaching", scope, reps, row_limit)

    def coaching_summary(self, scope: Scope, by: str = "all", reps: tuple[str, ...] = ()) -> pl.DataFrame:
        """Return metrics.coaching_summary."""
        return self._metric("coaching_summary", scope, by, reps)

    def data_problems(self, scope: Scope) -> pl.DataFrame:
        """Return metrics.data_problems."""
        return self._metric("data_problems", scope)

    def junk_answers(self, scope: Scope, row_limit: int) -> pl.DataFrame:
        """Return the first rows of metrics.junk_answers."""
        return self._metric("junk_answers", scope, row_limit)

    def suspected_duplicates(self, scope: Scope, row_limit: int) -> pl.DataFrame:
        """Return the first rows of metrics.suspected_duplicates."""
        return self._metric("suspected_duplicates", scope, row_limit)

    def load_amounts(self) -> pl.DataFrame:
        """Return marts.load_amounts."""
        amounts: pl.DataFrame = _fact(self.path, "load_amounts")
        return amounts

    def amounts_by_currency(self, scope: Scope) -> pl.DataFrame:
        """Return metrics.amounts_by_currency."""
        return self._metric("amounts_by_currency", scope)

    def bad_dates(self, scope: Scope, row_limit: int) -> pl.DataFrame:
        """Return the first rows of metrics.bad_dates."""
        return self._metric("bad_dates", scope, row_limit)

    def unlisted_stages(self, scope: Scope) -> pl.DataFrame:
        """Return metrics.unlisted_stages."""
        return self._metric("unlisted_stages", scope)

    def currencies(self) -> list[str]:
        """Return the currencies that deals are in."""
        currencies: list[str] = _fact(self.path, "currencies")
        return currencies

    def settings_log(self) -> pl.DataFrame:
        """Return raw.settings_log."""
        log: pl.DataFrame = _fact(self.path, "settings_log")
        return log

    def suggested_settings(self) -> dict[str, Any] | None:
        """Return the row of metrics.suggested_settings, None where it has none."""
        suggested: pl.DataFrame = _fact(self.path, "suggested_settings")
        return suggested.row(0, named=True) if suggested.height else None

    def earlier(self) -> list[dict[str, Any]]:
        """Return the versions that the folder keeps beside this one and that can be opened, the latest first: version, as_of, loaded_at."""
        told = (_told(str(path_of(path, self.audience))) for path in earlier(Path(self.version)))
        return [each for each in told if each]

    def moved_since(self, version: str, scope: Scope) -> tuple[pl.DataFrame, list[str]]:
        """Return why figures moved since an earlier version, see etl.difference, and the settings that are not the same."""
        if version not in {each["version"] for each in self.earlier()}:
            raise DatabaseError("there is no such earlier version")
        return _moved(version, self.path, scope)

    def relations(self) -> pl.DataFrame:
        """Return the relations and metrics that the file documents; see etl.describe.relations."""
        return _relations(self.path)

    def columns(self) -> pl.DataFrame:
        """Return the columns that the file documents; see etl.describe.columns."""
        return _columns(self.path)

    def formulas(self) -> pl.DataFrame:
        """Return every formula in words and as SQL; see etl.describe.formulas."""
        return _formulas(self.path)

    def _is_told(self, factor: str) -> bool:
        """Return whether the export tells anything about a factor that alike deals may share; stage and amount take a history."""
        told: dict[str, bool] = _fact(self.path, "told_by_history")
        if factor in told:
            return told[factor]
        return any(choice not in _UNTOLD for choice in self.choices(cast("Dimension", factor)))

    def stage_times(self, scope: Scope) -> pl.DataFrame:
        """Return metrics.stage_times."""
        return self._metric("stage_times", scope)

    def cycle_spread(self, scope: Scope) -> pl.DataFrame:
        """Return metrics.cycle_spread."""
        return self._metric("cycle_spread", scope)

    def ahead(self, scope: Scope, *questions: str | Question) -> None:
        """Have asked what a page is about to ask, in its order: names of methods, or tuples of a name and what it takes."""
        asked = [(each,) if isinstance(each, str) else each for each in questions]
        _answers(self.path).ahead([partial(getattr(self, name), scope, *more) for name, *more in asked])

    def _metric(self, name: str, scope: Scope, *arguments: Any) -> pl.DataFrame:
        return _answers(self.path).ask(scope, (name, *arguments))


@st.cache_resource(max_entries=_FILES_OPEN, show_spinner=False)
def _answers(version: str) -> Answers:
    return Answers(Database(Path(version)))


def _database(version: str) -> Database:
    return _answers(version).database


@st.cache_data(max_entries=50 * _FILES_OPEN, show_spinner=False)
def _fact(version: str, name: str) -> Any:
    return getattr(_database(version), name)()


@st.cache_data(max_entries=20, show_spinner=False)
def _told(version: str) -> dict[str, Any] | None:
    """Return what a version is of, None where it cannot be opened: it is of another version of Same Side, or was just removed."""
    try:
        database = Database(Path(version))
    except SameSideError:
        return None
    return {"version": version, "as_of": database.settings()["as_of"], "loaded_at": database.loads()["loaded_at"][0]}


@st.cache_data(max_entries=20, show_spinner=False)
def _moved(before: str, after: str, scope: Scope) -> tuple[pl.DataFrame, list[str]]:
    sides = side_of_database(Database(Path(before)), scope), side_of_database(_database(after), scope)
    return difference(*sides), settings_that_differ(*sides)


@st.cache_data(max_entries=50 * _FILES_OPEN, show_spinner=False)
def _choices(version: str, dimension: Scoped) -> list[str]:
    return _database(version).choices(dimension)


@st.cache_data(max_entries=_FILES_OPEN, show_spinner=False)
def _mapped(version: str) -> int:
    questions = _database(version).questions()
    return questions.filter(pl.col("is_mapped") & ~pl.col("is_neutral")).height


@st.cache_data(max_entries=_FILES_OPEN, show_spinner=False)
def _relations(version: str) -> pl.DataFrame:
    return relations(_database(version))


@st.cache_data(max_entries=_FILES_OPEN, show_spinner=False)
def _columns(version: str) -> pl.DataFrame:
    return columns(_database(version))


@st.cache_data(max_entries=_FILES_OPEN, show_spinner=False)
def _formulas(version: str) -> pl.DataFrame:
    return formulas(_database(version))
