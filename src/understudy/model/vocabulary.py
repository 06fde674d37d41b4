"""The vocabulary: the words by which names in a contract tell what they mean, and where each set of words
comes from.

Names are compared folded, so that `perPage`, `per_page` and `per-page` are one. The order of words is their
rank, likeliest first.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from understudy.names import fold


@dataclass(frozen=True)
class Words:
    """Words of one meaning. source: where names are known to be used so. stated: as people write them."""

    source: str
    stated: str
    ranked: tuple[str, ...] = field(init=False)
    known: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        """Fold the words once, for all who look them up."""
        ranked = tuple(map(fold, self.stated.split()))
        object.__setattr__(self, "ranked", ranked)
        object.__setattr__(self, "known", frozenset(ranked))

    def __contains__(self, folded: str) -> bool:
        return folded in self.known

    def __iter__(self) -> Iterator[str]:
        return iter(self.ranked)


# Identifiers

IDS: Final = Words(
    "JSON:API §7.2 and most APIs: id; Django: pk; Asana: gid; Twilio: sid; Microsoft: guid; RFC 9562: uuid",
    "id pk gid sid uid uuid guid",
)
"""Members, and endings of members, that hold an identifier and nothing else."""

NAMES_OF_ONE: Final = Words(
    "what URLs carry instead of an id: Box taxonomies and Lago by key or code, GitHub by number, login and "
    "name, Django's auth by username, WordPress by slug; Bluesky and Shopify by handle",
    "key code number login username handle name slug",
)
"""Members by which an item may be found where none of `IDS` is there, the surest first."""

NUMBERS_OF_ONE: Final = Words(
    "Ecwid, Magento: orderNumber; Fortnox: CustomerNumber, OrderNo; SAP: productCode; airlines: flightNumber",
    "number no code key",
)
"""Words behind what an item is called, as the last member that may be its id."""

UPWARDS: Final = Words(
    "trees of one kind: parent_id; Mastodon: in_reply_to_id; forums: reply_to_id; Jira: parent",
    "parent parent_id reply_to reply_to_id in_reply_to in_reply_to_id parent_uuid replied_to_id",
)
"""Members that say which item of the same kind an item is below."""

GENERIC_IDS: Final = Words(
    "VMware: entity_id; FHIR bridges, audit logs: resource_id; Salesforce: record_id; Asana bridges: "
    "object_id",
    "entity_id resource_id record_id object_id",
)
"""Members that hold an id, whatever kind of thing it is of, where nothing else does."""

VALUES_OF_ONE: Final = Words(
    "what is its own name: DigitalOcean's floating addresses by ip, SendGrid's by ip_address, upload tokens "
    "by token, domains by domain",
    "ip token domain hostname host email sku isbn hash fingerprint",
)
"""Words of a path's kind or parameter that are members by which its items are found."""

CLIENT_KEYS: Final = Words(
    "Lago, Zendesk, Modern Treasury: external_id; Stripe: client_reference_id, lookup_key; Akeneo, Oracle: "
    "external_key, external_reference",
    "external_id external_key external_reference external_ref ext_id client_key client_reference "
    "client_reference_id client_ref lookup_key foreign_id",
)
"""Members by which a caller's own system names an item that has another id."""

UPSERT_FLAGS: Final = Words(
    "Mailgun: upsert; Airtable: performUpsert; Elasticsearch: doc_as_upsert; importers: overwrite, "
    "update_existing",
    "upsert perform_upsert doc_as_upsert overwrite overwrite_existing replace_existing update_existing "
    "update_if_exists",
)
"""Flags of a create that let it change what is there already."""

REFERENCES: Final = Words(
    "database convention: customer_id, customerId, customer_key; Django: customer_pk",
    "id pk gid sid uid uuid guid key",
)
"""Endings of members that name another item."""

STANDARD_CODES: Final = Words(
    "ISO 639, 3166, 4217, BCP 47, IANA time zones: a code says what is meant, without a look at a list",
    "language lang locale country currency timezone",
)
"""Members that hold a code of a standard, also where the server lists what these codes mean."""

PROSE: Final = Words(
    "schema.org: text, description, abstract; Stripe, Xero, Shopify: note, memo, message; GitHub: body, "
    "comment",
    "note comment message text description summary abstract memo remark reason body content caption",
)
"""Members that hold words for people, also where other items are called so: the `note` on an order."""

RESOURCE_NAMES: Final = Words("Google AIP-122: name", "name")
"""Members that may say a path of collections and ids, `shelves/1/books/2`."""

# Where an item stands in a body

WRAPPERS: Final = Words(
    "JSON:API §5: data, attributes; JSend: data; Google JSON guide: data, item; GraphQL over HTTP: data; "
    "SOAP bridges: response, body; Payload CMS: doc",
    "data item result resource attributes payload response entity object body doc",
)
"""Members of an answer that hold the item, with others beside it."""

OF_IDENTITY: Final = Words(
    "Kubernetes API conventions: metadata; Contentful: sys; RFC 7946 §3.2: properties; Jakarta "
    "Persistence: an embedded id; HL7: identity; Rudder: info",
    "metadata sys system info properties identity identifier identification header id key",
)
"""Members of an item that hold its id, and what else tells which one it is."""

COUNTS_WRITES: Final = Words(
    "Kubernetes API conventions: resourceVersion; Contentful: sys.version; CouchDB: _rev",
    "resource_version version revision rev lock_version row_version",
)
"""Members beside an id that tell how often an item was written."""

COUNTS_CHANGES: Final = Words("Kubernetes API conventions: generation", "generation")
"""Members beside an id that tell how often it changed what an item is meant to be."""

OWN_ADDRESSES: Final = Words(
    "JSON-LD 1.1 §3.3: @id; OData JSON Format §4.6: @odata.id, @odata.editLink; Google JSON guide: selfLink",
    "@id @odata.id @odata.editlink @odata.readlink selflink",
)
"""Members that say the address of the item they are in, in lower case."""

LINKS_OF_ONE: Final = Words("HAL §4.1.1: _links; JSON:API §7.6: links", "links")
"""Members of an item that hold links, its own as `self`."""

OWN_LINKS: Final = Words(
    "HAL §4.1.1, JSON:API §7.6: self; GitHub, Stripe: url; Asana: permalink",
    "self url uri href self_url self_uri",
)
"""Links that lead to the item they are in: among its links, or members of it."""

BESIDE_ITEMS: Final = Words(
    "JSON:API §5: meta, links, included, jsonapi; HAL: _links, _embedded; RFC 6749 §5.1: access_token",
    "meta links included jsonapi embedded debug pagination token access_token refresh_token trace_id "
    "request_id timestamp context",
)
"""Members that stand beside an item in an answer, and say nothing of it."""

SAYS_OUTCOME: Final = Words(
    "JSend: status, code, message; Slack: ok; Spring and Laravel tutorials: success, statusCode",
    "ok success status status_code code message msg result",
)
"""Members, no objects, by which an answer says how the request went."""

RELATIONSHIPS: Final = Words("JSON:API §7.2.3: relationships", "relationships")
"""Members of an item that hold to what it is linked."""

ATTRIBUTES: Final = Words(
    "JSON:API §7.2.2, Strapi 4: attributes; GeoJSON (RFC 7946 §3.2), HubSpot, ARM: properties; Airtable, "
    "Contentful: fields",
    "attributes properties fields",
)
"""Members of an item that hold all that is said of it but its id."""

HOLDS_CHANGES: Final = Words(
    "Prisma: data; MongoDB: update, $set; Nest tutorials: changes; JSON:API clients: patch",
    "changes update updates patch values set fields data",
)
"""Members of a body that hold what is to become of items whose ids stand beside it."""

SENT_IN: Final = Words("JSON:API §9, Google JSON guide", "data item attributes payload resource entity")
"""Members of a request's body that hold the item, with others beside it."""

KEYS_IN: Final = Words(
    "ASP.NET templates: ApiResponse<Guid>, Result<int> with data or value; Laravel tutorials: data",
    "data value payload",
)
"""Members of an envelope that, where a create shows nothing else, hold the key of what it made."""

SENT_IN_ANSWERS: Final = Words(
    "JSend, Laravel, Strapi, Directus: data; Google JSON guide: item; Spring tutorials: result, payload",
    "data item items result results payload",
)
"""Members of an envelope that hold what an answer shows, of whatever type it is."""

HYPERLINKS: Final = Words(
    "HAL §5 (draft-kelly-json-hal): href; Siren, Spotify: href; Slack, Asana: url", "href url"
)
"""Members of a link object that hold its address."""

ADDRESSES: Final = Words(
    "RFC 3986 and APIs that follow it: Asana next_page.uri, path", "uri url href link path"
)
"""Members of an object about another page that hold its address."""

LIST_ADDRESSES: Final = Words("Stripe: url; Twilio: uri; Plaid, HAL-like APIs: href", "url uri href")
"""Members beside the items of a list that hold its own address."""

# Lists: what an answer is called that holds many, and what stands around them

LISTS: Final = Words(
    "JSON:API §5: data; OData v4: value; Django REST framework: results; Spring Data: content; Hydra: "
    "member; Kubernetes, Google JSON guide: items; Elasticsearch: hits; CouchDB: rows, docs; GraphQL: "
    "edges, nodes",
    "data items results value values content records entries list rows docs documents elements objects "
    "resources member members edges nodes hits collection",
)
"""Members of an answer that hold the items of a list."""

HOLDERS: Final = Words("HAL §4.1.2 (draft-kelly-json-hal): _embedded; Elasticsearch: hits", "embedded hits")
"""Members that hold the list in turn."""

AROUND_LISTS: Final = Words(
    "JSON:API §5: meta, links, included; Stripe: object, url; Kubernetes: kind, apiVersion, metadata; "
    "JSend: status, message; Laravel: path, from, to; Slack: ok; Spring Data: pageable, sort, empty",
    "meta metadata links link pagination paging paginator page pages cursor cursors object url uri kind "
    "api_version status success message messages msg code error errors warning warnings request_id "
    "timestamp type summary href ok path from to included jsonapi sort query facets aggregations etag "
    "pageable empty next_link page_info response_metadata result_set server_time sync start end version "
    "context",
)
"""Members beside the items of a list that are about the list."""

SAYS_LIST: Final = Words("English, as summaries are written", "list lists all many multiple index search")
"""Words of a summary or an operationId that say that many are answered."""

LABELS: Final = Words(
    "RealWorld: /tags of articles; GitHub: topics; Gmail: labels; DummyJSON, Fake Store: categories",
    "tag label category topic keyword genre brand",
)
"""What items are marked with: a list of such texts is of those in use."""

