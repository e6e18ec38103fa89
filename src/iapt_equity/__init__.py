"""Ethnic inequalities in NHS Talking Therapies: the Python half of the warehouse."""
