"""An app that others reach: its token, its sign-in page, its forms."""

from __future__ import annotations

import re
import signal

import pytest
import requests

from emitter.app.tokens import MIN_TOKEN_CHARS, FormTokens, TokenCheck, hash_of
from emitter.core.secrets import Secret
from emitter.errors import InvalidSettingError
from tests.support.api import SECRET_TOKEN, TIMEOUT_S, running_app
from tests.support.receiving import Receiver
from tests.support.serving import serving

TOKEN = "canary-token-of-the-app"
PAGE = {"Accept": "text/html"}


@pytest.fixture(scope="module")
def api(tmp_path_factory):
    settings = {"token_hash": hash_of(Secret(TOKEN)), "public_hosts": ("emitter.example:8443",)}
    with running_app(tmp_path_factory.mktemp("shared"), **settings) as api:
        yield api


def bearer(token=TOKEN):
    return {"Authorization": f"Bearer {token}"}


@pytest.mark.parametrize(
    "path", ["/", "/api/deliveries", "/api/live", "/openapi.json", "/metrics", "/nothing"]
)
def test_without_the_token_nothing_is_answered(api, path):
    answer = api.get(path)

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert answer.json()["type"] == "/problems/no-token"


@pytest.mark.parametrize("token", ["", "wrong", TOKEN[:-1], TOKEN + "x", TOKEN.upper(), "ü" * 20])
def test_another_token_is_none(api, token):
    answer = api.get("/api/deliveries", headers={"Authorization": f"Bearer {token}".encode()})

    assert answer.status_code == 401


def test_with_the_token_everything_is_answered(api):
    assert api.get("/api/deliveries", headers=bearer()).status_code == 200
    assert api.get("/metrics", headers=bearer()).status_code == 200


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_probes_need_no_token(api, path):
    assert api.get(path).status_code == 200


def test_a_page_leads_to_the_sign_in_page_and_back(api):
    session = requests.Session()
    led = session.get(api.base + "/?a=b", headers=PAGE, timeout=TIMEOUT_S)

    assert led.url == f"{api.base}/sign-in?next=/%3Fa%3Db"
    assert "script" not in led.headers["Content-Security-Policy"].partition("script-src 'self'")[2]
    assert "default-src 'none'" in led.headers["Content-Security-Policy"]
    form = dict(re.findall(r'name="(\w+)" value="([^"]*)"', led.text))
    wrong = session.post(api.base + "/sign-in", data=form | {"token": "wrong"}, timeout=TIMEOUT_S)
    entered = session.post(
        api.base + "/sign-in", data=form | {"token": TOKEN}, timeout=TIMEOUT_S, allow_redirects=False
    )

    assert wrong.status_code == 401
    assert "this is not the token" in wrong.text
    assert (entered.status_code, entered.headers["Location"]) == (303, "/?a=b")
    cookie = entered.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert TOKEN not in cookie
    assert session.get(api.base + "/api/deliveries", timeout=TIMEOUT_S).status_code == 200


@pytest.mark.parametrize("wanted", ["//evil.example/", "https://evil.example/", "/\\evil.example", "evil"])
def test_signing_in_leads_nowhere_else(api, wanted):
    page = api.get("/sign-in", params={"next": wanted})

    assert 'name="next" value="/"' in page.text


def test_a_form_of_another_page_is_refused(api):
    plain = requests.post(f"{api.base}/sign-in", data={"token": TOKEN}, timeout=TIMEOUT_S)
    forged = requests.post(
        f"{api.base}/sign-in",
        data={"token": TOKEN, "form_token": "0" * 64},
        cookies={"zoom-emitter-form": "a" * 32},
        timeout=TIMEOUT_S,
    )

    assert (plain.status_code, forged.status_code) == (415, 415)