SINGLE_PLURALS: Final = Words(
    "configuration: settings, preferences; statistics: stats, metrics, analytics; GitHub: credentials",
    "settings preferences stats statistics metrics analytics credentials details news",
)
"""Plurals that name one thing."""

# Paging: parameters

PAGINATIONS: Final = Words(
    "Strapi: pagination[page]; Laravel JSON:API: page[number]", "pagination paging page_info"
)
"""Parameters that are objects of what says which page."""

LIMITS: Final = Words(
    "SQL: limit, rows; OData v4 §11.2.6: top; GitHub: per_page; Google AIP-158: page_size; Microsoft: "
    "maxpagesize; AWS: max_items, "
    "max_results; GraphQL Cursor Connections: first; JSON:API: page[size], page[limit]; SQL bridges: "
    "rowCount",
    "limit per_page page_size size count max_results max_items top take first rows page_limit "
    "items_per_page results_per_page "
    "num_results max_records max_page_size row_count "
    "max_result_count length",
)
PAGES: Final = Words(
    "GitHub, Rails: page; JSON:API: page[number]; Spring Data: page; older SOAP bridges: page_index, "
    "page_no; MyBatis PageHelper: pageNum",
    "page page_number page_index current_page p page_no page_num",
)
OFFSETS: Final = Words(
    "SQL: offset; OData v4 §11.2.6: skip; OpenSearch 1.1: startIndex; SCIM (RFC 7644 §3.4.2.4): "
    "startIndex; Jira: startAt; "
    "QuickBooks: startposition; SQL bridges: firstRow",
    "offset skip start_index start_at page_offset start_position first_row skip_count first_result start",
)
CURSORS: Final = Words(
    "Google AIP-158: page_token; AWS: next_token, marker, continuation_token; Stripe: starting_after; "
    "GraphQL: after; "
    "Kubernetes: continue; Box: stream_position; Google Calendar: syncToken; Asana: sync; DynamoDB: "
    "LastEvaluatedKey; Elasticsearch: scroll_id; JSON:API cursor profile: page[after]; Slack: cursor",
    "cursor page_token next_token next_page_token continuation_token continue marker bookmark page_cursor "
    "page_after after "
    "starting_after after_cursor next next_cursor stream_position sync_token sync "
    "last_evaluated_key scroll_id "
    "start_cursor exclusive_start_key start_key last_key after_id last_id max_id",
)
PAGES_IF_NUMBERS: Final = Words("DataTables: start, length", "start length")
"""Of these, parameters that page only where they are numbers, and of no member and no moment."""

BACKWARDS: Final = Words(
    "Stripe: ending_before; GraphQL Cursor Connections: before, last; JSON:API cursor profile: page[before]; "
    "Mastodon, Shopify: since_id, min_id",
    "before ending_before page_before last previous prev since_id min_id",
)

# Sorting: parameters

SORTS: Final = Words(
    "JSON:API §6.5: sort; OData v4 §11.2.6: orderby; Google AIP-132: order_by; Django: ordering; Spring "
    "Data: sort",
    "sort sort_by order_by order ordering sort_field sort_column sort_key sorting sort_property",
)
"""Parameters that name the member to sort by."""

DIRECTIONS: Final = Words(
    "GitHub: direction; GitLab: sort with order_by; Rails tables: sort_order, sort_dir",
    "order direction sort_order sort_direction order_direction sort_dir sort_mode",
)
"""Parameters that say which way."""

WAYS: Final = Words(
    "SQL: ASC, DESC; JavaScript libraries: ascending, descending", "asc desc ascending descending"
)
"""What such a parameter says."""

NEWEST_FIRST: Final = Words(
    "Reddit: new; shops, Stack Exchange, YouTube: newest, recent, date_desc",
    "newest newest_first new latest latest_first recent most_recent recently_added date_desc",
)
OLDEST_FIRST: Final = Words("GitHub, YouTube: oldest", "oldest oldest_first earliest date_asc")
POPULAR_FIRST: Final = Words(
    "Dribbble, Unsplash, TMDB: popular, popularity; Reddit: hot; GitHub, YouTube: trending; shops: "
    "bestselling",
    "popular popularity most_popular trending hot best_selling best_sellers",
)
BEST_FIRST: Final = Words(
    "Reddit: top, best; TMDB: top_rated; Yelp: highest_rated; App Store: rating",
    "top best top_rated best_rated highest_rated rating rated rating_desc score",
)
CHEAPEST_FIRST: Final = Words(
    "Shopify, eBay, Etsy: price_lowest, price low to high",
    "cheapest price_low price_lowest price_low_to_high low_to_high lowest_price",
)
DEAREST_FIRST: Final = Words(
    "Shopify, eBay, Etsy: price_highest, price high to low",
    "most_expensive price_high price_highest price_high_to_low high_to_low highest_price",
)
ALPHABETICAL: Final = Words(
    "Shopify: alphabetical, title-ascending; file lists: a-z", "alphabetical alpha a_z"
)
"""Values of a parameter that orders which name no member: what comes first by each."""

HELD_GOOD: Final = Words(
    "Stack Exchange: score; GitHub: stars; TMDB: vote_average; beside what `MEAN_MARKS` and `MARKS` name",
    "average_rating avg_rating rating_average rating_avg rating average_score avg_score score stars "
    "vote_average points",
)
"""Members that say how good an item is held to be, the surest first."""

POPULARITY: Final = Words(
    "TMDB: popularity; Medium: claps; Kickstarter: backers; shops: sold; and what `TURNS_COUNTED` names",
    "popularity like favorite favourite heart clap upvote vote star stargazer follower subscriber member "
    "participant attendee backer supporter donor sold sale order booking enrollment view play download save "
    "bookmark reaction review rating comment reply",
)
"""What is counted of items that many like, the likeliest first, in the singular."""

# Filtering: parameters

LOWEST: Final = Words("shops: min_price, minPrice; Algolia: minimum", "min minimum")
HIGHEST: Final = Words("shops: max_price, maxPrice; Algolia: maximum", "max maximum")
"""First, or last, words of parameters that bound a number."""

WHOLES: Final = Words(
    "Shopify: total_price; recipes: total_minutes; Stripe: final amounts; shops: average_rating",
    "total overall grand final average avg mean",
)
"""First words of the number that a bound of no other word is about, of several that end alike."""

MEASURED_IN: Final = Words(
    "Stripe-like: total_cents, amount_minor; schema.org: duration in minutes; UCUM: weight_kg, "
    "area_sqm; Medusa: "
    "total_amount",
    "cents minor pence amount value usd eur gbp minutes mins hours days seconds ms km miles kg g lb "
    "m m2 sqm cm "
    "average avg per night hour day month year",
)
"""What stands behind a number's name and says as what it is counted."""

MINE: Final = Words(
    "GitLab: owned; GitHub: affiliation=owner; boards and shops: mine, only_mine, my",
    "mine my only_mine mine_only only_my my_only owned owned_by_me created_by_me own only_own is_mine by_me",
)
"""Flags of a list without which it shows the items of others too, and values of a choice that say so."""

SAYS_MINE: Final = Words(
    "NestJS: findMyOrders; FastAPI: list_my_collections; as summaries are written: List my orders", "my mine"
)
"""Words of an operationId or a summary that say that a list shows what is the caller's."""

SHAPES_ANSWERS: Final = Words(
    "OData v4 §11.2.4: select, expand, format; JSON:API §6.3: include, fields; Stripe: expand; Asana: "
    "opt_fields, opt_pretty; "
    "HAL: embed; Google: pretty",
    "fields expand include embed select format locale lang pretty opt_fields opt_pretty with view",
)
"""Parameters that say how items are shown, not which."""

EXPANDS: Final = Words(
    "Stripe, json-server, drf-flex-fields: expand; JSON:API §6.3: include; OData v4 §11.2.4.2: $expand; "
    "Strapi: populate; json-server, WordPress: _embed; Laravel: with",
    "expand include includes embed populate with",
)
"""Of these and others, parameters that name what an item refers to, to be shown it whole."""

INCLUDED: Final = "included"
"""The member beside items in which what they are linked to is shown (JSON:API §5.4)."""

SELECTS: Final = Words(
    "OData v4 §11.2.4.1: $select; JSON:API §6.3: fields[articles]; Google: fields; Asana: opt_fields; "
    "PostgREST: select",
    "fields select opt_fields field attributes columns only",
)
"""Of these and others, parameters that name the members to show; the others are left out."""

LEAVES_OUT: Final = Words(
    "drf-flex-fields: omit; drf-queryfields: fields!; LoopBack: fields; Contentful clones: exclude",
    "exclude omit exclude_fields excluded_fields omit_fields except without hide",
)
"""Parameters that name the members to leave out."""

SEARCHES: Final = Words(
    "OpenSearch 1.1, GitHub: q; OData v4 §11.2.6.6: search; Algolia: query; DRF SearchFilter: "
    "search; Laravel "
    "Scout, Rails Ransack: keyword, term",
    "q query search search_query search_term search_text search_string search_word search_value keyword "
    "keywords term text s",
)
"""Parameters that look through the texts of an item."""

BUNDLES: Final = Words("JSON:API §6.6 recommendation: filter[name]; LoopBack: where", "filter filters where")
"""Parameters that are objects of filters."""

COMBINES: Final = Words(
    "MongoDB, LoopBack, Feathers, Payload, Strapi: and, or; Hasura: _not", "and or not nor"
)
"""Members of an object of filters that hold others."""

ANYTHING: Final = Words(
    "GitHub: state=all; Shopify: status=any; Stripe: status=all", "all any both everything"
)
"""Values of a filter that let everything through, where the member has none such."""

ABOUT: Final = Words(
    "Twilio: InRegion; Xero: by; English prepositions before a member's name; Shopify: filter_by",
    "in by with for filter filter_by only having where search",
)
"""Beginnings, and endings, of a filter's name that say nothing of the member."""

STANDS_FOR: Final = Words(
    "database convention: customer_id; ISO 3166, ISO 4217: country_code, currency_code; Drupal: tag_name",
    "id code name key slug uuid gid username handle",
)
"""Endings of a member's name that a filter may leave away, or add."""

AUTHORS: Final = Words(
    "GitHub: creator, author, user, owner, actor; Atom (RFC 4287): author; Dublin Core: creator; chats: "
    "sender; Zendesk: requester; Jira: reporter; iCalendar: organizer",
    "author creator user owner created_by sender requester reporter organizer organiser",
)
"""Names for whoever made an item, of which an item has one."""

