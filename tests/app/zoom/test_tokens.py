"""Tokens: each grant, how long they are good for, which scopes they carry, and what is refused."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
import requests

from emitter.app.tokens import hash_of
from emitter.core.secrets import Secret
from emitter.delivery.clock import ManualClock
from tests.support.api import running_app
from tests.support.zoom_calls import CLIENT, TIMEOUT_S, ZoomClient

START_MS = 1_790_000_000_000
HOUR_MS = 3_600_000


@pytest.fixture(scope="module")
def timed(tmp_path_factory):
    clock = ManualClock(START_MS)
    with running_app(tmp_path_factory.mktemp("tokens"), clock=clock) as api:
        zoom = ZoomClient(api.base)
        zoom.got("/zra/deals")
        yield SimpleNamespace(api=api, clock=clock, base=api.base)


def deals(timed, token):
    headers = {"authorization": f"Bearer {token}"}
    return requests.get(f"{timed.base}/v2/zra/deals", headers=headers, timeout=TIMEOUT_S)


def test_account_credentials_give_a_token_for_an_hour_with_every_scope(timed):
    granted = ZoomClient(timed.base).token().json()

    assert granted["token_type"] == "bearer"
    assert granted["expires_in"] == 3600
    assert granted["api_url"] == timed.base
    assert {"iq_deal:read:admin", "zra:read:list_deals:admin"} <= set(granted["scope"].split())
    assert "refresh_token" not in granted
    assert deals(timed, granted["access_token"]).status_code == 200


def test_parameters_may_stand_in_the_query_and_credentials_in_the_body(timed):
    in_query = requests.post(
        f"{timed.base}/oauth/token?grant_type=account_credentials&account_id=a",
        auth=CLIENT,
        timeout=TIMEOUT_S,
    )
    in_body = requests.post(
        f"{timed.base}/oauth/token",
        data={"grant_type": "client_credentials", "client_id": "a", "client_secret": "b"},
        timeout=TIMEOUT_S,
    )

    assert (in_query.status_code, in_body.status_code) == (200, 200)


def test_a_token_is_good_for_an_hour_by_the_apps_clock(timed):
    token = ZoomClient(timed.base).token().json()["access_token"]
    timed.clock.wait_until_ms(timed.clock.now_ms() + HOUR_MS - 1)
    in_time = deals(timed, token)
    timed.clock.wait_until_ms(timed.clock.now_ms() + 1)
    too_late = deals(timed, token)

    assert in_time.status_code == 200
    assert too_late.status_code == 401
    assert too_late.json() == {"code": 124, "message": "Access token is expired."}


def test_scopes_are_kept_and_wanted(timed):
    zoom = ZoomClient(timed.base)
    granted = zoom.token(scope="iq_deal:read").json()
    headers = {"authorization": f"Bearer {granted['access_token']}"}
    refused = requests.get(f"{timed.base}/v2/zra/conversations", headers=headers, timeout=TIMEOUT_S)

    assert granted["scope"] == "iq_deal:read"
    assert deals(timed, granted["access_token"]).status_code == 200
    assert refused.status_code == 400
    assert refused.json()["code"] == 4711
    assert refused.json()["message"].startswith("Invalid access token, does not contain scopes:[")


def test_a_code_and_each_refresh_token_are_good_once_and_scopes_stay(timed):
    zoom = ZoomClient(timed.base)
    code = {"grant_type": "authorization_code", "code": "a-code", "redirect_uri": "http://localhost/"}
    first = zoom.token(**code, scope="iq_deal:read").json()
    code_again = zoom.token(**code)
    second = zoom.token(grant_type="refresh_token", refresh_token=first["refresh_token"]).json()
    again = zoom.token(grant_type="refresh_token", refresh_token=first["refresh_token"])

    assert deals(timed, second["access_token"]).status_code == 200
    assert second["scope"] == first["scope"] == "iq_deal:read"
    assert second["refresh_token"] != first["refresh_token"]
    assert (code_again.status_code, code_again.json()) == (
        400,
        {"reason": "Invalid authorization code", "error": "invalid_grant"},
    )
    assert (again.status_code, again.json()) == (400, {"reason": "Invalid Token!", "error": "invalid_grant"})


def test_a_refresh_token_is_good_for_ninety_days_and_its_own_client(timed):
    zoom = ZoomClient(timed.base)
    first = zoom.token(grant_type="authorization_code", code="another-code").json()
    refresh = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
    of_another = zoom.token(("another", "secret"), **refresh)
    timed.clock.wait_until_ms(timed.clock.now_ms() + 90 * 24 * HOUR_MS)
    too_late = zoom.token(**refresh)

    assert (of_another.status_code, too_late.status_code) == (400, 400)


@pytest.mark.parametrize(
    ("form", "auth", "error"),
    [
        ({"grant_type": "password"}, CLIENT, "unsupported_grant_type"),
        ({"grant_type": ""}, CLIENT, "unsupported_grant_type"),
        ({}, None, "invalid_client"),
        ({}, ("", ""), "invalid_client"),
        ({"account_id": ""}, CLIENT, "invalid_request"),
        ({"grant_type": "refresh_token", "refresh_token": "x"}, CLIENT, "invalid_grant"),
        ({"grant_type": "authorization_code"}, CLIENT, "invalid_grant"),
    ],
)
def test_what_is_refused_has_the_shape_of_the_token_endpoint(timed, form, auth, error):
    answer = ZoomClient(timed.base).token(auth, **form)

    assert answer.status_code == 400
    assert set(answer.json()) == {"reason", "error"}
    assert answer.json()["error"] == error


@pytest.mark.parametrize("header", [None, "Bearer", "Bearer nonsense", "Basic YTpi", "bearer \xe4"])
def test_without_a_token_that_was_given_out_there_is_no_answer(timed, header):
    headers = {} if header is None else {"authorization": header.encode("latin-1")}
    answer = requests.get(f"{timed.base}/v2/zra/deals", headers=headers, timeout=TIMEOUT_S)

    assert answer.status_code == 401
    assert answer.json() == {"code": 124, "message": "Invalid access token."}
    assert answer.headers["www-authenticate"] == "Bearer"


def test_the_record_holds_no_token(timed):
    granted = ZoomClient(timed.base).token(grant_type="authorization_code", code="code-three").json()
    kept = b"".join(each.read_bytes() for each in timed.api.service.store.path.parent.glob("record.sqlite*"))

    for secret in granted["access_token"], granted["refresh_token"], "code-three", CLIENT[1]:
        assert secret.encode() not in kept


def test_in_a_shared_app_the_client_secret_is_its_token(tmp_path):
    token = "a-token-of-more-than-16-characters"
    with running_app(tmp_path, token_hash=hash_of(Secret(token))) as api:
        zoom = ZoomClient(api.base)
        refused = zoom.token()
        granted = zoom.token(("any-id", token)).json()
        zoom.headers = {"authorization": f"Bearer {granted['access_token']}"}
        got = zoom.ask("/zra/deals")
        by_the_apps_own = zoom.ask("/zra/deals", headers={"authorization": f"Bearer {token}"})
        api_by_zooms = api.get("/api/deliveries", headers=zoom.headers)

    assert refused.json() == {"reason": "Invalid client_id or client_secret", "error": "invalid_client"}
    assert got.status_code == 200
    assert by_the_apps_own.status_code == 401
    assert api_by_zooms.status_code == 401
