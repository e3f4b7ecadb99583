"""The words by which a ledger says how far a contract has come (docs/ledger.md 5.8)."""

from enum import StrEnum
from typing import Final

from contracts.ledger.cells import AMBIGUOUS, BLANKS, Cell, Reading, plain


class Life(StrEnum):
    """What the word means here. What was delivered, or has run its time, is no more over than its dates say."""

    ACTIVE = "active"
    OVER = "over"
    TERMINATED = "terminated"


_WORDS: Final = {
    Life.TERMINATED: """
        终止 合同终止 提前终止 作废 合同作废 废止 解除 合同解除 解约 取消 撤销 无效 terminated cancelled canceled
        void voided rescinded revoked""",
    Life.OVER: """
        完成 结束 到期 过期 完结 结项 结案 验收 终验 履行完毕 履行完成 履约完成 执行完毕 执行完成 合同到期 服务到期 质保到期
        维保到期 交付 结清 completed complete done finished ended expired delivered accepted""",
    Life.ACTIVE: """
        执行 执行中 履行 履行中 履约中 生效 有效 正常 进行中 在执行 在履行 正在执行 正在履行 实施中 建设中 施工中 试运行
        试运行中 质保中 质保期 质保期内 维保中 维保期 维保期内 在保 在维 服务中 签订 签约 签署 active inforce effective
        running inprogress ongoing valid signed open""",
}
_MEANING: Final = {word: life for life, words in _WORDS.items() for word in words.split()}


def read_life(raw: Cell) -> Reading[Life]:
    """What the cell says; a word that is not known is asked about."""
    text = plain(raw)
    if text in BLANKS:
        return Reading()
    found = _MEANING.get(text) or _MEANING.get(text.removeprefix("已").removesuffix("了"))
    return Reading(found) if found else Reading(problem=AMBIGUOUS)
