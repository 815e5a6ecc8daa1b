"""Writes of the listening half, a verb each."""
