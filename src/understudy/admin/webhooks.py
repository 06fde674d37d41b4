"""Webhooks of a session: where they go, which there are, one sent on demand, and how much is still on its
way.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from understudy.admin.served import Served
from understudy.callbacks.finding import Message
from understudy.callbacks.payloads import PayloadInvalid
from understudy.callbacks.publishing import Publisher
from understudy.callbacks.targets import AddressRefused, Target, read_url
from understudy.errors import Failure, RecordNotFound, RequestInvalid, show
from understudy.handler import Context
from understudy.journal.credentials import Secrets
from understudy.journal.redaction import Redactor, given
from understudy.messages import NOTHING, Request, Response
from understudy.sessions import Session


class WebhookAdmin:
    """The operations about webhooks. publishers: by the name of their API."""

    def __init__(self, served: Served, publishers: Mapping[str, Publisher]) -> None:
        self._served, self._publishers = served, publishers
        self._secrets = Secrets.of(sandbox.contract for sandbox in served.sandboxes)

    async def list_webhooks(self, request: Request, _context: Context) -> Response:
        """List the webhooks of all APIs, and the targets."""
        return Response(200, self._listed(self._served.session(request)))

    async def replace_webhooks(self, request: Request, _context: Context) -> Response:
        """Say where webhooks go. Raises RequestInvalid."""
        session = self._served.session(request)
        known = {
            webhook.name for publisher in self._publishers.values() for webhook in publisher.declared.webhooks
        }
        failures: list[Failure] = []
        targets = [
            _target(value, f"/targets/{index}", known, failures)
            for index, value in enumerate(request.body["targets"])
        ]
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
        members = {} if request.body is NOTHING else request.body.get("body", {})
        try:
            count = sum(
                publisher.send(webhook, self._served.session(request), members) for webhook in webhooks
            )
        except PayloadInvalid as error:
            failures = [
                Failure("body", f"/body{one.pointer}", one.rule, one.expected, one.received)
                for one in error.failures
            ]
            raise RequestInvalid(failures) from None
        return Response(202, {"deliveries": count})

    async def get_deliveries(self, request: Request, _context: Context) -> Response:
        """Count what is on its way, once nothing is or the time is over."""
        session = self._served.session(request)
        publisher = next(iter(self._publishers.values()), None)
        pending = (
            await publisher.sender.outbox(session).settled(request.query.get("wait", 0)) if publisher else 0
        )
        return Response(200, {"pending": pending})

    def _listed(self, session: Session) -> dict[str, Any]:
        publishers = self._publishers.items()
        targets = next((publisher.sender.outbox(session).targets for _, publisher in publishers), ())
        return {
            "targets": [_written(target, self._secrets) for target in targets],
            "webhooks": [
                _described(api, publisher, webhook)
                for api, publisher in publishers
                for webhook in publisher.declared.webhooks
            ],
        }


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
    for index, name in enumerate(names or ()):
        if name not in known:
            expected = f"the name of a webhook: {', '.join(sorted(known)) or 'there is none'}"
            failures.append(Failure("body", f"{pointer}/webhooks/{index}", "enum", expected, show(name)))
    return Target(
        value["url"],
        None if names is None else tuple(names),
        float(value.get("delaySeconds", 0)),
        int(value.get("attempts", 3)),
        tuple(value.get("headers", {}).items()),
    )


def _written(target: Target, secrets: Secrets) -> dict[str, Any]:
    """Write a target without the credentials that are sent to it."""
    value: dict[str, Any] = {
        "url": Redactor(secrets).url(target.url),
        "delaySeconds": target.delay,
        "attempts": target.attempts,
    }
    if target.webhooks is not None:
        value["webhooks"] = list(target.webhooks)
    return value | ({"headers": given(secrets, dict(target.headers))} if target.headers else {})
