"""Who is granted what: claims of an identity provider against [access]. What is not plainly granted is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from etl.access import EVERYONE, Access, Audience, Grant, grant, possible_audiences
from etl.config import load_config
from etl.errors import ConfigError

EXAMPLE = """
[access]
domains = ["example.com"]
[access.people]
"ada@example.com" = { roles = ["leader"] }
"ben@example.com" = { roles = ["manager", "analyst"], teams = ["North", "South"] }
"cy@example.com" = { roles = ["rep"], owner = "Cy Chan" }
"Dee@Partner.example" = { roles = ["rep"], pseudonyms = true }
"odd@example.com" = { roles = ["manager", "rep", "leader"], teams = ["North"] }
[access.groups]
"sales-leaders" = { roles = ["leader"], pseudonyms = true }
"north" = { roles = ["manager"], teams = ["North"] }
"south" = { roles = ["manager"], teams = ["South"] }
"reps" = { roles = ["rep"] }
"analysts" = { roles = ["analyst"] }
"operators" = { roles = ["operator"] }
"""


def access_of(folder: Path, text: str) -> Access:
    """Return the [access] of a file with some text."""
    path = folder / "sameside.toml"
    path.write_text(text, encoding="utf-8")
    return load_config(path).access


def granted(access: Access, email: Any, *groups: str, **claims: Any) -> Grant | None:
    """Return what somebody with a verified e-mail is granted, other claims aside."""
    return grant(access, {"email": email, "email_verified": True, "groups": list(groups)} | claims)


def test_nobody_is_granted_anything_by_default() -> None:
    """The packaged settings know nobody."""
    access = load_config().access
    assert granted(access, "ada@example.com", "sales-leaders") is None
    assert possible_audiences(access, ("ada@example.com",)) == ()


def test_people_get_what_stands_beside_their_name(tmp_path: Path) -> None:
    """Roles and audiences of each, whatever the capitals of the e-mail, inside and outside the domains."""
    access = access_of(tmp_path, EXAMPLE)
    assert granted(access, "ADA@example.com") == Grant("ada@example.com", frozenset({"leader"}), (EVERYONE,))
    assert granted(access, "ben@example.com") == Grant(
        "ben@example.com", frozenset({"manager", "analyst"}), (Audience(teams=("North", "South")),)
    )
    assert granted(access, "cy@example.com") == Grant("cy@example.com", frozenset({"rep"}), (Audience(owner="Cy Chan"),))
    assert granted(access, "dee@partner.example") == Grant(
        "dee@partner.example", frozenset({"rep"}), (Audience(email="dee@partner.example", is_pseudonymous=True),)
    )
    odd = granted(access, "odd@example.com")
    assert odd is not None
    assert odd.audiences == (EVERYONE, Audience(teams=("North",)), Audience(email="odd@example.com"))


def test_people_beat_groups_and_groups_add_up(tmp_path: Path) -> None:
    """Who is named gets nothing from groups; who is not gets what all their groups get, the widest audience first."""
    access = access_of(tmp_path, EXAMPLE)
    assert granted(access, "cy@example.com", "sales-leaders") == granted(access, "cy@example.com")
    both = granted(access, "eve@example.com", "reps", "south", "north", "nobody-knows")
    assert both == Grant(
        "eve@example.com",
        frozenset({"manager", "rep"}),
        (Audience(teams=("North",)), Audience(teams=("South",)), Audience(email="eve@example.com")),
    )
    leader = granted(access, "eve@example.com", "sales-leaders")
    assert leader is not None
    assert leader.audiences == (Audience(is_pseudonymous=True),)


def test_a_role_that_does_not_say_whose_deals_widens_no_other(tmp_path: Path) -> None:
    """An analyst or operator alone sees everyone's deals; beside a rep's role, the rep's."""
    access = access_of(tmp_path, EXAMPLE)
    alone = granted(access, "eve@example.com", "operators", "analysts")
    assert alone == Grant("eve@example.com", frozenset({"operator", "analyst"}), (EVERYONE,))
    narrowed = granted(access, "eve@example.com", "operators", "analysts", "reps")
    assert narrowed == Grant("eve@example.com", frozenset({"operator", "analyst", "rep"}), (Audience(email="eve@example.com"),))


