"""Whom people sign in with: an OpenID Connect provider, told by the environment or by Streamlit's secrets, never by sameside.toml."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from etl.errors import ConfigError

VARIABLES: Final = {
    "client_id": "SAMESIDE_OIDC_CLIENT_ID",
    "client_secret": "SAMESIDE_OIDC_CLIENT_SECRET",
    "server_metadata_url": "SAMESIDE_OIDC_METADATA_URL",
    "redirect_uri": "SAMESIDE_OIDC_REDIRECT_URI",
    "cookie_secret": "SAMESIDE_OIDC_COOKIE_SECRET",
}
"""What has to be told of a provider, under Streamlit's names, and the variable of the environment that tells it."""

CALLBACK: Final = "/oauth2callback"
"""Where the provider sends people back to, below the dashboard's address."""

_MORE: Final = "client_kwargs"  # scopes and the like; of tokens, which Streamlit could show to the pages, nothing is asked
_APP: Final = Path(__file__).parent.parent / "dashboard"
_SHORTEST_SECRET: Final = 32  # letters; what signs a session must not be guessed
_LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")


def provider(environment: Mapping[str, str] = os.environ, folders: Iterable[Path] | None = None) -> dict[str, Any] | None:
    """Return what is told of the provider, as Streamlit's [auth] has it; None where nothing is, so that nobody has to sign in.

    Variables win over `.streamlit/secrets.toml` in one of `folders`: by default the home, the working folder and the dashboard's own, as
    Streamlit looks for it. Raises ConfigError where a provider is told by half or wrongly; the values themselves are in no message.
    """
    looked_in = (Path.home(), Path.cwd(), _APP) if folders is None else folders
    told = _in_files(folder / ".streamlit" / "secrets.toml" for folder in looked_in)
    told |= {key: value for key, name in VARIABLES.items() if (value := environment.get(name, "").strip())}
    if not told:
        return None
    if problems := list(_problems(told)):
        raise ConfigError(
            "\n".join(["sign-in is not configured as it has to be:", *(f"  - {problem}" for problem in problems)]),
            where="the environment, or [auth] in .streamlit/secrets.toml",
            todo="Set what is named above. Without any of it nobody has to sign in, and the dashboard serves this machine alone.",
        )
    return {key: told[key] for key in (*VARIABLES, _MORE) if key in told}


def is_configured() -> bool:
    """Return whether people have to sign in; raises ConfigError where that is told by half or wrongly."""
    return provider() is not None


def _in_files(paths: Iterable[Path]) -> dict[str, Any]:
    told: dict[str, Any] = {}
    for path in paths:
        try:
            found = tomllib.loads(path.read_text(encoding="utf-8")).get("auth", {})
        except FileNotFoundError:
            continue
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise ConfigError(
                f"Streamlit's secrets cannot be read: {type(error).__name__}", str(path), todo="Mend or remove it."
            ) from error
        told |= found if isinstance(found, dict) else {"client_id": None}
    return told


def _problems(told: Mapping[str, Any]) -> Iterable[str]:
    """Return what is wrong with a provider, in words that hold none of its values."""
    missing = [key for key in VARIABLES if not isinstance(told.get(key), str) or not told[key]]
    yield from (f"{VARIABLES[key]} is missing ({key} in Streamlit's secrets)" for key in missing)
    for key in ("server_metadata_url", "redirect_uri"):
        if key not in missing and not _is_guarded(told[key]):
            yield f"{VARIABLES[key]} must begin with https://, or with http:// on this machine alone"
    if "redirect_uri" not in missing and not told["redirect_uri"].endswith(CALLBACK):
        yield f"{VARIABLES['redirect_uri']} must be the dashboard's address followed by {CALLBACK}"
    if "cookie_secret" not in missing and len(told["cookie_secret"]) < _SHORTEST_SECRET:
        yield f"{VARIABLES['cookie_secret']} must have {_SHORTEST_SECRET} letters or more, made at random"


def _is_guarded(url: str) -> bool:
    """Return whether what goes to an address cannot be read on its way."""
    parts = urlsplit(url)
    return bool(parts.hostname) and (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK))
