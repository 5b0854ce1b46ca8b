"""Make pages of a study with papermill's own engine: ``... own_engine STUDY nl/overview ...``."""

import hashlib
import sys
from pathlib import Path

from papermill.engines import NBClientEngine, papermill_engines

from swt_analysis.folder import StudyFolder
from swt_analysis.reports.catalogue import reports
from swt_analysis.reports.make import make
from swt_analysis.reports.target import Made, Target

papermill_engines.register("swt", NBClientEngine)
study = StudyFolder(Path(sys.argv[1]))
everything = reports(study)
for report in everything:
    for language in ("nl", "en"):
        target = Target(report, language)
        if target.key in sys.argv[2:]:
            result = make(target, study, everything, 120)
            if not isinstance(result, Made):
                sys.exit(f"{target.key}: {result.reason}")
            for ending, content in result.files.items():
                print(f"reports/{target.key}{ending}", hashlib.sha256(content).hexdigest())
