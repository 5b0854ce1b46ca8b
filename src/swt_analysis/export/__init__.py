"""A study as a labelled data set for other programs."""
