"""The API of `zoom-emitter serve`, from the document that it serves itself."""

from __future__ import annotations

import tempfile
from pathlib import Path

from emitter.app.factory import create_app
from emitter.app.settings import AppSettings

_INTRODUCTION = """\
# HTTP API

What a running `zoom-emitter serve` answers, from its own `/openapi.json`, which also has the schemas. How
to use it: [api.md](../api.md). Whatever is asked may also be answered with 400, 401, 403, 421, 422 or 503,
and a `Problem` (RFC 9457) that says why.
"""
_ANYWHERE = {"400", "401", "403", "421", "422", "503"}
_METHODS = ("get", "post", "put", "patch", "delete")


def page():
    """Return the page."""
    document = described()
    parts = [_INTRODUCTION]
    for path, item in sorted(document["paths"].items()):
        for method in _METHODS:
            if method in item:
                parts += _operation(method, path, item[method])
    return "\n".join(parts)


def described():
    """Return the OpenAPI document of an app that was just made."""
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(AppSettings(database=Path(folder) / "record.sqlite", environ={}))
        try:
            answer = app.test_client().get("/openapi.json", headers={"Host": "localhost"})
            assert answer.status_code == 200, answer.text
            return answer.json
        finally:
            app.extensions["zoom_emitter"].close()


def _operation(method, path, operation):
    yield f"## {method.upper()} {path}\n"
    yield f"{operation.get('summary', '').rstrip('.')}.\n"
    if description := operation.get("description", ""):
        yield f"{' '.join(description.split())}\n"
    if parameters := operation.get("parameters", []):
        yield "| parameter | in | |\n|---|---|---|"
        yield "\n".join(_parameter(each) for each in parameters) + "\n"
    if body := operation.get("requestBody"):
        yield f"Body: {', '.join(_schema_name(kind) for kind in body['content'].values())}.\n"
    answers = [
        f"{status}{_answer(answer)}"
        for status, answer in sorted(operation["responses"].items())
        if status not in _ANYWHERE
    ]
    yield f"Answers: {', '.join(answers)}.\n"


def _parameter(parameter):
    said = parameter.get("description") or parameter.get("schema", {}).get("description", "")
    text = " ".join(said.split()).replace("|", "\\|")
    return f"| `{parameter['name']}` | {parameter['in']} | {text} |"


def _answer(answer):
    names = {_schema_name(kind) for kind in answer.get("content", {}).values()} - {""}
    return f" {', '.join(sorted(names))}" if names else ""


def _schema_name(kind):
    reference = kind.get("schema", {}).get("$ref", "")
    return f"`{reference.rpartition('/')[2]}`" if reference else ""