def test_a_domain_may_grant_roles_to_all_in_it(tmp_path: Path) -> None:
    """Exactly that domain, not one that ends or begins alike; what the domain grants adds up with groups."""
    access = access_of(tmp_path, '[access]\ndomains = ["Example.com"]\neveryone_in_domains = ["rep"]\n')
    assert granted(access, "eve@EXAMPLE.com") == Grant("eve@example.com", frozenset({"rep"}), (Audience(email="eve@example.com"),))
    for other in ("eve@sub.example.com", "eve@notexample.com", "eve@example.com.evil.test", "eve@example.co"):
        assert granted(access, other) is None


@pytest.mark.parametrize(
    "claims",
    [
        {},
        {"email": "ada@example.com"},
        {"email": "ada@example.com", "email_verified": "true"},
        {"email": "ada@example.com", "email_verified": 1},
        {"email": "ada@example.com", "email_verified": False},
        {"email": "ada@example.com", "email_verified": None},
        {"email": ["ada@example.com"], "email_verified": True},
        {"email": "ada@evil.test@example.com", "email_verified": True},
        {"email": "ada@example.com@evil.test", "email_verified": True},
        {"email": " ada@example.com", "email_verified": True},
        {"email": "ada@example.com\n", "email_verified": True},
        {"email": "ada@example.com\x00", "email_verified": True},
        {"email": "@example.com", "email_verified": True},
        {"email": "ada@", "email_verified": True},
        {"email": "ada", "email_verified": True},
        {"email": "", "email_verified": True},
        {"email": None, "email_verified": True},
        {"preferred_username": "ada@example.com", "email_verified": True},
        {"email": "ada@example.com.", "email_verified": True},
        {"email": "ada+x@example.com", "email_verified": True},
        {"email": "аda@example.com", "email_verified": True},
        {"email": "ada@ex\u212aample.com", "email_verified": True},
        {"email": "eve@example.com", "email_verified": True, "groups": {"sales-leaders": True}},
        {"email": "eve@example.com", "email_verified": True, "groups": "Sales-Leaders"},
        {"email": "eve@example.com", "email_verified": True, "groups": [["sales-leaders"]]},
        {"email": "eve@example.com", "email_verified": True, "roles": ["sales-leaders"]},
        {"email": "eve@elsewhere.example", "email_verified": True, "groups": ["sales-leaders"]},
    ],
)
def test_what_is_not_plainly_granted_is_refused(tmp_path: Path, claims: dict[str, Any]) -> None:
    """No verified e-mail with one @, no grant; and no group that is not named exactly so, or whose member is outside the domains."""
    assert grant(access_of(tmp_path, EXAMPLE), claims) is None


def test_no_letter_outside_ascii_folds_into_one_of_it(tmp_path: Path) -> None:
    """The Kelvin sign in small letters is a k: an e-mail with it is nobody else's."""
    access = access_of(tmp_path, '[access.people]\n"kim@example.com" = { roles = ["leader"] }\n')
    assert granted(access, "KIM@example.com") is not None
    assert granted(access, "\u212aim@example.com") is None


def test_groups_may_come_as_one_text_under_another_claim(tmp_path: Path) -> None:
    """Providers that tell one group as a text, or groups as roles, are understood."""
    access = access_of(tmp_path, EXAMPLE.replace("[access]\n", '[access]\ngroups_claim = "roles"\n'))
    assert granted(access, "eve@example.com", "analysts") is None
    assert granted(access, "eve@example.com", roles="analysts") is not None


def test_pseudonyms_for_all_may_be_lifted_for_one(tmp_path: Path) -> None:
    """What stands beside a person goes before what stands for all."""
    text = '[access]\npseudonyms = true\n[access.people]\n"a@b.example" = {{ roles = ["leader"]{} }}\n'
    hidden, lifted = (granted(access_of(tmp_path, text.format(more)), "a@b.example") for more in ("", ", pseudonyms = false"))
    assert hidden is not None
    assert lifted is not None
    assert (hidden.audiences, lifted.audiences) == ((Audience(is_pseudonymous=True),), (EVERYONE,))


