"""Sign-in: where the identity provider is told, what is wrong with it, and that no message holds a secret."""

from __future__ import annotations

from pathlib import Path

import pytest

from etl.errors import ConfigError
from etl.signin import VARIABLES, provider

GOOD = {
    "SAMESIDE_OIDC_CLIENT_ID": "same-side",
    "SAMESIDE_OIDC_CLIENT_SECRET": "the client's own secret",
    "SAMESIDE_OIDC_METADATA_URL": "https://login.example.com/.well-known/openid-configuration",
    "SAMESIDE_OIDC_REDIRECT_URI": "https://deals.example.com/oauth2callback",
    "SAMESIDE_OIDC_COOKIE_SECRET": "what signs the cookie, at random",
}
IN_FILE = '[auth]\nclient_secret = "from the file"\nexpose_tokens = "id"\n[auth.client_kwargs]\nscope = "openid email groups"\n'

WRONG = {
    "a part is missing": ({"SAMESIDE_OIDC_CLIENT_SECRET": " "}, "SAMESIDE_OIDC_CLIENT_SECRET is missing"),
    "metadata in the clear": ({"SAMESIDE_OIDC_METADATA_URL": "http://login.example.com/x"}, "METADATA_URL must begin with https://"),
    "metadata of no address": ({"SAMESIDE_OIDC_METADATA_URL": "login.example.com"}, "METADATA_URL must begin with https://"),
    "back in the clear": (
        {"SAMESIDE_OIDC_REDIRECT_URI": "http://deals.example.com/oauth2callback"},
        "REDIRECT_URI must begin with https://",
    ),
    "back to a page": ({"SAMESIDE_OIDC_REDIRECT_URI": "https://deals.example.com/"}, "followed by /oauth2callback"),
    "a short secret": ({"SAMESIDE_OIDC_COOKIE_SECRET": "guess me"}, "COOKIE_SECRET must have 32 letters"),
}


def secrets_in(folder: Path, text: str) -> Path:
    (folder / ".streamlit").mkdir()
    (folder / ".streamlit" / "secrets.toml").write_text(text)
    return folder


def test_without_any_of_it_nobody_signs_in(tmp_path: Path) -> None:
    """Neither where secrets hold other things."""
    assert provider({}, [tmp_path]) is None
    assert provider({}, [secrets_in(tmp_path, '[database]\npassword = "x"\n')]) is None


def test_the_environment_tells_all_of_it() -> None:
    """Under Streamlit's names; on this machine alone it may go without encryption."""
    assert provider(GOOD, []) == {key: GOOD[name] for key, name in VARIABLES.items()}
    local = {"SAMESIDE_OIDC_METADATA_URL": "http://localhost:9/x", "SAMESIDE_OIDC_REDIRECT_URI": "http://127.0.0.1:8501/oauth2callback"}
    assert provider(GOOD | local, [])


def test_streamlits_secrets_tell_what_the_environment_does_not(tmp_path: Path) -> None:
    """A variable wins; tokens are never exposed."""
    folder = secrets_in(tmp_path, IN_FILE)
    told = provider(GOOD | {"SAMESIDE_OIDC_CLIENT_SECRET": ""}, [folder])
    assert told
    assert told["client_secret"] == "from the file"  # noqa: S105
    assert told["client_kwargs"] == {"scope": "openid email groups"}
    assert "expose_tokens" not in told
    assert (provider(GOOD, [folder]) or {})["client_secret"] == GOOD["SAMESIDE_OIDC_CLIENT_SECRET"]


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_told_without_a_secret(case: str) -> None:
    """It never means that nobody has to sign in."""
    given, said = WRONG[case]
    with pytest.raises(ConfigError) as told:
        provider(GOOD | given, [])
    assert said in str(told.value)
    assert not [value for value in (GOOD | given).values() if value.strip() and value in str(told.value)]


@pytest.mark.parametrize("text", ["[auth", "auth = 3\n", 'auth = "x"\n', "[auth]\nclient_id = 3\n"])
def test_secrets_that_cannot_be_read_let_nobody_in(tmp_path: Path, text: str) -> None:
    """A slip in the file is no way around the door."""
    with pytest.raises(ConfigError):
        provider({}, [secrets_in(tmp_path, text)])
