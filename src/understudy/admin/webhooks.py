"""Webhooks of a session: where they go, which there are, one sent on demand, and how much is still on its
way.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from operator import attrgetter
from typing import Any

from msgspec.structs import replace

from understudy.admin.served import Served
from understudy.callbacks.finding import Message
from understudy.callbacks.payloads import PayloadInvalid
from understudy.callbacks.publishing import Publisher
from understudy.callbacks.targets import AddressRefused, Target, read_url
from understudy.errors import Failure, RecordNotFound, RequestInvalid, show
from understudy.handler import Context
from understudy.journal.redaction import Redactor, given
from understudy.messages import NOTHING, Request, Response
from understudy.sessions import Session


class WebhookAdmin:
    """The operations about webhooks. publishers: by the name of their API."""

    def __init__(self, served: Served, publishers: Mapping[str, Publisher]) -> None:
        self._served, self._publishers = served, publishers
        self._secrets = served.secrets

    async def list_webhooks(self, request: Request, _context: Context) -> Response:
        """List the webhooks of all APIs, and the targets."""
        return Response(200, self._listed(self._served.session(request)))

    async def replace_webhooks(self, request: Request, _context: Context) -> Response:
        """Say where webhooks go. Raises RequestInvalid."""
        session = self._served.session(request)
        known: set[str] = set()
        for publisher in self._publishers.values():
            known.update(map(attrgetter("name"), publisher.declared.webhooks))
        failures: list[Failure] = []
        targets: list[Target] = []
        for index, value in enumerate(request.body["targets"]):
            targets.append(_target(value, f"/targets/{index}", known, failures))
        if failures:
            raise RequestInvalid(failures)
        for publisher in self._publishers.values():
            publisher.sender.outbox(session).targets = tuple(targets)
        return Response(200, self._listed(session))

    async def send_webhook(self, request: Request, _context: Context) -> Response:
        """Send a webhook now.

        Raises RecordNotFound; RequestInvalid where the given members break its schema.
        """
        publisher = self._publishers[self._served.api(request).sandbox.contract.name]
        name = request.path["webhook"]
        webhooks = [webhook for webhook in publisher.declared.webhooks if webhook.name == name]
        if not webhooks:
            raise RecordNotFound("webhook", name)
        members: dict[str, Any] = {}
        if request.body is not NOTHING:
            members = request.body.get("body", {})
        session, count = self._served.session(request), 0
        try:
            for webhook in webhooks:
                count += publisher.send(webhook, session, members)
        except PayloadInvalid as error:
            failures = [
                replace(one, location="body", pointer=f"/body{one.pointer}") for one in error.failures
            ]
            raise RequestInvalid(failures) from None
        return Response(202, {"deliveries": count})

    async def get_deliveries(self, request: Request, _context: Context) -> Response:
        """Count what is on its way, once nothing is or the time is over."""
        session = self._served.session(request)
        publisher = next(iter(self._publishers.values()), None)
        pending = 0
        if publisher is not None:
            pending = await publisher.sender.outbox(session).settled(request.query.get("wait", 0))
        return Response(200, {"pending": pending})

    def _listed(self, session: Session) -> dict[str, Any]:
        targets: Sequence[Target] = ()
        webhooks: list[dict[str, Any]] = []
        for api, publisher in self._publishers.items():
            targets = publisher.sender.outbox(session).targets  # one sender is everybody's
            webhooks += map(partial(_described, api, publisher), publisher.declared.webhooks)
        return {"targets": list(map(self._written, targets)), "webhooks": webhooks}

    def _written(self, target: Target) -> dict[str, Any]:
        """Write a target without the credentials that are sent to it."""
        value: dict[str, Any] = {
            "url": Redactor(self._secrets).url(target.url),
            "delaySeconds": target.delay,
            "attempts": target.attempts,
        }
        if target.webhooks is not None:
            value["webhooks"] = list(target.webhooks)
        if target.headers:
            value["headers"] = given(self._secrets, dict(target.headers))
        return value


def _described(api: str, publisher: Publisher, webhook: Message) -> dict[str, Any]:
    followed = publisher.declared.followed(webhook)
    contract = publisher.sandbox.contract
    return {
        "api": api,
        "name": webhook.name,
        "method": webhook.operation.method.upper(),
        "on": [contract.operation(key).id for key in followed],
        "why": publisher.declared.why(webhook),
    }


def _target(value: Mapping[str, Any], pointer: str, known: set[str], failures: list[Failure]) -> Target:
    """Read a target; what is wrong with it joins `failures`."""
    try:
        read_url(value["url"])
    except AddressRefused as error:
        failures.append(Failure("body", f"{pointer}/url", "syntax", str(error)))
    names = value.get("webhooks")
    if names is not None:
        names = tuple(names)
    for index, name in enumerate(names or ()):
        if name not in known:
            expected = f"the name of a webhook: {', '.join(sorted(known)) or 'there is none'}"
            failures.append(Failure("body", f"{pointer}/webhooks/{index}", "enum", expected, show(name)))
    return Target(
        value["url"],
        names,
        float(value.get("delaySeconds", 0)),
        int(value.get("attempts", 3)),
        tuple(value.get("headers", {}).items()),
    )
