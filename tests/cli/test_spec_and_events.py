import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from emitter.cli.events import events
from emitter.cli.spec import spec
from emitter.errors import InvalidSpecError, UnknownNameError

PAGE = Path(__file__).parents[2].parent / "shared" / "seed" / "zoom-revenue-accelerator-webhooks.txt"
BUNDLED = Path(__file__).parents[2] / "emitter" / "catalog" / "data" / "zra.webhooks.json"

SHOWN_AT_80 = """\
revenue_accelerator.playlist_create
Details about the created playlist.
Zoom Revenue Accelerator Webhooks, tag revenue_accelerator

Properties
  event              string, required, always
                     "revenue_accelerator.playlist_create". The name of the
                     event.
  event_ts           integer (int64), required, in milliseconds. The timestamp
                     when the event occurred.
  payload            object, required.
    account_id       string, required. The account ID of the user who created
                     the playlist.
    operator_id      string. The ID of the user who created the playlist.
    operator         string. The identifier of the user who created the
                     playlist, represented by email.
    object           object, required. Details about the created playlist.
      playlist_id    string, required. The ID of the created playlist.
      playlist_type  string, required, one of "BASIC", "SMART". The type of
                     playlist created.
      playlist_name  string, required. The name of the created playlist.
      create_time    integer, in milliseconds. The creation timestamp, in
                     milliseconds.

Example
{
  "event": "",
"""

TITLE = "Töst 🚒"
SMALL_PAGE = f"""{TITLE}
- OpenAPI Version:
3.1.0 - API Version:
1
Operations
POST a.b
- Method:
POST - Path:
a.b
Request Body
Content-Type: application/json
-
eventstring
Example:
{{}}
Responses
Status: 200
"""


def run(command, *arguments, columns=None, stdin=None):
    surroundings = {"COLUMNS": str(columns)} if columns else {}
    return CliRunner().invoke(command, arguments, env=surroundings, input=stdin)


def zoom_emitter(*arguments, **surroundings):
    return subprocess.run(
        [sys.executable, "-m", "emitter", *arguments],
        capture_output=True,
        check=False,
        timeout=60,
        env=os.environ | surroundings,
    )


def test_spec_show_json_prints_the_document_byte_for_byte():
    done = zoom_emitter("spec", "show", "--json")

    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout == BUNDLED.read_bytes()


def test_spec_show_json_merged_adds_the_overlay():
    published = json.loads(run(spec, "show", "--json").output)
    merged = json.loads(run(spec, "show", "--json", "--merged").output)

    name = "revenue_accelerator.playlist_create"
    body = merged["webhooks"][name]["post"]["requestBody"]["content"]["application/json"]
    assert body["schema"]["properties"]["event"]["const"] == name
    assert list(merged["webhooks"]) == list(published["webhooks"])
    assert merged != published


def test_spec_show_tells_title_version_and_every_event():
    lines = run(spec, "show").output.splitlines()

    assert lines[:4] == [
        "Zoom Revenue Accelerator Webhooks",
        "version 1.0.0, OpenAPI 3.1.0, 7 events",
        "",
        "  revenue_accelerator.conversation_analysis_completed        Information about the conversation.",
    ]
    assert len(lines) == 10


def test_spec_show_merged_tells_what_the_overlay_says():
    output = run(spec, "show", "--merged").output

    assert "\n  -  The envelope's event is the operation's name.\n" in output
    assert "\n  -  Milliseconds, as the property's description says.\n" in output
    assert "\n  -  The description of engagement_id as a condition.\n" in output


@pytest.mark.skipif(not PAGE.is_file(), reason="the prose page is not beside this checkout")
def test_spec_import_gives_the_bundled_document():
    done = zoom_emitter("spec", "import", str(PAGE))

    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout == BUNDLED.read_bytes()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"Title\nnonsense\n", "page.txt: line 2: expected '- OpenAPI Version:', found 'nonsense'"),
        (b"Title\xff\n", "page.txt: byte 5 is not UTF-8; save the page as UTF-8 text"),
        (b"", "page.txt: line 1: the page ends where the title of the page was expected"),
    ],
    ids=["another-page", "not-utf-8", "empty"],
)
def test_spec_import_says_what_is_wrong_with_a_page(tmp_path, content, message):
    (tmp_path / "page.txt").write_bytes(content)

    failure = run(spec, "import", "page.txt").exception
    assert isinstance(failure, InvalidSpecError)
    assert str(failure) == message


