"""Articles in the console: which there are in which language, and writing them."""
