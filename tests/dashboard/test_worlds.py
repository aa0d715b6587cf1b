"""What the Overview says of simulated companies, of which it is known what is true.

In each of them the CRM shows that customer-focused deals win some 40 points more often. Same seed, same deals, so that sentences are exact.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from etl.config import load_config
from etl.load import Request, load
from sample_data.generate import write
from tests.dashboard.pages import answer, dots, read

pytestmark = pytest.mark.thorough

ALIKE = "Compared like for like – same stage and rep on day 30 –"


@pytest.mark.parametrize(
    ("scenario", "deals", "said", "beside", "unsaid", "steps"),
    [
        (
            "null",
            1500,
            f"{ALIKE} there is no clear difference: −2 points (95% interval −13 to 9).",
            "With these deals, a gap of",
            "more often (95%",
            6,
        ),
        (
            "unseen",
            3000,
            f"{ALIKE} customer-focused deals tend to win more often: by 17 points (95% interval 9 to 25).",
            "Only a tendency: it may be no more than tidy record-keeping",
            "points more often",
            6,
        ),
        (
            "no-history",
            1500,
            "Deals whose fields are filled today, for at least 3 of 6 buyer questions, won",
            "this cannot tell cause from effect",
            "like for like –",
            2,
        ),
    ],
    ids=["no effect", "unseen quality", "no history"],
)
def test_the_first_sentence_is_right(
    show: Callable[..., AppTest], tmp_path: Path, scenario: str, deals: int, said: str, beside: str, unsaid: str, steps: int
) -> None:
    """Nothing is found where nothing is; what something unseen made is a tendency that may be tidiness; without history there is no finding."""
    write(tmp_path / "export", deals, 1, scenario, truth_deals=1000)
    app = show(load(Request((tmp_path / "export",), tmp_path / "data", load_config())).database.parent)
    assert said in answer(app)
    assert beside in read(app)
    assert unsaid not in answer(app)
    ladder = dots(app)[0]
    assert len(ladder) == steps
    assert ladder[0] > 30
