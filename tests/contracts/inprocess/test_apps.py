"""Apps of every framework, judged without a server, by the command as a process."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys

import pytest

from contracts.app_opening import app_session
from contracts.cli.apps import without_load
from contracts.cli.starting import SHOWN_LINES
from contracts.findings import Severity
from contracts.run_events import RunEnded
from contracts.runner import run
from contracts.scope import Depth
from emitter.delivery.inprocess.loading import load_app
from emitter.delivery.inprocess.naming import AppName
from emitter.errors import UsageError
from tests.support.receivers.judging import REGISTRY, receiver_at, scope_for
from tests.support.wheel import ROOT

SECRET = "4fv1RkqGQUq5sWbEz6hA5A"
APPS = "tests.support.apps."


def named(text) -> AppName:
    name = AppName.of(text)
    assert name is not None
    return name


def check(*arguments, folder=ROOT, secret=SECRET, **environment):
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ZOOM")}
    given = {"ZOOM_WEBHOOK_SECRET_TOKEN": secret} if secret else {}
    return subprocess.run(
        [sys.executable, "-m", "emitter", "check", "--no-cache", *arguments],
        cwd=folder,
        env={**kept, **given, "COLUMNS": "200", "PYTHONPATH": str(ROOT), **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize(
    "app",
    [
        "flask_app:app",
        "flask_app:create_app()",
        "django_app:application",
        "fastapi_app:app",
        "starlette_app:app",
        "plain_apps:wsgi_app",
        "plain_apps:asgi_app",
    ],
)
def test_a_right_app_is_found_right(app, monkeypatch):
    monkeypatch.setenv("ZOOM_WEBHOOK_SECRET_TOKEN", SECRET)
    name = named(f"{APPS}{app}/webhooks/zoom")
    scope = scope_for(receiver_at(name.url), depth=Depth.QUICK)

    with app_session(scope, load_app(name), budget_s=60) as session:
        events = [*run(session, without_load(REGISTRY.select()), scope)]

    ended = events[-1]
    assert isinstance(ended, RunEnded)

    assert [each for each in ended.result.findings if each.severity is Severity.ERROR] == []
    assert len(ended.result.cases) > 30
    assert not session.sends_raw_bytes


def test_the_lifespan_runs_around_the_judgement_and_work_goes_on_after_an_answer(monkeypatch):
    monkeypatch.setenv("ZOOM_WEBHOOK_SECRET_TOKEN", SECRET)
    name = named(f"{APPS}fastapi_app:app/webhooks/zoom")
    app = load_app(name)
    told, worked = (getattr(sys.modules[name.module], each) for each in ("lifespan_told", "worked_later"))
    told.clear()
    worked.clear()

    with app_session(scope_for(receiver_at(name.url)), app, budget_s=60) as session:
        sent = session.challenge()
        assert told == ["started"]

    assert told == ["started", "stopped"]
    assert worked == [sent.request.body]


def test_django_may_be_called_by_asgi_too():
    ran = check(f"{APPS}django_app:asgi_application/webhooks/zoom", "--depth", "quick", "--json")

    assert ran.returncode == 0, ran.stderr
    assert json.loads(ran.stdout)["findings"] == []


def test_a_report_on_stdout_stays_whole_though_the_app_prints():
    ran = check(f"{APPS}flask_app:app/webhooks/zoom", "--depth", "quick", "--json")

    assert ran.returncode == 0, ran.stderr
    assert json.loads(ran.stdout)["version"] == 1
    assert "this must not be in a report" not in ran.stderr
    assert "no raw bytes, no load" in ran.stderr


def test_what_is_wrong_is_found(tmp_path):
    (tmp_path / "shop.py").write_text(
        "import logging, os\nfrom flask import Flask\napp = Flask(__name__)\n"
        "logging.basicConfig(level='INFO')\n"
        "@app.post('/zoom')\ndef webhook():\n"
        "    logging.info('came by, %s', os.environ['ZOOM_WEBHOOK_SECRET_TOKEN'])\n"
        "    print('printed')\n    return '', 204\n"
    )

    ran = check("shop:app/zoom", "--depth", "quick", "--json", folder=tmp_path)

    assert ran.returncode == 1, ran.stderr
    assert {"S01", "H01"} <= {each["code"] for each in json.loads(ran.stdout)["findings"]}
    *_, said = ran.stderr.partition("the receiver's own output:\n")
    assert said.splitlines()[-2:] == ["  INFO:root:came by, ********", "  printed"]
    assert len(said.splitlines()) == SHOWN_LINES
    assert "came by" not in ran.stderr.removesuffix(said)


def test_a_wrong_path_is_said():
    ran = check(f"{APPS}flask_app:app/elsewhere", "--depth", "quick")

    assert ran.returncode == 1
    assert "is the path right?" in ran.stdout


def test_the_secret_token_is_lent_before_the_module_is_imported(tmp_path):
    (tmp_path / "secret").write_text(SECRET)
    (tmp_path / "early.py").write_text(
        "import os\nSECRET = os.environ['ZOOM_WEBHOOK_SECRET_TOKEN']\n"
        "from tests.support.apps.flask_app import app\n"
    )

    ran = check(
        "early:app/webhooks/zoom",
        "--depth",
        "quick",
        "--secret-token-file",
        "secret",
        folder=tmp_path,
        secret="",
    )

    assert ran.returncode == 0, ran.stderr
    assert "ZOOM_WEBHOOK_SECRET_TOKEN was not set" in ran.stderr
    assert SECRET not in ran.stderr + ran.stdout


def test_without_a_secret_token_a_random_one_is_lent():
    ran = check(f"{APPS}flask_app:app/webhooks/zoom", "--depth", "quick", secret="")

    assert ran.returncode == 0, ran.stderr
    assert "holds a random one for the app" in ran.stderr


@pytest.mark.parametrize(
    ("app", "said"),
    [
        ("nowhere:app", "there is no module 'nowhere'"),
        ("tests.support.apps.plain_apps:not_an_app", "no WSGI or ASGI app"),
        ("tests.support.apps.plain_apps:wsgi_ap", "did you mean 'wsgi_app'?"),
        ("broken:app", "broken cannot be imported: ZeroDivisionError"),
        ("wanting:app", "wanting cannot be imported: it wants the module 'no_such_module'"),
        ("leaving:app", "leaving cannot be imported: SystemExit"),
        ("making:make()", "makes no app: RuntimeError: no database"),
    ],
)
def test_an_app_that_cannot_be_had_is_one_line(app, said, tmp_path, monkeypatch):
    (tmp_path / "broken.py").write_text("1 / 0\n")
    (tmp_path / "wanting.py").write_text("import no_such_module\n")
    (tmp_path / "leaving.py").write_text("raise SystemExit('set DATABASE_URL')\n")
    (tmp_path / "making.py").write_text("def make():\n    raise RuntimeError('no database')\n")
    monkeypatch.syspath_prepend(tmp_path)

    with pytest.raises(UsageError, match=re.escape(said)) as raised:
        load_app(named(app))

    assert "\n" not in str(raised.value)


def test_an_app_that_cannot_be_imported_is_no_traceback(tmp_path):
    (tmp_path / "broken.py").write_text("1 / 0\n")

    ran = check("broken:app", folder=tmp_path)

    assert ran.returncode == 2
    assert ran.stderr.splitlines()[-1] == (
        "error: broken cannot be imported: ZeroDivisionError: division by zero"
    )
    assert "Traceback" not in ran.stderr


@pytest.mark.parametrize(
    "text", ["http://localhost:8000/x", "my-receiver", "localhost:8000", "a:b c", "module:", ":app"]
)
def test_what_names_no_app_is_left_to_others(text):
    assert AppName.of(text) is None
