"""Small wrong versions of a query: each differs from it in one place, as a slip of the hand would.

The text is changed between tokens and nowhere else, so that what runs is the model's own SQL with one thing wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

import sqlglot
from sqlglot.tokens import Token, TokenType

COMPARISONS = {">=": ">", ">": ">=", "<": "<=", "<=": "<", "=": "<>", "<>": "="}
ARITHMETIC = {"+": "-", "-": "+", "*": "/", "/": "*"}
FUNCTIONS = {
    **{"min_by": "max_by", "max_by": "min_by", "min": "max", "max": "min", "greatest": "least", "least": "greatest"},
    **{"bool_or": "bool_and", "bool_and": "bool_or"},
}
# Words that end a condition at its own depth of brackets.
_ENDS = {
    *("where", "group by", "having", "qualify", "order by", "limit", "union", "left", "inner", "cross", "semi", "join"),
    *("then", "when", "else", "end", "as", ",", "from", "on", "select", "asc", "desc", "over", "rows"),
}
_OPENS, _CLOSES = ("(", "["), (")", "]")


@dataclass(frozen=True)
class Mutant:
    """One change: the text from ``start`` to ``end`` (excluded) is replaced."""

    kind: str
    start: int
    end: int
    replacement: str

    def apply(self, text: str) -> str:
        return text[: self.start] + self.replacement + text[self.end :]


class _Tokens:
    """The tokens of a query, with the depth of brackets that each stands in."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens: list[Token] = sqlglot.tokenize(text, read="duckdb")
        self.words = [re.sub(r"\s+", " ", token.text.lower()) for token in self.tokens]
        self.depths: list[int] = []
        depth = 0
        for token, word in zip(self.tokens, self.words, strict=True):
            is_bracket = token.token_type != TokenType.STRING
            depth -= is_bracket and word in _CLOSES
            self.depths.append(depth)
            depth += is_bracket and word in _OPENS
        self.between_ands = self._between_ands()

    def __len__(self) -> int:
        return len(self.tokens)

    def is_code(self, index: int) -> bool:
        return self.tokens[index].token_type not in (TokenType.STRING, TokenType.IDENTIFIER)

    def word(self, index: int) -> str:
        """The word at an index, or nothing before the first and after the last."""
        return self.words[index] if 0 <= index < len(self) and self.is_code(index) else ""

    def start(self, index: int) -> int:
        return int(self.tokens[index].start)

    def end(self, index: int) -> int:
        return int(self.tokens[index].end) + 1

    def closing(self, index: int) -> int:
        """The index of the bracket that closes the one at ``index``."""
        return next(i for i in range(index + 1, len(self)) if self.depths[i] == self.depths[index] and self._closes(i))

    def _closes(self, index: int) -> bool:
        return self.word(index) in _CLOSES

    def _between_ands(self) -> dict[int, int]:
        """For each ``and`` that belongs to a ``between``, the index of that word."""
        found = {}
        for index in range(len(self)):
            if self.word(index) == "between":
                others = range(index + 1, len(self))
                found[next(i for i in others if self.word(i) == "and" and self.depths[i] == self.depths[index])] = index
        return found

    def condition_end(self, index: int, *extra: str) -> int:
        """The index after the last token of a condition that begins at ``index``."""
        depth = self.depths[index]
        cases = 0
        for i in range(index, len(self)):
            word = self.word(i)
            at_depth = self.depths[i] == depth
            if self.depths[i] < depth or (at_depth and self._closes(i) and i > index and self.depths[i] < depth):
                return i
            if not at_depth:
                continue
            cases += word == "case"
            if cases:
                cases -= word == "end"
                continue
            is_distinct_from = word == "from" and self.word(i - 1) == "distinct"
            if word in _ENDS and not is_distinct_from and not (word == "left" and self.word(i + 1) == "("):
                return i
            if word in extra and i not in self.between_ands:
                return i
        return len(self)

    def operand_start(self, index: int) -> int:
        """The index of the first token of the operand that ends before ``index``."""
        i = index - 1
        if self.word(i) == ")":
            depth = self.depths[i]
            i = next(j for j in range(i - 1, -1, -1) if self.depths[j] == depth and self.word(j) == "(")
            return i - 1 if re.fullmatch(r"\w+", self.word(i - 1)) else i
        while self.word(i - 1) == ".":
            i -= 2
        return i


def mutants(text: str, first: int = 0) -> list[Mutant]:
    """Every mutant of a query.

    Args:
        text: The query, in DuckDB's SQL.
        first: Where to begin; what stands before is left as it is.
    """
    tokens = _Tokens(text)
    makers = (_words, _betweens, _negations, _nulls, _literals, _conditions, _branches, _calls, _joins)
    found = dict.fromkeys(mutant for maker in makers for mutant in maker(tokens))
    keys = _hashed_keys(tokens)
    return [
        one
        for one in found
        if one.start >= first and one.apply(text) != text and not any(a <= one.start and one.end <= b for a, b in keys)
    ]


