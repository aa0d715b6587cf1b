"""The door: what stands in place of every page for those who have to sign in, whose session ended, or who may see nothing here."""

from __future__ import annotations

from dashboard import access
from dashboard.parts.account import sign_out
from dashboard.parts.door import door, sign_in
from dashboard.wording import access as words

who = access.visitor()

match who.state:
    case "signed out":
        with door(words.WELCOME, words.SIGN_IN_INTRO):
            sign_in(words.SIGN_IN)
    case "ended":
        with door(words.ENDED, words.ENDED_INTRO):
            sign_in(words.SIGN_IN_AGAIN)
    case "refused":
        with door(words.REFUSED, words.refused(who.account, who.contact, who.problem)):
            sign_out(words.OTHER_ACCOUNT)
    case "unconfigured":
        with door(words.UNCONFIGURED, who.problem or words.UNCONFIGURED_INTRO):
            pass
    case _ if not who.sees_deals:
        with door(words.NOTHING_TO_DO, words.NOTHING_TO_DO_INTRO):
            sign_out(words.SIGN_OUT)
    case _:
        with door(words.NO_FILE, words.no_file(who.account, access.audience(who), who.contact)):
            sign_out(words.SIGN_OUT)
