"""Relations as Parquet or CSV in a folder or in object storage: a folder each, and a manifest that is taken away first and written last.

A place without a manifest is not whole, and nothing is read from it. Raw relations written by others need one too: `{"rows": {…}}`, with
the number of rows of each relation. Object storage is reached through pyarrow: s3, gs and abfss, with the keys of their own tools.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow import fs

from etl.build import Model, models
from etl.errors import DataError, UsageError
from etl.sqltext import literal

MANIFEST = "manifest.json"
WRITTEN_BY_BUILD = ("contract", "formulas", "settings_log")
RAW: tuple[Model, ...] = tuple(model for model in models() if model.schema == "raw" and model.name not in WRITTEN_BY_BUILD)
"""The raw relations that marts are built from; the others tell of a file, and are written with it."""
MARTS: tuple[Model, ...] = tuple(model for model in models() if model.schema == "marts")


@dataclass(frozen=True)
class Place:
    """A folder, or an address in object storage such as s3://bucket/path, that holds relations."""

    address: str

    @property
    def is_remote(self) -> bool:
        """Return whether it is in object storage."""
        return "://" in self.address

    @property
    def uri(self) -> str:
        """Return where it is, as Spark reads it: a folder of this machine by its whole path."""
        return self.address.rstrip("/") if self.is_remote else Path(self.address).resolve().as_uri()

    @cached_property
    def _opened(self) -> tuple[fs.FileSystem, str]:
        """Return the file system, and the path in it; Spark says s3a for what others call s3."""
        if not self.is_remote:
            return fs.LocalFileSystem(), str(Path(self.address).resolve())
        try:
            files, path = fs.FileSystem.from_uri(self.address.replace("s3a://", "s3://", 1))
        except (pa.ArrowInvalid, OSError) as error:
            raise _unreachable(self, error) from error
        return files, path.rstrip("/")

    def manifest(self) -> dict[str, Any]:
        """Return what the place holds; raises DataError where it has no manifest, and so is not whole."""
        files, path = self._opened
        try:
            with files.open_input_stream(f"{path}/{MANIFEST}") as stream:
                told: dict[str, Any] = json.loads(stream.read())
        except FileNotFoundError as error:
            raise DataError(
                "there is no manifest, so what lies there is not whole",
                where=f"{self.address}/{MANIFEST}",
                expected='{"rows": {"deals": 1000, …}}, with the rows of each relation, written when all else is',
                todo="Write raw relations with `sameside load EXPORT --raw-to PLACE`, or build again what ended before its end.",
            ) from error
        except OSError as error:
            raise _unreachable(self, error) from error
        except ValueError as error:
            raise DataError(f"the manifest is no JSON: {error}", where=f"{self.address}/{MANIFEST}") from error
        if not isinstance(told.get("rows"), dict):
            raise DataError("the manifest does not tell rows", where=f"{self.address}/{MANIFEST}", expected='{"rows": {"deals": 1000, …}}')
        return told

    def clear(self, relations: Iterable[Model]) -> None:
        """Take away the manifest, then what stands in the folders of these relations."""
        files, path = self._opened
        try:
            files.create_dir(path, recursive=True)
            if files.get_file_info(f"{path}/{MANIFEST}").type != fs.FileType.NotFound:
                files.delete_file(f"{path}/{MANIFEST}")
            for relation in relations:
                files.delete_dir_contents(f"{path}/{relation.name}", missing_dir_ok=True)
        except OSError as error:
            raise _unreachable(self, error) from error

    def complete(self, manifest: dict[str, Any]) -> None:
        """Write the manifest: from now on the place is whole."""
        files, path = self._opened
        try:
            with files.open_output_stream(f"{path}/{MANIFEST}") as stream:
                stream.write(json.dumps(manifest, indent=1).encode() + b"\n")
        except OSError as error:
            raise _unreachable(self, error) from error

    def put(self, folder: Path) -> None:
        """Copy what a folder of this machine holds to the place."""
        files, path = self._opened
        try:
            fs.copy_files(str(folder), path, source_filesystem=fs.LocalFileSystem(), destination_filesystem=files)
        except OSError as error:
            raise _unreachable(self, error) from error

    def fetched(self, relations: Iterable[Model], work: Path) -> Path:
        """Return a folder of this machine with these relations: the place itself, or a copy in `work` of what is in object storage."""
        files, path = self._opened
        if not self.is_remote:
            return Path(path)
        try:
            for relation in relations:
                (work / relation.name).mkdir(parents=True)
                fs.copy_files(f"{path}/{relation.name}", str(work / relation.name), source_filesystem=files)
        except OSError as error:
            raise _unreachable(self, error) from error
        return work

    def file_kind(self, relation: Model) -> str:
        """Return parquet or csv: what the files of a relation are; raises DataError where there are none, or both."""
        files, path = self._opened
        try:
            found = files.get_file_info(fs.FileSelector(f"{path}/{relation.name}", recursive=True))
        except OSError:
            found = []
        kinds = {each.extension for each in found if each.is_file and not each.base_name.startswith(("_", "."))}
        if kinds not in ({"parquet"}, {"csv"}):
            raise DataError(
                f"the relation {relation.full_name} cannot be read: "
                + (f"its files are {', '.join(sorted(kinds))}" if kinds else "it has no file"),
                where=f"{self.address}/{relation.name}",
                expected="a folder of Parquet files, or of CSV files",
            )
        return str(kinds.pop())


def scan_sql(folder: Path, relation: Model, kind: str) -> str:
    """Return SQL that reads a relation of a folder with DuckDB; of CSV all as text, which the table that it goes into has types for."""
    pattern = literal(f"{folder}/{relation.name}/**/*.{kind}")
    if kind == "parquet":
        return f"read_parquet({pattern}, hive_partitioning = false)"
    quoting = "quote = '\"', escape = '\"', nullstr = '', allow_quoted_nulls = false"
    return f"read_csv({pattern}, header = true, all_varchar = true, delim = ',', {quoting})"


def _unreachable(place: Place, error: Exception) -> UsageError:
    return UsageError(
        f"the place cannot be reached: {error}",
        where=place.address,
        expected="a folder, or an address of object storage: s3://…, gs://… or abfss://…",
        todo="See that it is there, and that its keys are set as for its own tools.",
    )
