"""Tag every deal at a landmark and follow both groups, by the metrics of a published file: python ours.py DATABASE DAY RESULT."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from etl.queries import Database, Scope


def main() -> None:
    """Write groups, curves and seconds as JSON."""
    database, day, result = Path(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])
    began = time.perf_counter()
    shares = Database(database).curves(Scope(landmark_day=day))
    curves = {
        f"{focus} {state}": dict(sorted(zip(map(str, frame["day"]), frame["share"], strict=True)))
        for (focus, state), frame in shares.group_by("focus", "state")
    }
    seconds = time.perf_counter() - began
    result.write_text(json.dumps({"seconds": seconds, "curves": curves}), encoding="utf-8")


if __name__ == "__main__":
    main()
