"""The one error of bad input."""

import re

_LINE_ENDS = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]+")


class InputError(RuntimeError):
    """Bad input, said in one line: which file or folder, what is wrong, what was expected.

    The text never holds a value from a patient's record. It is one line even where a file's name holds a line end.
    """

    def __init__(self, message: str) -> None:
        """Take the message."""
        super().__init__(one_line(message))


def one_line(text: str) -> str:
    """Return text with line ends and other control characters as spaces, and what is no Unicode as question marks."""
    return _LINE_ENDS.sub(" ", text).encode("utf-8", "replace").decode("utf-8")
