"""The vocabulary of errors: the words by which members of a refusal tell what they are to say, each with its
source.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from understudy.model.vocabulary import Words

# Errors: members of a body that says no

SAYS_WHY: Final = Words(
    "RFC 9457: detail, title; RFC 6749 §5.2: error, error_description; Google, Spring, Stripe: message; "
    "pydantic: msg; PostgREST: details; Spring: defaultMessage; Rails: full_messages",
    "detail message error_description error_message description reason error msg errmsg details explanation "
    "summary text note default_message full_message user_message developer_message",
)
SAYS_TITLE: Final = Words(
    "RFC 9457: title; fetch: statusText; nginx: reason_phrase", "title status_text reason_phrase"
)
SAYS_STATUS: Final = Words(
    "RFC 9457: status; Google: code; NestJS: statusCode; .NET: httpStatusCode",
    "status status_code code http_status http_code http_status_code response_code error_code err_code errno",
)
SAYS_KIND: Final = Words(
    "Stripe: type; AWS: __type, Code; Strapi, Zod: name; Spring: exception; Rails: class; Google: reason",
    "type kind name code error_code err_code error_type exception class class_name category reason",
)
"""Members of an error that name what sort of error it is."""

OF_STATUS_OBJECTS: Final = Words(
    "Kubernetes API conventions, Response Status Kind: all four together", "kind api_version status reason"
)
"""Members that only a Status has, all of them."""

OF_RPC_STATUS: Final = Words("google.rpc.Status, all three together", "code message details")
"""Members of the error that gRPC gateways answer."""

OF_ANY: Final = frozenset({"@type", "typeUrl", "type_url"})
"""Members of a google.protobuf.Any that say what it is, as they are written."""

OF_STATUS_DETAILS: Final = Words(
    "Kubernetes API conventions, Response Status Kind: its details", "kind name causes"
)
"""Members that the details of a Status have, all of them."""

SAYS_WHERE: Final = Words(
    "JSON:API §9: source, pointer, parameter; Stripe: param; Spring: field; pydantic: loc; Symfony: "
    "propertyPath; Zod: path; Ajv: instancePath; drf-standardized-errors: attr; OData: target",
    "param parameter field pointer path property source loc property_path property_name field_name target "
    "param_name parameter_name instance_path data_path attribute attr argument element",
)
SAYS_PLACE: Final = Words("express-validator: location; OpenAPI: in", "location in location_type")
"""Members of an entry that say in which part of a request something stands."""

SAYS_RULE: Final = Words(
    "pydantic: type; Ajv: keyword; Symfony: code; go-playground/validator: tag; class-validator: constraint",
    "type code rule keyword constraint validation validator tag kind error_code error_type reason error name",
)
"""Members of an entry that say which rule was broken."""

SAYS_RECEIVED: Final = Words(
    "Spring: rejectedValue; pydantic: input; express-validator: value; Zod: received",
    "rejected_value input value received invalid_value actual provided attempted_value",
)
SAYS_EXPECTED: Final = Words("Zod: expected", "expected")
SAYS_WHEN: Final = Words("Spring: timestamp; .NET: time", "timestamp time date datetime occurred_at ts")
SAYS_ADDRESS: Final = Words(
    "Spring: path; RFC 9457: instance; NestJS filters: url",
    "path instance url uri request_uri request_path request_url endpoint",
)
"""Members of an error that say what was asked for."""

SAYS_METHOD: Final = Words("NestJS filters: method", "method http_method request_method")
SAYS_REQUEST: Final = Words(
    "AWS: requestId; ASP.NET: traceId; Google: request_id; JSON:API §9: id; Sentry: event_id",
    "request_id trace_id correlation_id id error_id transaction_id log_id event_id",
)
"""Members of an error that tell one request from all others."""

SAYS_NO: Final = Words(
    "Slack: ok; Laravel tutorials: success; Cloudflare: success",
    "success ok succeeded is_success successful valid is_valid",
)
"""Booleans that are false in an error."""

SAYS_YES: Final = Words("Express tutorials: error", "error is_error has_error has_errors failed failure")
"""Booleans that are true in an error."""

SAYS_EACH: Final = Words(
    "JSON:API §9, Laravel, Rails, GraphQL: errors; FastAPI, Google: detail, details; NestJS: message; "
    "Symfony: violations; Google: fieldViolations; AWS: fieldList; RFC 9457 appendix: invalid-params; Zod: "
    "issues; Django: non_field_errors; Rails: base",
    "errors error detail details message messages violations field_errors field_violations field_list "
    "validation_errors invalid_params invalid_fields issues sub_errors fields non_field_errors base causes "
    "error_messages problems failures validation_messages full_messages",
)
"""Lists and maps that have an entry for each failure."""

SAYS_HOLDS: Final = Words(
    "Google, Stripe, Strapi, OData: error; JSON:API §9: source; GraphQL: extensions; SOAP bridges: fault",
    "error errors err fault exception problem source extensions detail details response meta body status "
    "inner_error",
)
"""Objects in which more of an error stands."""

SAYS_DATA: Final = Words("JSend, Strapi, GraphQL: data", "data result results payload content item items")
"""Members that hold what a success would have answered."""

COUNTS_ERRORS: Final = Words("pydantic: error_count", "error_count errors_count total_errors count")

ERROR_CODES: Final[Mapping[int, Words]] = {
    400: Words(
        "HTTP; Google: INVALID_ARGUMENT; Stripe: invalid_request_error; AWS: fieldValidationFailed; .NET",
        "validation invalid_request bad_request invalid_argument invalid_input unprocessable field "
        "parameter malformed cannot_parse invalid bad_user_input client",
    ),
    401: Words(
        "HTTP; Google: UNAUTHENTICATED; RFC 6750: invalid_token",
        "unauthorized unauthorised unauthenticated authentication invalid_token credential token auth login",
    ),
    403: Words(
        "HTTP; Google: PERMISSION_DENIED; RFC 6750: insufficient_scope",
        "forbidden permission insufficient_scope access_denied not_allowed denied authorization auth",
    ),
    404: Words(
        "HTTP; Google: NOT_FOUND; S3: NoSuchKey; Stripe: resource_missing",
        "not_found no_such does_not_exist unknown_resource missing",
    ),
    405: Words("HTTP", "method_not_allowed not_allowed method unsupported"),
    406: Words("HTTP", "not_acceptable unsupported"),
    409: Words(
        "HTTP; Google: ALREADY_EXISTS; GitHub: already_exists; Azure: conflict",
        "conflict already_exists exists duplicate taken unique",
    ),
    412: Words("HTTP; Google: FAILED_PRECONDITION", "precondition conflict version"),
    413: Words("HTTP", "too_large payload entity_too"),
    415: Words(
        "HTTP; Spring: HttpMediaTypeNotSupported", "unsupported_media media_type unsupported not_supported"
    ),
    422: Words(
        "HTTP; Google: INVALID_ARGUMENT; Laravel, Rails: validation; GitHub: unprocessable",
        "unprocessable validation invalid_request invalid_argument invalid_input field parameter "
        "semantic invalid bad_user_input bad_request client",
    ),
    429: Words(
        "HTTP; Google: RESOURCE_EXHAUSTED; AWS: ThrottlingException",
        "too_many rate_limit rate throttl exhausted quota limit",
    ),
    500: Words("HTTP; Google: INTERNAL", "internal server unexpected unknown"),
    503: Words("HTTP; Google: UNAVAILABLE", "unavailable service internal server"),
    504: Words("HTTP; Google: DEADLINE_EXCEEDED", "timeout deadline unavailable internal"),
}
"""By status, what a code among several may be called, the most telling first: it holds one of these words."""

CALLERS_FAULT: Final = Words(
    "Stripe: invalid_request_error; drf-standardized-errors: client_error",
    "invalid_request client bad_request",
)
"""What a code may be called for any 4XX, where none says it more exactly."""

SERVERS_FAULT: Final = Words(
    "Stripe: api_error; drf-standardized-errors: server_error", "internal server api_error unexpected"
)
"""Likewise for any 5XX."""

ANY_ERROR: Final = Words(
    "JSend: fail, error; Go: unknown; AWS: other",
    "fail error failed failure general general_error generic unknown unknown_error other",
)
"""Codes that say only that something went wrong."""

FAILURE_CODES: Final[Mapping[str, Words]] = {
    "required": Words(
        "GitHub: missing_field; Rails: blank; pydantic: missing",
        "required missing_field missing blank not_null not_blank empty is_not_empty null",
    ),
    "type": Words("Zod: invalid_type; pydantic", "invalid_type wrong_type type type_mismatch parsing format"),
    "format": Words("Ajv, Laravel: format", "invalid_format format invalid_string email pattern syntax"),
    "pattern": Words("Ajv, Symfony: pattern, regex", "pattern regex invalid_format format invalid_string"),
    "enum": Words(
        "Rails: inclusion; pydantic: enum; Symfony: choice",
        "enum inclusion choice not_in_list one_of unknown_value invalid_value",
    ),
    "const": Words("pydantic: literal_error", "literal const enum invalid_value"),
    "minLength": Words("Zod: too_small; Rails: too_short", "too_short min_length too_small length size min"),
    "maxLength": Words("Zod: too_big; Rails: too_long", "too_long max_length too_big length size max"),
    "minimum": Words(
        "Zod: too_small; Rails: greater_than_or_equal_to", "too_small greater minimum min range"
    ),
    "maximum": Words(
        "Zod: too_big; Rails: less_than_or_equal_to", "too_big too_large less maximum max range"
    ),
    "additionalProperties": Words(
        "Zod: unrecognized_keys; pydantic: extra_forbidden",
        "unrecognized unknown_field unknown extra additional unexpected",
    ),
    "unique": Words(
        "GitHub: already_exists; Rails: taken", "already_exists unique taken duplicate exists conflict"
    ),
    "syntax": Words("pydantic: json_invalid; AWS: cannotParse", "json malformed cannot_parse parse syntax"),
}
"""By rule, what a code of one failure may be called, likewise."""

ANY_FAILURE: Final = Words("GitHub, Zod: invalid, custom", "invalid validation bad custom unprocessable")
