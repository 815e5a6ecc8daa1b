"""A whole programme as one text file: read and checked, loaded into rows, dumped from them."""
