"""What the program can do, as functions and classes over a unit of work. They never commit."""
