"""Tests of the planted worlds and of what is found in them."""
