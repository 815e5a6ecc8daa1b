"""Tests that drive a headless Chromium."""
