"""How Salesforce spells things in a Data Export: ids, times, stages, users.

An id is three characters of object, two of instance, a `0`, nine of a number in base 62, and three that tell upper
from lower case. Times are UTC without saying so.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import numpy as np
import polars as pl

from sample_data import texts
from sample_data.clock import ORIGIN, Floats, Ints, seconds
from sample_data.world import TEAMS, Owners

DATETIME: Final = "%Y-%m-%d %H:%M:%S"
EMPTY_ID: Final = "000000000000000AAA"
INSTANCE: Final = "S70"
DIGITS: Final = np.frombuffer(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", dtype=np.uint8)
CHECK: Final = np.frombuffer(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ012345", dtype=np.uint8)
START: Final = {"006": 1_103_500_000, "008": 5_420_310_000, "017": 7_730_480_000, "005": 90_211_700, "001": 470_216_000}
START_OF_TRACKING: Final = 61_902_000
"""Numbers from which the ids of each object are counted on."""

STAGES: Final = ("Discovery", "Qualification", "Proposal", "Negotiation", "Closed Won", "Closed Lost")
PROBABILITY: Final = (10, 25, 50, 75, 100, 0)
FORECAST: Final = ("Pipeline", "Pipeline", "BestCase", "Forecast", "Closed", "Omitted")
FORECAST_NAME: Final = ("Pipeline", "Pipeline", "Best Case", "Commit", "Closed", "Omitted")

_EPOCH: Final = int(datetime(ORIGIN.year, ORIGIN.month, ORIGIN.day, tzinfo=UTC).timestamp())
_PLAIN_LETTERS: Final = str.maketrans({"ø": "o", "ł": "l", "ß": "ss", "ı": "i", "æ": "ae", "'": "", " ": ""})


def ids(prefix: str, numbers: Ints) -> pl.Series:
    """Return the 18-character ids of an object's records, from their numbers."""
    letters = np.empty((len(numbers), 18), dtype=np.uint8)
    letters[:, :6] = np.frombuffer((prefix + INSTANCE).encode(), dtype=np.uint8)
    rest = numbers.astype(np.int64)
    for place in range(14, 5, -1):
        rest, digit = np.divmod(rest, 62)
        letters[:, place] = DIGITS[digit]
    upper = (letters[:, :15] >= ord("A")) & (letters[:, :15] <= ord("Z"))
    letters[:, 15:] = CHECK[upper.reshape(-1, 3, 5) @ np.array([1, 2, 4, 8, 16])]
    return pl.Series(letters.view("S18").ravel()).cast(pl.String)


def moments(working_days: Floats) -> pl.Series:
    """Return points in time from working days."""
    return from_seconds(seconds(working_days))


def from_seconds(since_origin: Ints) -> pl.Series:
    """Return points in time from seconds since `ORIGIN`."""
    return pl.from_epoch(pl.Series(since_origin + _EPOCH), "s")


def midnights(days: Ints) -> pl.Series:
    """Return dates, as Salesforce exports them, from calendar days since `ORIGIN`."""
    return from_seconds(days * 86_400)


def pick(words: tuple[str, ...] | tuple[int, ...] | pl.Series, index: Ints) -> pl.Series:
    """Return the word at each index."""
    return pl.Series(words).gather(index)


@dataclass(frozen=True)
class Team:
    """The users: owners first, then a sales operations administrator and two who have left."""

    ids: pl.Series
    names: pl.Series
    first_names: pl.Series
    last_names: pl.Series
    departments: pl.Series
    active: pl.Series

    @property
    def owners(self) -> int:
        """How many of the users own deals."""
        return len(self.ids) - 3

    @property
    def administrator(self) -> str:
        """Id of the user who set up the CRM."""
        return str(self.ids[self.owners])

    def table(self) -> pl.DataFrame:
        """Return `User.csv`."""
        user = [_user_name(name) for name in self.names]
        since = "2023-09-18 08:00:00"
        owner = np.arange(len(self.ids)) < self.owners
        return pl.DataFrame(
            {
                "Id": self.ids,
                "Username": [f"{name}@tidewater-software.example" for name in user],
                "LastName": self.last_names,
                "FirstName": self.first_names,
                "Name": self.names,
                "CompanyName": "Tidewater Software",
                "Division": "",
                "Department": self.departments,
                "Title": ["Account Executive" if sells else "Sales Operations" for sells in owner],
                "Email": [f"{name}@tidewater-software.example" for name in user],
                "IsActive": self.active,
                "TimeZoneSidKey": "Europe/Berlin",
                "LocaleSidKey": "en_IE",
                "LanguageLocaleKey": "en_US",
                "UserType": "Standard",
                "ManagerId": EMPTY_ID,
                "CurrencyIsoCode": "EUR",
                "CreatedDate": since,
                "CreatedById": self.administrator,
                "LastModifiedDate": since,
                "LastModifiedById": self.administrator,
                "SystemModstamp": since,
            }
        )


def draw_team(owners: Owners, rng: np.random.Generator) -> Team:
    """Return the users for the owners, with names drawn without repetition."""
    number = len(owners.team) + 3
    first, last = np.divmod(rng.permutation(len(texts.FIRST_NAMES) * len(texts.LAST_NAMES))[:number], len(texts.LAST_NAMES))
    first_names, last_names = pick(texts.FIRST_NAMES, first), pick(texts.LAST_NAMES, last)
    return Team(
        ids=ids("005", START["005"] + np.arange(number) * 7),
        names=first_names + " " + last_names,
        first_names=first_names,
        last_names=last_names,
        departments=pl.Series([*(TEAMS[team] for team in owners.team), "Sales Operations", TEAMS[0], TEAMS[1]]),
        active=pl.Series([1] * (number - 2) + [0, 0]),
    )


def _user_name(name: str) -> str:
    """Return a name in plain letters, as in an e-mail address."""
    first, _, last = name.lower().partition(" ")
    plain = unicodedata.normalize("NFKD", f"{first}.{last}".translate(_PLAIN_LETTERS))
    return plain.encode("ascii", "ignore").decode()
