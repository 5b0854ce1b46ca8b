"""A study as labelled data sets for other programs: SPSS, Excel, R, Python."""

from swt_analysis.export.formats import FORMATS, export
from swt_analysis.study.data_sets import DataSet, Variable, labelled_data_sets

__all__ = ["FORMATS", "DataSet", "Variable", "export", "labelled_data_sets"]
