from datetime import date

import pytest

from base.lib.dates import daterange
from base.lib.official_days import (
    OfficialDay,
    UnreadableDays,
    english_name,
    read_days_csv,
    read_notice,
    seed_days,
)
from base.lib.worktime import STANDARD_WINDOWS, DayRule, WorkCalendar

# Yearly notices of the State Council as published: each year has its own way of saying it.
NOTICES = {
    2026: """
国务院办公厅关于2026年部分节假日安排的通知
国办发明电〔2025〕7号
各省、自治区、直辖市人民政府，国务院各部委、各直属机构：
经国务院批准，现将2026年元旦、春节、清明节、劳动节、端午节、中秋节和国庆节放假调休日期的具体安排通知如下。
一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。
二、春节：2月15日（农历腊月二十八、周日）至23日（农历正月初七、周一）放假调休，共9天。2月14日（周六）、2月28日（周六）上班。
三、清明节：4月4日（周六）至6日（周一）放假，共3天。
四、劳动节：5月1日（周五）至5日（周二）放假调休，共5天。5月9日（周六）上班。
五、端午节：6月19日（周五）至21日（周日）放假，共3天。
六、中秋节：9月25日（周五）至27日（周日）放假，共3天。
七、国庆节：10月1日（周四）至7日（周三）放假调休，共7天。9月20日（周日）、10月10日（周六）上班。
节假日期间，各地区、各部门要妥善安排好值班和安全、保卫、疫情防控等工作。
国务院办公厅
2025年11月4日
""",
    2025: """
一、元旦：1月1日（周三）放假1天，不调休。
二、春节：1月28日（农历除夕、周二）至2月4日（农历正月初七、周二）放假调休，共8天。1月26日（周日）、2月8日（周六）上班。
三、清明节：4月4日（周五）至6日（周日）放假，共3天。
四、劳动节：5月1日（周四）至5日（周一）放假调休，共5天。4月27日（周日）上班。
五、端午节：5月31日（周六）至6月2日（周一）放假，共3天。
六、国庆节、中秋节：10月1日（周三）至8日（周三）放假调休，共8天。9月28日（周日）、10月11日（周六）上班。
""",
    2024: """
一、元旦：1月1日放假，与周末连休。
二、春节：2月10日至17日放假调休，共8天。2月4日（星期日）、2月18日（星期日）上班。鼓励各单位结合带薪年休假等制度落实，安排职工在除夕（2月9日）休息。
三、清明节：4月4日至6日放假调休，共3天。4月7日（星期日）上班。
四、劳动节：5月1日至5日放假调休，共5天。4月28日（星期日）、5月11日（星期六）上班。
五、端午节：6月10日放假，与周末连休。
六、中秋节：9月15日至17日放假调休，共3天。9月14日（星期六）上班。
七、国庆节：10月1日至7日放假调休，共7天。9月29日（星期日）、10月12日（星期六）上班。
""",
    2023: """
一、元旦：2022年12月31日至2023年1月2日放假调休，共3天。
二、春节：1月21日至27日放假调休，共7天。1月28日（星期六）、1月29日（星期日）上班。
三、清明节：4月5日放假，共1天。
四、劳动节：4月29日至5月3日放假调休，共5天。4月23日（星期日）、5月6日（星期六）上班。
五、端午节：6月22日至24日放假调休，共3天。6月25日（星期日）上班。
六、中秋节、国庆节：9月29日至10月6日放假调休，共8天。10月7日（星期六）、10月8日（星期日）上班。
""",
    2017: """
一、元旦：1月1日放假，1月2日（星期一）补休。
二、春节：1月27日至2月2日放假调休，共7天。1月22日（星期日）、2月4日（星期六）上班。
三、清明节：4月2日至4日放假调休，共3天。4月1日（星期六）上班。
四、劳动节：5月1日放假，与周末连休。
五、端午节：5月28日至30日放假调休，共3天。5月27日（星期六）上班。
六、中秋节、国庆节：10月1日至8日放假调休，共8天。9月30日（星期六）上班。
""",
    2010: """
一、元旦：1月1日至3日放假公休，共3天。
二、春节：2月13日至19日放假调休，共7天。2月20日（星期六）、21日（星期日）上班。
三、清明节：4月3日至5日放假公休，共3天。
四、劳动节：5月1日至3日放假公休，共3天。
五、端午节：6月14日至16日放假调休，共3天。6月12日（星期六）、13日（星期日）上班。
六、中秋节：9月22日至24日放假调休，共3天。9月19日（星期日）、25日（星期六）上班。
七、国庆节：10月1日至7日放假调休，共7天。9月26日（星期日）、10月9日（星期六）上班。
""",
    2009: """
一、元旦：1月1日至3日放假，共3天。其中，1月1日（星期四、新年）为法定节假日，1月3日（星期六）为公休日。1月4日（星期日）公休日调至1月2日（星期五）。1月4日（星期日）上班。
二、春节：1月25日至31日放假，共7天。其中，1月25日（星期日、农历除夕）、1月26日（星期一、农历正月初一）、1月27日（星期二、农历正月初二）为法定节假日，1月31日（星期六）照常公休；1月25日（星期日）公休日调至1月28日（星期三），1月24日（星期六）、2月1日（星期日）两个公休日调至1月29日（星期四）、1月30日（星期五）。1月24日（星期六）、2月1日（星期日）上班。
三、清明节：4月4日至6日放假，共3天。其中，4月4日（星期六、农历清明当日）为法定节假日，4月5日（星期日）照常公休。4月4日（星期六）公休日调至4月6日（星期一）。
四、劳动节：5月1日至3日放假，共3天。其中，5月1日（星期五、“五一”国际劳动节）为法定节假日，5月2日（星期六）、5月3日（星期日）照常公休。
五、端午节：5月28日至30日放假，共3天。其中，5月28日（星期四、农历端午当日）为法定节假日，5月30日（星期六）照常公休；5月31日（星期日）公休日调至5月29日（星期五）。5月31日（星期日）上班。
六、国庆节、中秋节：10月1日至8日放假，共8天。其中，10月1日（星期四）、10月2日（星期五）、10月3日（星期六）为国庆节法定节假日，10月4日（星期日）照常公休；10月3日（星期六）公休日及中秋节分别调至10月5日（星期一）、10月6日（星期二），9月27日（星期日）、10月10日（星期六）公休日调至10月7日（星期三）、10月8日（星期四）。9月27日（星期日）、10月10日（星期六）上班。
""",
}


