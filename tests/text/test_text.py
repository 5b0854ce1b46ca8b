import string

import pytest

from swt_analysis.text import (
    LANGUAGES,
    catalogue,
    enumerate_words,
    located,
    number,
    percentage,
    text,
    words,
)

ENTRIES = [
    (f"{section}.{name}", entry)
    for section, texts in catalogue().items()
    for name, entry in texts.items()
]


def forms(entry: str | dict[str, str]) -> list[str]:
    return [entry] if isinstance(entry, str) else [entry["one"], entry["other"]]


def fields(form: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(form) if name is not None}


@pytest.mark.parametrize(("key", "entry"), ENTRIES, ids=[key for key, _ in ENTRIES])
def test_every_text_is_there_in_every_language_with_the_same_fields(key, entry):
    assert set(entry) == set(LANGUAGES)
    for form in [form for language in LANGUAGES for form in forms(entry[language])]:
        assert form.strip() == form != ""
        assert fields(form) <= set.union(*(fields(f) for f in forms(entry["nl"])))
    used = [set.union(*(fields(f) for f in forms(entry[language]))) for language in LANGUAGES]
    assert used[0] == used[1]


def test_a_text_takes_its_form_by_n():
    assert text("count.municipalities", "nl", n=1) == "1 gemeente"
    assert text("count.municipalities", "nl", n=0) == "0 gemeenten"


def test_values_are_not_read_as_texts():
    assert text("count.municipalities", "en", n="{n}") == "{n} municipalities"


def test_numbers_follow_the_language():
    assert number(1234.56, "nl", 1) == "1.234,6"
    assert number(1234.56, "en", 1) == "1,234.6"
    assert percentage(0.6875, "nl", 1) == "68,8%"


def test_small_counts_are_words():
    assert [words(n, "nl") for n in (0, 9, 12, 13)] == ["nul", "negen", "twaalf", "13"]


def test_lists_read_as_sentences():
    assert enumerate_words(["Alkmaar"], "nl") == "Alkmaar"
    assert enumerate_words(["Alkmaar", "Heiloo"], "en") == "Alkmaar and Heiloo"


def test_a_place_in_a_source_is_written_as_far_as_its_phrases_are_known():
    phrases = {"theme #": "thema #", "see reflection #": "zie reflectie #"}
    assert located("theme 2: see reflection 1.5 (new)", phrases) == (
        "thema 2: zie reflectie 1.5 (new)"
    )
    assert located("theme 12; A#3", phrases) == "thema 12; A#3"
