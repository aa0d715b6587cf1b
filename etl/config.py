"""The shape of sameside.toml: packaged defaults with the user's file laid over them."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Annotated, Any, Literal, Self, TypeVar, get_args
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from babel.localedata import locale_identifiers
from cronsim import CronSim, CronSimError
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    Field,
    ValidationError,
    model_validator,
)

from etl.access import Access
from etl.errors import ConfigError
from etl.shape import Shape, Texts

DEFAULTS = Path(__file__).with_name("defaults.toml")
FILE_NAME = "sameside.toml"
DEAL_ID = "{deal_id}"
MOST_TOPICS = 60
"""Questions and neutral fields of one CRM: macros.answer_bits holds a bit of a 64-bit number for each."""

_CRON_FIELDS = 5
_ADDRESS = r"^[A-Za-z0-9_.+-]+@[A-Za-z0-9.-]+$"

_ZERO = re.compile(r"\\u0000|\\U00000000")
_MOST = 10**9  # of anything that is counted
_MOST_MINUTES = 10**6  # two years
Count = Annotated[int, Field(ge=1, le=_MOST)]
Minutes = Annotated[int, Field(ge=1, le=_MOST_MINUTES)]

Outcome = Literal["won", "lost", "open"]
DateOrder = Literal["dmy", "mdy"]


def _known_zone(name: str) -> str:
    if name not in available_timezones():
        near = difflib.get_close_matches(name, available_timezones(), n=1)
        raise ValueError(f"is not a time zone{f'; did you mean {near[0]!r}?' if near else ''}")
    return name


def known_locale(name: str) -> str:
    """Return the name of a locale; raises ValueError with the nearest one where there is none of that name."""
    if name not in locale_identifiers():
        near = difflib.get_close_matches(name, locale_identifiers(), n=1)
        raise ValueError(f"is not a locale, such as en_GB or de_DE{f'; did you mean {near[0]!r}?' if near else ''}")
    return name


def _deal_url(pattern: str) -> str:
    """Return a pattern that a link may be made of: an address of the web with a place for the deal's id after its host."""
    parts = urlsplit(pattern)  # raises ValueError where it is no address
    if parts.scheme not in ("http", "https") or not parts.hostname or re.search(r"[\s\x00-\x1f]", pattern):
        raise ValueError("must be an address that begins with https:// or http://")
    if DEAL_ID not in pattern or DEAL_ID in parts.netloc:
        raise ValueError(f"must hold {DEAL_ID} where the deal's id goes, after the host")
    return pattern


class Organisation(Shape):
    """Who the numbers are for, and where their CRM shows a deal."""

    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    locale: Annotated[str, AfterValidator(known_locale)]
    time_zone: Annotated[str, AfterValidator(_known_zone)]
    fiscal_year_start_month: Annotated[int, Field(ge=1, le=12)]
    fiscal_year_named_for: Literal["end", "start"]
    deal_url: Annotated[str, AfterValidator(_deal_url)] | None = None


_RATE_DIGITS, _RATE_DECIMALS = 10, 10  # of raw.rates, before and after the point
_SURE_DIGITS = 15  # that a number keeps on its way through a TOML file


def _rate(written: object) -> Decimal:
    """Return a rate as exact as it was written, as a text or as a number; raises ValueError where it is no rate."""
    try:
        rate = Decimal(str(written))
    except InvalidOperation:
        raise ValueError(f"{written!r} is not a number, such as 0.92") from None
    if not rate.is_finite() or not 0 < rate < 10**_RATE_DIGITS:
        raise ValueError("must be above 0, and have at most 10 digits before the point")
    if rate != round(rate, _RATE_DECIMALS):
        raise ValueError("has more than 10 decimals")
    if isinstance(written, float) and len(rate.as_tuple().digits) > _SURE_DIGITS:
        raise ValueError(f'has too many digits to be read as a number: write it as a text, "{written}"')
    return rate


class Rate(Shape):
    """What a unit of a currency is worth in the organisation's, from a day on; None: on all days."""

    first_day: Annotated[date | None, Field(alias="from")] = None
    rate: Annotated[Decimal, BeforeValidator(_rate)]


