"""A Faker provider for Zoom, usable without the rest of the emitter.

::

    from faker import Faker
    from emitter.faking.provider import ZoomProvider

    fake = Faker("de_DE")
    fake.add_provider(ZoomProvider)
    fake.zoom_person()           # Person(id='Gtl2Ra0ASfO5wIzYPYceiA', name='Jörg Weiß', …)
    fake.zoom_conversation_id()  # 'egLSRuj2SlWet+wLi87LNA==,1736937163000'

Ids have the shapes of docs/zoom.md#ids; every address is under `EMAIL_DOMAINS`, unlike Faker's own, which may
be real. Repeatable with ``fake.seed_instance(seed)``, and only as long as Faker's version stays the same.
"""

from __future__ import annotations

import re
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final, Literal

from faker.decode import unidecode
from faker.providers import BaseProvider

from emitter.faking import ids, phrases
from emitter.faking.languages import texts_in
from emitter.faking.people import Person
from emitter.faking.pools import EMAIL_DOMAINS, Name

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from random import Random

FIRST_MEETING_MS: Final = 1_735_689_600_000
"""The earliest start of a made-up meeting, 2025-01-01 in milliseconds; the latest is two years later."""

_TWO_YEARS_S: Final = 2 * 365 * 86_400
_FAMILY_FIRST: Final = {"hu_HU": " ", "ja_JP": " ", "ko_KR": "", "vi_VN": " ", "zh_CN": "", "zh_TW": ""}
"""Locales that name the family first, and what they write between the two names."""

_NOT_IN_LOCAL_PART: Final = re.compile(r"[^a-z0-9]+")
_MAX_LOCAL_PART: Final = 40


