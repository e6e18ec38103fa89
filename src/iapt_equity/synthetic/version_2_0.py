"""Rows of version 2.0, from those of version 2.1: what the later version added is left out or has its older name."""

from __future__ import annotations

import pyarrow as pa

from iapt_equity.synthetic.rows import Month

_MEDIUM = {"11": "03"}
"""Consultation medium before 2.1 where the mechanism of 2.1 has another code: video."""


def consultation_medium(mechanism: pa.DictionaryArray) -> pa.DictionaryArray:
    """Consultation medium, which versions before 2.1 have, of each consultation mechanism, same length."""
    texts = pa.array([_MEDIUM.get(text, text) for text in mechanism.dictionary.to_pylist()])
    return pa.DictionaryArray.from_arrays(mechanism.indices, texts)


def to_version_2_0(built: Month) -> None:
    """Turn the rows of a month built as version 2.1 into version 2.0, in place."""
    people = built.tables["IDS001MPI"].columns
    del people["EthnicCategory2021"]
    referrals = built.tables["IDS101Referral"]
    referrals.columns = _renamed(referrals.columns, "SourceOfReferralIAPT", "SourceOfReferralMH")
    contacts = built.tables["IDS201CareContact"]
    contacts.columns = _renamed(contacts.columns, "ConsMechanism", "ConsMediumUsed")
    contacts.columns["ConsMediumUsed"] = consultation_medium(contacts.columns["ConsMediumUsed"])


def _renamed(columns: dict[str, pa.Array], old: str, new: str) -> dict[str, pa.Array]:
    return {new if name == old else name: column for name, column in columns.items()}
