"""Worlds with planted truths: made-up journeys, contacts and stories of which is known what an analysis must find."""
