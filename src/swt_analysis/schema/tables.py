"""What every table may hold: raw tables as text, processed tables with types and meanings.

Pandera checks them because it lists every failing cell at once, with its row, and works on plain
pandas; the processed schemas also describe the tables in ``datapackage.json``.
"""

import pandera.pandas as pa

from swt_analysis.clean.raw import one_of, share, whole

YES_NO = ("yes", "no")
PARTS = ("observation", "reflection")
STATUSES = ("roll-out", "pilot", "none yet")


def _cell(*checks: pa.Check, blank: bool = False, unique: bool = False) -> pa.Column:
    """One column of a raw table: text that passes the checks."""
    return pa.Column(None, list(checks), nullable=blank, unique=unique)


def _blank() -> pa.Column:
    return _cell(blank=True)


def _languages(*names: str, blank: bool = False) -> dict[str, pa.Column]:
    return {f"{name}_{code}": _cell(blank=blank) for name in names for code in ("nl", "en")}


def _raw(columns: dict[str, pa.Column], unique: list[str] | None = None) -> pa.DataFrameSchema:
    return pa.DataFrameSchema(columns, unique=unique)


_THEME = {
    "part": _cell(one_of(*PARTS)),
    "number": _cell(whole(1, 99)),
    "theme": _cell(whole(1, 99)),
}

INSTRUMENT = {
    "scales": _raw(
        {
            "scale": _cell(whole(1, 999), unique=True),
            "points": _cell(whole(2, 99)),
            **_languages("label", "left", "right"),
            "source": _cell(),
        }
    ),
    "topics": _raw(
        {
            "part": _cell(one_of(*PARTS)),
            "number": _cell(whole(1, 99)),
            "label_nl": _cell(),
            "heading_nl": _cell(),
            "label_en": _cell(),
            **_languages("aspect", blank=True),
            "source": _cell(),
        },
        unique=["part", "number"],
    ),
    "themes": _raw(
        {
            **_THEME,
            "label_nl": _cell(),
            "heading_nl": _cell(),
            "label_en": _cell(),
            **_languages("summary"),
            "source": _cell(),
        },
        unique=["part", "number", "theme"],
    ),
    "cross_references": _raw(
        {
            **_THEME,
            "to": _cell(one_of("scale", *PARTS)),
            "to_number": _cell(whole(1, 999)),
            "to_theme": _cell(whole(1, 99), blank=True),
            "certainty": _cell(one_of("stated", "coded by us")),
            "source": _cell(),
        },
        unique=[*_THEME, "to", "to_number", "to_theme"],
    ),
    "checklist": _raw(
        {
            "block": _cell(),
            "minutes": _cell(whole(0, 999)),
            "position": _cell(whole(1, 999)),
            **_languages("question"),
            "source": _cell(),
        },
        unique=["block", "position"],
    ),
    "labels": _raw(
        {"kind": _cell(), "code": _cell(), **_languages("label")}, unique=["kind", "code"]
    ),
    "fact_labels": _raw(
        {"fact": _cell(), "value": _cell(), **_languages("label")}, unique=["fact", "value"]
    ),
}

ROUND = {
    "municipalities": _raw(
        {
            "municipality": _cell(unique=True),
            "on_scheme": _cell(one_of(*YES_NO)),
            "in_ebook": _cell(one_of(*YES_NO), blank=True),
            "atypical_team": _blank(),
            "status": _cell(one_of(*STATUSES), blank=True),
            "form": _blank(),
            **_languages("note", blank=True),
            "source": _cell(),
        }
    ),
    "placements": _raw(
        {
            "municipality": _cell(),
            "scale": _cell(whole(1, 999)),
            "point": _cell(whole(1, 99)),
            "certainty": _cell(one_of("stated", "implied")),
            "source": _cell(),
            **_languages("note", blank=True),
        },
        unique=["municipality", "scale"],
    ),
    "participants": _raw(
        {
            "participant": _cell(unique=True),
            **_languages("label"),
            "teams": _cell(whole(0, 9_999_999)),
            "of_which_pilot": _cell(whole(0, 9_999_999)),
            **_languages("note", blank=True),
            "source": _cell(),
        }
    ),
    "mentions": _raw(
        {**_THEME, "municipality": _cell(), **_languages("subject"), "source": _cell()},
        unique=[*_THEME, "municipality", "subject_nl"],
    ),
    "facts": _raw(
        {"municipality": _cell(), "fact": _cell(), "value": _cell(), "source": _cell()},
        unique=["municipality", "fact", "value"],
    ),
    "characteristics": _raw(
        {
            "aspect": _cell(),
            "position": _cell(whole(1, 99)),
            **_languages("text"),
            "source": _cell(),
        },
        unique=["aspect", "position"],
    ),
    "claims": _raw(
        {
            "claim": _cell(unique=True),
            "kind": _cell(),
            "subject": _cell(),
            "set": _blank(),
            "comparison": _cell(),
            "stated": _blank(),
            "base": _blank(),
            **_languages("paraphrase"),
            "source": _cell(),
        }
    ),
}