COLLEAGUES: Final = Words(
    "HR and fleet systems: employees, staff; FHIR: Practitioner, Person; Zendesk, Freshdesk: agents",
    "employee staff staff_member team_member worker colleague agent person user member",
)
"""What those are called who work for a company, in the singular; the likeliest first."""

MARKS: Final = Words(
    "schema.org: ratingValue of a Review; shops: stars, score; surveys: grade",
    "rating rating_value stars score grade",
)
"""Members of a review that say how good a thing is."""

MEAN_MARKS: Final = Words(
    "schema.org: aggregateRating.ratingValue; WooCommerce: average_rating; Udemy: avg_rating",
    "average_rating avg_rating rating_average rating_avg mean_rating average_score avg_score review_score "
    "average_review average_stars",
)
"""Members of a thing that are the average of the marks that it was given."""

REVIEWS: Final = Words(
    "schema.org: Review; shops: ratings, testimonials; surveys: feedback",
    "review rating feedback testimonial",
)
"""What gives marks to a thing, in the singular."""

ADDED_UP_OF: Final = {
    "paid": ("payment", "installment", "instalment"),
    "refunded": ("refund",),
    "captured": ("capture",),
    "raised": ("donation", "pledge", "contribution", "investment"),
    "donated": ("donation", "contribution"),
    "pledged": ("pledge",),
    "collected": ("donation", "contribution", "payment"),
    "contributed": ("contribution",),
    "funded": ("contribution", "pledge", "investment"),
    "invested": ("investment",),
    "spent": ("expense", "order", "purchase", "transaction"),
    "saved": ("contribution", "deposit"),
    "repaid": ("repayment", "payment"),
    "deposited": ("deposit",),
    "withdrawn": ("withdrawal",),
    "invoiced": ("invoice",),
    "billed": ("invoice",),
    "disbursed": ("disbursement",),
    "redeemed": ("redemption",),
    "earned": ("earning",),
}
"""What adds up to the amount that something was done to, in the singular (Stripe: amount_refunded; Shopify:
total_spent; Kickstarter, JustGiving: pledged, raised; budgets: spent).
"""

OF_A_WHOLE: Final = Words("Stripe: amount_paid, amount_refunded, amount_captured", "paid refunded captured")
"""What is done to no more than there is."""

RAISED_FOR: Final = Words(
    "JustGiving: targetAmount; Kickstarter: goal; savings apps: goal_amount",
    "goal goal_amount target target_amount funding_goal goal_cents target_cents",
)
RAISED_BY: Final = Words(
    "savings apps: contributions; GoFundMe: donations; Kickstarter: pledges",
    "contribution donation pledge deposit",
)
"""What a goal is reached by, in the singular: its current amount is theirs."""

BEGINS_AT_PRICE: Final = Words(
    "eBay: startPrice; auctions: starting_price, opening_bid",
    "starting_price start_price starting_bid opening_bid opening_price initial_price start_amount "
    "minimum_bid",
)
"""Members that say the price of what nobody has bid for yet."""

PARTLY: Final = Words(
    "Xero, Shopify: partially_paid, partially_refunded; shops: partly_paid", "partially partly partial"
)
"""What stands before a state that was reached in part."""

WHOLES_OF: Final = Words(
    "Stripe: amount; Xero: Total; Medusa: total; Kickstarter: goal; JustGiving: targetAmount",
    "total amount_total total_amount grand_total total_price amount goal goal_amount target target_amount "
    "funding_goal total_cents amount_cents",
)
"""Members that say of how much something was paid, refunded or raised."""

NOT_COUNTED: Final = Words(
    "Stripe: failed; Adyen: refused; PayPal: denied; expenses: rejected, declined",
    "failed rejected declined denied refused",
)
"""States of what does not add to a sum, beside what was called off."""

MONEY_NOUNS: Final = Words(
    "Xero, QuickBooks: total expenses, payments, credits; WooCommerce: total_sales, total_refunds; fees "
    "of banks",
    "expense sale payment refund donation contribution pledge fee income deposit withdrawal charge cost "
    "discount tip tax earning revenue repayment credit debit expenditure spending",
)
"""What a total of is an amount rather than a number of them, in the singular."""

FIGURE_FILLERS: Final = Words(
    "Stripe: amount_paid, amount_refunded; Shopify: total_spent; trackers: spent_so_far, "
    "amount_raised_to_date",
    "total amount sum value overall so far to date current already cents minor money usd eur gbp in",
)
"""Words that say of a figure no more than that it is one."""

LOGGED: Final = Words(
    "Jira: timespent; Toggl: tracked_seconds; Harvest: hours; Clockify: loggedHours",
    "logged worked tracked spent billed recorded actual total",
)
TIMES_LOGGED: Final = Words(
    "Harvest: hours; Toggl: seconds; Jira: timespent", "hours minutes seconds time duration"
)
"""Words of a member that says how long was worked, and in what that is told."""

LINES_OF: Final = Words(
    "Stripe, Xero: lines, line_items; WooCommerce: line_items; Shopify, Medusa: items; SAP: positions",
    "line_item order_item cart_item invoice_item quote_item order_line invoice_line line item position",
)
"""What an order consists of, in the singular."""

MONEY_OF_LINES: Final = Words(
    "Stripe: subtotal; Medusa: subtotal, total; Shopify: subtotal_price, total_price",
    "subtotal subtotal_amount subtotal_price items_total total total_amount total_price grand_total",
)
"""Members of an order that its lines add up to, before those that are more than the lines."""

TOTALS_OF_LINES: Final = Words(
    "Xero: lineAmount; WooCommerce: subtotal; Medusa: total",
    "line_total line_amount subtotal total total_price total_amount amount",
)
QUANTITIES: Final = Words(
    "schema.org: orderQuantity; Stripe, Xero: quantity; SAP: qty", "quantity qty count units"
)
"""Members of a line that say what it costs, and how many of a thing it is of."""

LOWEST_OF: Final = Words(
    "schema.org: lowPrice; Booking.com: price from; Eventbrite: minimum_ticket_price",
    "min minimum lowest low cheapest starting from",
)
OFFERS: Final = Words(
    "Shopify, Medusa: variants; hotels: rooms; Eventbrite: ticket_classes; schema.org: offers; SaaS: plans",
    "variant room room_type ticket_type ticket ticket_class offer option plan rate tier package seat listing",
)
"""First words of a thing's lowest price, and what has those prices, in the singular."""

HIGHEST_OF: Final = Words(
    "eBay: currentPrice, bidCount; schema.org: highPrice; auctions: highest_bid, winning_bid",
    "max maximum highest high top current leading winning best",
)
BIDS: Final = Words("eBay: bids; real estate: offers; games: scores, attempts", "bid offer score attempt")
"""First words of the highest of what was bid, and what those things are called, in the singular."""

MADE_OF: Final = {
    "ordered": ("order",),
    "purchased": ("purchase", "order"),
    "purchase": ("order",),
    "visited": ("visit", "checkin"),
    "posted": ("post",),
    "messaged": ("message",),
    "commented": ("comment",),
    "watered": ("watering",),
    "paid": ("payment",),
    "reviewed": ("review",),
    "played": ("game", "match", "play"),
}
"""Of what the newest is meant where a moment says when something was done last: Shopify's `last_order`, CRMs'
`last_contacted_at`.
"""

COUNTED_AS: Final = {
    "rating": "review",
    "head": "employee",
    "review": "rating",
    "donor": "donation",
    "donator": "donation",
    "supporter": "donation",
    "backer": "pledge",
    "contributor": "contribution",
    "bidder": "bid",
}
"""What something is counted by that is called otherwise: `rating_count` of reviews, `headcount` of employees,
`backers_count` of pledges (Google Places: user_ratings_total; Kickstarter: backers_count).
"""

IN_CHARGE: Final = Words(
    "vCard (RFC 6350 RELATED), LDAP (RFC 4519 owner, RFC 2798 manager); schema.org: author, creator, editor; "
    "Jira: assignee, reporter; GitHub: reviewer; HR systems: supervisor, approver, head",
    "manager supervisor head lead leader boss reviewer approver assignee creator author owner reporter "
    "requester requestor recruiter interviewer inspector moderator organizer organiser editor mentor "
    "dispatcher coordinator handler operator submitter",
)
"""Who has to do with a thing, or is above somebody: one of those who work there."""

VIEWS_OF_ONE: Final = Words(
    "Asana: UserCompact, UserResponse, UserBase; GitHub: simple-user, minimal-repository; Swagger Codegen, "
    ".NET: UserDto, UserModel; FastAPI: UserOut, UserPublic, UserRead; Box: User--Mini; Jira: UserBean",
    "compact response base simple minimal mini reference ref summary short full basic nullable embedded "
    "nested dto model schema resource entity object bean out public read view get single lite info "
    "v1 v2 v3",
)
"""Words in the name of a component that say how much of a thing is shown, and not what it is."""

EXCLUDES: Final = Words(
    "WordPress: exclude, author_exclude is not one; Django: exclude; shops: exclude_status, not_tag",
    "exclude excluding excluded not without except",
)
"""Beginnings of a filter's name that names what is left out."""

TURNED_BY: Final = Words(
    "RealWorld: favorited=ann; Mastodon: favourited_by; shops: liked_by_user_id",
    "by by_user by_user_id by_username by_id user user_id",
)
"""Endings of a filter's name that names who turned a flag."""

SHOWS_TOO: Final = Words(
    "Stripe: include; Xero: includeArchived; Asana: include_deleted; Google: showDeleted",
    "include including show with",
)
"""Beginnings of a flag that lets through what is otherwise left out."""

HAS: Final = Words("Ruby, Rails Ransack: has_; GitHub search: has", "has have having with")
"""Beginnings of a flag that asks whether a member is there."""

# Comparisons: words beside a member's name, `price__gt`, `created[gte]`, `filters[x][$eq]`

