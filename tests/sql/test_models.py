"""The models as text: documented, ordered, portable."""

from __future__ import annotations

import pytest

from etl.build import Model, checks, models

PORTABLE = [model for model in models() if model.schema in ("staging", "intermediate", "marts")]


def test_models_come_after_what_they_read() -> None:
    """The order of the build is the order of the references."""
    seen: set[str] = set()
    for model in models():
        assert model.reads <= seen, model.full_name
        seen.add(model.full_name)


def test_models_never_call_metrics() -> None:
    """Metrics read marts; nothing below them reads metrics."""
    assert not [model.full_name for model in PORTABLE if any(name.startswith("metrics.") for name in model.reads)]


@pytest.mark.parametrize("model", [model for model in models() if model.schema == "metrics"], ids=lambda model: model.full_name)
def test_every_metric_says_what_it_is_and_when_not_to_use_it(model: Model) -> None:
    """Its comment names grain, nulls, source, and what it is not for; a table macro can be documented nowhere else."""
    comment = " ".join(model.comment.split())
    assert [phrase for phrase in ("One row", "null", "Not for ", "Source: ") if phrase not in comment] == []


def test_every_check_says_its_rule() -> None:
    """A check opens with the rule that its offending rows break."""
    assert len(checks()) >= 10
    assert all(sql.startswith("-- ") for sql in checks().values())