REFERENCE = {
    "national_polls": _raw(
        {
            "year": _cell(whole(1900, 2999), unique=True),
            "poll": _cell(),
            "share": _cell(share()),
            "respondents": _cell(whole(1, 9_999_999)),
            "response": _cell(share()),
            "population": _cell(whole(1, 9_999_999)),
            "source": _cell(),
        }
    ),
    "mergers": _raw(
        {
            "municipality": _cell(unique=True),
            "into": _cell(),
            "year": _cell(whole(1900, 2999)),
            "carries_on": _cell(one_of(*YES_NO)),
            "source": _cell(),
        }
    ),
}


def _column(dtype: str, description: str, *, blank: bool = False) -> pa.Column:
    return pa.Column(dtype, nullable=blank, coerce=True, description=description)


def _integer(description: str, *, blank: bool = False) -> pa.Column:
    return _column("Int64", description, blank=blank)


def _number(description: str, *, blank: bool = True) -> pa.Column:
    return _column("Float64", description, blank=blank)


def _text(description: str, *, blank: bool = False) -> pa.Column:
    return _column("string", description, blank=blank)


def _yes_no(description: str, *, blank: bool = False) -> pa.Column:
    return _column("boolean", description, blank=blank)


def _both(name: str, description: str, *, blank: bool = False) -> dict[str, pa.Column]:
    return {
        f"{name}_nl": _text(f"{description}, in Dutch", blank=blank),
        f"{name}_en": _text(f"{description}, in English", blank=blank),
    }


SUMMARY = (
    "n",
    "low_median",
    "high_median",
    "left",
    "middle",
    "right",
    "balance",
    "leik_d",
    "agreement",
)


def _processed(columns: dict[str, pa.Column], description: str) -> pa.DataFrameSchema:
    return pa.DataFrameSchema(columns, description=description, strict=True, ordered=True)


SYNTHETIC = {"synthetic": _yes_no("The data are invented, not measured")}

_ROUND = {"round": _integer("Measurement round, its year")}
_SCALE = {"scale": _integer("Choice scale, in the order of the note")}
_SOURCE = {"source": _text("Where it stands in the printed note or file", blank=True)}
_PART = {
    "part": _text("observation or reflection"),
    "number": _integer("Number of the observation or reflection"),
}
_TIDY_THEME = {**_PART, "theme": _integer("Number of the theme")}