def _dated_rates(written: object) -> object:
    """Return the rates of a currency as a list: one rate stands for itself, dated ones come in the order of their days."""
    if not isinstance(written, tuple):
        return ({"rate": written},)
    undated = [each for each in written if not (isinstance(each, Mapping) and isinstance(each.get("from"), date))]
    if undated or not written:
        raise ValueError("must be one rate, or a list such as [{ from = 2025-01-01, rate = 0.92 }]")
    days = [each["from"] for each in written]
    if len(set(days)) < len(days):
        raise ValueError("names two rates from one day on")
    return tuple(sorted(written, key=lambda each: each["from"]))


Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]


class Currencies(Shape):
    """What other currencies are worth in the organisation's, so that their amounts can be added up."""

    rates: dict[Currency, Annotated[tuple[Rate, ...], BeforeValidator(_dated_rates)]] = Field(default_factory=dict)


class Tag(Shape):
    """When and from how many answers on a deal is customer-focused."""

    landmark_day: Annotated[int, Field(ge=1, le=730)]
    answers_needed: Count | None = None


class Horizon(Shape):
    """How long after the landmark an outcome counts, and which differences matter."""

    horizon_days: Annotated[int, Field(ge=1, le=1825)]
    margin_points: Annotated[float, Field(gt=0, le=50)]


Stratum = Literal["stage", "owner", "team", "icp_fit", "segment", "amount_band", "deal_type", "lead_source", "pipeline"]


class LikeForLike(Shape):
    """What deals must share on the landmark day to count as alike, the most important first."""

    strata: Annotated[tuple[Stratum, ...], Field(min_length=1)]
    amount_bands: tuple[Annotated[float, Field(gt=0)], ...]

    @model_validator(mode="after")
    def _no_doubles_and_in_order(self) -> Self:
        if len(set(self.strata)) < len(self.strata):
            raise ValueError("strata names something twice")
        if list(self.amount_bands) != sorted(set(self.amount_bands)):
            raise ValueError("amount_bands go from the lowest to the highest, each once")
        return self


class Answers(Shape):
    """What counts as an answer."""

    min_letters: Annotated[int, Field(ge=1, le=50)]
    max_repeats: Count
    placeholders: Texts
    alone: Texts
    fillers: Texts
    not_yet: Texts
    sentinels: Texts
    bulk_deals: Annotated[int, Field(ge=2, le=_MOST)]
    count_imported: bool


class CrmField(Shape):
    """A field of a CRM, and which of its values are answers; `history` is what the field history calls it, where that is not its name."""

    name: Annotated[str, Field(min_length=1)]
    history: Annotated[str, Field(min_length=1)] | None = None
    kind: Literal["text", "choice", "flag"] = "text"
    answers: Texts = ()

    @model_validator(mode="after")
    def _answers_belong_to_choices(self) -> Self:
        if self.answers and self.kind != "choice":
            raise ValueError('`answers` goes with kind = "choice"')
        return self


def named_field(entry: object) -> object:
    """Return a field of a CRM as a table, where it is given by its name alone."""
    return {"name": entry} if isinstance(entry, str) else entry


CrmFields = dict[str, tuple[Annotated[CrmField, BeforeValidator(named_field)], ...]]


class Question(Shape):
    """A buyer-focused topic, and the fields that answer it in each CRM."""

    label: Annotated[str, Field(min_length=1)]
    ask: str = ""
    fields: CrmFields = Field(default_factory=dict)


class Neutral(Shape):
    """Fields that say nothing about the buyer: the control for tidy record-keeping."""

    fields: CrmFields = Field(default_factory=dict)


class Dates(Shape):
    """How dates are meant that can be read in two ways; not told, they stop a load."""

    order: DateOrder | None = None


class Icp(Shape):
    """Where the CRM says whether a deal fits the ideal customer profile."""

    fields: dict[str, Texts] = Field(default_factory=dict)
    values: Texts = ()


class LossReasons(Shape):
    """Loss reasons that are not a competitor's win."""

    no_decision: Texts
    disqualified: Texts


class Storage(Shape):
    """How the database file is written and kept."""

    version: Annotated[str, Field(pattern=r"^v\d+\.\d+\.\d+$")]
    memory_limit: Annotated[str, Field(pattern=r"^\d+(\.\d+)?\s*(MB|MiB|GB|GiB)$")]
    keep_versions: Annotated[int, Field(ge=0, le=_MOST)]


