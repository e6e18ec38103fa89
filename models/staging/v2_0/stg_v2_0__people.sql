{# One row per patient and submission. The provider's identifier of the patient ends here, hashed. #}
{{ stage_v2_people('mds_v2_0', ethnic_category_2021='cast(null as varchar)') }}
