"""What leaves the warehouse for readers: a static site, its figures as files and an accessible workbook.

All three read the schema ``publication``, in which small numbers are protected. Inside the secure place, by a switch,
they read the marts instead, brought to the same columns. Drawing and writing libraries are imported where they are
used, so that a build of the warehouse does not pay for them.
"""
