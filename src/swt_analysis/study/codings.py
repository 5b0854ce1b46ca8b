"""How others judge the claims, beside the computed verdicts."""

from collections.abc import Sequence

import pandas as pd

from swt_analysis.statistics.association import weighted_kappa


def with_codings(claims: pd.DataFrame, codings: pd.DataFrame) -> pd.DataFrame:
    """Put the verdicts of others beside the computed ones.

    Parameters
    ----------
    claims, codings : pandas.DataFrame
        The processed tables.

    Returns
    -------
    pandas.DataFrame
        A row a claim and coder: ``round``, ``claim``, ``coder``, ``coded``, the coder's verdict,
        and the columns of ``claims``.
    """
    told = codings.rename(columns={"verdict": "coded"})
    return told.merge(claims, on=["round", "claim"], validate="many_to_one")


def coder_agreement(coded: pd.DataFrame, verdicts: Sequence[str]) -> pd.DataFrame:
    """Say how far each coder agrees with the computed verdicts.

    Parameters
    ----------
    coded : pandas.DataFrame
        As `with_codings` gives it.
    verdicts : sequence of str
        All verdicts that could be given.

    Returns
    -------
    pandas.DataFrame
        A row a coder: ``coder``, ``claims_coded``, ``agreeing``, ``share`` (0 to 1) and
        ``kappa``, Cohen's, of categories without order (Cohen 1960).
    """
    rows = []
    for coder, one in coded.groupby("coder", sort=False):
        items = one.set_index(["round", "claim"])
        kappa = weighted_kappa(items["verdict"], items["coded"], verdicts, weights="unweighted")
        agreeing = int((items["verdict"] == items["coded"]).sum())
        share = agreeing / len(items)
        rows.append((coder, len(items), agreeing, share, kappa.kappa))
    return pd.DataFrame(rows, columns=["coder", "claims_coded", "agreeing", "share", "kappa"])
