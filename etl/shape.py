"""What every table of a configuration file is."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

Texts = tuple[str, ...]


class Shape(BaseModel):
    """A table of a configuration file: typed strictly, frozen, unknown keys refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)