IS: Final = Words(
    "Django: exact, iexact; OData v4 §5.1.1.1: eq; Strapi: $eq, $eqi; Directus: _eq; PostgREST: eq, is",
    "eq eqi equals equal iexact is ieq",
)
EXACTLY: Final = Words("Django: exact; PostgREST: match is not one", "exact eqs")
IS_NOT: Final = Words(
    "OData v4 §5.1.1.1: ne; PostgREST: neq; LoopBack: neq; Strapi: $ne, $nei; FHIR: ne",
    "ne neq nei not not_equal not_equals not_eq is_not",
)
ABOVE: Final = Words(
    "Django, Stripe: gt; API Platform: strictly_after; .NET: greaterThan",
    "gt greater_than above more_than strictly_after greater",
)
AT_LEAST: Final = Words(
    "Django, Stripe: gte; OData: ge; API Platform: after; Salesforce: greaterOrEqual; Payload: "
    "greater_than_equal",
    "gte ge min from since after greater_or_equal greater_than_or_equal greater_than_equal at_least "
    "lower_bound start on_or_after",
)
BELOW: Final = Words(
    "Django, Stripe: lt; API Platform: strictly_before; .NET: lessThan",
    "lt less_than below strictly_before less under",
)
AT_MOST: Final = Words(
    "Django, Stripe: lte; OData: le; API Platform: before; Salesforce: lessOrEqual; Payload: less_than_equal",
    "lte le max to until before less_or_equal less_than_or_equal less_than_equal at_most upper_bound end "
    "on_or_before",
)
AMONG: Final = Words(
    "Django, Strapi, PostgREST, OData: in; Asana: any; LoopBack: inq; Dynamics: oneOf",
    "in any any_of one_of inq is_in in_list",
)
NOT_AMONG: Final = Words(
    "Strapi: $notIn; Directus: _nin; LoopBack: nin; MongoDB: $nin", "nin not_in none_of not_in_list out"
)
CONTAINS: Final = Words(
    "Django: contains, icontains; Strapi: $containsi; SQL: like, ilike; SCIM: co; JSON:API servers: match",
    "contains icontains containsi like ilike co cont match contain ilikes includes",
)
LACKS: Final = Words(
    "Strapi: $notContains, $notContainsi; Directus: _ncontains; LoopBack: nlike",
    "not_contains not_containsi ncontains nicontains nlike nilike not_like not_ilike not_cont",
)
STARTS: Final = Words(
    "Django: startswith, istartswith; Strapi: $startsWith; SCIM: sw; Ransack: start",
    "starts_with istarts_with starts begins_with prefix sw starts_withi begin",
)
ENDS: Final = Words(
    "Django: endswith, iendswith; Strapi: $endsWith; SCIM: ew",
    "ends_with iends_with ends suffix ew ends_withi",
)
IS_NULL: Final = Words(
    "Django: isnull; Strapi, Directus: $null, _null; Ransack: null; LoopBack: exists is its opposite",
    "isnull null empty is_empty blank",
)
IS_THERE: Final = Words(
    "Strapi: $notNull; Directus: _nnull, _nempty; MongoDB: $exists; SCIM: pr; Ransack: present",
    "not_null nnull exists is_not_null nempty present pr is_set not_empty",
)
BETWEEN: Final = Words(
    "Django: range; Strapi, LoopBack: between; API Platform: between; nestjs-paginate: btw",
    "range between btw",
)

AMOUNTS: Final = Words(
    "pydantic, Django REST framework, Jackson: a Decimal is written as a text; schema.org: price, totalPrice",
    "price amount total subtotal balance cost fee tax vat salary budget discount deposit",
)
"""Last words of members that are amounts, also where they are written as texts."""

MOMENTS: Final = Words(
    "Rails: created_at; Salesforce: created_date; Go: created_on; Google AIP-142: create_time",
    "at on date time timestamp",
)
"""Endings that a member about a moment may have, and a parameter about it leaves away."""

TIMES_TAKEN: Final = Words(
    "care and salon APIs: slotId, timeSlotId; cinemas: showtimeId, screeningId; gyms: sessionId",
    "slot time_slot appointment_slot availability session showtime screening class_session shift",
)
"""What an item is at the time of that names it, in the singular."""

BOOKABLE: Final = Words(
    "care and salon APIs: slots; cinemas: seats; offices: desks; garages: parking spots",
    "slot time_slot appointment_slot availability seat spot parking_spot desk locker",
)
"""What one thing alone may have at a time, in the singular."""

TAKEN: Final = Words(
    "Calendly-like APIs: booked; cinemas: reserved, sold; garages: occupied",
    "booked reserved taken occupied sold unavailable",
)
FREE: Final = Words("calendars: available, free; cinemas: open, vacant", "available free open vacant")
"""What such a thing is said to be, by a flag or a state."""

MEMBERSHIPS: Final = Words(
    "GitHub, Slack: members; Meetup: attendees; Google Docs: collaborators; calendars: participants",
    "member membership participant attendee collaborator contributor guest assignee subscriber follower "
    "team_member project_member group_member enrollment",
)
"""What a user is called who belongs to something, in the singular."""

SAYS_LATE: Final = Words(
    "trackers and libraries: overdue, is_overdue, past_due; coupons, keys: expired",
    "overdue past_due late expired",
)
"""Flags that ask for what should have been done, or was good, until a moment before now."""

SAYS_AHEAD: Final = Words("calendars: upcoming; ticket shops: future_only", "upcoming future")
"""Flags that ask for what begins after now."""

DUE_AT: Final = Words(
    "Asana: due_on, due_at; Jira: duedate; Stripe: due_date; OAuth: expires_at; libraries: due",
    "due_date due_at due_on due deadline due_datetime due_back return_by expires_at expiry_date expires_on "
    "expiration_date valid_until",
)
"""Moments until which something is to be done, or is good, the likeliest first."""

DAYS: Final = Words("calendars and booking APIs: date, day, on_date", "date day on_date on")
"""Parameters that ask for what is on a day."""

BEGINS: Final = Words(
    "schema.org: startDate; iCalendar: DTSTART; booking APIs: scheduled_at, check_in, begins_at",
    "start starts begin begins scheduled schedule from check departure pickup",
)
"""First words of the moment that something takes place at, of which its end is another."""

# Envelopes: members around the items of a list

TOTALS: Final = Words(
    "Spring Data: totalElements; Google AIP-132: total_size; OData: count is not one; Spotify, Jira: "
    "total; Kaminari: total_count; Algolia: nbHits; DataTables: recordsTotal, recordsFiltered; "
    "Solr: numFound; api.video: itemsTotal; .NET paged lists: TotalItemCount; "
    "mongoose-paginate: totalDocs",
    "total total_count total_items total_results total_entries total_elements total_records "
    "total_size total_docs "
    "total_rows total_hits nb_hits records_total records_filtered num_found total_number "
    "found_count row_count items_total results_total entries_total total_item_count "
    "total_record_count total_entry_count",
)
PAGE_SIGNS: Final = Words(
    "Spring Data: totalPages, totalElements; Laravel: last_page, per_page; mongoose-paginate: totalDocs; "
    "Kaminari: total_pages; Listen Notes: next_page_number",
    "total_pages page_count last_page total_elements total_docs per_page page_size "
    "number_of_elements page_number next_page_number previous_page_number",
)
"""Members that only a page of a list has, and no thing."""

EXISTS: Final = Words(
    "LoopBack: /products/{id}/exists; Laravel: exists; Elasticsearch: HEAD is not one",
    "exists exist is_present",
)
"""Segments below an item, or a list, that say whether it is there, or whether there are any."""

UPDATE_MASKS: Final = Words(
    "Google AIP-134: update_mask; protobuf: field_mask; Apps Script: fieldMask",
    "update_mask field_mask updatemask_paths update_fields",
)
"""Parameters of a change that name the members to set; what else is sent stays as it is."""

SAYS_DONE: Final = Words(
    "GitHub: already merged; Stripe: unexpected state; Lago: status does not allow it; Xero: cannot be",
    "already state status cannot done",
)
"""Words of the description of a 409 that say that it is about how the item is; others speak of a lock."""

SAYS_CONFLICTS: Final = Words("RFC 9110 §15.5.10 and most APIs: a conflict", "conflict conflicts")
"""Words of the description of a 409 that say that by themselves, where it names no other case."""

SAYS_WHEN: Final = Words(
    "GitHub: Conflict if sha was provided and pull request head did not match; Box: when the etag differs",
    "if when because unless while",
)
"""Words of a description before the case that it speaks of."""

RESTORES: Final = Words(
    "Laravel, Google Drive: restore; Gmail: untrash; Microsoft: recover; Salesforce: undelete",
    "restore undelete untrash recover unremove revive",
)
"""Actions that bring back what was deleted."""

PURGES: Final = Words(
    "Laravel: forceDelete; Drupal: purge; Google Drive: permanently; Box: permanent",
    "purge force force_delete hard_delete hard permanent permanently destroy_permanently erase",
)
"""Actions that delete an item for good, also one that was deleted before."""

BULK: Final = Words(
    "Django: bulk_create, bulk_update; Microsoft Graph: $batch; Prisma: createMany; Salesforce: composite",
    "bulk batch many multiple mass multi all batched",
)
"""Words of a segment below a list that say that it is about many of its items."""

BULK_UPSERTS: Final = Words("Supabase, Algolia: upsert; Laravel: sync is not one", "upsert save put")
"""Words beside them that say that what is not there is made."""

TRASHES: Final = Words(
    "Gmail, WordPress: trash; Rails paranoia: soft_delete", "trash soft_delete move_to_trash bin"
)
"""Actions that delete an item so that it can be brought back."""

SEARCHING: Final = Words(
    "Notion, Elasticsearch, Shopware: POST /search; HubSpot: search; Azure: query",
    "search query filter find lookup list paginated page",
)
"""Last segments of what is sent a body of filters and answers a list."""

STATISTICS: Final = Words(
    "WooCommerce: /reports/orders/totals; Ghost: /stats; admin templates: /dashboard, /overview, /summary",
    "stats statistics statistic summary overview metrics dashboard counts totals analytics kpis",
)
"""Last segments of a path that says figures of the items it lies below, or of all there are."""

HOW_MANY: Final = Words(
    "most APIs: total_orders, orderCount, numberOfUsers", "total count number num of all overall"
)
"""Words of a member that says how many there are, beside what is counted."""

AVERAGES: Final = Words("WooCommerce: average_sales; Yelp: avg_rating", "average avg mean")

SUMMED: Final = Words(
    "Shopify: total_price; Stripe: amount; Medusa: total; Xero: Total; WooCommerce: total",
    "total grand_total total_amount total_price amount price value subtotal",
)
"""Members of an item that say how much it costs, likeliest first."""

ADDED_UP: Final = Words(
    "WooCommerce: total_sales, net_revenue; Shopify: total_spent",
    "revenue sale income spent spending turnover amount value earning gross gmv",
)
"""What all of that together is called, in the singular."""

COUNTING: Final = Words(
    "Shopify: /products/count.json; LoopBack: /products/count; Spring Data REST tutorials: /products/total",
    "count total size number count_all total_count",
)
"""Segments below a list that say how many items it has."""

