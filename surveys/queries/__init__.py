"""Named reads of asking."""