class Snapshots(Shape):
    """How many snapshots are kept."""

    keep: Annotated[int, Field(ge=0, le=_MOST)]


class Uploads(Shape):
    """What may be uploaded in the browser, and how long it may be worked on."""

    max_megabytes: Count
    max_files: Annotated[int, Field(ge=1, le=1000)]
    max_minutes: Minutes


class Sql(Shape):
    """How much a query of a user's own may take, on the command line and in the browser."""

    max_rows: Count
    max_megabytes: Count
    max_seconds: Annotated[int, Field(ge=1, le=86_400)]
    memory_limit: Annotated[str, Field(pattern=r"^\d+(\.\d+)?\s*(MB|MiB|GB|GiB)$")]


def _cron(expression: str) -> str:
    """Return an expression that comes due some day; in five fields, as cron and this scheduler read them alike."""
    try:
        next(CronSim(expression, datetime.now(UTC)))
    except (CronSimError, StopIteration) as error:
        raise ValueError(f"{expression!r} is never due: five fields, such as '15 2 * * *' for every night at 02:15") from error
    if len(expression.split()) != _CRON_FIELDS:
        raise ValueError(f"{expression!r} has not five fields, such as '15 2 * * *' for every night at 02:15")
    return expression


Cron = Annotated[str, AfterValidator(_cron)]


class Schedule(Shape):
    """What `sameside schedule` does and when, in the organisation's time zone; minutes are of the clock."""

    load: Cron
    export: Cron
    inputs: Texts
    mapping: str | None = None
    snapshots: Annotated[str, Field(min_length=1)]
    keep_snapshots: Count
    max_minutes: Minutes
    tries: Annotated[int, Field(ge=1, le=20)]
    retry_minutes: Minutes
    longest_retry_minutes: Annotated[int, Field(ge=1, le=1440)]


class Mail(Shape):
    """The server that takes alerts as mail, over STARTTLS, and whom they go to."""

    host: Annotated[str, Field(min_length=1)]
    port: Annotated[int, Field(ge=1, le=65535)] = 587
    user: str | None = None
    sender: Annotated[str, Field(pattern=_ADDRESS)]
    to: Annotated[tuple[Annotated[str, Field(pattern=_ADDRESS)], ...], Field(min_length=1)]


class Alerts(Shape):
    """What is worth an alert, and where alerts go besides the webhook."""

    shrinks_by_percent: Annotated[float, Field(gt=0, le=100)]
    mail: Mail | None = None


class Config(Shape):
    """All settings, as one frozen value."""

    organisation: Organisation
    currencies: Currencies
    zones: dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")], Annotated[str, AfterValidator(_known_zone)]]
    tag: Tag
    outcome: Horizon
    like_for_like: LikeForLike
    answers: Answers
    questions: dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")], Question]
    neutral: Neutral
    icp: Icp
    dates: Dates
    stages: dict[str, Outcome]
    loss_reasons: LossReasons
    columns: dict[str, dict[str, Texts]]
    storage: Storage
    snapshots: Snapshots
    uploads: Uploads
    sql: Sql
    schedule: Schedule
    alerts: Alerts
    access: Access

    @model_validator(mode="after")
    def _own_currency_needs_no_rate(self) -> Self:
        own = self.organisation.currency
        if own in self.currencies.rates:
            raise ValueError(f"currencies.rates.{own}: is the organisation's own currency, and needs no rate")
        return self

    @model_validator(mode="after")
    def _no_more_answers_than_questions(self) -> Self:
        needed = self.tag.answers_needed
        if needed is not None and needed > len(self.questions):
            raise ValueError(f"tag.answers_needed is {needed}, but there are {len(self.questions)} questions")
        return self

    @model_validator(mode="after")
    def _no_more_topics_than_bits(self) -> Self:
        topics = len(self.questions) + max(map(len, self.neutral.fields.values()), default=0)
        if topics > MOST_TOPICS:
            raise ValueError(f"there are {topics} questions and neutral fields; at most {MOST_TOPICS} can be held apart")
        return self