def _hashed_keys(tokens: _Tokens) -> list[tuple[int, int]]:
    """Where a key is hashed (macro text_hash): another way of hashing gives other keys of the same rows."""
    return [
        (tokens.start(i), tokens.end(tokens.closing(i + 1)))
        for i in range(len(tokens))
        if tokens.word(i + 1) == "("
        and (tokens.word(i) == "hash" or (tokens.word(i) == "if" and tokens.word(i + 2) == "strlen"))
    ]


def _words(tokens: _Tokens) -> Iterator[Mutant]:
    """Operators and words that have an opposite."""
    for i in range(len(tokens)):
        word = tokens.word(i)
        place = (tokens.start(i), tokens.end(i))
        if word in COMPARISONS:
            yield Mutant("comparison", *place, COMPARISONS[word])
        elif word in ("and", "or") and i not in tokens.between_ands:
            yield Mutant("and or", *place, "or" if word == "and" else "and")
        elif word in ("asc", "desc"):
            yield Mutant("order", *place, "desc" if word == "asc" else "asc")
        elif word in ("first", "last") and tokens.word(i - 1) == "nulls":
            yield Mutant("order", *place, "last" if word == "first" else "first")
        elif word in ("true", "false"):
            yield Mutant("boolean", *place, "false" if word == "true" else "true")
        elif word in FUNCTIONS and tokens.word(i + 1) == "(":
            yield Mutant("function", *place, FUNCTIONS[word])
        elif word in ARITHMETIC and _is_operator(tokens, i):
            yield Mutant("arithmetic", *place, ARITHMETIC[word])
        elif word == "-" and not _is_operator(tokens, i):
            yield Mutant("arithmetic", *place, "")


def _is_operator(tokens: _Tokens, i: int) -> bool:
    """Whether a sign stands between two operands (and is no sign of a number, nor the star of a list)."""
    before, after = tokens.word(i - 1), tokens.word(i + 1)
    if before in ("", "(", ",", "select", "by", "then", "else", "and", "or", ".", "=", "<>", "<", ">", "<=", ">=", "["):
        return not before and not tokens.is_code(i - 1)
    return after not in (",", ")", "from", "exclude")


def _betweens(tokens: _Tokens) -> Iterator[Mutant]:
    """A limit that belongs to a range no longer does."""
    for middle, index in tokens.between_ands.items():
        begin = tokens.operand_start(index)
        end = tokens.condition_end(middle + 1, "and", "or")
        operand = tokens.text[tokens.start(begin) : tokens.end(index - 1)]
        low = tokens.text[tokens.start(index + 1) : tokens.end(middle - 1)]
        high = tokens.text[tokens.start(middle + 1) : tokens.end(end - 1)]
        place = (tokens.start(begin), tokens.end(end - 1))
        yield Mutant("between", *place, f"({operand} > {low} and {operand} <= {high})")
        yield Mutant("between", *place, f"({operand} >= {low} and {operand} < {high})")


def _negations(tokens: _Tokens) -> Iterator[Mutant]:
    """`not` dropped, and put after `is` where it lacks."""
    for i in range(len(tokens)):
        if tokens.word(i) == "not" and tokens.word(i - 1) != "is":
            yield Mutant("not", tokens.start(i), tokens.end(i), "")


def _nulls(tokens: _Tokens) -> Iterator[Mutant]:
    for i in range(len(tokens)):
        if tokens.word(i) == "is" and tokens.word(i + 1) == "not":
            yield Mutant("not", tokens.start(i + 1), tokens.end(i + 1), "")
        elif tokens.word(i) == "is":
            yield Mutant("not", tokens.start(i), tokens.end(i), "is not")


def _is_in_type(tokens: _Tokens, i: int) -> bool:
    """Whether a number is a part of a type: decimal(9, 4)."""
    depth = tokens.depths[i]
    opening = next((j for j in range(i, -1, -1) if tokens.depths[j] < depth and tokens.word(j) == "("), None)
    return opening is not None and tokens.word(opening - 1) in ("decimal", "numeric", "varchar")


def _literals(tokens: _Tokens) -> Iterator[Mutant]:
    """Numbers one higher, days one later, texts that are no such text."""
    for i, token in enumerate(tokens.tokens):
        place = (tokens.start(i), tokens.end(i))
        if token.token_type == TokenType.NUMBER and not _is_in_type(tokens, i):
            number = token.text
            yield Mutant("number", *place, str(int(number) + 1) if number.isdigit() else f"({number} + 1)")
        elif token.token_type == TokenType.STRING:
            before = tokens.word(i - 1)
            if before == "date" and re.fullmatch(r"\d{4}-\d\d-\d\d", token.text):
                yield Mutant("date", *place, f"'{date.fromisoformat(token.text) + timedelta(days=1)}'")
            elif before == "date":
                yield Mutant("date", *place, "'1900-01-01'")
            elif before not in ("timestamp", "time", "interval"):
                yield Mutant("text", *place, "'" + token.text.replace("'", "''") + "~'")


