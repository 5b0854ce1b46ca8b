"""Read the processed tables of a study."""

import hashlib
import io
from collections.abc import Iterator, Mapping

import pandas as pd

from swt_analysis.schema.tables import PROCESSED, SYNTHETIC
from swt_analysis.study import Study


class Processed(Mapping[str, pd.DataFrame]):
    """The processed tables by name, each read when it is first asked for.

    Attributes
    ----------
    hashes : dict of str to str
        SHA-256 of each file read so far: what a report depends on.
    """

    def __init__(self, study: Study) -> None:
        self._study = study
        self._tables: dict[str, pd.DataFrame] = {}
        self.hashes: dict[str, str] = {}
        if not (study.processed / "datapackage.json").exists():
            from swt_analysis.processed.assemble import clean, write_processed

            write_processed(study, clean(study))

    def __getitem__(self, name: str) -> pd.DataFrame:
        if name not in self._tables:
            schema = PROCESSED[name]
            path = self._study.processed / f"{name}.csv"
            types = {key: str(one.dtype) for key, one in schema.columns.items() if not one.regex}
            content = path.read_bytes()  # read once: the hash is of what is shown
            table = pd.read_csv(
                io.BytesIO(content), dtype=types, keep_default_na=False, na_values=[""]
            )
            # Said in the file for those who open it; the pages say it by study.toml.
            self._tables[name] = table.drop(columns=list(SYNTHETIC), errors="ignore")
            self.hashes[name] = hashlib.sha256(content).hexdigest()
        return self._tables[name].copy()

    def __iter__(self) -> Iterator[str]:
        return iter(PROCESSED)

    def __len__(self) -> int:
        return len(PROCESSED)
