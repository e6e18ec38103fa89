"""Labels and the order of groups, as the dictionary of terms has them."""

from __future__ import annotations

from dataclasses import dataclass

from iapt_equity.report.source import Source

REFERENCE = "White British"
HIGH_LEVEL_REFERENCE = "White"
MINORITISED = "Minoritised ethnic groups"
EVERYBODY = "All"
DATA_SOURCE = "NHS Talking Therapies minimum data set, the extract that this warehouse was built on"
SYNTHETIC_SOURCE = "Synthetic minimum data set: every person and place is invented"
PUBLISHED_SOURCE = "NHS England, Psychological Therapies (NHS Talking Therapies), annual statistics"
PRINTED_SOURCE = "National Collaborating Centre for Mental Health, Ethnic Inequalities in IAPT, 2023"


@dataclass(frozen=True)
class Words:
    """What the pages call things.

    Attributes:
        labels: Label of each term, by vocabulary and term.
        groups: The 16 ethnic groups in the order of their codes.
        five: The five groups of them, in the same order.
        block_starts: The first group of each of the five.
        source: What the raw data are called below a figure.
    """

    labels: dict[tuple[str, str], str]
    groups: tuple[str, ...]
    five: tuple[str, ...]
    block_starts: frozenset[str]
    source: str

    def measure(self, measure: str) -> str:
        """Return the label of a measure, a wait or an event."""
        for vocabulary in (
            "access_rates.measure",
            "outcome_rates.measure",
            "wait_rates.measure",
            "pathway_rates.measure",
            "experience_rates.measure",
            "event_counts.event_name",
            "waits.wait",
            "published_outcomes.outcome",
        ):
            if label := self.labels.get((vocabulary, measure)):
                return label
        return measure.replace("_", " ").capitalize()


def read_words(source: Source) -> Words:
    """Read the labels of a source; where it has no dictionary, terms speak for themselves."""
    labels: dict[tuple[str, str], str] = {}
    groups: list[str] = []
    if source.has("definitions"):
        for row in source.rows("select vocabulary, term, term_label from definitions order by all"):
            labels[row["vocabulary"], row["term"]] = str(row["term_label"] or row["term"])
        groups = [label for (vocabulary, _), label in labels.items() if vocabulary == "ethnic_categories"]
    if not groups:
        rows = source.rows(
            "select distinct ethnic_group from rates where ethnic_classification = 'ethnic_group' order by 1"
        )
        groups = [str(row["ethnic_group"]) for row in rows if not str(row["ethnic_group"]).startswith("Not stated")]
        groups.sort(key=lambda group: group != REFERENCE)
    five: dict[str, str] = {}
    if source.has("published_outcomes"):
        rows = source.rows(
            "select high_level_ethnic_group as five, ethnic_group, min(ethnic_category_code) as code "
            "from published_outcomes where ethnic_classification = 'ethnic_group' and ethnic_category_code is not null "
            "group by all order by code, five, ethnic_group"
        )
        for row in rows:
            five.setdefault(str(row["five"]), str(row["ethnic_group"]))
    return Words(
        labels=labels,
        groups=tuple(groups),
        five=tuple(five),
        block_starts=frozenset(five.values()) - {REFERENCE},
        source=(SYNTHETIC_SOURCE if source.is_synthetic else DATA_SOURCE)
        + ("; not protected, inside the secure place only" if source.is_inside_secure_place else ""),
    )