def calendar_of(days) -> WorkCalendar:
    rules = {day: DayRule(kind, name, "official") for day, kind, name in days}
    return WorkCalendar(STANDARD_WINDOWS, rules, frozenset())


SEED, YEARS = seed_days()
FESTIVALS = {"元旦", "春节", "清明节", "劳动节", "端午节", "中秋节", "国庆节"}


# The package


def test_seed_knows_the_years_up_to_2026():
    assert (min(YEARS), max(YEARS), len(YEARS)) == (2004, 2026, 23)
    assert {day.year for day, _, _ in SEED} == YEARS


def test_seed_is_in_order_and_read_anew_each_time():
    rows, years = seed_days()
    assert (rows, years) == (SEED, YEARS)
    assert rows == sorted(rows)
    assert rows[:4] == [
        (date(2004, 1, 1), "holiday", "元旦"),
        (date(2004, 1, 17), "workday", "春节"),
        (date(2004, 1, 18), "workday", "春节"),
        (date(2004, 1, 22), "holiday", "春节"),
    ]
    assert (date(2015, 9, 3), "holiday", "中国人民抗日战争暨世界反法西斯战争胜利70周年纪念日") in rows


def test_seed_of_one_holiday():
    spring = [row for row in SEED if date(2026, 2, 10) < row.day < date(2026, 3, 10)]
    assert spring == [
        (date(2026, 2, 14), "workday", "春节"),
        *((day, "holiday", "春节") for day in daterange(date(2026, 2, 15), date(2026, 2, 23))),
        (date(2026, 2, 28), "workday", "春节"),
    ]


def test_seed_has_each_day_once_and_a_name_for_it():
    assert len({row.day for row in SEED}) == len(SEED)
    assert {name for _, _, name in SEED if name != english_name(name)} == FESTIVALS
    assert all(row.day.weekday() >= 5 for row in SEED if row.kind == "workday")


