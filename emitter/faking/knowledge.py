"""What is known of fields by their names, formats and descriptions: tables, the first row that fits counts.

Adding knowledge is adding a row. Phone numbers, addresses and domains are those reserved for fiction and
documents, so that nothing made up here ever reaches anyone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from emitter.faking import ids
from emitter.faking import vocabulary as words
from emitter.faking.pools import COLLEAGUE_SLOT

if TYPE_CHECKING:
    from collections.abc import Callable

    from emitter.faking.draw import Draw, Make

TIMEZONES: Final = ("America/New_York", "America/Los_Angeles", "Europe/Berlin", "Asia/Tokyo", "UTC")
_FILE_NAMES: Final = (
    "notes.pdf",
    "Q3 forecast.xlsx",
    "agenda.docx",
    "whiteboard.png",
    "Präsentation (2).pptx",
)
_MOST_BYTES: Final = 50_000_000


def one_of(*values: str) -> Make:
    """Return what picks one of the values."""
    return lambda draw: draw.stream.pick(values)


def label(draw: Draw) -> str:
    """Make a few words, where nothing else is known."""
    return draw.stream.pick(draw.pools.moment_names)


def _picked(attribute: str) -> Make:
    return lambda draw: draw.stream.pick(getattr(draw.pools, attribute))


def _between(low: int, high: int) -> Make:
    return lambda draw: draw.stream.between(low, high)


def _id(shape: Callable[[ids.RandomBytes], object]) -> Make:
    return lambda draw: shape(draw.stream)


def _salesforce(prefix: str) -> Make:
    return lambda draw: ids.salesforce_id(draw.stream, prefix)


def _comment(draw: Draw) -> str:
    colleague = draw.stream.pick(draw.account.people)
    return draw.stream.pick(draw.pools.comments).replace(COLLEAGUE_SLOT, colleague.name)


def _conversation_id(draw: Draw) -> str:
    if known := draw.pools.known.conversation_ids:
        return draw.stream.pick(known)
    return ids.conversation_id(draw.stream, start_ms=draw.happened_ms // 1000 * 1000)


def _playlist_id(draw: Draw) -> str:
    known = draw.pools.known.playlist_ids
    return draw.stream.pick(known) if known else ids.dashed_uuid(draw.stream)


def _meeting_number(draw: Draw) -> str:
    return str(ids.meeting_number(draw.stream))


def _url(draw: Draw) -> str:
    return f"https://example.com/{ids.short_id(draw.stream)}"


def _recording_url(draw: Draw) -> str:
    return f"https://example.com/rec/play/{ids.short_id(draw.stream)}{ids.short_id(draw.stream)}"


def _join_url(draw: Draw) -> str:
    return f"https://example.com/j/{ids.meeting_number(draw.stream)}?pwd={ids.short_id(draw.stream)}"


def _stream_url(draw: Draw) -> str:
    return f"wss://rtms-{draw.stream.between(1, 40)}.example.com:443"


def _phone(draw: Draw) -> str:
    # 555-0100 to 555-0199 are kept for fiction in the North American numbering plan.
    return f"+1{draw.stream.pick((202, 303, 415, 617))}55501{draw.stream.between(0, 99):02}"


def _shown_phone(draw: Draw) -> str:
    number = _phone(draw)
    return f"+1 ({number[2:5]}) {number[5:8]}-{number[8:]}"


def _address(draw: Draw) -> str:
    return f"198.51.100.{draw.stream.between(1, 254)}"  # TEST-NET-2, RFC 5737


def _jid(draw: Draw) -> str:
    return f"{ids.short_id(draw.stream).lower().replace('_', '0')}@xmpp.zoom.us"


def _token(draw: Draw) -> str:
    return "".join(ids.short_id(draw.stream) for _ in range(4))


def _email(draw: Draw) -> str:
    return draw.stream.pick(draw.account.people).email


def _domain(draw: Draw) -> str:
    return draw.stream.pick(words.DOMAINS)


def _resource_email(draw: Draw) -> str:
    domain = draw.account.people[0].email.partition("@")[2]
    return f"room-{draw.stream.between(100, 499)}@{domain}"


def _digits(count: int) -> Make:
    return lambda draw: "".join(str(draw.stream.below(10)) for _ in range(count))


def _measure(low: int, high: int, unit: str) -> Make:
    return lambda draw: f"{draw.stream.between(low, high)}{unit}"


def _mac(draw: Draw) -> str:
    return f"00:00:5E:00:53:{draw.stream.below(256):02X}"  # kept for documents, RFC 7042


FORMATS: Final[dict[str, Make]] = {
    "duration": lambda draw: f"PT{draw.stream.between(5, 90)}M",
    **dict.fromkeys(("uri", "url", "iri", "uri-reference", "iri-reference"), _url),
    **dict.fromkeys(("hostname", "idn-hostname"), one_of("app.example.com", "files.example.org")),
    "ipv4": _address,
    "ipv6": lambda draw: f"2001:db8::{draw.stream.between(1, 0xFFFF):x}",
    "uuid": _id(ids.dashed_uuid),
    "json-pointer": one_of("/payload/object", "/event"),
    "relative-json-pointer": one_of("0", "1/id"),
    "regex": one_of("^[a-z]+$", "[0-9]{3}"),
}
"""By format; addresses of people and times have modules of their own."""

THINGS: Final[dict[str, Make]] = {
    r"\bworkspaces?\b": one_of(*words.WORKSPACES),
    r"\bcalendar\b": one_of(*words.CALENDARS),
    r"\blocations?\b|\bcampus\b|\bbuilding\b": one_of(*words.LOCATIONS),
    r"\b(zoom )?rooms?\b(?! system)": one_of(*words.ROOMS),
    r"\bchannels?\b|\bshared spaces?\b|\bspace\b": one_of(*words.CHANNELS),
    r"\bgroups?\b": one_of(*words.GROUPS),
    r"\bdepartments?\b": one_of(*words.DEPARTMENTS),
    r"\b(white)?boards?\b": one_of(*words.BOARDS),
    r"\btasks?\b": one_of(*words.TASKS),
    r"\bquestions?\b|\bquestionnaire\b": one_of(*words.QUESTIONS),
    r"\bqueues?\b": one_of(*words.QUEUES),
    r"\bpolic(y|ies)\b": one_of(*words.POLICIES),
    r"\broles?\b": one_of(*words.ROLES),
    r"\bzones?\b": one_of(*words.ZONES),
    r"\bservers?\b|\bservices?\b|\bnodes?\b": one_of(*words.SERVERS),
    r"\bapps?\b|\bchatbot\b": one_of(*words.APPS),
    r"\bemojis?\b": one_of("deal-closed", "party-parrot", "ship-it", "thank-you"),
    r"\bsessions?\b": one_of(*words.SESSIONS),
    r"\btickets?\b|\bzoom events?\b|\bwebinars?\b": one_of(*words.PRODUCTS),
    r"\b(pc|computer)\b": one_of(*words.COMPUTERS),
}
"""What a name, title or topic is of, looked for in its path, name and description."""

TEXT_NAMES: Final[dict[str, Make]] = {
    "event": lambda draw: draw.event,
    "account_id": lambda draw: draw.account.id,
    "deal_id|opportunity_id": _salesforce(ids.CRM_OPPORTUNITY),
    "lead_id": _salesforce(ids.CRM_LEAD),
    "conversation_id": _conversation_id,
    "playlist_id": _playlist_id,
    "(playlist_detail|comment|.*file)_id": _id(ids.dashed_uuid),
    "(participant_uuid|.*message_id|msg_id)": lambda draw: ids.dashed_uuid(draw.stream).upper(),
    "(.*_)?uuid": _id(ids.meeting_uuid),
    "(.*_)?(meeting|webinar)_(id|number)|pmi|(vanity|personal)_?meeting_id": _meeting_number,
    "(.*_)?j_?id": _jid,
    "(.*_)?ids?": _id(ids.short_id),
    ".*(token|secret)|stream_key|change_key": _token,
    "playlist_name": _picked("playlist_names"),
    "moment_name": _picked("moment_names"),
    "text|comments?|message|content|(.*_)?content_text|.*description|body|desc|chat": _comment,
    "note|(.*_)?notes?": one_of(*words.NOTES),
    ".*topic|(.*_)?title|subject|agenda|summary": _picked("topics"),
    ".*company.*|organization|org_name|account_(name|alias)|display_account": _picked("companies"),
    "dept|department|(.*_)department": one_of(*words.DEPARTMENTS),
    "job.*|role_name": _picked("jobs"),
    "industry": one_of(*words.INDUSTRIES),
    "city|location|campus|building": _picked("cities"),
    "state(_code)?|province": one_of(*words.STATES),
    "zip(_code)?|post(al)?_?code": one_of(*words.POSTCODES),
    "address|address_line_?1|street|custom_location": one_of(*words.STREETS),
    "address_line_?2": one_of("2nd floor", "13F", "Unit 4"),
    ".*time_?zone": one_of(*TIMEZONES),
    "(.*_)?languages?": one_of("en-US", "de-DE", "fr-FR", "ja-JP", "pt-BR"),
    ".*(language|locale)": one_of("en-US", "de-DE", "fr-FR", "ja-JP", "pt-BR"),
    "phone_countr(y|ies)(_code)?": one_of("US"),
    "(.*_)?countr(y|ies)(_codes?|_name)?|(.*_)?regions?": one_of(*words.CODES_OF_COUNTRIES),
    "display_number": _shown_phone,
    "(.*_)?roles?": one_of(*words.ROLES),
    "(.*_)?phone(s|_numbers?)?(_.*)?|.*(caller|callee|did)_number|(number|from|to|consumer_name)": _phone,
    "extension(_number|_id)?": _digits(3),
    "host_key|.*pin|.*passcode|.*password": _digits(6),
    "(.*_)?smtp.*|.*email_addresses": _email,
    ".*domains?(_list)?(_for_.*)?": _domain,
    ".*(play|download|recording|transcript)_url": _recording_url,
    "(.*_)?join_url": _join_url,
    "server_urls?": _stream_url,
    ".*(url|uri|link)": _url,
    "(.*_)?(ip|ips)(_address(es)?)?(_or_ranges)?": _address,
    "(.*_)?ip_port": one_of("5060", "8801", "9000"),
    "mac(_addr(ess)?)?": _mac,
    "camera": one_of(*words.CAMERAS),
    "microphone": one_of(*words.MICROPHONES),
    "speaker": one_of(*words.SPEAKERS),
    "device|device_type|device_name": one_of(*words.DEVICES),
    "client|client_version": one_of(*words.CLIENTS),
    "network(_type)?": one_of(*words.NETWORKS),
    "(.*_)?emoji": one_of(*words.EMOJI),
    ".*file_?name": one_of(*_FILE_NAMES),
    ".*file_type": one_of("PDF", "XLSX", "PNG", "MP4"),
    "file_path": one_of("/mnt/recordings/2025-11", "/srv/zoom/archive"),
    "colou?r": lambda draw: f"#{draw.stream.below(1 << 24):06X}",
    ".*version|min_client": lambda draw: f"6.{draw.stream.between(0, 9)}.{draw.stream.between(0, 30)}",
    "(avg|min|max)?_?bitrate": _measure(20, 900, " kbps"),
    "((avg|min|max|network)_)?(jitter|latency|delay)": _measure(1, 180, " ms"),
    "((avg|min|max)_)?loss": _measure(0, 3, "%"),
    ".*(cpu|memory|disk)_usage": _measure(2, 60, "%"),
    "((avg|min|max)_)?frame_rate": _measure(5, 30, " fps"),
    "((avg|min|max)_)?rssi": _measure(-70, -35, ""),
    "resolution": one_of("1280*720", "1920*1080", "640*360"),
    "sensor_value": _measure(18, 45, ""),
    "leave_reason": one_of(
        "left the session.", "got disconnected from the session.", "Host ended the session."
    ),
    "reason|cancel_?reason|request_reason": one_of(*words.REASONS),
    "issue|error": one_of(*words.ISSUES),
    "question": one_of(*words.QUESTIONS),
    "answers?": one_of(*words.ANSWERS),
    "(old|new|current|previous)_?value": one_of(*words.CHANGES),
    "guests?|attendees?|invitees?": _email,
    "resource_email": _resource_email,
    "group|(.*_)groups?": one_of(*words.GROUPS),
    "(.*_)?zone": one_of(*words.ZONES),
    "retention_period.*": one_of("1y", "30d", "6m", "7d"),
    "(.*_)?name": _picked("topics"),
}

TEXT_DESCRIPTIONS: Final[dict[str, Make]] = {
    "CRM account": _salesforce(ids.CRM_ACCOUNT),
    "CRM deal|CRM opportunity": _salesforce(ids.CRM_OPPORTUNITY),
    "CRM lead": _salesforce(ids.CRM_LEAD),
    r"\be-?mail address(es)? of\b|\bemail address\.": _email,
    r"phone number": _phone,
    r"^Whether ": one_of("false", "true"),
    r"\bURL\b": _url,
    r"\bIDs?\b|identifier": _id(ids.short_id),
    r"\bname\b": _picked("topics"),
}

NUMBER_NAMES: Final[dict[str, Make]] = {
    ".*phone_number|(from|to|caller|callee)_number": lambda draw: int(_phone(draw)),
    "(meeting|webinar)_(id|number)|pmi": _id(ids.meeting_number),
    "(.*_)?id": _between(10**9, 2 * 10**9),
    ".*duration.*": _between(5, 90),
    ".*(size|bytes)": _between(10_000, _MOST_BYTES),
    ".*capacity": lambda draw: draw.stream.pick((100, 300, 500, 1000)),
    ".*(percent|percentage|rate|score)": _between(0, 100),
    "((avg|min|max)_)?rssi": _between(-70, -35),
    ".*(count|total|index|position|order|number|length).*|total.*|limit": _between(0, 20),
    ".*(type|status|state|level|mode)": _between(1, 3),
}

NUMBER_DESCRIPTIONS: Final[dict[str, Make]] = {
    r"\bminutes\b": _between(5, 90),
    r"\bseconds\b": _between(30, 5400),
    r"\bnumber of\b|\bcount\b": _between(0, 20),
}
