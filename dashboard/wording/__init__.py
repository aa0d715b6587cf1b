"""Frames and terms → sentences: what was seen, how sure, and what it does not show. All text that people read is here.

The text is plain: whoever puts it into Markdown or into a chart escapes it (`dashboard.escape`). It says what deals
did, and never that one thing brought about another.
"""
