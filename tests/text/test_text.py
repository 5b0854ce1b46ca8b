import re
import string
from itertools import chain
from pathlib import Path

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


@pytest.fixture(scope="module")
def code() -> str:
    """All that may ask for a text: the package, its templates and the notebooks."""
    root = Path(__file__).parents[2]
    found = chain((root / "src").rglob("*.py"), (root / "src").rglob("*.j2"))
    return "\n".join(
        path.read_text("utf-8") for path in chain(found, (root / "notebooks").glob("*.ipynb"))
    )


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


# Texts that the code does not ask for by their whole key. Of these sections it has the names alone:
# a reason has the name of its text, a page puts together columns of such names, and so on.
SPOKEN = {
    "claim_reason",  # of a `Reason`
    "claims",  # of what claims are chosen by
    "column",  # of columns that a page puts together
    "explorer",  # of the widget's fields
    "figure",  # of counts within a sentence
    "index",  # of groups of reports
    "membership",  # of rows of `Pair.members`
    "method",  # asked for by `report.methods`
    "page",  # of what a study says of itself, and of what is numbered
    "robust",  # of rows of bounds
    "round_form",  # of the form of a round
    *(f"figure_{kind}" for kind in ("choice_scale", "groups", "heat", "moves", "national")),
    *(f"figure_{kind}" for kind in ("profile", "scheme", "stability", "team_composition")),  # alt
}
# Of these it has the beginning, and puts a word of the data or of a list behind it.
BUILT = (
    "figure_moves.head_",  # tiles or shares
    "figure_scheme.alt_",  # left, middle or right
    "figure_scheme.head_",  # tiles or shares
    "figure_season.",  # the season of a poll
    "page.as_",  # a kind of file
    "workbook.sheet_",  # a part of a workbook
    "workbook.step_",  # a step of its instructions
)


@pytest.mark.parametrize("key", [key for key, _ in ENTRIES])
def test_every_text_is_used(key: str, code: str) -> None:
    section, name = key.split(".")
    named = section in SPOKEN and re.search(rf"[\"'.]{name}\b|\b{name}=", code)
    assert key in code or named or key.startswith(BUILT)