def _conditions(tokens: _Tokens) -> Iterator[Mutant]:
    """Filters dropped whole, and each condition of several."""
    for i in range(len(tokens)):
        word = tokens.word(i)
        if word == "filter" and tokens.word(i + 1) == "(":
            yield Mutant("filter", tokens.start(i), tokens.end(tokens.closing(i + 1)), "")
        elif word in ("where", "qualify", "having"):
            end = tokens.condition_end(i + 1)
            yield Mutant("filter", tokens.start(i + 1), tokens.end(end - 1), "true")
        elif word == "and" and i not in tokens.between_ands:
            end = tokens.condition_end(i + 1, "and", "or")
            yield Mutant("condition", tokens.start(i), tokens.end(end - 1), "")
            begin = _conjunct_start(tokens, i)
            if tokens.word(begin - 1) != "and" or begin - 1 in tokens.between_ands:
                yield Mutant("condition", tokens.start(begin), tokens.end(i), "")


def _conjunct_start(tokens: _Tokens, index: int) -> int:
    """The index of the first token of the condition that ends before the `and` at ``index``."""
    depth = tokens.depths[index]
    begin, ends = index, 0
    for i in range(index - 1, -1, -1):
        word = tokens.word(i)
        if tokens.depths[i] < depth:
            break
        if tokens.depths[i] == depth and (word != "(" or ends):
            ends += word == "end"
            if word == "case" and ends:
                ends -= 1
            elif not ends:
                is_distinct_from = word == "from" and tokens.word(i - 1) == "distinct"
                is_last = word in (*_ENDS, "and", "or", "not") and not is_distinct_from
                # `is not null` is a part of its condition, and so is the `and` of a range.
                if is_last and not (word == "not" and tokens.word(i - 1) == "is") and i not in tokens.between_ands:
                    break
        begin = i
    return begin


def _branches(tokens: _Tokens) -> Iterator[Mutant]:
    """Branches of a `case` dropped; the only one, with all but the answer otherwise."""
    for i in range(len(tokens)):
        if tokens.word(i) != "case":
            continue
        depth, nested, marks, end = tokens.depths[i], 0, [], len(tokens) - 1
        for j in range(i + 1, len(tokens)):
            word = tokens.word(j)
            if tokens.depths[j] != depth:
                continue
            nested += word == "case"
            if nested:
                nested -= word == "end"
            elif word in ("when", "else"):
                marks.append(j)
            elif word == "end":
                end = j
                break
        whens = [mark for mark in marks if tokens.word(mark) == "when"]
        if len(whens) == 1:
            otherwise = next((mark for mark in marks if tokens.word(mark) == "else"), None)
            answer = "null" if otherwise is None else tokens.text[tokens.end(otherwise) : tokens.start(end)].strip()
            yield Mutant("branch", tokens.start(i), tokens.end(end), answer)
            continue
        for mark in whens:
            following = next((other for other in marks if other > mark), end)
            yield Mutant("branch", tokens.start(mark), tokens.start(following), "")


def _calls(tokens: _Tokens) -> Iterator[Mutant]:
    """`coalesce` without its default, `if` with its answers exchanged, `distinct` dropped."""
    for i in range(len(tokens)):
        word = tokens.word(i)
        if word == "distinct" and tokens.word(i - 1) in ("select", "("):
            yield Mutant("distinct", tokens.start(i), tokens.end(i), "")
        if word not in ("coalesce", "if") or tokens.word(i + 1) != "(":
            continue
        close = tokens.closing(i + 1)
        depth = tokens.depths[i + 1] + 1
        commas = [j for j in range(i + 2, close) if tokens.depths[j] == depth and tokens.word(j) == ","]
        edges = [i + 1, *commas, close]
        parts = [tokens.text[tokens.end(left) : tokens.start(right)].strip() for left, right in pairwise(edges)]
        place = (tokens.start(i), tokens.end(close))
        if word == "coalesce":
            yield Mutant("coalesce", *place, f"({parts[0]})")
            yield Mutant("coalesce", *place, f"({parts[-1]})")
        elif len(parts) == 3:
            yield Mutant("if", *place, f"if({parts[0]}, {parts[2]}, {parts[1]})")


def _joins(tokens: _Tokens) -> Iterator[Mutant]:
    """Joins that drop what has no counterpart. (Most inner joins are of two whole sides, and a left one the same.)"""
    for i in range(len(tokens)):
        if tokens.word(i + 1) == "join" and tokens.word(i) in ("left", "semi"):
            other = {"left": "inner", "semi": "anti"}[tokens.word(i)]
            yield Mutant("join", tokens.start(i), tokens.end(i), other)
