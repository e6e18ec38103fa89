"""The pages of the report's sections, and of what stands beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from iapt_equity.report import areas, printed
from iapt_equity.report.areas import Area
from iapt_equity.report.density import EMPTY as NO_DENSITY
from iapt_equity.report.density import density
from iapt_equity.report.england import WAIT_GAPS, England
from iapt_equity.report.figures import Figure
from iapt_equity.report.pages import Page
from iapt_equity.report.words import REFERENCE

Terms = Sequence[Mapping[str, str]]
NOT_CROSSED = (
    "Rates by a characteristic of people are not on this page: there are none, or those of England are not among the "
    "figures that leave (seed publication_scope). Inside the secure place the page shows what there is."
)
NO_SCORES = (
    "Mean first scores by ethnic group are not on this page: there are none, or they are not among the figures that "
    "leave (seed publication_scope; by default those of the five high-level groups). "
    "Inside the secure place the page shows Figure 5."
)


def section_pages(england: England, everywhere: Area | None, terms: Terms) -> list[Page]:
    """Return the pages of the sections; one without any figure says why, or is left out where it has nothing to say.

    Args:
        england: Makes the figures.
        everywhere: All areas together, as the pages of areas have them.
        terms: Rows of the seed of what the regressions include.
    """
    made = [
        _access(england),
        _presentation(england),
        _outcomes(england, terms),
        _variation(england),
        _waits(england, everywhere),
        _experience(england),
        _language(england),
        _density(england),
        _workforce(england),
    ]
    return [page for page in made if page.figures or page.context.get("missing")]


def _access(one: England) -> Page:
    return Page(
        "access.html",
        "Access and course of treatment",
        "section.html.j2",
        (
            *one.trend("figure-1", "Figure 1: Access rates of the five high-level ethnic groups", "access"),
            *one.trend("figure-2", "Figure 2: Course of treatment rates of the five groups", "course_of_treatment"),
            *one.published_trend(
                "published-steps", "Finished a course of treatment, of referrals received", "finished_per_referral"
            ),
            *printed.table_4(one.source, one.words),
            *one.predicted("figure-3", "Figure 3: Likelihood of accessing treatment", "access", "accessed"),
            *one.predicted(
                "figure-4",
                "Figure 4: Likelihood of a course of treatment",
                "course_of_treatment",
                "course_of_treatment",
            ),
            *printed.findings(one.source, "findings-access", "What the report found", ["3.4"]),
        ),
        {"lead": "Who is referred, who is treated and who has two or more treatment sessions (section 3.4)."},
        "Access",
    )


def _presentation(one: England) -> Page:
    scores = (
        *one.first_scores("figure-5a", "Figure 5 (a): Mean first PHQ-9 score", "phq9_first"),
        *one.first_scores("figure-5b", "Figure 5 (b): Mean first GAD-7 score", "gad7_first"),
    )
    lead = "How severe depression and anxiety were when people had a course of treatment (section 3.5)."
    return Page(
        "presentation.html",
        "Mental health at assessment",
        "section.html.j2",
        (*scores, *printed.findings(one.source, "findings-presentation", "What the report found", ["3.5"])),
        {"lead": lead, "missing": "" if scores else NO_SCORES},
        "Presentation",
    )


def _outcomes(one: England, terms: Terms) -> Page:
    return Page(
        "outcomes.html",
        "Outcomes of treatment",
        "section.html.j2",
        (
            *one.published_trend("figure-6a", "Figure 6 (a): Recovery by ethnic group", "recovery"),
            *one.published_trend(
                "figure-6b", "Figure 6 (b): Reliable improvement by ethnic group", "reliable_improvement"
            ),
            *one.published_trend("figure-6c", "Figure 6 (c): Reliable recovery by ethnic group", "reliable_recovery"),
            *printed.table_5(one.source, one.words),
            *printed.table_6(terms),
            *one.adjusted(),
            *printed.findings(one.source, "findings-outcomes", "What the report found", ["3.6"]),
        ),
        {"lead": "Recovery, reliable improvement and reliable recovery (section 3.6)."},
        "Outcomes",
    )


def _variation(one: England) -> Page:
    return Page(
        "variation.html",
        "Variation between commissioners",
        "section.html.j2",
        (
            *printed.clustering(one.source, one.words, one.periods.latest),
            *printed.findings(one.source, "findings-variation", "What the report found", ["3.7"]),
        ),
        {"lead": "How much of the variation in outcomes lies between commissioners (section 3.7)."},
        "Variation",
    )


def _waits(one: England, everywhere: Area | None) -> Page:
    return Page(
        "waits.html",
        "Waits",
        "section.html.j2",
        (
            *_of(areas.waits(everywhere, one.periods, one.words) if everywhere else None),
            *one.gaps("wait-gaps", f"Gaps to {REFERENCE} people in waits", WAIT_GAPS),
            *printed.findings(one.source, "findings-waits", "What the report found", ["Executive summary"]),
        ),
        {"lead": "How long people wait for assessment, for treatment and between treatments."},
        "Waits",
    )


def _experience(one: England) -> Page:
    return Page(
        "experience.html",
        "Experience of services",
        "section.html.j2",
        (
            *one.levels(
                "experience",
                "Patient experience questionnaires",
                ("enough_information", "assessment_questionnaire", "treatment_questionnaire"),
            ),
            *printed.findings(one.source, "findings-experience", "What the report found", ["3.8"]),
        ),
        {"lead": "Who answered the patient experience questionnaires, and what they said (section 3.8)."},
        "Experience",
    )


def _language(one: England) -> Page:
    figures = tuple(
        figure
        for characteristic, title in (
            ("preferred_language", "Preferred language"),
            ("treatment_language", "Language of treatment"),
            ("interpreter_status", "Interpreter"),
        )
        for figure in one.by_characteristic(
            characteristic.replace("_", "-"), title, characteristic, ("course_of_treatment", "recovery", "dropout")
        )
    )
    lead = "Courses of treatment and their outcomes by language and interpreter."
    missing = "" if figures else NOT_CROSSED
    page, title = "language.html", "Language and interpreters"
    return Page(page, title, "section.html.j2", figures, {"lead": lead, "missing": missing}, "Language")


def _density(one: England) -> Page:
    figures = tuple(density(one))
    is_crossed = any(figure.name == "density-rates" for figure in figures)
    missing = "" if is_crossed else NOT_CROSSED if figures else NO_DENSITY
    lead = "Access and outcomes by how many residents of the own ethnic group live around."
    page, title = "density.html", "Own-group density"
    return Page(page, title, "section.html.j2", figures, {"lead": lead, "missing": missing}, "Density")


def _workforce(one: England) -> Page:
    return Page(
        "workforce.html",
        "The workforce",
        "section.html.j2",
        (
            *printed.workforce(one.source),
            *printed.findings(one.source, "findings-workforce", "What the report found", ["2."]),
        ),
        {"lead": "Who works in NHS Talking Therapies, beside who is referred and who lives in England (section 2)."},
        "Workforce",
    )


def _of(figure: Figure | None) -> tuple[Figure, ...]:
    return () if figure is None or not figure.parts else (figure,)
