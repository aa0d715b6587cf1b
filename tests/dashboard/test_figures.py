"""What holds numbers against rows sees a wrong one."""

from __future__ import annotations

import polars as pl
import pytest

from tests.dashboard.figures import figures

ROWS = pl.DataFrame(
    {
        "group": ["Deal 9 of Acme", "B"],
        "won": [204, 319],
        "deals": [329, 1037],
        "rate": [204 / 329, 319 / 1037],
        "low": [0.5667, 0.2802],
        "high": [0.6707, -0.3362],
        "amount": [1_234_567.0, 29_180.0],
    }
)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("won 62% (204 of 329), the others 31% (319 of 1,037) since 30 June 2026", []),
        ("won 63% (204 of 329)", ["63% (204 of 329"]),
        ("204 of 1,037", ["204 of 1,037"]),
        ("by 62 points (95% interval 57 to 67).", []),
        ("by 62 points (95% interval 57 to 66).", ["62 points (95% interval 57 to 66"]),
        ("−33.6 and +28.0, not 33.7", ["33.7"]),
        ("€1.23m, €1.2m or €29,000, but not €28,000", ["€28,000"]),
        ("523 won of 1,366 in 2 groups, 3 of them open", ["3"]),
        ("204 of 1,366 deals (15%)", []),
        ("204 of 1,366 deals (16%)", ["204 of 1,366 deals (16%"]),
        ("Deal 9 of Acme is at 7", []),
        ("Deal 8 of Acme", ["8"]),
    ],
)
def test_only_what_rounding_may_have_written_is_explained(text: str, left: list[str]) -> None:
    """Alone, in pairs and with their rate; sums of counts too; names and days are no numbers."""
    texts = [each.replace("95% interval ", "~ ") for each in left]
    assert figures([ROWS], [7]).unexplained(text) == texts