PAGE_COUNTS: Final = Words(
    "Spring Data: totalPages; fastapi-pagination: pages; Xero: pageCount",
    "total_pages page_count pages pages_total nb_pages num_pages number_of_pages",
)
LAST_PAGES: Final = Words("Laravel: last_page", "last_page last_page_number")
"""The number of the last page, which is the first where there is nothing."""
COUNTS: Final = Words(
    "Spring Data: numberOfElements, size; OData, Django REST framework: count; api.video: currentPageItems; "
    "ExaVault: returnedResults",
    "count item_count size number_of_elements result_count results_count shown current_page_items "
    "items_on_page returned_results returned_count returned_items",
)
"""Members that count items: `count` all of them, the others what is on the page."""

TALLIES: Final = Words(
    "Rails' counter_cache: comments_count; GitHub: open_issues_count, public_repos; Stack Exchange: "
    "answer_count; Jira: total; Django's annotate: num_books; Discourse: posts_count",
    "count total num number_of number_of_all cnt quantity_of",
)
"""What stands before or after the noun of what a member counts."""

MORES: Final = Words(
    "Stripe: has_more; GraphQL Cursor Connections: hasNextPage; FHIR bridges: more",
    "has_more has_next has_next_page more is_more more_items has_more_pages is_truncated",
)
LEFT: Final = Words(
    "Kubernetes ListMeta: remainingItemCount; Discourse: more_count",
    "remaining_item_count remaining left more_count",
)
"""Members that count the items after the page."""

EARLIER: Final = Words(
    "GraphQL Cursor Connections: hasPreviousPage; mongoose-paginate: hasPrevPage; .NET: hasPrevious",
    "has_previous has_previous_page has_prev has_prev_page has_before",
)
"""Flags that say that there is a page before."""

FIRST_IDS: Final = Words("OpenAI, Anthropic lists: first_id", "first_id first_key")
LAST_IDS: Final = Words("OpenAI, Anthropic lists: last_id", "last_id last_key")
"""Members that name the first and the last item of the page."""

FIRST_SHOWN: Final = Words(
    "Laravel: from; Twilio: start; OpenSearch 1.1: startIndex is an offset; mongoose-paginate: pagingCounter",
    "from first_item paging_counter",
)
LAST_SHOWN: Final = Words("Laravel: to; Twilio: end", "to last_item")
"""Positions of the first and the last item of the page, counted from 1."""

MONIES: Final = Words(
    "ISO 4217; Stripe: currency; Medusa, Spree: currency_code; Open Banking: currencyIsoCode",
    "currency currency_code currency_iso_code",
)
"""Members that say in which money something is counted, which is that of what it belongs to."""

PRICES: Final = Words(
    "schema.org: price; Shopify, WooCommerce: price; Stripe: unit_amount; ASP.NET's shops: unitPrice",
    "price price_each item_price list_price unit_amount unit_price",
)
"""Members that say what one of a thing costs, the likeliest last."""

ECHOES: Final = Words(
    "nestjs-paginate: meta.sortBy; Elastic App Search: meta.request; OpenSearch 1.1: Query; Jira: params",
    "meta metadata pagination paging query params parameters request request_params criteria applied",
)
"""Members around a list that hold what it was asked with, beside what they say of the page."""

PAGE_FLAGS: Final = Words(
    "Spring Data: first, last, empty; pageable.paged, pageable.unpaged; sort.sorted, sort.unsorted",
    "first last empty paged unpaged sorted unsorted is_first is_last",
)
"""Flags about the page and its order."""

ALARMS: Final = Words(
    "JSON:API §7.3: errors, §7.4: included; GraphQL: errors; Xero: Warnings; JSend: message of an error; "
    "RFC 9457 bridges: problem_details; clouds: error_details, last_error",
    "error errors error_code error_message error_description error_detail error_details last_error warning "
    "warnings problem problems problem_details exception included",
)
"""Members that a success has nothing to say in."""

EARLIER_CURSORS: Final = Words(
    "Slack: prev_cursor; GraphQL Cursor Connections: startCursor; Google: previousPageToken",
    "prev_cursor previous_cursor prev_page_token previous_page_token previous_token before_cursor "
    "start_cursor",
)
"""Members that hold the cursor of the page before."""

NEXT_CURSORS: Final = Words(
    "Slack: next_cursor; Google AIP-158: next_page_token; AWS: next_token, next_marker, "
    "continuation_token; GraphQL: endCursor",
    "next_cursor next_token next_page_token cursor next_marker end_cursor continuation_token after_cursor "
    "after continue next_page_cursor marker scroll_id last_evaluated_key sync_token resume_token",
)
LINK_ENDINGS: Final = Words(
    "JSON:API §5.6: next; Laravel: next_page_url; Twilio: next_page_uri; Microsoft: nextLink; HAL: next.href",
    "url uri link href page page_url page_uri page_link",
)
"""What may stand after `next`, `prev`, `first`, `last` or `self` in the name of a link."""

RELATIONS: Final = Words(
    "RFC 8288 and the IANA registry of link relations", "next previous prev first last self"
)

# Paths

CALLERS: Final = Words(
    "GitHub /user aside: Google, Spotify, Asana /users/me; Salesforce: current; Atlassian: self",
    "me self current mine",
)
"""Segments that stand for the id of whoever asks."""

NEWEST: Final = Words(
    "GitHub: /releases/latest; Travis: /builds/latest; Jenkins: lastBuild",
    "latest last newest current recent",
)
"""Words that stand for the item that was created last."""

FIRST: Final = Words("Uber, Revolut: primary; Docker: default", "primary default main first")
"""Words that stand for the item whose flag says so, or else the first."""

ONE_OF_ALL: Final = Words(
    "Shopify: default address; Stripe: default_for_currency, is_default; Google contacts: primary; "
    "Uber: main",
    "default primary main",
)
"""Flags that one of somebody's things has at a time."""

STANDS_FOR_ONE: Final = Words(
    "NEWEST and FIRST together", "latest last newest current recent primary default main first"
)
"""Words that stand for one item in place of its id."""

TRASH: Final = Words(
    "Box, Google Drive: trash; Rails paranoia: deleted; Windows: bin", "trash trashed deleted removed bin"
)
"""Segments that list what is no more."""

# Paths that name verbs

PATH_CREATES: Final = Words(
    "Spring and Laravel tutorials: /products/add, /store; Slack: conversations.create; ASP.NET: CreateBoard; "
    "HubSpot, Salesforce: /upsert; Brevo, Zoho: createOrUpdate",
    "create add new save store upsert create_or_update save_or_update add_or_update",
)
PATH_LISTS: Final = Words(
    "Slack: users.list; Spring tutorials: /all, findAll; Laravel: index; ASP.NET: GetAll",
    "list all get_all find_all list_all index fetch_all",
)
PATH_READS: Final = Words(
    "Plaid: /accounts/get; Slack: conversations.info; Laravel: show; Spring: /details/{id}",
    "get find show view detail details fetch retrieve read info get_by_id find_by_id",
)
PATH_UPDATES: Final = Words(
    "Spring, Express tutorials: /edit/{id}, /update/{id}; Plaid: /item/update",
    "edit update modify change",
)
PATH_DELETES: Final = Words(
    "Spring, Express tutorials: /delete/{id}; Plaid: /item/remove; Laravel: destroy",
    "delete remove destroy delete_by_id",
)

# Actions: segments below an item

ACTION_HOLDERS: Final = Words(
    "Google AIP-136 and DigitalOcean: /actions/…; Jira: /transitions; Azure: /operations",
    "actions action commands transitions operations",
)
"""Segments that say that the next one is an action."""

ACTIONS: Final = Words(
    "verbs in the paths of GitHub, Stripe, Twilio, Asana, Box, Azure, Google AIP-136, Kubernetes and Jira",
    "accept acknowledge activate add adjust advance allocate answer apply approve archive assign attach "
    "attend authorise authorize ban block bookmark call cancel capture change checkin checkout claim "
    "clear clone close complete confirm connect consume convert copy deactivate decline decrease defer "
    "delete deny deploy detach disable disconnect dismiss dispatch duplicate email enable end enrol "
    "enroll execute expire extend fail favorite favourite finalize finalise finish flag follow forward "
    "freeze fulfil fulfill generate grant hide hold ignore increase insert install interrupt invite issue "
    "join kick launch leave like link lock lose mark merge migrate move mute notify open participate "
    "pause pay pin ping play process promote publish pull purge push react read reactivate reassign "
    "reboot rebuild recover redeem refresh refund regenerate reject release reload remind remove rename "
    "renew reopen reorder replay reply report reprocess request rerun reschedule resend reserve reset "
    "resize resolve restart restore resume retry return reverse revert revoke rollback rotate rsvp run "
    "save scale schedule seek send set share ship shuffle sign skip snooze star start stop submit "
    "subscribe suspend swap switch sync synchronize tag terminate test toggle track transfer transition "
    "trigger trash unarchive unassign unban unblock unfavorite unfollow unfreeze unhide unignore unlike "
    "unlink unlock unmark unmute unpin unpublish unreserve unsnooze unstar unsubscribe unsuspend untag "
    "unwatch update upgrade upload use verify void vote upvote downvote wake watch win withdraw",
)
"""First words of a segment below an item that say that something is done to it."""

COMPUTES: Final = Words(
    "Elasticsearch: search, count; Stripe: upcoming, search, preview; GraphQL: query; Asana: typeahead; "
    "OAuth: authorize; probes: ping, health",
    "search query typeahead autocomplete suggest suggestions lookup preview estimate calculate compute "
    "simulate validate compare count counts totals inventory render download batch graphql login logout "
    "authorize ping health healthz livez readyz",
)
"""Words of a segment that answers what is computed, and keeps nothing."""

INTRODUCES: Final = Words(
    "English, as summaries are written: `Allows you to create …`, `Use this endpoint to update …`",
    "allows allow you to use this endpoint method call can will it is used lets let",
)
"""Words before the verb of a summary."""

FILLERS: Final = Words("English", "mark set make change move as to be is the")
"""Words of an action's name that say nothing of the state it leads to."""

TAKES_OVER: Final = Words(
    "GitHub: assignee; Jira: assigneeId; ServiceNow: assigned_to; Zendesk: assignee_id",
    "assignee_id assignee assigned_to_id assigned_to assigned_user_id assigned_user",
)
"""Members that say to whom an item was assigned."""

ORDERS: Final = Words(
    "Trello: pos; acts_as_list: position; Django admin-sortable: order, sort_order; Strapi: rank; MUI: index",
    "position order sort_order order_index display_order sort_index rank pos index sequence ordering",
)
"""Members that say where an item stands among its like."""

REORDERS: Final = Words(
    "Django Ninja and Rails boards: order, reorder; acts_as_list: sort; Shopify: reorder",
    "order reorder sort rearrange arrange positions sequence",
)
"""First words of what puts the items of a list in another order."""

