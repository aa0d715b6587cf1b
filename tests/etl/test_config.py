"""The configuration: strict, over packaged defaults, with every problem told at once."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from etl.config import load_config
from etl.errors import ConfigError


def _write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "sameside.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_defaults_are_valid() -> None:
    """The packaged defaults pass their own checks and hold six questions."""
    config = load_config()
    assert (config.tag.landmark_day, config.outcome.horizon_days, len(config.questions)) == (30, 180, 6)


def test_user_file_lies_over_the_defaults(tmp_path: Path) -> None:
    """A file of one line changes one setting; questions of one's own replace the packaged ones as a whole."""
    config = load_config(_write(tmp_path, '[tag]\nlandmark_day = 60\n[questions.pain]\nlabel = "Pain"\nfields.salesforce = ["P__c"]\n'))
    assert (config.tag.landmark_day, config.outcome.horizon_days, list(config.questions)) == (60, 180, ["pain"])


def test_a_locale_that_nobody_knows_is_told_with_the_nearest(tmp_path: Path) -> None:
    """A locale is one that numbers can be written in."""
    with pytest.raises(ConfigError, match=r"organisation.locale: is not a locale.*did you mean 'de_DE'"):
        load_config(_write(tmp_path, '[organisation]\nlocale = "de_DEE"\n'))


def test_the_address_of_a_deal_is_a_web_address_with_a_place_for_its_id(tmp_path: Path) -> None:
    """The place comes after the host, so that an id cannot choose where a link leads."""
    good = "https://example.my.salesforce.com/{deal_id}"
    assert load_config().organisation.deal_url is None
    assert load_config(_write(tmp_path, f'[organisation]\ndeal_url = "{good}"\n')).organisation.deal_url == good
    for bad in (
        "javascript:alert({deal_id})",
        "https://example.com/",
        "https://{deal_id}.example.com/",
        "https:///{deal_id}",
        "example.com/{deal_id}",
    ):
        with pytest.raises(ConfigError, match=r"organisation.deal_url: must"):
            load_config(_write(tmp_path, f'[organisation]\ndeal_url = "{bad}"\n'))


def test_every_problem_is_told_with_the_nearest_key(tmp_path: Path) -> None:
    """Wrong keys, wrong types and unknown zones come in one error, each with its dotted key."""
    text = '[organisation]\ntime_zone = "Europe/Berln"\n[tag]\nlandmarkday = 3\n[outcome]\nhorizon_days = "long"\n[storag]\nx = 1\n'
    with pytest.raises(ConfigError) as caught:
        load_config(_write(tmp_path, text))
    told = str(caught.value)
    for part in (
        "4 problems",
        "did you mean 'Europe/Berlin'",
        "did you mean 'landmark_day'",
        "outcome.horizon_days",
        "did you mean 'storage'",
    ):
        assert part in told
    assert caught.value.exit_code == 2


def test_more_answers_than_questions_are_refused(tmp_path: Path) -> None:
    """Nobody could ever be customer-focused: that is a mistake of the settings."""
    with pytest.raises(ConfigError, match="answers_needed is 9"):
        load_config(_write(tmp_path, "[tag]\nanswers_needed = 9\n"))


def test_missing_and_broken_files_are_named(tmp_path: Path) -> None:
    """A file that is not there, and one that is no TOML, are errors that say which."""
    with pytest.raises(ConfigError, match="cannot be read"):
        load_config(tmp_path / "none.toml")
    with pytest.raises(ConfigError, match="not valid TOML"):
        load_config(_write(tmp_path, "[tag\n"))


def test_rates_are_exact_however_they_are_written(tmp_path: Path) -> None:
    """A number, a text, or several with their days, which come in order."""
    rates = load_config(
        _write(
            tmp_path,
            '[currencies]\nrates.USD = 0.92\nrates.JPY = "0.0061123456"\nrates.SEK = 11\n'
            'rates.GBP = [{ from = 2026-01-01, rate = "1.1468" }, { from = 2025-01-01, rate = 1.2 }]\n',
        )
    ).currencies.rates
    assert {name: [(each.first_day, each.rate) for each in dated] for name, dated in rates.items()} == {
        "USD": [(None, Decimal("0.92"))],
        "JPY": [(None, Decimal("0.0061123456"))],
        "SEK": [(None, Decimal(11))],
        "GBP": [(date(2025, 1, 1), Decimal("1.2")), (date(2026, 1, 1), Decimal("1.1468"))],
    }


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("rates.usd = 1", "currencies.rates.usd"),
        ("rates.USD = 0", "currencies.rates.USD.0.rate: must be above 0"),
        ("rates.USD = -1", "must be above 0"),
        ("rates.USD = nan", "must be above 0"),
        ("rates.USD = true", "True is not a number"),
        ('rates.USD = "0,92"', "'0,92' is not a number"),
        ("rates.USD = 0.12345678901", "more than 10 decimals"),
        ("rates.USD = 12345678901", "at most 10 digits"),
        ("rates.USD = 1234567.1234567891", 'write it as a text, "1234567.123456789'),
        ("rates.USD = []", "must be one rate, or a list such as"),
        ("rates.USD = [{ rate = 1 }]", "must be one rate, or a list such as"),
        ("rates.USD = [0.9, 0.8]", "must be one rate, or a list such as"),
        ('rates.USD = [{ from = "2025-01-01", rate = 1 }]', "must be one rate, or a list such as"),
        ("rates.USD = [{ from = 2025-01-01T10:00:00, rate = 1 }]", "currencies.rates.USD.0.from"),
        ("rates.USD = [{ from = 2025-01-01 }]", "currencies.rates.USD.0.rate: Field required"),
        ("rates.USD = [{ from = 2025-01-01, rat = 1 }]", "did you mean 'rate'"),
        ("rates.USD = [{ from = 2025-01-01, rate = 1 }, { from = 2025-01-01, rate = 2 }]", "two rates from one day on"),
        ("rates.EUR = 1", "currencies.rates.EUR: is the organisation's own currency"),
        ("rate.USD = 1", "did you mean 'rates'"),
    ],
)
def test_a_rate_that_is_none_is_told(tmp_path: Path, line: str, said: str) -> None:
    """With the key, and what would be one."""
    with pytest.raises(ConfigError) as caught:
        load_config(_write(tmp_path, f"[currencies]\n{line}\n"))
    assert said in str(caught.value)


def test_zones_and_names_of_fiscal_years_are_checked(tmp_path: Path) -> None:
    """Both problems come at once."""
    text = '[organisation]\nfiscal_year_named_for = "middle"\n[zones]\nsalesforce = "America/NewYork"\n'
    with pytest.raises(ConfigError, match=r"2 problems(.|\n)*'end' or 'start'(.|\n)*zones.salesforce: .*did you mean 'America/New_York'"):
        load_config(_write(tmp_path, text))


@pytest.mark.parametrize("text", ['[auth]\nclient_secret = "s"\n', '[access]\ncookie_secret = "s"\n', '[access.people]\nclient_id = "s"\n'])
def test_what_is_told_of_an_identity_provider_does_not_belong_here(tmp_path: Path, text: str) -> None:
    """It is refused with the place where it does, and the secret is not repeated."""
    with pytest.raises(ConfigError) as told:
        load_config(_write(tmp_path, text))
    assert "'s'" not in str(told.value)
    assert "SAMESIDE_OIDC_" in str(told.value) or "no e-mail address" in str(told.value)
