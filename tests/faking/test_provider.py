from __future__ import annotations

import json
import re
import subprocess
import sys

import pytest
from faker import Faker

from emitter.faking import ids
from emitter.faking.provider import ZoomProvider, local_part

SHORT = r"[A-Za-z0-9_-]{22}"
UUID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
ADDRESS = re.compile(r"[a-z0-9]+(\.[a-z0-9]+)*@example\.(com|org|net)")
SHAPES = {
    "zoom_account_id": SHORT,
    "zoom_user_id": SHORT,
    "zoom_host_id": SHORT,
    "zoom_engagement_id": SHORT,
    "zoom_moment_id": SHORT,
    "zoom_meeting_uuid": r"[A-Za-z0-9+/]{22}==",
    "zoom_conversation_id": rf"[A-Za-z0-9+/]{{22}}==,1[78]\d{{8}}000|[0-9a-f]{{32}}|{SHORT}",
    "zoom_playlist_id": UUID,
    "zoom_comment_id": UUID,
    "salesforce_id": "006[0-9A-Za-z]{15}",
    "salesforce_account_id": "001[0-9A-Za-z]{15}",
    "salesforce_opportunity_id": "006[0-9A-Za-z]{15}",
    "salesforce_lead_id": "00Q[0-9A-Za-z]{15}",
    "zoom_email": ADDRESS.pattern,
}


def faked(locale="en_US", seed=1):
    fake = Faker(locale)
    fake.seed_instance(seed)
    fake.add_provider(ZoomProvider)
    return fake


@pytest.mark.parametrize(("method", "shape"), SHAPES.items(), ids=SHAPES)
def test_the_provider_gives_zooms_shapes(method, shape):
    fake = faked()

    assert all(re.fullmatch(shape, getattr(fake, method)()) for _ in range(100))


def test_salesforce_ids_carry_their_own_suffix():
    fake = faked()
    found = [fake.salesforce_lead_id() for _ in range(100)]

    assert all(ids.with_suffix(each[:15]) == each for each in found)


@pytest.mark.parametrize(
    "published",
    [
        "0065g00000DgD2QAAV",  # Zoom's API documents
        "001D000000IRFmaIAH",  # Salesforce's REST API guide
        "001D000000INjVeIAL",
        "a0D30000001n7PiEAI",  # gammone.com, an explanation of the suffix
        "0019000000B98deAAB",  # theblogreaders.com, another
    ],
)
def test_the_suffix_of_an_id_that_others_published_is_theirs(published):
    assert ids.with_suffix(published[:15]) == published


@pytest.mark.parametrize(
    ("shape", "form"),
    [("meeting", r"[A-Za-z0-9+/]{22}==,1[78]\d{8}000"), ("hex", r"[0-9a-f]{32}"), ("short", SHORT)],
)
def test_a_conversation_id_comes_in_the_shape_that_is_asked_for(shape, form):
    fake = faked()

    assert all(re.fullmatch(form, fake.zoom_conversation_id(shape)) for _ in range(50))


def test_a_meeting_number_has_10_or_11_digits():
    fake = faked()

    assert {len(str(fake.zoom_meeting_number())) for _ in range(100)} == {10, 11}


@pytest.mark.parametrize("locale", ["en_US", "de_DE", "ja_JP", "zh_CN", "ar_SA"])
def test_a_person_has_an_id_a_name_and_the_address_that_goes_with_it(locale):
    fake = faked(locale)

    for _ in range(50):
        person = fake.zoom_person(domain="example.org")
        assert re.fullmatch(SHORT, person.id)
        assert person.given in person.name
        assert person.family in person.name
        assert re.fullmatch(r"[a-z0-9]+(\.[a-z0-9]+)*@example\.org", person.email)


def test_the_address_of_a_japanese_person_is_spelt_as_the_name_is_read():
    fake = faked("ja_JP")
    name = fake.zoom_name()

    assert fake.zoom_email(name, "example.com") == f"{name.local_part}@example.com"


