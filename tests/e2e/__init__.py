"""Whole ways through the product, with real processes."""
