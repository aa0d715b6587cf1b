"""Who may see what: the shape of [access] in sameside.toml, and what the claims of a signed-in person are granted by it.

Nothing here looks at a database. A grant names audiences; `etl.audiences` makes the file of each.
"""

from __future__ import annotations

import difflib
import hashlib
import json
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from etl.shape import Shape, Texts

Role = Literal["leader", "manager", "rep", "analyst", "operator"]
ROLES: tuple[Role, ...] = get_args(Role)
"""leader: all deals; manager: those of their teams; rep: their own; analyst: the SQL page; operator: uploads and the schedule."""

_DOMAIN = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+")
_EMAIL = re.compile(r"[^@\s\x00-\x1f]+@[^@\s\x00-\x1f]+")


def folded_email(email: str) -> str:
    """Return an e-mail as it is compared: without regard to case, but only where no letter outside ASCII could fold into another's.

    >>> folded_email("Ada@Example.COM")
    'ada@example.com'
    """
    return email.lower() if email.isascii() else email


def _known_role(name: object) -> object:
    if name in ROLES:
        return name
    near = difflib.get_close_matches(str(name), ROLES, n=1, cutoff=0.4)
    raise ValueError(f"{name!r} is no role{f'; did you mean {near[0]!r}?' if near else ''} (roles: {', '.join(ROLES)})")


def _email(text: str) -> str:
    if not _EMAIL.fullmatch(text):
        raise ValueError(f"{text!r} is no e-mail address, such as ada@example.com")
    return folded_email(text)


def _domain(text: str) -> str:
    if not _DOMAIN.fullmatch(text.lower()):
        raise ValueError(f"{text!r} is no domain, such as example.com")
    return text.lower()


def _each_once(people: object) -> object:
    if isinstance(people, Mapping):
        twice = [email for email, count in Counter(map(folded_email, people)).items() if count > 1]
        if twice:
            raise ValueError(f"names {', '.join(twice)} twice, in capitals and small letters")
    return people


def _not_by_the_lot(role: str) -> str:
    if role == "manager":
        raise ValueError("managers have teams: grant them under access.people or access.groups")
    return role


def _not_none(roles: tuple[Role, ...]) -> tuple[Role, ...]:
    if not roles:
        raise ValueError(f"names no role (roles: {', '.join(ROLES)})")
    return roles


_Role = Annotated[Role, BeforeValidator(_known_role)]
_Name = Annotated[str, Field(min_length=1)]


class Granted(Shape):
    """What a group is granted; pseudonyms: whether people's names are hidden from it, where that differs from all others."""

    roles: Annotated[tuple[_Role, ...], AfterValidator(_not_none)]
    teams: tuple[_Name, ...] = ()
    pseudonyms: bool | None = None

    @model_validator(mode="after")
    def _teams_go_with_managers(self) -> Self:
        if "manager" in self.roles and not self.teams:
            raise ValueError('a manager needs the teams whose deals they see: teams = ["North"]')
        if self.teams and "manager" not in self.roles:
            raise ValueError('`teams` goes with the role "manager"')
        return self


class GrantedPerson(Granted):
    """What a person is granted; owner: the name of a rep in the CRM, where their e-mail there does not tell it."""

    owner: _Name | None = None

    @model_validator(mode="after")
    def _owner_goes_with_reps(self) -> Self:
        if self.owner and "rep" not in self.roles:
            raise ValueError('`owner` goes with the role "rep"')
        return self


class Access(Shape):
    """Who may see what in the dashboard once sign-in is configured; nobody, unless granted here."""

    contact: str
    session_hours: Annotated[float, Field(gt=0, le=720)]
    domains: tuple[Annotated[str, AfterValidator(_domain)], ...]
    everyone_in_domains: tuple[Annotated[_Role, AfterValidator(_not_by_the_lot)], ...]
    groups_claim: _Name
    pseudonyms: bool
    people: Annotated[dict[Annotated[str, AfterValidator(_email)], GrantedPerson], BeforeValidator(_each_once)]
    groups: dict[_Name, Granted]

    @property
    def grants_anything(self) -> bool:
        """Return whether anybody is granted anything at all."""
        return bool(self.people or self.groups or self.everyone_in_domains)

    @model_validator(mode="after")
    def _everyone_is_in_a_domain(self) -> Self:
        if self.everyone_in_domains and not self.domains:
            raise ValueError("everyone_in_domains grants roles, but `domains` names none")
        return self


