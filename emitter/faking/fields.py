"""What a property's name, format and description tell of its value.

Rules are rows of tables, the first that fits counts; adding knowledge is adding a row. Every maker here is
only a suggestion: `emitter.faking.scalars` holds it against the schema.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from emitter.faking import ids, moments
from emitter.faking.pools import COLLEAGUE_SLOT
from emitter.faking.roles import email_maker, person_maker

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


class Field(NamedTuple):
    """A property as the rules see it.

    Attributes:
        name: The property's name; of an array's item, the array's.
        path: Where it stands, as `emitter.catalog.paths` writes it.
        siblings: The names of the properties beside it, its own included.
        schema: Its schema.
    """

    name: str
    path: str
    siblings: frozenset[str]
    schema: dict[str, Any]

    @property
    def description(self) -> str:
        """What the schema says of it in words."""
        return str(self.schema.get("description", ""))

    @property
    def container(self) -> str:
        """The path of the object it stands in; empty for the envelope."""
        return self.path.rpartition(".")[0]


def text_maker(field: Field) -> Make:
    """Return what makes a text for the field: by its format, then its name, then its description."""
    format_ = str(field.schema.get("format", ""))
    if format_ in _FORMATS:
        return _FORMATS[format_](field)
    if person := person_maker(field):
        return person
    if moments.is_moment(field):
        return moments.text_maker(field)
    return _by_rules(field, _TEXT_NAMES, _TEXT_DESCRIPTIONS) or _label


def integer_maker(field: Field) -> Make:
    """Return what makes an integer for the field: by its name, then its description."""
    if moments.is_moment(field):
        return moments.number_maker(field)
    return _by_rules(field, _NUMBER_NAMES, _NUMBER_DESCRIPTIONS) or (
        lambda draw: draw.stream.between(1, 1000)
    )


def _by_rules(field: Field, names: dict[str, Make], descriptions: dict[str, Make]) -> Make | None:
    by_name = (make for rule, make in names.items() if re.fullmatch(rule, field.name, re.IGNORECASE))
    by_description = (make for rule, make in descriptions.items() if re.search(rule, field.description))
    if "CRM" in field.description:
        return next(by_description, None) or next(by_name, None)
    return next(by_name, None) or next(by_description, None)


def _picked(attribute: str) -> Make:
    return lambda draw: draw.stream.pick(getattr(draw.pools, attribute))


def _one_of(*values: str) -> Make:
    return lambda draw: draw.stream.pick(values)


def _between(low: int, high: int) -> Make:
    return lambda draw: draw.stream.between(low, high)


def _id(shape: Callable[[ids.RandomBytes], object]) -> Make:
    return lambda draw: shape(draw.stream)


def _salesforce(prefix: str) -> Make:
    return lambda draw: ids.salesforce_id(draw.stream, prefix)


def _label(draw: Draw) -> str:
    return draw.stream.pick(draw.pools.moment_names)


def _comment(draw: Draw) -> str:
    colleague = draw.stream.pick(draw.account.people)
    return draw.stream.pick(draw.pools.comments).replace(COLLEAGUE_SLOT, colleague.name)


def _conversation_id(draw: Draw) -> str:
    return ids.conversation_id(draw.stream, start_ms=draw.happened_ms // 1000 * 1000)


def _url(draw: Draw) -> str:
    return f"https://example.com/{ids.short_id(draw.stream)}"


def _phone(draw: Draw) -> str:
    # 555-0100 to 555-0199 are kept for fiction in the North American numbering plan.
    return f"+1{draw.stream.pick((202, 303, 415, 617))}55501{draw.stream.between(0, 99):02}"


def _address(draw: Draw) -> str:
    return f"198.51.100.{draw.stream.between(1, 254)}"  # TEST-NET-2, RFC 5737


def _digits(count: int) -> Make:
    return lambda draw: "".join(str(draw.stream.below(10)) for _ in range(count))


def _always(make: Make) -> Callable[[Field], Make]:
    return lambda _: make


_FORMATS: Final[dict[str, Callable[[Field], Make]]] = {
    "email": email_maker,
    "idn-email": email_maker,
    "date-time": moments.text_maker,
    "datetime": moments.text_maker,
    "date": moments.text_maker,
    "time": moments.text_maker,
    "duration": _always(lambda draw: f"PT{draw.stream.between(5, 90)}M"),
    "uri": _always(_url),
    "url": _always(_url),
    "iri": _always(_url),
    "uri-reference": _always(_url),
    "iri-reference": _always(_url),
    "hostname": _always(_one_of("app.example.com", "files.example.org")),
    "idn-hostname": _always(_one_of("app.example.com", "files.example.org")),
    "ipv4": _always(_address),
    "ipv6": _always(lambda draw: f"2001:db8::{draw.stream.between(1, 0xFFFF):x}"),
    "uuid": _always(_id(ids.dashed_uuid)),
    "json-pointer": _always(_one_of("/payload/object", "/event")),
    "relative-json-pointer": _always(_one_of("0", "1/id")),
    "regex": _always(_one_of("^[a-z]+$", "[0-9]{3}")),
}

_TEXT_NAMES: Final[dict[str, Make]] = {
    "event": lambda draw: draw.event,
    "account_id": lambda draw: draw.account.id,
    "deal_id|opportunity_id": _salesforce(ids.CRM_OPPORTUNITY),
    "lead_id": _salesforce(ids.CRM_LEAD),
    "conversation_id": _conversation_id,
    "(playlist|playlist_detail|comment|.*file)_id": _id(ids.dashed_uuid),
    "participant_uuid": lambda draw: ids.dashed_uuid(draw.stream).upper(),
    "(.*_)?uuid": _id(ids.meeting_uuid),
    "(meeting|webinar)_(id|number)": lambda draw: str(ids.meeting_number(draw.stream)),
    "(.*_)?ids?": _id(ids.short_id),
    "playlist_name": _picked("playlist_names"),
    "moment_name": _picked("moment_names"),
    "text|comment|message|content|note|.*description|summary|body": _comment,
    ".*topic|(.*_)?title|subject|agenda": _picked("topics"),
    ".*company.*|organization|org_name": _picked("companies"),
    "job.*|role_name": _picked("jobs"),
    "city|location|campus|building": _picked("cities"),
    ".*time_?zone": _one_of(*TIMEZONES),
    ".*(language|locale)": _one_of("en-US", "de-DE", "fr-FR", "ja-JP", "pt-BR"),
    "country.*": _one_of("US", "DE", "FR", "JP", "BR"),
    ".*phone.*|.*(caller|callee)_number": _phone,
    "extension.*|pin|.*passcode|password": _digits(6),
    ".*(url|uri|link)": _url,
    "(.*_)?ip(_address)?": _address,
    ".*file_?name": _one_of(*_FILE_NAMES),
    ".*file_type": _one_of("PDF", "XLSX", "PNG", "MP4"),
    "colou?r": lambda draw: f"#{draw.stream.below(1 << 24):06X}",
    ".*version": lambda draw: f"6.{draw.stream.between(0, 9)}.{draw.stream.between(0, 30)}",
    "(.*_)?name": _picked("topics"),
}

_TEXT_DESCRIPTIONS: Final[dict[str, Make]] = {
    "CRM account": _salesforce(ids.CRM_ACCOUNT),
    "CRM deal|CRM opportunity": _salesforce(ids.CRM_OPPORTUNITY),
    "CRM lead": _salesforce(ids.CRM_LEAD),
    r"\bURL\b": _url,
    r"\bIDs?\b|identifier": _id(ids.short_id),
    r"\bname\b": _picked("topics"),
}

_NUMBER_NAMES: Final[dict[str, Make]] = {
    "(meeting|webinar)_(id|number)": _id(ids.meeting_number),
    "(.*_)?id": _between(10**9, 2 * 10**9),
    ".*duration.*": _between(5, 90),
    ".*(size|bytes)": _between(10_000, _MOST_BYTES),
    ".*(percent|percentage|rate|score)": _between(0, 100),
    ".*(count|total|index|position|order|number|length).*|total.*": _between(0, 20),
    ".*(type|status|state|level|mode)": _between(1, 3),
}

_NUMBER_DESCRIPTIONS: Final[dict[str, Make]] = {
    r"\bminutes\b": _between(5, 90),
    r"\bseconds\b": _between(30, 5400),
    r"\bnumber of\b|\bcount\b": _between(0, 20),
}
