"""The Telegram channel: updates become events, rendered messages become Bot API calls."""
