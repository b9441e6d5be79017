"""A client for Zoom's API as the app answers it, as a receiver's would be."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import quote

import requests

TIMEOUT_S = 20
CLIENT = ("a-client-id", "a-client-secret")


def twice(id_: str) -> str:
    """Return an id as it has to stand in a path: URL-encoded twice."""
    return quote(quote(id_, safe=""), safe="")


@dataclass
class ZoomClient:
    """Asks with a token of its own, had when it is first needed."""

    base: str
    headers: dict[str, str] = field(default_factory=dict)

    def token(self, auth=CLIENT, **form):
        form = {"grant_type": "account_credentials", "account_id": "an-account"} | form
        return requests.post(f"{self.base}/oauth/token", data=form, auth=auth, timeout=TIMEOUT_S)

    def ask(self, path, method="GET", *, headers=None, **options):
        if not self.headers:
            answer = self.token()
            assert answer.status_code == 200, answer.text
            self.headers = {"authorization": f"Bearer {answer.json()['access_token']}"}
        return requests.request(
            method,
            f"{self.base}/v2{path}",
            headers=self.headers | (headers or {}),
            timeout=TIMEOUT_S,
            **options,
        )

    def got(self, path, **options):
        """Return what is answered with 200."""
        answer = self.ask(path, **options)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def refused(self, path, status, **options):
        """Return code and message of an answer with a status."""
        answer = self.ask(path, **options)
        assert answer.status_code == status, answer.text
        assert answer.headers["content-type"].startswith("application/json")
        value = answer.json()
        assert set(value) <= {"code", "message", "errors"}
        return value["code"], value["message"]

    def conversation(self, id_, then="", **options):
        return self.got(f"/zra/conversations/{twice(id_)}{then}", **options)
