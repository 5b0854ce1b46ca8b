"""A study with invented municipalities and answers, for trials and benchmarks."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import NormalDist

import numpy as np
import numpy.typing as npt
import pandas as pd

from swt_analysis import schema
from swt_analysis.clean.raw import read_raw
from swt_analysis.folder import StudyFolder

FIRST_ROUND = 2014
SOURCE = "synthetic"
_LABEL = {"label_nl": "verzonnen", "label_en": "invented"}

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Strings = npt.NDArray[np.object_]
Tables = dict[str, pd.DataFrame]

# Chosen, not estimated: one count-only round of nine does not tell such shares.
_STAYS, _RETURNS, _FIRST_RESPONSE = 0.9, 0.4, 0.75
_NO_ANSWER = 0.05
_PERSISTENCE, _DRIFT = 0.9, 0.1
_ATYPICAL, _ATYPICAL_SHIFT = 0.05, 1.5
_MERGED_A_ROUND = 0.01
_POLL_RESPONSE = 0.6
_STATES = (schema.STATUSES[2], schema.STATUSES[1], schema.STATUSES[0])
_STATE_CUTS = np.array([-0.5, 0.5])
_NAMED_UNDER_THEME = 2

_FIRST = "Brim Dros Elf Fluis Gruw Hobbel Ijker Jorn Kwin Lums Mosker Nop Oever Prul Roes Snep"
_MIDDLE = "sel ker mer ninger ster ver bel dinger"
_LAST = "schoten voorde drecht horst hiem wierde donk muiden kapelle rade laar sloot"


@dataclass
class _State:
    """The municipalities as they are in a round; every array has one row for each."""

    names: Strings
    latent: Floats
    stage: Floats
    form: Strings
    atypical: Strings
    responds: Flags


def simulate(
    origin: StudyFolder, *, municipalities: int, rounds: int, seed: int
) -> dict[Path, bytes]:
    """Invent the raw data of a study.

    Each municipality has a latent position on each scale, standard normal over the
    municipalities. Positions correlate over the scales through one common factor, with a loading
    drawn for each scale; over the rounds they follow a first-order autoregression with
    coefficient 0.9, and each scale drifts. The position is cut at thresholds into points: the
    share of each point is drawn once per scale from a Dirichlet distribution that favours the
    middle. Atypical teams are shifted along the factor. Municipalities enter and leave as a
    two-state Markov chain, and each answer is missing with probability 0.05. From the second
    round on one in a hundred municipalities, at least one of eight or more, merges with another.

    Parameters
    ----------
    origin : StudyFolder
        Its instrument is copied; the kinds of participants in its last round are used.
    municipalities : int
        Their number in the first round.
    rounds : int
        Their number, a year apart.
    seed : int
        The same seed gives the same bytes, with the same version of numpy.

    Returns
    -------
    dict of Path to bytes
        What each file holds; paths are relative to the study's folder. Each CSV file has a
        column ``synthetic``.

    Raises
    ------
    swt_analysis.problems.DataError
        If the instrument has problems.
    """
    rng = np.random.default_rng(seed)
    instrument = {
        path.stem: pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
        for path in sorted(origin.instrument.glob("*.csv"))
    }
    scales = read_raw(origin.instrument / "scales.csv", schema.INSTRUMENT["scales"])
    points = scales["points"].astype(int).to_list()
    kinds = _kinds_of_participants(origin)
    loadings = rng.uniform(-0.8, 0.8, len(points))
    quantile = NormalDist().inv_cdf
    cuts = [np.array(list(map(quantile, np.cumsum(_shares(rng, k))[:-1]))) for k in points]
    drift = rng.normal(0, _DRIFT, len(points))
    invented = _names(rng)
    names = np.array(list(itertools.islice(invented, municipalities)), dtype=object)
    state = _first(rng, names, loadings, instrument)

    tables: dict[str, pd.DataFrame] = {
        f"instrument/{name}": table for name, table in instrument.items()
    }
    mergers, polls = [], []
    shares = rng.beta(1, 1, len(kinds))
    for year in range(FIRST_ROUND, FIRST_ROUND + rounds):
        if year > FIRST_ROUND:
            state, merged = _merge(rng, state, invented, year)
            mergers.append(merged)
            state = _next(rng, state, loadings, drift)
        places = _places(state)
        answers = _answers(rng, state, loadings, cuts, scales["scale"])
        number = int(state.responds.sum())
        part: Tables = {
            "municipalities": places,
            "scores": answers,
            "participants": _participants(rng, kinds, shares, number),
            "mentions": _mentions(rng, state.names, instrument.get("themes")),
            "facts": _facts(rng, state.names, instrument.get("fact_labels")),
        }
        tables |= {
            f"rounds/{year}/{name}": table for name, table in part.items() if not table.empty
        }
        polls.append(_poll(rng, places, year))
    if "labels" in instrument:
        word = pd.DataFrame([{"kind": "locator", "code": SOURCE, **_LABEL}])
        tables["instrument/labels"] = pd.concat([instrument["labels"], word], ignore_index=True)
    tables["reference/national_polls"] = pd.DataFrame(polls)
    if any(len(one) for one in mergers):
        tables["reference/mergers"] = pd.concat(mergers, ignore_index=True)
    contents = {
        Path("data", "raw", f"{name}.csv"): _csv(table.assign(synthetic="yes"))
        for name, table in tables.items()
    }
    made = f"swt simulate --municipalities {municipalities} --rounds {rounds} --seed {seed}"
    contents[Path("data", "raw", "study.toml")] = _SETTINGS.format(made=made).encode()
    contents[Path("README.md")] = _README.format(made=made).encode()
    return contents


def _kinds_of_participants(origin: StudyFolder) -> pd.DataFrame:
    """Give the kinds of participants, with labels, of the last round that has any."""
    for folder in reversed(origin.rounds()):
        path = folder / "participants.csv"
        if path.exists():
            table = read_raw(path, schema.ROUND["participants"])
            return table[["participant", "label_nl", "label_en"]]
    return pd.DataFrame(columns=["participant", "label_nl", "label_en"], dtype=object)


def _shares(rng: np.random.Generator, points: int) -> Floats:
    """Draw the share of each point; the middle is likelier than the ends."""
    place = np.arange(1, points + 1)
    return rng.dirichlet(np.minimum(place, place[::-1]).astype(float))


def _names(rng: np.random.Generator) -> Iterator[str]:
    """Invent names without end that differ; numbered when the syllables have run out."""
    plain = ["".join(one) for one in itertools.product(*map(str.split, (_FIRST, _MIDDLE, _LAST)))]
    order = rng.permutation(len(plain))
    for again in itertools.count(1):
        for i in order:
            yield plain[i] if again == 1 else f"{plain[i]} {again}"


def _first(
    rng: np.random.Generator, names: Strings, loadings: Floats, instrument: Tables
) -> _State:
    number = len(names)
    return _State(
        names=names,
        latent=_correlated(rng, number, loadings),
        stage=rng.normal(0, 1, number),
        form=_coded(rng, instrument, "form", np.full(number, True)),
        atypical=_coded(rng, instrument, "atypical_team", rng.random(number) < _ATYPICAL),
        responds=_at_least_one(rng.random(number) < _FIRST_RESPONSE),
    )


def _coded(rng: np.random.Generator, instrument: Tables, kind: str, where: Flags) -> Strings:
    """Draw a code of a kind that the instrument labels for some municipalities, None elsewhere."""
    labels = instrument.get("labels", pd.DataFrame(columns=["kind", "code"]))
    codes = labels.loc[labels["kind"] == kind, "code"].to_numpy(dtype=object)
    drawn = np.full(len(where), None, dtype=object)
    if len(codes):
        drawn[where] = rng.choice(codes, int(where.sum()))
    return drawn


def _correlated(rng: np.random.Generator, number: int, loadings: Floats) -> Floats:
    """Draw standard normal positions, a row a municipality, a column a scale.

    Those on scales i and j correlate as the product of their loadings.
    """
    factor = rng.standard_normal((number, 1))
    own = rng.standard_normal((number, len(loadings)))
    return factor * loadings + own * np.sqrt(1 - loadings**2)


def _next(rng: np.random.Generator, state: _State, loadings: Floats, drift: Floats) -> _State:
    """Move on to the next round: positions persist and drift, teams spread, some leave or enter."""
    number = len(state.names)
    fresh = _correlated(rng, number, loadings)
    latent = _PERSISTENCE * state.latent + np.sqrt(1 - _PERSISTENCE**2) * fresh + drift
    stage = state.stage + rng.exponential(0.3, number)
    chance = np.where(state.responds, _STAYS, _RETURNS)
    responds = _at_least_one(rng.random(number) < chance)
    return replace(state, latent=latent, stage=stage, responds=responds)


def _at_least_one(responds: Flags) -> Flags:
    if not responds.any():
        responds[0] = True
    return responds


def _merge(
    rng: np.random.Generator, state: _State, invented: Iterator[str], year: int
) -> tuple[_State, pd.DataFrame]:
    """Merge pairs of municipalities; the new one stands between the two, under a new name."""
    number = len(state.names)
    pairs = max(round(number * _MERGED_A_ROUND), 1) if number >= 8 else 0
    chosen = rng.choice(number, (pairs, 2), replace=False)
    kept = np.setdiff1d(np.arange(number), chosen)
    one, two = chosen[:, 0], chosen[:, 1]
    new = np.array(list(itertools.islice(invented, pairs)), dtype=object)
    between = (state.latent[one] + state.latent[two]) / np.sqrt(2)
    after = _State(
        names=np.concatenate([state.names[kept], new]),
        latent=np.concatenate([state.latent[kept], between]),
        stage=np.concatenate([state.stage[kept], np.maximum(state.stage[one], state.stage[two])]),
        form=np.concatenate([state.form[kept], state.form[one]]),
        atypical=np.concatenate([state.atypical[kept], np.full(pairs, None, dtype=object)]),
        responds=np.concatenate([state.responds[kept], state.responds[one] | state.responds[two]]),
    )
    merged = pd.DataFrame(
        {
            "municipality": state.names[chosen].ravel(),
            "into": np.repeat(new, 2),
            "year": str(year),
            "carries_on": np.repeat(rng.choice(schema.YES_NO, pairs), 2),
            "source": SOURCE,
        }
    )
    return after, merged


def _places(state: _State) -> pd.DataFrame:
    status = np.array(_STATES, dtype=object)[np.searchsorted(_STATE_CUTS, state.stage)]
    return pd.DataFrame(
        {
            "municipality": state.names,
            "on_scheme": np.where(state.responds, "yes", "no"),
            "in_ebook": None,
            "atypical_team": pd.Series(state.atypical).where(state.responds),
            "status": status,
            "form": pd.Series(state.form).where(status != _STATES[0]),
            "form_source": None,
            "note_nl": None,
            "note_en": None,
            "source": SOURCE,
        }
    ).sort_values("municipality")


def _answers(
    rng: np.random.Generator,
    state: _State,
    loadings: Floats,
    cuts: list[Floats],
    scales: pd.Series,
) -> pd.DataFrame:
    """Cut the positions of those that respond into points, long, blank where none is given."""
    odd = np.array([one is not None for one in state.atypical])
    latent = state.latent + np.outer(odd * _ATYPICAL_SHIFT, np.sign(loadings))
    latent = latent[state.responds]
    given = [np.searchsorted(cut, latent[:, i]) + 1 for i, cut in enumerate(cuts)]
    points = np.column_stack(given).astype(str).astype(object)
    points[rng.random(points.shape) < _NO_ANSWER] = ""
    return pd.DataFrame(
        {
            "municipality": np.repeat(state.names[state.responds], len(cuts)),
            "scale": np.tile(scales.to_numpy(), int(state.responds.sum())),
            "point": points.ravel(),
        }
    )


def _participants(
    rng: np.random.Generator, kinds: pd.DataFrame, shares: Floats, teams: int
) -> pd.DataFrame:
    number = rng.binomial(teams, shares)
    return kinds.assign(
        teams=number,
        of_which_pilot=rng.binomial(number, 0.1),
        pilot_neighbourhoods=None,
        note_nl="",
        note_en="",
        source=SOURCE,
    )


def _mentions(
    rng: np.random.Generator, names: Strings, themes: pd.DataFrame | None
) -> pd.DataFrame:
    if themes is None:
        return pd.DataFrame()
    number = np.minimum(rng.poisson(_NAMED_UNDER_THEME, len(themes)), len(names))
    named = [name for many in number for name in rng.choice(names, many, replace=False)]
    table = themes.loc[themes.index.repeat(number), ["part", "number", "theme"]]
    return table.assign(
        municipality=named,
        subject_nl="verzonnen voorbeeld",
        subject_en="invented example",
        source=SOURCE,
    )


def _facts(rng: np.random.Generator, names: Strings, labels: pd.DataFrame | None) -> pd.DataFrame:
    if labels is None:
        return pd.DataFrame()
    exact = labels[~labels["value"].isin(["*", ""])]
    number = rng.binomial(len(names), 0.02, len(exact))
    named = [name for many in number for name in rng.choice(names, many, replace=False)]
    table = exact.loc[exact.index.repeat(number), ["fact", "value"]]
    table.insert(0, "municipality", named)
    return table.assign(source=SOURCE)


def _poll(rng: np.random.Generator, places: pd.DataFrame, year: int) -> dict[str, object]:
    """Ask a random part of the municipalities whether they have teams."""
    population = len(places)
    respondents = max(round(population * _POLL_RESPONSE), 1)
    having = (places["status"] != _STATES[0]).to_numpy()
    share = rng.choice(having, respondents, replace=False).mean()
    return {
        "year": year,
        "poll": f"{SOURCE} {year}",
        "share": f"{share:.2f}",
        "respondents": respondents,
        "response": f"{respondents / population:.2f}",
        "population": population,
        "source": SOURCE,
    }


def _csv(table: pd.DataFrame) -> bytes:
    return table.to_csv(index=False, lineterminator="\n").encode()


_SETTINGS = """\
# Invented, by: {made}
title_nl = "Verzonnen studie (synthetische gegevens)"
title_en = "Invented study (synthetic data)"
subtitle_nl = "Om uit te proberen; geen enkele uitkomst is echt"
subtitle_en = "For trials; no result is real"
region_nl = "Verzonnen gemeenten"
region_en = "Invented municipalities"
synthetic = true

[[source]]
key = "synthetic"
reference_nl = "Verzonnen gegevens, gemaakt met: {made}"
reference_en = "Synthetic data, made with: {made}"
"""

_README = """\
# A synthetic study

Every municipality, answer and poll here is invented, by

    {made}

The instrument is that of the study it was made from. Each CSV file in `data/raw/` has a column
`synthetic`, and `study.toml` says `synthetic = true`: so will each processed table, and each page.
"""
