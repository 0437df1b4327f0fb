"""Types, ranges and keys of a site file: the schema's verdict in words that people can act on."""

import difflib
from collections.abc import Iterator, Mapping
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from gateway.site import times
from gateway.site.findings import Finding
from gateway.site.schema import SiteFile
from gateway.toml.lines import Path
from gateway.toml.shown import shown

# How like a known key an unknown one must be for "did you mean", from 0 to 1.
_NEAR = 0.75


def check(
    raw: Mapping[str, Any], lines: Mapping[Path, int]
) -> tuple[SiteFile | None, tuple[Finding, ...]]:
    """Give the typed file, or None and every fault of its structure."""
    try:
        return SiteFile.model_validate(raw), ()
    except ValidationError as error:
        return None, tuple(_findings(error, lines))


def model_at(path: Path) -> type[BaseModel] | None:
    """Give the table's model that a path leads to, or None where there is no table."""
    found: type[BaseModel] | None = SiteFile
    for step in path:
        if isinstance(step, int):
            continue
        field = found.model_fields.get(step) if found else None
        found = _table_in(field.annotation) if field else None
    return found


def _findings(error: ValidationError, lines: Mapping[Path, int]) -> Iterator[Finding]:
    for fault in error.errors(include_url=False):
        loc = tuple(step for step in fault["loc"] if step != "[key]")
        path = loc
        # The short forms (one text for a list, "ratio 3:1") have no places of their own.
        while path and path not in lines:
            path = path[:-1]
        if fault["type"] == "missing":
            yield Finding(loc, "nothing", _allowed(loc))
        elif fault["type"] == "extra_forbidden":
            yield _unknown_key(path)
        elif loc != fault["loc"]:
            # The only keys that are data are the weekdays of hours.
            yield Finding(path, f"{shown(loc[-1])}{_reason(fault)}", times.DAYS_FORM)
        else:
            yield Finding(path, f"{shown(fault['input'])}{_reason(fault)}", _allowed(path))


def _reason(fault: Any) -> str:
    """Give what a validator of ours said, which completes 'found "...", ...'."""
    if fault["type"] == "value_error":
        return f", {fault['ctx']['error']}"
    if fault["type"].endswith("_type") and isinstance(fault["input"], str):
        return ", which is text"
    return ""


def _unknown_key(path: Path) -> Finding:
    key = str(path[-1])
    table = model_at(path[:-1])
    known = list(table.model_fields) if table else []
    near = difflib.get_close_matches(key[:64], known, 1, _NEAR)
    found = f"a key that is not known{f' (did you mean {near[0]}?)' if near else ''}"
    return Finding(path, found, ", ".join(known))


def _allowed(path: Path) -> str:
    """Give what the schema says of the nearest key above `path` that it knows."""
    allowed = "what docs/site-file.md says"
    table: type[BaseModel] | None = SiteFile
    for step in path:
        if isinstance(step, int):
            continue
        if table is None:  # below a week, which is no table of the schema
            return times.WINDOW_FORM
        field = table.model_fields.get(step)
        if field is None:
            break
        allowed = field.description or allowed
        table = _table_in(field.annotation)
    return allowed


def _table_in(annotation: Any) -> type[BaseModel] | None:
    """Give the table's model inside an annotation such as `list[X]`, `X | None`, `Annotated[X]`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for part in get_args(annotation):
        found = _table_in(part)
        if found:
            return found
    return None
