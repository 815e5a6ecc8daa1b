"""The demo: four stories as programmes, played once for real through every part of the product."""
