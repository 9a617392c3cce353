"""Dies in the middle of its answer."""

import os

os.write(1, b'{"kind": "photo"')
os.abort()