class ZoomProvider(BaseProvider):
    """Zoom's ids, and the names and texts of a team that uses Zoom Revenue Accelerator."""

    @property
    def _rng(self) -> Random:
        rng: Random = self.generator.random
        return rng

    def zoom_account_id(self) -> str:
        """Return an account's id, 22 characters of base64url."""
        return ids.short_id(self._rng)

    def zoom_user_id(self) -> str:
        """Return a user's id, 22 characters of base64url."""
        return ids.short_id(self._rng)

    def zoom_host_id(self) -> str:
        """Return a host's user id, 22 characters of base64url."""
        return ids.short_id(self._rng)

    def zoom_engagement_id(self) -> str:
        """Return the id of a contact center engagement, 22 characters of base64url."""
        return ids.short_id(self._rng)

    def zoom_moment_id(self) -> str:
        """Return a moment's id, 22 characters of base64url."""
        return ids.short_id(self._rng)

    def zoom_meeting_uuid(self) -> str:
        """Return a meeting's UUID, 24 characters of base64 that end in ``==``."""
        return ids.meeting_uuid(self._rng)

    def zoom_meeting_number(self) -> int:
        """Return a meeting's number of 10 or 11 digits."""
        return ids.meeting_number(self._rng)

    def zoom_conversation_id(self, shape: Literal["meeting", "hex", "short"] | None = None) -> str:
        """Return a conversation's id.

        Args:
            shape: ``meeting`` for a UUID, a comma and milliseconds, ``hex`` for 32 hexadecimal digits,
                ``short`` for 22 characters of base64url; any where it is not given, most often a meeting's.
        """
        start_ms = FIRST_MEETING_MS + self._rng.randrange(_TWO_YEARS_S) * 1000
        match shape:
            case None:
                return ids.conversation_id(self._rng, start_ms=start_ms)
            case "meeting":
                return ids.meeting_conversation_id(self._rng, start_ms=start_ms)
            case "hex":
                return ids.hex_id(self._rng)
            case "short":
                return ids.short_id(self._rng)

    def zoom_playlist_id(self) -> str:
        """Return a playlist's id, a dashed UUID in lower case."""
        return ids.dashed_uuid(self._rng)

    def zoom_comment_id(self) -> str:
        """Return a comment's id, a dashed UUID in lower case."""
        return ids.dashed_uuid(self._rng)

    def salesforce_id(self, prefix: str = ids.CRM_OPPORTUNITY) -> str:
        """Return an 18-character Salesforce id that begins with the prefix and has a valid suffix."""
        return ids.salesforce_id(self._rng, prefix)

    def salesforce_account_id(self) -> str:
        """Return the Salesforce id of an account, ``001…``."""
        return self.salesforce_id(ids.CRM_ACCOUNT)

    def salesforce_opportunity_id(self) -> str:
        """Return the Salesforce id of an opportunity, ``006…``; Zoom says deal."""
        return self.salesforce_id(ids.CRM_OPPORTUNITY)

    def salesforce_lead_id(self) -> str:
        """Return the Salesforce id of a lead, ``00Q…``."""
        return self.salesforce_id(ids.CRM_LEAD)

    def zoom_name(self) -> Name:
        """Return a person's name in the locale's own order and script, with a Latin local part."""
        fake, gender = self.generator, self.random_element(("female", "male"))
        if hasattr(fake, "last_name_pair"):  # Japanese, where the reading does not follow from the script
            family, _, family_latin = fake.last_name_pair()
            given, _, given_latin = getattr(fake, f"first_name_{gender}_pair")()
        else:
            family = family_latin = getattr(fake, f"last_name_{gender}", fake.last_name)()
            given = given_latin = getattr(fake, f"first_name_{gender}")()
        gap = _FAMILY_FIRST.get(fake.provider("faker.providers.person").__lang__)
        full = f"{given} {family}" if gap is None else f"{family}{gap}{given}"
        return Name(given, family, full, local_part(f"{given_latin} {family_latin}"))

    def zoom_person(self, domain: str | None = None) -> Person:
        """Return somebody with a user id, a name and the address that goes with it.

        Args:
            domain: What follows the @; one of `EMAIL_DOMAINS` where it is not given.
        """
        name = self.zoom_name()
        return Person(self.zoom_user_id(), name.full, name.given, name.family, self.zoom_email(name, domain))

    def zoom_email(self, name: str | Name | None = None, domain: str | None = None) -> str:
        """Return the address of a person, of anyone where no name is given.

        Args:
            name: Given and family name, or what `zoom_name` returned; the same name always gives the same
                local part. Of a Japanese name only the latter tells how it is read.
            domain: What follows the @; one of `EMAIL_DOMAINS` where it is not given.
        """
        if name is None:
            name = self.zoom_name()
        before = name.local_part if isinstance(name, Name) else local_part(name)
        return f"{before}@{domain or self.random_element(EMAIL_DOMAINS)}"

    def zoom_job(self, language: str | None = None) -> str:
        """Return a title as sales teams give them; `language` as for `playlist_name`."""
        return str(self.random_element(texts_in(language).jobs if language else phrases.JOBS))

    def playlist_name(self, language: str | None = None) -> str:
        """Return the name of a playlist.

        Args:
            language: Its language by two letters, see `emitter.faking.languages`; any where it is not given.
        """
        return self._filled(texts_in(language).playlist_names if language else phrases.PLAYLIST_NAMES)

    def moment_name(self, language: str | None = None) -> str:
        """Return the name of a moment; `language` as for `playlist_name`."""
        return self._filled(texts_in(language).moment_names if language else phrases.MOMENT_NAMES)

    def meeting_topic(self, language: str | None = None) -> str:
        """Return the topic of a meeting; `language` as for `playlist_name`."""
        return self._filled(texts_in(language).topics if language else phrases.MEETING_TOPICS)

    def coaching_comment(self, colleague: str | None = None, language: str | None = None) -> str:
        """Return a comment on a conversation, with mentions, quotes, line ends and emoji as people write.

        Args:
            colleague: Who is mentioned, if somebody is; anyone where it is not given.
            language: As for `playlist_name`.
        """
        templates = texts_in(language).comments if language else phrases.COMMENTS
        return self._filled(templates, colleague=colleague)

    def _filled(self, templates: Sequence[str], *, colleague: str | None = None) -> str:
        return str(self.random_element(templates)).format_map(_Slots(self._slot, colleague))

    def _slot(self, name: str) -> str:
        values: dict[str, Callable[[], object]] = {
            "clock": lambda: f"{self._rng.randrange(60)}:{self._rng.randrange(60):02}",
            "colleague": lambda: self.zoom_name().full,
            "company": self.generator.company,
            "competitor": lambda: self.random_element(phrases.COMPETITORS),
            "number": lambda: self._rng.randrange(1, 13),
            "objection": lambda: self.random_element(phrases.OBJECTIONS),
            "percent": lambda: self._rng.randrange(5, 95, 5),
            "quarter": lambda: f"Q{self._rng.randrange(1, 5)}",
            "stage": lambda: self.random_element(phrases.STAGES),
        }
        return str(values[name]())


class _Slots(dict[str, Any]):
    """Gives `str.format_map` a new value for each slot it meets."""

    def __init__(self, make: Callable[[str], str], colleague: str | None) -> None:
        super().__init__({} if colleague is None else {"colleague": colleague})
        self._make = make

    def __missing__(self, name: str) -> str:
        return self._make(name)


def local_part(name: str) -> str:
    """Return what stands before the @ for a person of this name: ``Zoë O'Neil`` gives ``zoe.oneil``.

    Other scripts are spelt in Latin letters as far as Faker can; a name of which nothing is left gets one
    that is its alone. At most 40 characters of ``a-z``, ``0-9`` and dots.
    """
    words = (_NOT_IN_LOCAL_PART.sub("", unidecode(word).lower()) for word in name.split())
    spelt = ".".join(word for word in words if word)[:_MAX_LOCAL_PART].strip(".")
    return spelt or f"user.{sha256(name.encode('utf-8', 'surrogatepass')).hexdigest()[:8]}"
