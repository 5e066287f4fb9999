"""A page looked at in a real browser: a script added to a copy of it writes what it finds into the page around it.

Needs Debian's chromium and nothing else: `--dump-dom` prints what was found.
"""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = Path("/usr/bin/chromium")
OPTIONS = ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run")
DESK, PHONE = (1280, 800), (390, 844)
WITHOUT = pytest.mark.skipif(not CHROMIUM.exists(), reason=f"no browser at {CHROMIUM} (Debian's package chromium)")
# The page is looked at in a frame, for a window is never narrower than 500 pixels.
FRAME = """
<!DOCTYPE html>
<meta charset="utf-8">
<script>
addEventListener("message", event => {
  const told = document.createElement("pre");
  told.id = "found";
  told.textContent = event.data;
  document.body.append(told);
});
</script>
<body><iframe src="looked-at.html" width="WIDTH" height="HEIGHT" style="border: 0"></iframe></body>
"""


def browse(page: Path, look: str, *options: str, size: tuple[int, int] = DESK) -> tuple[dict[str, Any], str]:
    """What the script `look` found in a copy of the page, as JSON, and what the browser's console said."""
    page.with_name("looked-at.html").write_text(page.read_text().replace("</body>", f"{look}</body>"))
    frame = page.with_name("frame.html")
    frame.write_text(FRAME.replace("WIDTH", str(size[0])).replace("HEIGHT", str(size[1])))
    command = [
        str(CHROMIUM), *OPTIONS, f"--user-data-dir={page.parent / 'profile'}", "--window-size=1400,1000",
        "--virtual-time-budget=5000", "--enable-logging=stderr", "--v=0", *options, "--dump-dom", frame.as_uri(),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    told = re.search(r'<pre id="found">(.*?)</pre>', done.stdout, re.DOTALL)
    assert told, done.stderr
    console = "\n".join(line for line in done.stderr.splitlines() if "CONSOLE" in line)
    return json.loads(told[1].replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")), console


def contrast(one: str, other: str) -> float:
    """Of two colours as the browser gives them, by the formula of WCAG 2."""
    lights = []
    for colour in (one, other):
        parts = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        lights.append(0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2])
    return (max(lights) + 0.05) / (min(lights) + 0.05)
