"""Properties that tell of a person: the same role in one envelope is always the same person."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from emitter.faking.draw import Draw, Make
    from emitter.faking.field import Field

ROLES: Final = frozenset(
    {
        "added_by", "admin", "agent", "approver", "assignee", "assigner", "attendee", "author", "booker",
        "callee", "caller", "canceled_by", "canceler", "co_host", "co_owner", "collaborator",
        "consumer", "contact",
        "created_by", "creator", "delegate", "deleted_by", "evaluator", "guest", "host", "invitee", "inviter",
        "manager", "modified_by", "operator", "organizer", "owner", "panelist", "participant", "presenter",
        "receiver", "recipient", "registrant", "reporter", "requester", "reserver", "sender", "shared_by",
        "speaker", "updated_by", "uploader", "visitor",
    }
)  # fmt: skip
"""Words that name somebody, in the singular."""

_ANYONE: Final = frozenset({"", "user", "member"})
"""What says no more than that somebody is meant: whom the object around tells of."""

_PERSONAL: Final = re.compile(
    r"(?:(?P<role>.+?)_)??"
    r"(?P<part>id|name|(?:first|last|display|full|screen)_name|email(?:_address)?)"
)
_ATTRIBUTES: Final = {"id": "id", "first_name": "given", "last_name": "family", "email": "email"}
_NAMES_A_THING: Final = frozenset({"id", "name"})
_OF_A_PERSON: Final = frozenset(
    {"first_name", "last_name", "display_name", "email", "email_address", "user_email"}
)
_LAST_STEP: Final = re.compile(r"([A-Za-z_]+)(?:\[\d+\])?$")


def person_maker(field: Field) -> Make | None:
    """Return what makes a person's id, name or address, or None where the field tells of nobody.

    ``operator_id``, ``host_email`` and ``operator`` name a role; ``id`` and ``name`` are a person's where an
    ``email`` stands beside them or the object around has a role.
    """
    name = field.snake_name
    if name in ROLES and not (name == "speaker" and "microphone" in field.siblings):
        is_named = re.search(r"\bnames?\b", field.description)
        return _maker(name, "name" if is_named else "email")
    found = _PERSONAL.fullmatch(name)
    if found is None:
        return None
    said, part = found["role"] or "", found["part"]
    role = said.removesuffix("_user").removesuffix("_member")
    if role in ROLES or role.rpartition("_")[2] in ROLES:
        return _maker(role, part)
    if role in _ANYONE and (said or part not in _NAMES_A_THING or _is_about_a_person(field)):
        return _maker(field.container, part)
    return _maker(role, part) if part.startswith("email") else None


def email_maker(field: Field) -> Make:
    """Return what makes an address, of the person the name tells of or the object around is about."""
    named = person_maker(field) if "email" in field.name or field.snake_name in ROLES else None
    return named or _maker(field.container, "email")


def _maker(role: str, part: str) -> Make:
    attribute = _ATTRIBUTES.get(part.removesuffix("_address"), "name")

    def make(draw: Draw) -> str:
        return str(getattr(draw.person(role.replace("old_object", "object")), attribute))

    return make


def _is_about_a_person(field: Field) -> bool:
    """Say whether the object around has a person's properties or a role: ``participants[0]`` has one."""
    step = _LAST_STEP.search(field.container)
    has_address = not _OF_A_PERSON.isdisjoint(field.siblings)
    return has_address or (step is not None and step[1].removesuffix("s") in ROLES | _ANYONE)
