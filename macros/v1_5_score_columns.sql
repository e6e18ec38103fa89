{# The columns of a version 1.5 appointment that hold a score; what each one is, the seed score_columns says. #}
{% macro v1_5_score_columns() -%}
    {{ return([
        'phq9_score', 'gad7score', 'ocdscore', 'panicscore', 'ptsdscore', 'socphobiainvscore', 'agorascorealone',
        'agorascoreacc', 'genanxscore', 'healthanxscore', 'wsaswscore', 'wsashmscore', 'wsasslascore', 'wsasplascore',
        'wsasrscore',
    ]) }}
{%- endmacro %}
