"""Characters that hide, turn or command others, made visible: names out of a CRM are anybody's text."""

from __future__ import annotations

import re
from typing import Final

# Control characters, which command a terminal; what turns the direction of a text or has no width; tags; halves of a pair. A joiner between
# letters that are not ASCII stays: emoji, Persian and the scripts of India are written with it.
_JOINER: Final = "(?<=[^\x00-\x7f])[\u200c\u200d](?=[^\x00-\x7f])"
_PATTERN: Final = (
    "[\x00-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0"
    "\ufff9-\ufffb\U000e0000-\U000e007f\ud800-\udfff]"
)
HIDDEN: Final = re.compile(f"(?!{_JOINER}){_PATTERN}")
_CONTROL_PICTURES: Final = 0x2400
_SPACE, _DELETE = 0x20, 0x7F


def visible(text: str) -> str:
    r"""Return a text with a sign in place of each character that hides, turns or commands others, line breaks among them.

    >>> visible("a\x1b[31mb\u202ec\n")
    'a␛[31mb\\u202ec␊'
    """
    return HIDDEN.sub(lambda found: _sign(ord(found[0])), text)


def visible_lines(text: str) -> str:
    """Return the same with its line breaks as they are: for a text whose lines are ours."""
    return "\n".join(map(visible, text.split("\n")))


def _sign(code: int) -> str:
    if code < _SPACE:
        return chr(_CONTROL_PICTURES + code)
    if code == _DELETE:
        return "␡"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"  # noqa: PLR2004 - what four digits hold
