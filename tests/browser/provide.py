"""Make sure there is a browser to test with; run by ``make browser`` with any python3.

Installs Debian's Chromium and the Noto fonts when allowed to, and else says how. Never stops a
developer: only with CI=true is a missing browser an error.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

CHROMIUM = Path("/usr/bin/chromium")
ETHIOPIC = Path("/usr/share/fonts/truetype/noto/NotoSansEthiopic-Regular.ttf")
PACKAGES = {"chromium": CHROMIUM, "fonts-noto-core": ETHIOPIC}
COMMANDS = (
    ("apt-get", "update", "-q"),
    ("apt-get", "install", "-q", "-y", "--no-install-recommends"),
)


def missing() -> list[str]:
    """The packages whose files are not on this machine."""
    return [package for package, file in PACKAGES.items() if not file.exists()]


def install(packages: list[str]) -> None:
    """Install Debian packages; what goes wrong is printed by apt-get itself."""
    update, add = COMMANDS
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for command in (update, (*add, *packages)):
        subprocess.run(command, env=environment, check=False, stdout=subprocess.DEVNULL)  # noqa: S603


def main() -> int:
    """Install what is missing, if we may; 1 only when CI must have a browser and has none."""
    lacking = missing()
    if not lacking:
        return 0
    if os.geteuid() == 0 and shutil.which("apt-get"):
        print(f"Installing {' '.join(lacking)} for the browser tests ...")
        install(lacking)
        lacking = missing()
    if not lacking:
        return 0
    names = " ".join(lacking)
    print(f"Browser tests will be skipped. To run them: sudo apt-get install {names}")
    return int(os.environ.get("CI") == "true")


if __name__ == "__main__":
    sys.exit(main())
