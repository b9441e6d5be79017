"""The lines of code that remedies show: they are code, and a receiver made of them is a right one."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import textwrap
from importlib.resources import files
from typing import Any

import pytest

from contracts import remedies
from contracts.languages import Language
from contracts.registry import Registry
from contracts.remedies import Remedy, lines_of
from tests.support.receivers.judging import judged
from tests.support.receivers.reference import SECRET_TOKEN
from tests.support.servers import serve

PAGES = sorted(path.name.removesuffix(".md") for path in files("contracts").joinpath("mending").iterdir())
PYTHON = (Language.FLASK, Language.FASTAPI, Language.DJANGO)
BLOCKS = [(page, language) for page in PAGES for language in lines_of(page)]
WITHOUT = {"exempt-from-csrf": {Language.FASTAPI, Language.GO}}
"""Frameworks that have no such protection of their own."""
ALL = [check.code for check in Registry.bundled()]
OPENERS = {"(": ")", "[": "]", "{": "}"}


def blocks_of(*languages):
    return [(page, language) for page, language in BLOCKS if language in languages]


@pytest.mark.parametrize("page", PAGES)
def test_every_remedy_has_code_for_every_language_where_it_makes_sense(page):
    assert {*Language} - {*lines_of(page)} == WITHOUT.get(page, set())


def test_code_is_three_lines_at_most():
    lines = {(page, language): len(lines_of(page)[language].splitlines()) for page, language in BLOCKS}

    assert {block: many for block, many in lines.items() if not 1 <= many <= 3} == {}


@pytest.mark.parametrize("page", PAGES)
def test_every_page_is_a_remedy_of_some_check(page):
    used = [each for each in vars(remedies).values() if isinstance(each, Remedy)]

    assert any(each.code == lines_of(page) for each in used)
    assert any(check.mend.code == lines_of(page) for check in Registry.bundled())


def test_code_in_python_is_python():
    for page, language in blocks_of(*PYTHON):
        lines = textwrap.indent(lines_of(page)[language], "    ")

        ast.parse(f"async def handler(request):\n{lines}\n", filename=f"{page}, {language}")


def test_code_in_javascript_is_javascript(tmp_path):
    node = shutil.which("node")
    if not node:
        pytest.skip("Node.js is absent")
    functions = [
        f"// {page}\nasync function handler{number}(req, res) {{\n{lines_of(page)[language]}\n}}\n"
        for number, (page, language) in enumerate(blocks_of(Language.EXPRESS))
    ]
    script = tmp_path / "lines.js"
    script.write_text("".join(functions), encoding="utf-8")

    checked = subprocess.run([node, "--check", script], capture_output=True, encoding="utf-8", check=False)

    assert checked.returncode == 0, checked.stderr


@pytest.mark.parametrize(
    ("page", "language"), blocks_of(Language.PHP, Language.GO, Language.CSHARP, Language.RUBY)
)
def test_code_in_other_languages_is_balanced(page, language):
    code = re.sub(r"'(?:\\.|[^'\\\n])*'|\"(?:\\.|[^\"\\\n])*\"", '""', lines_of(page)[language])
    code = re.sub(r"(//|(?<!\$)#(?!\{)).*", "", code)
    waiting = []
    for character in code:
        if character in OPENERS:
            waiting.append(OPENERS[character])
        elif character in OPENERS.values():
            assert waiting.pop() == character

    assert waiting == []
    assert code.count("{") == code.count("}")


def flask_receiver():
    """Return a Flask app that is nothing but the lines of the remedies, in the order of their words."""
    pages = ("verify-first", "check-freshness", "read-carefully", "answer-challenge")
    lines = [lines_of(page)[Language.FLASK] for page in pages]
    last = lines_of("acknowledge-first")[Language.FLASK]
    source = "def handler():\n" + textwrap.indent("\n".join([*lines, last]), "    ")
    imports = (
        "import hmac, json, queue, re, time\n"
        "from flask import Flask, abort, request\n"
        f"secret, events = {SECRET_TOKEN.reveal()!r}, queue.Queue()\n"
        "app = Flask('remedied')\n"
    )
    names: dict[str, Any] = {}
    exec(f"{imports}\n{source}\napp.post('/')(handler)", names)  # noqa: S102 - code of our own
    return names["app"]


@pytest.mark.slow
def test_a_receiver_made_of_the_remedies_has_nothing_to_mend():
    with serve(flask_receiver()) as url:
        result = judged(f"{url}/", codes=ALL)

    assert {finding.code: finding.message for finding in result.findings} == {}
    assert result.language is Language.FLASK


EXPRESS_ENOUGH = """
const crypto = require('node:crypto'), http = require('node:http')
const secret = process.env.ZOOM_WEBHOOK_SECRET_TOKEN, handle = async () => {}
async function handler(req, res) {
LINES
}
const server = http.createServer((request, response) => {
  const pieces = []
  request.on('data', piece => pieces.push(piece)).on('end', () => {
    const req = { body: Buffer.concat(pieces), get: name => request.headers[name] }
    const res = {
      status: code => { response.statusCode = code; return res },
      sendStatus: code => { response.statusCode = code; response.end() },
      json: value => {
        response.setHeader('content-type', 'application/json')
        response.end(JSON.stringify(value))
      },
    }
    response.setHeader('x-powered-by', 'Express')
    if (request.method !== 'POST') return res.sendStatus(405)
    handler(req, res).catch(error => { response.statusCode = 500; response.end(error.stack) })
  })
})
server.listen(0, '127.0.0.1', () => console.log(server.address().port))
process.stdin.resume().on('end', () => process.exit(0))
"""
"""As much of Express as the lines use: raw bodies, `get`, `status`, `sendStatus`, `json`."""


@pytest.mark.slow
def test_a_receiver_in_node_made_of_the_remedies_has_nothing_to_mend(tmp_path):
    node = shutil.which("node")
    if not node:
        pytest.skip("Node.js is absent")
    pages = ("verify-first", "check-freshness", "read-carefully", "answer-challenge", "acknowledge-first")
    lines = "\n".join(lines_of(page)[Language.EXPRESS] for page in pages)
    script = tmp_path / "receiver.js"
    script.write_text(EXPRESS_ENOUGH.replace("LINES", lines), encoding="utf-8")
    with subprocess.Popen(
        [node, script],
        env={**os.environ, "ZOOM_WEBHOOK_SECRET_TOKEN": SECRET_TOKEN.reveal()},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    ) as process:
        try:
            assert process.stdout
            result = judged(f"http://127.0.0.1:{process.stdout.readline().strip()}/", codes=ALL)
        finally:
            process.kill()

    assert {finding.code: finding.message for finding in result.findings} == {}
    assert result.language is Language.EXPRESS
