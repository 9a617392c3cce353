"""The commands of ``ingang``, one module each."""
