"""A browser without a script, for the app's pages."""

from __future__ import annotations

import html
import re

import requests

from tests.support.api import TIMEOUT_S

PAGE = {"Accept": "text/html"}


class Visitor:
    """A browser without a script: keeps cookies, fills in forms."""

    def __init__(self, base):
        self.base = base
        self.session = requests.Session()
        self.session.headers.update(PAGE)

    def get(self, path):
        return self.session.get(self.base + path, timeout=TIMEOUT_S)

    def submit(self, path, page, action, **changes):
        """Submit the form of a page with an action, some of its fields changed; None leaves one out."""
        fields = form_fields(page, action)
        for name, value in changes.items():
            fields = [(key, text) for key, text in fields if key != name]
            if value is not None:
                fields += [(name, each) for each in (value if isinstance(value, list) else [value])]
        return self.session.post(self.base + path, data=fields, timeout=TIMEOUT_S)


def form_fields(page, action):
    """Return what a browser would send for a form whose fields nobody has touched."""
    form = re.search(rf'<form[^>]*action="{re.escape(action)}".*?</form>', page, re.DOTALL)
    assert form, f"no form leads to {action}"
    fields = []
    for tag, inner in re.findall(
        r"<(input|textarea|select)\b(.*?)(?=<(?:input|textarea|select|label|p|button)\b|\Z)",
        form[0],
        re.DOTALL,
    ):
        attributes = dict(re.findall(r'([\w-]+)="([^"]*)"', inner.partition(">")[0]))
        kind = attributes.get("type", "text")
        if "name" not in attributes or (kind in {"checkbox", "radio"} and " checked" not in inner):
            continue
        value = attributes.get("value", "")
        if tag == "textarea":
            value = inner.partition(">")[2].partition("</textarea>")[0].removeprefix("\n")
        if tag == "select":
            options = re.findall(r"<option([^>]*)>([^<]*)", inner)
            chosen = next((one for one in options if " selected" in one[0]), options[0])
            value = (re.findall(r'value="([^"]*)"', chosen[0]) or [chosen[1]])[0]
        fields.append((html.unescape(attributes["name"]), html.unescape(value)))
    return fields
