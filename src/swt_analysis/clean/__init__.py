"""Readers of whatever file a round comes in, and checks of all that raw data hold."""
