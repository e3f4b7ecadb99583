"""The fonts of the papers: Noto Sans SC, cut so that a Chinese page renders fast, and kept complete for names.

Two families, each regular and bold. `Weibao Sans` holds GB 2312, Latin and the signs that forms use: subsetting a
small file is what makes a page fast. `Weibao Sans Rare` holds every other character of the source, among them all
Unified Ideographs that people's names need, and is opened only by a page that uses one. The names are new because
the licence reserves the old one (OFL 1.1).
"""

import shutil
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from xml.sax.saxutils import escape

from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

from .packages import MODULES
from .stamp import ROOT, digest, is_current, set_current

FONTS = ROOT / "var" / "fonts"
COMMON, RARE = "Weibao Sans", "Weibao Sans Rare"
SOURCE = MODULES / "@expo-google-fonts" / "noto-sans-sc"
FACES = {"Regular": "400Regular", "Bold": "700Bold"}
_STAMP = FONTS / "stamp"
_BALLOT_BOX, _CHECK_MARK = 0x25A1, 0x2713
_CHECKED_BOX, _EMPTY_BOX = 0x2611, 0x2610


def common_characters() -> set[int]:
    """Code points of the fast family: GB 2312, Latin with its marks, general punctuation, currency, form signs."""
    chinese = set()
    for high in range(0xA1, 0xF8):
        for low in range(0xA1, 0xFF):
            try:
                chinese.add(ord(bytes([high, low]).decode("gb2312")))
            except UnicodeDecodeError:
                continue
    signs = {*range(0x2460, 0x2474), *range(0x3010, 0x3020), _BALLOT_BOX, _CHECK_MARK, _CHECKED_BOX, _EMPTY_BOX}
    return chinese | signs | {*range(0x20, 0x250), *range(0x2000, 0x2070), *range(0x20A0, 0x20C0), 0xFFE5}


def _add_boxes(font: TTFont) -> None:
    """☐ and ☑, which the source lacks: its own square, once empty and once with a tick drawn into it."""
    square = font.getBestCmap()[_BALLOT_BOX]
    glyphs, widths = font["glyf"], font["hmtx"]
    box = glyphs[square]
    left, bottom, right, top = box.xMin, box.yMin, box.xMax, box.yMax
    width, height = right - left, top - bottom
    tick = [(0.16, 0.50), (0.26, 0.58), (0.42, 0.38), (0.80, 0.86), (0.88, 0.78), (0.43, 0.20)]
    pen = TTGlyphPen(glyphs)
    pen.addComponent(square, (1, 0, 0, 1, 0, 0))
    empty = pen.glyph()
    pen = TTGlyphPen(glyphs)
    glyphs[square].draw(pen, glyphs)
    points = [(round(left + x * width), round(bottom + y * height)) for x, y in tick]
    pen.moveTo(points[0])
    for point in points[1:]:
        pen.lineTo(point)
    pen.closePath()
    for code, name, glyph in ((_EMPTY_BOX, "box.empty", empty), (_CHECKED_BOX, "box.checked", pen.glyph())):
        glyphs[name] = glyph
        widths[name] = widths[square]
        for table in font["cmap"].tables:
            if table.isUnicode():
                table.cmap[code] = name


def _rename(font: TTFont, family: str, style: str) -> None:
    names = font["name"]
    plain = family.replace(" ", "")
    names.names = [record for record in names.names if record.nameID in (0, 13, 14)]
    for identifier, text in (
        (1, family),
        (2, style),
        (3, f"{plain}-{style}"),
        (4, f"{family} {style}"),
        (6, f"{plain}-{style}"),
    ):
        names.setName(text, identifier, 3, 1, 0x409)


def cut(style: str, family: str, folder: Path) -> None:
    """Write one face of one family into the folder; takes some seconds."""
    font = TTFont(next((SOURCE / FACES[style]).glob("*.ttf")), lazy=True)
    _add_boxes(font)
    everything, common = set(font.getBestCmap()), common_characters()
    options = Options(
        hinting=False,
        layout_features=["kern", "ccmp"],
        name_IDs=["*"],
        notdef_outline=True,
        glyph_names=False,
        bidi_closure=False,
        drop_tables=["vhea", "vmtx", "STAT", "BASE", "gasp", "DSIG"],
    )
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=everything & common if family == COMMON else everything - common)
    subsetter.subset(font)
    _rename(font, family, style)
    font.save(folder / f"{family.replace(' ', '')}-{style}.ttf")


def _write_config(folder: Path) -> None:
    """A fontconfig file that knows our folder only: the same page on every machine, and no scan of the system."""
    (folder / "fonts.conf").write_text(
        '<?xml version="1.0"?>\n<!DOCTYPE fontconfig SYSTEM "fonts.dtd">\n<fontconfig>\n'
        f"<dir>{escape(str(FONTS))}</dir>\n<cachedir>{escape(str(FONTS / 'cache'))}</cachedir>\n</fontconfig>\n"
    )


def main() -> int:
    """Cut all faces unless that was done for this source, this code and this place; 0 when they are there."""
    wanted = digest([Path(__file__), SOURCE / "package.json", str(FONTS)])
    if is_current(_STAMP, wanted):
        return 0
    print("Cutting the fonts of the papers", flush=True)
    # Made aside and put in place whole: a running product keeps its fonts meanwhile.
    FONTS.parent.mkdir(exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="fonts-", dir=FONTS.parent))
    with ProcessPoolExecutor() as pool:
        faces = [pool.submit(cut, style, family, folder) for family in (RARE, COMMON) for style in FACES]
        for face in faces:
            face.result()
    shutil.copy(SOURCE / "LICENSE_FONT", folder / "LICENSE")
    _write_config(folder)
    shutil.rmtree(FONTS, ignore_errors=True)
    folder.chmod(0o755)
    folder.rename(FONTS)
    set_current(_STAMP, wanted)
    return 0


if __name__ == "__main__":
    sys.exit(main())
