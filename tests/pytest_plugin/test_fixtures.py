"""What goes wrong with the fixtures, in one run; what goes right is in docs/pytest.md, which is run."""

from __future__ import annotations

import re

import pytest

from tests.docs.test_pytest import FILES, run
from tests.support.receivers.reference import SECRET_TOKEN, right
from tests.support.receivers.serving import receivers_served
from tests.support.wheel import ROOT

WRONG = {
    "test_mark.py": """
        @pytest.mark.zoom_contract(dept="quick")
        def test_contract(): pass
    """,
    "test_value.py": """
        @pytest.mark.zoom_contract(strict="yes")
        def test_contract(): pass
    """,
    "test_check.py": """
        @pytest.mark.zoom_contract(select="S99")
        def test_contract(): pass
    """,
    "test_pattern.py": """
        @pytest.mark.zoom_events("nope*")
        def test_event(zoom_event): pass
    """,
    "test_unused.py": """
        @pytest.mark.zoom_events("playlist_*")
        def test_event(): pass
    """,
    "test_nowhere.py": """
        def test_nowhere(zoom_emitter): pass
    """,
    "test_number.py": """
        @pytest.fixture
        def zoom_receiver(): return 7
        def test_number(zoom_emitter): pass
    """,
    "test_locale.py": """
        @pytest.fixture
        def zoom_locale(): return "xx_XX"
        def test_locale(zoom_event): pass
    """,
}
SAYS = [
    ("test_mark.py", "unknown option of zoom_contract 'dept'; did you mean 'depth'?"),
    ("test_value.py", "zoom_contract(strict='yes'): expected True or False"),
    ("test_check.py", "unknown check 'S99'"),
    ("test_pattern.py", "unknown event 'nope*'"),
    ("test_unused.py", "the mark zoom_events is for tests that ask for zoom_event or zoom_request"),
    ("test_nowhere.py", "override the fixture zoom_receiver"),
    ("test_number.py", "a builtins.int is no receiver"),
    ("test_locale.py", "unknown locale 'xx_XX'"),
]


@pytest.fixture(scope="module")
def wrong(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wrong")
    for name, text in WRONG.items():
        lines = "\n".join(line.removeprefix("        ") for line in text.splitlines())
        (folder / name).write_text(f"import pytest\n{lines}", encoding="utf-8")
    return run(folder, "--continue-on-collection-errors")


@pytest.mark.parametrize(("name", "says"), SAYS)
def test_what_cannot_be_used_is_said_in_a_line(wrong, name, says):
    output, _, _ = wrong.output.partition("short test summary info")
    sections = re.split(r"^_+ .*_+$", output, flags=re.MULTILINE)
    (told,) = [each for each in sections if says in each]

    assert len(told.strip().splitlines()) < 12
    assert "emitter/" not in told


def test_the_settings_of_pytest_name_the_app_and_the_seed_the_values(tmp_path, monkeypatch):
    (tmp_path / "test_app.py").write_text(
        "from emitter.testing import assert_acknowledged\n"
        "def test_app(zoom_emitter, zoom_event, zoom_secret_token, zoom_seed):\n"
        "    assert zoom_secret_token == 'of the environment'\n"
        "    assert_acknowledged(zoom_emitter.emit(zoom_event))\n"
        "    assert zoom_seed == '7'\n",
        encoding="utf-8",
    )
    app = "zoom_receiver=tests.support.apps.plain_apps:wsgi_app/webhooks/zoom"
    ran = run(tmp_path, "-o", app, "--zoom-seed", "7", ZOOM_WEBHOOK_SECRET_TOKEN="of the environment")

    assert ran.cases["test_app.py"] == {"test_app": ""}, ran.output


def test_the_contract_of_a_receiver_at_a_url_is_judged_over_http(tmp_path):
    (tmp_path / "test_url.py").write_text(
        "import os, pytest\n"
        "@pytest.fixture\n"
        "def zoom_receiver(): return os.environ['RECEIVER']\n"
        "@pytest.mark.zoom_contract(depth='quick', select='S01,R01')\n"
        "def test_contract(): pass\n",
        encoding="utf-8",
    )
    with receivers_served() as served:
        url = served.add(lambda asked: right(asked.signed_anew()))
        ran = run(tmp_path, RECEIVER=url, ZOOM_WEBHOOK_SECRET_TOKEN=SECRET_TOKEN.reveal())

    failed = {name.partition("[")[2][:3] for name, why in ran.cases["test_url.py"].items() if why}
    assert failed == {"S01"}, ran.output
    assert len(ran.cases["test_url.py"]) > 6


@pytest.mark.slow
def test_workers_of_xdist_make_the_same_tests(tmp_path):
    for name, _, text in FILES:
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "shop.py").write_text(
        (ROOT / "tests/docs/shop.py").read_text(encoding="utf-8"), encoding="utf-8"
    )
    alone, shared = run(tmp_path), run(tmp_path, "-p", "xdist", "-n", "2")

    def outcomes(ran):
        return {(file, name, bool(why)) for file, cases in ran.cases.items() for name, why in cases.items()}

    assert outcomes(shared) == outcomes(alone), shared.output
