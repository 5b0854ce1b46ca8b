"""The numbers: functions of counts and scores, which know no file and no language."""
