from __future__ import annotations

from flask import Flask, request

from tests.support.apps.replying import reply


def create_app() -> Flask:
    made = Flask(__name__)

    @made.post("/webhooks/zoom")
    def webhook():
        status, text, content_type = reply(request.headers, request.get_data())
        print("this must not be in a report")
        return text, status, {"content-type": content_type}

    return made


app = create_app()