def test_spec_import_reads_standard_input():
    done = run(spec, "import", "-", stdin=SMALL_PAGE)

    assert json.loads(done.output)["info"] == {"title": TITLE, "version": "1"}


def test_a_page_that_is_not_there_is_a_usage_error():
    done = zoom_emitter("spec", "import", "nowhere.txt")

    assert done.returncode == 2
    assert b"nowhere.txt" in done.stderr
    assert b"Traceback" not in done.stderr


def test_events_list_prints_one_line_an_event_into_a_pipe():
    done = zoom_emitter("events", "list")
    lines = done.stdout.decode().splitlines()

    assert (done.returncode, done.stderr) == (0, b"")
    assert len(lines) == 7
    assert lines[3] == (
        "revenue_accelerator.playlist_create                        Details about the created playlist."
    )
    assert "\x1b" not in done.stdout.decode()


@pytest.mark.parametrize("columns", [20, 80, 200])
def test_events_list_keeps_names_whole_and_titles_within_the_width(columns):
    lines = run(events, "list", columns=columns).output.splitlines()

    assert sum("revenue_accelerator." in line for line in lines) == 7
    assert any(line.startswith("revenue_accelerator.conversation_crm_associations_changed") for line in lines)
    assert all(len(line) <= max(columns, 57) for line in lines)
    assert len(lines) == 7 if columns == 200 else len(lines) > 7


def test_events_list_json_can_be_read_by_a_program():
    listed = json.loads(run(events, "list", "--json").output)

    assert [event["name"] for event in listed][3] == "revenue_accelerator.playlist_create"
    assert listed[3] == {
        "name": "revenue_accelerator.playlist_create",
        "title": "Details about the created playlist.",
        "tag": "revenue_accelerator",
        "product": "Zoom Revenue Accelerator Webhooks",
    }


def test_events_show_is_readable_at_80_columns():
    assert run(events, "show", "playlist_create", columns=80).output.startswith(SHOWN_AT_80)


def test_events_show_puts_a_property_on_one_line_where_there_is_room():
    output = run(events, "show", "conversation_crm_associations_changed", columns=200).output

    assert "\n    object[]              array of object, required. Incremental changes of" in output
    assert "\n        deal_id           string. CRM deal object ID.\n" in output
    assert output == run(events, "show", "revenue_accelerator.conversation_crm_associations_changed").output


def test_events_show_schema_prints_the_schema_with_the_overlay():
    schema = json.loads(run(events, "show", "playlist_delete", "--schema").output)

    assert schema["properties"]["event"]["const"] == "revenue_accelerator.playlist_delete"
    assert schema["properties"]["payload"]["properties"]["object"]["required"] == ["playlist_id"]


def test_events_show_json_holds_everything():
    shown = json.loads(run(events, "show", "playlist_delete", "--json").output)

    assert set(shown) == {"name", "title", "tag", "product", "description", "schema", "example"}
    assert shown["example"]["payload"]["object"]["delete_time"] == 1


def test_a_wrong_event_gets_the_nearest_and_exit_status_2():
    done = zoom_emitter("events", "show", "playlist_created")

    assert done.returncode == 2
    assert done.stdout == b""
    assert done.stderr.decode().splitlines() == [
        "error: unknown event 'playlist_created'; did you mean 'revenue_accelerator.playlist_create'?"
    ]
    assert isinstance(run(events, "show", "playlist_created").exception, UnknownNameError)


def test_json_is_utf_8_whatever_the_terminal_speaks(tmp_path):
    (tmp_path / "page.txt").write_text(SMALL_PAGE, encoding="utf-8")

    done = zoom_emitter("spec", "import", "page.txt", PYTHONIOENCODING="ascii")

    assert f'"title": "{TITLE}"'.encode() in done.stdout
