"""Processed tables: put together from clean ones and statistics, written, read."""
