"""The formulas behind the numbers, in LaTeX; the text ``method.<name>`` explains and cites each."""

from functools import cache
from html import unescape

FORMULAS = {
    "leik": r"D = \frac{2}{k-1} \sum_{i=1}^{k-1} \min(F_i, 1-F_i)",
    "agreement": r"A = \sum_l w_l \left( 1 - \frac{S_l - 1}{k - 1} \right) U_l",
    "silent": r"\frac{x}{n+s} \le \pi \le \frac{x+s}{n+s}",
    "tau": r"\tau_b = \frac{P-Q}{\sqrt{(N-T_x)(N-T_y)}}",
    "typology": r"d(a,b) = \frac{1}{m} \sum_{j=1}^{m} \frac{|a_j-b_j|}{k_j-1}",
    "percentage": r"\left| 100\,\frac{x}{n} - p \right| \le \frac{1}{2} \cdot 10^{-d}",
    "hypergeometric": r"P(X \ge x \mid K) > \frac{1}{40}, \quad P(X \le x \mid K) > \frac{1}{40}",
    "movement": r"n - \sum_{i=1}^{k} \min(f_i, g_i)",
    "sign_flip": r"p = \frac{1}{2^n} \, \# \{ s \in \{-1,1\}^n : "
    r"| \sum_i s_i d_i | \ge | \sum_i d_i | \}",
    "net_share": r"\frac{n_{+} - n_{-}}{n}",
    "delta": r"\delta = \frac{\#(y > x) - \#(x > y)}{n_x \, n_y}",
    "holm": r"\tilde{p}_{(j)} = \max_{i \le j} \min (1, (m-i+1) \, p_{(i)} )",
}


@cache
def mathml(latex: str, display: str) -> str:
    """Write a formula as MathML, which browsers show and screen readers read without a script.

    Parameters
    ----------
    latex : str
        The formula.
    display : str
        ``block`` or ``inline``.
    """
    # Not above: it takes a tenth of a second, and a page may have no formula.
    from latex2mathml.converter import convert

    # Signs as they are: a formula is an eighth smaller than with &#x0003D; for =.
    return unescape(convert(latex, display=display))
