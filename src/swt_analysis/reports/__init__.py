"""Notebooks to pages: which there are, what they are made from, how they are run and shown."""