@pytest.mark.parametrize(
    ("name", "english"),
    [
        ("元旦", "New Year's Day"),
        ("春节", "Spring Festival"),
        ("清明节", "Tomb-sweeping Day"),
        ("劳动节", "Labour Day"),
        ("端午节", "Dragon Boat Festival"),
        ("国庆节、中秋节", "National Day, Mid-autumn Festival"),
        ("司庆", "司庆"),
    ],
)
def test_english_name(name, english):
    assert english_name(name) == english


# The notice


@pytest.mark.parametrize("year", NOTICES)
def test_a_notice_gives_the_same_working_days_as_the_package(year):
    read, seeded = calendar_of(read_notice(NOTICES[year], year)), calendar_of(SEED)
    for day in daterange(date(year, 1, 1), date(year, 12, 31)):
        if (day.month, day.day) != (12, 31):  # may belong to the next year's notice
            assert read.is_workday(day) == seeded.is_workday(day), day


def test_a_notice_names_its_days():
    # docs/practice.md 3.1
    text = (
        "二、春节:2月15日(农历腊月二十八、周日)至23日(农历正月初七、周一)放假调休,共9天。"
        "2月14日(周六)、2月28日(周六)上班。"
    )
    days = read_notice(text, 2026)
    assert days[:2] == [(date(2026, 2, 14), "workday", "春节"), (date(2026, 2, 15), "holiday", "春节")]
    assert days[-2:] == [(date(2026, 2, 23), "holiday", "春节"), (date(2026, 2, 28), "workday", "春节")]
    assert len(days) == 11


def test_a_notice_may_begin_in_the_old_year():
    assert read_notice(NOTICES[2023], 2023)[:2] == [
        (date(2022, 12, 31), "holiday", "元旦"),
        (date(2023, 1, 1), "holiday", "元旦"),
    ]


def test_days_off_of_a_whole_notice():
    days = read_notice(NOTICES[2026], 2026)
    assert len(days) == 33 + 6
    assert {name for _, _, name in days} == FESTIVALS


def test_what_only_some_people_have_off_is_no_holiday():
    """妇女节 and 青年节 give half a day to a part of the people; since 2020 notices also tell from when on work is as ever."""
    notice = (
        "一、元旦：1月1日（周四）放假1天。\n二、妇女节：3月8日，妇女放假半天。\n三、青年节：5月4日，14周岁以上的青年放假半天。\n"
        "四、春节：2月17日（周二）至23日（周一）放假调休，共7天。2月14日（周六）上班。2月24日（星期二）起正常上班。"
    )

    days = read_notice(notice, 2026)
    assert {each.name for each in days} == {"元旦", "春节"}
    assert [each.day for each in days if each.kind == "workday"] == [date(2026, 2, 14)]
    assert len(days) == 1 + 7 + 1


def test_two_festivals_together_keep_both_names():
    assert read_notice(NOTICES[2025], 2025)[-1] == (date(2025, 10, 11), "workday", "国庆节、中秋节")


@pytest.mark.parametrize(
    ("was", "pasted"),
    [("\n", " "), ("\n", "\n\u3000\u3000"), ("\n", "\r\n\n"), ("至", " 至\n"), ("放", "\n放"), ("：", ": ")],
)
def test_a_notice_pasted_with_other_breaks(was, pasted):
    assert read_notice(NOTICES[2026].replace(was, pasted), 2026) == read_notice(NOTICES[2026], 2026)


def test_single_days_without_a_span():
    days = read_notice("元旦：1月1日放假，1月2日（星期一）补休。\n劳动节：5月1日放假，与周末连休。", 2017)
    assert days == [
        (date(2017, 1, 1), "holiday", "元旦"),
        (date(2017, 1, 2), "holiday", "元旦"),
        (date(2017, 5, 1), "holiday", "劳动节"),
    ]


def test_a_span_of_one_day_is_that_day():
    assert read_notice("元旦：1月1日至1日放假。", 2026) == [(date(2026, 1, 1), "holiday", "元旦")]


def test_each_verb_takes_the_dates_since_the_one_before():
    assert read_notice("元旦：1月1日放假1月4日（周日）上班。", 2026) == [
        (date(2026, 1, 1), "holiday", "元旦"),
        (date(2026, 1, 4), "workday", "元旦"),
    ]


