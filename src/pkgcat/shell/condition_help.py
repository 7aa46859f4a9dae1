"""What `help conditions` prints."""

CONDITIONS_HELP = """\
Conditions name packages: --where takes one expression, quoted for the shell.

  repo_watchers >= 100 and last_updated younger than 1y
  repo_license in (MIT, 'Apache-2.0') and not (tags has legacy or repo_archived = yes)
  pypi_version < 2.0 or pypi_version is unknown

Comparisons are put together by and, or, not and parentheses; and binds closer
than or. A second --where is one more 'and'.

  = != < <= > >=     whole values, by the type of the field
  ~                  contains this text
  has                a list has this item; = and ~ mean the same of a list
  in (a, b)          one of these values; of a list: it has one of them
  is unknown         no value is known, or the list is empty; = null is the same
  is known           the opposite; != null is the same
  older than 90d     of dates: before that moment; < 90d is the same
  younger than 90d   of dates: after that moment; > 90d is the same

Ages are 30s, 90m, 24h, 7d, 2w or 5y (of 365 days). Dates are 2026-02-15 or
2026-02-15T18:00Z. Texts are compared without case and accents. Versions are
ordered by PEP 440: 1.0 is 1.0.0, and 1.0+local is another one. yes and no are
true and false. A value of several words, or one with a comma or parentheses
in it, stands in 'single' or "double" quotes, in which a quote is doubled.

@NAME stands for the conditions of a saved filter ('pkgcat filter --help').

Of a value that is unknown no comparison holds but !=. So 'not' finds the
unknown ones, too: 'not repo_watchers > 100' is 'repo_watchers <= 100 or
repo_watchers is unknown'.

One condition may also be three words: --where title = 'Django Cities'.
Their third is one value, whatever is in it. 'pkgcat schema' lists the fields.
"""