EVERY: Final = Words("English: read-all, mark-everything-as-read", "all every everything")
"""Words of an action that is done to all items of a list."""

COPIES: Final = Words(
    "GitHub: forks; Box: copy; Modern Treasury: reversal", "copy clone duplicate fork reverse reversal"
)
"""Actions that make another item of one."""

RENEWS: Final = Words(
    "GitHub, Auth0: rotate; Svix: rotate; Stripe: roll; GitLab, Sentry: regenerate; Slack: reset token",
    "rotate roll regenerate reissue recreate reset refresh renew",
)
"""Actions that replace the secret that they name: `/rotate-secret`."""

RENEWS_ALONE: Final = Words("AWS, Auth0: rotate; Stripe: roll; Sentry: regenerate", "rotate roll regenerate")
"""Those of these that say so without naming one."""

SECRETS: Final = Words(
    "OAuth 2: client_secret; Stripe, Svix: secret, signing_secret; Twilio: auth_token; GitLab: token",
    "secret client_secret signing_secret webhook_secret secret_key signing_key api_key api_secret token "
    "api_token auth_token access_key",
)
"""Members of an item that say a secret which somebody may have replaced."""

PARTS: Final = Words("Asana: addFollowers, removeTag", "add remove delete attach detach insert")
"""Actions whose body speaks of a part to be added or taken away."""

ADDS: Final = Words(
    "Stripe: top-ups; banks: deposit, credit; loyalty: earn; warehouses: restock, receive; gift cards: load",
    "deposit credit top_up fund load recharge reload restock receive replenish earn add_funds "
    "add_stock add_points add_credits increase increment refill pay_in",
)
"""Actions that add an amount to what an item has."""

SUBTRACTS: Final = Words(
    "banks: withdraw, debit; loyalty: redeem, burn; warehouses: pick, consume; gift cards: spend",
    "withdraw withdrawal debit spend redeem burn consume deduct pick decrease decrement remove_funds "
    "remove_stock use_points pay_out",
)
"""Actions that take one off."""

ADDED: Final = Words(
    "ISO 20022: amount; warehouses: quantity, units; loyalty: points",
    "amount quantity qty units points credits value count delta",
)
"""Members of such an action's body that say how much, but for their unit."""

BALANCES: Final = Words(
    "ISO 20022: balance; Stripe: balance; warehouses: quantity_on_hand, stock; loyalty: points",
    "balance current_balance available_balance account_balance wallet_balance points points_balance credits "
    "credit_balance stock stock_quantity stock_level quantity qty quantity_on_hand on_hand in_stock "
    "available_stock available_quantity units remaining_balance",
)
"""Members of an item that say how much there is of what such actions move, but for their unit."""

BEGUN_WITH: Final = Words(
    "banks: opening_balance, initial_deposit; warehouses: initial_stock; gift cards: initial_value",
    "initial_balance opening_balance starting_balance initial_deposit opening_deposit initial_amount "
    "initial_stock initial_quantity opening_stock initial_points initial_credits initial_value",
)
"""Members of a create that say with how much an item begins."""

BALANCES_AFTER: Final = Words(
    "bank statements: balance_after, running_balance; warehouses: stock_after",
    "balance_after running_balance new_balance resulting_balance closing_balance "
    "stock_after quantity_after points_after",
)
"""Members of what such an action makes that say how much there is from then on."""

PUTS_IN: Final = Words("Magento, BigCommerce: addItem; Express tutorials: /cart/add", "add insert put")
"""Those of these that put something into a list."""

TAKES_OUT: Final = Words(
    "Express tutorials: /cart/remove; Magento: removeItem", "remove delete drop take detach"
)
"""Those that take something out of one."""

EMPTIES: Final = Words("Express tutorials: /cart/clear; Spree: empty", "clear empty reset")
"""Those that take all out of one."""

CHANGES: Final = Words("Express tutorials: /cart/update", "update change edit set adjust increase decrease")
"""Those that change something in one."""

# Life of an item

STATES: Final = Words("Stripe, Kubernetes, Xero; HubSpot, Pipedrive: stage", "status state stage")
"""Endings of members that say in which state an item is."""

SLUGS: Final = Words("WordPress, Ghost, Django, Strapi and RealWorld: slug", "slug")
"""Endings of members that say a title as it stands in an address."""

CALLED: Final = Words(
    "schema.org: name, headline; GitHub: login; Kubernetes, Docker: name; WordPress, RealWorld: username, "
    "title; HTML autocomplete: nickname, email",
    "name username login nickname handle title headline label email",
)
"""Last words of members by which people call an item, also where they are its id."""

TITLES: Final = Words(
    "WordPress and Ghost: slug of title; Django: prepopulated_fields; Rails friendly_id: name",
    "title name headline",
)
"""Members that a slug is made of, the likeliest first."""

BEGINNINGS: Final = Words(
    "Stripe: draft, open, pending; PayPal: created; ISO 20022: received; Jira: new, open; OBIE: awaiting "
    "is not one; AWS: initiated, "
    "available; Trello, Jira, Linear: todo, backlog; Magento: placed; NHS appointments: booked",
    "new draft todo backlog not_started planned placed booked created pending initial initialized initiated "
    "open opened queued requested submitted scheduled waiting received "
    "registered active enabled available authorised authorized live",
)
"""States that things begin in, the earliest first."""

AT_REST: Final = Words(
    "cards, devices: INACTIVE; AWS: stopped; vCenter: POWERED_OFF; GitHub Actions: disabled",
    "inactive not_active unpublished private hidden stopped idle off powered_off power_off offline disabled "
    "unverified unconfirmed uploaded ready",
)
"""States in which a thing is until an action leads to another one, the likeliest first."""

LEADS_BACK: Final = Words(
    "Stripe: resume; GitHub: reopen; cloud APIs: reactivate, restore; banks: unblock",
    "resume restore reopen reactivate reinstate unblock unsuspend unfreeze renew recover retry reset "
    "unarchive continue",
)
"""Actions that lead to a state in which a thing was before."""

ENDS_USE: Final = Words(
    "GitLab: revoke; Auth0: block; clouds: disable, suspend; HR: terminate",
    "revoke disable deactivate suspend terminate block ban freeze retire",
)
"""Actions that take a thing out of use."""

IN_USE: Final = Words("Django: is_active; feature flags: enabled; keys: valid", "active enabled valid")
"""Flags that say that a thing is in use."""

BOTH_WAYS: Final = Words(
    "device and feature APIs: enable, disable; shops: activate, deactivate", "enable activate open"
)
"""Actions that may well bring back what a thing was at first, where there is one that undoes them."""

GONE: Final = Words(
    "Rails paranoia: deleted_at; Notion: archived; Gmail: trashed",
    "deleted archived discarded trashed purged",
)
"""Past participles of a deletion."""

DELETION: Final = Words(
    "Kubernetes API conventions: deletionTimestamp; Google AIP-148: delete_time",
    "deletion_timestamp deletion_time deletion_date delete_time",
)
"""Members that only what is being deleted has."""

OVER: Final = Words(
    "Stripe: canceled, voided, expired; Lago: terminated; GitHub: closed, completed; OAuth: revoked",
    "terminated cancelled canceled voided revoked expired closed completed finished failed rejected",
)
"""Past participles of other ends."""

ENDINGS: Final = Words(
    "Shopify: cancel_reason; Stripe: cancellation_details; GitHub: close reason; Jira: rejection reason",
    "cancel cancellation reject rejection close closing closure revoke revocation terminate termination "
    "decline denial void",
)
"""What other ends are called, where why they came is told."""

CALLED_OFF: Final = Words(
    "Stripe: canceled, voided; Shopify: cancelled; Adyen: refused",
    "cancelled canceled voided void called_off",
)
"""States of what will not take place."""

DONE: Final = Words(
    "Shopify: fulfilled, delivered; Jira: done; hotels: checked_out, no_show; Stripe: refunded",
    "completed complete delivered received fulfilled done finished checked_out no_show ended returned "
    "refunded expired rejected declined redeemed",
)
"""States of what is over otherwise, and cannot be called off any more."""

NOT_YET: Final = Words(
    "Laravel: email_verified_at; Django: last_login; Stripe: paid_at; Shopify: delivered_at, refunded_at; "
    "PagerDuty: acknowledged_at, resolved_at",
    "paid shipped delivered returned approved resolved verified email_verified redeemed used read seen "
    "solved processed accepted refunded ended acknowledged answered checked_out last_login last_used "
    "last_seen last_logged_in",
)
"""What was not done yet to a thing that was just made, where its moment is told."""

MADE: Final = Words(
    "Slack: joined_at; Discourse: posted_at; GitHub: submitted_at; Shopify: ordered_at, placed_at; Stripe: "
    "issued_at; mail: received_at; Canvas: enrolled_at",
    "joined registered added posted issued received uploaded invited enrolled submitted ordered placed "
    "requested booked recorded logged generated imported inserted",
)
"""What is done to a thing as it is made, where its moment is told."""

ENDED: Final = Words(
    "Stripe: succeeded, refunded, paid; Kubernetes: error; GitHub: merged; PayPal: denied; Jira: done, "
    "resolved",
    "void removed destroyed inactive disabled suspended declined denied stopped done succeeded refunded "
    "paid resolved error aborted "
    "lost merged",
)
"""Other states in which nothing begins."""

TURNED_ON: Final = Words(
    "RealWorld: favorited, following; GitHub GraphQL: viewerHasStarred; Mastodon: favourited, reblogged, "
    "bookmarked, muted; Twitter: retweeted; Reddit: saved, upvoted; Instagram: has_liked; Slack: is_member; "
    "Meetup: joined; Eventbrite-like APIs: attending, going; Canvas: enrolled; shops: isFavorite, helpful",
    "favorited favourited liked disliked loved starred bookmarked followed following subscribed upvoted "
    "downvoted voted reblogged retweeted reposted muted saved joined member attending going enrolled "
    "participating favorite favourite bookmark helpful",
)
"""Flags that say what whoever asks did to an item; nobody did so to a new one."""

INVITATIONS: Final = Words(
    "GitHub, Slack, Clerk: invitation; Discord: invite; Meetup, Discourse: join_request, membership_request",
    "invitation invite team_invitation group_invitation member_invitation",
)
"""What asks somebody to be a member, in the singular."""

GRANTS: Final = Words(
    "GitHub, Clerk, Auth0: accept; Discord: use; Slack: join", "accept join use redeem confirm"
)
"""What whoever was invited does with such."""

