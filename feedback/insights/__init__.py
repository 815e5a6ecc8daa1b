"""Pure analysis: arrays and small dataclasses in, frozen dataclasses of plain numbers out; no Django, no database."""
