"""The words on the chat's own controls, by the key the script knows them under.

``{n}`` and ``{name}`` stay in the text: the script fills them in.
"""

from __future__ import annotations

from collections.abc import Mapping

from dialogs.text import Text, _

STRINGS: Mapping[str, Text] = {
    "chat": _("Chat with Ingång"),
    "open": _("Write to us"),
    "close": _("Close"),
    "unread": _("New messages: {n}"),
    "below": _("New message below"),
    "language": _("Language"),
    "talk": _("Talk to a person"),
    "leave": _("Leave quickly"),
    "forget": _("Leave and forget"),
    "shared": _("Other people use this phone. Forget the chat when I leave."),
    "log": _("Messages"),
    "assistant": _("Assistant (automatic)"),
    "coach": _("{name}, a person"),
    "someone": _("A person"),
    "you": _("You"),
    "system": _("Notice"),
    "crisis": _("Important"),
    "message": _("Your message"),
    "write": _("Write here"),
    "send": _("Send"),
    "chosen": _("Chosen"),
    "sending": _("Sending"),
    "sent": _("Sent"),
    "read": _("Read"),
    "unsent": _("Not sent. Try again"),
    "offline": _("No contact right now. What you write is kept, and sent later."),
    "wait": _("That was a lot at once. Wait a little. What you wrote is sent soon."),
    "refused": _("This could not be sent. You can change it and try again."),
    "full": _("This message is full. You can send it now and write more in the next one."),
    "ended": _("This chat is closed. You can start a new one."),
    "restart": _("Start a new chat"),
    "renewed": _("The old chat is closed. This is a new one."),
    "page": _("opens a new page"),
    "aloud": _("Read aloud"),
    "queued": _("You wait for a person. You are number {n}."),
    "talking": _("You are talking with {name}, a person."),
    "with": _("You are talking with a person."),
    "stop": _("Stop waiting"),
    "end": _("End the talk"),
    "writing": _("{name} is writing."),
    "sound": _("A sound when a person writes"),
    "photo": _("Send a photo"),
    "voice": _("Record your voice"),
    "only": _("Only the coaches get this, not the assistant."),
    "recording": _("Recording"),
    "done": _("Stop"),
    "drop": _("Throw it away"),
    "play": _("Listen"),
    "pause": _("Pause"),
    "image": _("(A photo)"),
    "file": _("Open"),
    "lost": _("This could not be opened. Try again later."),
    "deaf": _("The microphone cannot be used. Allow it in your browser, or write instead."),
}
