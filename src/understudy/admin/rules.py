"""The admin API as a vendor: its handlers by operationId, and its one error shape."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from msgspec.structs import replace

from understudy import problem
from understudy.admin.answer_files import AnswerFileAdmin
from understudy.admin.answers import AnswerAdmin
from understudy.admin.apis import Apis
from understudy.admin.clock import ClockAdmin
from understudy.admin.faults import FaultAdmin
from understudy.admin.identities import IdentityAdmin
from understudy.admin.journal import JournalAdmin
from understudy.admin.meaning import MeaningAdmin
from understudy.admin.metrics import MetricsAdmin
from understudy.admin.mismatches import MismatchAdmin
from understudy.admin.own_contract import own_contract
from understudy.admin.records import RecordAdmin
from understudy.admin.served import NAME, Mounted, Served
from understudy.admin.sessions import SessionAdmin
from understudy.admin.webhooks import WebhookAdmin
from understudy.callbacks.publishing import Publisher
from understudy.contracts.contract import Operation
from understudy.errors import Refusal, RequestInvalid
from understudy.handler import Handler, Vendor
from understudy.messages import Response
from understudy.metrics.tally import Tally
from understudy.names import snake_case
from understudy.parameters.leniency import Leniency
from understudy.sandbox import Sandbox
from understudy.sessions import Sessions


def admin_sandbox(
    mounted: Sequence[Mounted],
    sessions: Sessions,
    publishers: Mapping[str, Publisher],
    tally: Tally,
    stubs: Path | None = None,
) -> Sandbox:
    """Make the sandbox that administers some others and their sessions.

    `publishers`: by API. `tally`: what was counted of requests. `stubs`: the folder that answers
    are saved to. Raises ContractError.
    """
    return Sandbox(own_contract(), admin_vendor(Served(mounted, sessions), publishers, tally, stubs))


def admin_vendor(
    served: Served,
    publishers: Mapping[str, Publisher],
    tally: Tally | None = None,
    stubs: Path | None = None,
) -> Vendor:
    """Return the rules of the admin API.

    `publishers`: who sends the callbacks and webhooks of each API, by its name. `stubs`: as `admin_sandbox`.
    """
    handlers = _handlers(served, publishers, tally or Tally(), stubs)
    return Vendor(NAME, handlers, _shape, leniency=Leniency(known_query=True))


def _handlers(
    served: Served, publishers: Mapping[str, Publisher], tally: Tally, stubs: Path | None
) -> Mapping[str, Handler]:
    """Answer each operation with the method that is named after it."""
    parts = (
        Apis(served),
        MetricsAdmin(served, tally),
        SessionAdmin(served),
        MeaningAdmin(served),
        RecordAdmin(served),
        MismatchAdmin(served),
        JournalAdmin(served, publishers),
        FaultAdmin(served),
        AnswerAdmin(served),
        AnswerFileAdmin(served, stubs),
        ClockAdmin(served),
        IdentityAdmin(served),
        WebhookAdmin(served, publishers),
    )
    handlers: dict[str, Handler] = {}
    for operation in own_contract().operations:
        name = snake_case(operation.id)
        for part in parts:
            if hasattr(part, name):
                handlers[operation.id] = getattr(part, name)
    return handlers


def _shape(refusal: Refusal, operation: Operation | None) -> Response:
    """Answer with problem details, in which no credential that was sent comes back."""
    if isinstance(refusal, RequestInvalid) and operation is not None and operation.id == "replaceIdentities":
        refusal = RequestInvalid([replace(failure, received="") for failure in refusal.failures])
    return problem.shape(refusal, operation)
