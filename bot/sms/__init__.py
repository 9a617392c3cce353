"""Short messages to a mobile telephone, through the HTTP API of 46elks."""
