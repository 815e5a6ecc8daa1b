"""Taking tables in: a mapping says what the columns are, an importer per kind takes the rows, a batch at a time."""
