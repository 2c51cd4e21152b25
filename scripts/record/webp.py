"""A recording's sheet as WebP, in place of its PNG: python scripts/record/webp.py docs/recorded/editing"""

import sys
from pathlib import Path

from PIL import Image

for name in sys.argv[1:]:
    png = Path(f"{name}.png")
    with Image.open(png) as sheet:
        sheet.save(png.with_suffix(".webp"), quality=88, method=6)
    png.unlink()
    print(f"{name}.webp: {png.with_suffix('.webp').stat().st_size} bytes")
