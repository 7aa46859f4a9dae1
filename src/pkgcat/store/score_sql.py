"""The score of a package as SQL: Django Packages' formula (its Package.calculate_score).

That is the stars, less a tenth of them for every three whole months since the last commit, less
three tenths (1000 at most) without Python 3, and never below -500. Where no classifier is known
nothing is taken off for Python 3. `:now` is the moment for which it is.
"""

MONTHS = """max(0, (strftime('%Y', :now) - strftime('%Y', f.last_updated)) * 12
    + strftime('%m', :now) - strftime('%m', f.last_updated)
    - (substr(:now, 9) < substr(f.last_updated, 9)))"""
"""The whole months since the last commit."""

LESS_FOR_AGE = f"({MONTHS}) / 3 * f.repo_watchers / 10.0"

LESS_FOR_PYTHON = """CASE WHEN f.pypi_classifiers = '[]'
        OR f.pypi_classifiers LIKE '%"Programming Language :: Python :: 3%' THEN 0
        ELSE min(f.repo_watchers * 3 / 10.0, 1000) END"""

LOWEST = -500

IS_KNOWN = "f.repo_watchers IS NOT NULL AND f.last_updated IS NOT NULL"

SCORE = f"""CASE WHEN {IS_KNOWN} THEN max({LOWEST}, CAST(
    f.repo_watchers - {LESS_FOR_AGE} - {LESS_FOR_PYTHON} AS INTEGER)) END"""