PLAIN_ROLES: Final = Words(
    "GitHub, GitLab, Slack, Clerk: member; Discord: user; Eventbrite: attendee; Canvas: student; shops: "
    "customer, buyer; care: patient; CMS: subscriber, reader",
    "member user participant attendee student player customer patient client buyer reader subscriber guest "
    "viewer",
)
"""What somebody is, in a group or at all, who was given no role, likeliest first."""

OF_ROLES: Final = Words("most APIs: role; Laravel: user_type; ASP.NET: roleName", "role user_type role_name")
"""Endings of members that say what somebody may do."""

TOLD_APART: Final = Words(
    "shops: code, sku; Jira: key; WordPress: slug; libraries: isbn; hosts: domain; Mailchimp: "
    "email; most APIs: "
    "name",
    "key code slug sku isbn barcode serial_number license_plate plate domain hostname email name",
)
"""Members of which no two things have the same, where a create documents a conflict, the surest first."""

SAYS_TAKEN: Final = Words(
    "Rails: has already been taken; Stripe, GitHub: already exists; SQL: duplicate, unique",
    "exists exist duplicate duplicated unique taken already use conflict conflicts",
)
"""Words of what is said of such a conflict."""

FEEDS: Final = Words(
    "RealWorld: /articles/feed; Mastodon: timelines/home; Twitter: home_timeline; Medium clones: stream",
    "feed timeline home home_timeline stream newsfeed following followed",
)
"""Last segments of a list of what those made whom the caller follows."""

FOLLOWS: Final = Words(
    "RealWorld: users you follow; YouTube: subscriptions", "follow following followed follows"
)
"""Words of what is said of such a list."""

TURNS_COUNTED: Final = Words(
    "RealWorld: favoritesCount; Mastodon: followers_count, reblogs_count; YouTube: viewCount, likeCount; "
    "GitHub: stargazers_count; Reddit: ups; npm: downloads",
    "favorite favourite like dislike love follower following view comment reply share reblog retweet repost "
    "star stargazer watcher subscriber upvote downvote vote play download heart reaction bookmark ups downs "
    "helpful helpful_vote",
)
"""What is counted of what others do to an item, in the singular; a new one has none."""

CREATED: Final = Words(
    "Rails: created_at; Google AIP-148: create_time; Salesforce: CreatedDate; Dublin Core: created; "
    "Kubernetes: creationTimestamp",
    "created creation create",
)
"""What a stamp says was done to an item that is new, before one of `STAMP_ENDINGS` or behind `date`."""

UPDATED: Final = Words(
    "Rails: updated_at; Google AIP-148: update_time; SCIM (RFC 7643 §3.1): lastModified; Dublin Core: "
    "modified; Microsoft Graph: lastModifiedDateTime; SAP: changedOn",
    "updated update modified modify modification changed change edited",
)
"""Likewise, that it was changed, also behind `last`."""

STAMPS: Final = Words(
    "Stripe: created; Dublin Core: created, modified; Box: updated", "created updated modified"
)
"""Words of these that are a stamp by themselves."""

STAMP_ENDINGS: Final = Words(
    "Rails: _at; SAP: On; Salesforce: Date; Google AIP-142: _time; .NET: DateTime; Kubernetes: Timestamp",
    "at on date time date_time timestamp",
)
"""Endings of a member that says when an item was created or changed."""

# Messages: the names of callbacks and webhooks, and what they carry

SAYS_CREATED: Final = Words(
    "Stripe: customer.created; Shopify: orders/create; Train Travel: newBooking; as a noun: creation",
    "create created new creation",
)
"""Words of a message's name that say that an item is new."""

SAYS_UPDATED: Final = Words(
    "Stripe: customer.updated; Shopify: products/update; Chargebee: subscription_changed; GitHub: "
    "edited; Kubernetes watches: MODIFIED",
    "update updated change changed modified edited",
)
"""Words of a message's name that say that an item was changed."""

SAYS_DELETED: Final = Words(
    "Stripe: customer.deleted; Shopify: orders/delete; GitHub: removed; as a noun: deletion",
    "delete deleted remove removed deletion",
)
"""Words of a message's name that say that an item is no more."""

WRITTEN: Final = Words(
    "MongoDB: upsertedIds; SQL: affected rows; bulk APIs: processed, succeeded, accepted",
    "saved upserted affected processed succeeded successful success accepted written affected_rows "
    "rows_affected",
)
"""Words for what some write wrote, before `ids` or `count` or alone."""

WRITTEN_BY_CREATES: Final = Words(
    "MongoDB: insertedIds, insertedCount; bulk APIs: created_ids; spreadsheets: imported",
    "created inserted added new imported",
)
WRITTEN_BY_UPDATES: Final = Words(
    "MongoDB: modifiedCount, matchedCount; bulk APIs: updated", "updated modified changed matched"
)
WRITTEN_BY_DELETES: Final = Words(
    "MongoDB: deletedCount; bulk APIs: deleted_ids, removed", "deleted removed destroyed"
)
"""Likewise of what only creates, updates and deletes write."""

NOT_WRITTEN: Final = Words(
    "Elasticsearch bulk: failed, errors; YNAB: duplicate_import_ids; Salesforce: failedResults",
    "failed failure error skipped duplicate rejected invalid ignored unchanged missing not_found unprocessed",
)
"""Beginnings of what was to be written and was not."""

EVENT_NAMES: Final = Words(
    "CloudEvents 1.0 §3.1.1, Standard Webhooks, Stripe: type; PayPal, Chargebee, Figma: event_type; Lago: "
    "webhook_type; Jira: webhookEvent; Segment: event; Shopify: topic; Box: trigger; GitHub: action",
    "type event event_type event_name webhook_type webhook_event topic trigger action",
)
"""Members of a message's body that say what happened."""

SCHEMA_ENDINGS: Final = Words(
    "NestJS: OrderDto; SQLModel: OrderRead; Spring HATEOAS: OrderModel, OrderResource; Lago: CustomerObject",
    "object schema dto model response resource output read",
)
"""Endings of a schema's name that say nothing of what it describes."""

SCHEMA_ENDINGS_SHOWN: Final = Words(
    "EF Core: OrderEntity; ASP.NET: OrderViewModel, OrderVm; FastAPI: OrderOut, OrderPublic; Rails: "
    "OrderSerializer",
    "entity view view_model vm out public serializer details detail data record document info item",
)
"""Endings, beside those, of the name of a schema in which something is shown."""

SENT_NAMES: Final = Words(
    "NestJS: CreateOrderDto, UpdateOrderDto; ASP.NET: CreateOrderCommand, OrderRequest; FastAPI: OrderIn, "
    "OrderCreate; Laravel: StoreOrderRequest; Go: NewOrder",
    "create update add new edit patch put post store save insert upsert replace modify request command "
    "input in payload form body params dto model object schema partial",
)
"""Words of the name of a schema that is sent, beside what it is about."""

SAYS_MAKES: Final = Words(
    "NestJS: create; ASP.NET: CreateBoard, AddBoard; Laravel: store; Go: NewOrder; SQL: insert",
    "create add new store save insert register make",
)
"""First words of an operationId, or last segments of a path, that say that something is made."""

SAYS_STAYS: Final = Words(
    "Asana: any unspecified fields will remain unchanged; Stripe: will be left unchanged; Xero: partial",
    "unchanged partial partially",
)
"""Words of what is said of a PUT that leaves alone what is not sent."""

SAYS_CHANGES: Final = Words(
    "NestJS: update; ASP.NET: UpdateBoard, EditBoard; SQL: alter is not one",
    "update edit modify change patch",
)
"""Likewise that something is changed."""

SAYS_CHECKS: Final = Words(
    "FastAPI users: verify, request-verify-token; Rails devise: confirm; NestJS tutorials: validate, resend",
    "verify validate confirm check resend activate search calculate preview export import upload sort",
)
"""Words of a path that name what is done with a thing, and no thing."""

# Files

FILE_NAMES: Final = Words(
    "Strapi: name; multer: originalname, filename; Directus: filename_download; Laravel: original_name; "
    ".NET: fileName",
    "file_name original_name original_filename filename_download name title",
)
"""Members of a file that hold its name."""

CONTENTS: Final = Words(
    "Box: /files/{id}/content; Strapi clones: download; GitHub: raw; Microsoft Graph: $value; Nuxeo: @blob",
    "content contents download raw data file blob bytes binary value media original stream body upload",
)
"""Last segments of a path that gives, or takes, the bytes of the item above."""

UPLOAD_URLS: Final = Words(
    "Strapi, Cloudinary: url; GitHub: download_url; WordPress: source_url; Rails: avatar_url by its part",
    "url download_url content_url file_url image_url source_url public_url secure_url media_url src href",
)
"""Members of what was uploaded that can only be the address of its bytes."""

FILE_URLS: Final = Words(
    "Strapi, Cloudinary: url; Microsoft Graph: downloadUrl; GitHub: download_url; Box: href; WordPress: "
    "source_url",
    "url download_url content_url file_url source_url public_url secure_url media_url download_uri href src "
    "link download_link uri location path",
)
"""Members of a file that hold the address of its bytes, the likeliest first."""

FILE_SIZES: Final = Words(
    "Strapi, multer: size; Directus: filesize", "size file_size bytes content_length length"
)
FILE_TYPES: Final = Words(
    "Strapi: mime; multer: mimetype; .NET: contentType; Directus: type",
    "mime mime_type content_type media_type file_type type",
)

# Which object is meant

TELLS_WHICH: Final = Words(
    "JSON:API: id; Git: sha; Kubernetes: name; WordPress: slug; GitHub: login, number; Lago: code; "
    "RealWorld: username; Bluesky, YouTube: handle",
    "id gid sid uid uuid guid key sha code number slug login username handle name value",
)
"""Members by which an object within an item says which one it is, the surest first."""

VAGUE: Final = Words(
    "English: what so many objects have that one of the same name further in need not be the same thing",
    "id gid sid uid uuid guid key sha code number slug login name title type object kind description url "
    "metadata status state filter",
)

# Who calls: operations that let somebody in, and what they take and answer

SAYS_LOGIN: Final = Words(
    "dj-rest-auth, Express tutorials: login; Rails devise: sign_in; ASP.NET: authenticate; Windows: logon",
    "login signin logon authenticate",
)
"""Words of a path or an operationId that say that somebody is let in."""

MAY_SAY_LOGIN: Final = Words(
    "RFC 6749 §3.2: token; Django REST framework: token-auth, obtain; djoser: jwt/create; Rails: session; "
    "Strapi: auth/local; API Platform: auth; Feathers: authentication",
    "token tokens session sessions auth authentication local obtain jwt oauth",
)
"""Words that say so where a password is taken."""