@dataclass(frozen=True, slots=True)
class Audience:
    """Whose deals a published file holds, and whether people in it bear pseudonyms.

    Those of some teams, or those of one owner, known by name or by the e-mail that the CRM has of them; none of it: everyone's.
    """

    teams: Texts = ()
    owner: str | None = None
    email: str | None = None
    is_pseudonymous: bool = False

    @property
    def kind(self) -> Literal["everyone", "team", "rep"]:
        """Return what kind of audience it is."""
        if self.teams:
            return "team"
        return "rep" if self.owner is not None or self.email is not None else "everyone"

    @property
    def is_whole(self) -> bool:
        """Return whether the audience sees the published file itself: everyone's deals, under their names."""
        return self.kind == "everyone" and not self.is_pseudonymous

    @property
    def key(self) -> str:
        """Return the name of the audience, which files and links bear: no person's and no team's name is in it."""
        ending = "-pseudonyms" if self.is_pseudonymous else ""
        if self.kind == "everyone":
            return f"everyone{ending}"
        told = json.dumps([sorted(self.teams), self.owner, self.email])
        return f"{self.kind}-{hashlib.blake2b(told.encode(), digest_size=8).hexdigest()}{ending}"


EVERYONE = Audience()
"""Who sees the published file itself."""


@dataclass(frozen=True, slots=True)
class Grant:
    """What a signed-in person may do, and as which audiences they may look, the widest first; there is at least one."""

    email: str
    roles: frozenset[Role]
    audiences: tuple[Audience, ...]


def grant(access: Access, claims: Mapping[str, Any]) -> Grant | None:
    """Return what the claims of an identity provider are granted; None where they are refused.

    The e-mail must be verified, and have one @. A person who is named gets what stands there and nothing else. Others get what their
    groups get, all of it, and what everyone in their domain gets; where domains are configured, theirs must be one of them.
    """
    email = _verified_email(claims)
    if email is None:
        return None
    granted = _granted(access, email, _groups(access, claims))
    if not granted:
        return None
    roles = frozenset(role for each in granted for role in each.roles)
    return Grant(email, roles, _audiences(access, granted, email))


def possible_audiences(access: Access, emails: Texts) -> tuple[Audience, ...]:
    """Return every audience that some grant of a configuration can lead to; `emails` are those that the CRM has of owners of deals."""
    named = [audience for email, person in access.people.items() for audience in _audiences(access, [person], email)]
    lots = [*access.groups.values(), *_lot(access)]
    own = [
        Audience(email=email, is_pseudonymous=hidden) for hidden in _hidden_from(access, lots, "rep") for email in map(folded_email, emails)
    ]
    shared = [audience for each in lots for audience in _audiences(access, [each], "") if audience.kind != "rep"]
    return tuple(dict.fromkeys([*named, *shared, *own]))


def _verified_email(claims: Mapping[str, Any]) -> str | None:
    email = claims.get("email")
    if claims.get("email_verified") is not True or not isinstance(email, str) or not _EMAIL.fullmatch(email):
        return None
    return folded_email(email)


def _groups(access: Access, claims: Mapping[str, Any]) -> set[str]:
    told = claims.get(access.groups_claim)
    listed = [told] if isinstance(told, str) else told if isinstance(told, list | tuple) else []
    return {each for each in listed if isinstance(each, str)}


def _granted(access: Access, email: str, groups: set[str]) -> list[Granted]:
    if email in access.people:
        return [access.people[email]]
    is_inside = email.partition("@")[2] in access.domains
    if access.domains and not is_inside:
        return []
    return [*(given for name, given in access.groups.items() if name in groups), *(_lot(access) if is_inside else [])]


def _lot(access: Access) -> list[Granted]:
    return [Granted(roles=access.everyone_in_domains)] if access.everyone_in_domains else []


def _hidden_from(access: Access, lots: list[Granted], role: Role) -> set[bool]:
    return {_is_hidden(access, each) for each in lots if role in each.roles}


def _is_hidden(access: Access, given: Granted) -> bool:
    return access.pseudonyms if given.pseudonyms is None else given.pseudonyms


def _audiences(access: Access, granted: list[Granted], email: str) -> tuple[Audience, ...]:
    """Return as whom one may look: a role that does not say whose deals sees everyone's, unless another role says whose."""
    found = [audience for each in granted for audience in _said(each, email, is_hidden=_is_hidden(access, each))]
    if not found:
        found = [Audience(is_pseudonymous=any(_is_hidden(access, each) for each in granted))]
    return tuple(dict.fromkeys(sorted(found, key=lambda each: ("everyone", "team", "rep").index(each.kind))))


def _said(given: Granted, email: str, *, is_hidden: bool) -> list[Audience]:
    found = []
    if "leader" in given.roles:
        found.append(Audience(is_pseudonymous=is_hidden))
    if "manager" in given.roles:
        found.append(Audience(teams=given.teams, is_pseudonymous=is_hidden))
    if "rep" in given.roles:
        owner = given.owner if isinstance(given, GrantedPerson) else None
        found.append(Audience(owner=owner, email=None if owner else email, is_pseudonymous=is_hidden))
    return found
