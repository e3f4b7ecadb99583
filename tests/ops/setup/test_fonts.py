import pytest
from fontTools.ttLib import TTFont

from ops.setup.fonts import COMMON, FACES, FONTS, RARE, common_characters

NAMES = "喆堃淼珺璟昇赟祎玥龘㛃彧犇燚垚"


def opened(family: str, style: str) -> TTFont:
    return TTFont(FONTS / f"{family.replace(' ', '')}-{style}.ttf", lazy=True)


@pytest.mark.parametrize("style", FACES)
def test_the_fast_family_holds_what_papers_are_made_of(style):
    with opened(COMMON, style) as font:
        covered = set(font.getBestCmap())
    assert {ord(character) for character in "续保报价单壹贰叁Aäß¥￥€①⑳〔〕□☐☑✓×÷—…“”《》（）"} <= covered
    assert covered <= common_characters()
    assert (FONTS / f"WeibaoSans-{style}.ttf").stat().st_size < 3_000_000


@pytest.mark.parametrize("style", FACES)
def test_the_two_families_share_nothing_and_lack_no_ideograph_of_a_name(style):
    with opened(COMMON, style) as common, opened(RARE, style) as rare:
        first, second = set(common.getBestCmap()), set(rare.getBestCmap())
    assert not first & second
    assert {ord(character) for character in NAMES} <= first | second
    unified = set(range(0x4E00, 0x9FA6))
    assert not unified - first - second


@pytest.mark.parametrize("family", [COMMON, RARE])
@pytest.mark.parametrize("style", FACES)
def test_the_faces_carry_our_name_and_not_the_reserved_one(family, style):
    with opened(family, style) as font:
        names = {record.nameID: record.toUnicode() for record in font["name"].names}
    assert (names[1], names[2], names[4]) == (family, style, f"{family} {style}")
    assert "Open Font License" in names[13]
    assert not any("Source" in names[number] for number in (1, 3, 4, 6))


@pytest.mark.parametrize("style", FACES)
def test_a_ticked_box_is_an_empty_box_and_a_tick(style):
    with opened(COMMON, style) as font:
        box, ticked = (font["glyf"][font.getBestCmap()[ord(sign)]] for sign in "☐☑")
        assert (ticked.xMin, ticked.yMin, ticked.xMax, ticked.yMax) == (box.xMin, box.yMin, box.xMax, box.yMax)
        assert ticked.numberOfContours == 3


def test_the_licence_goes_with_the_fonts():
    assert "SIL OPEN FONT LICENSE" in (FONTS / "LICENSE").read_text().upper()
