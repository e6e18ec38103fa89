"""Which areas and ethnic groups lie within which, and which are the same, told by the smallest parts of each."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

NATIONAL = "national"
REGION = "region"
FEW_REGIONS = 2

Parts = dict[str, frozenset[str]]


def members_by_dimension(members: pd.DataFrame, used: Mapping[str, set[str]]) -> dict[str, dict[str, Parts]]:
    """The parts of each member, of those that figures are published of or of all.

    Args:
        members: one row a member and part: `dimension`, `member_level`, `member_code`, `part`.
        used: the members that are asked for, by dimension, as `level:code`.

    Returns:
        By dimension and level, each member (`level:code`) with its parts.
    """
    found: dict[str, dict[str, Parts]] = {dimension: {} for dimension in used}
    names = members["member_level"] + ":" + members["member_code"]
    groups = members["part"].groupby([members["dimension"], members["member_level"], names], sort=True)
    for (dimension, level, name), parts in groups:
        if name in used.get(str(dimension), ()):
            found[str(dimension)].setdefault(str(level), {})[str(name)] = frozenset(parts)
    return found


def same_members(levels: Mapping[str, Parts]) -> dict[str, str]:
    """For each member the first of those that have the same parts: the only commissioner of a board is the board."""
    first: dict[frozenset[str], str] = {}
    return {
        name: first.setdefault(parts, name) for level in sorted(levels) for name, parts in sorted(levels[level].items())
    }


def national_members(levels: Mapping[str, Parts]) -> set[str]:
    """Members of the national level that are England: of several regions, and no smaller area by another name.

    In the extract of one provider or board everything together is what that one does, and its counts are sub-national.
    One region and what is of no known region are not several.

    Args:
        levels: all levels that there are, whether figures of them are published or not, each member with its parts.
    """
    smaller = {parts for level, members in levels.items() if level != NATIONAL for parts in members.values()}
    regions = levels.get(REGION, {})
    return {
        name
        for name, parts in levels.get(NATIONAL, {}).items()
        if parts not in smaller and sum(region < parts for region in regions.values()) > FEW_REGIONS
    }


def nested_members(levels: Mapping[str, Parts]) -> pd.DataFrame:
    """Every member with those of another level that lie within it.

    Levels need not fit into each other: of the providers of a board those count that serve no other board. What lies
    within by way of a level between (the commissioners of a region by way of its boards) is left out.

    Args:
        levels: by level, each member with its parts.

    Returns:
        One row a link: `hierarchy`, `parent`, `child`, the members by the name that `same_members` gives.
    """
    names = same_members(levels)
    distinct = _distinct_levels(levels)
    rows = []
    for parent_level, parents in distinct.items():
        for child_level, children in distinct.items():
            between = [level for level in distinct if level not in (parent_level, child_level)]
            if parent_level == child_level or any(
                _fits(children, distinct[level]) and _fits(distinct[level], parents) for level in between
            ):
                continue
            rows += [
                (f"{child_level}_of_{parent_level}", names[parent], names[child])
                for parent, whole in parents.items()
                for child, part in children.items()
                if part < whole
            ]
    return pd.DataFrame(rows, columns=["hierarchy", "parent", "child"]).drop_duplicates(ignore_index=True)


def _distinct_levels(levels: Mapping[str, Parts]) -> dict[str, Parts]:
    """Levels without those that cut up the whole as one before them does."""
    seen: set[frozenset[frozenset[str]]] = set()
    kept: dict[str, Parts] = {}
    for level in sorted(levels):
        cut = frozenset(levels[level].values())
        if cut not in seen:
            seen.add(cut)
            kept[level] = levels[level]
    return kept


def _fits(smaller: Parts, larger: Parts) -> bool:
    """Whether every member of one level lies within one of the other."""
    return all(any(part <= whole for whole in larger.values()) for part in smaller.values())
