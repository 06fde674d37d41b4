"""The compiler as a table: a fragment of a contract, and the lines of the model that it is to give."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from support import write_contract
from understudy.model.compiler import compile
from understudy.model.notation import write_model

TEXT: dict[str, Any] = {"type": "string"}
NUMBER: dict[str, Any] = {"type": "integer"}
MOMENT: dict[str, Any] = {"type": "string", "format": "date-time"}


def thing(**members: Any) -> dict[str, Any]:
    return {"type": "object", "properties": {"id": TEXT, **members}}


def media(schema: Any, kind: str = "application/json") -> dict[str, Any]:
    return {"description": "ok", "content": {kind: {"schema": schema}}}


def shows(schema: Any, status: str = "200", **more: Any) -> dict[str, Any]:
    return {"responses": {status: media(schema)}, **more}


def sends(body: Any, answer: Any, status: str = "201", **more: Any) -> dict[str, Any]:
    return shows(answer, status, requestBody=media(body), **more)


def many(items: Any, name: str = "", **around: Any) -> dict[str, Any]:
    listed = {"type": "array", "items": items}
    return {"type": "object", "properties": {name: listed, **around}} if name else listed


def query(schema: Any = TEXT, *names: str) -> list[dict[str, Any]]:
    return [{"name": name, "in": "query", "schema": schema} for name in names]


GONE = {"responses": {"204": {"description": "gone"}}}
THING = thing(name=TEXT)
USUAL: dict[str, Any] = {
    "/things": {"get": shows(many(THING)), "post": sends(THING, THING)},
    "/things/{id}": {"get": shows(THING)},
}


def listing(schema: Any, *parameters: Any) -> dict[str, Any]:
    """Return things whose list answers a schema and takes some parameters."""
    return {**USUAL, "/things": {"get": shows(schema, parameters=list(parameters))}}


def item(**members: Any) -> dict[str, Any]:
    """Return things that have some members."""
    one = thing(**members)
    return {
        "/things": {"get": shows(many(one)), "post": sends(one, one)},
        "/things/{id}": {"get": shows(one)},
    }


def below(path: str, operation: dict[str, Any], one: Any = THING, method: str = "post") -> dict[str, Any]:
    """Return things, and what is done below one of them."""
    things = {"/things": {"get": shows(many(one))}, "/things/{id}": {"get": shows(one)}}
    return {**things, f"/things/{{id}}/{path}": {method: operation}}


def filtered(
    members: dict[str, Any], name: str, schema: dict[str, Any], said: str = ""
) -> dict[str, dict[str, Any]]:
    """Return things with these members whose list takes one parameter."""
    paths = item(**members)
    asked = {"name": name, "in": "query", "schema": schema, "description": said}
    paths["/things"]["get"]["parameters"] = [asked]
    return paths


FLAG: dict[str, Any] = {"type": "boolean"}
TEXTS = {"type": "array", "items": TEXT}
USER = {"type": "object", "properties": {"username": TEXT, "bio": TEXT}}
TIME = {"type": "string", "format": "date"}

# A parameter, its schema, the members of an item, and the filter that it is to be; words of its description.
FILTERS: list[tuple[str, dict[str, Any], dict[str, Any], Any, str]] = [
    ("price__gt", NUMBER, {"price": NUMBER}, "price above", ""),
    ("title__icontains", TEXT, {"title": TEXT}, "title contains", ""),
    ("created_at__range", TEXT, {"created_at": MOMENT}, "created_at between", ""),
    ("made_on__year", NUMBER, {"made_on": TIME}, "made_on equals year", ""),
    ("made_at__year__gt", NUMBER, {"made_at": MOMENT}, "made_at above year", ""),
    ("made_at__month", NUMBER, {"made_at": MOMENT}, "made_at equals month", ""),
    ("made_at__date", TIME, {"made_at": MOMENT}, "made_at", ""),
    ("made_at__date__gte", TIME, {"made_at": MOMENT}, "made_at from", ""),
    ("exclude_status", TEXT, {"status": TEXT}, "status not in", ""),
    ("notTags", TEXTS, {"tags": TEXTS}, "tags not in", ""),
    ("favorited", TEXT, {"favorited": FLAG}, "favorited by", ""),
    ("liked_by", TEXT, {"liked": FLAG}, "liked by", ""),
    ("created[gte]", MOMENT, {"created": MOMENT}, "created from", ""),
    ("filters[title][$eq]", TEXT, {"title": TEXT}, "title", ""),
    ("Price>", NUMBER, {"price": NUMBER}, "price from", ""),
    ("price<=", NUMBER, {"price": NUMBER}, "price until", ""),
    ("status!", TEXT, {"status": TEXT}, "status not", ""),
    ("filter[status]", TEXT, {"status": TEXT}, "status", ""),
    ("filter[price][_lt]", NUMBER, {"price": NUMBER}, "price below", ""),
    ("name.starts_with", TEXT, {"name": TEXT}, "name starts", ""),
    ("status_in", TEXT, {"status": TEXT}, "status in", ""),
    ("name_not", TEXT, {"name": TEXT}, "name not", ""),
    ("min_price", NUMBER, {"price": NUMBER}, "price from", ""),
    ("price_max", NUMBER, {"price": NUMBER}, "price until", ""),
    ("created_at_lower_bound", MOMENT, {"created_at": MOMENT}, "created_at from", ""),
    ("created_before", MOMENT, {"created_at": MOMENT}, "created_at until", ""),
    ("completed_on", TIME, {"completed_at": MOMENT}, "completed_at", ""),
    ("date", TIME, {"date": MOMENT}, "date", ""),
    ("since", MOMENT, {"created_at": MOMENT, "updated_at": MOMENT}, "updated_at from", "last updated after"),
    ("start_date", TIME, {"created_at": MOMENT, "due_on": TIME}, "created_at from", ""),
    ("to", TIME, {"happens": MOMENT}, "happens until", ""),
    ("ids", TEXTS, {}, "id", ""),
    ("IDs", TEXT, {}, "id in", ""),
    ("statuses", TEXT, {"status": TEXT}, "status in", ""),
    ("status[]", TEXTS, {"status": TEXT}, "status", ""),
    ("status", TEXT, {"status": TEXT}, "status in", "Comma separated"),
    ("country", TEXT, {"country_code": TEXT}, "country_code", ""),
    ("customer", TEXT, {"customer_id": TEXT}, "customer_id", ""),
    ("author", TEXT, {"author": USER}, "author", ""),
    ("creator", TEXT, {"user": USER}, "user", ""),
    ("author_bio", TEXT, {"author": USER}, "/author/bio", ""),
    ("tag", TEXT, {"tagList": TEXTS}, "tagList", ""),
    ("InRegion", TEXT, {"region": TEXT}, "region", ""),
    ("status_filter", TEXT, {"status": TEXT}, "status", ""),
    ("branch", TEXT, {"head_branch": TEXT}, "head_branch", ""),
    ("dogs", FLAG, {"dogs_allowed": FLAG}, "dogs_allowed", ""),
    ("active", FLAG, {"isActive": FLAG}, "isActive", ""),
    ("has_parent", FLAG, {"parent": TEXT}, "parent present", ""),
    ("hasOwner", FLAG, {"owner": USER, "ownerId": TEXT}, "ownerId present", ""),
    ("archived", FLAG, {"archived_at": MOMENT}, "archived_at present", ""),
    ("include_archived", FLAG, {"archived": FLAG}, {"members": ["/archived"], "hides": True}, ""),
    (
        "include_archived",
        FLAG,
        {"archived_at": MOMENT},
        {"members": ["/archived_at"], "test": "present", "hides": True},
        "",
    ),
    ("include_inactive", FLAG, {"active": FLAG}, {"members": ["/active"], "hides": False}, ""),
    ("size", TEXT, {"size": TEXT}, "size", ""),
    (
        "direction",
        {"enum": ["credit", "debit"]},
        {"direction": {"enum": ["credit", "debit"]}},
        "direction",
        "",
    ),
    (
        "state",
        {"type": "string", "enum": ["open", "all"]},
        {"state": {"type": "string", "enum": ["open", "closed"]}},
        {"members": ["/state"], "passes": ["all"]},
        "",
    ),
    ("q", TEXT, {"name": TEXT, "email": TEXT, "at": MOMENT}, "name or email search", ""),
    ("search_term", TEXT, {"name": TEXT, "payment_term": TEXT}, "name search", "Looked for in the name"),
    ("search", TEXT, {"name": TEXT, "phone": TEXT}, "phone search", "Search by phone substring"),
    ("$filter", TEXT, {"name": TEXT}, "* expression", ""),
    ("filter", TEXT, {"name": TEXT}, "* expression", 'SCIM filter expression, as `name eq "a"`'),
    ("fieldSelector", TEXT, {"name": TEXT}, "* selector", ""),
    ("labelSelector", TEXT, {"metadata": {"type": "object"}}, "/metadata/labels selector", ""),
]
NO_FILTERS: list[tuple[str, dict[str, Any], dict[str, Any], str, str]] = [
    ("resourceVersion", TEXT, {"name": TEXT}, "names no member", ""),
    ("resourceVersion", TEXT, {"metadata": thing(resourceVersion=TEXT)}, "names no member", ""),
    ("filter", TEXT, {"name": TEXT}, "a language that nothing tells", ""),
    ("q", TEXT, {"name": TEXT}, "searches", "Terms and qualifiers, see the query syntax"),
    ("author", TEXT, {"author": {"type": "object", "properties": {"bio": TEXT}}}, "names no member", ""),
    ("kind", {"enum": ["a"]}, {"kind": {"enum": ["b"]}}, "names no member", ""),
    ("since", TEXT, {"name": TEXT}, "compares no member", ""),
    ("watch", FLAG, {"name": TEXT}, "a flag of no member", ""),
    ("search_id", TEXT, {"name": TEXT}, "an id of no member", ""),
]
ANY_URL = {"type": "string", "format": "uri"}
# A member beside the items of a list, its schema, and what it says.
ENVELOPES: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("itemsCount", NUMBER, {"/itemsCount": "total"}),
    ("totalItems", NUMBER, {"/totalItems": "total"}),
    ("nbHits", NUMBER, {"/nbHits": "total"}),
    ("recordsFiltered", NUMBER, {"/recordsFiltered": "total"}),
    ("@odata.count", NUMBER, {"/@odata.count": "total"}),
    ("@odata.nextLink", ANY_URL, {"/@odata.nextLink": "next as url else omit"}),
    ("first", FLAG, {"/first": "first as flag"}),
    ("hasPreviousPage", FLAG, {"/hasPreviousPage": "prev as flag"}),
    ("first_id", TEXT, {"/first_id": "first as id else omit"}),
    ("prev_cursor", TEXT, {"/prev_cursor": "prev as cursor else omit"}),
    ("from", NUMBER, {"/from": "from"}),
    ("remainingItemCount", NUMBER, {"/remainingItemCount": "left"}),
    ("errors", TEXTS, {"/errors": "nothing as list else omit"}),
    ("warning", TEXT, {"/warning": "nothing as text else omit"}),
    ("unread_count", NUMBER, {"/unread_count": "nothing else omit"}),
    ("sessionToken", TEXT, {"/sessionToken": "nothing as cursor else omit"}),
]
SPRING = {"type": "object", "properties": {"page": {**NUMBER, "minimum": 0}, "size": NUMBER, "sort": TEXTS}}
PAGES: list[tuple[str, str, dict[str, Any], dict[str, Any], str]] = [
    ("size", "limit", NUMBER, {"size": NUMBER}, ""),
    ("pagination[pageSize]", "limit", NUMBER, {}, ""),
    ("$top", "limit", NUMBER, {}, ""),
    ("$skip", "offset", NUMBER, {}, ""),
    ("starting_after", "cursor", TEXT, {}, ""),
    ("continue", "cursor", TEXT, {}, ""),
    ("since", "cursor", NUMBER, {}, "An ID. Only return users with an ID greater than this ID."),
]

STATES = {"enum": ["closed", "open"]}
PAGE = {"type": "object", "properties": {"number": NUMBER, "size": NUMBER}}
OBJECT = {"type": "object", "properties": {"id": TEXT}}

TITLED = {"type": "object", "properties": {"title": TEXT}}
OBJECT_OF_DATA = {"type": "object", "properties": {"data": TITLED}}
IN_ATTRIBUTES = thing(attributes=TITLED)


def thing_of(**members: Any) -> dict[str, Any]:
    return {"type": "object", "properties": members}


KINDS = ("clients", "grants", "approvals")
PAPER = thing(case_id=TEXT, title=TEXT)
LOGIN = {"type": "object", "properties": {"login": TEXT, "password": TEXT}}
FOLK: dict[str, Any] = {
    "/login": {"post": sends(LOGIN, {"type": "object", "properties": {"token": TEXT}}, "200")},
    "/users": {"get": shows(many(thing(login=TEXT))), "post": sends(LOGIN, thing(login=TEXT))},
    "/users/{id}": {"get": shows(thing(login=TEXT))},
}
FIRM = {"type": "object", "properties": {"company": TEXT, "admin": LOGIN}}
NAMED = {"type": "object", "properties": {"name": TEXT}}
RULE = {"type": "object", "properties": {"kind": TEXT, "groups": {"type": "array", "items": NAMED}}}
FAILURE = {"type": "object", "properties": {"code": NUMBER, "message": TEXT}}
TROUBLED = {"type": "object", "properties": {"status": TEXT, "errorDetails": FAILURE}}

OBJECT_OF_PAGES = {"type": "object", "properties": {"limit": NUMBER, "cursor": TEXT}}
TAGGED = item(tagList=TEXTS, brand=TEXT)

# What is printed at a place of the model, `operation or collection` and then words, and what that is.
TABLE: list[tuple[str, dict[str, Any], str, Any]] = [
    # values in use
    (
        "tags",
        {**TAGGED, "/tags": {"get": shows(many(TEXT, "tags"))}},
        "GET /tags values",
        {"/things": "tagList"},
    ),
    (
        "brands below their things",
        {**TAGGED, "/things/brands": {"get": shows(many(TEXT))}},
        "GET /things/brands values",
        {"/things": "brand"},
    ),
    ("tags of nothing", {**USUAL, "/tags": {"get": shows(many(TEXT))}}, "GET /tags values", None),
    (
        "tags that are made",
        {**TAGGED, "/tags": {"get": shows(many(TEXT)), "post": sends(TEXT, TEXT)}},
        "GET /tags values",
        None,
    ),
    (
        "a word that marks nothing",
        {**item(scopes=TEXTS), "/things/scopes": {"get": shows(many(TEXT))}},
        "GET /things/scopes values",
        None,
    ),
    # lists asked for by POST
    (
        "a cursor in a body",
        {
            "/things/create": {"post": sends(THING, THING)},
            "/things/list": {"post": sends(OBJECT_OF_PAGES, many(THING, "data"), "200")},
        },
        "POST /things/list page",
        {"limit": "limit", "cursor": "cursor", "default": 20},
    ),
    # views of those that are so
    (
        "archived by a flag",
        {**item(isArchived=FLAG), "/things/archived": {"get": shows(many(thing(isArchived=FLAG)))}},
        "GET /things/archived only",
        {"isArchived": True},
    ),
    (
        "closed by a state",
        {**item(status=STATES), "/things/closed": {"get": shows(many(thing(status=STATES)))}},
        "GET /things/closed only",
        {"status": "closed"},
    ),
    (
        "trash by a flag",
        {**item(deleted=FLAG), "/things/trash": {"get": shows(many(thing(deleted=FLAG)))}},
        "GET /things/trash only",
        {"deleted": True},
    ),
    (
        "recent by nothing",
        {**item(deleted=FLAG), "/things/recent": {"get": shows(many(thing(deleted=FLAG)))}},
        "GET /things/recent only",
        None,
    ),
    # collections
    ("a list and an item", USUAL, "/things at", "/things/{id}"),
    (
        "a file ending",
        {"/a.json": {"get": shows(many(THING))}, "/a/{id}.json": {"get": shows(THING)}},
        "/a.json at",
        "/a/{id}.json",
    ),
    ("nothing leads to one", {"/things": {"get": shows(many(THING))}}, "/things at", None),
    (
        "parents",
        {"/a/{a}/b": {"get": shows(many(THING))}, "/a/{a}/b/{b}": {"get": shows(THING)}},
        "/a/{a}/b scope",
        ["a"],
    ),
    ("only one", {"/box": {"get": shows(THING), "put": sends(THING, THING, "200")}}, "/box single", True),
    ("alternatives", {"/things": {"get": shows(many({"oneOf": [THING, OBJECT]}))}}, "/things variants", True),
    (
        "an item in a wrapper",
        {"/things/{id}": {"get": shows({"type": "object", "properties": {"data": THING}})}},
        "/things item",
        "#/paths/~1things~1{id}/get/responses/200/content/application~1json/schema at /data",
    ),
    # identifiers
    ("id", USUAL, "/things id member", "id"),
    (
        "called as in the path",
        {"/things/{code}": {"get": shows(thing(code=TEXT))}},
        "/things id member",
        "code",
    ),
    ("a number", item(id=NUMBER), "/things id form", None),
    ("a text", USUAL, "/things id form", "hex 12"),
    (
        "a name",
        {"/things/{user_name}": {"get": shows(thing(user_name=TEXT))}},
        "/things id form",
        "named",
    ),
    (
        "a format",
        item(id={**TEXT, "format": "uuid"}),
        "/things id form",
        "like #/paths/~1things~1{id}/get/responses/200/content/application~1json/schema/properties/id",
    ),
    ("sent as", USUAL, "/things id sent_as", ["id"]),
    ("the server's", item(id={**TEXT, "readOnly": True}), "/things id given_by", "server"),
    (
        "a path by number",
        {"/things/{thing_number}": {"get": shows(thing(id=NUMBER, number=NUMBER))}},
        "/things id also",
        ["id"],
    ),
    (
        "a path by a text beside an id that is a number",
        {"/people/{username}": {"get": shows(thing(id=NUMBER, login=TEXT, name=TEXT))}},
        "/people id member",
        "login",
    ),
    (
        "a path by a text beside an id that is a text",
        {"/people/{person}": {"get": shows(thing(name=TEXT))}},
        "/people id member",
        "id",
    ),
    (
        "an address is no id",
        {"/things/{id}": {"get": shows(thing(**{"@id": TEXT}))}},
        "/things id member",
        "id",
    ),
    (
        "two templates",
        {
            "/things/{thingID}": {"get": shows(thing(thingID=TEXT, number=TEXT))},
            "/things/{number}": {"get": shows(THING)},
        },
        "GET /things/{number} key",
        "path/number by number",
    ),
    # verbs and collections
    (
        "an object that holds an array is no list",
        {
            "/balance": {
                "get": shows({"type": "object", "properties": {"currency": TEXT, "pending": many(OBJECT)}})
            }
        },
        "GET /balance read",
        "/balance",
    ),
    (
        "an envelope with a list called as its path",
        {"/teams/{id}/projects": {"get": shows(many(OBJECT, "projects", title=TEXT))}},
        "GET /teams/{id}/projects list",
        "/teams/{id}/projects",
    ),
    (
        "an envelope around a wrapper",
        {
            "/logs": {
                "get": shows({"type": "object", "properties": {"error": TEXT, "meta": many(OBJECT, "logs")}})
            }
        },
        "GET /logs list",
        "/logs",
    ),
    ("one thing that nobody changes", {"/account": {"get": shows(THING)}}, "GET /account read", "/account"),
    (
        "one thing beside items of its name",
        {"/user": {"get": shows(THING), "patch": sends(THING, THING)}, "/user/{id}": {"get": shows(THING)}},
        "PATCH /user update",
        "/user",
    ),
    (
        "one thing that nobody reads",
        {"/policy": {"put": sends(THING, THING)}},
        "PUT /policy replace",
        "/policy",
    ),
    ("what is computed", {"/things/count": {"get": shows(THING)}}, "GET /things/count", None),
    (
        "a create that nothing lists",
        {"/tickets": {"post": sends(OBJECT, THING)}},
        "POST /tickets create",
        "/tickets",
    ),
    (
        "a create below an item",
        below("notes", sends(OBJECT, OBJECT)),
        "POST /things/{id}/notes create",
        "/things/{id}/notes",
    ),
    ("an action by its verb", below("ping", GONE), "POST /things/{id}/ping act", "/things"),
    (
        "an action by the word of its summary",
        below("frobnicate", {**GONE, "summary": "Frobnicates a thing"}),
        "POST /things/{id}/frobnicate act",
        "/things",
    ),
    (
        "a toggle",
        below("favorite", GONE, thing(favorited={"type": "boolean"}, favoritesCount=NUMBER)),
        "POST /things/{id}/favorite set",
        {"favorited": True},
    ),
    (
        "a toggle that is taken back",
        below("favorite", GONE, thing(favorited={"type": "boolean"}, favoritesCount=NUMBER), "delete"),
        "DELETE /things/{id}/favorite counts",
        {"favoritesCount": -1},
    ),
    (
        "a membership by ids in the query",
        {"/me/albums": {"get": shows(many(THING)), "put": {**GONE, "parameters": query(TEXT, "ids")}}},
        "PUT /me/albums key",
        "query/ids",
    ),
    (
        "a put that creates, since the document says so",
        {
            **USUAL,
            "/things": {
                "get": shows(many(THING)),
                "put": sends(THING, THING) | {"summary": "Creates a thing"},
            },
        },
        "PUT /things create",
        "/things",
    ),
    (
        "a fragment",
        {**USUAL, "/things/{id}#share": {"put": sends(THING, THING)}},
        "PUT /things/{id}#share replace",
        "/things",
    ),
    (
        "a suffix that says the format",
        {"/things/{id}{format}": {"get": shows(THING)}, "/things{format}": {"post": sends(THING, THING)}},
        "POST /things{format} create",
        "/things",
    ),
    (
        "a list by the word that the document has for ids",
        {
            **{
                f"/{name}/{{acme_id}}": {"get": shows(thing(acme_id=TEXT))}
                for name in ("boats", "cars", "maps")
            },
            "/pens": {"get": shows(many({"type": "object", "properties": {"acme_id": TEXT, "name": TEXT}}))},
        },
        "/pens id member",
        "acme_id",
    ),
    (
        "what is sent stands in the attributes",
        {
            "/things": {
                "post": sends(OBJECT_OF_DATA, {"type": "object", "properties": {"data": IN_ATTRIBUTES}})
            },
            "/things/{id}": {"get": shows({"type": "object", "properties": {"data": IN_ATTRIBUTES}})},
        },
        "POST /things take within",
        "attributes",
    ),
    (
        "a put of attributes leaves alone those that are not sent",
        {
            "/things": {
                "post": sends(OBJECT_OF_DATA, {"type": "object", "properties": {"data": IN_ATTRIBUTES}})
            },
            "/things/{id}": {
                "get": shows({"type": "object", "properties": {"data": IN_ATTRIBUTES}}),
                "put": sends(OBJECT_OF_DATA, {"type": "object", "properties": {"data": IN_ATTRIBUTES}}),
            },
        },
        "PUT /things/{id} partial",
        True,
    ),
    (
        "what is sent stands in the properties, beside other members",
        {
            "/places": {"post": sends(TITLED, thing(owner=TEXT, properties=TITLED))},
            "/places/{id}": {"get": shows(thing(owner=TEXT, properties=TITLED))},
        },
        "POST /places take within",
        "properties",
    ),
    (
        "what several kinds of things are found by is the id of one of them, not of the rest",
        {
            **{f"/{name}/{{client_id}}": {"get": shows(thing(client_id=TEXT))} for name in KINDS},
            "/proxies/{proxy_id}": {"get": shows(thing(client_id=TEXT))},
        },
        "/proxies id member",
        "id",
    ),
    (
        "a path of a window takes a number, so that ids are numbers",
        {
            "/papers": {"get": shows(many(PAPER))},
            "/papers/{id}": {"get": shows(PAPER)},
            "/cases/{case_id}/papers": {"get": shows(many(PAPER)), "post": sends(TITLED, PAPER)},
            "/cases/{case_id}/papers/{paper_id}": {
                "parameters": [
                    {"name": "case_id", "in": "path", "required": True, "schema": TEXT},
                    {"name": "paper_id", "in": "path", "required": True, "schema": NUMBER},
                ],
                "get": shows(PAPER),
            },
        },
        "/papers id form",
        None,
    ),
    (
        "one thing is shown in an array",
        {**USUAL, "/things/{id}": {"get": shows(many(THING))}},
        "GET /things/{id} answer list",
        "",
    ),
    (
        "a path takes a list of ids",
        {
            "/things": {"get": shows(many(THING))},
            "/things/{ids}": {
                "parameters": [{"name": "ids", "in": "path", "required": True, "schema": TEXTS}],
                "get": shows(many(THING, "data")),
            },
        },
        "GET /things/{ids} answer list",
        "/data",
    ),
    (
        "a bare 201 says nothing beside a 200 that does",
        {
            **USUAL,
            "/things": {
                "post": {
                    "requestBody": media(TITLED),
                    "responses": {"200": media(THING), "201": {"description": "Created"}},
                }
            },
        },
        "POST /things answer status",
        200,
    ),
    (
        "a bare 204 is what it says",
        {
            **USUAL,
            "/things/{id}": {
                "get": shows(THING),
                "delete": {"responses": {"200": media(THING), "204": {"description": "gone"}}},
            },
        },
        "DELETE /things/{id} answer status",
        204,
    ),
    (
        "a customer with a user in it is no user",
        {
            **FOLK,
            "/customers": {
                "get": shows(many(thing(company=TEXT))),
                "post": sends(FIRM, thing(company=TEXT)),
            },
            "/customers/{id}": {"get": shows(thing(company=TEXT))},
        },
        "POST /customers create",
        "/customers",
    ),
    (
        "the groups of a rule are no rules",
        {
            "/rules": {"get": shows(many(RULE)), "post": sends(RULE, RULE)},
            "/rules/{id}": {"get": shows(RULE)},
        },
        "GET /rules/{id} answer item",
        "#/paths/~1rules~1{id}/get/responses/200/content/application~1json/schema",
    ),
    (
        "what tells of an error is no thing",
        {
            "/jobs": {"post": sends(TITLED, thing(title=TEXT))},
            "/jobs/{job_code}": {"get": shows(TROUBLED)},
        },
        "GET /jobs/{job_code} answer item",
        "#/paths/~1jobs~1{job_code}/get/responses/200/content/application~1json/schema",
    ),
    (
        "a parent may be called in short by its path",
        {
            "/organizations": {"get": shows(many(THING))},
            "/organizations/{orgId}": {"get": shows(THING)},
            "/organizations/{orgId}/invites": {"get": shows(many(thing(organizationId=TEXT)))},
        },
        "/organizations/{orgId}/invites members organizationId parent",
        "orgId",
    ),
    (
        "and by the last word of what it is",
        {
            "/webhook-endpoints": {"get": shows(many(THING))},
            "/webhook-endpoints/{id}": {"get": shows(THING)},
            "/webhook-endpoints/{id}/deliveries": {"get": shows(many(thing(endpointId=TEXT)))},
        },
        "/webhook-endpoints/{id}/deliveries members endpointId parent",
        "id",
    ),
    (
        "what callers may give bounds a number of which the item says no more",
        {
            "/things": {
                "get": shows(many(thing(share=NUMBER))),
                "post": sends(thing(share={**NUMBER, "minimum": 0, "maximum": 100}), thing(share=NUMBER)),
            },
        },
        "/things members share",
        {"kind": "integer", "least": 0, "most": 100},
    ),
    (
        "an action that names a secret renews it",
        below("rotate-secret", shows(thing(secret=TEXT)), thing(secret=TEXT, token=TEXT)),
        "POST /things/{id}/rotate-secret renews",
        ["secret"],
    ),
    (
        "one that names none renews all there are",
        below("rotate", shows(thing(secret=TEXT)), thing(secret=TEXT, token=TEXT, name=TEXT)),
        "POST /things/{id}/rotate renews",
        ["secret", "token"],
    ),
    (
        "a subscription that is renewed has no secret",
        below("renew", shows(thing(token=TEXT)), thing(token=TEXT)),
        "POST /things/{id}/renew renews",
        None,
    ),
    (
        "a body names its item by what is called after it, and the caller by a uid",
        {
            "/notes/list": {"get": shows(many(THING))},
            "/notes/update": {"post": sends(thing_of(uid=TEXT, note_id=TEXT, name=TEXT), THING)},
        },
        "POST /notes/update key",
        "body/note_id",
    ),
    (
        "also in the only object of a body",
        {
            "/notes/list": {"get": shows(many(THING))},
            "/notes/update": {"post": sends(thing_of(data=thing_of(note_id=TEXT, name=TEXT)), THING)},
        },
        "POST /notes/update key",
        "body/data/note_id",
    ),
    (
        "what is put takes the place of what is there",
        {
            "/things": {
                "get": shows(many(THING)),
                "post": {**sends(THING, THING), "responses": {"201": media(THING), "409": media(TEXT)}},
            },
            "/things/{id}": {"get": shows(THING)},
            "/files": {
                "get": shows(many(THING)),
                "put": {**sends(THING, THING), "responses": {"200": media(THING), "409": media(TEXT)}},
            },
        },
        "PUT /files conflict",
        None,
    ),
    *(
        (
            f"{path} is found by {member}",
            {path: {"get": shows(thing_of(note=TEXT, **{member: TEXT}))}},
            f"{path.rpartition('/')[0]} id member",
            member,
        )
        for path, member in (
            ("/switches/{id}", "entity_id"),
            ("/demographics/{id}", "demographicsId"),
            ("/holdings/{id}", "accountHoldingId"),
            ("/floating_ips/{floating_ip}", "ip"),
            ("/upload-tokens/{uploadToken}", "token"),
            ("/tokens/{id}", "token"),
            ("/segments/2.0/{segment_id}", "segment_id"),
        )
    ),
    (
        "two ids that end as the kind tell of none",
        {"/holdings/{id}": {"get": shows(thing_of(account_holding_id=TEXT, parent_holding_id=TEXT))}},
        "/holdings id member",
        None,
    ),
    (
        "a plural behind a version is a list",
        {
            "/segments/2.0": {"get": shows(thing_of(results=many(THING))), "post": sends(THING, THING)},
            "/segments/2.0/{segment_id}": {"get": shows(THING)},
        },
        "POST /segments/2.0 create",
        "/segments/2.0",
    ),
    (
        "a noun that begins with a verb is one where it is listed and read",
        {
            "/groups": {"get": shows(many(THING))},
            "/groups/{id}": {"get": shows(THING)},
            "/UpdateGroups": {"get": shows(many(THING)), "post": sends(THING, THING)},
            "/UpdateGroups/{id}": {"get": shows(THING)},
        },
        "POST /UpdateGroups create",
        "/UpdateGroups",
    ),
    *(
        (
            f"{name} chooses what has that {member}",
            filtered({member: TEXT, **more}, name, TEXT),
            "GET /things filter",
            {name: expected},
        )
        for name, member, more, expected in (
            ("locale", "locale", {}, "locale"),
            (
                "filter[format]",
                "title",
                {"attributes": {"type": "object", "properties": {"format": TEXT}}},
                "/attributes/format",
            ),
        )
    ),
    (
        "a filter is called as a relationship",
        filtered({"relationships": thing_of(owner=thing_of(data=thing()))}, "filter[owner]", TEXT),
        "GET /things filter",
        {"filter[owner]": "/relationships/owner/data/id"},
    ),
    (
        "a word that shapes answers chooses by no member where there is none",
        filtered({"title": TEXT}, "locale", TEXT),
        "GET /things filter",
        None,
    ),
    (
        "what says how many there are is a list, whatever it is called",
        {
            "/chart": {
                "get": shows(many(THING, "result", count=NUMBER, title=TEXT)),
                "post": sends(THING, THING),
            },
            "/chart/{pk}": {"get": shows(thing_of(result=THING))},
        },
        "POST /chart create",
        "/chart",
    ),
    # verbs in paths
    (
        "a verb after the noun creates",
        {"/boats": {"get": shows(many(THING))}, "/boats/add": {"post": sends(THING, THING)}},
        "POST /boats/add create",
        "/boats",
    ),
    (
        "a verb before the id changes",
        {"/boats/{id}": {"get": shows(THING)}, "/boats/edit/{id}": {"put": sends(THING, THING)}},
        "PUT /boats/edit/{id} replace",
        "/boats",
    ),
    (
        "a verb and a noun in one word",
        {"/GetBoats": {"get": shows(many(THING))}, "/GetBoat/{id}": {"get": shows(THING)}},
        "GET /GetBoat/{id} read",
        "/GetBoats",
    ),
    (
        "an id in the body of a call",
        {"/boats.list": {"get": shows(many(THING))}, "/boats.update": {"post": sends(THING, THING)}},
        "POST /boats.update key",
        "body/id",
    ),
    (
        "a verb with nothing of its kind beside it",
        {"/boats/save": {"post": sends(OBJECT, {"type": "string"}, "200")}},
        "POST /boats/save create",
        None,
    ),
    # members
    (
        "a reference",
        {**item(buyer_id=TEXT), "/buyers": {"get": shows(many(THING))}},
        "/things members buyer_id refers_to",
        "/buyers",
    ),
    (
        "a reference within",
        {**item(buyer=OBJECT), "/buyers": {"get": shows(many(THING))}},
        "/things members buyer within",
        "id",
    ),
    ("a beginning", item(status={"enum": ["paid", "open"]}), "/things members status begins_as", "open"),
    (
        "no end",
        item(state={"enum": ["lost", "kept"]}),
        "/things members state",
        {"kind": "string", "begins_as": "kept", "instead_of": ["lost"]},
    ),
    ("a flag of an end", item(isArchived={"type": "boolean"}), "/things members isArchived begins_as", False),
    ("a default", item(size={**NUMBER, "default": 3}), "/things members size default", 3),
    (
        "a stamp",
        item(created_at=MOMENT),
        "/things members created_at",
        {"kind": "string", "stamp": "created", "moment": True},
    ),
    ("a change", item(lastModified=MOMENT), "/things members lastModified stamp", "updated"),
    ("gone", item(deletedAt=MOMENT), "/things members deletedAt absent", "until gone"),
    ("over", item(cancelled_at=MOMENT), "/things members cancelled_at absent", "until over"),
    ("write only", item(pin={**TEXT, "writeOnly": True}), "/things members pin write_only", True),
    (
        "a parent",
        {"/a/{team}/b/{id}": {"get": shows(thing(team=TEXT))}},
        "/a/{team}/b members team parent",
        "team",
    ),
    (
        "a scalar that a create answers",
        {"/things": {"post": sends(THING, NUMBER)}, "/things/{id}": {"get": shows(THING)}},
        "POST /things answer item",
        "key #/paths/~1things/post/responses/201/content/application~1json/schema",
    ),
    (
        "a message that a create answers",
        {
            "/things": {"post": sends(THING, {**TEXT, "example": "Thing was made"})},
            "/things/{id}": {"get": shows(THING)},
        },
        "POST /things answer item",
        "raw #/paths/~1things/post/responses/201/content/application~1json/schema",
    ),
    (
        "a create that answers nothing",
        {
            "/things": {"post": {"requestBody": media(THING), "responses": {"204": {"description": ""}}}},
            "/things/{id}": {"get": shows(THING)},
        },
        "POST /things answer location",
        True,
    ),
    ("a slug", item(title=TEXT, slug=TEXT), "/things members slug slug_of", "title"),
    ("a slug of a name", item(name=TEXT, url_slug=TEXT), "/things members url_slug slug_of", "name"),
    (
        "a slug that is no title's",
        item(title=TEXT, slug={**TEXT, "pattern": "^[0-9]+$"}),
        "/things members slug slug_of",
        None,
    ),
    (
        "what an action turns on",
        below("favorite", GONE, thing(favorited=FLAG, favoritesCount=NUMBER)),
        "/things members favorited begins_as",
        False,
    ),
    (
        "what an action counts",
        below("favorite", GONE, thing(favorited=FLAG, favoritesCount=NUMBER)),
        "/things members favoritesCount begins_as",
        0,
    ),
    (
        "what an action turns on, and another says how it begins",
        below("favorite", GONE, thing(favorited={**FLAG, "default": True})),
        "/things members favorited begins_as",
        None,
    ),
    (
        "what nothing but an action turns on",
        below("activate", GONE, thing(active=FLAG)),
        "/things members active begins_as",
        False,
    ),
    (
        "what an action turns off that a new thing may well be",
        below("deactivate", GONE, thing(active=FLAG)),
        "/things members active begins_as",
        None,
    ),
    (
        "a parent whose path says only that it is an id",
        {"/books/{id}/reviews": {"post": sends(TITLED, thing(bookId=TEXT, authorId=TEXT))}},
        "/books/{id}/reviews members bookId parent",
        "id",
    ),
    (
        "an id of something else than the parent",
        {"/books/{id}/reviews": {"post": sends(TITLED, thing(bookId=TEXT, authorId=TEXT))}},
        "/books/{id}/reviews members authorId parent",
        None,
    ),
    (
        "a parent by its own number",
        {"/books/{number}/reviews": {"get": shows(many(thing(bookId=TEXT, book_number=TEXT)))}},
        "/books/{number}/reviews members book_number parent",
        "number",
    ),
    # verbs
    ("list", USUAL, "GET /things list", "/things"),
    ("create", USUAL, "POST /things create", "/things"),
    ("read", USUAL, "GET /things/{id} read", "/things"),
    ("replace", {"/things/{id}": {"put": sends(THING, THING)}}, "PUT /things/{id} creates", True),
    (
        "a put of which the document says that the rest stays",
        {"/things/{id}": {"put": sends(THING, THING, description="Unspecified fields remain unchanged.")}},
        "PUT /things/{id} partial",
        True,
    ),
    (
        "a put that requires nothing, where a new item needs something",
        {
            "/things": {"post": sends({**THING, "required": ["name"]}, THING)},
            "/things/{id}": {"get": shows(THING), "put": sends(THING, THING)},
        },
        "PUT /things/{id} partial",
        True,
    ),
    ("update", {"/things/{id}": {"patch": sends(THING, THING)}}, "PATCH /things/{id} update", "/things"),
    ("delete", {"/things/{id}": {"delete": GONE}}, "DELETE /things/{id} answer", {"status": 204}),
    (
        "needs",
        below("price", shows(NUMBER), method="get"),
        "GET /things/{id}/price",
        {"needs": "/things", "key": "path/id"},
    ),
    (
        "act",
        below("close", shows(thing(state=STATES)), thing(state=STATES)),
        "POST /things/{id}/close set",
        {"state": "closed"},
    ),
    ("shows and keeps", below("label", shows(THING)), "POST /things/{id}/label keeps", True),
    ("a part", below("addTag", shows(THING)), "POST /things/{id}/addTag keeps", None),
    ("a copy", below("copy", shows(THING)), "POST /things/{id}/copy like", "path/id"),
    ("a delete by POST", below("delete", GONE), "POST /things/{id}/delete revives", True),
    (
        "an id in the body",
        {**USUAL, "/things": {"put": sends(THING, THING, "200")}},
        "PUT /things key",
        "body/id",
    ),
    (
        "deleting many",
        {
            **USUAL,
            "/things": {"get": shows(many(THING)), "delete": {**GONE, "parameters": query(TEXT, "ids")}},
        },
        "DELETE /things key",
        "query/ids",
    ),
    (
        "the caller",
        {
            "/users/{user}/things": {"get": shows(many(THING))},
            "/users/{user}/things/{id}": {"get": shows(THING)},
            "/users/me/things": {"get": shows(many(THING))},
        },
        "GET /users/me/things scope",
        {"user": "word/me"},
    ),
    (
        "another list",
        {**USUAL, "/things/search": {"get": shows(many(THING))}},
        "GET /things/search list",
        "/things",
    ),
    (
        "trash",
        {**USUAL, "/things/trash": {"get": shows(many(THING))}},
        "GET /things/trash gone",
        True,
    ),
    (
        "what comes back",
        below("restore", shows(THING)),
        "POST /things/{id}/restore gone",
        True,
    ),
    (
        "what is purged",
        below("purge", GONE, method="delete"),
        "DELETE /things/{id}/purge delete",
        "/things",
    ),
    ("neither", {**USUAL, "/ping": {"post": shows(NUMBER)}}, "POST /ping", None),
    # paging
    (
        "a limit",
        listing(many(THING), *query(NUMBER, "per_page", "page")),
        "GET /things page",
        {"limit": "per_page", "page": "page", "default": 20},
    ),
    ("no page", listing(many(THING), *query(NUMBER, "limit")), "GET /things page", {"limit": "limit"}),
    (
        "an offset",
        listing(many(THING), *query(NUMBER, "startIndex")),
        "GET /things page offset",
        "startIndex",
    ),
    (
        "an offset from 1",
        listing(many(THING), *query({**NUMBER, "default": 1}, "startIndex")),
        "GET /things page begins",
        1,
    ),
    (
        "an offset from 0",
        listing(many(THING), *query({**NUMBER, "default": 0}, "startIndex")),
        "GET /things page",
        {"offset": "startIndex", "default": 20},
    ),
    (
        "a cursor",
        listing(many(THING), *query(TEXT, "starting_after", "ending_before")),
        "GET /things page",
        {"cursor": "starting_after", "back": "ending_before", "default": 20},
    ),
    ("from 0", listing(many(THING), *query({**NUMBER, "minimum": 0}, "page")), "GET /things page first", 0),
    (
        "an object",
        listing(many(THING), *query(PAGE, "page")),
        "GET /things page",
        {"limit": "page[size]", "page": "page[number]", "default": 20},
    ),
    (
        "an exploded object",
        listing(many(THING), *query(SPRING, "pageable")),
        "GET /things page",
        {"limit": "pageable[size]", "page": "pageable[page]", "first": 0, "default": 20},
    ),
    (
        "the order of an exploded object",
        listing(many(THING), *query(SPRING, "pageable")),
        "GET /things sort by",
        ["pageable[sort]"],
    ),
    ("a selection", listing(many(THING), *query(TEXT, "fields")), "GET /things select", "fields"),
    (
        "a selection of one",
        {**USUAL, "/things/{id}": {"get": shows(THING, parameters=query(TEXT, "$select"))}},
        "GET /things/{id} select",
        "$select",
    ),
    ("after a day", listing(many(thing(on=TEXT)), *query(MOMENT, "after")), "GET /things page", None),
    # sorting
    (
        "an order",
        listing(many(THING), *query(TEXT, "sort", "direction")),
        "GET /things sort by",
        ["sort", "direction"],
    ),
    # filters
    ("a member's name", listing(many(THING), *query(TEXT, "name")), "GET /things filter", {"name": "name"}),
    (
        "an id of an object",
        {
            **item(buyer=OBJECT),
            "/things": {"get": shows(many(thing(buyer=OBJECT)), parameters=query(TEXT, "buyer_id"))},
        },
        "GET /things filter",
        {"buyer_id": "buyer"},
    ),
    (
        "a bound",
        {
            **item(createdAt=MOMENT),
            "/things": {
                "get": shows(many(THING), parameters=query(MOMENT, "created_after", "created_until"))
            },
        },
        "GET /things filter",
        {"created_after": "createdAt from", "created_until": "createdAt until"},
    ),
    (
        "a default",
        listing(many(THING), *query({**TEXT, "default": "all"}, "name")),
        "GET /things filter name",
        {"members": ["/name"], "default": "all"},
    ),
    (
        "a bundle",
        listing(many(THING), *query(thing(name=TEXT, nothing=TEXT), "filter")),
        "GET /things filter",
        {"filter[id]": "id", "filter[name]": "name"},
    ),
    (
        "a free bundle",
        listing(many(THING), *query({"type": "object"}, "where")),
        "GET /things bundles",
        ["where"],
    ),
    (
        "ignored",
        listing(many(THING), *query(TEXT, "expand", "other", "fields")),
        "GET /things ignored",
        {"expand": "shapes the answer", "other": "names no member"},
    ),
    *(
        (f"the filter {name}", filtered(members, name, schema, said), f"GET /things filter {name}", told)
        for name, schema, members, told, said in FILTERS
    ),
    *(
        (f"no filter {name}", filtered(members, name, schema, said), f"GET /things ignored {name}", told)
        for name, schema, members, told, said in NO_FILTERS
    ),
    *(
        (f"the order {name}", filtered({"name": TEXT}, name, TEXT), "GET /things sort by", [name])
        for name in ("sort", "ordering", "order[name]", "$orderby", "sort_by", "orderBy", "sortBy")
    ),
    *(
        (f"the page {name}", filtered(members, name, schema, said), f"GET /things page {role}", name)
        for name, role, schema, members, said in PAGES
    ),
    # envelopes
    ("a bare list", USUAL, "GET /things answer list", ""),
    (
        "a total",
        listing(many(THING, "items", total=NUMBER, per_page=TEXT)),
        "GET /things answer says",
        {"/total": "total", "/per_page": "limit as text"},
    ),
    (
        "more",
        listing(many(THING, "items", has_more={"type": "boolean"})),
        "GET /things answer says",
        {"/has_more": "more"},
    ),
    (
        "a link",
        listing(many(THING, "items", next={"type": ["string", "null"]})),
        "GET /things answer says",
        {"/next": "next as url else null"},
    ),
    (
        "a hyperlink",
        listing(
            many(
                THING,
                "items",
                _links={
                    "type": "object",
                    "properties": {"next": {"type": "object", "properties": {"href": TEXT}}},
                },
            )
        ),
        "GET /things answer says",
        {"/_links/next": "next as url in href else omit"},
    ),
    (
        "a next cursor",
        listing(many(THING, "items", next_cursor={"type": "string"})),
        "GET /things answer says",
        {"/next_cursor": "next as cursor else omit"},
    ),
    (
        "a next page",
        listing(many(THING, "items", next_page=NUMBER)),
        "GET /things answer says",
        {"/next_page": "next as page else omit"},
    ),
    (
        "another page",
        listing(
            many(THING, "data", next_page={"type": "object", "properties": {"offset": TEXT, "uri": TEXT}})
        ),
        "GET /things answer says",
        {
            "/next_page": {
                "says": "next",
                "form": "object",
                "otherwise": "omit",
                "parts": {"offset": "offset as text", "uri": "url"},
            }
        },
    ),
    *(
        (
            f"the envelope {name}",
            listing(many(THING, "items", **{name: schema})),
            "GET /things answer says",
            says,
        )
        for name, schema, says in ENVELOPES
    ),
    ("guarded", listing({**many(THING), "maxItems": 5}), "GET /things answer guarded", ["maxItems"]),
    (
        "headers",
        {
            **USUAL,
            "/things": {
                "get": {
                    "responses": {
                        "200": {
                            **media(many(THING)),
                            "headers": {"Link": {"schema": TEXT}, "X-Total-Count": {"schema": NUMBER}},
                        }
                    }
                }
            },
        },
        "GET /things answer headers",
        {"Link": "links", "X-Total-Count": "total"},
    ),
    # taking
    ("members", USUAL, "POST /things take members", ["id", "name"]),
    ("as they are", USUAL, "POST /things take as_is", ["id", "name"]),
    (
        "a name in another case",
        {**USUAL, "/things": {"post": sends({"properties": {"Name": TEXT, "Note": TEXT}}, THING)}},
        "POST /things take renamed",
        {"Name": "name"},
    ),
    (
        "members whose names are in another case",
        {**USUAL, "/things": {"post": sends({"properties": {"Name": TEXT, "Note": TEXT}}, THING)}},
        "POST /things take members",
        ["name", "Note"],
    ),
    (
        "a name in both cases",
        {**USUAL, "/things": {"post": sends({"properties": {"Name": TEXT, "name": TEXT}}, THING)}},
        "POST /things take renamed",
        None,
    ),
    ("hidden", item(name={**TEXT, "readOnly": True}), "POST /things take hidden", ["name"]),
    (
        "a wrapper",
        {**USUAL, "/things": {"post": sends({"type": "object", "properties": {"thing": THING}}, THING)}},
        "POST /things take from",
        ["/thing", ""],
    ),
    ("many", {**USUAL, "/things": {"post": sends(many(THING), many(THING))}}, "POST /things take each", [""]),
    (
        "a query",
        {**USUAL, "/things": {"post": shows(THING, "201", parameters=query(TEXT, "name"))}},
        "POST /things take query",
        {"name": "name"},
    ),
    (
        "a patch",
        {
            "/things/{id}": {
                "get": shows(THING),
                "patch": {**shows(THING), "requestBody": media(many(THING), "application/json-patch+json")},
            }
        },
        "PATCH /things/{id} take only",
        True,
    ),
    # answers
    ("its place", USUAL, "POST /things answer location", True),
    (
        "taken ids",
        {
            **USUAL,
            "/things": {
                "post": {
                    **sends(THING, THING),
                    "responses": {"201": media(THING), "409": {"description": ""}},
                }
            },
        },
        "POST /things conflict",
        True,
    ),
    (
        "other media",
        {
            **USUAL,
            "/things/{id}": {
                "get": {
                    "responses": {
                        "200": {
                            "description": "",
                            "content": {
                                "application/json": {"schema": THING},
                                "text/plain": {"schema": TEXT},
                            },
                        }
                    }
                }
            },
        },
        "GET /things/{id} answer media text/plain item",
        "raw #/paths/~1things~1{id}/get/responses/200/content/text~1plain/schema",
    ),
    (
        "an error beside the item",
        {**USUAL, "/things": {"post": sends(THING, many(THING, "result", error=thing(code=TEXT)))}},
        "POST /things answer item place",
        "/result",
    ),
    (
        "errors beside the list",
        listing({"properties": {"errors": many(thing(code=TEXT)), "result": many(THING)}}),
        "GET /things answer list",
        "/result",
    ),
]


def found(model: Any, place: str) -> Any:
    """Return what is printed at a place, None where nothing is."""
    head, *words = place.split(" ")
    if head.isupper():
        head = f"{head} {words.pop(0)}"
    value = model["operations"].get(head, model["collections"].get(head))
    for word in words:
        value = value.get(word) if isinstance(value, dict) else None
    return value


@pytest.mark.parametrize(("name", "paths", "place", "expected"), TABLE, ids=[row[0] for row in TABLE])
def test_a_fragment_gives_these_lines(
    tmp_path: Path, name: str, paths: dict[str, Any], place: str, expected: Any
) -> None:
    for path, methods in paths.items():
        names = [part.partition("}")[0] for part in path.split("{")[1:]]
        parents = [{"name": one, "in": "path", "required": True, "schema": TEXT} for one in names]
        paths = {**paths, path: {"parameters": parents, **methods}}
    model = write_model(compile(write_contract(tmp_path / "a.json", "3.1.0", {"paths": paths})))
    assert found(model, place) == expected, name
