from __future__ import annotations

import base64
from dataclasses import replace
from pathlib import Path

import pytest

from emitter.core.request import build_request, masked
from emitter.core.secrets import Secret, SecretToken
from emitter.core.subscription import (
    Auth,
    BasicAuth,
    ClientAuthentication,
    CustomHeaderAuth,
    LegacyTokenAuth,
    NoAuth,
    OAuth,
    Subscription,
)
from emitter.delivery.secret_sources import FromEnvironment, Sealed, read
from emitter.delivery.store import Store
from emitter.delivery.vault import Vault, key_file_beside
from emitter.errors import SecretTokenError, StoreError
from tests.support.recorded import IDENTITY, NOW_MS, URL, a_delivery, accepted, begun, lease

RECORD = Path("record.sqlite")
CANARY = "Canary7Secret9"
AUTHS: dict[str, Auth] = {
    "none": NoAuth(),
    "legacy": LegacyTokenAuth(Secret(CANARY)),
    "basic": BasicAuth("me", Secret(CANARY)),
    "header": CustomHeaderAuth("x-api-key", Secret(CANARY)),
    "oauth": OAuth(
        "client", Secret(CANARY), f"http://localhost/token?key={CANARY}", "a b", ClientAuthentication.BODY
    ),
}
# Every form in which a secret could stand somewhere: itself, and as basic authentication carries it.
TRACES = [CANARY.encode(), base64.b64encode(f"me:{CANARY}".encode()), base64.b64encode(CANARY.encode())]


@pytest.fixture
def vault():
    return Vault(key_file_beside(RECORD), environ={})


def everything_on_disk():
    return b"".join(path.read_bytes() for path in Path().glob("record.sqlite*"))


@pytest.mark.parametrize("auth", AUTHS.values(), ids=AUTHS)
def test_credentials_are_read_as_they_were_added_and_stand_nowhere_in_clear(vault, auth):
    secret_token = SecretToken(CANARY)
    subscription = Subscription(url=f"{URL}?token={CANARY}", auth=auth)
    source = Sealed(vault.seal(secret_token))
    with Store.open(RECORD, vault=vault) as store:
        new_id = store.add_subscription(subscription, secret_source=source, origin="app", now_ms=NOW_MS)
        store.accept([a_delivery(new_id)])

        def begin(delivery, number):
            request = build_request(
                url=subscription.url,
                host="localhost",
                body=delivery.body,
                identity=IDENTITY,
                secret_token=secret_token,
                timestamp_s=1,
                auth_headers=auth.headers(),
            )
            return replace(begun(delivery, number), request_headers=masked(request.headers))

        store.finish(*accepted(*lease(store, prepare=begin)))
        stored = store.get_subscription(new_id)
        written = everything_on_disk()

    assert stored.subscription == subscription
    assert read(stored.secret_source, vault) == secret_token
    assert len(written) > 20_000, "nothing was read, so nothing was shown"
    for trace in TRACES:
        assert trace not in written
        assert trace not in everything_on_disk()


def test_a_url_without_a_query_needs_no_vault():
    with Store.open(RECORD) as store:
        new_id = store.add_subscription(
            Subscription(url=URL), secret_source=FromEnvironment("X"), origin="command", now_ms=NOW_MS
        )

        assert store.get_subscription(new_id).subscription.url == URL


def test_credentials_need_a_vault():
    with Store.open(RECORD) as store, pytest.raises(StoreError, match="vault"):
        store.add_subscription(
            Subscription(url=URL, auth=AUTHS["basic"]),
            secret_source=FromEnvironment("X"),
            origin="command",
            now_ms=NOW_MS,
        )


def test_credentials_sealed_with_another_key_are_one_clear_line(vault):
    with Store.open(RECORD, vault=vault) as store:
        new_id = store.add_subscription(
            Subscription(url=URL, auth=AUTHS["basic"]),
            secret_source=FromEnvironment("X"),
            origin="command",
            now_ms=NOW_MS,
        )
    other = Vault(Path("other.key"), environ={})
    other.seal(Secret("makes the key"))

    with Store.open(RECORD, vault=other) as store:
        with pytest.raises(SecretTokenError, match=r"another key than other\.key") as caught:
            store.get_subscription(new_id)
        assert store.find_deliveries() == []

    assert CANARY not in str(caught.value)
