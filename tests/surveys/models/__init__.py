"""Tests of the rows of asking."""
