"""Tests of the rows of listening."""
