"""The key of an appointment of version 1.5, as the macro writes it, asked in a database."""

from __future__ import annotations

from pathlib import Path

import duckdb
import jinja2
import pytest

MACROS = Path(__file__).parents[2] / "macros"


@pytest.fixture(scope="module")
def keys() -> list[int]:
    """Keys of appointments by number: (submission, identifier, row)."""
    texts = [(MACROS / name).read_text("utf-8") for name in ("text_hash.sql", "v1_5_appointment_key.sql")]
    module = jinja2.Environment(autoescape=False).from_string("".join(texts)).module
    key = module.v1_5_appointment_key("source.submission_id", "source")  # type: ignore[attr-defined]
    query = f"""
        select {key} from (
            values
            ('s1', 'a1', 'f.csv', 0::bigint), ('s1', 'a1', 'f.csv', 1),
            ('s2', 'a1', 'f.csv', 2), ('s1', 'a2', 'f.csv', 3),
            ('s1', ' ', 'f.csv', 4), ('s1', null, 'f.csv', 5), ('s1', '', 'g.csv', 5)
        ) as source (submission_id, appointment_id, source_file, source_row)
    """
    return [row[0] for row in duckdb.sql(query).fetchall()]


def test_an_identifier_names_the_appointment_within_its_submission(keys: list[int]) -> None:
    same, same_again, elsewhere, other = keys[:4]
    assert same == same_again
    assert len({same, elsewhere, other}) == 3


def test_without_an_identifier_every_row_is_an_appointment(keys: list[int]) -> None:
    assert len(set(keys)) == len(keys) - 1
    assert None not in keys
