"""The one error of bad input."""


class InputError(RuntimeError):
    """Bad input, said in one line: which file or folder, what is wrong, what was expected.

    The text never holds a value from a patient's record.
    """
