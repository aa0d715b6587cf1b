"""Pseudonyms of people: the same in every file and after every load, and nothing to be learnt from them without the key.

The key is in the environment as SAMESIDE_PSEUDONYM_KEY, else in a file of the data folder that nobody but its owner can read. Who has the
key can try names; who has a CRM finds a deal by its id: pseudonyms keep names from being read, they do not make anybody unfindable.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from etl.errors import DatabaseError, UsageError

KEY_VARIABLE: Final = "SAMESIDE_PSEUDONYM_KEY"
KEY_FILE: Final = "pseudonym.key"
_FEWEST_LETTERS: Final = 16
_DIGITS: Final = 6  # of a pseudonym, where no other begins alike


def secret_of(folder: Path) -> bytes:
    """Return the key of a data folder, which is made where there is none yet; raises UsageError where the one given is easily guessed."""
    if given := os.environ.get(KEY_VARIABLE):
        if len(given) < _FEWEST_LETTERS:
            raise UsageError(
                "the key of pseudonyms is too short, and could be guessed",
                where=f"the environment: {KEY_VARIABLE}",
                expected=f"at least {_FEWEST_LETTERS} letters that nobody knows",
                todo=f"Set another, or none: then a random one is kept in the data folder as {KEY_FILE}.",
            )
        return given.encode()
    path = folder / KEY_FILE
    try:
        if not path.exists():
            _make(path)
        return path.read_bytes()
    except OSError as error:
        raise DatabaseError(
            f"the key of pseudonyms cannot be kept: {error.strerror}", where=str(path), todo=f"Set {KEY_VARIABLE}."
        ) from error


def _make(path: Path) -> None:
    """Write a random key that only the owner of the file can read; whole or not at all."""
    beside = path.with_name(f".{path.name}-{os.getpid()}")
    beside.unlink(missing_ok=True)
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(32))
        file.flush()
        os.fsync(file.fileno())
    beside.rename(path)


def pseudonyms(names: Iterable[str], secret: bytes) -> dict[str, str]:
    """Return the pseudonym of each name, such as Rep 7F3A2C; the few whose digits would be alike bear more of them.

    >>> pseudonyms(["Cy Chan"], b"a key of the example")
    {'Cy Chan': 'Rep 6F9B01'}
    """
    digests = sorted((hmac.new(secret, name.encode(), hashlib.sha256).hexdigest().upper(), name) for name in set(names))
    neighbours = zip(["", *(digest for digest, _ in digests)], digests, [*(digest for digest, _ in digests[1:]), ""], strict=False)
    return {name: f"Rep {_apart(digest, before, after)}" for before, (digest, name), after in neighbours}


def _apart(digest: str, *neighbours: str) -> str:
    """Return as many digits of a digest as tell it from those beside it in order, and so from all."""
    return next(
        digest[:digits] for digits in range(_DIGITS, len(digest) + 1) if not any(each.startswith(digest[:digits]) for each in neighbours)
    )


def key_of_texts(secret: bytes) -> str:
    """Return a key of its own for the names of deals and customers, which SQL works out: see `hidden_sql`."""
    return hmac.new(secret, b"names of deals and customers", hashlib.sha256).hexdigest()


def hidden_sql(column: str, kind: str) -> str:
    """Return SQL of what stands for a name, such as Deal 7F3A2C10; null for null; in any capitals. `$key` is the key of texts."""
    return f"'{kind} ' || upper(left(sha256($key || lower(trim({column}))), 8))"