def test_every_audience_that_a_grant_leads_to_can_be_made(tmp_path: Path) -> None:
    """Whoever signs in, with whatever groups: their audiences are among those that files are made for."""
    access = access_of(tmp_path, EXAMPLE)
    possible = possible_audiences(access, ("Eve@example.com", "fay@example.com"))
    emails = ("ada@example.com", "ben@example.com", "cy@example.com", "dee@partner.example", "odd@example.com", "eve@example.com")
    lots = [(), ("reps",), ("north", "south", "reps"), ("sales-leaders", "operators"), tuple(access.groups)]
    found = [each for email in emails for lot in lots for each in getattr(granted(access, email, *lot), "audiences", ())]
    assert len(set(found)) == 9
    assert set(found) <= set(possible)
    assert Audience(email="fay@example.com") in possible
    assert len({each.key for each in possible}) == len(possible)


def test_a_key_holds_no_name() -> None:
    """Files and links bear keys: the kind of the audience and a digest, the same for teams in any order."""
    told = [Audience(owner="Cy Chan"), Audience(email="cy@example.com"), Audience(teams=("North",), is_pseudonymous=True)]
    assert [each.key.split("-")[0] for each in told] == ["rep", "rep", "team"]
    assert told[2].key.endswith("-pseudonyms")
    assert not any(name in each.key.lower() for each in told for name in ("cy", "chan", "north", "example"))
    assert Audience(teams=("a", "b")).key == Audience(teams=("b", "a")).key
    assert (EVERYONE.key, Audience(is_pseudonymous=True).key) == ("everyone", "everyone-pseudonyms")
    assert Audience(teams=("a,b",)).key != Audience(teams=("a", "b")).key


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('people."a@b.example" = { roles = ["managr"], teams = ["N"] }', "is no role; did you mean 'manager'?"),
        ('people."a@b.example" = { roles = ["manager"] }', "a manager needs the teams"),
        ('people."a@b.example" = { roles = ["rep"], teams = ["N"] }', '`teams` goes with the role "manager"'),
        ('people."a@b.example" = { roles = ["leader"], owner = "A" }', '`owner` goes with the role "rep"'),
        ('people."a@b.example" = { roles = [] }', "names no role"),
        ('people."ada" = { roles = ["rep"] }', "is no e-mail address"),
        ('people."a@b@c.example" = { roles = ["rep"] }', "is no e-mail address"),
        ('people."A@b.example" = { roles = ["rep"] }\npeople."a@B.example" = { roles = ["rep"] }', "names a@b.example twice"),
        ('people."a@b.example" = { role = ["rep"] }', "did you mean 'roles'?"),
        ('groups."g" = { roles = ["rep"], owner = "A" }', "there is no such setting"),
        ('domains = ["@b.example"]', "is no domain, such as example.com"),
        ('domains = ["b.example"]\neveryone_in_domains = ["manager"]', "managers have teams"),
        ('everyone_in_domains = ["rep"]', "`domains` names none"),
        ("session_hours = 0", "greater than 0"),
    ],
)
def test_mistakes_are_told(tmp_path: Path, text: str, told: str) -> None:
    """`sameside check` and each load name what is wrong, and where."""
    with pytest.raises(ConfigError) as caught:
        access_of(tmp_path, f"[access]\n{text}\n")
    assert told in str(caught.value)


def test_mistakes_are_told_all_at_once(tmp_path: Path) -> None:
    """One error lists every problem with its key."""
    with pytest.raises(ConfigError) as caught:
        access_of(tmp_path, '[access]\npeople."a@b.example" = { roles = ["ledaer"] }\ngroups."g" = { roles = ["manager"] }\ndomain = []\n')
    said = str(caught.value)
    assert "has 3 problems" in said
    assert "access.people.a@b.example.roles.0" in said
    assert "access.groups.g: a manager needs" in said
    assert "did you mean 'domains'?" in said