SAYS_REGISTER: Final = Words(
    "Laravel, FastAPI users: register; dj-rest-auth: registration; Rails devise: sign_up; newsletters: join",
    "register registration registrations signup enroll",
)
SAYS_REFRESH: Final = Words("RFC 6749 §6: refresh; Vault: renew", "refresh renew")
SAYS_LOGOUT: Final = Words(
    "Laravel, djoser: logout; Rails devise: sign_out; RFC 7009: revoke; simplejwt: blacklist",
    "logout signout logoff revoke blacklist",
)
SAYS_PASSWORD: Final = Words("Laravel: forgot-password; dj-rest-auth: password/change", "password passwd")
SAYS_FORGOT: Final = Words(
    "Laravel, FastAPI users: forgot-password; Rails devise: passwords; Keycloak: recover; dj-rest-auth: "
    "reset",
    "forgot forgotten forget recover recovery reset lost request",
)
SAYS_RESET: Final = Words(
    "Laravel, FastAPI users: reset-password; dj-rest-auth: reset/confirm", "reset confirm recover restore"
)

SAYS_CODE: Final = Words(
    "Supabase: otp, magiclink; Auth0, Directus: passwordless; NextAuth: magic link; phones: sms, code",
    "otp magic magiclink passwordless one_time sms code",
)
"""Words of what sends a code or a link, by which somebody logs in without a password."""

SAYS_VERIFY: Final = Words(
    "Supabase: verify; Stytch: authenticate; Auth.js: callback; Django magic links: consume; phones: confirm",
    "verify verification check confirm callback consume validate exchange",
)
"""Words of what takes that code, or what stands in the link."""

CODES: Final = Words(
    "RFC 4226, RFC 6238: otp, totp; Twilio Verify: code; Firebase: sessionInfo and code; banks: pin",
    "code otp otp_code pin passcode one_time_code one_time_password verification_code sms_code totp "
    "auth_code",
)
"""Members that hold a code that was sent to somebody."""

SAYS_PROVIDER: Final = Words(
    "Strapi, Supabase: auth/google; Parse: authData of facebook; Auth0: social, sso; Firebase: verifyToken; "
    "RFC 7523: assertion",
    "google facebook apple github gitlab microsoft twitter linkedin discord kakao naver azure okta social "
    "oauth oauth2 sso provider firebase oidc saml external exchange",
)
"""Words of a path that says that somebody is let in by what another system says of them."""

PROVIDER_TOKENS: Final = Words(
    "Google Identity: credential, id_token; Apple: identity_token; Facebook: access_token; Feathers: "
    "accessToken",
    "id_token credential identity_token provider_token google_token facebook_token apple_token "
    "firebase_token "
    "access_token token assertion authorization_code auth_code code",
)
"""Members that hold what that system handed out, the surest first."""

CLAIMS: Final = Words("RFC 7519 §4.1: registered claims", "sub iat exp iss aud jti nbf")
"""Members by which an object is known to show what a JWT says."""

SAYS_WHO: Final = Words(
    "OpenID Connect Core §5.1: email, name, preferred_username; Keycloak, Spring: roles; Auth0: permissions",
    "email username preferred_username name role roles permissions scope",
)
"""Members of a user that a JWT says too, for its holder to show."""

PASSWORDS: Final = Words(
    "RFC 6749 §4.3.2: password; dj-rest-auth: password1; Unix: passwd; Windows: pwd; Symfony: plainPassword",
    "password password1 passwd pwd passphrase plain_password user_password",
)
"""Members that hold a password, the one that counts first."""

NEW_PASSWORDS: Final = Words(
    "djoser, FastAPI template: new_password; dj-rest-auth: new_password1; Nest tutorials: newPassword",
    "new_password new_password1 password_new new_pass new_password2 re_new_password",
)
OLD_PASSWORDS: Final = Words(
    "dj-rest-auth: old_password; djoser, Laravel: current_password",
    "old_password current_password previous_password password_current password_old old_pass",
)
LOGIN_NAMES: Final = Words(
    "HTML autocomplete: email, username, tel; RFC 6749 §4.3.2: username; GitHub: login; Strapi: "
    "identifier; ASP.NET: userName",
    "email username identifier login user_email email_address login_name phone phone_number "
    "mobile handle account user",
)
"""Members by which somebody says who they are, the surest first."""

OF_PERSONS: Final = Words(
    "OpenID Connect Core §5.1: name, given_name, email, picture; GitHub: login; HTML autocomplete",
    "email username login email_address phone phone_number mobile first_name last_name full_name "
    "given_name family_name display_name nickname",
)
"""Members that a person has."""

USERS: Final = Words(
    "most APIs: users, accounts; WordPress: members; shops: customers; Rails devise: admins",
    "user account member customer person people admin profile client author student employee",
)
"""What those are called who log in, in the singular."""

CALLER_PATHS: Final = Words(
    "Google, Spotify, Asana: me; Salesforce: current; OpenID Connect: userinfo; Unix: whoami",
    "me self whoami userinfo current current_user logged_in_user myself my",
)
"""Last segments of a path that mean whoever asks."""

KEEPS_ACCOUNT: Final = Words(
    "ASP.NET Core Identity: manage/info; Express and Go tutorials: auth/info; Vue admin templates: user/info",
    "manage auth my me account session",
)
"""What stands before `info` where that is about whoever calls."""

MAY_BE_CALLER: Final = Words(
    "GitHub, RealWorld, dj-rest-auth: user; Stripe: account; Laravel tutorials: profile",
    "user account profile",
)
"""Segments that do so where there is one of it, and it is a person."""

TRIES_CREDENTIAL: Final = Words(
    "FastAPI template: test-token; Express tutorials: verify, check, validate; RFC 7662: introspect; Unix: "
    "whoami",
    "test verify check validate introspect whoami",
)
"""Words of a path that say that a credential is tried out: what then shows a person shows whose it is."""

TOKENS: Final = Words(
    "RFC 6749 §5.1: access_token; OpenID Connect: id_token; simplejwt: access; dj-rest-auth: key; Strapi: "
    "jwt; Laravel sanctum: plainTextToken; djoser: auth_token; Payload CMS: refreshedToken",
    "access_token token jwt access auth_token jwt_token bearer_token plain_text_token session_token "
    "api_token key id_token session_id refreshed_token new_token new_access_token",
)
"""Members that hold a credential, the one to use first."""

REFRESH_TOKENS: Final = Words("RFC 6749 §6: refresh_token; simplejwt: refresh", "refresh_token refresh")
TOKEN_TYPES: Final = Words("RFC 6749 §7.1: token_type; Spring tutorials: type", "token_type type")
LIFETIMES: Final = Words(
    "RFC 6749 §5.1: expires_in; Keycloak: refresh_expires_in", "expires_in refresh_expires_in ttl max_age"
)
EXPIRIES: Final = Words(
    "RFC 7519 §4.1.4: exp; Microsoft: expires_on; Laravel: expires_at; Express tutorials: expires",
    "expires_at expires expires_on expiration expiry exp valid_until expiration_date expire_at expire "
    "access_expiration refresh_expiration token_expires token_expires_at",
)

API_KEYS: Final = Words(
    "Stripe, OpenAI: api keys; GitHub, GitLab: personal access tokens; AWS: access keys; Directus: tokens",
    "api_key access_key access_token personal_access_token api_token service_token secret_key api_secret "
    "token",
)
"""What those things are called that somebody makes to call with, in the singular."""

HOLDS_KEY: Final = Words(
    "SendGrid, Resend: token, api_key; Stripe: secret; GitLab: token; Laravel Sanctum: plainTextToken",
    "key api_key token secret secret_key access_token plain_text_token access_key raw_key full_key",
)
"""Members that show such a key, once."""

PROBES: Final = Words(
    "Kubernetes: healthz, ready, live; Spring Boot: health; PHP, AWS load balancers: ping",
    "health healthz ready live ping",
)
"""Last segments of what monitors ask without a credential."""

CALLER_MEMBERS: Final = Words(
    "Rails: user_id; FastAPI template: owner_id; JPA auditing: createdBy; RealWorld, WordPress: author; "
    "Directus: user_created; forums: posted_by; files: uploaded_by; chats: sender; Zendesk: requester_id; "
    "Jira: reporter; iCalendar: organizer",
    "created_by owner author user creator owner_id author_id user_id creator_id created_by_id "
    "created_by_user created_by_user_id user_created posted_by submitted_by uploaded_by added_by sender "
    "sender_id requester requester_id reporter reporter_id organizer organizer_id organiser organiser_id "
    "invited_by",
)
"""Members that say who made an item."""

OWNERS: Final = Words(
    "Rails, Laravel policies: user_id; FastAPI template: owner_id; RealWorld: author; Eventbrite: "
    "organizer_id; "
    "marketplaces: seller_id, host_id; forums: posted_by",
    "owner owner_id author author_id user user_id organizer organizer_id organiser organiser_id posted_by "
    "seller seller_id host host_id",
)
"""Of these and others, members that say who alone may change an item; who created or reported one is others'
colleague.
"""

PRIVILEGES: Final = Words(
    "Django: is_staff, is_superuser; Rails: admin; Keycloak, Spring: roles; Laravel: role",
    "role roles admin is_admin is_staff is_superuser superuser staff permissions user_type account_type",
)
"""Members of a user that may say that they may do more than others."""

PRIVILEGED: Final = Words(
    "WordPress: administrator, editor; GitLab: owner, maintainer; forums: moderator; Spring: ROLE_ADMIN",
    "admin administrator super_admin superuser root owner moderator staff manager editor maintainer "
    "role_admin",
)
"""What such a member says of them."""

CALLER_ROLES: Final = Words(
    "booking, care, learning and lending APIs: guest_id, patient_id, student_id, borrower_id; shops: "
    "customer, buyer; rides: passenger, rider",
    "guest guest_id customer customer_id buyer buyer_id client client_id patient patient_id student "
    "student_id tenant tenant_id renter renter_id passenger passenger_id rider rider_id applicant "
    "applicant_id borrower borrower_id participant participant_id subscriber subscriber_id attendee "
    "attendee_id",
)
"""Members that say who made an item, where they cannot be sent and are of no collection: who is given one."""

NAMES_OF_CALLERS: Final = Words(
    "ASP.NET and Spring tutorials: userName, authorName, createdByName; forums: username, author_name",
    "user_name author_name created_by_name reviewer_name owner_name creator_name posted_by_name "
    "submitted_by_name sender_name guest_name",
)
"""Members that say how the user is called who made an item."""

ASKS_STREAM: Final = Words("OpenAI, Anthropic, Cohere, Ollama: stream", "stream streaming")
"""Flags of a request's body that ask for the answer piece by piece."""
