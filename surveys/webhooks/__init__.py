"""Callbacks of providers: verified, stored, processed later."""
