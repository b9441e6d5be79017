from __future__ import annotations

import re
from importlib.metadata import version

import pytest

from emitter.faking.build_pools import draw_pools, pools_text
from emitter.faking.pools import COLLEAGUE_SLOT, POOLS_FILE, bundled_pools


@pytest.mark.slow
def test_the_pools_can_be_made_again_byte_for_byte():
    if version("faker") != bundled_pools().faker_version:
        pytest.skip(f"the pools were made with Faker {bundled_pools().faker_version}")

    assert POOLS_FILE.read_bytes() == pools_text(draw_pools()).encode()


def test_the_file_is_small_enough_to_read_at_every_start():
    assert POOLS_FILE.stat().st_size < 150_000


def test_no_two_people_share_an_address_and_every_address_is_plain():
    locals_ = [name.local_part for name in bundled_pools().names]

    assert len(set(locals_)) == len(locals_) > 300
    assert all(re.fullmatch(r"[a-z0-9]+(\.[a-z0-9]+)*", each) for each in locals_)


def test_people_write_their_names_in_many_scripts():
    text = "".join(name.full for name in bundled_pools().names)

    assert all(each in text for each in ("ł", "é", "川", "김", "ж", "ς"))


def test_no_text_is_empty_or_keeps_a_slot_but_the_colleagues():
    pools = bundled_pools()
    texts = [
        *pools.playlist_names,
        *pools.moment_names,
        *pools.topics,
        *pools.companies,
        *pools.jobs,
        *pools.cities,
    ]

    assert all(text.strip() and "{" not in text for text in texts)
    assert all("{" not in text.replace(COLLEAGUE_SLOT, "") for text in pools.comments)
    assert any(COLLEAGUE_SLOT in text for text in pools.comments)


def test_other_locales_give_pools_of_their_people():
    pools = draw_pools(seed=1, locales=("ja_JP",))

    assert all(name.local_part.isascii() and not name.full.isascii() for name in pools.names)
