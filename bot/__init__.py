"""Channel adapters: Telegram and the terminal."""
