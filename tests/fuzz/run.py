"""Fuzz one target, following the paths through our code: `python -m tests.fuzz.run TARGET [SECONDS] [CORPUS_FOLDER]`.

Needs atheris, which is no part of the lock: `pip install atheris` in an environment that has the others. Ends with an exit code other
than 0 at the first finding, and leaves the input as a file named crash-… in the folder that it runs in.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["etl", "tomllib"]):
    from tests.fuzz.seeds import write
    from tests.fuzz.targets import TARGETS, guard

_MOST_BYTES = 4096
_MOST_MEGABYTES = 3000


def main(target: str, seconds: str = "60", corpus: str = "") -> None:
    """Run a target for some seconds of the clock; inputs that found new paths are kept in the corpus, if one is named."""
    if target == "query":
        guard()  # made before the fuzzer counts paths
    folder = Path(corpus or tempfile.mkdtemp())
    write(target, folder)
    limits = [f"-max_total_time={seconds}", f"-max_len={_MOST_BYTES}", f"-rss_limit_mb={_MOST_MEGABYTES}", "-timeout=30"]
    atheris.Setup([sys.argv[0], *limits, "-print_final_stats=1", str(folder)], TARGETS[target])
    atheris.Fuzz()


if __name__ == "__main__":
    main(*sys.argv[1:])
