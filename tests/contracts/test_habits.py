"""Spellings that other serialisers wrote, and what a receiver that writes them again is said to be."""

from __future__ import annotations

import json
import shutil
import subprocess

import pytest

from contracts.habits import HABITS, looks_like
from contracts.scope import Depth
from emitter.core.spellings import in_zoom_form
from tests.support.receivers.judging import REGISTRY, judged
from tests.support.receivers.reference import right

BODY = '{"z":1.0,"a":"é/<b>&\\uD83D\\uDE92","big":9223372036854775807,"e":""}'.encode()
NAMED = {habit.name: habit for habit in HABITS}
SPELLING = [REGISTRY.find(code) for code in ("A01", "B01", "B02", "B03", "B04")]


def signing(rewritten):
    def respond(asked):
        try:
            body = rewritten(asked.body)
        except (ValueError, RecursionError):
            return right(asked)
        return right(asked.signed_if(asked.signature == asked.right_signature(body)))

    return respond


@pytest.mark.skipif(not shutil.which("node"), reason="needs node")
def test_javascript_is_written_as_node_writes_it():
    program = "process.stdout.write(JSON.stringify(JSON.parse(require('fs').readFileSync(0,'utf8'))))"
    written = subprocess.run(["node", "-e", program], input=BODY, capture_output=True, check=True).stdout

    assert NAMED["javascript"].rewritten(BODY) == written


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("python", {}),
        ("python-compact", {"separators": (",", ":")}),
        ("python-raw", {"separators": (",", ":"), "ensure_ascii": False}),
    ],
)
def test_python_is_written_as_json_writes_it(name, options):
    assert NAMED[name].rewritten(BODY) == json.dumps(json.loads(BODY), **options).encode()


@pytest.mark.parametrize(
    ("name", "written"),
    [
        # By the documents of json_encode, encoding/json and System.Text.Json.
        ("php", r'{"z":1,"a":"\u00e9\/<b>&\ud83d\ude92","big":9223372036854775807,"e":""}'),
        ("go", r'{"a":"é/\u003cb\u003e\u0026🚒","big":9223372036854776000,"e":"","z":1}'),
        (
            "dotnet",
            r'{"z":1.0,"a":"\u00E9/\u003Cb\u003E\u0026\uD83D\uDE92","big":9223372036854775807,"e":""}',
        ),
    ],
)
def test_other_languages_are_written_by_their_rules(name, written):
    assert NAMED[name].rewritten(BODY) == written.encode()


def test_a_verifier_of_bytes_looks_like_nothing():
    assert looks_like([(b'{"a": 1}', True), (b'{"a":1}', True)]) == ""
    assert looks_like([(b'{"a": 1}', False), (b'{"a":1}', False)]) == ""


def test_what_fits_no_habit_is_not_guessed():
    assert looks_like([(b'{"a":1}', False), (b'{"a": 1}', True), ('{"a":"é"}'.encode(), True)]) == ""


@pytest.mark.parametrize(
    ("name", "proven"),
    [
        ("javascript", "every character raw, as JavaScript does"),
        ("python-compact", "escaped in lower case, as Python and PHP do"),
        ("php", r"escaped in lower case, as Python and PHP do, / written as \/"),
        ("dotnet", "HTML's characters escaped, as .NET does"),
    ],
)
def test_the_way_in_which_a_receiver_writes_bodies_again_is_told_once_and_proven(receivers, name, proven):
    result = judged(receivers.add(signing(NAMED[name].rewritten)), checks=SPELLING, depth=Depth.DEFAULT)

    assert {finding.code for finding in result.findings} <= {"B01", "B02", "B03", "B04"}
    assert result.findings
    for finding in result.findings:
        assert "it accepts what is computed so: the body is the same JSON, written anew" in finding.message
        assert proven in finding.message
        assert "seems" not in finding.message


@pytest.mark.parametrize("name", ["javascript", "python-compact", "php", "dotnet"])
def test_where_nothing_is_proven_a_receiver_is_told_which_language_it_looks_like(receivers, name):
    habit = NAMED[name]

    def takes_what_the_language_would_write(asked):
        is_so = asked.value is None or habit.rewritten(asked.body) == asked.body
        return right(asked.signed_if(asked.is_signed and is_so))

    url = receivers.add(takes_what_the_language_would_write)
    result = judged(url, checks=SPELLING, depth=Depth.DEFAULT)

    assert {finding.code for finding in result.findings} <= {"B01", "B02", "B03", "B04"}
    assert result.findings
    for finding in result.findings:
        assert "it seems to verify what it wrote again" in finding.message
        assert f"as {habit.words} does" in finding.message
        assert "computed so" not in finding.message


def test_a_serialiser_like_zooms_is_a_warning_that_names_it(receivers):
    def as_zoom(body):
        if (rewritten := in_zoom_form(body)) is None:
            raise ValueError("no JSON")
        return rewritten

    (finding,) = judged(receivers.add(signing(as_zoom)), checks=SPELLING, depth=Depth.DEFAULT).findings

    assert (finding.code, finding.severity) == ("B03", "warning")
    assert "in Zoom's own form" in finding.message
    assert "seems" not in finding.message
    assert "spaces around colons and commas" in finding.message


def test_text_forced_into_ascii_is_named(receivers):
    def respond(asked):
        body = asked.body.decode("utf-8", "replace").encode("ascii", "replace")
        return right(asked.signed_if(asked.signature == asked.right_signature(body)))

    result = judged(receivers.add(respond), checks=SPELLING, depth=Depth.DEFAULT)

    assert [finding.code for finding in result.findings] == ["B02"]
    assert "ASCII" in result.findings[0].message


def test_a_strict_parser_that_verifies_bytes_has_no_finding(receivers):
    def strict(asked):
        answer = right(asked)
        is_odd = b"field_zoom_may" in asked.body or asked.body.count(b'"event"') > 1
        return type(answer)(400) if answer.status == 204 and is_odd else answer

    result = judged(receivers.add(strict), checks=SPELLING, depth=Depth.DEFAULT)

    assert result.findings == ()
