"""The model: what a contract means, as plain, frozen data.

Nothing here knows how it was found out, or HTTP, or the store.

The words are those in which it is printed, and which an overlay may write; `notation` reads and writes that
form.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from msgspec import Struct, field

Place = Annotated[tuple[str, ...], "place"]
"""Names of members from the outside in; empty for the whole. Printed as a JSON Pointer."""

Address = Annotated[str, "address"]
"""Where a schema is written: `#/components/schemas/Order`, printed `Order`; `shared.yaml#/Order`."""

Maybe = Annotated[tuple[Any, ...], "maybe"]
"""At most one value. Printed as that value, since null is one too."""

Parameters = Annotated[tuple[str, ...], "parameters"]
"""Names of parameters. Printed as the name where there is one."""

Handed = Literal[
    "token", "jwt", "refresh", "refresh jwt", "key", "type", "lifetime", "until", "refresh until"
]
"""What tells a credential: itself, as a JWT, one to get others by, what goes before it, how long it is good
in seconds, and until when.
"""

Outcome = Literal[
    "ids",
    "id",
    "count",
    "none",
    "zero",
    "new",
    "new ids",
    "new count",
    "changed",
    "changed ids",
    "changed count",
]
"""What a member says of what a write wrote: the ids, the one id, how many there are; likewise of those that
are new, and of those that were there before, or whether it is one of these; or that there are none, as a list
or a number.
"""

Parent = Annotated[str, "parent"]
"""The name of a parent. Printed `path/customerId`."""


class Source(Struct, frozen=True, kw_only=True):
    """Where a value stands in a request.

    Printed `path/orderId`, `body/id`, `query/ids`, `word/me`, `caller`, `path/number by number`, and
    `path/locale,key` of a key of several parts.

    at: of `caller`, it is the user who calls.
    by: the unique member of the item that it names, where that is not the identifier.
    before: names of the parts of a key that come before this one. words: that stand for an item in place of
    its id, printed `path/id or latest`.
    """

    at: Literal["path", "query", "body", "word", "caller"]
    name: str = ""
    by: str = ""
    before: tuple[str, ...] = ()
    words: tuple[str, ...] = ()


class View(Struct, frozen=True, kw_only=True):
    """A body that shows one item.

    Printed `Order`, `Order at /data`, `part OrderSummary at /data`; with an identity as a mapping.

    schema: address of the schema of the whole body; `#/components/schemas/Order` is printed `Order`. "" where
    the answer states none.
    place: of the item in it. shows: `whole` by the schema of the collection's item, `part` some of its
    members, `own` others too, `raw` no object of members (bytes, a scalar, free form), `key` its key alone,
    `value` the array or scalar that the one thing of its kind is.
    identity: members that only this view has, by what they say: a parent of the scope, or "" the item's own
    key.
    """

    schema: Address = ""
    place: Place = ()
    shows: Literal["whole", "part", "own", "raw", "key", "value"] = "whole"
    identity: Mapping[str, str] = field(default_factory=dict)


class Slot(Struct, frozen=True, kw_only=True):
    """What a member of an envelope says of the page.

    Printed `total`, `limit as text`, `next as url in href else null`.

    says: total any pages `last page` count page offset limit shown left from to (positions) more self next
    prev first last (of the last six, another page), empty paged unpaged sorted unsorted, nothing (what would
    be made up), buttons (of a paginator), asked (what a parameter was sent). of: that parameter. form: how:
    number text url cursor flag object page offset list, a list of what is parted by colons (pairs), the id of
    an item, a URL without its query (base), without its host (path), or without both (address). within: the
    member of an object that holds the URL. otherwise: where there is no such page: null, omit, empty, keep
    (what stands there). parts: of an object, what its members say.
    """

    says: str
    of: str = ""
    form: Literal[
        "number",
        "text",
        "url",
        "cursor",
        "flag",
        "object",
        "page",
        "offset",
        "list",
        "pairs",
        "id",
        "path",
        "base",
        "address",
    ] = "number"
    within: str = ""
    otherwise: Literal["null", "omit", "empty", "keep"] = "keep"
    parts: Mapping[str, str] = field(default_factory=dict)


class Answer(Struct, frozen=True, kw_only=True):
    """The success of an operation: one item, a list, both (as where one or many are taken), or neither.

    item: the view of one. list: where the list stands; None where there is none. each: the view of one of the
    list.
    says: of the members around the list, by place. headers: by name, a word of Slot, or `links`. location:
    whether it names the new item.
    guarded: what the list's own schema says beside its items, so that the whole is validated each time.
    told: by header, what the members say of the object that it holds as JSON.
    always: members of an envelope that have the same value in each answer, by place.
    media: the same for the other media types of this status, where they differ.
    outcome: by place, what is said of what was written, beside the items.
    hands_out: of a login, by place, what tells the caller's credential. cookie: the name of the one that
    carries it.
    """

    status: int = 200
    item: View | None = None
    list: Place | None = None
    listed: Address = ""  # address of the schema of the whole body that holds the list
    each: View | None = None
    says: Mapping[Place, Slot] = field(default_factory=dict)
    always: Mapping[Place, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    told: Mapping[str, Mapping[Place, Slot]] = field(default_factory=dict)
    location: bool = False
    guarded: tuple[str, ...] = ()
    media: Mapping[str, Answer] = field(default_factory=dict)
    outcome: Mapping[Place, Outcome] = field(default_factory=dict)
    hands_out: Mapping[Place, Handed] = field(default_factory=dict)
    cookie: str = ""


class Proof(Struct, frozen=True, kw_only=True):
    """What a request says of who somebody is.

    names: places where their name may stand, likeliest first. password: to be checked. becomes: their
    password from then on. token: one that was handed out before.
    """

    names: tuple[Place, ...] = ()
    password: Place = ()
    becomes: Place = ()
    token: Place = ()
    provider: Place = ()


class Filter(Struct, frozen=True, kw_only=True):
    """A parameter that chooses among items.

    Printed `status`, `createdAt from`, `name or description contains`.

    members: places of which one has to pass; `*` are those that a value names. test: equals exactly not, in,
    `not in`, from until above below between, `from day`, `until day`, `above year` and the like, `equals
    month`, contains lacks starts ends, null present, by; of `exactly`, upper and lower case are two. by: the
    value names who turned a flag. search: each word stands in one of the members. stated: the value says the
    comparison, `gt.5`. expression, selector: the value is one. default, passes: values that filter nothing.
    hides: of a flag, the value of the member in those items that are left out where the flag is false; with
    the test `present` those that have it are.
    """

    members: tuple[Place, ...]
    test: str = "equals"
    default: Maybe = ()
    hides: Maybe = ()
    passes: tuple[str, ...] = ()


class Take(Struct, frozen=True, kw_only=True):
    """What of a request becomes members of an item.

    by_id: the body is an object of items by their ids. places (printed `from`): where in the body it may
    stand, likeliest first; the one with most known members wins. renamed: by what a member is called in
    the body, the member of the item that it sets, where their names differ in case alone
    (`FriendlyName`, `friendly_name`) or by what the item is called (`new_branch_name`, `name`). members:
    what may be set, as the item calls it. as_is: those that are shown as they are sent. hidden: what the
    server keeps to itself. within: the member of an item that holds what is sent of it, JSON:API's
    `attributes`. only: drop what is not among the members. exact: keep 5010.0 as 5010. shallow: an
    object that is sent takes the place of the one that is there. each: where a list of items may stand.
    query: by parameter, the member it sets, where there is no body. mask: the parameter that names the
    members to set, of all that are sent. whole: the member that the body itself is, as the array sent to
    `PUT /posts/{id}/tags`.
    """

    schema: Address = ""
    places: tuple[Place, ...] = ((),)
    members: tuple[str, ...] = ()
    renamed: Mapping[str, str] = field(default_factory=dict)
    as_is: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    only: bool = False
    exact: bool = False
    shallow: bool = False
    within: str = ""
    each: tuple[Place, ...] = ()
    by_id: bool = False
    mask: str = ""
    whole: str = ""
    query: Mapping[str, Filter] = field(default_factory=dict)


class Page(Struct, frozen=True, kw_only=True):
    """Parameters by role (`page[size]` is member size of an object `page`). first: number of the first page.
    begins: the offset of the first item. default, most: items.
    """

    limit: Parameters = ()
    page: Parameters = ()
    offset: Parameters = ()
    cursor: Parameters = ()
    back: Parameters = ()
    first: int = 1
    begins: int = 0
    default: int = 0
    most: int = 0


class Sort(Struct, frozen=True, kw_only=True):
    """by: the parameters that order. default: members, `-` before one that descends; newest first where there
    is none. words: by values that name no member, such as `popular`, the one that they order by. case:
    whether upper and lower case are two, and the upper ones first.
    """

    by: tuple[str, ...] = ()
    default: tuple[str, ...] = ()
    words: Mapping[str, str] = field(default_factory=dict)
    nulls: Literal["last", "largest"] = "last"
    newest_first: bool = True
    case: bool = False


class Identifier(Struct, frozen=True, kw_only=True):
    """member: of an item, which carries its id: its name, or where it stands further in, `/metadata/name`.
    parts: of a key of several, the members that say each, in the order of the path, the last being `member`;
    "" where none does. also: members that say the same. form: how one is made up: `counter from 1`,
    `hex 12`, `named` as people would, `like <address of a schema>`. given_by: who says it. sent_as: names in
    a body by which a caller chooses it. listed_as: parameters and members that name many.
    """

    member: str = ""
    parts: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    form: str = "counter from 1"
    given_by: Literal["server", "client", "either"] = "either"
    sent_as: tuple[str, ...] = ()
    listed_as: tuple[str, ...] = ()


class Figure(Struct, frozen=True, kw_only=True):
    """What a number says of items. of: their collection; where it is about one item, of those below it, or
    that name it. does: how many there are, or what a member adds up to, its average, or the least or most of
    them says; `own`: what the one item says. times: the member by which each is multiplied. where: of those
    only whose members are so. by: there is one for each value of this member, in an object.
    """

    of: str
    does: Literal["count", "sum", "average", "min", "max", "own"] = "count"
    member: str = ""
    times: str = ""
    where: Mapping[str, Any] = field(default_factory=dict)
    by: str = ""


class Member(Struct, frozen=True, kw_only=True):
    """A member of an item, as far as more than its schema is known of it.

    embeds: it is a list of items of this collection, those below the item or those that name it, or the one
    thing of this collection that is below the item. tallies: it says how many of these there are. latest: it
    shows the newest of these. kind: the JSON type it is shown in. parent: it says the parent of this name.
    refers_to: it is the id of an item there; `within`: it is an object, and that member of it is the id.
    begins_as (at most one value), instead_of: how a new item begins; where an end was made up, or always
    where `instead_of` is empty. default: where it was not sent. always: whatever is sent. stamp: the time of
    the write. absent: until the item is gone, or over. slug_of: of a new item it is this member, written for
    an address. by: `hook`, a vendor's function says it; `caller`, it is the user who made the item; `viewer`,
    it says what whoever asks did to the item. write_only: kept and never shown. counts: how often the item
    was written, or changed in what it is meant to be. among: the values that callers may give it, where the
    item's own schema takes any text. once: the server makes it up for a new item, and it stays. label: what
    every item says there, unless somebody says otherwise, as its kind. address: it says the path of the item.
    named: it says the item's resource name, by this template: `shelves/{shelf}/books/{book}` (AIP-122).
    numbers: it says where the item stands among its like, a new one last. reckons: what it says of the items
    of a collection that are below the item, or name it. only_one: a flag that one item of each owner has, so
    that the others lose it. takes: what becomes of the item that it names, as of a slot that is booked;
    frees: what does when the item that names it is called off, or gone. least, most: of a number that callers
    may give it, where the item's own schema takes any.
    """

    kind: str = ""
    parent: str = ""
    refers_to: str = ""
    within: str = ""
    embeds: str = ""
    tallies: str = ""
    reckons: Figure | None = None
    latest: str = ""
    begins_as: Maybe = ()
    instead_of: tuple[Any, ...] = ()
    default: Maybe = ()
    always: Maybe = ()
    stamp: Literal["", "created", "updated"] = ""
    moment: bool = False  # its format is date-time
    absent: Literal["", "until gone", "until over"] = ""
    slug_of: str = ""
    by: Literal["", "hook", "caller", "viewer"] = ""
    write_only: bool = False
    counts: Literal["", "writes", "changes"] = ""
    among: tuple[Any, ...] = ()
    once: bool = False
    label: str = ""
    address: bool = False
    named: str = ""
    numbers: bool = False
    only_one: bool = False
    takes: Mapping[str, Any] = field(default_factory=dict)
    frees: Mapping[str, Any] = field(default_factory=dict)
    least: float | None = None
    most: float | None = None


class Through(Struct, frozen=True, kw_only=True):
    """What lies between the items of a window and their parent. by: the member of an item that names one of
    it. of: its collection. member: of one of it, names the parent; "" where its path does.
    """

    by: str
    of: str
    member: str = ""


class Collection(Struct, frozen=True, kw_only=True):
    """Things that a contract keeps; its name is the path of their list.

    of, where, linked: a window on another collection; where: by member, the parent that it names, set on
    create and asked for in lists;
    linked: no member says so, it is remembered beside the item. through: the parent is named by what its
    items name: `/boards/{id}/cards` of cards in columns of a board. holds: what is in it exists elsewhere,
    and is put in and taken out by its id. at: the path of one; "" where nothing leads to one.
    scope: parents that say which of them. below: the collection of the item that their path lies below.
    single: one for its parents. item: the view that shows one whole.
    noun: singular, for a person. settable: what some operation may set, shown or not. variants: an item is
    one of several alternatives. login: members of a user by which they log in.
    """

    noun: str = ""
    of: str = ""
    where: Mapping[str, Parent] = field(default_factory=dict)
    linked: bool = False
    through: Through | None = None
    holds: bool = False
    at: str = ""
    scope: tuple[str, ...] = ()
    below: str = ""
    single: bool = False
    item: View | None = None
    id: Identifier = field(default_factory=Identifier)
    unique: tuple[str, ...] = ()
    members: Mapping[str, Member] = field(default_factory=dict)
    settable: tuple[str, ...] = ()
    variants: bool = False
    login: tuple[str, ...] = ()


class Held(Struct, frozen=True, kw_only=True):
    """A list within an item. of: the item's collection. scope, key: where the ids of its parents and its own
    stand. member: the list. one: where the id stands of what in it is changed or taken out; without it,
    something is put in. does: where the path says that, and not the method.
    """

    of: str
    member: str
    scope: tuple[Source, ...] = ()
    key: Source | None = None
    one: Source | None = None
    does: Literal["", "put in", "take out", "empty"] = ""


class NamedBy(Struct, frozen=True, kw_only=True):
    """An item that names the one which is meant: the order of `/orders/{id}/customer`. of: its collection.
    scope, key: where the ids of its parents and its own stand. member: where it says the id, `/customer/id`.
    """

    of: str
    member: str
    scope: tuple[Source, ...] = ()
    key: Source | None = None


class Plan(Struct, frozen=True, kw_only=True):
    """What one operation does to a collection. within: the list in an item of another that it changes. scope:
    where each parent's id stands. proof: what it says of who somebody is. answer: None is answered as
    documented. gone: whether it is about what was deleted: shown, brought back by an action, or deleted for
    good. expand: parameters that name what an item refers to, to be shown it whole. shows_above: it answers
    the item above the one thing that it changes. owner: the member that says whose an item is, which somebody
    else who registered may not change.
    """

    collection: str
    scope: tuple[Source, ...] = ()
    key: Source | None = None
    proof: Proof | None = None
    take: Take | None = None
    answer: Answer | None = None
    gone: bool = False
    within: Held | None = None
    expand: Parameters = ()
    shows_above: bool = False
    owner: str = ""


class Create(Plan, frozen=True, kw_only=True):
    """key: where the ids stand of many that exist elsewhere, and are in this collection from now on. chosen:
    where, beside its body, the id of the new one may be chosen. like: the item that the new one is a copy of.
    conflict: whether a taken id is refused. upserts_if: the flag, of the query or body, that `upserts` needs.
    upserts: members of which a value that some item has changes that item. updated: the answer then. whole:
    of a list, all are created or none. once: members in which no two items that somebody created are the
    same.
    """

    chosen: Source | None = None
    like: Source | None = None
    conflict: bool = False
    upserts: tuple[str, ...] = ()
    upserts_if: str = ""
    updated: Answer | None = None
    whole: bool = False
    once: tuple[str, ...] = ()


class Read(Plan, frozen=True, kw_only=True):
    """Show one item. select: parameters that name the members to show. only: it is there only where its
    members are so. named_by: the item that names it.
    """

    select: Parameters = ()
    only: Mapping[str, Any] = field(default_factory=dict)
    named_by: NamedBy | None = None


class List(Plan, frozen=True, kw_only=True):
    """Show a page of them. select: parameters that name the members to show. mine: of those only whose member
    says the caller; `mine_if`: where this parameter asks for it. own: of those only whose member says the
    caller, where that is somebody who registered. followed: of those only whose member says somebody whom the
    caller follows. bundles: object parameters whose members are filters, `filter[status]`. ignored:
    parameters that do nothing, and why. values: of no items but of texts in use, by collection the member
    that has them. only: those alone whose members are so. with_gone: the flag with which those are shown too
    that were deleted. turned: those alone on which the user whom `key` names turned this flag; or, where
    `turned_on` is a collection, those users who turned it on the item there that `key` names.
    """

    with_gone: str = ""
    turned: str = ""
    turned_on: str = ""
    mine: str = ""
    mine_if: str = ""
    own: str = ""
    followed: str = ""
    page: Page = field(default_factory=Page)
    sort: Sort = field(default_factory=Sort)
    select: Parameters = ()
    filter: Mapping[str, Filter] = field(default_factory=dict)
    bundles: tuple[str, ...] = ()
    ignored: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, str] = field(default_factory=dict)
    only: Mapping[str, Any] = field(default_factory=dict)


class Replace(Plan, frozen=True, kw_only=True):
    """Put an item in place. creates: where there is none, as something that somebody created. created: the
    answer then. partial: what is not sent stays as it was.
    """

    creates: bool = False
    partial: bool = False
    created: Answer | None = None


class Update(Plan, frozen=True, kw_only=True):
    """Change an item by what is sent; each: all that are named by `key`, or that the filters choose: then a
    body need not say what its schema requires of a whole one.
    """

    each: bool = False
    filter: Mapping[str, Filter] = field(default_factory=dict)
    bundles: tuple[str, ...] = ()


class Act(Plan, frozen=True, kw_only=True):
    """Do to an item what the operation names. set: what becomes of it. counts: by member, what is added
    to a number, once, where `set` changes anything. counts_caller: likewise, by member of the user who
    calls, as one who follows another follows one more. stamps: members that say when that was done. each:
    to all that `key` names. keeps: whether what is sent is kept where it has a place. puts, takes: a
    member that is a list of scalars, into which what the path names last, or the body alone, is put, or
    out of which it is taken. flips: a flag that is turned over. renews: members that say a secret, which
    is another one then. numbers: the member that says where each of those stands that `key` names.
    answers: of an answer that shows no item, the members that say whether the caller turned it
    (`turned`), and how many did (`turners`). makes: by place in the answer, the collection whose new item
    stands there, made of this one; made_as: what such an item says of what was done. adds: by member that
    says how much there is, the member of the body that is added to it, or with `-` before it taken off;
    after: the member of what is made that says how much there is then. enters, leaves: the collection in
    which a new item names whoever calls, or none does any more. entry: where the answer shows that item.
    """

    set: Mapping[str, Any] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)
    counts_caller: Mapping[str, int] = field(default_factory=dict)
    stamps: tuple[str, ...] = ()
    keeps: bool = False
    each: bool = False
    puts: str = ""
    takes: str = ""
    flips: str = ""
    renews: tuple[str, ...] = ()
    numbers: str = ""
    answers: Mapping[str, str] = field(default_factory=dict)
    makes: Mapping[Place, str] = field(default_factory=dict)
    made_as: Mapping[str, Any] = field(default_factory=dict)
    adds: Mapping[str, str] = field(default_factory=dict)
    after: str = ""
    enters: str = ""
    leaves: str = ""
    entry: Annotated[tuple[Place, ...], "maybe"] = ()


class Delete(Plan, frozen=True, kw_only=True):
    """Delete an item; each: those that are named by `key`, or chosen by the filters. revives: an id that
    nobody created stays good.
    """

    each: bool = False
    revives: bool = False
    filter: Mapping[str, Filter] = field(default_factory=dict)
    bundles: tuple[str, ...] = ()


class Needs(Plan, frozen=True, kw_only=True):
    """Answer as documented where the item is there: what only reads or computes below it. tells: where the
    answer says whether it is. figures: by place in the answer, what it says of items.
    """

    tells: Annotated[tuple[Place, ...], "maybe"] = ()
    figures: Mapping[Place, Figure] = field(default_factory=dict)


class Login(Plan, frozen=True, kw_only=True):
    """Let a user in by what they prove, and hand out a credential where the answer has one."""


class Logout(Plan, frozen=True, kw_only=True):
    """Let the credential of who calls, and one that is sent, be good no more."""


class Model(Struct, frozen=True, kw_only=True):
    """What a contract means. operations: by key, `get /orders/{orderId}`. because: by pointer into this
    model, why. users: the collection of those who call; "" where nothing tells of any.
    """

    collections: Mapping[str, Collection]
    operations: Mapping[str, Plan]
    because: Mapping[str, str] = field(default_factory=dict)
    users: str = ""
