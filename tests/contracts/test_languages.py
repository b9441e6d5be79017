from __future__ import annotations

import pytest

from contracts.languages import Language, language_of
from contracts.traces import trace_in, variables_in
from emitter.core.deliveries import Answer
from emitter.delivery.clock import monotonic_ms

HEADERS = [
    ("x-powered-by", "Express", Language.EXPRESS),
    ("set-cookie", "connect.sid=s%3A1; Path=/", Language.EXPRESS),
    ("X-Powered-By", "PHP/8.3.4", Language.PHP),
    ("set-cookie", "PHPSESSID=1", Language.PHP),
    ("set-cookie", "laravel_session=1", Language.PHP),
    ("x-powered-by", "ASP.NET", Language.CSHARP),
    ("server", "Kestrel", Language.CSHARP),
    ("Server", "Werkzeug/3.1.3 Python/3.11.7", Language.FLASK),
    ("server", "waitress", Language.FLASK),
    ("server", "uvicorn", Language.FASTAPI),
    ("server", "WSGIServer/0.2 CPython/3.11.7", Language.DJANGO),
    ("set-cookie", "csrftoken=abc", Language.DJANGO),
    ("server", "Puma", Language.RUBY),
    ("x-runtime", "0.004123", Language.RUBY),
]
PAGES = [
    ("<pre>Cannot POST /webhooks/zoom</pre>", Language.EXPRESS),
    ("Error: x\n    at verify (/srv/app/zoom.js:31:11)", Language.EXPRESS),
    ("<!doctype html>\n<html lang=en>\n<title>404 Not Found</title>", Language.FLASK),
    ('{"detail":"Not Found"}', Language.FASTAPI),
    ('{"detail":[{"type":"missing","loc":["body"]}]}', Language.FASTAPI),
    ("<h1>Not Found</h1><p>The requested resource was not found on this server.</p>", Language.DJANGO),
    ("<br />\n<b>Fatal error</b>:  Uncaught TypeError", Language.PHP),
    ("404 page not found\n", Language.GO),
    ("app.rb:12:in `call'", Language.RUBY),
    ("   at Zoom.Hooks.Post() in /srv/Hooks.cs:line 12", Language.CSHARP),
]
ORDINARY = ["", "ok", '{"ok":true}', "refused: the signature belongs to another secret token, time or body\n"]
TRACES = [
    ("Python", 'Traceback (most recent call last):\n  File "/srv/app.py", line 3, in f\nKeyError'),
    ("Werkzeug", "<title>KeyError: 'x' // Werkzeug Debugger</title>"),
    ("Django", "You&#x27;re seeing this error because you have <code>DEBUG = True</code>"),
    ("Node.js", "TypeError: x\n    at Object.<anonymous> (/srv/app/index.js:10:5)"),
    ("Node.js", "    at file:///srv/app/index.mjs:10:5"),
    ("Node.js", "    at C:\\app\\index.js:10:5"),
    ("Java", "\tat com.example.Hooks.post(Hooks.java:31)"),
    ("PHP", "PHP Fatal error: x in /srv/a.php:3\nStack trace:\n#0 {main}"),
    ("PHP", "<b>Warning</b>: x in <b>/srv/a.php</b> on line <b>3</b>"),
    ("Go", "goroutine 1 [running]:\nmain.main()\n\t/srv/main.go:8 +0x39"),
    ("Ruby", "app.rb:12:in `call': undefined method (NoMethodError)"),
    (".NET", "   at Zoom.Hooks.Post(String body) in /srv/Hooks.cs:line 12"),
    ("Rust", "thread 'main' panicked at src/main.rs:2:5"),
]
INNOCENT = [
    *ORDINARY,
    "look at /docs/index.html: 10 steps, at 10:30:00",
    "see https://example.com:8080/zoom at noon",
    "Error: invalid signature",
    "error on line 3",
    '{"path":"/webhooks/zoom","home":"https://example.com"}',
    "PATH= is wrong",
    "NODE_ENV=production",
]
ENDLESS = ["a", "/", "at ", "at a.", ".js", "A_", "PATH=", "\\", "<b>", "at (", " ", "thread 'x", "1"]


def answer(*, headers=(), body=""):
    return Answer(status=400, headers=tuple(headers), body=body.encode(), is_cut=False)


@pytest.mark.parametrize(("name", "value", "language"), HEADERS)
def test_a_header_gives_the_language_away(name, value, language):
    assert language_of([answer(), answer(headers=[("content-type", "text/html"), (name, value)])]) is language


@pytest.mark.parametrize(("body", "language"), PAGES)
def test_an_error_page_that_nobody_changed_gives_the_framework_away(body, language):
    assert language_of([answer(body="ok"), answer(body=body)]) is language


@pytest.mark.parametrize("body", ORDINARY)
@pytest.mark.parametrize("server", ["nginx/1.25", "cloudflare", "gunicorn", "BaseHTTP/0.6 Python/3.11"])
def test_what_tells_nothing_is_not_guessed_from(body, server):
    assert language_of([answer(headers=[("server", server)], body=body)]) is None


def test_every_language_can_be_recognised():
    assert {language for *_, language in [*HEADERS, *PAGES]} == {*Language}


@pytest.mark.parametrize(("language", "text"), TRACES)
def test_a_trace_of_the_stack_is_recognised(language, text):
    assert trace_in(text) == language


@pytest.mark.parametrize("text", INNOCENT)
def test_ordinary_text_is_no_trace_and_no_environment(text):
    assert trace_in(text) is None
    assert variables_in(text) == ()


@pytest.mark.parametrize(
    "text",
    [
        "PATH=/bin\nHOME=/srv\nDATABASE_URL=postgres://db",
        '{"PATH":"/bin","HOME":"/srv","SECRET_KEY":"x"}',
        "array('PATH' => '/bin', 'PWD' => '/', 'HOME' => '/')",
        "<tr><td>PATH</td><td>/bin</td></tr><tr><th>PWD</th><td>/</td></tr><td>DOCUMENT_ROOT</td> <td>/</td>",
    ],
)
def test_an_environment_is_recognised_however_it_is_printed(text):
    assert len(variables_in(text)) == 3


@pytest.mark.parametrize("piece", ENDLESS)
def test_no_answer_takes_long_to_look_at(piece):
    text = (piece * 65_536)[:65_536]
    began_ms = monotonic_ms()

    trace_in(text)
    variables_in(text)
    language_of([answer(body=text)])

    assert monotonic_ms() - began_ms < 3000
