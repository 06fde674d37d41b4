"""Labels: what an item, and a list of them, says of its kind, and where it says its own address."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from understudy.model.bodies import Bodies, present
from understudy.model.envelopes import holds_any_links
from understudy.model.items import Item
from understudy.model.model import Place
from understudy.model.paths import plain
from understudy.model.resources import Resource
from understudy.model.vocabulary import HYPERLINKS, LINKS_OF_ONE, OWN_ADDRESSES
from understudy.names import by_folded, fold
from understudy.pointers import written
from understudy.schemas.shape import Shape
from understudy.schemas.subschemas import resolved

_GROUP: Final = re.compile(r"^/apis/([^/{}]+)/([^/{}]+)/|^/api/(v[^/{}]+)/")
"""Paths of the Kubernetes API: the group and its version, or the version of the core."""

_KINDS: Final = "x-kubernetes-group-version-kind"
_TEXTS: Final = ("string", "")
_OWN_ADDRESSES: Final = frozenset(OWN_ADDRESSES.stated.split())
"""As they are written: an `id` is no `@id`."""


# ---- of an item


def addresses_of(item: Item, bodies: Bodies) -> Iterator[str]:
    """Yield the members that say the address of an item: `@id`, `/_links/self/href`."""
    for name, parts in present(item.location.shape):
        shape = bodies.whole(parts)
        if name.lower() in _OWN_ADDRESSES and shape.kind in _TEXTS:
            yield name
        elif fold(name) in LINKS_OF_ONE and shape.kind == "object":
            yield from _in_links(name, shape, bodies)


def _in_links(name: str, links: Shape, bodies: Bodies) -> Iterator[str]:
    """Yield where a member with links says the item's own: of links by their names, or any."""
    parts = links.declared.get("self") or links.others
    if not parts:
        return
    link = bodies.whole(parts)
    if link.kind == "string":
        yield written((name, "self"))
    members = by_folded(dict(present(link)))
    for word in HYPERLINKS:
        if word in members:
            yield written((name, "self", members[word]))
            return


def labels_of(resource: Resource, item: Item, bodies: Bodies) -> Mapping[str, str]:
    """Return, by member, what every item says of its kind."""
    told = {
        "@type": _plain_name(item),
        "@context": f"{_before(resource)}/contexts/{_plain_name(item)}",
        "@odata.context": f"$metadata#{_set_of(resource)}/$entity",
    }
    if item.id_member.startswith("/metadata/"):
        told["kind"] = _kind(item.location.shape, _name(item))
        told["apiVersion"] = _version(resource.path)
    found = {}
    for name, label in told.items():
        if label and not _tells_apart(item, name) and _may_be(label, item.location.shape, name, bodies):
            found[name] = label
    return found


def _tells_apart(item: Item, name: str) -> bool:
    """Tell whether a member says which of several kinds an item is."""
    rules = [node.get("discriminator") for node in item.location.shape.merged]
    return any(isinstance(rule, dict) and rule.get("propertyName") == name for rule in rules)


# ---- of a list


def labels_of_list(
    body: Shape, listed: Place, resource: Resource, item: Item | None, bodies: Bodies
) -> Mapping[Place, Any]:
    """Return, by place, what a list says of its kind. listed: where its items stand."""
    if item is None or not listed:
        return {}
    told = {
        "@type": listed[-1].replace("member", "Collection"),
        "@id": plain(resource.above),
        "@context": f"{_before(resource)}/contexts/{_plain_name(item)}",
        "@odata.context": f"$metadata#{_set_of(resource)}",
    }
    if item.id_member.startswith("/metadata/"):
        told["kind"] = _kind(body, f"{_kind(item.location.shape, _name(item))}List")
        told["apiVersion"] = _version(resource.path)
    found: dict[Place, Any] = {}
    for name, label in told.items():
        if label and "{" not in label and _may_be(label, body, name, bodies):
            found[(name,)] = label
    for name, parts in present(body):
        if holds_any_links(name, bodies.whole(parts), bodies):
            found[(name,)] = {}
    return found


# ---- names


def _may_be(label: str, shape: Shape, name: str, bodies: Bodies) -> bool:
    """Tell whether a member may say this."""
    parts = shape.declared.get(name)
    if not parts:
        return False
    inner = bodies.whole(parts)
    return inner.kind in _TEXTS and (inner.constants is None or label in inner.constants)


def _name(item: Item) -> str:
    """Return the name of the schema of an item; "" where it has none."""
    if not item.location.parts:
        return ""
    before, _, name = resolved(item.location.parts[0]).address.rpartition("/")
    if not before.endswith(("/schemas", "/definitions")):
        return ""
    return name


def _plain_name(item: Item) -> str:
    """Return the name of an item's schema without what generators put behind it: `Book.jsonld-read`."""
    return re.split(r"[.\-_]", _name(item))[0]


def _kind(shape: Shape, name: str) -> str:
    """Return the kind that a schema says it is of, else the last word of its name: `com.example.v1.Boat`."""
    for part in shape.parts:
        said = resolved(part).value
        kinds = isinstance(said, Mapping) and said.get(_KINDS)
        if isinstance(kinds, list) and len(kinds) == 1 and isinstance(kinds[0], Mapping):
            return str(kinds[0].get("kind", ""))
    return name.rpartition(".")[2]


def _version(path: str) -> str:
    found = _GROUP.match(path)
    if found is None:
        return ""
    return found[3] or f"{found[1]}/{found[2]}"


def _before(resource: Resource) -> str:
    """Return what stands before a collection's own name in its path."""
    return resource.above.rpartition("/")[0]


def _set_of(resource: Resource) -> str:
    return resource.above.rpartition("/")[2]
