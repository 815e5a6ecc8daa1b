"""Telling people from machines, pure: what a post and the clicks before it say."""
