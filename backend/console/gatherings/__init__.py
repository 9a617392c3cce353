"""Activities on the console: what is coming, series, one occasion with its people, the door."""
