-- Where ours are shown, a finished course is a course of treatment whose referral was discharged, and nothing else is
-- (docs/rules.md, 7). A supplied flag may say otherwise, and is then shown as it is.
select referral_id
from {{ ref('fct_referrals') }}
where
    is_finished_course <> (is_discharged and is_course_of_treatment)
    and not {{ trusts_supplied() }}