PROCESSED = {
    "rounds": _processed(
        {
            **_ROUND,
            "form": _text("tallies (only counts are known) or scores (who stands where is known)"),
            "municipalities": _integer("Municipalities in the round", blank=True),
            "respondents": _integer("Municipalities that answered the choice scales"),
        },
        "The measurement rounds and what was received of each",
    ),
    "scales": _processed(
        {
            **_SCALE,
            "points": _integer("Number of points"),
            **_both("label", "Name of the scale"),
            **_both("left", "Left pole, at point 1"),
            **_both("right", "Right pole, at the last point"),
            **_SOURCE,
        },
        "The choice scales with their poles",
    ),
    "choice_scale_counts": _processed(
        {
            **_ROUND,
            **_SCALE,
            "point": _integer("Point of the scale, from 1"),
            "count": _integer("Municipalities that placed themselves there"),
        },
        "How many municipalities stand at each point of each choice scale",
    ),
    "choice_scale_scores": _processed(
        {
            **_ROUND,
            "municipality": _text("Name of the municipality"),
            **_SCALE,
            "point": _integer("Point where it placed itself; empty: no answer", blank=True),
            **_SOURCE,
            "certainty": _text("stated, or implied by the text; empty: answered", blank=True),
            **_both("note", "Why this placement is known", blank=True),
        },
        "Which municipality stands where, as far as is known",
    ),
    "scale_summaries": _processed(
        {
            **_ROUND,
            **_SCALE,
            "n": _integer("Answers"),
            "no_answer": _integer("Respondents of the round without an answer"),
            "modes": _text("Point or points with most answers, a blank between", blank=True),
            "low_median": _integer("Low median", blank=True),
            "high_median": _integer("High median; equal to the low one if n is odd", blank=True),
            "left": _integer("Answers left of the middle of the scale"),
            "middle": _integer("Answers at the middle"),
            "right": _integer("Answers right of the middle"),
            "balance": _number("(right - left) / n, from -1 to 1"),
            "leik_d": _number("Leik's D: 0 all at one point, 1 half at each end"),
            "agreement": _number("Van der Eijk's agreement A, from -1 to 1"),
        },
        "Each choice scale summarised; empty where nobody answered",
    ),
    "change": _processed(
        {
            "from_round": _integer("Earlier round"),
            "to_round": _integer("Later round"),
            **_SCALE,
            "paired": _integer("Municipalities with an answer in both", blank=True),
            "moved": _integer("Of these, how many moved", blank=True),
            "p_value": _number("Exact sign-flip permutation test, two-sided"),
            "p_holm": _number("The same after Holm over the scales"),
            "min_moved": _integer("Fewest municipalities that must have moved", blank=True),
            "max_moved": _integer("Most municipalities that can have moved", blank=True),
            "entered": _integer("Municipalities with an answer in the later only", blank=True),
            "left": _integer("Municipalities with an answer in the earlier only", blank=True),
            "up": _integer("Moved to the right", blank=True),
            "same": _integer("Stayed at their point", blank=True),
            "down": _integer("Moved to the left", blank=True),
            "net_share": _number("(up - down) / paired, from -1 to 1"),
            "net_low": _number("Lower end of its 95 % interval"),
            "net_high": _number("Upper end of its 95 % interval"),
        },
        "Change between every two rounds; empty where the data cannot tell",
    ),
    "municipality_rounds": _processed(
        {
            **_ROUND,
            "municipality": _text("Name of the municipality"),
            "on_scheme": _yes_no("Answered the choice scales"),
            "in_ebook": _yes_no("Its interview is in the eBook", blank=True),
            "atypical_team": _text("Kind of team if its answers concern another one", blank=True),
            "status": _text("State of play: roll-out, pilot, none yet", blank=True),
            "form": _text("Form of the teams", blank=True),
            **_both("note", "What else is known", blank=True),
            **_SOURCE,
        },
        "What is known of each municipality in each round",
    ),
    "facts": _processed(
        {
            **_ROUND,
            "municipality": _text("Name of the municipality"),
            "fact": _text("Coded fact"),
            "value": _text("Its value"),
            **_SOURCE,
        },
        "What the note says of a municipality by name",
    ),
    "characteristics": _processed(
        {
            **_ROUND,
            "aspect": _text("Aspect of the teams"),
            "position": _integer("Order within the aspect"),
            **_both("text", "Characteristic"),
            **_SOURCE,
        },
        "Characteristics of the teams taken together",
    ),
    "participants": _processed(
        {
            **_ROUND,
            "participant": _text("Organisation or group that takes part"),
            "teams": _integer("Teams in which it takes part"),
            "of_which_pilot": _integer("Of these, as a trial only"),
            "base": _integer("Teams asked: the respondents of the round", blank=True),
            **_both("label", "Name"),
            **_both("note", "Remark", blank=True),
            **_SOURCE,
        },
        "Who takes part in the teams",
    ),
    "topics": _processed(
        {
            **_PART,
            **_both("label", "Label in the schematic overview"),
            "heading_nl": _text("Heading of the chapter's section, in Dutch"),
            **_both("aspect", "Aspect that it is about", blank=True),
            **_SOURCE,
        },
        "The observations and reflections",
    ),
    "themes": _processed(
        {
            **_TIDY_THEME,
            **_both("label", "Label in the schematic overview"),
            "heading_nl": _text("Label in the text, in Dutch"),
            **_both("summary", "What it says, in a sentence"),
            **_SOURCE,
        },
        "The themes of the observations and reflections",
    ),
    "mentions": _processed(
        {
            **_TIDY_THEME,
            "municipality": _text("Name of the municipality"),
            **_SOURCE,
            **_both("subject", "What is said of it"),
            **_ROUND,
        },
        "Who the note names under which theme",
    ),
    "cross_references": _processed(
        {
            **_TIDY_THEME,
            "to": _text("scale, observation or reflection"),
            "to_number": _integer("Its number"),
            "to_theme": _integer("Its theme, if one is meant", blank=True),
            "certainty": _text("stated, or coded by us"),
            **_SOURCE,
        },
        "What else a theme bears on",
    ),
    "claims": _processed(
        {
            "claim": _text("Key of the statement"),
            **_SOURCE,
            "subject": _text("What it is about"),
            "stated": _text("What the note says", blank=True),
            "measured": _text("What the data give", blank=True),
            "verdict": _text("agrees, differs or undetermined", blank=True),
            "kind": _text("Kind of statement"),
            "set": _text("Points or group meant", blank=True),
            "comparison": _text("How stated and measured are compared"),
            "base": _text("Out of how many", blank=True),
            **_both("paraphrase", "The statement in our words"),
            **_both("reason", "Why the verdict is what it is", blank=True),
            **_ROUND,
        },
        "The quantified statements of the note, against the data",
    ),
    "municipalities": pa.DataFrameSchema(
        {
            "municipality": _text("Name of the municipality"),
            "on_scheme": _yes_no("Answered the choice scales in its last round"),
            r"status_\d{4}": pa.Column(
                "string",
                nullable=True,
                coerce=True,
                regex=True,
                required=False,
                description="State of play in that round",
            ),
            r"form_\d{4}": pa.Column(
                "string",
                nullable=True,
                coerce=True,
                regex=True,
                required=False,
                description="Form of the teams in that round",
            ),
            "note": _text("What else is known, in Dutch", blank=True),
            "note_en": _text("What else is known, in English", blank=True),
        },
        description="The municipalities, with their state of play by round",
    ),
    "checklist": _processed(
        {
            "block": _text("Block of the interview"),
            "minutes": _integer("Minutes for the block"),
            "position": _integer("Order within the block"),
            **_both("question", "Question, paraphrased"),
            **_SOURCE,
        },
        "The checklist of the interview",
    ),
    "national_reference": _processed(
        {
            "year": _integer("Year of the poll"),
            "poll": _text("When it was held"),
            "share": _number("Share of respondents that work with teams", blank=False),
            "respondents": _integer("Municipalities that answered"),
            "population": _integer("Municipalities there were"),
            **_SOURCE,
            "response": _number("Respondents as a share of the population", blank=False),
        },
        "National polls to compare with",
    ),
    "mergers": _processed(
        {
            "municipality": _text("Municipality that went up in another"),
            "into": _text("The municipality that it became part of"),
            "year": _integer("First year of that"),
            "carries_on": _yes_no("Whether its earlier answers are compared with that one's"),
            **_SOURCE,
        },
        "Mergers of municipalities between rounds",
    ),
    "labels": _processed(
        {
            "kind": _text("Kind of code"),
            "code": _text("Code in the data"),
            **_both("label", "Label"),
        },
        "Labels of codes",
    ),
    "fact_labels": _processed(
        {
            "fact": _text("Coded fact"),
            "value": _text("Its value; empty: any", blank=True),
            **_both("label", "Phrase"),
        },
        "Phrases for coded facts",
    ),
}