@pytest.mark.parametrize("locale", ["en_US", "fr_FR", "ko_KR"])
def test_no_value_holds_an_address_that_may_be_real(locale):
    fake = faked(locale)
    makers = [fake.zoom_email, fake.coaching_comment, fake.playlist_name, fake.meeting_topic]
    text = "\n".join(str(make()) for make in makers for _ in range(300))

    found = re.findall(r"[\w.+-]+@[\w-]+\.[\w.-]+", text)
    assert len(found) >= 300
    assert all(ADDRESS.fullmatch(each) for each in found)


@pytest.mark.parametrize(
    ("language", "word"), [("de", "Preis"), ("ja", "価格"), ("ar", "السعر"), ("en", "price"), ("xx", "price")]
)
def test_texts_come_in_the_language_that_is_asked_for_and_in_english_where_it_is_unknown(language, word):
    fake = faked()
    text = " ".join(fake.coaching_comment(language=language) for _ in range(300))

    assert word in text
    assert ("budget" in text.lower()) or language in {"ja", "ar"}
    assert fake.zoom_job(language)
    assert "{" not in text


@pytest.mark.parametrize(
    "locale", ["en_US", "de_DE", "ja_JP", "zh_CN", "ko_KR", "ru_RU", "el_GR", "ar_SA", "th_TH"]
)
def test_in_every_script_the_address_is_latin_reserved_and_the_persons(locale):
    fake = faked(locale)

    for _ in range(100):
        name = fake.zoom_name()
        address = fake.zoom_email(name.full)
        assert ADDRESS.fullmatch(address)
        assert address.partition("@")[0] == local_part(name.full)
        assert re.fullmatch(r"[a-z0-9]+(\.[a-z0-9]+)*", name.local_part)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Zoë O'Neil", "zoe.oneil"),
        ("Łukasz Wiśniewski", "lukasz.wisniewski"),
        ("Жанна Белова", "zhanna.belova"),
        ("Luiz Henrique da Silva", "luiz.henrique.da.silva"),
        ("  two   spaces ", "two.spaces"),
    ],
)
def test_the_local_part_is_the_name_in_latin_letters(name, expected):
    assert local_part(name) == expected


def test_a_name_of_which_nothing_is_left_still_has_an_address_of_its_own():
    assert local_part("🦩") != local_part("🎶")
    assert re.fullmatch(r"user\.[0-9a-f]{8}", local_part("🦩"))


def test_a_japanese_name_is_read_as_its_pair_says_and_written_family_first():
    name = faked("ja_JP").zoom_name()

    assert name.full == f"{name.family} {name.given}"
    assert name.local_part.isascii()
    assert not name.full.isascii()


def test_a_comment_mentions_the_colleague_it_is_told():
    fake = faked()
    texts = [fake.coaching_comment("Ana Souza") for _ in range(300)]

    assert any("@Ana Souza" in text for text in texts)
    assert not any("{" in text for text in texts)


def test_comments_hold_quotes_line_ends_other_scripts_and_emoji_in_and_beyond_the_basic_plane():
    fake = faked()
    text = "".join(fake.coaching_comment() for _ in range(1500))

    assert all(
        each in text for each in ('"', "“", "\n", "&", "<", "/", "é", "価", "ممتاز", "✅", "🔥", "\u200d")
    )


def test_the_same_seed_gives_the_same_values():
    def values(fake):
        return [fake.zoom_conversation_id(), fake.zoom_name(), fake.playlist_name(), fake.coaching_comment()]

    assert values(faked(seed=3)) == values(faked(seed=3))
    assert values(faked(seed=3)) != values(faked(seed=4))


def test_the_provider_asks_for_no_other_third_party_package():
    script = (
        "import sys, json, faker; before = set(sys.modules); import emitter.faking.provider;"
        "print(json.dumps(sorted({m.partition('.')[0] for m in set(sys.modules) - before})))"
    )
    output = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout

    others = set(json.loads(output)) - set(sys.stdlib_module_names)
    assert others <= {"emitter", "faker"}
