from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

from emitter.errors import InvalidSettingError, UnknownNameError
from emitter.faking.languages import ENGLISH, languages, texts_in
from emitter.faking.locales import find_locale, pools_for
from emitter.faking.people import Account
from emitter.faking.pools import COLLEAGUE_SLOT

HAN_OR_KANA = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")


def share(texts, pattern):
    return sum(1 for text in texts if pattern.search(text)) / len(texts)


def test_a_locale_reaches_names_companies_cities_jobs_and_texts():
    pools = pools_for(["ja_JP"], 1)

    assert share([name.full for name in pools.names], HAN_OR_KANA) == 1
    assert share(pools.companies, HAN_OR_KANA) > 0.9
    assert share(pools.cities, HAN_OR_KANA) > 0.9
    assert share(pools.jobs, HAN_OR_KANA) > 0.5
    for texts in (pools.playlist_names, pools.moment_names, pools.topics, pools.comments):
        assert 0.6 < share(texts, HAN_OR_KANA) < 1


def test_several_locales_share_the_pools():
    pools = pools_for(["ja_JP", "de_DE"], 1)

    assert 0.4 < share([name.full for name in pools.names], HAN_OR_KANA) < 0.6
    assert 0.4 < share(pools.companies, HAN_OR_KANA) < 0.6
    assert any("Preis" in text for text in pools.comments)
    assert any("価格" in text for text in pools.comments)


def test_a_language_without_texts_of_its_own_writes_english_with_names_of_its_own():
    pools = pools_for(["fi_FI"], 1)

    assert any("ä" in name.full for name in pools.names)
    assert any("budget" in text for text in pools.comments)


@pytest.mark.parametrize("locales", [["en_US"], ["vi_VN"], ["ar_SA", "th_TH", "zh_TW"]])
def test_addresses_are_plain_and_nobody_shares_one(locales):
    pools = pools_for(locales, 1)
    parts = [name.local_part for name in pools.names]

    assert len(set(parts)) == len(parts) > 100
    assert all(re.fullmatch(r"[a-z0-9]+(\.[a-z0-9]+)*", part) for part in parts)
    assert len(Account.numbered(0, seed=1, pools=pools).people) >= 5


def test_no_text_is_empty_or_keeps_a_slot_but_the_colleagues():
    pools = pools_for(["de_DE", "fr_FR", "es_ES", "pt_BR", "he_IL", "uk_UA"], 1)
    texts = [text for pool in pools[2:-1] for text in pool]

    assert all(text.strip() and "{" not in text.replace(COLLEAGUE_SLOT, "") for text in texts)
    assert any(COLLEAGUE_SLOT in text for text in pools.comments)


def test_the_seed_decides_and_a_number_is_its_text():
    assert pools_for(["de_DE"], 7) == pools_for(["de_DE"], "7")
    assert pools_for(["de_DE"], 7) != pools_for(["de_DE"], 8)
    assert pools_for(["de-de", "DE_DE"], 7) == pools_for(["de_DE"], 7)


def test_values_are_the_same_whatever_the_hash_seed_and_whatever_random_did_before():
    script = (
        "import random; from emitter.faking.locales import pools_for; random.seed({}); random.random();"
        "print(ascii(pools_for(['ar_SA', 'ja_JP', 'en_US', 'zh_CN', 'ko_KR', 'pl_PL'], 3)))"
    )
    printed = {
        subprocess.run(
            [sys.executable, "-c", script.format(seed)],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("0", "4242")
    }
    assert len(printed) == 1


@pytest.mark.parametrize(
    ("given", "suggestions"),
    [
        ("deu_DE", ("de_DE",)),
        ("JP", ("ja_JP",)),
        ("pt", ("pt_PT", "pt_BR")),
        ("de_XX", ("de_DE", "de_AT", "de_CH")),
        ("xx_XX", ()),
    ],
)
def test_an_unknown_locale_is_refused_with_the_nearest(given, suggestions):
    with pytest.raises(UnknownNameError, match=f"unknown locale '{given}'") as refused:
        pools_for([given], 1)
    assert refused.value.suggestions == suggestions
    assert refused.value.exit_status == 2


def test_a_locale_is_found_in_any_case_and_with_a_hyphen():
    assert [find_locale(name) for name in ("de-DE", "PT_br", "zh-tw", "de")] == [
        "de_DE",
        "pt_BR",
        "zh_TW",
        "de",
    ]


def test_no_locale_is_an_error():
    with pytest.raises(InvalidSettingError, match="no locale"):
        pools_for([], 1)


def test_every_language_has_every_kind_of_text_and_only_known_slots():
    slots = re.compile(
        r"\{(?!company\}|quarter\}|clock\}|number\}|percent\}|competitor\}|colleague\}|stage\}|objection\})"
    )
    for language in languages():
        for texts in texts_in(language):
            assert texts
            assert all(text == text.strip() and text and not slots.search(text) for text in texts)
    assert {"en", "de", "ja", "ar"} <= set(languages())
    assert texts_in("en") is texts_in("xx") is ENGLISH
