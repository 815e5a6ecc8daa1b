"""Tests, mirroring the source path by path."""
