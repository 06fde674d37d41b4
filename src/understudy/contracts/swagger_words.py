"""What single words of Swagger 2.0 are called in OpenAPI 3.0: styles, types, servers, security schemes, names
of components.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

JSON, FORM, MULTIPART, OCTETS = (
    "application/json",
    "application/x-www-form-urlencoded",
    "multipart/form-data",
    "application/octet-stream",
)

TABS = "x-tab-separated"
"""Says of a parameter that tabs stand between its items."""
SEPARATED = "x-separated-by"
"""Says of a parameter in a path or a header, for which 3.0 has commas only, the style that is meant."""
# By `collectionFormat`, for a path or a header; and for a query, where tabs alone have no style in 3.0.
_SEPARATORS = {"tsv": "tabDelimited", "ssv": "spaceDelimited", "pipes": "pipeDelimited"}
_QUERY_STYLES = {
    "csv": {"style": "form", "explode": False},
    "tsv": {"style": "form", "explode": False, TABS: True},
    "ssv": {"style": "spaceDelimited", "explode": False},
    "pipes": {"style": "pipeDelimited", "explode": False},
    "multi": {"style": "form", "explode": True},
}
_FLOWS = {
    "implicit": "implicit",
    "password": "password",
    "application": "clientCredentials",
    "accessCode": "authorizationCode",
}
_FLOW_WORDS = ("authorizationUrl", "tokenUrl", "refreshUrl")
_NOT_IN_A_NAME = re.compile(r"[^A-Za-z0-9._-]+")


def without(value: Mapping[str, Any], keys: Collection[str]) -> dict[str, Any]:
    """Copy a mapping but for some members."""
    return {key: member for key, member in value.items() if key not in keys}


def media_types(value: Any) -> list[str]:
    """Read `consumes` or `produces`, each type once."""
    if not isinstance(value, list):
        return []
    return list(dict.fromkeys(map(str, value)))


def same_type(one: str, other: str) -> bool:
    """Tell whether two media types are one, whatever their parameters."""
    return one.partition(";")[0].strip().lower() == other.partition(";")[0].strip().lower()


def is_file(value: Any) -> bool:
    """Tell whether a parameter or schema is a file."""
    return isinstance(value, dict) and value.get("type") == "file"


def parameter_style(value: Mapping[str, Any]) -> dict[str, Any]:
    """Say a parameter's `collectionFormat`, which is csv where it is not stated; outside of a query 3.0's
    default is the same, and has no style for another one, so that it is said beside it.
    """
    if value.get("type") != "array":
        return {}
    if value.get("in") != "query":
        separator = _SEPARATORS.get(str(value.get("collectionFormat")))
        return {SEPARATED: separator} if separator else {}
    return dict(_QUERY_STYLES.get(str(value.get("collectionFormat", "csv")), _QUERY_STYLES["csv"]))


def header_style(value: Mapping[str, Any]) -> dict[str, Any]:
    """Say how a response header writes an array: always with commas."""
    if value.get("type") != "array":
        return {}
    return {"style": "simple"}


def restate_schema(schema: dict[str, Any]) -> None:
    """Put a schema's own words into those of 3.0, in place; what is in them already stays."""
    schema.pop("collectionFormat", None)
    if isinstance(schema.get("discriminator"), str):
        schema["discriminator"] = {"propertyName": schema["discriminator"]}
    if "x-nullable" in schema:
        nullable = schema.pop("x-nullable")
        if nullable is True:
            schema["nullable"] = True
    if schema.get("type") == "file":
        schema.update(type="string", format="binary")
    if isinstance(schema.get("type"), list):
        _restate_types(schema, schema.pop("type"))


def _restate_types(schema: dict[str, Any], types: list[Any]) -> None:
    """Take a list of types, which only JSON Schema knows and many documents have all the same."""
    if "null" in types:
        schema["nullable"] = True
    named = [name for name in types if name != "null"]
    if len(named) == 1:
        schema["type"] = named[0]
    elif named:
        schema["anyOf"] = [*schema.get("anyOf", ()), *({"type": name} for name in named)]


def servers(root: Mapping[str, Any], schemes: Any) -> list[dict[str, str]]:
    """Put host, basePath and schemes together; without a host the servers are where the document is."""
    base = str(root.get("basePath") or "")
    if base and not base.startswith("/"):
        base = f"/{base}"
    host = root.get("host")
    if not isinstance(host, str) or not host:
        return [{"url": base or "/"}]
    found = []
    if isinstance(schemes, list):
        for scheme in schemes:
            if isinstance(scheme, str):
                found.append({"url": f"{scheme}://{host}{base}"})
    return found or [{"url": f"//{host}{base}"}]


def described(value: Mapping[str, Any], *more: str) -> dict[str, Any]:
    """Copy what means the same in both versions: the description, extensions, and `more` members."""
    return {key: member for key, member in value.items() if key in ("description", *more) or key[:2] == "x-"}


def security_scheme(value: Any) -> Any:
    """Convert a security definition: basic, apiKey or one of the flows of oauth2."""
    if not isinstance(value, dict):
        return value
    about = described(value)
    if value.get("type") == "basic":
        return {"type": "http", "scheme": "basic", **about}
    if value.get("type") == "oauth2":
        flow = {word: value[word] for word in _FLOW_WORDS if word in value}
        flow["scopes"] = {}
        for name, text in members(value, "scopes"):
            if not name.startswith("x-"):
                flow["scopes"][name] = str(text)
        return {"type": "oauth2", "flows": {_FLOWS.get(str(value.get("flow")), "implicit"): flow}, **about}
    return dict(value)


def members(owner: Mapping[str, Any], key: str) -> Iterator[tuple[str, Any]]:
    """Walk the members of a mapping that stands in another; where there is none, none."""
    value = owner.get(key)
    if isinstance(value, dict):
        yield from value.items()


def component_names(components: Any) -> dict[str, str]:
    """Give each component a name that 3.0 allows (`Page«Pet»` → `Page_Pet`), and no name twice."""
    if not isinstance(components, dict):
        return {}
    names: dict[str, str] = {}
    taken = {name for name in components if not _NOT_IN_A_NAME.search(name)}
    for name in components:
        if name in taken:
            names[name] = name
            continue
        base = fresh = _NOT_IN_A_NAME.sub("_", name).strip("_") or "unnamed"
        number = 2
        while fresh in taken:
            fresh, number = f"{base}_{number}", number + 1
        names[name] = fresh
        taken.add(fresh)
    return names