def test_signing_out_forgets_the_cookie(api):
    session = requests.Session()
    page = session.get(api.base + "/sign-in", timeout=TIMEOUT_S)
    form = dict(re.findall(r'name="(\w+)" value="([^"]*)"', page.text))
    session.post(api.base + "/sign-in", data=form | {"token": TOKEN}, timeout=TIMEOUT_S)
    session.post(api.base + "/sign-out", data=form, timeout=TIMEOUT_S)

    assert session.get(api.base + "/api/deliveries", timeout=TIMEOUT_S).status_code == 401


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("192.0.2.7:4050", 200),
        ("[2001:db8::1]:80", 200),
        ("emitter.example:8443", 200),
        ("emitter.example", 421),
        ("rebinding.example:4050", 421),
    ],
)
def test_it_is_reached_by_address_or_by_a_name_it_was_given(api, host, status):
    assert api.get("/api/deliveries", headers={**bearer(), "Host": host}).status_code == status


@pytest.mark.parametrize(
    ("origin", "status"), [("https://emitter.example:8443", 409), ("https://evil.example", 403)]
)
def test_only_pages_of_the_name_it_is_reached_by_may_ask(api, origin, status):
    headers = {**bearer(), "Host": "emitter.example:8443", "Origin": origin}

    assert api.post("/api/events", {"event": "playlist_create"}, headers=headers).status_code == status


def test_files_and_variables_of_the_machine_cannot_be_named(api):
    for place in ({"secret_token_file": "/etc/hostname"}, {"secret_token_env": "PATH"}):
        answer = api.post("/api/subscriptions", {"url": "http://localhost:9/", **place}, headers=bearer())
        assert answer.status_code == 409
        assert "cannot be named in an app that others reach" in answer.json()["detail"]


@pytest.mark.parametrize("token", ["", "x" * (MIN_TOKEN_CHARS - 1), "with a space in it, long", "ü" * 20])
def test_a_token_that_is_easily_guessed_or_cannot_be_sent_is_refused(token):
    with pytest.raises(InvalidSettingError, match="the token wants 16 or more"):
        hash_of(Secret(token))


def test_the_cookie_ends_with_the_token():
    check, other = TokenCheck(hash_of(Secret(TOKEN))), TokenCheck(hash_of(Secret(TOKEN + "2")))

    assert check.is_cookie(check.cookie())
    assert TokenCheck(hash_of(Secret(TOKEN))).is_cookie(check.cookie())
    assert not other.is_cookie(check.cookie())
    assert not check.is_cookie("signed-in.x.y")


def test_a_form_fits_only_the_browser_and_the_run_it_was_made_for():
    forms = FormTokens()
    cookie = forms.new_cookie()

    assert forms.fits(cookie, forms.token_for(cookie))
    assert not forms.fits(forms.new_cookie(), forms.token_for(cookie))
    assert not FormTokens().fits(cookie, forms.token_for(cookie))
    assert not forms.fits("", forms.token_for(""))


def test_a_served_app_with_a_token_listens_elsewhere_and_never_shows_it(tmp_path):
    environ = {"ZOOM_EMITTER_TOKEN": TOKEN, "ZOOM_WEBHOOK_SECRET_TOKEN": SECRET_TOKEN.reveal()}
    said = []
    with (
        Receiver(SECRET_TOKEN) as receiver,
        serving(tmp_path, "--host", "0.0.0.0", environ=environ) as served,  # noqa: S104 - with a token
    ):
        base = f"http://127.0.0.1:{served.line.rpartition(':')[2].strip().rstrip('/')}"
        api = type(served.api)(base)
        refused = api.get("/api/deliveries")
        subscribed = api.post("/api/subscriptions", {"url": receiver.url}, headers=bearer())
        said = [refused.text, subscribed.text, api.get("/metrics", headers=bearer()).text, served.line]
        served.ended_by(signal.SIGINT)
    said += [path.read_bytes().decode("latin-1") for path in tmp_path.rglob("*") if path.is_file()]

    assert (refused.status_code, subscribed.status_code) == (401, 201)
    assert [text for text in said if TOKEN in text] == []
