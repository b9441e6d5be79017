import pytest

from emitter.catalog.document import bundled_document
from emitter.catalog.events import Catalog, EventType
from emitter.catalog.validation import Problem, problems, validate
from emitter.errors import InvalidPayloadError, InvalidSpecError

CATALOG = Catalog.bundled()
ANALYSIS = CATALOG.find("conversation_analysis_completed")
CREATE = CATALOG.find("playlist_create")
CRM = CATALOG.find("conversation_crm_associations_changed")


def analysis(**details):
    payload = {"account_id": "Gtl2Ra0ASfO5wIzYPYceiA", "object": {"conversation_id": "c", **details}}
    return {"event": ANALYSIS.name, "event_ts": 1626230691572, "payload": payload}


def created(**details):
    details = {"playlist_id": "p", "playlist_type": "BASIC", "playlist_name": "n"} | details
    return {
        "event": CREATE.name,
        "event_ts": 1626230691572,
        "payload": {"account_id": "a", "object": details},
    }


@pytest.mark.parametrize(
    "details",
    [
        {},
        {"source": "ZOOM_MEETING"},
        {"source": "ZOOM_CONTACT_CENTER"},
        {"source": "ZOOM_CONTACT_CENTER", "engagement_id": "u154t5-ASlK83fZb1YWqgw"},
    ],
    ids=["neither", "another-source", "contact-center-alone", "both"],
)
def test_an_engagement_of_the_contact_center_is_valid(details):
    validate(ANALYSIS, analysis(**details))


@pytest.mark.parametrize(
    ("details", "problem"),
    [
        (
            {"source": "ZOOM_MEETING", "engagement_id": "e"},
            Problem(
                "/payload/object/source",
                'expected "ZOOM_CONTACT_CENTER", found "ZOOM_MEETING", '
                "since engagement_id is present only when source is ZOOM_CONTACT_CENTER",
                "const",
            ),
        ),
        (
            {"engagement_id": "e"},
            Problem(
                "/payload/object",
                "the required property 'source' is missing, "
                "since engagement_id is present only when source is ZOOM_CONTACT_CENTER",
                "required",
            ),
        ),
    ],
    ids=["another-source", "no-source"],
)
def test_an_engagement_outside_the_contact_center_is_invalid_and_says_why(details, problem):
    assert problems(ANALYSIS, analysis(**details)) == [problem]


def test_the_published_document_alone_has_no_such_condition():
    alone = Catalog.from_document(bundled_document()).find(ANALYSIS.name)
    validate(alone, analysis(source="ZOOM_MEETING", engagement_id="e"))


@pytest.mark.parametrize("event", CATALOG, ids=lambda event: event.short_name)
def test_another_event_s_name_in_the_envelope_is_invalid(event):
    envelope = {"event": event.name, "event_ts": 1, "payload": event.example["payload"]}
    if event is ANALYSIS:  # the page's own example has an engagement outside the contact center
        envelope = analysis()

    assert problems(event, envelope) == []
    (problem,) = problems(event, envelope | {"event": f"{event.name} "})
    assert problem == Problem("/event", f'expected "{event.name}", found "{event.name} "', "const")


@pytest.mark.parametrize(
    ("envelope", "problem"),
    [
        (
            created(playlist_type="FANCY"),
            Problem(
                "/payload/object/playlist_type", 'expected one of "BASIC", "SMART", found "FANCY"', "enum"
            ),
        ),
        (
            created(create_time="5"),
            Problem("/payload/object/create_time", 'expected an integer, found "5" (a string)', "type"),
        ),
        (
            created(create_time=5.5),
            Problem("/payload/object/create_time", "expected an integer, found 5.5 (a number)", "type"),
        ),
        (
            created(create_time=True),
            Problem("/payload/object/create_time", "expected an integer, found true (a boolean)", "type"),
        ),
        (
            created(playlist_name=None),
            Problem("/payload/object/playlist_name", "expected a string, found null", "type"),
        ),
        (
            created() | {"payload": {"account_id": "a"}},
            Problem("/payload", "the required property 'object' is missing", "required"),
        ),
        ([], Problem("", "expected an object, found [] (an array)", "type")),
        (
            created(playlist_name={"x": "y" * 99}),
            Problem(
                "/payload/object/playlist_name",
                'expected a string, found {"x": "' + "y" * 53 + "… (an object)",
                "type",
            ),
        ),
    ],
    ids=["enum", "text-for-number", "fraction", "boolean", "null", "missing", "no-object", "long"],
)
def test_a_problem_is_told_in_plain_words(envelope, problem):
    assert problems(CREATE, envelope) == [problem]


def test_a_pointer_leads_into_lists():
    payload = {"account_id": "a", "object": [{}, {"old_associations": [{"deal_id": 7}]}]}
    envelope = {"event": CRM.name, "event_ts": 1, "payload": payload}

    (problem,) = problems(CRM, envelope)
    assert problem.pointer == "/payload/object/1/old_associations/0/deal_id"


def test_validate_raises_the_first_problem_with_pointer_count_and_way_out():
    with pytest.raises(InvalidPayloadError) as caught:
        validate(CREATE, created(playlist_type="FANCY", create_time="x"))

    assert caught.value.pointer in {"/payload/object/playlist_type", "/payload/object/create_time"}
    assert str(caught.value).startswith(f"{caught.value.pointer}: expected ")
    assert str(caught.value).endswith(" (and 1 more); correct it, or allow it with --force")


def test_properties_the_page_does_not_name_are_no_problem():
    validate(CREATE, created(new_property=1) | {"new_key": 1})


@pytest.mark.parametrize(
    "value",
    [{1: 2}, {1, 2}, b"x", object()],
    ids=["number-as-key", "set", "bytes", "object"],
)
def test_a_value_that_is_no_json_is_a_problem_and_no_crash(value):
    (problem,) = problems(CREATE, created(playlist_name=value))

    assert problem.message.startswith("this has no JSON form: ")


def test_a_lone_surrogate_where_a_name_is_expected_is_a_problem_and_no_crash():
    assert len(problems(CREATE, created(playlist_type="\ud800"))) == 1


def test_a_value_nested_without_end_is_a_problem_and_no_crash():
    value: list[object] = []
    for _ in range(50_000):
        value = [value]

    assert problems(CREATE, created(playlist_name=value))[0].message.startswith("this has no JSON form: ")


@pytest.mark.parametrize(
    "schema",
    [{"type": "long"}, {"$ref": "#/nowhere"}, {"pattern": "("}],
    ids=["type", "reference", "pattern"],
)
def test_a_schema_that_cannot_be_used_is_told_as_such(schema):
    event = EventType("a.b", "", "", "a", "P", schema, None)

    with pytest.raises(InvalidSpecError) as caught:
        problems(event, {})
    assert str(caught.value).startswith("/webhooks/a.b/post/requestBody: its schema cannot be used: ")
