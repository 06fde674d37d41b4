"""Twilio's Python client."""

from __future__ import annotations

from twilio.rest import Client

from conftest import Serve

ACCOUNT = "AC" + "0" * 32


def test_a_message_is_created_listed_read_changed_and_deleted(serve: Serve) -> None:
    client = Client(ACCOUNT, "token")
    client.api.base_url = serve("twilio-api.json")
    made = client.messages.create(to="+15558675310", from_="+15017122661", body="Hi")
    assert (made.to, made.from_, made.body) == ("+15558675310", "+15017122661", "Hi")
    assert client.messages(made.sid).fetch().body == "Hi"
    assert made.sid in [one.sid for one in client.messages.list(limit=20)]
    assert client.messages(made.sid).update(body="").body == ""
    assert client.messages(made.sid).delete()
    assert made.sid not in [one.sid for one in client.messages.list(limit=20)]
