"""Carriers of messages: one interface, one module per provider, no models."""
