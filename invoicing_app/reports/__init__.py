"""
What the books say about days and periods: each figure once, as a queryset.

Dashboard, reports, drill-down lists, CSV, print and ``daily_report`` all read these: so a number
and the list behind it agree.
"""