@pytest.mark.parametrize("weekday", ["周日", "周天", "星期日", "星期天"])
def test_a_sunday_has_two_names(weekday):
    assert read_notice(f"元旦：1月4日（{weekday}）上班。", 2026) == [(date(2026, 1, 4), "workday", "元旦")]
    with pytest.raises(UnreadableDays):
        read_notice(f"元旦：1月3日（{weekday}）上班。", 2026)


def test_dates_before_a_comma_do_not_take_the_next_clauses_verb():
    assert read_notice("春节：假期延长至2月1日，2月7日（周六）上班。", 2026) == [(date(2026, 2, 7), "workday", "春节")]


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ("", 1, "no_days"),
        ("关于放假的通知", 1, "no_days"),
        ("一、元旦：1月1日放假。\n二、春节：另行通知。", 2, "no_days"),
        ("\n一、元旦：1月1日（周四）放假。\n二、春节：2月30日放假。", 3, "not_a_date"),
        ("元旦：13月1日放假。", 1, "not_a_date"),
        ("元旦：1日放假。", 1, "not_a_date"),
        ("一、元旦：1月1日（周三）放假1天。", 1, "wrong_weekday"),
        ("一、元旦：1月1日（周三）放假。\n二、春节：2月15日放假。\n", 1, "wrong_weekday"),
        ("一、元旦：1月1日至3日放假，共4天。", 1, "wrong_count"),
        ("一、元旦：1月3日至1日放假。", 1, "ends_before_start"),
        ("一、元旦：2024年1月1日放假。", 1, "other_year"),
        ("一、元旦：2027年1月1日放假。", 1, "other_year"),
        ("一、元旦：1月1日放假。\n1月5日上班。", 2, "not_a_weekend"),
        ("春节：延长春节假期至2月1日，2月2日（周一）起正常上班。", 1, "not_a_weekend"),
        ("一、元旦：1月3日放假。\n二、春节：1月3日上班。", 2, "contradiction"),
    ],
)
def test_a_notice_that_cannot_be_taken(text, line, problem):
    with pytest.raises(UnreadableDays, match=f"line {line}: ") as refusal:
        read_notice(text, 2026)
    assert (refusal.value.line, refusal.value.problem) == (line, problem)


def test_what_cannot_be_taken_is_told_with_its_place_and_what_stands_there():
    with pytest.raises(UnreadableDays) as refusal:
        read_notice("一、元旦：1月1日（周三）放假。", 2026)
    assert (refusal.value.found, str(refusal.value)) == ("1月1日(周三)", "line 1: wrong weekday: 1月1日(周三)")


@pytest.mark.parametrize("year", NOTICES)
def test_another_years_notice_is_refused(year):
    with pytest.raises(UnreadableDays):
        read_notice(NOTICES[year], year + 1)


# CSV


def test_csv():
    text = '\ufeffDate, kind,name\r\n2027-01-01,holiday,元旦\r\n\r\n2027/1/3,workday,"元旦, 补班"\r\n,,\r\n'
    assert read_days_csv(text) == [
        OfficialDay(date(2027, 1, 1), "holiday", "元旦"),
        OfficialDay(date(2027, 1, 3), "workday", "元旦, 补班"),
    ]


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ("", 1, "columns"),
        ("2027-01-01,holiday,元旦", 1, "columns"),
        ("date,kind,name", 1, "no_days"),
        ("date,kind,name\n2027-01-01,holiday", 2, "columns"),
        ("date,kind,name\n2027-01-01,holiday,元旦\n\n27.1.2,holiday,元旦", 4, "not_a_date"),
        ("date,kind,name\n2027-02-29,holiday,春节", 2, "not_a_date"),
        ("date,kind,name\n2027-01-01,off,元旦", 2, "unknown_kind"),
        ("date,kind,name\n2027-01-02,holiday,元旦\n2027-01-02,workday,元旦", 3, "contradiction"),
    ],
)
def test_csv_that_cannot_be_taken(text, line, problem):
    with pytest.raises(UnreadableDays, match=f"line {line}: ") as refusal:
        read_days_csv(text)
    assert (refusal.value.line, refusal.value.problem) == (line, problem)
