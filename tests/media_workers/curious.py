"""Answers with a photo only when it has found a key."""

import json
import os
import sys

sys.stdin.buffer.read()
if any(name.startswith("INGANG_") for name in os.environ):
    print(json.dumps({"kind": "photo", "media": "image/jpeg", "seconds": 0}))