# Tables whose keys are the user's own: writing one replaces the packaged one as a whole.
_REPLACED = ("questions", "stages", "columns")

# Keys under which people might put what belongs to etl.signin, much of it secret.
_OF_PROVIDERS = ("auth", "oidc", "client_id", "client_secret", "cookie_secret", "metadata_url", "server_metadata_url", "redirect_uri")


def load_config(path: Path | None = None) -> Config:
    """Return the packaged defaults with the file at `path` laid over them.

    Raises ConfigError with every problem found: the dotted key, what is wrong, and the nearest valid key.
    """
    defaults = read_toml(DEFAULTS)
    user = read_toml(path) if path else {}
    return validated(Config, _overlaid(defaults, user), path or DEFAULTS)


def find_config(*folders: Path) -> Path | None:
    """Return the sameside.toml of the first of some folders that has one."""
    return next((folder / FILE_NAME for folder in folders if (folder / FILE_NAME).is_file()), None)


def read_toml(path: Path) -> dict[str, Any]:
    """Return the tables of a TOML file; raises ConfigError where it is missing or is no TOML."""
    try:
        text = path.read_text(encoding="utf-8")
        if _ZERO.search(text):
            raise ConfigError(f"{path} names a zero byte, which no text here can hold", todo="Take out what stands for it: \\u0000.")
        return tomllib.loads(text)
    except RecursionError as error:
        raise _too_deep(path) from error
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}", todo="Name a file that exists with --config.") from error
    except ValueError as error:  # no TOML, no UTF-8, or a number with more digits than Python reads
        raise ConfigError(f"{path} is not valid TOML: {error}", todo="Mend the line named above.") from error


Model = TypeVar("Model", bound=Shape)


def validated(model: type[Model], tables: Mapping[str, Any], path: Path) -> Model:
    """Return `tables` as a `model`; raises ConfigError that lists all problems at once."""
    try:
        return model.model_validate(_frozen(tables))
    except RecursionError as error:
        raise _too_deep(path) from error
    except ValidationError as error:
        problems = [_problem(model, each["loc"], each["type"], each["msg"]) for each in error.errors()]
        raise ConfigError(
            "\n".join(
                [
                    f"{path.name} has {len(problems)} problem{'s' * (len(problems) > 1)}:",
                    *(f"  - {p}" for p in problems),
                ]
            ),
            where=str(path),
            todo="Mend each line above. etl/defaults.toml shows every setting with its default.",
        ) from error


def _too_deep(path: Path) -> ConfigError:
    return ConfigError(f"{path} is nested too deeply", todo="etl/defaults.toml shows every setting with its default.")


def _overlaid(base: dict[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in over.items():
        old = merged.get(key)
        whole = key in _REPLACED or not (isinstance(old, dict) and isinstance(value, dict))
        merged[key] = value if whole or old is None else _overlaid(old, value)
    return merged


def _frozen(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _frozen(each) for key, each in value.items()}
    return tuple(_frozen(each) for each in value) if isinstance(value, list) else value


def _problem(model: type[BaseModel], loc: tuple[int | str, ...], kind: str, message: str) -> str:
    key = ".".join(str(part) for part in loc) or "the file"
    if kind != "extra_forbidden":
        return f"{key}: {message.removeprefix('Value error, ')}"
    if loc[-1] in _OF_PROVIDERS:
        return f"{key}: the identity provider is configured in the environment (SAMESIDE_OIDC_…) or Streamlit's secrets.toml, never here"
    valid = list(_shape_at(model, loc[:-1]).model_fields)
    near = difflib.get_close_matches(str(loc[-1]), valid, n=1)
    hint = f"; did you mean {near[0]!r}?" if near else f"; valid here: {', '.join(valid)}"
    return f"{key}: there is no such setting{hint}"


def _shape_at(model: type[BaseModel], loc: tuple[int | str, ...]) -> type[BaseModel]:
    """Return the shape of the table at `loc`; keys of the user's own and positions stay in the shape they are in."""
    for part in loc:
        field = model.model_fields.get(str(part))
        model = next(_shapes_inside(field.annotation), model) if field else model
    return model


def _shapes_inside(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _shapes_inside(inner)
