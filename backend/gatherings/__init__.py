"""Activities from outside: files brought in, associations' suggestions, and lists taken out."""
